package web

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"loalang/people"
)

const (
	// limitKept bounds the names and addresses in memory.
	limitKept = 4096
	// limitBurst is how many attempts may come at once for one name, limitEvery how
	// often one more is granted.
	limitBurst = 10
	limitEvery = 6 * time.Second
	// addressBurst and addressEvery are the same for an address: a whole village may
	// sit behind one router, and one of them who has forgotten a password must not lock
	// the others out.
	addressBurst = 60
	addressEvery = 2 * time.Second
	// toldEvery is how often the same trouble of the same person and address is told.
	toldEvery = 10 * time.Minute
)

// limits slows down guessing of passwords: for a name from an address, for a name from
// everywhere, and, more generously, for an address. Whoever guesses a name could lock
// its owner out, so an address from which the owner has signed in before is not held to
// the limit of the name from everywhere.
type limits struct {
	mu        sync.Mutex
	pairs     *lru[string, *rate.Limiter] // name and address
	addresses *lru[string, *rate.Limiter]
	asked     *lru[string, *rate.Limiter] // addresses, for a passkey
	names     *lru[string, *rate.Limiter]
	known     *lru[string, struct{}]  // name and address that have signed in
	told      *lru[string, time.Time] // what was told of late, system clock
}

func newLimits() *limits {
	return &limits{
		pairs:     newLRU[string, *rate.Limiter](limitKept),
		told:      newLRU[string, time.Time](limitKept),
		addresses: newLRU[string, *rate.Limiter](limitKept),
		asked:     newLRU[string, *rate.Limiter](limitKept),
		names:     newLRU[string, *rate.Limiter](limitKept),
		known:     newLRU[string, struct{}](limitKept),
	}
}

// allow says whether an attempt may be made now, and counts it.
func (l *limits) allow(address, name string) bool {
	address, name = network(address), people.FoldName(name)
	l.mu.Lock()
	defer l.mu.Unlock()
	pair := name + "\x00" + address
	// The narrowest first: what it refuses does not use up what others share.
	if !limiter(l.pairs, pair, limitEvery, limitBurst).Allow() {
		return false
	}
	if _, ok := l.known.get(pair); !ok && !limiter(l.names, name, limitEvery, limitBurst).Allow() {
		return false
	}
	return limiter(l.addresses, address, addressEvery, addressBurst).Allow()
}

// tryUnnamed is allow for an attempt that names nobody, by a passkey: the address alone
// counts, together with the attempts by password.
func (l *limits) tryUnnamed(address string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return limiter(l.addresses, network(address), addressEvery, addressBurst).Allow()
}

// ask says whether a browser at an address may be asked for a passkey now, and counts it:
// each question lies in memory for a while.
func (l *limits) ask(address string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return limiter(l.asked, network(address), addressEvery, addressBurst).Allow()
}

// worthTelling says whether a trouble was not told of late: who guesses all day long
// fills no log.
func (l *limits) worthTelling(what string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := systemTime(0)
	if last, ok := l.told.get(what); ok && now.Sub(last) < toldEvery {
		return false
	}
	l.told.put(what, now)
	return true
}

// succeeded remembers that a name has signed in from an address.
func (l *limits) succeeded(address, name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.known.put(people.FoldName(name)+"\x00"+network(address), struct{}{})
}

func limiter(of *lru[string, *rate.Limiter], key string, every time.Duration, burst int) *rate.Limiter {
	if known, ok := of.get(key); ok {
		return known
	}
	made := rate.NewLimiter(rate.Every(every), burst)
	of.put(key, made)
	return made
}

// network is what one person has of addresses: all of IPv4's single one, the
// /64 of IPv6.
func network(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	a = a.Unmap().WithZone("")
	if a.Is4() {
		return a.String()
	}
	p, err := a.Prefix(64)
	if err != nil {
		return address
	}
	return p.String()
}
