package main

import (
	"context"
	"errors"
	"os"
	"slices"
	"time"

	"loalang/archive"
)

// homeMargin is what backups beside the data leave free for the data, in bytes: where there is less, the
// library takes nothing in any more, and what people removed can no more be taken back.
const homeMargin = 512 << 20

// thinOut removes backups that the board made by night from a folder, the oldest first and never the
// newest, where another one has no room else: a disk that they have filled takes none for ever, and
// nobody is there to look. Nothing goes where all of it would not be enough. What people made stays,
// and so does what other boards made. It returns how many went.
func (h *hoard) thinOut(ctx context.Context, dir string) (gone int) {
	need, err := h.size()
	if err != nil {
		return 0 // the backup says so
	}
	wants := []int64{need}
	if h.mirror == nil {
		wants = []int64{need + homeMargin, need}
	}
	return thinTo(ctx, dir, h.village, h.db.Node(), h.now(), wants)
}

// thinTo does it for the first of some wants, in bytes, that it can fulfil. What is dated behind
// now is of a clock that was ahead, and not the newest.
func thinTo(ctx context.Context, dir, village, node string, now time.Time, wants []int64) (gone int) {
	list, err := backupsIn(dir, village)
	if err != nil {
		return 0
	}
	list, _ = nightsOf(ctx, list, node) // of which nobody can tell whose they are stays
	newest := max(0, slices.IndexFunc(list, func(b keptBackup) bool { return !b.Made.After(now) }))
	for _, want := range wants {
		var full archive.NoRoom
		if err := archive.Room(dir, want); !errors.As(err, &full) {
			return 0
		}
		lack, from := full.Need-full.Free, len(list)
		for lack > 0 && from > 0 {
			if from--; from != newest {
				lack -= list[from].Bytes
			}
		}
		if lack > 0 {
			continue
		}
		for i := len(list) - 1; i >= from; i-- {
			if i != newest && os.Remove(list[i].Path) == nil {
				gone++
			}
		}
		return gone
	}
	return 0
}
