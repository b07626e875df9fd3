package hardware_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"loalang/hardware"
)

// expander is the chip of a board behind a bus that can be disturbed.
type expander struct {
	mu     sync.Mutex
	board  board
	reads  []error // what becomes of the coming reads; nil: it goes well
	bus    error   // what becomes of all else, and of the reads behind those; nil: it goes well
	falls  int     // how often the pin went off
	asked  int     // how often its line was asked for
	looked int     // how often the pin was read
}

// keyed is the relay behind an expander, switched on, with its amp-min-off.
func keyed(t *testing.T, e *expander, pumped bool, minOff time.Duration) *hardware.Relay {
	t.Helper()
	cfg := ampConfig
	began := time.Now()
	cfg.MinOff, cfg.Mono, cfg.Fresh = minOff, func() time.Duration { return time.Hour + time.Since(began) }, true
	g := e.board.gpio(t).FakeKernel(func(request uintptr, arg unsafe.Pointer) error { return e.answer(t, request, arg) })
	r := hardware.Rack{GPIO: g}.Relay(hardware.Switch{Chip: "gpiochip0", Line: "1", Pumped: pumped, Settle: -1, Tail: -1}, cfg)
	if err := r.Key(); err != nil {
		t.Fatal(err)
	}
	return r
}

func (e *expander) answer(t *testing.T, request uintptr, arg unsafe.Pointer) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	was := e.board.values
	switch request {
	case unix.GPIO_V2_LINE_GET_VALUES_IOCTL:
		e.looked++
		if len(e.reads) > 0 {
			err := e.reads[0]
			if e.reads = e.reads[1:]; err != nil {
				return err
			}
		}
	case unix.GPIO_V2_GET_LINE_IOCTL:
		e.asked++
		if e.bus == nil {
			e.board.values = 0 // it is asked for as an output that is OFF
		}
	}
	if e.bus != nil {
		return e.bus
	}
	err := e.board.answer(t, request, arg)
	if was == 1 && e.board.values == 0 {
		e.falls++
	}
	return err
}

// next says what becomes of the coming reads.
func (e *expander) next(reads ...error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.reads = reads
}

// hangs says what becomes of everything.
func (e *expander) hangs(with error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.bus = with
}

// counted is how often the pin fell, the line was asked for, and the pin was read.
func (e *expander) counted() (falls, asked, looked int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.falls, e.asked, e.looked
}

// passing are the errors of a bus that a contactor disturbs. ENXIO is among them: so many I2C
// adapters tell that nobody acknowledged an address.
var passing = []error{unix.EREMOTEIO, unix.ETIMEDOUT, unix.EIO, unix.ENXIO, unix.EAGAIN, unix.EPROTO}

// One failed read-back, by a bus that the contactor disturbs, switched the amplifier off for five
// seconds in the middle of a word: behind its switching or later, it stays on, and nobody is told.
func TestOneFailedReadBackSwitchesNothingOff(t *testing.T) {
	for _, err := range passing {
		for name, after := range map[string]time.Duration{"AsItIsSwitched": 0, "BehindTheSecondLook": 30 * time.Millisecond, "Later": 5 * time.Second} {
			t.Run(err.Error()+"/"+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					e := &expander{}
					r := keyed(t, e, false, 0)
					defer r.Close()
					if after == 0 {
						e.next(nil, err) // by the first look it is one that can be read
					} else {
						time.Sleep(after)
						e.next(err)
					}
					for range 120 {
						time.Sleep(25 * time.Millisecond)
						synctest.Wait()
						if s := r.State(); !s.Keyed || s.Fault != "" {
							t.Fatalf("%+v", s)
						}
					}
					if falls, asked, looked := e.counted(); falls != 0 || asked != 1 || looked < 4 {
						t.Errorf("it fell %d times, its line was asked for %d times, its pin read %d times", falls, asked, looked)
					}
				})
			})
		}
	}
}

// An amplifier that is on is keyed anew with each notice and each cycle of a siren: one that the
// bus did not take switched it off for a second and its settling, though it was on.
func TestOneFailedRenewalSwitchesNothingOff(t *testing.T) {
	for _, err := range passing {
		t.Run(err.Error(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := &expander{}
				r := keyed(t, e, false, 0)
				defer r.Close()
				time.Sleep(5*time.Second + 5*time.Millisecond)
				e.hangs(err)
				if err := r.Key(); err != nil {
					t.Errorf("keyed again: %v", err)
				}
				time.Sleep(100 * time.Millisecond)
				e.hangs(nil)
				for range 4 {
					time.Sleep(500 * time.Millisecond)
					synctest.Wait()
					if s := r.State(); !s.Keyed || s.Fault != "" {
						t.Fatalf("%+v", s)
					}
				}
				if falls, asked, _ := e.counted(); falls != 0 || asked != 1 {
					t.Errorf("it fell %d times, its line was asked for %d times", falls, asked)
				}
			})
		})
	}
}

// A bus that takes nothing any more is told of, by the third at last; and one that never took
// the first is no amplifier that is on.
func TestARenewalThatIsNeverTakenIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &expander{}
		r := keyed(t, e, false, 0)
		defer r.Close()
		time.Sleep(5*time.Second + 5*time.Millisecond)
		e.hangs(unix.EREMOTEIO)
		var err error
		for range 3 {
			err = r.Key()
		}
		if s := r.State(); err == nil || s.Keyed || s.Fault == "" {
			t.Errorf("%v, %+v", err, s)
		}
		e.hangs(nil)
		if err := r.Unkey(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(6 * time.Second)
		e.hangs(unix.EREMOTEIO)
		if err := r.Key(); err == nil || r.State().Keyed {
			t.Errorf("what was off: %v, %+v", err, r.State())
		}
	})
}

// Two in a row are told of until one goes well, and switch nothing off either.
func TestTwoFailedReadBacksAreToldAndSwitchNothingOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &expander{}
		r := keyed(t, e, false, 0)
		defer r.Close()
		time.Sleep(5 * time.Second)
		e.next(unix.ENXIO, unix.EREMOTEIO)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if s := r.State(); !s.Keyed || s.Trouble != hardware.TroubleMute || !strings.Contains(s.Fault, "cannot be read") {
			t.Errorf("%+v", s)
		}
		if err := r.Key(); err != nil || r.State().Fault == "" {
			t.Errorf("key = %v, %+v: that it was keyed anew does not say that it can be read", err, r.State())
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if s := r.State(); !s.Keyed || s.Fault != "" || s.Trouble != hardware.NoTrouble {
			t.Errorf("read again: %+v", s)
		}
		if falls, asked, _ := e.counted(); falls != 0 || asked != 1 {
			t.Errorf("it fell %d times, its line was asked for %d times", falls, asked)
		}
	})
}

// From the third in a row on, and at once where the chip is gone, another line is asked for: what
// was on is on again in the same moment, not five seconds later.
func TestALineThatCannotBeReadIsAskedForAnewAtOnce(t *testing.T) {
	for name, reads := range map[string][]error{"Disturbed": {unix.EREMOTEIO, unix.ETIMEDOUT, unix.EREMOTEIO}, "Gone": {unix.ENODEV}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := &expander{}
				r := keyed(t, e, false, 0)
				defer r.Close()
				time.Sleep(5 * time.Second)
				e.next(reads...)
				time.Sleep(time.Duration(len(reads)) * time.Second)
				synctest.Wait()
				if s := r.State(); !s.Keyed || s.Missing || s.Fault != "" {
					t.Errorf("%+v", s)
				}
				if falls, asked, _ := e.counted(); falls != 1 || asked != 2 {
					t.Errorf("it fell %d times, its line was asked for %d times", falls, asked)
				}
			})
		})
	}
}

// A bus that takes what it is told and never lets the pin be read has no contactor go on and off
// each moment.
func TestALineThatCanNeverBeReadIsNotSwitchedOnAndOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &expander{}
		r := keyed(t, e, false, 0)
		defer r.Close()
		time.Sleep(5 * time.Second)
		never := make([]error, 1000)
		for i := range never {
			never[i] = unix.ETIMEDOUT
		}
		e.next(never...)
		time.Sleep(time.Minute)
		synctest.Wait()
		if falls, _, _ := e.counted(); falls > 10 {
			t.Errorf("it fell %d times in a minute", falls)
		}
	})
}

// What amp-min-off asks for counts from when the relay fell, which nobody saw: not from when its
// line was given back on a bus that took nothing, but from when it was had again.
func TestARelayThatMayNotHaveFallenStaysOffForItsTime(t *testing.T) {
	for name, hung := range map[string]time.Duration{"AtOnce": 0, "OnceTheBusAnswers": 30 * time.Second} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := &expander{}
				r := keyed(t, e, false, 12*time.Second)
				defer r.Close()
				time.Sleep(5 * time.Second)
				if hung == 0 {
					e.next(unix.EREMOTEIO, unix.EREMOTEIO, unix.EREMOTEIO)
				} else {
					e.hangs(unix.ETIMEDOUT)
				}
				time.Sleep(3*time.Second + hung)
				synctest.Wait()
				e.hangs(nil)
				if hung > 0 {
					if s := r.State(); s.Keyed || !s.Missing {
						t.Errorf("on a bus that hangs: %+v", s)
					}
					if err := r.Key(); !errors.Is(err, hardware.ErrResting) {
						t.Errorf("key = %v, want ErrResting: it fell just now", err)
					}
				}
				if s := r.State(); s.Keyed || s.Missing || s.Fault != "" || s.Resting < 11*time.Second {
					t.Errorf("had again: %+v", s)
				}
				time.Sleep(11 * time.Second)
				synctest.Wait()
				if s := r.State(); s.Keyed {
					t.Errorf("before its time: %+v", s)
				}
				time.Sleep(2 * time.Second)
				synctest.Wait()
				if s := r.State(); !s.Keyed || s.Fault != "" {
					t.Errorf("behind its time: %+v", s)
				}
				if falls, _, _ := e.counted(); falls != 1 {
					t.Errorf("it fell %d times", falls)
				}
			})
		})
	}
}

// A charge pump goes on over a level that could not be read, and over a pulse that could not be
// set: one of a hundred a second was enough to end them all.
func TestOneFailedReadBackEndsNoPulses(t *testing.T) {
	for name, fails := range map[string]func(e *expander){
		"Read":   func(e *expander) { e.next(unix.EREMOTEIO) },
		"Reads":  func(e *expander) { e.next(unix.EREMOTEIO, nil, unix.EREMOTEIO, unix.ETIMEDOUT, nil, unix.EIO) },
		"Pulses": func(e *expander) { e.hangs(unix.EREMOTEIO); time.Sleep(20 * time.Millisecond); e.hangs(nil) },
		"Inrush": func(e *expander) { e.hangs(unix.EREMOTEIO); time.Sleep(time.Second); e.hangs(nil) }, // over one look
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := &expander{}
				r := keyed(t, e, true, 0)
				defer r.Close()
				time.Sleep(5*time.Second + 5*time.Millisecond)
				fails(e)
				for range 8 {
					time.Sleep(500 * time.Millisecond)
					synctest.Wait()
					if s := r.State(); !s.Keyed || s.Fault != "" {
						t.Fatalf("%+v", s)
					}
					if err := r.Key(); err != nil {
						t.Fatalf("keyed again: %v", err)
					}
				}
				if _, asked, _ := e.counted(); asked != 1 {
					t.Errorf("its line was asked for %d times", asked)
				}
			})
		})
	}
}
