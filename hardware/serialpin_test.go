package hardware_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"

	"loalang/hardware"
)

// portFile is a file that stands for a port.
func portFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ttyUSB0")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// pinRelay is a relay behind an output of a port.
func pinRelay(ports *hardware.Serial, path string, change ...func(*hardware.AmpConfig)) *hardware.Relay {
	cfg := ampConfig
	for _, c := range change {
		c(&cfg)
	}
	return hardware.Rack{Serial: ports}.Relay(hardware.Switch{Path: path, Pin: hardware.RTS, Settle: -1, Tail: -1}, cfg)
}

// An adapter that hangs, while it is opened or while it is switched, holds back neither
// who keys it nor the relays of other adapters nor the watchdog. It is not on, is told of
// within a few seconds, and is on when it answers.
func TestAdapterThatHangsHoldsNobodyBack(t *testing.T) {
	for _, where := range []string{"opened", "switched"} {
		t.Run(where, func(t *testing.T) {
			hangs, good := portFile(t), portFile(t)
			synctest.Test(t, func(t *testing.T) {
				answers, opened := make(chan struct{}), atomic.Int64{}
				ports := hardware.FakeModems(func(path string) (hardware.Modem, error) {
					m := &modem{}
					if path != hangs {
						return m, nil
					}
					opened.Add(1)
					if where == "opened" {
						<-answers
					}
					m.hangs = answers
					return m, nil
				})
				began := time.Now()
				hung, well := pinRelay(ports, hangs), pinRelay(ports, good)
				for _, r := range []*hardware.Relay{hung, well} {
					if err := r.Key(); err != nil {
						t.Error(err)
					}
					r.Await()
				}
				if took := time.Since(began); took > 0 {
					t.Errorf("it took %v", took)
				}
				time.Sleep(100 * time.Millisecond)
				if !well.State().Keyed || hung.State().Keyed {
					t.Errorf("well %+v, hung %+v", well.State(), hung.State())
				}
				for range 20 {
					time.Sleep(time.Second)
					_ = hung.Key() // as an emergency renews it
				}
				if s := hung.State(); s.Keyed || s.Trouble != hardware.TroubleMute || !strings.Contains(s.Fault, hangs) {
					t.Errorf("state = %+v, want that it does not answer", s)
				}
				time.Sleep(2 * time.Minute)
				if n := opened.Load(); n != 1 {
					t.Errorf("it was opened %d times while it hung", n)
				}
				close(answers)
				time.Sleep(12 * time.Second)
				if s := hung.State(); !s.Keyed || s.Fault != "" {
					t.Errorf("state = %+v, want on: it was keyed, and nobody unkeyed it", s)
				}
				if err := hung.Close(); err != nil {
					t.Error(err)
				}
				if err := well.Close(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// An adapter that was pulled out while it was on rests like any amplifier that went off;
// one that could not be opened was never on, and does not.
func TestPulledAdapterRests(t *testing.T) {
	for name, opens := range map[string]bool{"WasOn": true, "NeverOpened": false} {
		t.Run(name, func(t *testing.T) {
			path := portFile(t)
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				var all modems
				var opening atomic.Bool
				opening.Store(opens)
				ports := hardware.FakeModems(func(path string) (hardware.Modem, error) {
					if !opening.Load() {
						return nil, unix.EBUSY
					}
					return all.open(path)
				})
				r := pinRelay(ports, path, func(c *hardware.AmpConfig) {
					c.MinOff, c.Fresh = 20*time.Second, true
					c.Mono = func() time.Duration { return time.Hour + time.Since(began) }
				})
				_ = r.Key()
				time.Sleep(100 * time.Millisecond)
				if opens {
					all.opened()[0].breaks(unix.EIO)
					_ = r.Key()
					time.Sleep(100 * time.Millisecond)
				}
				s := r.State()
				if rests := s.Resting > 19*time.Second; s.Keyed || s.Fault == "" || rests != opens {
					t.Errorf("state = %+v", s)
				}
				if want := map[bool]hardware.Trouble{true: hardware.TroubleMute, false: hardware.TroubleBusy}[opens]; s.Trouble != want {
					t.Errorf("trouble %q, want %q", s.Trouble, want)
				}
				opening.Store(true)
				time.Sleep(26 * time.Second)
				if s := r.State(); !s.Keyed || s.Fault != "" {
					t.Errorf("state = %+v, want on again", s)
				}
				if err := r.Close(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// An adapter that settings name in two ways is opened once: opening or closing it again
// would switch what is on. It is another one once its name leads to another.
func TestAdapterOfTwoNamesIsOpenedOnce(t *testing.T) {
	path := portFile(t)
	link := filepath.Join(t.TempDir(), "usb-FTDI")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	var all modems
	ports := hardware.FakeModems(all.open)
	rts, dtr := pinOf(t, ports, path, hardware.RTS), pinOf(t, ports, link, hardware.DTR)
	switchPin(t, rts, true)
	switchPin(t, dtr, true)
	m := all.opened()
	if len(m) != 1 {
		t.Fatalf("the adapter was opened %d times", len(m))
	}
	err := dtr.Close()
	told, closed := m[0].so()
	if err != nil || closed || !slices.Equal(told, []string{"rts true", "dtr true", "dtr false"}) {
		t.Errorf("%v, closed %v, told %v: the other output is in use", err, closed, told)
	}
	other := portFile(t)
	if err := errors.Join(os.Remove(link), os.Symlink(other, link)); err != nil {
		t.Fatal(err)
	}
	switchPin(t, pinOf(t, ports, link, hardware.DTR), true)
	if m = all.opened(); len(m) != 2 {
		t.Fatalf("%d adapters were opened, want two", len(m))
	}
	err = rts.Close()
	if _, first := m[0].so(); err != nil || !first {
		t.Errorf("%v, closed %v", err, first)
	}
	if _, second := m[1].so(); second {
		t.Error("the other adapter was closed")
	}
}

// A port is this program's alone: the kernel refuses it to whoever opens it again while one of its
// outputs is in use. So a command that failed once, as beside a transmitter it may, is tried anew on
// the port as it is open, and one that answers no more is given back by both outputs and opened anew.
func TestAnOutputThatFailedComesBackBesideTheOther(t *testing.T) {
	for name, lasts := range map[string]bool{"Once": false, "UntilItIsOpenedAnew": true} {
		t.Run(name, func(t *testing.T) {
			path := portFile(t)
			synctest.Test(t, func(t *testing.T) {
				var all modems
				ports := hardware.FakeModems(func(path string) (hardware.Modem, error) {
					for _, m := range all.opened() {
						if _, closed := m.so(); !closed {
							return nil, unix.EBUSY
						}
					}
					return all.open(path)
				})
				relay := func(pin hardware.SerialPin) *hardware.Relay {
					return hardware.Rack{Serial: ports}.Relay(hardware.Switch{Path: path, Pin: pin, Settle: -1, Tail: -1}, ampConfig)
				}
				rts, dtr := relay(hardware.RTS), relay(hardware.DTR)
				for _, r := range []*hardware.Relay{rts, dtr} {
					if err := r.Key(); err != nil {
						t.Error(err)
					}
				}
				time.Sleep(100 * time.Millisecond)
				first := all.opened()[0]
				first.breaks(unix.EIO)
				_ = rts.Key()
				time.Sleep(100 * time.Millisecond)
				if s := rts.State(); s.Keyed || s.Fault == "" {
					t.Errorf("it failed: %+v", s)
				}
				if !lasts {
					first.breaks(nil)
				}
				for range 30 {
					time.Sleep(time.Second)
					if !lasts && !dtr.State().Keyed {
						t.Fatal("the other went off, which never failed")
					}
				}
				for what, r := range map[string]*hardware.Relay{"the one that failed": rts, "the other": dtr} {
					if s := r.State(); !s.Keyed || s.Fault != "" {
						t.Errorf("%s: %+v, want on again", what, s)
					}
				}
				if n, want := len(all.opened()), map[bool]int{false: 1, true: 2}[lasts]; n != want {
					t.Errorf("the port was opened %d times, want %d", n, want)
				}
				for _, r := range []*hardware.Relay{rts, dtr} {
					if err := r.Close(); err != nil {
						t.Error(err)
					}
				}
			})
		})
	}
}
