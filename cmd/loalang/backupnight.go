package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
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
	Code    string    `json:"code,omitempty"`    // no-room, read-only, damaged, failed
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
		Long: "Write a backup to the stick that has a folder " + stickFolder + ", with the recordings in a folder beside it; where\n" +
			"there is none, to the folder backups among the data, without the recordings' sound. The newest of the setting\n" +
			"backup-keep are kept, and one of each of the last four weeks.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := p.lowly(); err != nil {
				return err
			}
			return p.withStore(cmd, func(ctx context.Context, s settings, db *store.Store) error {
				state := readBackupState(folder(s.Data))
				said, stick, err := nightly(ctx, s, db)
				if err == nil {
					state = backupState{Last: said.Made, File: said.File, Stick: stick, Bytes: said.Bytes, Damaged: len(said.Damaged) + len(said.Missing)}
				} else {
					state.Tried, state.Why, state.Code = time.Now().UTC(), sentence(err), backupFault(err)
				}
				if noted := noteBackup(folder(s.Data), state); noted != nil {
					return errors.Join(err, noted)
				}
				if err != nil {
					return err
				}
				return printBackup(cmd.OutOrStdout(), said, false)
			})
		},
	}
	addFlags(cmd.Flags(), "data", "village", "backup-keep", "backup-stick")
	return cmd
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

// nightly makes a backup where there is a place for it, proves it, and removes old ones.
func nightly(ctx context.Context, s settings, db *store.Store) (said backupSaid, stick bool, err error) {
	dir := findStick(s.BackupSticks, s.Data)
	stick = dir != ""
	h := &hoard{dir: folder(s.Data), db: db, village: s.Village, now: time.Now, bare: true}
	if dir = cmp.Or(dir, folder(s.Data).backups()); stick {
		h.mirror = &archive.Mirror{Dir: filepath.Join(dir, mirrorName)}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return said, stick, fmt.Errorf("make a folder for backups: %w", reasonOf(err))
	}
	path := filepath.Join(dir, h.name())
	m, err := h.file(ctx, path)
	if err != nil {
		return said, stick, err
	}
	if _, faults, err := archive.Read(ctx, path, nil, nil); err != nil || len(faults) > 0 {
		// What the disk does not give back is no backup, and must not push a good one out.
		return said, stick, errors.Join(fmt.Errorf("%s cannot be read back: use another stick", path), err, os.Remove(path))
	}
	said = saidOf(path, m)
	return said, stick, rotate(ctx, dir, s.Village, s.BackupKeep)
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

// keptBackup is a backup in a folder.
type keptBackup struct {
	Path  string
	Made  time.Time
	Bytes int64 // of the file
}

// backupsIn lists the backups of a village in a folder, the newest first.
func backupsIn(dir, village string) (list []keptBackup, err error) {
	all, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look through the backups: %w", reasonOf(err))
	}
	for _, e := range all {
		stamp, ok := strings.CutPrefix(e.Name(), "loalang-"+village+"-")
		if stamp, ok = cutEnding(stamp, ok); !ok {
			continue
		}
		made, err := time.Parse("20060102-150405Z", stamp)
		info, failed := e.Info()
		if err == nil && failed == nil && info.Mode().IsRegular() {
			list = append(list, keptBackup{filepath.Join(dir, e.Name()), made, info.Size()})
		}
	}
	slices.SortFunc(list, func(a, b keptBackup) int { return b.Made.Compare(a.Made) })
	return list, nil
}

func cutEnding(name string, ok bool) (string, bool) {
	if !ok {
		return "", false
	}
	return strings.CutSuffix(name, backupEnding)
}

// outdated are the backups that go: all but the newest keep, and one of each of the last
// four weeks.
func outdated(list []keptBackup, keep int) (gone []keptBackup) {
	weeks := map[int]bool{}
	for i, b := range list {
		year, week := b.Made.ISOWeek()
		if i < keep {
			weeks[100*year+week] = true
			continue
		}
		if !weeks[100*year+week] && list[0].Made.Sub(b.Made) < 28*24*time.Hour {
			weeks[100*year+week] = true
			continue
		}
		gone = append(gone, b)
	}
	return gone
}

// rotate removes the backups that are outdated, and the sound that none of the others
// names.
func rotate(ctx context.Context, dir, village string, keep int) error {
	list, err := backupsIn(dir, village)
	if err != nil {
		return err
	}
	gone := outdated(list, keep)
	for _, b := range gone {
		if err := os.Remove(b.Path); err != nil {
			return fmt.Errorf("remove an old backup: %w", reasonOf(err))
		}
	}
	mirror := archive.Mirror{Dir: filepath.Join(dir, mirrorName)}
	if len(gone) == 0 || !exists(mirror.Dir) {
		return nil
	}
	// Every backup that lies there counts, of other boards as well.
	all, err := filepath.Glob(filepath.Join(dir, "*"+backupEnding))
	if err != nil {
		return err
	}
	named := map[string]bool{}
	for _, path := range all {
		m, _, err := archive.Read(ctx, path, nil, nil)
		if err != nil {
			return fmt.Errorf("%s: %w: the sound of old backups stays", path, err) // what it names is not known
		}
		for _, f := range m.Files {
			named[f.SHA256] = true
		}
		for _, name := range m.Missing { // an older one may have it
			named[hashInName(filepath.Base(name))] = true
		}
	}
	_, err = mirror.Prune(named)
	return err
}

func (p program) backupListCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list [FOLDER]",
		Short: "Print the backups of a folder, the newest first",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := p.settings(cmd)
			if err != nil {
				return err
			}
			dirs := []string{folder(s.Data).backups()}
			if stick := findStick(s.BackupSticks, s.Data); stick != "" {
				dirs = append(dirs, stick)
			}
			if len(args) > 0 {
				dirs = args
			}
			for _, dir := range dirs {
				list, err := backupsIn(dir, s.Village)
				if err != nil {
					return err
				}
				for _, b := range list {
					if _, err := fmt.Fprintf(cmd.OutOrStdout(), "%s  %6d kB  %s\n", b.Made.Format(time.RFC3339), (b.Bytes+1023)>>10, b.Path); err != nil {
						return err
					}
				}
			}
			return nil
		},
	}
	addFlags(cmd.Flags(), "data", "village", "backup-stick")
	return cmd
}
