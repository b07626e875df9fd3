package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"loalang/archive"
	"loalang/store"
)

// bundleKey is the file of the key by which this board signs bundles.
func (f folder) bundleKey() string { return filepath.Join(string(f), "bundle.key") }

// trustedKeys is the file of the boards whose bundles are taken.
func (f folder) trustedKeys() string { return filepath.Join(string(f), "trusted.json") }

// fetched is the folder in which bundles are put together.
func (f folder) fetched() string { return filepath.Join(string(f), "bundles") }

// trusted is a board whose bundles are taken.
type trusted struct {
	Fingerprint string    `json:"fingerprint"`
	Name        string    `json:"name"`
	Since       time.Time `json:"since"`
}

func (p program) bundleCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "bundle",
		Short: "Carry a village's notices and recordings from board to board on a stick",
		Long: "A bundle is a folder of signed pieces. A copy that was interrupted goes on when the same command is given again.\n" +
			"A board takes bundles only of boards whose fingerprint somebody has compared and accepted.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(p.bundleExportCommand(), p.bundleImportCommand(), p.bundleKeyCommand(), p.bundleTrustCommand())
	return cmd
}

// signingKey reads the board's key for bundles, and makes one where there is none.
func signingKey(f folder) (ed25519.PrivateKey, error) {
	seed, err := os.ReadFile(f.bundleKey())
	if err == nil && len(seed) == ed25519.SeedSize {
		return ed25519.NewKeyFromSeed(seed), nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the key of bundles: %w", err)
	}
	seed = make([]byte, ed25519.SeedSize)
	_, _ = rand.Read(seed) // never fails
	if seed, err = keepKey(f.bundleKey(), seed); err != nil {
		return nil, err
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

func fingerprintOf(key ed25519.PrivateKey) string {
	return archive.Fingerprint(key.Public().(ed25519.PublicKey)) //nolint:forcetypeassert // so says its documentation
}

// trustedOf reads which boards are trusted; none where there is no list.
func trustedOf(f folder) (list []trusted, err error) {
	raw, err := os.ReadFile(f.trustedKeys())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil {
		err = json.Unmarshal(raw, &list)
	}
	if err != nil {
		return nil, fmt.Errorf("read which boards are trusted: %w", err)
	}
	return list, nil
}

func (p program) bundleKeyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "key",
		Short: "Print the fingerprint of this board, and those it trusts",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withStore(cmd, func(_ context.Context, s settings, _ *store.Store) error {
				key, err := signingKey(folder(s.Data))
				if err != nil {
					return err
				}
				list, err := trustedOf(folder(s.Data))
				if err != nil {
					return err
				}
				if _, err := fmt.Fprintf(cmd.OutOrStdout(), "%s  this board\n", fingerprintOf(key)); err != nil {
					return err
				}
				for _, t := range list {
					if _, err := fmt.Fprintf(cmd.OutOrStdout(), "%s  %s, trusted since %s\n", t.Fingerprint, t.Name, localDay(t.Since)); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
	addFlags(cmd.Flags(), "data")
	return cmd
}

func (p program) bundleTrustCommand() *cobra.Command {
	var name string
	var not bool
	cmd := &cobra.Command{
		Use:   "trust FINGERPRINT",
		Short: "Take bundles of a board from now on, or no more",
		Long:  "Compare the fingerprint with what `loalang bundle key` prints on that board, by telephone for instance.",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			print, ok := archive.ParseFingerprint(args[0])
			if !ok {
				return usagef("a fingerprint is eight groups of four hex digits: %q", args[0])
			}
			return p.withStore(cmd, func(_ context.Context, s settings, _ *store.Store) error {
				if not {
					_, err := distrust(folder(s.Data), print)
					return err
				}
				return trust(folder(s.Data), trusted{print, name, p.clock(s).Now().UTC()})
			})
		},
	}
	addFlags(cmd.Flags(), "data")
	cmd.Flags().StringVar(&name, "name", "a board", "what people call that board")
	cmd.Flags().BoolVar(&not, "revoke", false, "take its bundles no more")
	return cmd
}

// trust takes bundles of a board from now on.
func trust(f folder, t trusted) error {
	list, err := trustedOf(f)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(o trusted) bool { return o.Fingerprint == t.Fingerprint })
	return keepTrusted(f, append(list, t))
}

// distrust takes bundles of a board no more, and says whose; fs.ErrNotExist when it did
// not before.
func distrust(f folder, fingerprint string) (trusted, error) {
	list, err := trustedOf(f)
	if err != nil {
		return trusted{}, err
	}
	i := slices.IndexFunc(list, func(o trusted) bool { return o.Fingerprint == fingerprint })
	if i < 0 {
		return trusted{}, fmt.Errorf("no board with the fingerprint %s is trusted: %w", fingerprint, fs.ErrNotExist)
	}
	return list[i], keepTrusted(f, slices.Delete(slices.Clone(list), i, i+1))
}

func keepTrusted(f folder, list []trusted) error {
	raw, err := json.MarshalIndent(list, "", " ")
	if err != nil {
		return fmt.Errorf("keep which boards are trusted: %w", err)
	}
	err = archive.Durable(f.trustedKeys(), func(w io.Writer) error {
		_, err := w.Write(raw)
		return err
	})
	if err != nil {
		return fmt.Errorf("keep which boards are trusted: %w", err)
	}
	return nil
}

func (p program) bundleExportCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "export FOLDER|-",
		Short: "Write a village's notices, when they air, words and recordings onto a stick",
		Long: "Write a signed bundle into a folder, which is made when missing; what an interrupted export left there stays where\n" +
			"it is right. With - the bundle goes to standard output as one file, as which `bundle import` takes it too.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := p.lowly(); err != nil {
				return err
			}
			return p.withStore(cmd, func(ctx context.Context, s settings, db *store.Store) error {
				out, now := cmd.OutOrStdout(), p.clock(s).Now().UTC()
				if args[0] == "-" {
					return streamBundle(ctx, s, db, out, now)
				}
				b, written, err := exportBundle(ctx, s, db, args[0], now)
				said := bundleSaid{Board: b.Board, Village: b.Village, Fingerprint: archive.Fingerprint(b.Key), Made: b.Made, Bytes: b.Bytes, Copied: written, Pieces: len(b.Pieces)}
				return printBundle(out, said, err, asJSON, func() error {
					_, err := fmt.Fprintf(out, "%s: %d MB in %d pieces, %d MB of them written now; this board's fingerprint is %s\n",
						args[0], (b.Bytes+1<<20-1)>>20, len(b.Pieces), (written+1<<20-1)>>20, said.Fingerprint)
					return err
				})
			})
		},
	}
	addFlags(cmd.Flags(), "data", "village")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON object")
	return cmd
}

func (p program) bundleImportCommand() *cobra.Command {
	var in intake
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "import FOLDER|FILE",
		Short: "Take a bundle in from a stick",
		Long: "Copy a bundle from a stick, prove it, and take in what is new in it: announcements with their recordings and when\n" +
			"they air, and words. What ended there of what came from there ends here too. What was edited here since stays. The\n" +
			"same bundle again changes nothing. With --dry-run the same is printed and nothing is saved. What the village has reviewed waits for that review here as well.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := p.lowly(); err != nil {
				return err
			}
			return p.withStore(cmd, func(ctx context.Context, s settings, db *store.Store) error {
				library, err := openLibrary(s, db, "", p.clock(s).Now, p.quietLog())
				if err != nil {
					return err
				}
				in.s, in.db, in.library, in.now = s, db, library, p.clock(s).Now().UTC()
				_, loc, err := place(ctx, db, s.Village)
				if err != nil {
					return err
				}
				said, err := in.take(ctx, args[0])
				return printBundle(cmd.OutOrStdout(), said, err, asJSON, func() error { return printLines(cmd.OutOrStdout(), said.Lines, in.own, loc) })
			})
		},
	}
	addFlags(cmd.Flags(), "data", "village")
	cmd.Flags().BoolVar(&in.dry, "dry-run", false, "print what would be taken in, and save nothing")
	cmd.Flags().StringVar(&in.seen, "seen", "", "take it in only if it is still what --dry-run --json called so")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON object")
	return cmd
}
