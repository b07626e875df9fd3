package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"loalang/archive"
	"loalang/playout"
	"loalang/store"
)

// carryOver takes over what goes on where the folder that is replaced is of the same node:
// the board's own keys and what was chosen for its button and its volume control, where the
// backup has none, what the log of what aired has only there, and the emergencies of now.
func (r restoring) carryOver(stage string, db *store.Store) (err error) {
	if _, told := r.replaced(db); !told {
		return nil // nobody knows whose they are
	}
	used, err := os.OpenRoot(r.data)
	if err != nil {
		return fmt.Errorf("carry over what goes on: %w", reasonOf(err))
	}
	defer func() { err = errors.Join(err, used.Close()) }()
	for _, name := range []string{"push.key", "bundle.key", "tls", "board.json"} {
		if err := r.carry(used, stage, name); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(folder(stage).spool(), 0o750); err != nil {
		return fmt.Errorf("carry over what goes on: %w", err)
	}
	if err := r.carry(used, stage, path.Join("spool", playout.ActiveFile)); err != nil {
		return err
	}
	return r.carryRows(used, stage)
}

// restoredBy ends an emergency of a backup in the as-run.
const restoredBy = "khôi phục dữ liệu"

// endAlarms ends the emergencies that were on when the backup was made: that is long over, and
// where nobody knows the time they would sound for as long as then was left. Those that are on in
// the used folder go on, by what was carried over.
func (r restoring) endAlarms(ctx context.Context, db *store.Store, stage string) error {
	ended, err := db.EndEmergencies(ctx, playout.Unended([]string{folder(stage).spool()}), restoredBy, r.now())
	if err != nil {
		return fmt.Errorf("end the emergencies of the backup: %w", err)
	}
	for _, e := range ended {
		r.log("the emergency %q, which was on when the backup was made, is ended: raise it again if the danger is still there", e.Title)
	}
	return nil
}

// carry takes a file, or the folder tls with all that it holds, over from the used folder, unless
// the backup has it. Links are not followed: root restores, and the service could have laid
// one to what it may not read. What an ill card does not give is told, and keeps nothing from being
// restored; of a folder nothing goes on then, for half of an authority is none.
func (r restoring) carry(used *os.Root, stage, name string) error {
	if exists(filepath.Join(stage, name)) {
		return nil
	}
	var unwritten error
	err := fs.WalkDir(used.FS(), name, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir():
			if name != "tls" {
				return fmt.Errorf("%s is a folder", path)
			}
			unwritten = os.MkdirAll(filepath.Join(stage, path), 0o750)
			return unwritten
		case !e.Type().IsRegular():
			return nil
		}
		raw, err := used.ReadFile(path)
		if err != nil {
			return err
		}
		unwritten = keepIn(stage, path, raw)
		return unwritten
	})
	switch {
	case err == nil, errors.Is(err, fs.ErrNotExist) && unwritten == nil:
		return nil
	case unwritten == nil:
		r.log("what cannot be read does not go on: %s: %s", name, sentence(err))
		unwritten = os.RemoveAll(filepath.Join(stage, name))
	}
	if unwritten != nil {
		return fmt.Errorf("carry over what goes on: %w", unwritten)
	}
	return nil
}

// keepIn writes a file of the stage.
func keepIn(stage, name string, raw []byte) error {
	return archive.Durable(filepath.Join(stage, name), func(w io.Writer) error {
		_, err := w.Write(raw)
		return err
	})
}

// carryRows takes the as-run rows over that wait in the spool of the used folder: while a
// database is damaged every airing is told there alone. One that the backup has as well is
// newer here.
func (r restoring) carryRows(used *os.Root, stage string) error {
	names, err := fs.Glob(used.FS(), "spool/asrun-*.json")
	if err != nil {
		return fmt.Errorf("carry over what aired: %w", err)
	}
	if len(names) == 0 {
		return nil
	}
	carried := 0
	for _, name := range names {
		if info, err := used.Lstat(name); err != nil || !info.Mode().IsRegular() {
			continue
		}
		raw, err := used.ReadFile(name)
		if err != nil { // an ill card must not keep the others from the log
			r.log("what aired once cannot be read: %s: %s", path.Base(name), sentence(err))
			continue
		}
		if err := keepIn(stage, name, raw); err != nil {
			return fmt.Errorf("carry over what aired: %w", err)
		}
		carried++
	}
	r.log("%d rows of what aired, which the database before had not taken, go on: the next start puts them into the log", carried)
	return nil
}
