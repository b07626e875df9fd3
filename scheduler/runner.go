package scheduler

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/go-co-op/gocron/v2"
	"github.com/google/uuid"
	"github.com/jonboulle/clockwork"
)

const (
	// armAhead is how far ahead wake-ups are given to gocron: it does not notice
	// a step of the clock, so what it holds must be little and soon rebuilt.
	armAhead = 10 * time.Minute
	// stopPatience bounds the wait for gocron; its jobs return at once.
	stopPatience = 2 * time.Second
)

// runner turns instants into wake-ups. It is the only thing here that knows
// gocron, and it relies on little of it: one-time jobs that are removed by us,
// armed for the next minutes only, and thrown away as a whole when the clock
// steps. A wake-up carries nothing: whoever is woken looks at the plan. It
// belongs to one goroutine; woken may be received from any.
type runner struct {
	clock  *wakeClock
	woken  chan struct{}
	gocron gocron.Scheduler // nil while stopped
	jobs   map[int64]uuid.UUID
}

func newRunner(now func() time.Time) *runner {
	return &runner{
		clock: &wakeClock{Clock: clockwork.NewRealClock(), now: now},
		woken: make(chan struct{}, 1),
		jobs:  map[int64]uuid.UUID{},
	}
}

// wake tells the owner to look at the plan; a wake-up not yet taken is enough.
func (r *runner) wake() {
	select {
	case r.woken <- struct{}{}:
	default:
	}
}

// arm makes the wake-ups of the next minutes those at the given instants and
// no others. What is due already wakes at once: gocron refuses past jobs.
func (r *runner) arm(now time.Time, instants []time.Time) error {
	if err := r.start(); err != nil {
		return err
	}
	wanted := map[int64]time.Time{}
	for _, at := range instants {
		switch {
		case !at.After(now):
			r.wake()
		case at.Sub(now) <= armAhead:
			wanted[at.UnixNano()] = at
		}
	}
	var errs []error
	for key, id := range r.jobs {
		if _, keep := wanted[key]; keep {
			continue
		}
		delete(r.jobs, key)
		// gocron keeps finished one-time jobs for ever.
		if err := r.gocron.RemoveJob(id); err != nil && !errors.Is(err, gocron.ErrJobNotFound) {
			errs = append(errs, fmt.Errorf("disarm: %w", err))
		}
	}
	for key, at := range wanted {
		if _, armed := r.jobs[key]; !armed {
			errs = append(errs, r.add(now, key, at))
		}
	}
	return errors.Join(errs...)
}

// add arms one wake-up.
func (r *runner) add(now time.Time, key int64, at time.Time) error {
	// gocron reads its clock twice while it takes a job, and loops for ever when
	// the instant passes in between: it sees the time stand still meanwhile.
	r.clock.pin(now)
	defer r.clock.pin(time.Time{})
	job, err := r.gocron.NewJob(gocron.OneTimeJob(gocron.OneTimeJobStartDateTime(at)), gocron.NewTask(r.wake))
	if errors.Is(err, gocron.ErrOneTimeJobStartDateTimePast) {
		r.wake()
		return nil
	}
	if err != nil {
		return fmt.Errorf("arm: %w", err)
	}
	r.jobs[key] = job.ID()
	return nil
}

// start begins with an empty gocron; it does nothing when there is one.
func (r *runner) start() error {
	if r.gocron != nil {
		return nil
	}
	s, err := gocron.NewScheduler(gocron.WithClock(r.clock), gocron.WithLocation(time.UTC), gocron.WithStopTimeout(stopPatience))
	if err != nil {
		return fmt.Errorf("start gocron: %w", err)
	}
	s.Start()
	r.gocron = s
	return nil
}

// stop forgets every wake-up. arm begins anew.
func (r *runner) stop() error {
	if r.gocron == nil {
		return nil
	}
	s := r.gocron
	r.gocron = nil
	clear(r.jobs)
	if err := s.Shutdown(); err != nil {
		return fmt.Errorf("stop gocron: %w", err)
	}
	return nil
}

// wakeClock is the clock that gocron sees: the wall time that the Planner
// believes in, and the machine's monotonic timers. gocron asks for Now and
// AfterFunc only.
type wakeClock struct {
	clockwork.Clock
	now func() time.Time

	mu     sync.Mutex
	pinned time.Time
}

// pin makes the time stand still; the zero time lets it go on.
func (c *wakeClock) pin(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pinned = t
}

// Now is the wall time.
func (c *wakeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.pinned.IsZero() {
		return c.pinned
	}
	return c.now()
}
