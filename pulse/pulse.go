// Package pulse knows which loops of a program still go round. Whoever has a loop asks
// for a Beat and calls it each time round; whoever feeds a watchdog asks which are Late.
// An error that a loop met and went on after is a beat like any other: only a loop that
// does not come back is late. The package reads no clock, starts no goroutine of its own
// but those of Probe, and knows nothing of what the loops do.
package pulse

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Registry is the loops of a program. Its methods may be called from any goroutine and
// never block.
type Registry struct {
	now func() time.Duration

	mu    sync.Mutex
	loops map[string]*loop
	names []string
	first chan struct{} // closed when every loop has come round once
	full  bool
}

type loop struct {
	within time.Duration
	last   time.Duration
	beaten bool
}

// New makes a Registry. now is a clock that nobody sets, such as CLOCK_MONOTONIC.
func New(now func() time.Duration) *Registry {
	return &Registry{now: now, loops: map[string]*loop{}, first: make(chan struct{})}
}

// Loop adds a loop that comes round at least once within a span, from now on, and
// returns what it calls each time. A name that is there already is replaced.
func (r *Registry) Loop(name string, within time.Duration) (beat func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	l := &loop{within: within, last: r.now()}
	if _, there := r.loops[name]; !there {
		r.names = append(r.names, name)
	}
	r.loops[name] = l
	return func() { r.beat(l) }
}

func (r *Registry) beat(l *loop) {
	r.mu.Lock()
	defer r.mu.Unlock()
	l.last, l.beaten = r.now(), true
	if r.full {
		return
	}
	for _, l := range r.loops {
		if !l.beaten {
			return
		}
	}
	r.full = true
	close(r.first)
}

// Begun is closed once every loop has come round for the first time.
func (r *Registry) Begun() <-chan struct{} { return r.first }

// Late lists the loops that have not come round in their time, in the order in which
// they were added; none means that all is well.
func (r *Registry) Late() (names []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	for _, name := range r.names {
		if l := r.loops[name]; now-l.last > l.within {
			names = append(names, name)
		}
	}
	return names
}

// Age is how long ago a loop last came round.
type Age struct {
	Name string
	Age  time.Duration
}

// Ages lists every loop, in the order in which they were added.
func (r *Registry) Ages() []Age {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	ages := make([]Age, 0, len(r.names))
	for _, name := range r.names {
		ages = append(ages, Age{name, now - r.loops[name].last})
	}
	return slices.Clip(ages)
}

// Probe calls ask again and again, every span, until ctx ends, and beats each time it
// came back and says that it may: for what has no loop of its own, but can hang. It
// returns nil.
func Probe(ctx context.Context, every time.Duration, beat func(), ask func(ctx context.Context) (alive bool)) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if ask(ctx) {
			beat()
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
