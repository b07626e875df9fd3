package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"loalang/archive"
	"loalang/recordings"
	"loalang/store"
)

func (p program) dataCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "data",
		Short: "Look the board's data through, and repair them",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(p.dataCheckCommand(), p.dataRepairCommand())
	return cmd
}

// checkSaid is what `data check --json` prints.
type checkSaid struct {
	Checked  int                  `json:"checked"` // recordings
	Database string               `json:"database"`
	Damaged  []recordings.Blemish `json:"damaged"` // found now, and earlier ones that are not mended
}

func (p program) dataCheckCommand() *cobra.Command {
	var check checking
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Read every recording and the database, and make good what is damaged",
		Long: "Read every stored file of the library and hold it against its SHA-256, and look the database through. A damaged\n" +
			"file is put aside in recordings/damaged and made good: by a copy from a backup, a stick or --from; else made anew\n" +
			"from what came or what airs; else a voice reads it again; else it stays noted, for a copy may lie on a stick that\n" +
			"is not plugged in. A running serve does so by itself, a little every night. With --give-up, which is for when no copy\n" +
			"is anywhere, what is left is taken away from what uses it, and people are told to read it again.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := p.lowly(); err != nil {
				return err
			}
			return p.withStore(cmd, func(ctx context.Context, s settings, db *store.Store) error {
				library, err := openLibrary(s, db, "", p.clock(s).Now, p.quietLog())
				if err != nil {
					return err
				}
				check.data, check.db, check.library, check.now, check.log = s, db, library, p.clock(s).Now, p.quietLog()
				said, err := check.run(ctx)
				if said.Database == "" {
					return err
				}
				return errors.Join(printCheck(cmd.OutOrStdout(), said, asJSON), err)
			})
		},
	}
	addFlags(cmd.Flags(), "data", "village", "backup-stick")
	cmd.Flags().BoolVar(&check.tonight, "tonight", false, "go on where the last such run stopped, and read a part only")
	cmd.Flags().BoolVar(&check.report, "report", false, "say what is damaged, and repair nothing")
	cmd.Flags().BoolVar(&check.giveUp, "give-up", false, "no copy is anywhere: take away what cannot be made good, and have people read it again")
	cmd.Flags().StringSliceVar(&check.from, "from", nil, "a backup, a folder of backups, or an old data folder that may have whole copies")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON object")
	cmd.MarkFlagsMutuallyExclusive("give-up", "tonight") // by night nobody is there who knows
	cmd.MarkFlagsMutuallyExclusive("give-up", "report")
	return cmd
}

func printCheck(out io.Writer, said checkSaid, asJSON bool) error {
	open := 0
	for _, b := range said.Damaged {
		if b.Mended == "" {
			open++
		}
	}
	if asJSON {
		if err := json.NewEncoder(out).Encode(said); err != nil {
			return err
		}
	} else {
		if _, err := fmt.Fprintf(out, "%d recordings read, %d damaged; the database is %s\n", said.Checked, len(said.Damaged), said.Database); err != nil {
			return err
		}
		for _, b := range said.Damaged {
			if _, err := fmt.Fprintf(out, "%.12s  %-8s  %-10s  %s: %s\n", b.Recording, b.Form, b.What, b.Title, mendedWords[b.Mended]); err != nil {
				return err
			}
		}
	}
	if open > 0 {
		return faultyError{fmt.Errorf("%d files are damaged or missing, and no copy was found: plug in the stick with the backups or name them with --from, then run this again; only if there is no copy anywhere, run it with --give-up", open)}
	}
	return nil
}

// mendedWords says how a blemish was made good.
var mendedWords = map[string]string{
	"":                        "not made good; a copy may yet be found",
	recordings.MendedCopy:     "a whole copy is in its place",
	recordings.MendedRemade:   "made again, the very same",
	recordings.MendedReplaced: "made anew from what is whole of it; another recording stands in its place",
	recordings.MendedSpoken:   "a voice reads it again",
	recordings.MendedAsked:    "given up: a person must read it again, and is told",
	recordings.MendedWithout:  "what came is given up; what airs is whole",
	recordings.MendedUnused:   "nothing uses it any more",
}

// checking is one look through the data.
type checking struct {
	data    settings
	db      *store.Store
	library *recordings.Library
	report  bool // repair nothing
	tonight bool // read a part, on from where the last such look stopped
	giveUp  bool // somebody says that no copy is anywhere
	from    []string
	now     func() time.Time // the board's clock
	log     *slog.Logger
}

// How much one night reads: all of it within two weeks, and at least so many bytes.
const (
	checkNights = 14
	checkLeast  = 256 << 20
)

// run checks the database, then the recordings in the order of their IDs, and mends what is
// noted, whatever of it fails. Where nothing can be said of the data, said is empty.
func (c checking) run(ctx context.Context) (said checkSaid, err error) {
	if err := c.db.Integrity(ctx); err != nil {
		return checkSaid{}, err
	}
	all, err := c.db.Everything(ctx)
	if err != nil {
		return checkSaid{}, err
	}
	if c.tonight {
		all = c.part(all)
	}
	errs := []error{c.readAll(ctx, all)}
	list, err := c.library.Blemishes()
	errs = append(errs, err)
	said = checkSaid{Checked: len(all), Database: "whole", Damaged: []recordings.Blemish{}}
	for _, b := range list {
		if b.Mended == "" {
			said.Damaged = append(said.Damaged, b)
		}
	}
	if !c.report && ctx.Err() == nil {
		mended, err := c.mendAll(ctx, list)
		if errs = append(errs, err); mended != nil {
			said.Damaged = mended
		}
	}
	if ctx.Err() != nil {
		return checkSaid{}, ctx.Err()
	}
	return said, errors.Join(errs...)
}

// readAll reads recordings, and by night notes how far it came. One that cannot be read or
// set aside keeps none of the others from it, tonight or the nights after.
func (c checking) readAll(ctx context.Context, all []recordings.Recording) error {
	var failed int
	var first, unnoted error
	for _, rec := range all {
		_, err := c.library.Check(ctx, rec, nil)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			failed++
			first = cmp.Or(first, err)
		}
		if c.tonight {
			unnoted = c.remember(rec.ID) // that of the last one counts
		}
	}
	if first != nil {
		first = fmt.Errorf("of %d recordings not all could be done, first: %w", failed, first)
	}
	return errors.Join(unnoted, first)
}

// cursorFile names the recording that was read last by night.
func (c checking) cursorFile() string {
	return filepath.Join(folder(c.data.Data).recordings(), "checked")
}

// part is what one night reads: on from where the last one stopped.
func (c checking) part(all []recordings.Recording) (part []recordings.Recording) {
	raw, _ := os.ReadFile(c.cursorFile()) // from the beginning where there is none
	last := strings.TrimSpace(string(raw))
	var sum, got int64
	from := 0
	for i, r := range all {
		for _, v := range r.Variants {
			sum += v.Bytes
		}
		if r.ID <= last {
			from = i + 1
		}
	}
	most := max(checkLeast, sum/checkNights)
	for i := range all {
		r := all[(from+i)%len(all)]
		for _, v := range r.Variants {
			got += v.Bytes
		}
		if part = append(part, r); got >= most {
			break
		}
	}
	return part
}

func (c checking) remember(id string) error {
	return archive.Durable(c.cursorFile(), func(w io.Writer) error {
		_, err := io.WriteString(w, id+"\n")
		return err
	})
}
