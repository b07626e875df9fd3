package health_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"loalang/health"
)

// book keeps in memory, and fails when it is told to.
type book struct {
	mu      sync.Mutex
	kept    health.History
	writes  int
	failing bool
}

func (b *book) NoteHealth(_ context.Context, more health.History, _ time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failing {
		return errors.New("the disk is full")
	}
	b.writes++
	b.kept.Changes = append(b.kept.Changes, more.Changes...)
	b.kept.Fine = append(b.kept.Fine, more.Fine...)
	b.kept.Coarse = append(b.kept.Coarse, more.Coarse...)
	return nil
}

func (b *book) HealthHistory(context.Context) (health.History, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failing {
		return health.History{}, errors.New("the disk is full")
	}
	return b.kept, nil
}

func (b *book) look(f func(b *book)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f(b)
}

// board is measured as the test wants it.
type board struct {
	mu   sync.Mutex
	m    health.Measurement
	hang chan struct{}
	lamp health.Level
	// stepped is by how much the board's time was set.
	stepped time.Duration
}

func (b *board) measure(context.Context) health.Measurement {
	b.mu.Lock()
	m, hang, stepped := b.m, b.hang, b.stepped
	b.mu.Unlock()
	if hang != nil {
		<-hang
	}
	m.At = time.Now().Add(stepped)
	return m
}

func (b *board) set(f func(b *board)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f(b)
}

func (b *board) ShowHealth(l health.Level) { b.set(func(b *board) { b.lamp = l }) }

// unset is a clock that nobody sets.
func unset() func() time.Duration {
	began := time.Now()
	return func() time.Duration { return time.Hour + time.Since(began) }
}

func watching(t *testing.T, b *board, k *book, during func(w *health.Watch)) {
	t.Helper()
	w := health.NewWatch(health.WatchConfig{Measure: b.measure, Limits: health.DefaultLimits(), Book: k, Lamp: b, Now: time.Now, Mono: unset(), Log: slog.New(slog.DiscardHandler)})
	ctx, end := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	synctest.Wait()
	during(w)
	end()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// freshly is a board that is well, measured at the time of the test.
func freshly() *board {
	m := well()
	m.Backup, m.Plan = nil, nil // their ages are those of another day
	return &board{m: m}
}

func TestWatchKeepsChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, k := freshly(), &book{}
		watching(t, b, k, func(w *health.Watch) {
			if r := w.Report(); r.Level() != health.Good || b.lamp != health.Good {
				t.Errorf("at the first look: %s, the lamp %s", r.Level(), b.lamp)
			}
			b.set(func(b *board) { b.m.Temperature = of(90.0) })
			time.Sleep(health.Every)
			synctest.Wait()
			if r := w.Report(); r.Level() != health.Fault || b.lamp != health.Fault {
				t.Errorf("a fault is told at once: %s, the lamp %s", r.Level(), b.lamp)
			}
			b.set(func(b *board) { b.m.Temperature = of(50.0) })
			time.Sleep(time.Minute)
			if h := w.History(); len(h.Changes) > 0 {
				t.Errorf("what came and went within seconds is kept: %+v", h.Changes)
			}
			b.set(func(b *board) { b.m.Temperature = of(90.0) })
			time.Sleep(time.Minute)
			b.set(func(b *board) { b.m.Temperature = of(50.0) })
			time.Sleep(5*time.Minute + health.Every)
			h := w.History()
			if len(h.Changes) != 2 || h.Changes[0].Code != health.TemperatureHot || h.Changes[1].Code != health.TemperatureGood {
				t.Errorf("kept %+v", h.Changes)
			}
			k.look(func(k *book) {
				if len(k.kept.Changes) != 2 {
					t.Errorf("the book has %+v", k.kept.Changes)
				}
			})
		})
	})
}

// A board in a hot box, whose temperature went up and down about its limit, filled within half a day
// all that is kept of the history, and the log.
func TestWhatHoversAboutItsLimitFillsNoHistory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, k := freshly(), &book{}
		watching(t, b, k, func(w *health.Watch) {
			for range 6 * 60 {
				for _, now := range []float64{76, 74} {
					b.set(func(b *board) { b.m.Temperature = of(now) })
					time.Sleep(time.Minute)
				}
			}
			if h := w.History(); len(h.Changes) != 1 || h.Changes[0].Code != health.TemperatureWarm {
				t.Errorf("in half a day %d changes are kept: %+v", len(h.Changes), h.Changes)
			}
		})
	})
}

// A fault that stood before a restart is no change after it.
func TestWatchGoesOnAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, k := freshly(), &book{}
		b.m.Disk.ReadOnly = true
		for range 3 {
			watching(t, b, k, func(*health.Watch) { time.Sleep(2 * time.Minute) })
		}
		if len(k.kept.Changes) != 1 {
			t.Errorf("kept %+v", k.kept.Changes)
		}
	})
}

// A measuring that hung left the lamp and the history as they were: it beats each time it
// came back.
func TestWatchBeatsUnlessItHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := freshly()
		beats := 0 // of Run's goroutine, read while that waits
		w := health.NewWatch(health.WatchConfig{
			Measure: b.measure, Limits: health.DefaultLimits(), Beat: func() { beats++ }, Now: time.Now, Mono: unset(), Log: slog.New(slog.DiscardHandler),
		})
		ctx, end := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- w.Run(ctx) }()
		time.Sleep(time.Minute + time.Second)
		synctest.Wait()
		before := beats
		if before != 7 {
			t.Errorf("%d beats in a minute", before)
		}
		hang := make(chan struct{})
		b.set(func(b *board) { b.hang = hang })
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		if beats != before {
			t.Error("it beats though it hangs")
		}
		b.set(func(b *board) { b.hang = nil })
		close(hang)
		end()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// Samples are bounded in number, in memory and in writes, and nothing is lost while the
// book cannot be written.
func TestWatchSamples(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, k := freshly(), &book{}
		watching(t, b, k, func(w *health.Watch) {
			time.Sleep(26 * time.Hour)
			h := w.History()
			if n := len(h.Fine); n < 287 || n > 290 {
				t.Errorf("%d samples of a day", n)
			}
			if n := len(h.Coarse); n != 13 && n != 12 {
				t.Errorf("%d samples of 26 hours", n)
			}
			k.look(func(k *book) {
				if k.writes > 26*12+2 {
					t.Errorf("%d writes in 26 hours", k.writes)
				}
				k.failing = true
			})
			before := len(h.Coarse)
			time.Sleep(10 * time.Hour)
			k.look(func(k *book) { k.failing = false })
			time.Sleep(10 * time.Minute)
			k.look(func(k *book) {
				if got := len(k.kept.Coarse); got < before+4 {
					t.Errorf("%d coarse samples came through a full disk, of %d before", got, before)
				}
			})
		})
	})
}

// Whoever measures and does not come back is told as a hang, not as the last that was well.
func TestWatchThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, k := freshly(), &book{}
		watching(t, b, k, func(w *health.Watch) {
			hang := make(chan struct{})
			b.set(func(b *board) { b.hang = hang })
			time.Sleep(5 * time.Minute)
			if f := w.Report().Of(health.Program); f.Code != health.ProgramHangs || f.Level != health.Fault {
				t.Errorf("said %+v", f)
			}
			b.set(func(b *board) { b.hang = nil })
			close(hang)
		})
	})
}

// Hours by which the board's time is set between two looks make no report old, and do not
// hide that whoever measures hangs.
func TestStepOfTheClockIsNoAgeOfTheReport(t *testing.T) {
	for name, step := range map[string]time.Duration{"Forward": 7 * time.Hour, "Back": -7 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := freshly()
				w := health.NewWatch(health.WatchConfig{
					Measure: b.measure, Limits: health.DefaultLimits(), Now: func() time.Time {
						b.mu.Lock()
						defer b.mu.Unlock()
						return time.Now().Add(b.stepped)
					}, Mono: unset(), Log: slog.New(slog.DiscardHandler),
				})
				ctx, end := context.WithCancel(t.Context())
				done := make(chan error, 1)
				go func() { done <- w.Run(ctx) }()
				synctest.Wait()
				b.set(func(b *board) { b.stepped = step })
				if f := w.Report().Of(health.Program); f.Code != health.ProgramRuns {
					t.Errorf("after the step it says %+v", f)
				}
				hang := make(chan struct{})
				b.set(func(b *board) { b.hang = hang })
				time.Sleep(5 * time.Minute)
				if f := w.Report().Of(health.Program); f.Code != health.ProgramHangs {
					t.Errorf("of a measuring that hangs it says %+v", f)
				}
				b.set(func(b *board) { b.hang = nil })
				close(hang)
				end()
				if err := <-done; err != nil {
					t.Error(err)
				}
			})
		})
	}
}
