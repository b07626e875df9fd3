package web

import (
	"context"
	"sync"
	"time"

	"loalang/scheduler"
)

const (
	// placePatience is how long a page waits for the name of its village.
	placePatience = 300 * time.Millisecond
	// alarmPatience is the same for an emergency.
	alarmPatience = 20 * time.Millisecond
	// placeAge is how long what is known of the village is believed.
	placeAge = 10 * time.Second
)

// placeMemory is the board's village as it was last read, for when the database
// does not answer: the emergency page must open then too, and an emergency must
// not wait. Its methods may be called from any goroutine.
type placeMemory struct {
	key    string
	places Places
	now    func() time.Time

	mu   sync.Mutex
	last place
}

// place is a village as it was last read.
type place struct {
	scheduler.Village
	read  time.Time
	known bool // it was read at least once
}

// village is the board's village; it waits for the database at most so long.
// False: it was never read, and only its key and the country are right.
func (m *placeMemory) village(ctx context.Context, patience time.Duration) (scheduler.Village, bool) {
	now := m.now()
	m.mu.Lock()
	last := m.last
	m.mu.Unlock()
	if age := now.Sub(last.read); last.known && age >= 0 && age < placeAge {
		return last.Village, true
	}
	if !last.known {
		last.Village = scheduler.Village{Key: m.key, Name: m.key, Zone: "Asia/Ho_Chi_Minh", Languages: []string{"vi"}}
	}
	err := bounded(ctx, patience, func(ctx context.Context) (func(), error) {
		v, err := m.places.Village(ctx, m.key)
		return func() { last.Village = v }, err
	})
	if !last.known && err != nil {
		return last.Village, false
	}
	// After a failure too: the next page must not wait again.
	last.read, last.known = now, true
	m.mu.Lock()
	m.last = last
	m.mu.Unlock()
	return last.Village, true
}

// forget has the village read anew when it is asked for next, as long as that can
// be done.
func (m *placeMemory) forget() {
	m.mu.Lock()
	m.last.read = time.Time{}
	m.mu.Unlock()
}
