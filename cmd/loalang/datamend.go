package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"loalang/recordings"
)

// mendAll makes good what it can of what is noted, and returns what is open or was made
// good now. Nothing of a person's is given up unless somebody says so: a whole copy may lie
// on a stick in a drawer.
func (c checking) mendAll(ctx context.Context, noted []recordings.Blemish) (list []recordings.Blemish, err error) {
	sizes, err := c.kept(ctx)
	if err != nil {
		return nil, err
	}
	errs := []error{c.reopen(ctx, noted)}
	mended, err := c.byCopies(ctx, noted, sizes)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	errs = append(errs, err)
	// A master first: what becomes of it decides what its original is needed for.
	slices.SortStableFunc(noted, func(a, b recordings.Blemish) int { return rankOf(a.Form) - rankOf(b.Form) })
	for _, b := range noted {
		if mended[b.Stored()] {
			b.Mended = recordings.MendedCopy
			list = append(list, b)
			continue
		}
		if b.Mended != "" {
			continue
		}
		how, err := c.mendOne(ctx, b)
		if err != nil {
			errs = append(errs, err) // the others may be mended all the same
		} else if how != "" {
			errs = append(errs, c.library.Mended(b, how))
		}
		b.Mended = how
		list = append(list, b)
	}
	return list, errors.Join(errs...)
}

func rankOf(f recordings.Form) int {
	if f == recordings.Original {
		return 1
	}
	return 0
}

// kept is how long each file is that the library still wants, by its name in it: those of
// living recordings, and of removed ones that can be taken back.
func (c checking) kept(ctx context.Context) (map[string]int64, error) {
	living, err := c.db.Everything(ctx)
	if err != nil {
		return nil, err
	}
	removed, err := c.db.RemovedRecordings(ctx, endOfTime)
	if err != nil {
		return nil, err
	}
	sizes := map[string]int64{}
	for _, rec := range append(living, removed...) {
		for _, v := range rec.Variants {
			if v.Form != recordings.PlayCopy && len(v.SHA256) == 64 {
				sizes[recordings.BlobName(v.Form, v.SHA256)] = v.Bytes
			}
		}
	}
	return sizes, nil
}

// endOfTime is after whatever this program knows of.
var endOfTime = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// reopen opens again what was closed because nothing used it, when something does, and notes
// that: health tells of it until it is made good.
func (c checking) reopen(ctx context.Context, noted []recordings.Blemish) error {
	var errs []error
	for i, b := range noted {
		if b.Mended != recordings.MendedUnused || c.library.Holds(b) {
			continue
		}
		if _, err := c.db.Recording(ctx, b.Recording); errors.Is(err, recordings.ErrNotFound) {
			continue
		}
		uses, err := c.db.RecordingUses(ctx, b.Recording)
		if err != nil {
			errs = append(errs, err)
		}
		if len(uses) == 0 {
			continue
		}
		noted[i].Mended = ""
		errs = append(errs, c.library.Mended(b, ""))
	}
	return errors.Join(errs...)
}

// mendOne makes one good of which there is no copy, by the best way there is; empty: it
// stays open.
func (c checking) mendOne(ctx context.Context, b recordings.Blemish) (string, error) {
	rec, err := c.db.Recording(ctx, b.Recording)
	if errors.Is(err, recordings.ErrNotFound) {
		return recordings.MendedUnused, nil // a copy is looked for as long as it can be taken back
	}
	if err != nil {
		return "", err
	}
	if b.Form == recordings.Original {
		return c.withoutOriginal(ctx, rec)
	}
	how, err := c.makeAnew(ctx, rec)
	if err != nil || how != "" {
		return how, err
	}
	if uses, err := c.db.RecordingUses(ctx, rec.ID); err != nil || len(uses) == 0 {
		return closedUnused(err)
	}
	if rec.Kind == recordings.Speech {
		if _, err := c.db.SpeakAnew(ctx, rec.ID); err != nil {
			return "", err
		}
		// What holds it without a text, a slot for one, is somebody's choice.
		if uses, err := c.db.RecordingUses(ctx, rec.ID); err != nil || len(uses) == 0 {
			return recordings.MendedSpoken, err
		}
	}
	if !c.giveUp {
		return "", nil
	}
	_, err = c.db.Lose(ctx, rec.ID)
	return recordings.MendedAsked, err
}

// closedUnused closes what nothing uses, a take that somebody recorded anew for one. It is
// removed when its time is over, as every take is.
func closedUnused(err error) (string, error) {
	if err != nil {
		return "", err
	}
	return recordings.MendedUnused, nil
}

// withoutOriginal says whether a recording may go on without the bytes that it was made
// from: those of a voice may, a person's only when somebody gives them up.
func (c checking) withoutOriginal(ctx context.Context, rec recordings.Recording) (string, error) {
	if c.giveUp || rec.Kind == recordings.Speech {
		return recordings.MendedWithout, nil
	}
	if uses, err := c.db.RecordingUses(ctx, rec.ID); err != nil || len(uses) == 0 {
		return closedUnused(err)
	}
	return "", nil
}

// makeAnew takes a recording in once more from what is whole of it; empty: nothing is.
func (c checking) makeAnew(ctx context.Context, rec recordings.Recording) (string, error) {
	f, form, err := c.library.Whole(ctx, rec)
	if errors.Is(err, recordings.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }() // only read
	about := recordings.About{Title: rec.Title, Kind: rec.Kind, Village: rec.Village, By: rec.By}
	if form == recordings.Original {
		about.Trim = rec.Trim
	}
	again, err := c.library.Import(ctx, f, about)
	if err != nil {
		return "", fmt.Errorf("make %.8s anew: %w", rec.ID, err)
	}
	if again.ID == rec.ID {
		return recordings.MendedRemade, nil
	}
	return recordings.MendedReplaced, c.db.Substitute(ctx, rec.ID, again)
}
