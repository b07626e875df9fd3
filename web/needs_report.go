package web

import (
	"context"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

// Chronicle gives the as-run of a long time without holding it all. *store.Store is
// one.
type Chronicle interface {
	// EachAsRun gives f the rows of a village that count in [from, to), the earliest
	// first, and ends with the first error of f.
	EachAsRun(ctx context.Context, village string, from, to time.Time, f func(playout.AsRun) error) error
	// Urged lists what was put on the air of a village before its review, in [from,
	// to), the earliest first, and what became of the review since.
	Urged(ctx context.Context, village string, from, to time.Time) ([]scheduler.Urged, error)
}
