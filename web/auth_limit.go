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
	// limitBurst is how many attempts may come at once, limitEvery how often one
	// more is granted.
	limitBurst = 10
	limitEvery = 6 * time.Second
)

// limits slows down guessing of passwords, per address and per name. Whoever
// guesses a name could lock its owner out, so an address from which the owner
// has signed in before is not held to the limit of the name.
type limits struct {
	mu        sync.Mutex
	addresses *lru[string, *rate.Limiter]
	names     *lru[string, *rate.Limiter]
	known     *lru[string, struct{}] // name and address that have signed in
}

func newLimits() *limits {
	return &limits{
		addresses: newLRU[string, *rate.Limiter](limitKept),
		names:     newLRU[string, *rate.Limiter](limitKept),
		known:     newLRU[string, struct{}](limitKept),
	}
}

// allow says whether an attempt may be made now, and counts it.
func (l *limits) allow(address, name string) bool {
	address, name = network(address), people.FoldName(name)
	l.mu.Lock()
	defer l.mu.Unlock()
	if !limiter(l.addresses, address).Allow() {
		return false
	}
	if _, ok := l.known.get(name + "\x00" + address); ok {
		return true
	}
	return limiter(l.names, name).Allow()
}

// succeeded remembers that a name has signed in from an address.
func (l *limits) succeeded(address, name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.known.put(people.FoldName(name)+"\x00"+network(address), struct{}{})
}

func limiter(of *lru[string, *rate.Limiter], key string) *rate.Limiter {
	if known, ok := of.get(key); ok {
		return known
	}
	made := rate.NewLimiter(rate.Every(limitEvery), limitBurst)
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
