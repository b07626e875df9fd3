package web

import (
	"sync"
	"time"
)

const (
	// shownFor is how long a secret that nobody keeps can be looked at again by whoever
	// made it, so that Back or a reload loses nothing.
	shownFor = 15 * time.Minute
	// shownKept bounds the secrets in memory.
	shownKept = 64
)

// shownOnce remembers, in memory alone, secrets that were just made. It is safe for
// several goroutines.
type shownOnce struct {
	mu  sync.Mutex
	all *lru[string, shownSecret]
}

type shownSecret struct {
	who, secret string
	until       time.Time // system clock
}

func newShownOnce() *shownOnce { return &shownOnce{all: newLRU[string, shownSecret](shownKept)} }

// keep remembers the secret of a record for whoever made it.
func (o *shownOnce) keep(who, id, secret string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.all.put(id, shownSecret{who, secret, systemTime(shownFor)})
}

// find is the secret of a record while its maker may look at it; empty: nobody may.
func (o *shownOnce) find(who, id string) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	s, ok := o.all.get(id)
	if !ok || s.who != who {
		return ""
	}
	if !s.until.After(systemTime(0)) {
		o.all.drop(id)
		return ""
	}
	return s.secret
}
