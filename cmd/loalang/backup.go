package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"loalang/archive"
	"loalang/store"
)

// backupEnding ends the name of every backup.
const backupEnding = ".loalang.tar"

// backupSaid is what `backup --json` prints.
type backupSaid struct {
	File    string    `json:"file"`
	Made    time.Time `json:"made"`
	Bytes   int64     `json:"bytes"` // of the files, those outside included
	Files   int       `json:"files"`
	Keys    bool      `json:"keys"`
	Outside bool      `json:"outside"` // recordings are named only
	Damaged []string  `json:"damaged,omitempty"`
	Missing []string  `json:"missing,omitempty"`
}

func saidOf(path string, m archive.Manifest) backupSaid {
	return backupSaid{File: path, Made: m.Made, Bytes: m.Bytes(), Files: len(m.Files), Keys: m.Keys, Outside: m.Outside, Damaged: m.Damaged(), Missing: m.Missing}
}

func (p program) backupCommand() *cobra.Command {
	var keys, bare, asJSON bool
	cmd := &cobra.Command{
		Use:   "backup FILE|FOLDER|-",
		Short: "Keep everything of this board in one file, while it plays",
		Long: "Write database, recordings and settings into one file that `loalang restore` brings back. A running serve\n" +
			"goes on, and its sound comes first. FOLDER gives the file a name of its own, under which no night removes it; - writes\n" +
			"to the output.\n" +
			"Not in it: who is signed in, play copies (they are made again), uploads on their way, and the private keys of\n" +
			"https, push and bundles, unless --with-keys is given. The file holds hashes of passwords: keep it as you keep a key.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := p.lowly(); err != nil {
				return err
			}
			return p.withStore(cmd, func(ctx context.Context, s settings, db *store.Store) error {
				h := &hoard{dir: folder(s.Data), db: db, village: s.Village, given: s.Given, now: p.clock(s).Now, keys: keys, bare: bare}
				said, err := h.into(ctx, cmd, args[0])
				if err != nil {
					return err
				}
				if args[0] == "-" {
					return said.faults()
				}
				return printBackup(cmd.OutOrStdout(), said, asJSON)
			})
		},
	}
	addFlags(cmd.Flags(), "data")
	cmd.Flags().BoolVar(&keys, "with-keys", false, "the private keys of https, push and bundles as well: whoever has the file can pass for this board")
	cmd.Flags().BoolVar(&bare, "without-recordings", false, "name the recordings and leave their sound where it is")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON object")
	cmd.AddCommand(p.backupVerifyCommand(), p.backupNightlyCommand(), p.backupListCommand())
	return cmd
}

// into writes to what the command line names.
func (h *hoard) into(ctx context.Context, cmd *cobra.Command, to string) (backupSaid, error) {
	if to == "-" {
		h.scratch = string(h.dir)
		m, err := h.write(ctx, cmd.OutOrStdout())
		return saidOf(to, m), err
	}
	if info, err := os.Stat(to); err == nil && info.IsDir() {
		to = filepath.Join(to, h.name(byHandEnding))
	}
	path, err := filepath.Abs(to)
	if err != nil {
		return backupSaid{}, fmt.Errorf("find the file: %w", err)
	}
	if err := h.mayWrite(path); err != nil {
		return backupSaid{}, err
	}
	if same, err := archive.SameDisk(filepath.Dir(path), string(h.dir)); err == nil && same {
		cmd.PrintErrln("loalang: the backup lies on the same disk as the data: copy it to a stick or another machine, or it is lost with them")
	}
	m, err := h.file(ctx, path)
	return saidOf(path, m), err
}

// mayWrite says in a sentence why a backup cannot be written there.
func (h *hoard) mayWrite(path string) error {
	if info, err := os.Stat(filepath.Dir(path)); err != nil || !info.IsDir() {
		return fmt.Errorf("there is no folder %s: plug in the stick, or name another folder", filepath.Dir(path))
	}
	if _, err := os.Stat(path); err == nil {
		return fmt.Errorf("%s is there already: name another file, or delete it first", path)
	}
	data, err := filepath.Abs(string(h.dir))
	if err == nil {
		data, err = filepath.EvalSymlinks(data)
	}
	if err != nil {
		return fmt.Errorf("find the data folder: %w", err)
	}
	for _, name := range []string{"recordings", "spool", "standby", "tls", "uploads"} {
		if within(filepath.Join(data, name), path) {
			return fmt.Errorf("%s lies among what is backed up: name a folder outside of %s", path, data)
		}
	}
	return nil
}

// within says whether path lies in dir.
func within(dir, path string) bool {
	if real, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		path = filepath.Join(real, filepath.Base(path))
	}
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}

// faults says what of a backup is not whole.
func (b backupSaid) faults() error {
	if n := len(b.Damaged) + len(b.Missing); n > 0 {
		return faultyError{fmt.Errorf("the backup is written, but %d files were damaged or missing before: `sudo loalang-board data check` says which and repairs what it can", n)}
	}
	return nil
}

func printBackup(out io.Writer, said backupSaid, asJSON bool) error {
	if asJSON {
		if err := json.NewEncoder(out).Encode(said); err != nil {
			return err
		}
		return said.faults()
	}
	what := "with the recordings"
	if said.Outside {
		what = "without the recordings' sound"
	}
	if _, err := fmt.Fprintf(out, "%s: %d files, %d MB, %s\n", said.File, said.Files, (said.Bytes+1<<20-1)>>20, what); err != nil {
		return err
	}
	for _, name := range append(append([]string{}, said.Damaged...), said.Missing...) {
		if _, err := fmt.Fprintln(out, "  not whole: "+name); err != nil {
			return err
		}
	}
	return said.faults()
}

func (p program) backupVerifyCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify FILE",
		Short: "Read a backup to its end and say whether it is whole",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			m, faults, err := archive.Read(cmd.Context(), args[0], nil, nil)
			if err != nil {
				return wordArchive(args[0], err)
			}
			more, err := outsideFaults(cmd.Context(), args[0], m)
			if err != nil {
				return err
			}
			lost := len(faults) == 0 && !slices.ContainsFunc(more, func(f archive.Fault) bool { return f.What != archive.MissingFile })
			faults = append(faults, more...)
			if err := printBackup(cmd.OutOrStdout(), saidOf(args[0], m), asJSON); err != nil && len(faults) == 0 {
				return err
			}
			for _, f := range faults {
				cmd.PrintErrf("loalang: %s: %s\n", f.Name, f.What)
			}
			switch {
			case len(faults) > 0 && lost:
				return fmt.Errorf("the backup %s is whole, but %d files of sound are not beside it: where the stick has no room for them, they are on the board's card alone; use a larger one", args[0], len(faults))
			case len(faults) > 0:
				return fmt.Errorf("the backup %s is damaged, %d files of it: take another one", args[0], len(faults))
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON object")
	return cmd
}

// outsideFaults looks at the files that lie beside a backup, where there are some.
func outsideFaults(ctx context.Context, path string, m archive.Manifest) (faults []archive.Fault, err error) {
	mirror := mirrorBeside(path)
	if _, err := os.Stat(mirror.Dir); !m.Outside || err != nil {
		return nil, nil //nolint:nilerr // no folder beside it: nothing to look at
	}
	for _, f := range m.Files {
		if !f.Outside || f.Damaged {
			continue
		}
		sum, err := archive.Hash(ctx, mirror.Path(f.SHA256), nil)
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case errors.Is(err, os.ErrNotExist):
			faults = append(faults, archive.Fault{Name: f.Name, What: archive.MissingFile})
		case err != nil || sum != f.SHA256:
			faults = append(faults, archive.Fault{Name: f.Name, What: archive.ChangedFile})
		}
	}
	return faults, nil
}

// wordArchive names the file in what is wrong with it.
func wordArchive(path string, err error) error { return fmt.Errorf("%s: %w", path, reasonOf(err)) }
