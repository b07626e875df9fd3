package recordings

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
)

// InUse is the error of a recording that may not be removed: what names it may
// still sound.
type InUse struct {
	By []string // titles of announcements and names of slots, at least one
}

// Error says what to do.
func (u InUse) Error() string {
	return fmt.Sprintf("the recording is used by %q, which may still air: withdraw that first, or put another recording behind it", u.By[0])
}

// ErrBuiltIn says that a recording is part of the program and cannot be removed.
var ErrBuiltIn = errors.New("the recording is part of the program: it cannot be deleted")

// Remove removes a recording for ever: a tombstone in the Index first, then the
// files that no other recording needs. What sounds just now plays on to its end;
// the as-run keeps its reference. The errors are ErrNotFound, ErrBuiltIn, InUse
// and those of the Index and the disk; a file that stays is removed by Clear. It
// blocks while an import is being put in its place.
func (l *Library) Remove(ctx context.Context, id string) error {
	if err := removable(id); err != nil {
		return err
	}
	// The same sound may be coming in again: either it is whole after us or gone
	// before it.
	order, err := l.oneByOne()
	if err != nil {
		return err
	}
	defer func() { _ = order.Close() }()
	gone, err := l.index.RemoveRecording(ctx, id, l.now().UTC())
	if err != nil {
		return err // it says already what was to be done
	}
	l.log.LogAttrs(ctx, slog.LevelInfo, "recording removed", slog.String("recording", id), slog.String("title", gone.Title))
	if err := l.discard(gone); err != nil || l.bin == nil {
		return err
	}
	return l.bin.ClearedRecordings(ctx, []string{id})
}

// Clear removes the files of recordings that were removed before, where a power
// cut left them. Variants name what no living recording needs. Those that live
// again stay.
func (l *Library) Clear(ctx context.Context, removed []Recording) error {
	order, err := l.oneByOne()
	if err != nil {
		return err
	}
	defer func() { _ = order.Close() }()
	var errs []error
	for _, gone := range removed {
		if _, err := l.index.Recording(ctx, gone.ID); !errors.Is(err, ErrNotFound) {
			continue
		}
		errs = append(errs, l.discard(gone))
	}
	return errors.Join(errs...)
}

// oneByOne is held while files and Index change together, in whatever process;
// closing it lets others in. Opening, playing and the decoding before it go on.
func (l *Library) oneByOne() (*os.File, error) {
	return gate(filepath.Join(l.dir, string(Master)))
}

// discard removes files; those that are gone already are no error.
func (l *Library) discard(gone Recording) error {
	if !isID(gone.ID) {
		return nil // it never had a file
	}
	paths := []string{l.blob(PlayCopy, gone.ID), l.beforeFile(gone.ID), l.contourFile(gone.ID), l.slimFile(gone.ID), l.printFile(gone.ID)}
	for _, v := range gone.Variants {
		switch {
		case !isID(v.SHA256), v.Form == PlayCopy:
		case v.Form == Original:
			blob := l.blob(Original, v.SHA256)
			notes, err := notesOf(blob)
			if err != nil {
				return fmt.Errorf("look for what recording %.8s was made from: %w", gone.ID, err)
			}
			paths = append(append(paths, blob), notes...)
		default:
			paths = append(paths, l.blob(v.Form, v.SHA256))
		}
	}
	var errs []error
	for _, path := range paths {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, fmt.Errorf("remove a file of recording %.8s: %w", gone.ID, err))
		}
	}
	return errors.Join(errs...)
}

// notesOf are the files that say what an original became: the whole of it, a
// siren, pieces.
func notesOf(original string) ([]string, error) {
	dir, stem := filepath.Dir(original), strings.TrimSuffix(filepath.Base(original), ".bin")+"."
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var notes []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), stem) && strings.HasSuffix(e.Name(), ".id") {
			notes = append(notes, filepath.Join(dir, e.Name()))
		}
	}
	return notes, nil
}
