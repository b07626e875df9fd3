package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"

	"loalang/archive"
	"loalang/recordings"
)

// foundHead begins the name of the folder within the library into which files are taken
// out of backups.
const foundHead = "found-"

// byCopies puts whole copies of the very bytes in the place of what is noted and not there,
// from what was put aside, which may only have been misread, from the folders of backups, from
// what a restore put aside, and from where the command line says. sizes are the lengths of the files that are wanted, by their names in the
// library. mended are the names of those that are whole again. What a folder or a backup
// does wrong ends only the search in it; the errors are those of the library and of ctx.
func (c checking) byCopies(ctx context.Context, noted []recordings.Blemish, sizes map[string]int64) (mended map[string]bool, err error) {
	mended = map[string]bool{}
	wanted := map[string]recordings.Blemish{} // by the name within the library
	for _, b := range noted {
		if _, kept := sizes[b.Stored()]; kept && !b.Settled() && !c.library.Holds(b) {
			wanted[b.Stored()] = b
		}
	}
	if len(wanted) == 0 {
		return mended, nil
	}
	errs := c.misread(wanted, mended)
	dirs, err := c.places()
	if err != nil {
		return mended, err
	}
	take := func(b recordings.Blemish, from string) error {
		done, err := c.library.Mend(b, []string{from})
		if done {
			mended[b.Stored()] = true
			delete(wanted, b.Stored())
		}
		return err
	}
	for _, b := range wanted {
		for _, path := range besideBackups(dirs, b) {
			// Nobody knows what lies on a stick: one look before it is read.
			if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() || info.Size() != sizes[b.Stored()] || mended[b.Stored()] {
				continue
			}
			errs = append(errs, take(b, path))
		}
		if ctx.Err() != nil {
			return mended, ctx.Err()
		}
	}
	return mended, errors.Join(append(errs, c.outOfBackups(ctx, archivesOf(dirs), wanted, sizes, take))...)
}

// misread takes back what was put aside and is whole: it is mended, and no longer wanted.
func (c checking) misread(wanted map[string]recordings.Blemish, mended map[string]bool) (errs []error) {
	for name, b := range wanted {
		done, err := c.library.MendAside(b)
		if done {
			mended[name] = true
			delete(wanted, name)
		}
		errs = append(errs, err)
	}
	return errs
}

// places are the folders and backups in which copies may lie.
func (c checking) places() ([]string, error) {
	sticks := findSticks(c.data.BackupSticks, c.data.Data)
	if c.tonight { // nobody is there who would pull out one that answers no more
		resting := readBackupState(folder(c.data.Data)).resting(c.now())
		sticks = slices.DeleteFunc(sticks, func(dir string) bool { return slices.Contains(resting, dir) })
	}
	dirs := append(append([]string{}, c.from...), sticks...)
	dirs = append(dirs, folder(c.data.Data).backups())
	before, err := filepath.Glob(filepath.Join(c.data.Data, beforeHead+"*"))
	return append(dirs, before...), err
}

// besideBackups are the paths at which a copy of a file would lie that is no part of a
// backup: in a data folder, or in the folder of sound beside backups.
func besideBackups(dirs []string, b recordings.Blemish) (paths []string) {
	for _, dir := range dirs {
		paths = append(paths, filepath.Join(dir, "recordings", filepath.FromSlash(b.Stored())),
			archive.Mirror{Dir: dir}.Path(b.SHA256), archive.Mirror{Dir: filepath.Join(dir, mirrorName)}.Path(b.SHA256))
	}
	return paths
}

// archivesOf lists the backups among files and folders.
func archivesOf(places []string) (paths []string) {
	for _, place := range places {
		info, err := os.Stat(place)
		if err != nil {
			continue
		}
		if info.Mode().IsRegular() {
			paths = append(paths, place)
			continue
		}
		inside, err := filepath.Glob(filepath.Join(place, "*"+backupEnding))
		if err == nil {
			paths = append(paths, inside...)
		}
	}
	return paths
}

// outOfBackups takes what is wanted out of backups, one file at a time, and hands it to
// take. A backup that is itself damaged may have it all the same.
func (c checking) outOfBackups(ctx context.Context, paths []string, wanted map[string]recordings.Blemish, sizes map[string]int64, take func(recordings.Blemish, string) error) error {
	if len(wanted) == 0 || len(paths) == 0 {
		return nil
	}
	out, err := os.MkdirTemp(folder(c.data.Data).recordings(), foundHead)
	if err != nil {
		return fmt.Errorf("make a folder for what is found: %w", err)
	}
	defer func() { _ = os.RemoveAll(out) }() // what is left goes with a later night
	for _, path := range paths {
		err := archive.Pick(ctx, path, func(name string, bytes int64) (io.WriteCloser, error) {
			const head = "recordings/"
			if len(name) <= len(head) || name[:len(head)] != head {
				return nil, nil
			}
			b, sought := wanted[name[len(head):]]
			if !sought || bytes != sizes[b.Stored()] || archive.Room(out, bytes) != nil {
				return nil, nil
			}
			return newPicked(filepath.Join(out, b.SHA256), b, take)
		}, nil)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			c.log.LogAttrs(ctx, slog.LevelWarn, "a backup cannot be looked through for copies to its end", slog.String("backup", path), slog.Any("err", err))
		}
	}
	return nil
}

// picked is a file on its way out of a backup. Closed, it is taken when its bytes are the
// right ones, and gone.
type picked struct {
	*os.File
	sum  hash.Hash
	of   recordings.Blemish
	take func(recordings.Blemish, string) error
}

func newPicked(path string, b recordings.Blemish, take func(recordings.Blemish, string) error) (*picked, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	return &picked{File: f, sum: sha256.New(), of: b, take: take}, nil
}

// Write implements io.Writer.
func (p *picked) Write(raw []byte) (int, error) {
	_, _ = p.sum.Write(raw) // never fails
	return p.File.Write(raw)
}

// Close implements io.Closer.
func (p *picked) Close() error {
	err := p.File.Close()
	if err == nil && hex.EncodeToString(p.sum.Sum(nil)) == p.of.SHA256 {
		err = p.take(p.of, p.Name())
	}
	return errors.Join(err, os.Remove(p.Name()))
}
