package web

import (
	"context"
	"sync"
	"time"

	"loalang/people"
)

// tokenUseEvery is how often the use of one token is written down: that it is still
// used counts, not how often.
const tokenUseEvery = time.Hour

// tokenUses is when tokens were last used, by ID. It is safe for several goroutines.
type tokenUses struct {
	mu   sync.Mutex
	last map[string]time.Time
	kept map[string]time.Time // as it was last written down
}

func newTokenUses() *tokenUses {
	return &tokenUses{last: map[string]time.Time{}, kept: map[string]time.Time{}}
}

// saw takes a use in, and says whether to write it down. Only tokens that there are come
// here, so they are bounded by what administrators make.
func (u *tokenUses) saw(id string, now time.Time) (write bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.last[id] = now
	if age := now.Sub(u.kept[id]); age >= 0 && age < tokenUseEvery {
		return false
	}
	u.kept[id] = now
	return true
}

// of is when a token was last used; zero: never.
func (u *tokenUses) of(t people.Token) time.Time {
	u.mu.Lock()
	defer u.mu.Unlock()
	if last := u.last[t.ID]; last.After(t.Used) {
		return last
	}
	return t.Used
}

// tokenUsed notes a use behind the request: nobody waits for it.
func (s *Server) tokenUsed(ctx context.Context, id string) {
	now := s.cfg.Now().UTC()
	if !s.uses.saw(id, now) {
		return
	}
	ctx = context.WithoutCancel(ctx)
	go func() {
		err := bounded(ctx, notePatience, func(ctx context.Context) (func(), error) { return nil, s.cfg.Keys.TokenUsed(ctx, id, now) })
		if err != nil {
			s.cfg.Logger.WarnContext(ctx, "the use of a token is not written down", "token", id, "err", err)
		}
	}()
}
