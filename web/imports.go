package web

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"loalang/recordings"
)

const (
	// importsKept bounds what is remembered of imports, those over included.
	importsKept = 64
	// importTime bounds one that goes on after its sender has left, from its first byte
	// on: 100 MB come in two hours over 120 kbit/s, and an hour of sound takes minutes.
	importTime = 4 * time.Hour
)

// imports remembers how far imports are, so that a page that was loaded anew, or
// another program, can ask. It may be used from any goroutine.
type imports struct {
	mu  sync.Mutex
	all []*underway // the oldest first
}

// underway is one import. Its fields are guarded by imports.mu.
type underway struct {
	of      *imports
	id      string
	who     string // ID of the account or token that brings it
	village string
	title   string
	at      recordings.Progress
	over    bool
	rec     recordings.Recording // once it is over and was taken in
	refused string               // once it is over and was not: the word's code
}

// begin takes note of an import under the ID that its sender chose: 16 to 64 hex
// digits that are not in use. Nil otherwise: then nobody can ask.
func (m *imports) begin(id, who, village, title string) *underway {
	if len(id) < 16 || len(id) > 64 || strings.Trim(id, "0123456789abcdef") != "" {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, u := range m.all {
		if u.id == id {
			return nil
		}
	}
	if len(m.all) >= importsKept {
		m.forget()
	}
	u := &underway{of: m, id: id, who: who, village: village, title: title, at: recordings.Progress{Stage: recordings.Receiving}}
	m.all = append(m.all, u)
	return u
}

// anew is begin for an import that may have been begun before: that one is forgotten.
func (m *imports) anew(id, who, village, title string) *underway {
	m.mu.Lock()
	m.all = slices.DeleteFunc(m.all, func(u *underway) bool { return u.id == id })
	m.mu.Unlock()
	return m.begin(id, who, village, title)
}

// forget drops the oldest that is over, or else the oldest.
func (m *imports) forget() {
	at := 0
	for i, u := range m.all {
		if u.over {
			at = i
			break
		}
	}
	m.all = append(m.all[:at], m.all[at+1:]...)
}

// tell is recordings.About.Tell.
func (u *underway) tell(p recordings.Progress) {
	if u == nil {
		return
	}
	u.of.mu.Lock()
	defer u.of.mu.Unlock()
	u.at = p
}

// end says what became of it; refused is empty when it was taken in.
func (u *underway) end(rec recordings.Recording, refused string) {
	if u == nil {
		return
	}
	u.of.mu.Lock()
	defer u.of.mu.Unlock()
	u.over, u.rec, u.refused = true, rec, refused
}

// find gives what is known of somebody's import.
func (m *imports) find(id, who string) (underway, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, u := range m.all {
		if u.id == id && u.who == who {
			return *u, true
		}
	}
	return underway{}, false
}

// latest gives somebody's newest import that is not over.
func (m *imports) latest(who, village string) (underway, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := len(m.all) - 1; i >= 0; i-- {
		if u := m.all[i]; u.who == who && u.village == village && !u.over {
			return *u, true
		}
	}
	return underway{}, false
}

// detached is the context of an import that goes on after its sender has left: what
// has arrived whole is not lost with the page that sent it. One that breaks off
// while it arrives ends by that.
func detached(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), importTime)
}
