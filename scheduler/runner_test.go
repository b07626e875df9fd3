package scheduler_test

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"loalang/scheduler"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// waker is a runner inside a synctest bubble, with a wall clock that can be
// stepped away from the timers.
type waker struct {
	scheduler.Waker
	offset time.Duration
}

func newWaker(t *testing.T) *waker {
	t.Helper()
	w := &waker{}
	w.Waker = scheduler.NewWaker(w.now)
	t.Cleanup(func() {
		if err := w.Stop(); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return w
}

func (w *waker) now() time.Time { return time.Now().Add(w.offset) }

func (w *waker) arm(t *testing.T, in ...time.Duration) {
	t.Helper()
	now := w.now()
	var instants []time.Time
	for _, d := range in {
		instants = append(instants, now.Add(d))
	}
	if err := w.Arm(now, instants...); err != nil {
		t.Fatalf("arm: %v", err)
	}
}

// wokenAfter says after how long the next wake-up came; -1 when none came.
func (w *waker) wokenAfter(limit time.Duration) time.Duration {
	began := time.Now()
	select {
	case <-w.Woken():
		return time.Since(began)
	case <-time.After(limit):
		return -1
	}
}

func TestRunnerWakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWaker(t)
		w.arm(t, 5*time.Second, 65*time.Second)
		if got := w.wokenAfter(time.Hour); got != 5*time.Second {
			t.Errorf("first after %s", got)
		}
		if got := w.wokenAfter(time.Hour); got != time.Minute {
			t.Errorf("second after another %s", got)
		}
		if got := w.wokenAfter(time.Hour); got != -1 {
			t.Errorf("a third after another %s", got)
		}
	})
}

// TestRunnerCallsThePast: gocron refuses past one-time jobs, so what is due
// already wakes at once.
func TestRunnerCallsThePast(t *testing.T) {
	for name, in := range map[string]time.Duration{"an hour ago": -time.Hour, "this instant": 0} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWaker(t)
				w.arm(t, in)
				if got := w.wokenAfter(time.Second); got != 0 {
					t.Errorf("woken after %s", got)
				}
				if w.Held() != 0 {
					t.Errorf("gocron holds %d jobs", w.Held())
				}
			})
		})
	}
}

// TestRunnerSurvivesAnInstantThatPassesWhileItIsArmed: gocron reads its clock
// again after it has accepted a job, and loops for ever when the instant lies
// before that second reading.
func TestRunnerSurvivesAnInstantThatPassesWhileItIsArmed(t *testing.T) {
	base := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	for passes := range int64(16) { // at which reading, whichever gocron makes
		var readings atomic.Int64
		w := scheduler.NewWaker(func() time.Time {
			if readings.Add(1) > passes {
				return base.Add(time.Minute)
			}
			return base
		})
		armed := make(chan error, 1)
		go func() { armed <- w.Arm(base, base.Add(time.Second)) }()
		select {
		case err := <-armed:
			if err != nil {
				t.Errorf("arm: %v", err)
			}
		case <-time.After(2 * time.Minute):
			t.Fatal("gocron took the job and never came back")
		}
		if err := w.Stop(); err != nil {
			t.Errorf("stop: %v", err)
		}
	}
}

// TestRunnerForgetsWhatIsDone: gocron keeps finished one-time jobs for ever.
func TestRunnerForgetsWhatIsDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWaker(t)
		for range 61 {
			w.arm(t, time.Second)
			if got := w.wokenAfter(time.Minute); got != time.Second {
				t.Fatalf("woken after %s", got)
			}
		}
		w.arm(t)
		synctest.Wait()
		if got := w.Held(); got != 0 {
			t.Errorf("gocron holds %d jobs", got)
		}
	})
}

// TestRunnerArmsTenMinutesOnly and disarms what is wanted no more.
func TestRunnerArmsTenMinutesOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWaker(t)
		w.arm(t, time.Minute, 9*time.Minute, 10*time.Minute, 11*time.Minute, 7*24*time.Hour)
		synctest.Wait()
		if got := w.Held(); got != 3 {
			t.Errorf("gocron holds %d jobs, want 3", got)
		}
		w.arm(t, 9*time.Minute)
		synctest.Wait()
		if got := w.Held(); got != 1 {
			t.Errorf("gocron holds %d jobs, want 1", got)
		}
		if got := w.wokenAfter(time.Hour); got != 9*time.Minute {
			t.Errorf("woken after %s", got)
		}
	})
}

// TestRunnerAfterAStep: gocron does not notice a step of the clock; thrown away
// and armed anew it wakes at the right instant.
func TestRunnerAfterAStep(t *testing.T) {
	for name, step := range map[string]time.Duration{"an hour on": time.Hour, "an hour back": -time.Hour, "from 1970": 56 * 365 * 24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWaker(t)
				w.arm(t, 5*time.Minute)
				w.offset = step
				if err := w.Stop(); err != nil {
					t.Fatalf("stop: %v", err)
				}
				if w.Held() != -1 {
					t.Error("gocron still runs")
				}
				w.arm(t, 2*time.Minute)
				if got := w.wokenAfter(time.Hour); got != 2*time.Minute {
					t.Errorf("woken after %s", got)
				}
				if got := w.wokenAfter(time.Hour); got != -1 {
					t.Errorf("the old wake-up came after another %s", got)
				}
			})
		})
	}
}
