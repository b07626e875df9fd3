package web

import (
	"context"
	"time"

	"loalang/scheduler"
)

// Readings keeps the announcements in each language. *store.Store is one.
type Readings interface {
	// MayAir lists the announcements of a village that may still air at now, with
	// their renditions and schedules.
	MayAir(ctx context.Context, village string, now time.Time) ([]Notice, error)
	// SaveRendition inserts (Revision 0) or updates the one of the revision that
	// was read; scheduler.ErrTransition when it cannot take its state.
	SaveRendition(ctx context.Context, r scheduler.Rendition) error
}
