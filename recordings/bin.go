package recordings

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"slices"
	"time"
)

// TakeBackTime is how long a recording that was removed can be taken back. On a disk
// that runs full it is shorter.
const TakeBackTime = 7 * 24 * time.Hour

// Bin remembers recordings that were removed and can be taken back. The store
// implements it.
type Bin interface {
	// RestoreRecording lets a removed recording live again, with what was made of it;
	// ErrNotFound when it was not removed or is cleared.
	RestoreRecording(ctx context.Context, id string) error
	// RemovedRecordings lists those that were removed before an instant and are not
	// cleared, with the variants that nothing needs.
	RemovedRecordings(ctx context.Context, before time.Time) ([]Recording, error)
	// ClearedRecordings says that their files are gone.
	ClearedRecordings(ctx context.Context, ids []string) error
}

// Bury removes a recording as Remove does, but leaves its files, so that Restore can
// take it back until Empty has cleared them. Without a Bin it is gone for ever.
func (l *Library) Bury(ctx context.Context, id string) error {
	if l.bin == nil {
		return l.Remove(ctx, id)
	}
	if err := removable(id); err != nil {
		return err
	}
	order, err := l.oneByOne()
	if err != nil {
		return err
	}
	defer func() { _ = order.Close() }()
	gone, err := l.index.RemoveRecording(ctx, id, l.now().UTC())
	if err != nil {
		return err // it says already what was to be done
	}
	l.log.LogAttrs(ctx, slog.LevelInfo, "recording removed; it can be taken back", slog.String("recording", id), slog.String("title", gone.Title))
	return nil
}

// Restore takes back what Bury removed; ErrNotFound when it is cleared, ErrDamaged
// when its master is not what it was.
func (l *Library) Restore(ctx context.Context, id string) error {
	if l.bin == nil || !isID(id) {
		return ErrNotFound
	}
	order, err := l.oneByOne() // else it is cleared between the look and the deed
	if err != nil {
		return err
	}
	defer func() { _ = order.Close() }()
	if _, err := os.Stat(l.blob(Master, id)); errors.Is(err, os.ErrNotExist) {
		return ErrNotFound
	}
	if err := l.sound(id); err != nil {
		return err
	}
	return l.bin.RestoreRecording(ctx, id)
}

// Empty removes the files of recordings that were removed before an instant, and
// returns how many there were.
func (l *Library) Empty(ctx context.Context, before time.Time) (int, error) {
	if l.bin == nil {
		return 0, nil
	}
	removed, err := l.bin.RemovedRecordings(ctx, before)
	if err != nil || len(removed) == 0 {
		return 0, err
	}
	if err := l.Clear(ctx, removed); err != nil {
		return 0, err
	}
	ids := make([]string, len(removed))
	for i, r := range removed {
		ids[i] = r.ID
	}
	return len(ids), l.bin.ClearedRecordings(ctx, ids)
}

// removable says why a recording can never be removed, whatever uses it.
func removable(id string) error {
	if !isID(id) {
		return ErrNotFound
	}
	if slices.ContainsFunc(BuiltIns(), func(b BuiltInSound) bool { return b.ID == id }) {
		return ErrBuiltIn
	}
	return nil
}
