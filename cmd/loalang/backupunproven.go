package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"loalang/archive"
)

const (
	// unprovenNote is the file in a folder of sound that names what was copied there and not
	// read back since. It is durable before the first byte is copied: whatever ends a night,
	// the next knows what nobody has read, for by their length the files look well.
	unprovenNote = "unproven.json"
	// unprovenEach is how many files are read back until the note is shortened: a board that
	// is switched off every night gets to its end all the same.
	unprovenEach = 64
)

// unprovenIn is the SHA-256 of what a note in a folder of sound names: of nothing where there is
// none, of whatever lies there where it cannot be read.
func unprovenIn(m archive.Mirror) map[string]bool {
	sums := map[string]bool{}
	var list []string
	raw, err := os.ReadFile(filepath.Join(m.Dir, unprovenNote))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return sums
	case err == nil && json.Unmarshal(raw, &list) == nil:
	default:
		all, _ := m.List() // folders that cannot be listed are read with the next part of the stick
		for _, f := range all {
			list = append(list, f.SHA256)
		}
	}
	for _, sum := range list {
		sums[sum] = true
	}
	return sums
}

// noteUnproven names files that are about to be copied to a folder of sound, durably. The errors
// are those of Mirror.Make and of the disk.
func noteUnproven(m archive.Mirror, sums ...string) error {
	noted := unprovenIn(m)
	had := len(noted)
	for _, sum := range sums {
		noted[sum] = true
	}
	if len(noted) == had {
		return nil
	}
	if err := m.Make(); err != nil {
		return err
	}
	return writeUnproven(m, noted)
}

// strikeProven takes files out of the note that were read back, or are not there. What stays
// in it because it cannot be written is read once more.
func strikeProven(m archive.Mirror, proven map[string]bool) {
	noted := unprovenIn(m)
	had := len(noted)
	maps.DeleteFunc(noted, func(sum string, _ bool) bool { return proven[sum] })
	switch {
	case len(noted) == 0:
		if os.Remove(filepath.Join(m.Dir, unprovenNote)) == nil {
			_ = archive.SyncFolder(m.Dir)
		}
	case len(noted) < had:
		_ = writeUnproven(m, noted)
	}
}

func writeUnproven(m archive.Mirror, sums map[string]bool) error {
	return archive.Durable(filepath.Join(m.Dir, unprovenNote), func(w io.Writer) error {
		return json.NewEncoder(w).Encode(slices.Sorted(maps.Keys(sums)))
	})
}

// noteCopies notes what of the library is going to be copied beside the backup.
func (h *hoard) noteCopies() error {
	if h.mirror == nil {
		return nil
	}
	var sums []string
	err := h.eachRecording(func(f libraryFile) error {
		if f.want != "" && f.ill == nil && !h.mirror.Has(f.want, f.bytes) {
			sums = append(sums, f.want)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return h.noteCopy(sums...)
}

// noteCopy notes what is going to be copied, where it is not noted yet.
func (h *hoard) noteCopy(sums ...string) error {
	sums = slices.DeleteFunc(sums, func(sum string) bool { return h.noted[sum] })
	if len(sums) == 0 {
		return nil
	}
	if err := noteUnproven(*h.mirror, sums...); err != nil {
		return ofTarget(fmt.Errorf("note what is copied: %w", err))
	}
	if h.noted == nil {
		h.noted = map[string]bool{}
	}
	for _, sum := range sums {
		h.noted[sum] = true
	}
	return nil
}

// readBack reads what was copied beside the backup, now or in a night that ended early, and puts
// what is wrong out of the way: all of it, for what stays there wrong is never copied again. The
// error says what that was, that the stick is not there any more, or that ctx has ended.
func (h *hoard) readBack(ctx context.Context) error {
	if h.mirror == nil {
		return nil
	}
	m, sums, named := *h.mirror, unprovenIn(*h.mirror), map[string]bool{}
	for _, sum := range h.put {
		sums[sum], named[sum] = true, true
	}
	if len(sums) == 0 {
		return nil
	}
	disk, err := diskOf(m.Dir)
	if err != nil {
		return ofTarget(err)
	}
	proven := map[string]bool{}
	defer func() { strikeProven(m, proven) }()
	var wrong []error
	for i, sum := range slices.Sorted(maps.Keys(sums)) {
		err := m.Whole(ctx, sum, gently())
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil: // else it does not get on
			h.signs.give()
		case !liesOn(m.Dir, disk):
			return ofTarget(fmt.Errorf("read back what was copied: %w", err))
		case errors.Is(err, fs.ErrNotExist) && !named[sum]: // it was not copied before that night ended
		default:
			wrong = append(wrong, fmt.Errorf("%s %w", m.Path(sum), errUnread))
			if err := m.Drop(sum); err != nil {
				wrong = append(wrong, err)
				continue
			}
		}
		if proven[sum] = true; i%unprovenEach == unprovenEach-1 {
			strikeProven(m, proven)
		}
	}
	return errors.Join(wrong...)
}
