package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"loalang/archive"
)

// byHandEnding stands before the ending of a backup that a person made: it is never removed
// by itself.
const byHandEnding = "-by-hand"

// backupForm is what stands in the name of a backup behind the village: the board, which names
// of older versions and of what was downloaded whole do not tell; when; and that a person made it.
var backupForm = regexp.MustCompile(`^(?:([0-9a-f]{8})-)?([0-9]{8}-[0-9]{6}Z)(` + byHandEnding + `)?` + regexp.QuoteMeta(backupEnding) + `$`)

// backupOfAny finds in the name of a backup of whichever village what backupForm reads.
var backupOfAny = regexp.MustCompile(`^loalang-.+?-((?:[0-9a-f]{8}-)?[0-9]{8}-[0-9]{6}Z.*)$`)

// boardDigits is how names of files tell a board from another of its village: the last eight
// digits of its node, which are random. The first are of the time, and boards without a clock
// that began from one image began at the same.
func boardDigits(node string) string { return node[max(0, len(node)-8):] }

// keptBackup is a backup in a folder.
type keptBackup struct {
	Path   string
	Board  string // boardDigits of the board that made it; empty: its name does not tell
	Made   time.Time
	Bytes  int64 // of the file
	ByHand bool  // a person made it
}

// madeBy is the boardDigits of the board that made a backup: of its name, else of its list.
func (b keptBackup) madeBy(ctx context.Context) (string, error) {
	if b.Board != "" {
		return b.Board, nil
	}
	m, err := archive.List(ctx, b.Path)
	return boardDigits(m.Node), err
}

// isOther says whether another board than that of a node made a backup, as far as its name tells.
func (b keptBackup) isOther(node string) bool {
	return b.Board != "" && node != "" && b.Board != boardDigits(node)
}

// backupsIn lists the backups of a village in a folder, the newest first, of all its boards;
// of every village where that is empty.
func backupsIn(dir, village string) (list []keptBackup, err error) {
	all, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look through the backups: %w", reasonOf(err))
	}
	for _, e := range all {
		rest, ok := strings.CutPrefix(e.Name(), "loalang-"+village+"-")
		if parts := backupOfAny.FindStringSubmatch(e.Name()); village == "" && parts != nil {
			rest, ok = parts[1], true
		}
		parts := backupForm.FindStringSubmatch(rest)
		if !ok || parts == nil {
			continue
		}
		made, err := time.Parse("20060102-150405Z", parts[2])
		info, failed := e.Info()
		if err == nil && failed == nil && info.Mode().IsRegular() {
			list = append(list, keptBackup{filepath.Join(dir, e.Name()), parts[1], made, info.Size(), parts[3] != ""})
		}
	}
	slices.SortFunc(list, func(a, b keptBackup) int { return b.Made.Compare(a.Made) })
	return list, nil
}

// nightsOf are the backups of a list that the board of a node made by night: a stick may hold
// those of other boards, whose only ones they are. odd is the name of one of which that cannot
// be told, empty where there is none.
func nightsOf(ctx context.Context, list []keptBackup, node string) (own []keptBackup, odd string) {
	for _, b := range list {
		if b.ByHand { // no night removes it: whose it is needs no reading
			continue
		}
		switch board, err := b.madeBy(ctx); {
		case err != nil:
			odd = cmp.Or(odd, filepath.Base(b.Path))
		case board == boardDigits(node):
			own = append(own, b)
		}
	}
	return own, odd
}

// outdated are those of the backups of one board by night that go: all but the newest keep,
// and one of each of the last four weeks.
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

// rotate removes the backups of the board of a node beside the one that was just made which are
// outdated, and the sound that none of the others names. It returns the name of a file that stands in the way
// of that, empty where none does: a backup that cannot be read, of which nobody knows what
// sound it names, or one that cannot be removed. The new backup counts all the same.
func rotate(ctx context.Context, made, village, node string, keep int) (odd string) {
	dir := filepath.Dir(made)
	list, err := backupsIn(dir, village)
	if err != nil {
		return filepath.Base(dir)
	}
	list, odd = nightsOf(ctx, list, node)
	// What is dated behind the new one is of a clock that was ahead. It takes no room from the others,
	// whose weeks are counted from the new one.
	newest := max(0, slices.IndexFunc(list, func(b keptBackup) bool { return b.Path == made }))
	gone := 0
	for _, b := range slices.Concat(outdated(list[:newest], keep), outdated(list[newest:], keep)) {
		if err := os.Remove(b.Path); err != nil {
			return filepath.Base(b.Path)
		}
		gone++
	}
	mirror := archive.Mirror{Dir: filepath.Join(dir, mirrorName)}
	if !exists(mirror.Dir) {
		return odd
	}
	named, unread := soundNamed(ctx, dir)
	if odd = cmp.Or(odd, unread); gone == 0 || odd != "" || ctx.Err() != nil {
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
