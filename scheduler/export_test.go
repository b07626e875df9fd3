package scheduler

import "time"

// Waker opens the runner to its tests: gocron's traps are tried on it alone.
type Waker struct{ r *runner }

// NewWaker prepares a runner on a clock.
func NewWaker(now func() time.Time) Waker { return Waker{newRunner(now)} }

// Arm makes the wake-ups those at the given instants.
func (w Waker) Arm(now time.Time, instants ...time.Time) error { return w.r.arm(now, instants) }

// Woken delivers wake-ups.
func (w Waker) Woken() <-chan struct{} { return w.r.woken }

// Stop forgets every wake-up.
func (w Waker) Stop() error { return w.r.stop() }

// Held is how many jobs gocron holds; -1 while it is stopped.
func (w Waker) Held() int {
	if w.r.gocron == nil {
		return -1
	}
	return len(w.r.gocron.Jobs())
}

// StillMeans says whether an occurrence that was handed over is still what the book says.
func StillMeans(b Book, o Occurrence) bool { return b.stillMeans(o) }
