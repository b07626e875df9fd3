package main

import (
	"context"
	"time"

	"loalang/scheduler"
)

// memory is what is remembered of a notice that bundles brought; new ones have no revision.
type memory struct {
	notice scheduler.Imported // what was taken in last, of whichever board
	sender scheduler.Imported // when the newest bundle was made that this board brought it with: Modified
}

// mark is the UID under which a notice of a bundle is remembered.
func mark(id string) string { return "bundle:" + id }

// remembered reads what is known of a notice and of the board that sent it now.
func (in *intake) remembered(ctx context.Context, id string) (memory, error) {
	anew := func(uid string) scheduler.Imported {
		return scheduler.Imported{Owned: scheduler.Owned{ID: newID(), Village: in.s.Village}, UID: uid, Announcement: id}
	}
	m := memory{anew(mark(id)), anew(mark(id) + "@" + in.print)}
	known, err := in.db.Imported(ctx, in.s.Village, []string{m.notice.UID, m.sender.UID})
	for _, k := range known {
		if k.UID == m.notice.UID {
			m.notice = k
		} else {
			m.sender = k
		}
	}
	return m, err
}

// wrongBy is how far ahead of this board's clock another's may be: a bundle that was made
// later yet would make everything older that comes once that clock is right.
const wrongBy = 24 * time.Hour

// remember keeps that a bundle as new as this one brought the notice.
func (in *intake) remember(ctx context.Context, m memory) error {
	if in.dry || !in.made.After(m.sender.Modified) || in.made.After(in.now.Add(wrongBy)) {
		return nil
	}
	m.sender.Modified = in.made
	return in.db.RememberImported(ctx, m.sender)
}
