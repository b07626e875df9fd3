package web

import (
	"context"
	"time"

	"loalang/people"
	"loalang/push"
)

// Pushes keeps the browsers in which people want to be told something. *store.Store is
// one.
type Pushes interface {
	// Pushes lists every one, the oldest first.
	Pushes(ctx context.Context) ([]people.Push, error)
	// SavePush inserts one, or replaces the one with its ID.
	SavePush(ctx context.Context, p people.Push) error
	// DropPush forgets one; fs.ErrNotExist when there is none.
	DropPush(ctx context.Context, id string) error
}

// PushDiary remembers what was told, so that nothing is told twice. *store.Store is one.
type PushDiary interface {
	PushTold(ctx context.Context) ([]people.PushTold, error)
	TellPush(ctx context.Context, t people.PushTold, at time.Time) error
}

// Pusher hands messages to the browsers' push services. *push.Sender is one.
type Pusher interface {
	// Public is the key that browsers subscribe under.
	Public() string
	// Send blocks for some seconds at most; push.ErrGone when the browser takes in
	// nothing more.
	Send(ctx context.Context, to push.Subscription, m push.Message) error
}
