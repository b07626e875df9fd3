package web

import (
	"sync"
	"time"

	"loalang/scheduler"
)

// pressesKept bounds how many emergencies of forms are remembered.
const pressesKept = 64

// presses remembers what the forms of late raised, by what they meant: what sounds need
// not tell it any more, such as that it was to replace one that was over. It is safe for
// several goroutines.
type presses struct {
	mu     sync.Mutex
	raised *lru[string, press]
}

// press is what a form raised.
type press struct {
	id string
	at time.Time
}

func newPresses() *presses { return &presses{raised: newLRU[string, press](pressesKept)} }

// last is the ID of the emergency that a form which meant the same raised within
// raisedAgain; empty: none did.
func (ps *presses) last(meant string, now time.Time) string {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	before, ok := ps.raised.get(meant)
	if !ok {
		return ""
	}
	if now.Sub(before.at).Abs() >= raisedAgain {
		ps.raised.drop(meant)
		return ""
	}
	return before.id
}

func (ps *presses) keep(meant string, e scheduler.Emergency) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ps.raised.put(meant, press{e.ID, e.Raised})
}
