package hardware_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
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

// A chip whose number has changed is found by a link that has the old one, or that a rule of
// udev makes: an update of the kernel takes no amplifier away.
func TestChipIsFoundByALinkToIt(t *testing.T) {
	b := &board{}
	g := b.gpio(t)
	rules := filepath.Join(g.Dev, "loalang")
	if err := errors.Join(os.Mkdir(rules, 0o755), os.Symlink("../gpiochip0", filepath.Join(rules, "amp")), os.Symlink("../gpiochip7", filepath.Join(rules, "gone"))); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"gpiochip4", filepath.Join(g.Dev, "gpiochip4"), filepath.Join(rules, "amp"), "loalang/amp"} {
		l, err := g.RequestOutput(name, "1", false)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if path, number, err := g.Where(name, "1"); err != nil || path != filepath.Join(g.Dev, "gpiochip0") || number != 1 {
			t.Errorf("%s is %s:%d, %v", name, path, number, err)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
	for _, name := range []string{filepath.Join(rules, "gone"), "loalang"} {
		if _, err := g.RequestOutput(name, "1", false); !errors.Is(err, hardware.ErrNoLine) || !strings.Contains(err.Error(), "gpiochip0 (pinctrl-bcm2711)") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The header of a Raspberry Pi is found by the numbers that its chip has had, whichever a
// kernel gives it, and whatever chip has its old one now.
func TestTheHeaderOfARaspberryPiIsFoundUnderEveryKernel(t *testing.T) {
	chip := func(number int, label string) hardware.GPIOChip {
		name := fmt.Sprintf("gpiochip%d", number)
		return hardware.GPIOChip{Path: "/dev/" + name, Name: name, Label: label}
	}
	others := []string{"gpio-brcmstb@107d508500", "gpio-brcmstb@107d508520", "gpio-brcmstb@107d517c00", "gpio-brcmstb@107d517c20"}
	kernels := map[string][]hardware.GPIOChip{
		"6.6.20":  {chip(0, others[0]), chip(1, others[1]), chip(2, others[2]), chip(3, others[3]), chip(4, "pinctrl-rp1")},
		"6.6.47":  {chip(0, "pinctrl-rp1"), chip(10, others[0]), chip(11, others[1]), chip(12, others[2]), chip(13, others[3])},
		"6.12.96": {chip(11, others[0]), chip(12, others[1]), chip(13, others[2]), chip(14, others[3]), chip(15, "pinctrl-rp1")},
	}
	for kernel, chips := range kernels {
		for _, name := range []string{"gpiochip0", "gpiochip4", "pinctrl-rp1"} {
			if c, found := hardware.ChipOf(chips, name); !found || c.Label != "pinctrl-rp1" {
				t.Errorf("%s: %s is %+v", kernel, name, c)
			}
		}
		if c, found := hardware.ChipOf(chips, others[0]); !found || c.Label != others[0] {
			t.Errorf("%s: %s is %+v", kernel, others[0], c)
		}
	}
	if c, found := hardware.ChipOf(kernels["6.6.20"], "/dev/gpiochip0"); !found || c.Label != others[0] {
		t.Errorf("by its file the chip that has the number is meant: %+v", c)
	}
	if c, found := hardware.ChipOf(kernels["6.12.96"], "gpiochip9"); found {
		t.Errorf("gpiochip9 is %+v", c)
	}
	pi4 := []hardware.GPIOChip{chip(0, "raspberrypi-exp-gpio"), chip(1, "pinctrl-bcm2711")}
	if c, found := hardware.ChipOf(pi4, "gpiochip0"); !found || c.Label != "pinctrl-bcm2711" {
		t.Errorf("gpiochip0 of a Raspberry Pi 4 is %+v", c)
	}
	if c, found := hardware.ChipOf(pi4, "gpiochip4"); found {
		t.Errorf("gpiochip4 of a Raspberry Pi 4 is %+v", c)
	}
	other := []hardware.GPIOChip{chip(0, "7022000.pinctrl"), chip(1, "300b000.pinctrl")}
	if c, found := hardware.ChipOf(other, "gpiochip0"); !found || c.Label != "7022000.pinctrl" {
		t.Errorf("gpiochip0 of another board is %+v", c)
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

// A chip that has outputs alone, as a relay driver on I2C, answers whoever reads them with EIO. Its
// relay stays on all the same, pumped or not; one that could be read, and cannot any more, is told of
// before its line is asked for anew, and then is such a one, too.
func TestARelayThatNobodyCanReadBackStaysOn(t *testing.T) {
	for name, c := range map[string]struct{ pumped, once bool }{"Latch": {}, "Pumped": {pumped: true}, "ReadBefore": {once: true}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &board{}
				var blind atomic.Bool
				blind.Store(!c.once)
				var mu sync.Mutex
				g := b.gpio(t).FakeKernel(func(request uintptr, arg unsafe.Pointer) error {
					mu.Lock()
					defer mu.Unlock()
					if request == unix.GPIO_V2_LINE_GET_VALUES_IOCTL && blind.Load() {
						return unix.EIO
					}
					return b.answer(t, request, arg)
				})
				r := hardware.Rack{GPIO: g}.Relay(hardware.Switch{Chip: "gpiochip0", Line: "1", Pumped: c.pumped, Settle: -1, Tail: -1}, ampConfig)
				defer r.Close()
				if err := r.Key(); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Second)
				blind.Store(true)
				time.Sleep(2 * time.Second)
				synctest.Wait()
				if s := r.State(); !s.Keyed || (s.Fault != "") != c.once {
					t.Errorf("%+v", s)
				}
				time.Sleep(time.Second)
				synctest.Wait()
				if s := r.State(); !s.Keyed || s.Fault != "" {
					t.Errorf("a second later: %+v", s)
				}
			})
		})
	}
}
