package recordings_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"loalang/recordings"
)

// bin is an index that takes removals back.
type bin struct {
	*index
	cleared []string
}

func (b *bin) RestoreRecording(_ context.Context, id string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	r, ok := b.known[id]
	if !ok || r.Deleted.IsZero() {
		return recordings.ErrNotFound
	}
	r.Deleted = time.Time{}
	b.known[id] = r
	return nil
}

func (b *bin) RemovedRecordings(_ context.Context, before time.Time) (list []recordings.Recording, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.known {
		if !r.Deleted.IsZero() && r.Deleted.Before(before) && !slices.Contains(b.cleared, r.ID) {
			list = append(list, r)
		}
	}
	return list, nil
}

func (b *bin) ClearedRecordings(_ context.Context, ids []string) error {
	b.cleared = append(b.cleared, ids...)
	return nil
}

// What is buried comes back whole; what was cleared does not.
func TestBuryAndRestore(t *testing.T) {
	t.Parallel()
	b := &bin{}
	l, x, dir := library(t, func(c *recordings.Config) { c.Bin = b })
	b.index = x
	ctx := context.Background()
	rec, err := importFile(l, say(t, t.TempDir(), 2))
	if err != nil {
		t.Fatal(err)
	}
	before := len(files(t, dir))
	if err := l.Bury(ctx, rec.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Recording(ctx, rec.ID); !errors.Is(err, recordings.ErrNotFound) {
		t.Errorf("it is there still: %v", err)
	}
	if n, err := l.Empty(ctx, rec.Created); n != 0 || err != nil || len(files(t, dir)) != before {
		t.Errorf("%d cleared too early, %v", n, err)
	}
	if err := l.Restore(ctx, rec.ID); err != nil {
		t.Fatal(err)
	}
	f, err := l.PlayCopy(ctx, rec.ID)
	if err != nil {
		t.Fatal(err)
	}
	_ = f.Close()

	if err := l.Bury(ctx, rec.ID); err != nil {
		t.Fatal(err)
	}
	if n, err := l.Empty(ctx, rec.Created.Add(time.Hour)); n != 1 || err != nil || len(b.cleared) != 1 {
		t.Errorf("%d cleared, %v, told of %v", n, err, b.cleared)
	}
	if left := files(t, dir); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	if err := l.Restore(ctx, rec.ID); !errors.Is(err, recordings.ErrNotFound) {
		t.Errorf("restored without its sound: %v", err)
	}
}

func TestBuryRefuses(t *testing.T) {
	t.Parallel()
	b := &bin{}
	l, x, _ := library(t, func(c *recordings.Config) { c.Bin = b })
	b.index = x
	ctx := context.Background()
	if err := l.Bury(ctx, recordings.BuiltIns()[0].ID); !errors.Is(err, recordings.ErrBuiltIn) {
		t.Error(err)
	}
	for _, id := range []string{"", "../../etc/passwd"} {
		if err := errors.Join(l.Bury(ctx, id)); !errors.Is(err, recordings.ErrNotFound) {
			t.Error(err)
		}
		if err := l.Restore(ctx, id); !errors.Is(err, recordings.ErrNotFound) {
			t.Error(err)
		}
	}
	rec, err := importFile(l, say(t, t.TempDir(), 2))
	if err != nil {
		t.Fatal(err)
	}
	x.used = recordings.InUse{By: []string{"Họp thôn"}}
	var used recordings.InUse
	if err := l.Bury(ctx, rec.ID); !errors.As(err, &used) {
		t.Error(err)
	}
}
