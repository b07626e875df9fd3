package web

import (
	"context"
	"time"

	"loalang/people"
	"loalang/scheduler"
)

// Approvals says what waits for approval, and who changed what. *store.Store is
// one.
type Approvals interface {
	// AwaitingApproval lists what waits to be approved or reviewed in a village, what
	// airs soonest first.
	AwaitingApproval(ctx context.Context, village string, now time.Time) ([]scheduler.Dossier, error)
	// History lists what was changed, the newest first.
	History(ctx context.Context, q people.HistoryQuery) ([]people.Change, error)
	// Writers are those who changed what is heard of an announcement after an
	// instant.
	Writers(ctx context.Context, announcement string, after time.Time) ([]people.Actor, error)
}

// Diary takes in what no record tells, such as that somebody set the clock.
// *store.Store is one.
type Diary interface {
	// Note adds an entry to the history in the name of whoever ctx acts for.
	Note(ctx context.Context, c people.Change) error
}

// Authors says what became of what people wrote. *store.Store is one.
type Authors interface {
	// Unapproved lists what an author wrote and nobody approved, and whose validity
	// did not end before since, what ends first.
	Unapproved(ctx context.Context, village, author string, since time.Time) ([]scheduler.Announcement, error)
}
