package hardware_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"loalang/hardware"
)

// board is a GPIO chip of four lines, as the kernel's ABI shows it.
type board struct {
	names    [4]string
	holder   string // of line 2
	requests []unix.GPIOV2LineRequest
	values   uint64
	fail     error
}

// gpio makes a /dev with one chip and a link to it.
func (b *board) gpio(t *testing.T) hardware.GPIO {
	t.Helper()
	dev := t.TempDir()
	if err := os.WriteFile(filepath.Join(dev, "gpiochip0"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("gpiochip0", filepath.Join(dev, "gpiochip4")); err != nil {
		t.Fatal(err)
	}
	return hardware.GPIO{Dev: dev}.FakeKernel(func(request uintptr, arg unsafe.Pointer) error { return b.answer(t, request, arg) })
}

func (b *board) answer(t *testing.T, request uintptr, arg unsafe.Pointer) error {
	switch request {
	case hardware.GPIOGetChipInfo:
		info := (*unix.GPIOChipInfo)(arg)
		copy(info.Name[:], "gpiochip0")
		copy(info.Label[:], "pinctrl-bcm2711")
		info.Lines = uint32(len(b.names))
	case unix.GPIO_V2_GET_LINEINFO_IOCTL:
		info := (*unix.GPIOV2LineInfo)(arg)
		copy(info.Name[:], b.names[info.Offset])
		if info.Offset == 2 {
			copy(info.Consumer[:], b.holder)
		}
	case unix.GPIO_V2_GET_LINE_IOCTL:
		r := (*unix.GPIOV2LineRequest)(arg)
		if r.Offsets[0] == 2 && b.holder != "" {
			return unix.EBUSY
		}
		f, err := os.CreateTemp(t.TempDir(), "line")
		if err != nil {
			t.Fatal(err)
		}
		fd, err := unix.Dup(int(f.Fd()))
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		r.Fd = int32(fd)
		b.requests = append(b.requests, *r)
	case unix.GPIO_V2_LINE_SET_VALUES_IOCTL:
		if b.fail != nil {
			return b.fail
		}
		b.values = (*unix.GPIOV2LineValues)(arg).Bits
	case unix.GPIO_V2_LINE_GET_VALUES_IOCTL:
		(*unix.GPIOV2LineValues)(arg).Bits = b.values
	default:
		return unix.ENOTTY
	}
	return nil
}

// The kernel's structures, from <linux/gpio.h>: a wrong size is a wrong ABI.
func TestGPIOStructures(t *testing.T) {
	for name, got := range map[string][2]uintptr{
		"chip info":    {unsafe.Sizeof(unix.GPIOChipInfo{}), 68},
		"line info":    {unsafe.Sizeof(unix.GPIOV2LineInfo{}), 256},
		"line request": {unsafe.Sizeof(unix.GPIOV2LineRequest{}), 592},
		"line values":  {unsafe.Sizeof(unix.GPIOV2LineValues{}), 16},
	} {
		if got[0] != got[1] {
			t.Errorf("%s has %d bytes, the kernel's has %d", name, got[0], got[1])
		}
	}
}

func TestChipsLeavesOutLinks(t *testing.T) {
	chips, err := (&board{}).gpio(t).Chips()
	if err != nil || len(chips) != 1 {
		t.Fatalf("chips = %+v, %v; want one", chips, err)
	}
	if c := chips[0]; c.Name != "gpiochip0" || c.Label != "pinctrl-bcm2711" || c.Lines != 4 {
		t.Errorf("chip = %+v", c)
	}
}

// The relay must not click at start: level OFF and direction go in one request.
func TestRequestOutputIsOffFromTheFirstMoment(t *testing.T) {
	for name, activeLow := range map[string]bool{"ActiveHigh": false, "ActiveLow": true} {
		t.Run(name, func(t *testing.T) {
			b := &board{names: [4]string{"", "GPIO17"}}
			l, err := b.gpio(t).RequestOutput("gpiochip0", "GPIO17", activeLow)
			if err != nil {
				t.Fatal(err)
			}
			r := b.requests[0]
			want := uint64(hardware.GPIOFlagOutput)
			if activeLow {
				want |= hardware.GPIOFlagActiveLow
			}
			if r.Config.Flags != want || r.Offsets[0] != 1 || r.Num_lines != 1 {
				t.Errorf("flags %#x line %d of %d lines, want %#x line 1 alone", r.Config.Flags, r.Offsets[0], r.Num_lines, want)
			}
			attr := r.Config.Attrs[0]
			if r.Config.Num_attrs != 1 || attr.Attr.Id != unix.GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES || attr.Mask != 1 || attr.Attr.Flags != 0 {
				t.Errorf("initial value = %+v, want OFF", attr)
			}
			if got := string(r.Consumer[:7]); got != "loalang" {
				t.Errorf("consumer = %q", got)
			}
			if err := l.Set(true); err != nil || b.values != 1 {
				t.Errorf("set on: %v, values %d", err, b.values)
			}
			if on, err := l.Get(); err != nil || !on {
				t.Errorf("get = %v, %v", on, err)
			}
			if err := l.Close(); err != nil || b.values != 0 {
				t.Errorf("close: %v, values %d; want OFF", err, b.values)
			}
		})
	}
}

func TestRequestOutputFaults(t *testing.T) {
	tests := map[string]struct {
		chip, line, want string
	}{
		"Busy":        {"gpiochip0", "2", `held by "gpio-fan"`},
		"NoChip":      {"gpiochip9", "1", "use one of gpiochip0"},
		"NoName":      {"gpiochip0", "GPIO99", `no line named "GPIO99"`},
		"NoNumber":    {"gpiochip0", "4", "has 4 lines"},
		"BadNumber":   {"gpiochip0", "-1", "no line named"},
		"ByLabelBusy": {"pinctrl-bcm2711", "2", "held by"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := &board{holder: "gpio-fan"}
			_, err := b.gpio(t).RequestOutput(tt.chip, tt.line, false)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error = %v, want it to say %q", err, tt.want)
			}
		})
	}
}

// A chip that may not be asked, or whose USB adapter is being pulled, must not
// keep the relay's own chip from being found.
func TestAnotherChipsFaultHidesNoChip(t *testing.T) {
	b := &board{}
	g := b.gpio(t)
	if err := os.WriteFile(filepath.Join(g.Dev, "gpiochip1"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	asked := 0
	for _, fault := range []error{unix.ENODEV, unix.EACCES} {
		g = g.FakeKernel(func(request uintptr, arg unsafe.Pointer) error {
			if request == hardware.GPIOGetChipInfo {
				if asked++; asked%2 == 0 { // the second chip, in the order of paths
					return fault
				}
			}
			return b.answer(t, request, arg)
		})
		l, err := g.RequestOutput("gpiochip0", "0", false)
		if err != nil {
			t.Fatalf("with %v from the other chip: %v", fault, err)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		if _, err = g.RequestOutput("gpiochip1", "0", false); !errors.Is(err, fault) || !strings.Contains(err.Error(), "gpiochip1") {
			t.Errorf("the chip itself: %v", err)
		}
		if says := strings.Contains(fmt.Sprint(err), "usermod -aG gpio"); says != errors.Is(fault, unix.EACCES) {
			t.Errorf("the chip itself: %v", err)
		}
	}
}

func TestHolderWithoutAName(t *testing.T) {
	b := &board{holder: "\x00"}
	_, err := b.gpio(t).RequestOutput("gpiochip0", "2", false)
	if !errors.Is(err, unix.EBUSY) || !strings.Contains(err.Error(), "gives no name") {
		t.Errorf("error = %v", err)
	}
}

func TestNoChipAtAll(t *testing.T) {
	_, err := hardware.GPIO{Dev: t.TempDir()}.RequestOutput("gpiochip0", "1", false)
	if !errors.Is(err, hardware.ErrNoLine) || !strings.Contains(err.Error(), "leave amp-chip empty") {
		t.Errorf("error = %v, want ErrNoLine and what to do", err)
	}
}

func TestLineThatFailsToSwitchOffSaysSo(t *testing.T) {
	b := &board{}
	l, err := b.gpio(t).RequestOutput("gpiochip0", "0", false)
	if err != nil {
		t.Fatal(err)
	}
	b.fail = unix.EIO
	if err := l.Close(); !errors.Is(err, unix.EIO) {
		t.Errorf("close = %v, want the kernel's error", err)
	}
}

// A pin that something else holds is told of from the second look on, and its line stays:
// another one would be at the same level.
func TestPinThatDoesNotFollowIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &board{}
		g := b.gpio(t)
		var shorted atomic.Bool
		g = g.FakeKernel(func(request uintptr, arg unsafe.Pointer) error {
			err := b.answer(t, request, arg)
			if request == unix.GPIO_V2_LINE_GET_VALUES_IOCTL && shorted.Load() {
				(*unix.GPIOV2LineValues)(arg).Bits = 0
			}
			return err
		})
		r := hardware.Rack{GPIO: g}.Relay(hardware.Switch{Chip: "gpiochip0", Line: "1", Settle: -1, Tail: -1}, ampConfig)
		defer r.Close()
		look := func(when string, told bool) { // keyed it stays, so that it is switched off
			t.Helper()
			synctest.Wait()
			a := r.State()
			if says := strings.Contains(a.Fault, "gpiochip0:1 was switched on, and its pin is off"); says != told || a.Odd != told || !a.Keyed || a.Missing {
				t.Errorf("%s: %+v", when, a)
			}
		}
		if err := r.Key(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		look("well", false)
		shorted.Store(true)
		time.Sleep(3 * time.Second)
		look("shorted", true)
		if err := r.Key(); err != nil {
			t.Error(err)
		}
		look("keyed again", true)
		if len(b.requests) != 1 {
			t.Errorf("the line was asked for %d times", len(b.requests))
		}
		shorted.Store(false)
		time.Sleep(time.Second)
		look("mended", false)
		shorted.Store(true)
		if err := errors.Join(r.Unkey(), r.Key()); err != nil {
			t.Error(err)
		}
		time.Sleep(100 * time.Millisecond)
		look("shorted before it was keyed", true)
	})
}
