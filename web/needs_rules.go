package web

import (
	"context"

	"loalang/scheduler"
)

// Exceptions keeps the exceptions from the rules of the place.
type Exceptions interface {
	// Exceptions lists those that were asked for last first, before the given ID ("" for
	// the first page), at most limit.
	Exceptions(ctx context.Context, village, before string, limit int) ([]scheduler.Exception, error)
	// Exception reads a living one.
	Exception(ctx context.Context, id string) (scheduler.Exception, error)
	// SaveException inserts (Revision 0) or updates the one of the revision that was read.
	SaveException(ctx context.Context, e scheduler.Exception) error
}
