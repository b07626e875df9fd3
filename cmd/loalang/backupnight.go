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
	"strings"
	"time"

	"github.com/spf13/cobra"

	"loalang/archive"
	"loalang/store"
)

const (
	// stickFolder is the folder on a stick that says: backups may be kept here.
	stickFolder = "loalang-backup"
	// mirrorName is the folder beside backups in which the sound lies that they name.
	mirrorName = "recordings"
)

// backups is the folder of the backups on the data disk.
func (f folder) backups() string { return filepath.Join(string(f), "backups") }

// backupNote is the file that says how the last nightly backup went.
func (f folder) backupNote() string { return filepath.Join(string(f), "backup.json") }

// mirrorBeside is the folder of sound beside a backup.
func mirrorBeside(path string) archive.Mirror {
	return archive.Mirror{Dir: filepath.Join(filepath.Dir(path), mirrorName)}
}

// backupState is what is known of the last nightly backups.
type backupState struct {
	Last    time.Time `json:"last,omitzero"` // of the last that is whole
	File    string    `json:"file,omitempty"`
	Stick   bool      `json:"stick"`             // it lies on another disk than the data
	Bytes   int64     `json:"bytes,omitempty"`   // of what it keeps
	Damaged int       `json:"damaged,omitempty"` // files that were not whole
	Tried   time.Time `json:"tried,omitzero"`    // of the last that failed
	Why     string    `json:"why,omitempty"`     // what it said
	Code    string    `json:"code,omitempty"`    // no-room, read-only, damaged, card, unreadable, gone, hangs, failed
	Trying  string    `json:"trying,omitempty"`  // folder of the stick on which one is being made, or was when the program ended
	Hung    []string  `json:"hung,omitempty"`    // folders of sticks that answered no more, see resting
	HungAt  time.Time `json:"hung_at,omitzero"`  // when the last of them did not

	// What stands beside a backup that was made all the same.
	BadStick  string    `json:"bad_stick,omitempty"`  // folder of a stick that took none; empty: every one did that was tried
	StickWhy  string    `json:"stick_why,omitempty"`  // what it said
	StickCode string    `json:"stick_code,omitempty"` // as Code, or unfinished
	Odd       string    `json:"odd,omitempty"`        // name of a backup beside it that cannot be read: old sound stays
	Wrong     int       `json:"wrong,omitempty"`      // files of sound that the stick gave back otherwise than they were, in the last two weeks
	Lost      int       `json:"lost,omitempty"`       // of them: that the board has not whole either
	Left      int       `json:"left,omitempty"`       // files of sound that have no room on the stick
	OnStick   time.Time `json:"on_stick,omitzero"`    // of the last that lies on another disk than the data
	Bare      time.Time `json:"bare,omitzero"`        // since when they lie on the disk of the data alone; zero: the last does not
}

// How long people are reminded that backups lie beside the data alone: where no stick was ever
// used, long enough to be read once; where one was, until the board is taken for one without.
const (
	stickAdvised = 14 * 24 * time.Hour
	stickMissed  = 90 * 24 * time.Hour
)

// stickWanted says whether somebody should be told that there is no stick. A board may go
// without one for ever, and is well.
func (s backupState) stickWanted(now time.Time) bool {
	switch {
	case s.Stick:
		return false
	case !s.OnStick.IsZero():
		return now.Sub(s.OnStick) < stickMissed
	}
	return now.Sub(s.Bare) < stickAdvised
}

// failing says whether the newest backup that was tried failed. One that is dated behind now was made
// by a clock that was ahead: what failed then or later failed behind it, for a good one forgets it.
func (s backupState) failing(now time.Time) bool {
	return !s.Tried.IsZero() && (s.Tried.After(s.Last) || s.Last.After(now))
}

// readBackupState is what the note says; nothing where there is none.
func readBackupState(f folder) (s backupState) {
	raw, err := os.ReadFile(f.backupNote())
	if err != nil || json.Unmarshal(raw, &s) != nil {
		return backupState{}
	}
	return s
}

func (p program) backupNightlyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "nightly",
		Short: "Make the backup that serve makes every night",
		Long: "Write a backup to the first stick that has a folder " + stickFolder + " and takes it, with the recordings in a folder\n" +
			"beside it; where there is none, to the folder backups among the data, without the recordings' sound. The newest of the\n" +
			"setting backup-keep are kept, and one of each of the last four weeks. A part of the stick is read again every night.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := p.lowly(); err != nil {
				return err
			}
			return p.withStore(cmd, func(ctx context.Context, s settings, db *store.Store) error {
				state, said, err := notedNightly(ctx, s, db, p.clock(s).Now, p.signs(cmd.OutOrStdout()))
				if err != nil {
					return err
				}
				if state.BadStick != "" {
					cmd.PrintErrf("loalang: the stick at %s took no backup: %s\n", state.BadStick, state.StickWhy)
				}
				return printBackup(cmd.OutOrStdout(), said, false)
			})
		},
	}
	addFlags(cmd.Flags(), "data", "village", "backup-keep", "backup-stick")
	return cmd
}

// notedNightly makes a nightly backup, and writes down how it went. now is the board's clock, by which
// serve says when the next is due: a told time is not the system's. alive is told that it goes on, and may be nil.
func notedNightly(ctx context.Context, s settings, db *store.Store, now func() time.Time, alive *signs) (state backupState, said backupSaid, err error) {
	f := folder(s.Data)
	clearHome(f, time.Now()) // by the system's clock, as files are; before: they may be what takes the room
	state, said, err = nightly(ctx, s, db, readBackupState(f), now, alive)
	if err != nil && ctx.Err() != nil {
		return state, said, err // whoever ended it knows why
	}
	if other := readBackupState(f).Last; other.After(state.Last) && !other.After(now()) {
		return state, said, err // it hung for so long that another was made meanwhile
	}
	return state, said, errors.Join(err, noteBackup(f, state))
}

// saysMore says whether a backup was made or failed since before was read.
func (s backupState) saysMore(before backupState) bool {
	return !s.Tried.Equal(before.Tried) || !s.Last.Equal(before.Last)
}

// noteFailed writes down for a nightly backup that could not do so itself that it failed, at
// now: it was killed, or got no further than the database.
func noteFailed(f folder, now time.Time, why error) error {
	s := readBackupState(f)
	s.Trying = ""
	s.Tried, s.Why, s.Code = now.UTC(), sentence(why), backupFault(why)
	return noteBackup(f, s)
}

// noteBackup writes down how a backup went.
func noteBackup(f folder, s backupState) error {
	raw, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		return fmt.Errorf("note the backup: %w", err)
	}
	err = archive.Durable(f.backupNote(), func(w io.Writer) error {
		_, err := w.Write(raw)
		return err
	})
	if err != nil {
		return fmt.Errorf("note the backup: %w", err)
	}
	return nil
}

// nightly makes a backup on the first stick that takes it, else beside the data, proves it,
// and removes old ones. state is what is known from then on, was what was known before. The
// error says that there is no backup; whatever else is wrong is in the state.
func nightly(ctx context.Context, s settings, db *store.Store, was backupState, now func() time.Time, alive *signs) (state backupState, said backupSaid, err error) {
	state = backupState{OnStick: was.OnStick, Bare: was.Bare}
	if was.Stick {
		state.OnStick = was.Last
	}
	state.OnStick, state.Bare = notBehind(state.OnStick, now()), notBehind(state.Bare, now())
	f := folder(s.Data)
	resting := was.resting(now())
	was.tries(f, "")
	var kept backupSaid // on a stick that has not room for all of the sound
	for _, dir := range append(findSticks(s.BackupSticks, s.Data), f.backups()) {
		stick := dir != f.backups()
		if !stick && state.Stick {
			return state, kept, nil
		}
		if stick && slices.Contains(resting, dir) {
			state.leaveOut(dir, was.HungAt)
			continue
		}
		h := &hoard{dir: f, db: db, village: s.Village, given: s.Given, now: now, bare: true, signs: alive}
		was.tries(f, "")
		if stick {
			was.tries(f, dir)
			clearBeside(dir, time.Now())
			h.mirror = &archive.Mirror{Dir: filepath.Join(dir, mirrorName)}
		}
		said, err = h.proven(ctx, dir)
		if code := backupFault(err); !stick && code == "unreadable" {
			err = ofCard{err} // that is where it lies
		}
		switch {
		case ctx.Err() != nil:
			return was, said, ctx.Err()
		case err == nil:
			state.had(said, stick, said.Made)
			state.Odd = rotate(ctx, said.File, s.Village, db.Node(), s.BackupKeep)
			if stick {
				state.Wrong, state.Lost = lookAtMirror(ctx, *h.mirror, f, now(), alive)
			}
			if state.Left = h.left; h.left > 0 { // another one may have it
				kept = said
				continue
			}
			return state, said, nil
		case stick && state.BadStick == "" && backupFault(err) != "card":
			state.BadStick, state.StickWhy, state.StickCode = dir, sentence(err), backupFault(err)
		}
	}
	was.BadStick, was.StickWhy, was.StickCode = state.BadStick, state.StickWhy, state.StickCode
	was.Trying, was.Hung, was.HungAt = "", state.Hung, state.HungAt
	was.Tried, was.Why, was.Code = now().UTC(), sentence(err), backupFault(err)
	return was, said, err
}

// notBehind is an instant, or now where that is dated behind it: a clock that was ahead dated it, and how
// long ago it was nobody knows. From now on it grows old.
func notBehind(at, now time.Time) time.Time {
	if at.After(now) {
		return now.UTC()
	}
	return at
}

// had notes a backup that is whole.
func (s *backupState) had(said backupSaid, stick bool, now time.Time) {
	s.Last, s.File, s.Stick, s.Bytes, s.Damaged = said.Made, said.File, stick, said.Bytes, len(said.Damaged)+len(said.Missing)
	switch {
	case stick:
		s.OnStick, s.Bare = said.Made, time.Time{}
	case s.Bare.IsZero():
		s.Bare = now
	}
}

// proven makes a backup in a folder, and reads it back: what a disk does not give back is no
// backup, and must not push a good one out.
func (h *hoard) proven(ctx context.Context, dir string) (said backupSaid, err error) {
	if h.mirror == nil { // that of a stick is there, unless it was pulled out
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return said, fmt.Errorf("make a folder for backups: %w", reasonOf(err))
		}
	}
	h.yieldSound(ctx, dir) // before older backups go: what it removes is in the library
	h.thinOut(ctx, dir)
	path := filepath.Join(dir, h.name(""))
	m, err := h.file(ctx, path)
	if err != nil {
		return said, err
	}
	if _, faults, err := archive.Read(ctx, path, nil, h.signs.pace); err != nil || len(faults) > 0 {
		return said, errors.Join(fmt.Errorf("%s %w", path, errUnread), err, os.Remove(path))
	}
	err = h.readBack(ctx)
	switch {
	case ctx.Err() != nil:
		return said, ctx.Err()
	case err != nil: // nothing rotates where no backup counts: they would fill the stick
		return said, errors.Join(err, os.Remove(path))
	}
	return saidOf(path, m), nil
}

// findStick is the first of the folders that findSticks lists; empty: there is none.
func findStick(patterns, data string) string {
	for _, dir := range findSticks(patterns, data) {
		return dir
	}
	return ""
}

// findSticks lists the folders on other disks than the data that may keep backups.
// patterns are separated by commas.
func findSticks(patterns, data string) (dirs []string) {
	for _, pattern := range strings.Split(patterns, ",") {
		found, err := filepath.Glob(strings.TrimSpace(pattern))
		if err != nil {
			continue
		}
		for _, dir := range found {
			same, err := archive.SameDisk(dir, data)
			if info, failed := os.Stat(dir); err == nil && failed == nil && info.IsDir() && !same {
				dirs = append(dirs, dir)
			}
		}
	}
	return dirs
}

func (p program) backupListCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list [FOLDER]",
		Short: "Print the backups of a folder, the newest first",
		Long:  "Print when each backup in a folder was made, of whichever village, its size, which board made it, and its file.",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := p.settings(cmd)
			if err != nil {
				return err
			}
			dirs := append([]string{folder(s.Data).backups()}, findSticks(s.BackupSticks, s.Data)...)
			if len(args) > 0 {
				dirs = args
			}
			found := 0
			for _, dir := range dirs {
				list, err := backupsIn(dir, "") // a board that was set up anew is of no village yet
				if err != nil {
					return err
				}
				found += len(list)
				for _, b := range list {
					board, err := b.madeBy(cmd.Context())
					if err != nil { // it is listed all the same: `backup verify` says what is wrong with it
						board = "unknown"
					}
					if _, err := fmt.Fprintf(cmd.OutOrStdout(), "%s  %6d kB  %-8s  %s\n", b.Made.Format(time.RFC3339), (b.Bytes+1023)>>10, board, b.Path); err != nil {
						return err
					}
				}
			}
			if found == 0 {
				cmd.PrintErrln("loalang: there is no backup in " + strings.Join(dirs, ", ") + ": plug in the stick that has a folder " + stickFolder + ", or name the folder")
			}
			return nil
		},
	}
	addFlags(cmd.Flags(), "data", "village", "backup-stick")
	return cmd
}
