package web

import (
	"context"
	"time"

	"loalang/scheduler"
)

// Stations keeps the higher stations that may be relayed.
type Stations interface {
	Stations(ctx context.Context, village string) ([]scheduler.Station, error)
	// SaveStation inserts (Revision 0) or updates the one of the revision that was read.
	SaveStation(ctx context.Context, s scheduler.Station) error
	// RemoveStation leaves a tombstone.
	RemoveStation(ctx context.Context, id string, at time.Time) error
}

// Tuner tries stations.
type Tuner interface {
	// Try listens to a station for some seconds.
	Try(ctx context.Context, s scheduler.Station) Reception
}

// Reception is what a Tuner found.
type Reception struct {
	Code     string  // stable, why it cannot be relayed; empty: it can be
	Detail   string  // for technicians
	Format   string  // "mp3", "aac", "ogg", …; "line" for a line input
	Loudness float64 // LUFS, before it is levelled
	Aired    float64 // and behind that
}
