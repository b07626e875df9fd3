package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"loalang/archive"
)

// byHandEnding stands before the ending of a backup that a person made: it is never removed
// by itself.
const byHandEnding = "-by-hand"

// keptBackup is a backup in a folder.
type keptBackup struct {
	Path   string
	Made   time.Time
	Bytes  int64 // of the file
	ByHand bool  // a person made it
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
		stamp, byHand := strings.CutSuffix(stamp, byHandEnding)
		made, err := time.Parse("20060102-150405Z", stamp)
		info, failed := e.Info()
		if err == nil && failed == nil && info.Mode().IsRegular() {
			list = append(list, keptBackup{filepath.Join(dir, e.Name()), made, info.Size(), byHand})
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

// outdated are the backups that go: all but the newest keep, one of each of the last four
// weeks, and those that people made.
func outdated(list []keptBackup, keep int) (gone []keptBackup) {
	list = slices.DeleteFunc(slices.Clone(list), func(b keptBackup) bool { return b.ByHand })
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

// rotate removes the backups beside the one that was just made which are outdated, and the
// sound that none of the others names. It returns the name of a file that stands in the way
// of that, empty where none does: a backup that cannot be read, of which nobody knows what
// sound it names, or one that cannot be removed. The new backup counts all the same.
func rotate(ctx context.Context, made, village string, keep int) (odd string) {
	dir := filepath.Dir(made)
	list, err := backupsIn(dir, village)
	if err != nil {
		return filepath.Base(dir)
	}
	gone := 0
	for _, b := range outdated(list, keep) {
		if b.Path == made { // older ones are of a clock that was ahead
			continue
		}
		if err := os.Remove(b.Path); err != nil {
			return filepath.Base(b.Path)
		}
		gone++
	}
	mirror := archive.Mirror{Dir: filepath.Join(dir, mirrorName)}
	if !exists(mirror.Dir) {
		return ""
	}
	named, odd := soundNamed(ctx, dir)
	if gone == 0 || odd != "" || ctx.Err() != nil {
		return odd
	}
	if _, err := mirror.Prune(named); err != nil {
		return mirrorName
	}
	return ""
}

// soundNamed is the SHA-256 of whatever sound the backups of a folder name, of other boards
// as well. odd is the name of one that cannot be read: then that is not all.
func soundNamed(ctx context.Context, dir string) (named map[string]bool, odd string) {
	all, err := filepath.Glob(filepath.Join(dir, "*"+backupEnding))
	if err != nil {
		return nil, filepath.Base(dir)
	}
	named = map[string]bool{}
	for _, path := range all {
		m, err := archive.List(ctx, path)
		if err != nil {
			return nil, filepath.Base(path)
		}
		for _, f := range m.Files {
			named[f.SHA256] = true
		}
		for _, name := range m.Missing { // an older one may have it
			named[hashInName(filepath.Base(name))] = true
		}
	}
	return named, ""
}
