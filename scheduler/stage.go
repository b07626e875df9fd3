package scheduler

import (
	"context"
	"time"
)

// Ledger keeps the books of a village. The store implements it.
type Ledger interface {
	// Book reads everything BuildPlan needs, in one read transaction.
	Book(ctx context.Context, village string, now time.Time) (Book, error)
	// Publish replaces the village's published plan.
	Publish(ctx context.Context, p Plan) error
	// Published reads the plan last published; the zero Plan when there is none.
	Published(ctx context.Context, village string) (Plan, error)
}

// Stage takes over what is due. playout implements it. Both calls return at
// once; the work goes on behind them.
type Stage interface {
	// Play hands over an occurrence Lead before its Due. Handing over the same
	// ID twice plays it once.
	Play(o Occurrence)
	// Omit records that an occurrence that was promised will not air, and why.
	Omit(o Occurrence, r Reason)
}
