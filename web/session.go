package web

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"
)

const (
	// sessionLife is how long a browser stays signed in without being used.
	sessionLife = 30 * 24 * time.Hour
	// sessionRenewal is how often a used sign-in is given its whole life again:
	// each renewal is a durable write.
	sessionRenewal = 24 * time.Hour
	// sessionsKept bounds the sign-ins in memory.
	sessionsKept = 4096
	// sessionPatience is how long a request waits for the database to find or
	// keep a sign-in.
	sessionPatience = time.Second
)

// Keys of what a session holds.
const (
	sessionAccount = "account" // ID
	sessionMark    = "mark"    // of the account as it was then
	sessionRenewed = "renewed" // Unix seconds
	sessionBegan   = "began"   // Unix seconds
	sessionAgent   = "agent"   // what the browser says it is
	sessionFrom    = "from"    // address
	sessionSent    = "sent"    // the key of the notice that was sent last
	sessionAnswers = "answers" // a hash of the form that it was sent with
)

// newSessions makes the manager of one transport. The two transports share
// their sessions; a cookie that came by https never leaves by http.
func newSessions(kept *keptSessions, secure bool) *scs.SessionManager {
	name := "loalang"
	if secure {
		// With this name a browser takes a cookie of https alone, for this host and all of
		// its paths (RFC 6265bis, 4.1.3.2): http on the same machine replaces it by none.
		name = "__Host-loalang"
	}
	// Not scs.New: it starts a store of its own with a goroutine that never ends.
	return &scs.SessionManager{
		Store: kept, Lifetime: sessionLife, Codec: scs.GobCodec{},
		Cookie: scs.SessionCookie{Name: name, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: secure, Persist: true},
		ErrorFunc: func(w http.ResponseWriter, _ *http.Request, err error) {
			kept.log.Error("session could not be read", "err", err)
			http.Error(w, word(vietnamese, "problem.unavailable"), http.StatusServiceUnavailable)
		},
	}
}

// sessions is the manager for the transport by which a request came.
func (s *Server) sessions(r *http.Request) *scs.SessionManager {
	if r.TLS != nil {
		return s.secure
	}
	return s.plain
}

// keptSessions keeps sign-ins in memory over the database, so that somebody who
// is signed in stays so when the database fails: an emergency is authorised
// from here. A sign-in or sign-out that the database does not take counts until
// the next start.
type keptSessions struct {
	under scs.Store
	log   *slog.Logger
	worry *worry

	mu    sync.Mutex
	alive *lru[string, keptSession]
	dead  *lru[string, struct{}] // signed out here
	seen  *lru[string, seen]
}

type keptSession struct {
	data   []byte
	expiry time.Time // system clock
}

func newKeptSessions(under scs.Store, log *slog.Logger) *keptSessions {
	return &keptSessions{
		under: under, log: log,
		worry: &worry{log: log, bad: "sign-ins cannot be kept in the database", good: "sign-ins are kept in the database again"},
		alive: newLRU[string, keptSession](sessionsKept), dead: newLRU[string, struct{}](sessionsKept), seen: newLRU[string, seen](sessionsKept),
	}
}

// FindCtx reads a session from memory, else from the database. A database that
// does not answer has no session: the person is asked to sign in.
func (k *keptSessions) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	if data, known, alive := k.remembered(token); known {
		return data, alive, nil
	}
	var data []byte
	var found bool
	err := bounded(ctx, sessionPatience, func(ctx context.Context) (func(), error) {
		d, f, err := k.find(ctx, token)
		return func() { data, found = d, f }, err
	})
	k.worry.about(err)
	if err != nil || !found {
		return nil, false, nil
	}
	k.remember(token, data, systemTime(sessionLife)) // the database has the true end; it is asked again after a start
	return data, true, nil
}

func (k *keptSessions) find(ctx context.Context, token string) ([]byte, bool, error) {
	if under, ok := k.under.(scs.CtxStore); ok {
		return under.FindCtx(ctx, token)
	}
	return k.under.Find(token)
}

// CommitCtx keeps a session in memory, and in the database when that answers.
func (k *keptSessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	k.remember(token, data, expiry)
	k.worry.about(bounded(ctx, sessionPatience, func(ctx context.Context) (func(), error) {
		if under, ok := k.under.(scs.CtxStore); ok {
			return nil, under.CommitCtx(ctx, token, data, expiry)
		}
		return nil, k.under.Commit(token, data, expiry)
	}))
	return nil
}

// DeleteCtx ends a session here at once, and in the database when that answers.
func (k *keptSessions) DeleteCtx(ctx context.Context, token string) error {
	k.forget(token)
	k.worry.about(bounded(ctx, sessionPatience, func(ctx context.Context) (func(), error) {
		if under, ok := k.under.(scs.CtxStore); ok {
			return nil, under.DeleteCtx(ctx, token)
		}
		return nil, k.under.Delete(token)
	}))
	return nil
}

// Find is FindCtx without a context.
func (k *keptSessions) Find(token string) ([]byte, bool, error) {
	return k.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a context.
func (k *keptSessions) Commit(token string, data []byte, expiry time.Time) error {
	return k.CommitCtx(context.Background(), token, data, expiry)
}

// Delete is DeleteCtx without a context.
func (k *keptSessions) Delete(token string) error { return k.DeleteCtx(context.Background(), token) }

// warm reads every session into memory.
func (k *keptSessions) warm(ctx context.Context) error {
	under, ok := k.under.(scs.IterableCtxStore)
	if !ok {
		return nil
	}
	all, err := under.AllCtx(ctx)
	if err != nil {
		return err
	}
	for token, data := range all {
		if _, known, _ := k.remembered(token); !known {
			k.remember(token, data, systemTime(sessionLife))
		}
	}
	return nil
}

// remembered says what memory knows of a token.
func (k *keptSessions) remembered(token string) (data []byte, known, alive bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if _, ok := k.dead.get(token); ok {
		return nil, true, false
	}
	s, ok := k.alive.get(token)
	if !ok {
		return nil, false, false
	}
	if !s.expiry.After(systemTime(0)) {
		k.alive.drop(token)
		return nil, false, false
	}
	return s.data, true, true
}

func (k *keptSessions) remember(token string, data []byte, expiry time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.alive.put(token, keptSession{data, expiry})
}

func (k *keptSessions) forget(token string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.alive.drop(token)
	k.dead.put(token, struct{}{})
}
