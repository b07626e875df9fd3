package web

import (
	"context"
	"os"
	"time"

	"loalang/playout"
)

// Bulletins reads what a village was told. *store.Store is one.
type Bulletins interface {
	// Bulletin reads the rows with Due in [from, to), the announcements that they and
	// also are of, and the emergencies raised in that time.
	Bulletin(ctx context.Context, village string, from, to time.Time, also []string) (playout.Bulletin, error)
}

// Slim opens recordings in a form for phones. *recordings.Library is one.
type Slim interface {
	// Slim opens an MP3 of constant rate; recordings.ErrNotFound when there is no such
	// recording.
	Slim(ctx context.Context, id string) (*os.File, error)
}
