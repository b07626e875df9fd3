package web

import (
	"cmp"
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"loalang/people"
)

const (
	// rosterAge is how long what is known of people is believed. Who is disabled
	// or revoked elsewhere is locked out by Reread, and by age when nobody calls it.
	rosterAge = 10 * time.Second
	// rosterPatience is how long a request waits for news of people it knows
	// already; after it, memory counts. It bounds what a locked database adds to
	// an emergency.
	rosterPatience = 150 * time.Millisecond
	// rosterMissPatience is how long a request waits for somebody who is not
	// known.
	rosterMissPatience = 2 * time.Second
	// rosterReadTime bounds one reading of everyone.
	rosterReadTime = 10 * time.Second
)

// roster is everyone in memory. It is read anew when it is older than
// rosterAge and, at most once a second, when somebody is not in it.
type roster struct {
	from  Roster
	worry *worry
	aged  *rate.Limiter
	miss  *rate.Limiter // of tokens and accounts
	names *rate.Limiter // of names: who was just added must be able to sign in

	mu       sync.Mutex
	accounts map[string]people.Account // by ID
	ids      map[string]string         // by folded name
	tokens   map[string]people.Token   // by hash
	reading  chan struct{}             // closed when the reading under way ends; nil: none
}

func newRoster(from Roster, log *slog.Logger) *roster {
	return &roster{
		from: from,
		worry: &worry{
			log: log, bad: "people and tokens cannot be read; those known still count", good: "people and tokens are read again",
		},
		aged:  rate.NewLimiter(rate.Every(rosterAge), 1),
		miss:  rate.NewLimiter(rate.Every(time.Second), 1),
		names: rate.NewLimiter(rate.Every(time.Second), 5),
	}
}

// account finds a living account by ID.
func (r *roster) account(ctx context.Context, id string) (people.Account, bool) {
	return look(ctx, r, r.miss, func() (people.Account, bool) {
		a, ok := r.accounts[id]
		return a, ok && a.Active()
	})
}

// token finds a token by its hash, alive or not.
func (r *roster) token(ctx context.Context, hash string) (people.Token, bool) {
	return look(ctx, r, r.miss, func() (people.Token, bool) {
		t, ok := r.tokens[hash]
		return t, ok
	})
}

// named finds a living account by the name it signs in with.
func (r *roster) named(ctx context.Context, name string) (people.Account, bool) {
	return look(ctx, r, r.names, func() (people.Account, bool) {
		a, ok := r.accounts[r.ids[people.FoldName(name)]]
		return a, ok && a.Active()
	})
}

// signing is named for who signs in. News are read whether anybody has that name or not:
// how long the answer takes must not tell.
func (r *roster) signing(ctx context.Context, name string) (people.Account, bool) {
	find := func() (people.Account, bool) {
		r.mu.Lock()
		defer r.mu.Unlock()
		a, ok := r.accounts[r.ids[people.FoldName(name)]]
		return a, ok && a.Active()
	}
	_, known := find()
	if r.names.Allow() {
		patience := rosterMissPatience
		if known { // memory counts when the database does not answer
			patience = rosterPatience
		}
		r.wait(ctx, patience)
	}
	return find()
}

// everyone lists the living accounts by name.
func (r *roster) everyone(ctx context.Context) []people.Account {
	all, _ := look(ctx, r, r.miss, func() ([]people.Account, bool) {
		var all []people.Account
		for _, a := range r.accounts {
			if a.Active() {
				all = append(all, a)
			}
		}
		slices.SortFunc(all, func(x, y people.Account) int { return cmp.Compare(people.FoldName(x.Name), people.FoldName(y.Name)) })
		return all, r.accounts != nil
	})
	return all
}

// programs lists every token, alive or not.
func (r *roster) programs(ctx context.Context) []people.Token {
	all, _ := look(ctx, r, r.miss, func() ([]people.Token, bool) {
		return slices.Collect(maps.Values(r.tokens)), r.tokens != nil
	})
	return all
}

// look finds somebody, with news when what is known is old or lacks them.
func look[T any](ctx context.Context, r *roster, miss *rate.Limiter, find func() (T, bool)) (T, bool) {
	if r.aged.Allow() {
		r.wait(ctx, rosterPatience)
	}
	r.mu.Lock()
	who, ok := find()
	r.mu.Unlock()
	if ok || !miss.Allow() {
		return who, ok
	}
	r.wait(ctx, rosterMissPatience)
	r.mu.Lock()
	defer r.mu.Unlock()
	return find()
}

// refresh reads everyone now and waits for it, after an edit.
func (r *roster) refresh(ctx context.Context) {
	r.mu.Lock()
	before := r.reading
	r.mu.Unlock()
	if before != nil { // it may have begun before the edit
		r.wait(ctx, rosterMissPatience)
	}
	r.wait(ctx, rosterMissPatience)
}

// wait begins a reading, or joins the one under way, and waits for its end.
func (r *roster) wait(ctx context.Context, patience time.Duration) {
	r.mu.Lock()
	if r.reading == nil {
		r.reading = make(chan struct{})
		go r.read(r.reading)
	}
	done := r.reading
	r.mu.Unlock()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// read is one reading of everyone. It outlives the request that asked for it:
// the next one profits.
func (r *roster) read(done chan struct{}) {
	ctx, cancel := context.WithTimeout(context.Background(), rosterReadTime)
	defer cancel()
	accounts, err := r.from.AllAccounts(ctx)
	var tokens []people.Token
	if err == nil {
		tokens, err = r.from.AllTokens(ctx)
	}
	r.worry.about(err)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reading = nil
	close(done)
	if err != nil {
		return
	}
	r.accounts, r.ids, r.tokens = map[string]people.Account{}, map[string]string{}, map[string]people.Token{}
	for _, a := range accounts {
		r.accounts[a.ID] = a
		r.ids[people.FoldName(a.Name)] = a.ID
	}
	for _, t := range tokens {
		r.tokens[t.Hash] = t
	}
}
