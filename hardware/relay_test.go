package hardware_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"loalang/hardware"
)

// line records what a relay's line was told.
type line struct {
	mu     sync.Mutex
	sets   []bool
	fail   error
	closed bool
}

func (l *line) Set(on bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fail != nil {
		return l.fail
	}
	l.sets = append(l.sets, on)
	return nil
}

func (l *line) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	return nil
}

// told is how often the line was set.
func (l *line) told() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.sets)
}

func (l *line) last() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sets[len(l.sets)-1]
}

var ampConfig = hardware.AmpConfig{Settle: 2 * time.Second, Tail: time.Second, MaxOn: time.Hour, Now: time.Now}

// amps are the amplifiers that the one suite runs over.
func amps(t *testing.T) map[string]func() *hardware.Relay {
	return map[string]func() *hardware.Relay{
		"Relay": func() *hardware.Relay {
			r, err := hardware.NewRelay(&line{}, ampConfig)
			if err != nil {
				t.Fatal(err)
			}
			return r
		},
		"Sim": func() *hardware.Relay { return hardware.NewSim(ampConfig) },
	}
}

func TestAmpConformance(t *testing.T) {
	for name, open := range amps(t) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				amp := open()
				want := func(keyed bool, when string) {
					t.Helper()
					if got := amp.State(); got.Keyed != keyed || got.Fault != "" || got.Settle != 2*time.Second || got.Tail != time.Second {
						t.Errorf("%s: %+v, want keyed=%v", when, got, keyed)
					}
				}
				do := func(f func() error) {
					t.Helper()
					if err := f(); err != nil {
						t.Error(err)
					}
				}
				want(false, "at first")
				do(amp.Unkey)
				do(amp.Key)
				since := amp.State().Since
				time.Sleep(time.Minute)
				do(amp.Key)
				want(true, "keyed twice")
				if !amp.State().Since.Equal(since) {
					t.Error("a second Key changed since when it is on")
				}
				do(amp.Unkey)
				do(amp.Unkey)
				want(false, "unkeyed twice")
				do(amp.Key)
				do(amp.Close)
				want(false, "closed")
				do(amp.Close)
				do(amp.Unkey)
				if err := amp.Key(); !errors.Is(err, hardware.ErrClosed) {
					t.Errorf("key after close = %v, want ErrClosed", err)
				}
				want(false, "after all")
			})
		})
	}
}

func TestAmpGuard(t *testing.T) {
	for name, open := range amps(t) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				amp := open()
				_ = amp.Key()
				time.Sleep(50 * time.Minute)
				_ = amp.Key() // somebody still wants it: the guard starts anew
				time.Sleep(50 * time.Minute)
				if !amp.State().Keyed {
					t.Error("off 50 minutes after the last Key, the guard is an hour")
				}
				time.Sleep(11 * time.Minute)
				if got := amp.State(); got.Keyed || got.Fault == "" {
					t.Errorf("after the guard: %+v, want off with a fault", got)
				}
				_ = amp.Key()
				if got := amp.State(); !got.Keyed || got.Fault != "" {
					t.Errorf("keyed again: %+v, want on and well", got)
				}
				_ = amp.Close()
			})
		})
	}
}

func TestRelayDrivesItsLine(t *testing.T) {
	l := &line{}
	amp, err := hardware.NewRelay(l, ampConfig)
	if err != nil {
		t.Fatal(err)
	}
	_ = amp.Key()
	_ = amp.Unkey()
	_ = amp.Key()
	_ = amp.Close()
	if want := []bool{false, true, false, true, false}; !slices.Equal(l.sets, want) || !l.closed {
		t.Errorf("line was told %v, closed %v; want %v and closed", l.sets, l.closed, want)
	}
}

func TestRelayThatDoesNotAnswer(t *testing.T) {
	broken := errors.New("input/output error")
	if _, err := hardware.NewRelay(&line{fail: broken}, ampConfig); !errors.Is(err, broken) {
		t.Errorf("new relay = %v, want the line's error", err)
	}
	l := &line{}
	amp, err := hardware.NewRelay(l, ampConfig)
	if err != nil {
		t.Fatal(err)
	}
	defer amp.Close()
	l.fail = broken
	if err := amp.Key(); !errors.Is(err, broken) {
		t.Errorf("key = %v, want the line's error", err)
	}
	if got := amp.State(); got.Keyed || got.Fault == "" {
		t.Errorf("state = %+v, want not keyed and a fault", got)
	}
	l.fail = nil
	if err := amp.Key(); err != nil || amp.State().Fault != "" {
		t.Errorf("key again = %v, fault %q", err, amp.State().Fault)
	}
}

// An amplifier that its guard cannot switch off is tried until it goes off.
func TestGuardTriesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &line{}
		amp, err := hardware.NewRelay(l, ampConfig)
		if err != nil {
			t.Fatal(err)
		}
		defer amp.Close()
		_ = amp.Key()
		l.broken(errors.New("input/output error"))
		time.Sleep(ampConfig.MaxOn + time.Minute)
		synctest.Wait()
		if got := amp.State(); !got.Keyed || got.Fault == "" {
			t.Errorf("state = %+v, want still on, with a fault", got)
		}
		l.broken(nil)
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := amp.State(); got.Keyed || l.last() {
			t.Errorf("state = %+v, want off", got)
		}
	})
}

// broken makes every later Set fail with err; nil heals the line.
func (l *line) broken(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fail = err
}

// An amplifier that did not go off when it was told to is not left on: nobody
// tells it twice.
func TestUnkeyTriesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &line{}
		amp, err := hardware.NewRelay(l, ampConfig)
		if err != nil {
			t.Fatal(err)
		}
		defer amp.Close()
		broken := errors.New("input/output error")
		unkey := func() {
			t.Helper()
			l.broken(broken)
			if err := amp.Unkey(); !errors.Is(err, broken) {
				t.Errorf("unkey = %v, want the line's error", err)
			}
			time.Sleep(10 * time.Second)
			if got := amp.State(); !got.Keyed || got.Fault == "" {
				t.Errorf("state = %+v, want still on, with a fault", got)
			}
			l.broken(nil)
		}
		_ = amp.Key()
		unkey()
		time.Sleep(2 * time.Second)
		if got := amp.State(); got.Keyed || got.Fault != "" || l.last() {
			t.Errorf("state = %+v, want off and well", got)
		}
		_ = amp.Key()
		unkey()
		_ = amp.Key() // somebody wants it again
		time.Sleep(10 * time.Second)
		if !amp.State().Keyed || !l.last() {
			t.Error("an Unkey of before switched it off")
		}
	})
}

// For how long an amplifier has been as it is follows no step of the board's time.
func TestStepOfTheClockIsNoTimeOn(t *testing.T) {
	wall, mono := time.Date(2026, 11, 26, 5, 0, 0, 0, time.UTC), time.Minute
	cfg := ampConfig
	cfg.Now, cfg.Mono = func() time.Time { return wall }, func() time.Duration { return mono }
	amp := hardware.NewSim(cfg)
	if err := amp.Key(); err != nil {
		t.Fatal(err)
	}
	wall, mono = wall.Add(7*time.Hour), mono+10*time.Second
	if err := amp.Key(); err != nil {
		t.Fatal(err)
	}
	if s := amp.State(); s.Turned != time.Minute {
		t.Errorf("on since %v, want a minute", s.Turned)
	}
	if err := amp.Unkey(); err != nil {
		t.Fatal(err)
	}
	if s := amp.State(); s.Turned != mono {
		t.Errorf("off since %v, want %v", s.Turned, mono)
	}
}
