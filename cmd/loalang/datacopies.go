package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"loalang/archive"
	"loalang/recordings"
)

// copies finds files that may be whole copies of what is damaged, by the hash of each:
// in the folders of backups, in what a restore put aside, and where the command line
// says. What lies within a backup is taken out into a folder that clean removes.
func (c checking) copies(ctx context.Context, open []recordings.Blemish) (found map[string][]string, clean func(), err error) {
	found = map[string][]string{}
	clean = func() {}
	dirs := append([]string{}, c.from...)
	if stick := findStick(c.data.BackupSticks, c.data.Data); stick != "" {
		dirs = append(dirs, stick)
	}
	dirs = append(dirs, folder(c.data.Data).backups())
	before, err := filepath.Glob(filepath.Join(c.data.Data, beforeHead+"*"))
	if err != nil {
		return nil, clean, err
	}
	dirs = append(dirs, before...)
	missing := map[string]recordings.Blemish{} // by the name within a backup
	for _, b := range open {
		name := "recordings/" + b.Stored()
		for _, dir := range dirs {
			for _, path := range []string{filepath.Join(dir, filepath.FromSlash(name)), archive.Mirror{Dir: dir}.Path(b.SHA256), archive.Mirror{Dir: filepath.Join(dir, mirrorName)}.Path(b.SHA256)} {
				if exists(path) {
					found[b.SHA256] = append(found[b.SHA256], path)
				}
			}
		}
		if len(found[b.SHA256]) == 0 {
			missing[name] = b
		}
	}
	if len(missing) == 0 {
		return found, clean, nil
	}
	out, err := os.MkdirTemp(folder(c.data.Data).recordings(), "found-")
	if err != nil {
		return nil, clean, fmt.Errorf("make a folder for what is found: %w", err)
	}
	clean = func() { _ = os.RemoveAll(out) } // what is left goes with the next run
	for _, path := range archivesOf(dirs) {
		if err := takeOut(ctx, path, out, missing, found); err != nil {
			return nil, clean, err
		}
	}
	return found, clean, nil
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

// takeOut writes what is missing and lies in a backup into a folder. A backup that is
// itself damaged may have it all the same: each file is held against its hash later.
func takeOut(ctx context.Context, path, out string, missing map[string]recordings.Blemish, found map[string][]string) error {
	n := 0
	_, _, err := archive.Read(ctx, path, func(name string, bytes int64) (io.WriteCloser, error) {
		b, wanted := missing[name]
		if !wanted || archive.Room(out, bytes) != nil {
			return nil, nil
		}
		n++
		to := filepath.Join(out, fmt.Sprintf("%d-%s", len(found[b.SHA256]), b.SHA256))
		f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return nil, err
		}
		found[b.SHA256] = append(found[b.SHA256], to)
		return f, nil
	}, nil)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil && n > 0 {
		return nil //nolint:nilerr // what was taken out is looked at by itself
	}
	return nil
}
