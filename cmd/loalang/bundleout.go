package main

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"loalang/archive"
	"loalang/recordings"
	"loalang/scheduler"
	"loalang/store"
)

// carried is what a bundle tells of a village, in its file village.json.
type carried struct {
	Village    string                 `json:"village"`
	Notices    []scheduler.Dossier    `json:"notices"`
	Words      []scheduler.Word       `json:"words"`
	Slots      map[string]slotAt      `json:"slots"` // by ID: what other boards find theirs by
	Recordings []recordings.Recording `json:"recordings"`
	Ended      []endedNotice          `json:"ended,omitempty"` // a version that knows none leaves them as they are
}

// endedNotice is a notice that the board which made the bundle airs no more.
type endedNotice struct {
	ID        string    `json:"id"`
	Withdrawn time.Time `json:"withdrawn,omitzero"` // zero: its validity is over
	Until     time.Time `json:"until,omitzero"`     // end of its validity; zero: it had none
}

// endedFor is how long a bundle tells that a notice ended: longer than any stick lies about.
const endedFor = 366 * 24 * time.Hour

// endOf says that a notice airs no more at now, and when that began.
func endOf(a scheduler.Announcement, now time.Time) (since time.Time, ended bool) {
	if !a.Withdrawn.IsZero() {
		return a.Withdrawn, true
	}
	return a.ValidUntil, !a.ValidUntil.IsZero() && !a.ValidUntil.After(now)
}

// slotAt is when a slot begins.
type slotAt struct {
	Name  string              `json:"name"`
	Start scheduler.TimeOfDay `json:"start"`
}

const carriedFile = "village.json"

// carriedPage is how many announcements are read at a time.
const carriedPage = 200

// gatherBundle reads what of the board's village goes into a bundle: what may still air,
// and what ended of late.
func gatherBundle(ctx context.Context, db *store.Store, village string, now time.Time) (c carried, err error) {
	c = carried{Village: village, Slots: map[string]slotAt{}}
	for before := ""; ; {
		list, err := db.Announcements(ctx, village, before, carriedPage)
		if err != nil {
			return c, err
		}
		for _, d := range list {
			before = d.Announcement.ID
			if since, ended := endOf(d.Announcement, now); ended {
				if now.Sub(since) < endedFor {
					c.Ended = append(c.Ended, endedNotice{before, d.Announcement.Withdrawn, d.Announcement.ValidUntil})
				}
				continue
			}
			d.Announcement.Approval, d.Turns = scheduler.Approval{}, nil
			c.Notices = append(c.Notices, d)
		}
		if len(list) < carriedPage {
			break
		}
	}
	words, err := db.Words(ctx, village)
	if err != nil {
		return c, err
	}
	c.Words = words
	slots, err := db.Slots(ctx, village)
	if err != nil {
		return c, err
	}
	for _, s := range slots {
		c.Slots[s.ID] = slotAt{s.Name, s.Start}
	}
	return c, c.gatherSound(ctx, db)
}

// gatherSound lists the recordings that the notices are made of.
func (c *carried) gatherSound(ctx context.Context, db *store.Store) error {
	seen := map[string]bool{}
	for _, d := range c.Notices {
		ids := []string{d.Announcement.Bed}
		for _, r := range d.Renditions {
			ids = append(ids, r.Recording)
		}
		for _, id := range ids {
			if id == "" || seen[id] {
				continue
			}
			seen[id] = true
			rec, err := db.Recording(ctx, id)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return err
			}
			if rec.Kind != recordings.BuiltIn {
				c.Recordings = append(c.Recordings, rec)
			}
		}
	}
	return nil
}

// leaveOriginals leaves out the originals that are not whole in the folder of a library: what
// airs is the master, and who takes a bundle in needs no more.
func (c *carried) leaveOriginals(ctx context.Context, dir string) error {
	for i, rec := range c.Recordings {
		c.Recordings[i].Variants = slices.DeleteFunc(slices.Clone(rec.Variants), func(v recordings.Variant) bool {
			if v.Form != recordings.Original {
				return false
			}
			got, err := archive.Hash(ctx, filepath.Join(dir, filepath.FromSlash(recordings.BlobName(v.Form, v.SHA256))), nil)
			return err != nil || got != v.SHA256
		})
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// parcel is a bundle that is ready to be written.
type parcel struct {
	b    archive.Bundle
	key  ed25519.PrivateKey
	c    carried
	file string // of carriedFile's content
	dir  string // of recordings
}

// packBundle gathers the bundle of the board's village; done removes what it needed.
func packBundle(ctx context.Context, s settings, db *store.Store, now time.Time) (p parcel, done func(), err error) {
	done = func() {}
	key, err := signingKey(folder(s.Data))
	if err != nil {
		return p, done, err
	}
	v, err := db.Village(ctx, s.Village)
	if err != nil {
		return p, done, err
	}
	c, err := gatherBundle(ctx, db, s.Village, now)
	if err == nil {
		err = c.leaveOriginals(ctx, folder(s.Data).recordings())
	}
	if err != nil {
		return p, done, err
	}
	raw, err := json.Marshal(c)
	if err != nil {
		return p, done, fmt.Errorf("encode the village: %w", err)
	}
	work, err := os.CreateTemp(s.Data, ".bundle-")
	if err != nil {
		return p, done, fmt.Errorf("encode the village: %w", err)
	}
	done = func() { _ = os.Remove(work.Name()) } // a tidy-up
	_, err = work.Write(raw)
	if err = errors.Join(err, work.Close()); err != nil {
		return p, done, fmt.Errorf("encode the village: %w", err)
	}
	b := archive.Bundle{Node: db.Node(), Village: s.Village, Board: v.Name, Made: now}
	return parcel{b, key, c, work.Name(), folder(s.Data).recordings()}, done, nil
}

// fill writes the content. The tar within has no time of its own: the same content gives
// the same pieces.
func (p parcel) fill(ctx context.Context, to io.Writer) error {
	w, err := archive.NewWriter(to, archive.Manifest{Program: "bundle", Node: p.b.Node, Village: p.b.Village}, nil)
	if err != nil {
		return err
	}
	if f, err := w.Add(ctx, carriedFile, p.file, ""); err != nil {
		return err
	} else if f.Damaged {
		return codedError{"damaged", errors.New("what the bundle is made of cannot be read back from the disk: look whether that is failing")}
	}
	for _, rec := range p.c.Recordings {
		if err := addSound(ctx, w, p.dir, rec); err != nil {
			return err
		}
	}
	_, err = w.Close()
	return err
}

// exportBundle writes the bundle of the board's village into a folder. What an
// interrupted export left there stays where it is right; the bundle of another board stays
// as it is, and is refused.
func exportBundle(ctx context.Context, s settings, db *store.Store, dir string, now time.Time) (archive.Bundle, int64, error) {
	p, done, err := packBundle(ctx, s, db, now)
	defer done()
	if err == nil {
		err = p.vacant(dir)
	}
	if err != nil {
		return archive.Bundle{}, 0, err
	}
	return archive.WriteBundle(ctx, dir, p.b, p.key, func(to io.Writer) error { return p.fill(ctx, to) })
}

// vacant refuses a folder that holds the bundle of another board: written over, nobody could
// take it in any more.
func (p parcel) vacant(dir string) error {
	b, err := archive.OpenBundle(dir)
	if err != nil && !errors.Is(err, archive.ErrNewer) || slices.Equal(b.Key, p.key.Public().(ed25519.PublicKey)) { //nolint:forcetypeassert // so says its documentation
		return nil // there is none, or it is this board's
	}
	return codedError{"occupied", fmt.Errorf("%s holds the bundle of another board, %q, with the fingerprint %s, and it stays as it is: name another folder", dir, b.Board, archive.Fingerprint(b.Key))}
}

// streamBundle writes the bundle of the board's village as one file.
func streamBundle(ctx context.Context, s settings, db *store.Store, w io.Writer, now time.Time) error {
	p, done, err := packBundle(ctx, s, db, now)
	defer done()
	if err != nil {
		return err
	}
	_, err = archive.StreamBundle(ctx, w, p.b, p.key, func(to io.Writer) error { return p.fill(ctx, to) })
	return err
}

// addSound adds the files of a recording.
func addSound(ctx context.Context, w *archive.Writer, dir string, rec recordings.Recording) error {
	for _, v := range rec.Variants {
		if v.Form == recordings.PlayCopy {
			continue
		}
		name := recordings.BlobName(v.Form, v.SHA256)
		f, err := w.Add(ctx, "recordings/"+name, filepath.Join(dir, filepath.FromSlash(name)), v.SHA256)
		if errors.Is(err, fs.ErrNotExist) || err == nil && f.Damaged {
			return codedError{"damaged", fmt.Errorf("%s of %q is damaged: `sudo loalang-board data check` makes it good, then export again", v.Form, rec.Title)}
		}
		if err != nil {
			return err
		}
	}
	return nil
}
