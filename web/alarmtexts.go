package web

import (
	"context"
	"sync"
	"time"

	"loalang/scheduler"
)

// alarmTexts are the messages that the board's village has prepared for emergencies, as
// they were last read: the emergency page must offer them when the database does not
// answer. Its methods may be called from any goroutine.
type alarmTexts struct {
	village string
	texts   Templates
	now     func() time.Time

	mu   sync.Mutex
	last scheduler.Templates
	read time.Time // zero: it is to be read anew
}

// list waits for the database at most so long.
func (m *alarmTexts) list(ctx context.Context, patience time.Duration) scheduler.Templates {
	now := m.now()
	m.mu.Lock()
	last, read := m.last, m.read
	m.mu.Unlock()
	if age := now.Sub(read); m.texts == nil || !read.IsZero() && age >= 0 && age < placeAge {
		return last
	}
	err := bounded(ctx, patience, func(ctx context.Context) (func(), error) {
		all, err := m.texts.Templates(ctx, m.village)
		return func() { last = all.Of(scheduler.ClassEmergency) }, err
	})
	if err != nil && read.IsZero() && last == nil {
		return nil // nothing is known yet: the next page tries again
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.last, m.read = last, now // after a failure too: the next page must not wait again
	return last
}

// renew reads them at once: somebody has changed them, and the database may be gone
// when they are needed.
func (m *alarmTexts) renew(ctx context.Context) {
	m.forget()
	m.list(ctx, placePatience)
}

// forget has them read anew when they are asked for next, as long as that can be done.
func (m *alarmTexts) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.read = time.Time{}
}
