package web

import (
	"context"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

// Drills keeps the tests of the emergency path. *store.Store is one.
type Drills interface {
	// Drills lists the living ones of a village.
	Drills(ctx context.Context, village string) ([]scheduler.Drill, error)
	// SaveDrill inserts (Revision 0) or updates the one of the revision that was read.
	SaveDrill(ctx context.Context, d scheduler.Drill) error
	// DrillRuns lists what became of those due before an instant, the latest first.
	DrillRuns(ctx context.Context, village string, before time.Time, limit int) ([]playout.AsRun, error)
}
