package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"loalang/archive"
	"loalang/store"
)

// updateSaid is what `migrate --json` prints.
type updateSaid struct {
	From   int64    `json:"from"`   // version of the tables as they are
	To     int64    `json:"to"`     // as this program wants them
	Oldest int64    `json:"oldest"` // version that a program must know to use them afterwards
	Steps  []string `json:"steps"`
	Done   bool     `json:"done"`
	Kept   string   `json:"kept,omitempty"` // copy from before
}

func (p program) migrateCommand() *cobra.Command {
	var dry, asJSON bool
	cmd := &cobra.Command{
		Use:   "migrate",
		Short: "Bring the database up to date, on a copy first",
		Long: "Bring a copy of the database up to date and look it through, then the database itself; a copy from before\n" +
			"stays in the folder backups. `loalang serve` does the same at its start. With --dry-run the database is not\n" +
			"changed, and a running serve of the version before goes on: run it with the new program before installing it.\n" +
			"Without it nothing is changed under such a serve.\n" +
			"Exit code 4: the database is damaged already, and nothing could be tried; any version leaves it as it is.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := p.settings(cmd)
			if err != nil {
				return err
			}
			if !folder(s.Data).inhabited() {
				return fmt.Errorf("the folder %s holds no Loa Làng data: name the right one with --data", s.Data)
			}
			if err := roomForTrial(s); err != nil {
				if !dry {
					return err
				}
				if look := store.PeekForDamage(cmd.Context(), storeConfig(s, p.clock(s).Now, p.quietLog())); damagedAlready(folder(s.Data), look) {
					return damagedError{look} // no room could make it tell more of the update
				}
				return err
			}
			u, err := store.TryUpdate(cmd.Context(), storeConfig(s, p.clock(s).Now, p.quietLog()))
			if dry && damagedAlready(folder(s.Data), err) {
				return damagedError{err}
			}
			if err != nil {
				return err
			}
			said := updateSaid{From: u.From, To: u.To, Oldest: u.Oldest, Steps: append([]string{}, u.Steps...)}
			if !dry {
				db, err := openBeside(cmd.Context(), s, p.clock(s).Now, p.quietLog())
				if err != nil {
					return err
				}
				if err := db.Close(); err != nil {
					return err
				}
				said.Done = true
				if kept := filepath.Join(s.Data, "backups", fmt.Sprintf("before-update-%d.db", u.From)); exists(kept) && u.From < u.To {
					said.Kept = kept
				}
			}
			return printUpdate(cmd.OutOrStdout(), said, asJSON)
		},
	}
	addFlags(cmd.Flags(), "data")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "try it on a copy, and change nothing")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON object")
	return cmd
}

// damagedAlready says whether err, of an update that was to be tried, says nothing of the update: the database is
// damaged as it is, and a serve of any version goes on without it and writes nothing to it. ErrUpdate
// is of the new version, though it is ErrCorrupt too.
func damagedAlready(f folder, err error) bool {
	switch {
	case errors.Is(err, store.ErrUpdate), errors.Is(err, store.ErrNewer):
		return false
	case errors.Is(err, store.ErrNotDatabase): // damaged at its head; ours it was where serve ran
		return exists(filepath.Join(string(f), "standby"))
	}
	return errors.Is(err, store.ErrCorrupt)
}

// copyReserve is what the copies on which an update is tried leave free on the data disk, in
// bytes: the board starts with what is left.
const copyReserve = 64 << 20

// roomForTrial is archive.NoRoom, in a sentence, where the data disk cannot hold the copies
// on which an update is tried.
func roomForTrial(s settings) error {
	need := 2 * copiedBytes(folder(s.Data))
	if err := archive.Room(s.Data, need+copyReserve); err != nil {
		return fmt.Errorf("the update is tried on two copies of the database beside it, %d MB: free room on the disk of %s first, by removing recordings nobody needs or old files in its folder backups: %w", need>>20, s.Data, err)
	}
	return nil
}

// copiedBytes is about how many bytes a copy of the database takes.
func copiedBytes(f folder) int64 { return sizeOf(f.database()) + sizeOf(f.database()+"-wal") }

func printUpdate(out io.Writer, u updateSaid, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(out).Encode(u)
	}
	if len(u.Steps) == 0 {
		_, err := fmt.Fprintf(out, "nothing to do: the tables are of version %d\n", u.From)
		return err
	}
	for _, step := range u.Steps {
		if _, err := fmt.Fprintln(out, step); err != nil {
			return err
		}
	}
	state := "tried on a copy, nothing was changed"
	if u.Done {
		state = "done"
	}
	if _, err := fmt.Fprintf(out, "from version %d to %d: %s\n", u.From, u.To, state); err != nil {
		return err
	}
	back := "the version of loalang from before can still open the data afterwards"
	if u.Oldest > u.From {
		back = "the version of loalang from before cannot open the data afterwards: to go back, restore a backup from before"
	}
	if u.Kept != "" {
		back += "; a copy from before is " + u.Kept
	}
	_, err := fmt.Fprintln(out, back)
	return err
}
