package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"loalang/archive"
	"loalang/recordings"
	"loalang/scheduler"
	"loalang/store"
)

// intake is one bundle that is taken in.
type intake struct {
	s       settings
	db      *store.Store
	library *recordings.Library
	dry     bool
	seen    string // digest of the lines that somebody agreed to; empty: whatever they are
	now     time.Time
	raw     []byte // of carriedFile
	c       carried
	print   string            // fingerprint of the board that made it
	node    string            // of that board
	made    time.Time         // when, by that board's clock
	files   map[string]string // of recordings, by SHA-256
	own     []scheduler.Slot  // of this board
	lines   []bundleLine
}

// take copies a bundle, proves it, and takes it in.
func (in *intake) take(ctx context.Context, from string) (said bundleSaid, err error) {
	b, err := archive.OpenBundle(from)
	if err != nil {
		return said, wordArchive(from, err)
	}
	print := archive.Fingerprint(b.Key)
	said = bundleSaid{Board: b.Board, Village: b.Village, Fingerprint: print, Made: b.Made, Bytes: b.Bytes}
	if err := in.accepts(b); err != nil {
		return said, err
	}
	in.print, in.node, in.made = print, b.Node, b.Made.UTC().Truncate(time.Microsecond) // to which the database keeps it
	f := folder(in.s.Data)
	if err := makeFolders(f.fetched()); err != nil {
		return said, err
	}
	whole := filepath.Join(f.fetched(), strings.ReplaceAll(print, "-", "")+".tar")
	if err := forgetFetched(f.fetched(), whole); err != nil {
		return said, err
	}
	if err := archive.Room(f.fetched(), max(0, intakeCopies*b.Bytes-sizeOf(whole))+intakeReserve); err != nil {
		return said, fmt.Errorf("copy the bundle: %w", err)
	}
	if said.Copied, err = b.Fetch(ctx, from, whole); err != nil {
		return said, err // what was copied stays: the next run goes on behind it
	}
	if err := in.open(ctx, whole); err != nil {
		return said, err
	}
	defer func() { _ = os.RemoveAll(in.opened()) }() // what is left goes with the next run
	if err := in.decide(ctx); err != nil {
		return said, err
	}
	said.Lines, said.Seen = in.lines, digestOf(in.lines)
	if in.dry {
		return said, nil
	}
	return said, os.Remove(whole)
}

// decide says what becomes of everything, and does it unless that is not what somebody
// agreed to.
func (in *intake) decide(ctx context.Context) error {
	really := !in.dry
	in.dry = true
	if err := in.all(ctx); err != nil || !really {
		return err
	}
	in.dry = false
	if in.seen != "" && in.seen != digestOf(in.lines) {
		return errOtherThanSeen
	}
	return in.all(ctx)
}

// accepts says whether this board takes a bundle at all.
func (in *intake) accepts(b archive.Bundle) error {
	f := folder(in.s.Data)
	list, err := trustedOf(f)
	if err != nil {
		return err
	}
	own, err := signingKey(f)
	if err != nil {
		return err
	}
	print := archive.Fingerprint(b.Key)
	if print != fingerprintOf(own) && !slices.ContainsFunc(list, func(t trusted) bool { return t.Fingerprint == print }) {
		return codedError{"untrusted", fmt.Errorf("nobody has accepted the board that made this bundle (%s, village %s): compare %s with what `sudo loalang-board bundle key` prints there, then `sudo loalang-board bundle trust %s --name %q`", b.Board, b.Village, print, print, b.Board)}
	}
	if b.Village != in.s.Village {
		return codedError{"village", fmt.Errorf("the bundle is of the village %s, and this board is %s's: take the right stick", b.Village, in.s.Village)}
	}
	return nil
}

// forgetFetched removes what was copied of other bundles and never taken in.
func forgetFetched(dir, but string) error {
	all, err := filepath.Glob(filepath.Join(dir, "*.tar"))
	if err != nil {
		return err
	}
	for _, path := range all {
		if path == but {
			continue
		}
		if err := os.Remove(path); err != nil {
			return fmt.Errorf("remove another bundle: %w", reasonOf(err))
		}
	}
	return nil
}

const (
	// intakeCopies is how often a bundle lies on the data disk at once: as it was copied,
	// unpacked, and in the library.
	intakeCopies = 3
	// intakeReserve is what a bundle leaves free beyond, in bytes, for what airs and is logged.
	intakeReserve = 64 << 20
	// carriedMost bounds carriedFile, in bytes: it is read into memory.
	carriedMost = 32 << 20
	// carriedFiles bounds how many files are unpacked: each takes an inode.
	carriedFiles = 1 << 16
)

// carriedOnly takes what a bundle has and nothing else: archive.ErrChanged.
func carriedOnly(take archive.Take) archive.Take {
	n := 0
	return func(name string, bytes int64) (io.WriteCloser, error) {
		n++
		blob, sound := strings.CutPrefix(name, "recordings/")
		switch {
		case n > carriedFiles, name == carriedFile && bytes > carriedMost:
			return nil, fmt.Errorf("%w (there is too much of it)", archive.ErrChanged)
		case name != carriedFile && (!sound || !isBlob(blob)):
			return nil, fmt.Errorf("%w (it holds %q)", archive.ErrChanged, name)
		}
		return take(name, bytes)
	}
}

// isBlob says whether a file of the library that travels can have a name.
func isBlob(name string) bool {
	sum := hashInName(path.Base(name))
	return len(sum) == 64 && (name == recordings.BlobName(recordings.Master, sum) || name == recordings.BlobName(recordings.Original, sum))
}

// sizeOf is how long a file is; 0 where there is none.
func sizeOf(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// openedName is the folder among the bundles in which one is unpacked.
const openedName = "open"

// opened is the folder in which the bundle is unpacked.
func (in *intake) opened() string { return filepath.Join(folder(in.s.Data).fetched(), openedName) }

// open unpacks the bundle and proves every file.
func (in *intake) open(ctx context.Context, whole string) error {
	if err := os.RemoveAll(in.opened()); err != nil {
		return fmt.Errorf("unpack the bundle: %w", err)
	}
	m, faults, err := archive.Read(ctx, whole, carriedOnly(intoFolder(in.opened())), nil)
	if err != nil {
		return errors.Join(wordArchive("the bundle", err), os.RemoveAll(in.opened()))
	}
	if len(faults) > 0 {
		return errors.Join(archive.ErrChanged, os.RemoveAll(in.opened()))
	}
	in.files = map[string]string{}
	for _, f := range m.Files {
		in.files[f.SHA256] = filepath.Join(in.opened(), filepath.FromSlash(f.Name))
	}
	if in.raw, err = os.ReadFile(filepath.Join(in.opened(), carriedFile)); err != nil {
		return fmt.Errorf("read the village of the bundle: %w", err)
	}
	return nil
}

// say notes what becomes of one thing.
func (in *intake) say(l bundleLine) { in.lines = append(in.lines, l) }

// all takes in recordings, words, notices and what ended of them, in this order.
func (in *intake) all(ctx context.Context) error {
	in.lines, in.c = nil, carried{}
	if err := json.Unmarshal(in.raw, &in.c); err != nil {
		return fmt.Errorf("read the village of the bundle: %w", err)
	}
	for _, rec := range in.c.Recordings {
		if in.dry {
			continue
		}
		rec.Origin, rec.Village = in.db.Node(), in.s.Village
		if err := in.library.Adopt(ctx, rec, in.files); err != nil {
			return fmt.Errorf("recording %q: %w", rec.Title, err)
		}
	}
	if err := in.words(ctx); err != nil {
		return err
	}
	slots, err := in.slots(ctx)
	if err != nil {
		return err
	}
	living, ended := in.sorted()
	for _, d := range living {
		if err := in.notice(ctx, d, slots); err != nil {
			return fmt.Errorf("notice %q: %w", d.Announcement.Title, err)
		}
	}
	for _, e := range ended {
		if err := in.end(ctx, e); err != nil {
			return fmt.Errorf("what ended, %s: %w", e.ID, err)
		}
	}
	return nil
}

// sorted parts the notices of a bundle in those that may air still and those that ended, there
// or on the way here: a stick may be carried for days.
func (in *intake) sorted() (living []scheduler.Dossier, ended []endedNotice) {
	ended = slices.DeleteFunc(slices.Clone(in.c.Ended), func(e endedNotice) bool {
		return slices.ContainsFunc(in.c.Notices, func(d scheduler.Dossier) bool { return d.Announcement.ID == e.ID }) // it goes on there
	})
	for _, d := range in.c.Notices {
		a := d.Announcement
		if _, over := endOf(a, in.now); over {
			ended = append(ended, endedNotice{a.ID, a.Withdrawn, a.ValidUntil})
			continue
		}
		living = append(living, d)
	}
	return living, ended
}

// words takes in those that the village does not say in its own way.
func (in *intake) words(ctx context.Context) error {
	here, err := in.db.Words(ctx, in.s.Village)
	if err != nil {
		return err
	}
	var anew []scheduler.Word
	for _, w := range in.c.Words {
		i := slices.IndexFunc(here, func(h scheduler.Word) bool {
			return h.Language == w.Language && strings.EqualFold(h.Written, w.Written)
		})
		switch {
		case i >= 0 && here[i].Spoken == w.Spoken:
			in.say(bundleLine{Deed: "same", Kind: "word", What: w.Written})
		case i >= 0:
			in.say(bundleLine{Deed: "keep", Kind: "word", What: w.Written, Why: "edited"})
		default:
			w.Owned = scheduler.Owned{ID: newID(), Village: in.s.Village}
			if err := w.Validate(); err != nil {
				return fmt.Errorf("word %q: %w", w.Written, err)
			}
			anew = append(anew, w)
			in.say(bundleLine{Deed: "new", Kind: "word", What: w.Written, Text: w.Spoken})
		}
	}
	if in.dry || len(anew) == 0 {
		return nil
	}
	return in.db.SaveWords(ctx, anew, nil)
}

// slots finds this board's slot for each of the bundle: the same, else one that begins at
// the same time.
func (in *intake) slots(ctx context.Context) (map[string]string, error) {
	here, err := in.db.Slots(ctx, in.s.Village)
	if err != nil {
		return nil, err
	}
	in.own = here
	to := map[string]string{}
	for id, at := range in.c.Slots {
		for _, s := range here {
			if s.ID == id || s.Start == at.Start && to[id] == "" {
				to[id] = s.ID
			}
		}
	}
	return to, nil
}
