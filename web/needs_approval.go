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
