package hardware_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"loalang/hardware"
)

// socket is where a line is to be had, or is not.
type socket struct {
	mu    sync.Mutex
	line  *line // the newest
	fail  error
	asked int
}

func (s *socket) open() (hardware.Line, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	if s.fail != nil {
		return nil, s.fail
	}
	s.line = &line{}
	return s.line, nil
}

// fails has a line to be had no more, or again.
func (s *socket) fails(with error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = with
}

// newest is the line that was had last, and how often one was asked for.
func (s *socket) newest() (l *line, asked int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.line, s.asked
}

// A line that is missing is told of, asked for again, and then is what was last wanted.
func TestMissingLineIsAskedForAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		busy := errors.New(`held by "gpioset": device or resource busy: end it, or wire the relay to another line`)
		s := &socket{fail: busy}
		amp := hardware.OpenRelay(s.open, ampConfig)
		defer amp.Close()
		if got := amp.State(); got.Keyed || !got.Missing || !strings.Contains(got.Fault, "gpioset") {
			t.Errorf("state = %+v, want missing, and by whom it is held", got)
		}
		if err := amp.Key(); !errors.Is(err, busy) {
			t.Errorf("key = %v, want why there is no line", err)
		}
		time.Sleep(time.Minute)
		if _, asked := s.newest(); asked < 10 {
			t.Errorf("asked %d times within a minute", asked)
		}
		s.fails(nil)
		time.Sleep(6 * time.Second)
		synctest.Wait()
		l, _ := s.newest()
		if got := amp.State(); !got.Keyed || got.Missing || got.Fault != "" || !l.last() {
			t.Errorf("state = %+v, want on: it was keyed, and nobody unkeyed it", got)
		}
		if err := amp.Unkey(); err != nil || l.last() {
			t.Errorf("unkey = %v", err)
		}
	})
}

// Nobody is told of a failure to switch off what is not there, and it comes back OFF.
func TestMissingLineIsOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &socket{fail: errors.New("no such device")}
		amp := hardware.OpenRelay(s.open, ampConfig)
		defer amp.Close()
		_ = amp.Key()
		if err := amp.Unkey(); err != nil {
			t.Errorf("unkey = %v", err)
		}
		s.fails(nil)
		time.Sleep(6 * time.Second)
		synctest.Wait()
		l, _ := s.newest()
		if got := amp.State(); got.Keyed || got.Missing || l.last() {
			t.Errorf("state = %+v, want off", got)
		}
	})
}

// An adapter that is pulled out while it is on is opened anew, and is on again.
func TestPulledLineComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &socket{}
		amp := hardware.OpenRelay(s.open, ampConfig)
		defer amp.Close()
		if err := amp.Key(); err != nil {
			t.Fatal(err)
		}
		pulled, _ := s.newest()
		pulled.broken(errors.New("input/output error"))
		if err := amp.Key(); err == nil || !pulled.closed {
			t.Errorf("key = %v, the old line closed: %v", err, pulled.closed)
		}
		time.Sleep(6 * time.Second)
		synctest.Wait()
		l, _ := s.newest()
		if got := amp.State(); !got.Keyed || l == pulled || !l.last() {
			t.Errorf("state = %+v, want on by a new line", got)
		}
	})
}

// What needs no relay is heard without it; State tells of the fault all the same.
func TestOptionalRelay(t *testing.T) {
	cfg := ampConfig
	cfg.Optional = true
	amp := hardware.OpenRelay((&socket{fail: errors.New("no such device")}).open, cfg)
	defer amp.Close()
	if err := amp.Key(); err != nil {
		t.Errorf("key = %v", err)
	}
	if got := amp.State(); got.Keyed || got.Fault == "" || !got.Optional {
		t.Errorf("state = %+v", got)
	}
}

// An amplifier that just went off stays off for its time, however often it is keyed.
func TestMinimumOffTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := ampConfig
		began := time.Now()
		cfg.MinOff, cfg.Mono, cfg.Fresh = 5*time.Second, func() time.Duration { return time.Hour + time.Since(began) }, true
		l := &line{}
		amp, err := hardware.NewRelay(l, cfg)
		if err != nil {
			t.Fatal(err)
		}
		defer amp.Close()
		if err := amp.Key(); err != nil {
			t.Errorf("the first key = %v: it was never on", err)
		}
		_ = amp.Unkey()
		time.Sleep(3 * time.Second)
		if err := amp.Key(); !errors.Is(err, hardware.ErrResting) || l.last() {
			t.Errorf("key after 3 s = %v, want ErrResting", err)
		}
		if got := amp.State().Resting; got != 2*time.Second {
			t.Errorf("it rests for %v more, want 2s", got)
		}
		time.Sleep(2 * time.Second)
		if err := amp.Key(); err != nil || !l.last() || amp.State().Resting != 0 {
			t.Errorf("key after 5 s = %v, %+v", err, amp.State())
		}
	})
}

// A run of the program that died with the amplifier on is followed by the same time off.
func TestMinimumOffTimeBehindACrash(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := ampConfig
		began := time.Now()
		cfg.MinOff, cfg.Mono = 5*time.Second, func() time.Duration { return time.Hour + time.Since(began) }
		l := &line{}
		amp, err := hardware.NewRelay(l, cfg)
		if err != nil {
			t.Fatal(err)
		}
		defer amp.Close()
		time.Sleep(3 * time.Second)
		if err := amp.Key(); !errors.Is(err, hardware.ErrResting) || l.last() || amp.State().Resting != 2*time.Second {
			t.Errorf("key after 3 s = %v, %+v; want ErrResting", err, amp.State())
		}
		time.Sleep(2 * time.Second)
		if err := amp.Key(); err != nil || !l.last() {
			t.Errorf("key after 5 s = %v", err)
		}
	})
}

// A line that was pulled out while it was on, and is there again, stays off for as long as
// any other; then it is on, and a line that nobody wants stays off.
func TestPulledLineStaysOffForItsTime(t *testing.T) {
	for name, wanted := range map[string]bool{"Wanted": true, "Unkeyed": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cfg := ampConfig
				began := time.Now()
				cfg.MinOff, cfg.Mono, cfg.Fresh = 12*time.Second, func() time.Duration { return time.Hour + time.Since(began) }, true
				s := &socket{}
				amp := hardware.OpenRelay(s.open, cfg)
				defer amp.Close()
				if err := amp.Key(); err != nil {
					t.Fatal(err)
				}
				pulled := s.line
				pulled.broken(errors.New("input/output error"))
				_ = amp.Key()
				time.Sleep(6 * time.Second)
				synctest.Wait()
				if got := amp.State(); got.Keyed || got.Missing || s.line == pulled || s.line.last() || got.Resting != 6*time.Second {
					t.Errorf("state = %+v, want there again, and off", got)
				}
				if !wanted {
					_ = amp.Unkey()
				}
				time.Sleep(7 * time.Second)
				synctest.Wait()
				if got := amp.State(); got.Keyed != wanted || s.line.last() != wanted {
					t.Errorf("state = %+v, want keyed %v", got, wanted)
				}
			})
		})
	}
}

// A relay that failed to switch on may be on all the same: the guard runs for it, too.
func TestGuardOfARelayThatMayBeOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &line{}
		amp, err := hardware.NewRelay(l, ampConfig)
		if err != nil {
			t.Fatal(err)
		}
		defer amp.Close()
		l.broken(errors.New("one of two answers"))
		_ = amp.Key()
		l.broken(nil)
		told := l.told()
		time.Sleep(ampConfig.MaxOn + time.Second)
		synctest.Wait()
		if l.told() == told || l.last() {
			t.Errorf("after the longest time on, its line was told %d times, and is on: %v", l.told()-told, l.last())
		}
	})
}
