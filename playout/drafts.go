package playout

import (
	"context"
	"time"

	"loalang/scheduler"
)

// Drafts keeps the renditions on their way to the air. The store implements it.
type Drafts interface {
	// Waiting lists the living renditions in state Spoken or Recorded, those
	// that air soonest from now on first.
	Waiting(ctx context.Context, village string, now time.Time) ([]scheduler.Rendition, error)
	// SaveRendition updates one; scheduler.ErrRevision when it changed since.
	SaveRendition(ctx context.Context, r scheduler.Rendition) error
}

// SpeechCache remembers what was spoken before. The store implements it.
type SpeechCache interface {
	// SpokenBefore reads the recording of a key; fs.ErrNotExist when there is none.
	SpokenBefore(ctx context.Context, key string) (recording string, err error)
	RememberSpoken(ctx context.Context, key, recording string) error
}

// Places knows the village. The store implements it.
type Places interface {
	// Village reads one village; fs.ErrNotExist when there is none.
	Village(ctx context.Context, key string) (scheduler.Village, error)
}

// Emergencies keeps every emergency ever raised. The store implements it.
type Emergencies interface {
	// SaveEmergency inserts or replaces by ID; what has ended stays ended.
	SaveEmergency(ctx context.Context, e scheduler.Emergency) error
	// UnexpiredEmergencies reads those not expired at now, ended ones included:
	// what has ended must not be taken for alive from an older copy.
	UnexpiredEmergencies(ctx context.Context, village string, now time.Time) ([]scheduler.Emergency, error)
}
