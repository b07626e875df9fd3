package hardware_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"loalang/hardware"
)

// pins is a chip of the kernel's own simulation, gpio-sim.
type pins struct {
	t           *testing.T
	chip, sysfs string
}

// simulated makes a chip of four lines, or skips the test where the kernel has no
// gpio-sim or this user may not make one.
func simulated(t *testing.T) pins {
	t.Helper()
	base := filepath.Join("/sys/kernel/config/gpio-sim", "loalang-test")
	bank := filepath.Join(base, "bank0")
	err := os.MkdirAll(bank, 0o755)
	if err != nil {
		t.Skipf("no gpio-sim on this machine: load the module gpio-sim, mount configfs, run as root (%v)", err)
	}
	put := func(name, what string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(base, name), []byte(what), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	get := func(name string) string {
		t.Helper()
		raw, err := os.ReadFile(filepath.Join(base, name))
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(string(raw))
	}
	t.Cleanup(func() {
		put("live", "0")
		for _, dir := range []string{filepath.Join(bank, "line1"), bank, base} {
			if err := unix.Rmdir(dir); err != nil {
				t.Error(err)
			}
		}
	})
	put("bank0/num_lines", "4")
	if err := os.Mkdir(filepath.Join(bank, "line1"), 0o755); err != nil {
		t.Fatal(err)
	}
	put("bank0/line1/name", "GPIO17")
	put("live", "1")
	chip := get("bank0/chip_name")
	return pins{t, chip, filepath.Join("/sys/devices/platform", get("dev_name"), chip)}
}

// pull sets the resistor of line 1, which decides while nobody drives it.
func (p pins) pull(to string) {
	p.t.Helper()
	if err := os.WriteFile(filepath.Join(p.sysfs, "sim_gpio1", "pull"), []byte(to), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// level is that of the pin of line 1, as a relay sees it.
func (p pins) level() string {
	p.t.Helper()
	raw, err := os.ReadFile(filepath.Join(p.sysfs, "sim_gpio1", "value"))
	if err != nil {
		p.t.Fatal(err)
	}
	return strings.TrimSpace(string(raw))
}

// The kernel's own word on every change of a pin: nothing but OFF before the
// first Set, on either kind of relay board, and OFF when it is closed.
func TestRelayOnARealChip(t *testing.T) {
	for name, board := range map[string]struct {
		activeLow     bool
		on, off, rest string
	}{
		"ActiveHigh": {false, "1", "0", "pull-down"},
		"ActiveLow":  {true, "0", "1", "pull-up"},
	} {
		t.Run(name, func(t *testing.T) {
			p := simulated(t)
			p.pull(board.rest)
			ended := traced(t)
			l, err := hardware.GPIO{}.RequestOutput(p.chip, "GPIO17", board.activeLow)
			if err != nil {
				t.Fatal(err)
			}
			for _, event := range ended() {
				if strings.HasSuffix(event, "set "+board.on) {
					t.Errorf("the request switched the relay on: %s", event)
				}
			}
			if got := p.level(); got != board.off {
				t.Errorf("requested, the pin is at %s, want %s", got, board.off)
			}
			if _, err := (hardware.GPIO{}).RequestOutput(p.chip, "1", false); !errors.Is(err, unix.EBUSY) || !strings.Contains(err.Error(), `held by "loalang"`) {
				t.Errorf("a second request: %v", err)
			}
			for _, on := range []bool{true, false, true} {
				want := map[bool]string{true: board.on, false: board.off}[on]
				if err := l.Set(on); err != nil || p.level() != want {
					t.Errorf("set %v: the pin is at %s, %v", on, p.level(), err)
				}
				if got, err := l.Get(); err != nil || got != on {
					t.Errorf("get = %v, %v", got, err)
				}
			}
			if err := l.Close(); err != nil || p.level() != board.off {
				t.Errorf("closed, the pin is at %s, %v", p.level(), err)
			}
		})
	}
}

// traced starts to record what the kernel does to pins; the function that it
// returns stops and gives the events.
func traced(t *testing.T) func() []string {
	t.Helper()
	const tracing = "/sys/kernel/tracing"
	put := func(name, what string) error { return os.WriteFile(filepath.Join(tracing, name), []byte(what), 0o600) }
	if err := errors.Join(put("trace", ""), put("events/gpio/enable", "1")); err != nil {
		t.Skipf("the kernel's trace of pins cannot be read here: %v", err)
	}
	return func() []string {
		t.Helper()
		raw, err := os.ReadFile(filepath.Join(tracing, "trace"))
		if err = errors.Join(err, put("events/gpio/enable", "0")); err != nil {
			t.Fatal(err)
		}
		var events []string
		for line := range strings.Lines(string(raw)) {
			if !strings.HasPrefix(line, "#") {
				events = append(events, strings.TrimSpace(line))
			}
		}
		if len(events) == 0 {
			t.Error("the kernel tells of no event at all")
		}
		t.Log(strings.Join(events, "\n"))
		return events
	}
}

// A released pin falls back to its pull, so that a program that dies leaves the relay
// OFF; and making it safe pulses nothing.
func TestReleaseOnARealChip(t *testing.T) {
	for name, board := range map[string]struct {
		activeLow bool
		on, rest  string
	}{
		"ActiveHigh": {false, "1", "pull-down"},
		"ActiveLow":  {true, "0", "pull-up"},
	} {
		t.Run(name, func(t *testing.T) {
			p := simulated(t)
			p.pull(board.rest)
			if stays, err := (hardware.GPIO{}).TryRelease(p.chip, "GPIO17", board.activeLow); err != nil || stays {
				t.Errorf("released, it stays on: %v, %v", stays, err)
			}
			ended := traced(t)
			if err := (hardware.GPIO{}).SafeState(p.chip, "GPIO17", board.activeLow); err != nil {
				t.Error(err)
			}
			for _, event := range ended() {
				if strings.HasSuffix(event, "set "+board.on) {
					t.Errorf("making it safe switched the relay on: %s", event)
				}
			}
		})
	}
}

// An input follows its contact, and has a pull of its own while nothing is connected.
func TestSenseOnARealChip(t *testing.T) {
	p := simulated(t)
	in, err := hardware.GPIO{}.RequestSense(p.chip, "GPIO17", true)
	if err != nil {
		t.Fatal(err)
	}
	for pull, want := range map[string]bool{"pull-up": false, "pull-down": true} {
		p.pull(pull)
		if on, err := in.Get(); err != nil || on != want {
			t.Errorf("%s: %v, %v", pull, on, err)
		}
	}
	if err := in.Close(); err != nil {
		t.Error(err)
	}
}

// A button on a real chip: thirteen bounces are one press, stamped by the kernel behind
// the debounce, and closing it ends a reader that waits.
func TestButtonOnARealChip(t *testing.T) {
	const debounce = 30 * time.Millisecond
	p := simulated(t)
	p.pull("pull-up")
	c, err := hardware.GPIO{}.RequestContact(p.chip, "GPIO17", true, debounce)
	if err != nil {
		t.Fatal(err)
	}
	mono := func() time.Duration { _, at, _ := hardware.Linux{}.Read(); return at }
	presses, ended := make(chan hardware.Press, 16), make(chan error, 1)
	b := hardware.NewButton(hardware.ButtonConfig{
		Open: func() (hardware.Contact, error) { return c, nil },
		Mono: mono, Now: time.Now, Log: slog.New(slog.DiscardHandler), Pressed: func(p hardware.Press) { presses <- p },
	})
	ctx, stop := context.WithCancel(t.Context())
	go func() { ended <- b.Run(ctx) }()
	time.Sleep(100 * time.Millisecond)
	var last time.Duration
	for i := range 13 {
		p.pull(map[bool]string{true: "pull-down", false: "pull-up"}[i%2 == 0])
		last = mono()
	}
	select {
	case press := <-presses:
		if since := press.At - last; press.Number != 1 || since < debounce-5*time.Millisecond || since > time.Second {
			t.Errorf("press %+v, %v behind the last bounce", press, since)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("the press is not told")
	}
	time.Sleep(200 * time.Millisecond)
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if len(presses) > 0 {
		t.Errorf("thirteen bounces counted again: %+v", <-presses)
	}
}
