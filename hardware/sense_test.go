package hardware_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"loalang/hardware"
)

// contact is an input as a test wants it.
type contact struct {
	mu   sync.Mutex
	on   bool
	fail error
}

func (c *contact) Get() (bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.on, c.fail
}

func (c *contact) Close() error { return nil }

func (c *contact) set(on bool, fail error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.on, c.fail = on, fail
}

// One reading that a disturbed bus did not give ended a bypass for five seconds: the board took the
// amplifier for its own while somebody spoke by its microphone.
func TestOneFailedReadingEndsNoBypass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, opened := &contact{on: true}, 0
		b := hardware.NewBypass(hardware.BypassConfig{
			Open: func() (hardware.Input, error) { opened++; return c, nil },
			Now:  time.Now, Log: slog.New(slog.DiscardHandler),
		})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- b.Run(ctx) }()
		time.Sleep(time.Second + 100*time.Millisecond)
		for range 3 {
			for _, err := range passing {
				c.set(false, err)
				time.Sleep(500 * time.Millisecond) // two readings
				synctest.Wait()
				if s := b.State(); !s.On || s.Fault != "" {
					t.Fatalf("%v: %+v", err, s)
				}
				c.set(true, nil)
				time.Sleep(500 * time.Millisecond)
			}
		}
		c.set(false, unix.ENODEV)
		time.Sleep(250 * time.Millisecond)
		synctest.Wait()
		if s := b.State(); s.On || s.Fault == "" || opened != 1 {
			t.Errorf("its chip is gone: %+v, opened %d times", s, opened)
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func TestBypassIsSensed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, told := &contact{}, 0
		b := hardware.NewBypass(hardware.BypassConfig{
			Open: func() (hardware.Input, error) {
				_, err := c.Get()
				return c, err
			},
			Now: time.Now, Changed: func() { told++ }, Log: slog.New(slog.DiscardHandler),
		})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- b.Run(ctx) }()
		look := func(when string, on, fault bool) {
			t.Helper()
			time.Sleep(6 * time.Second)
			synctest.Wait()
			if got := b.State(); !got.Sensed || got.On != on || (got.Fault != "") != fault {
				t.Errorf("%s: %+v", when, got)
			}
		}
		look("at first", false, false)
		c.set(true, nil)
		look("put on the microphone", true, false)
		c.set(false, nil)
		time.Sleep(260 * time.Millisecond)
		c.set(true, nil) // one reading of a bouncing contact
		look("after a bounce", true, false)
		c.set(true, errors.New("input/output error"))
		look("the input is gone", false, true)
		c.set(true, nil)
		look("the input is back", true, false)
		if told != 3 {
			t.Errorf("told %d times, want on, gone, back", told)
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// The pull of an input is such that a contact to ground, or to the supply, is told.
func TestSenseHasAPull(t *testing.T) {
	for name, c := range map[string]struct {
		low  bool
		want uint64
	}{
		"ToGround": {true, 1<<1 | 1<<2 | 1<<8},
		"ToSupply": {false, 1<<2 | 1<<9},
	} {
		b := &board{names: [4]string{"", "GPIO24"}}
		in, err := b.gpio(t).RequestSense("gpiochip0", "GPIO24", c.low)
		if err != nil {
			t.Fatal(err)
		}
		if got := b.requests[0].Config; got.Flags != c.want || got.Num_attrs != 0 {
			t.Errorf("%s: flags %#x, %d attributes; want %#x", name, got.Flags, got.Num_attrs, c.want)
		}
		if on, err := in.Get(); err != nil || on {
			t.Errorf("%s: %v, %v", name, on, err)
		}
		if err := in.Close(); err != nil {
			t.Error(err)
		}
	}
}

// pin is one line of a chip as its relay feels it: what it was driven to, in order.
type pin struct {
	t     *testing.T
	keeps bool // its level when it is released
	on    bool
	felt  []string
}

func (p *pin) gpio() hardware.GPIO {
	dev := p.t.TempDir()
	if err := os.WriteFile(filepath.Join(dev, "gpiochip0"), nil, 0o600); err != nil {
		p.t.Fatal(err)
	}
	return hardware.GPIO{Dev: dev}.FakeKernel(p.answer)
}

func (p *pin) answer(request uintptr, arg unsafe.Pointer) error {
	switch request {
	case hardware.GPIOGetChipInfo:
		info := (*unix.GPIOChipInfo)(arg)
		copy(info.Name[:], "gpiochip0")
		info.Lines = 4
	case unix.GPIO_V2_GET_LINEINFO_IOCTL:
	case unix.GPIO_V2_GET_LINE_IOCTL:
		r := (*unix.GPIOV2LineRequest)(arg)
		fd, err := unix.Open("/dev/null", unix.O_RDWR, 0)
		if err != nil {
			p.t.Fatal(err)
		}
		r.Fd = int32(fd)
		switch {
		case r.Config.Flags&hardware.GPIOFlagOutput != 0:
			p.on = r.Config.Attrs[0].Attr.Flags&1 == 1
			p.felt = append(p.felt, map[bool]string{true: "ON by request", false: "off by request"}[p.on])
		case !p.keeps: // it fell back before anybody asked
			p.on = false
		}
	case unix.GPIO_V2_LINE_SET_VALUES_IOCTL:
		p.on = (*unix.GPIOV2LineValues)(arg).Bits&1 == 1
		p.felt = append(p.felt, map[bool]string{true: "ON", false: "off"}[p.on])
	case unix.GPIO_V2_LINE_GET_VALUES_IOCTL:
		if p.on {
			(*unix.GPIOV2LineValues)(arg).Bits = 1
		}
	default:
		return unix.ENOTTY
	}
	return nil
}

// What a pin feels at request, start, key, unkey and stop: nothing but OFF before the
// first Key and after the last Unkey.
func TestNoPulseOnAnyWay(t *testing.T) {
	p := &pin{t: t}
	s, err := hardware.ParseSwitch("gpiochip0:1")
	if err != nil {
		t.Fatal(err)
	}
	r := hardware.Rack{GPIO: p.gpio()}.Relay(s, ampConfig)
	_ = r.Unkey()
	_ = r.Key()
	_ = r.Key()
	_ = r.Unkey()
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if err := p.gpio().SafeState("gpiochip0", "1", false); err != nil {
		t.Error(err)
	}
	if want := []string{"off by request", "off", "off", "ON", "ON", "off", "off", "off", "off by request", "off"}; !slices.Equal(p.felt, want) {
		t.Errorf("the pin felt %q, want %q", p.felt, want)
	}
}

// A kernel that keeps the level of a released pin is found out, and the pin is off
// afterwards either way.
func TestReleaseIsTried(t *testing.T) {
	for _, keeps := range []bool{false, true} {
		p := &pin{t: t, keeps: keeps}
		stays, err := p.gpio().TryRelease("gpiochip0", "1", false)
		if err != nil || stays != keeps || p.on {
			t.Errorf("keeps %v: it stays %v, is on %v, %v", keeps, stays, p.on, err)
		}
	}
}

func TestKeepsOutputs(t *testing.T) {
	sys := t.TempDir()
	const bcm, rp1 = "pinctrl-bcm2711", "pinctrl-rp1"
	for _, label := range []string{bcm, rp1, ""} {
		if _, told := hardware.KeepsOutputs(sys, label); told {
			t.Errorf("%q: a driver tells where there is none", label)
		}
	}
	put := func(module, content string) {
		t.Helper()
		dir := filepath.Join(sys, "module", module, "parameters")
		if err := errors.Join(os.MkdirAll(dir, 0o755), os.WriteFile(filepath.Join(dir, "persist_gpio_outputs"), []byte(content), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	// The kernel of a Pi 5 has both drivers, and only one of them has the header's pins.
	for _, is := range []struct {
		bcm, rp1 string
	}{{"Y\n", "N\n"}, {"N\n", "Y\n"}} {
		put("pinctrl_bcm2835", is.bcm)
		put("pinctrl_rp1", is.rp1)
		for label, content := range map[string]string{bcm: is.bcm, rp1: is.rp1} {
			if keeps, told := hardware.KeepsOutputs(sys, label); !told || keeps != (content == "Y\n") {
				t.Errorf("%s with %q: keeps %v, told %v", label, content, keeps, told)
			}
		}
		if _, told := hardware.KeepsOutputs(sys, "sunxi-pinctrl"); told {
			t.Error("the driver of another board tells")
		}
	}
}

// Who holds a line is known without touching it.
func TestLookTouchesNothing(t *testing.T) {
	for holder, ours := range map[string]bool{"gpioset": false, "loalang": true, "": false} {
		b := &board{holder: holder}
		got, isOurs, err := b.gpio(t).Look("gpiochip0", "2")
		if err != nil || got != holder || isOurs != ours || len(b.requests) > 0 {
			t.Errorf("%q: %q, ours %v, %v, %d requests", holder, got, isOurs, err, len(b.requests))
		}
	}
}
