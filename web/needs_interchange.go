package web

import (
	"context"
	"time"

	"loalang/people"
	"loalang/scheduler"
)

// Interchange remembers what came from and went to calendars of others.
// *store.Store is one.
type Interchange interface {
	// Imported lists what is remembered of events of the UIDs that were taken into a
	// village.
	Imported(ctx context.Context, village string, uids []string) ([]scheduler.Imported, error)
	// SaveImported saves what an event became and remembers the event, in one
	// transaction. Nil renditions leave what is there; schedules are saved one by one,
	// and others of the announcement stay. scheduler.ErrRevision when any of it has
	// changed since it was read, or the event was taken in meanwhile.
	SaveImported(ctx context.Context, m scheduler.Imported, d scheduler.Dossier) error
	// FeedTold remembers what the feed of a village tells and gives the events their
	// Sequence and Changed; those that come are of an event that was never told.
	FeedTold(ctx context.Context, village string, now time.Time, events []scheduler.FeedEvent) ([]scheduler.FeedEvent, error)
}

// Keys keeps the tokens that open feeds. *store.Store is one.
type Keys interface {
	// AllTokens lists every token, also those that are worth nothing any more.
	AllTokens(ctx context.Context) ([]people.Token, error)
	// SaveToken inserts a token, or replaces the one with its ID.
	SaveToken(ctx context.Context, t people.Token) error
	// TokenUsed remembers that a token was used at an instant.
	TokenUsed(ctx context.Context, id string, at time.Time) error
}
