package hardware_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"loalang/hardware"
)

// lamp writes down when it was lit.
type lamp struct {
	mu    sync.Mutex
	start time.Time
	lit   []string
	fail  error
}

func (l *lamp) Set(on bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fail != nil {
		return l.fail
	}
	l.lit = append(l.lit, fmt.Sprintf("%v@%.2f", on, time.Since(l.start).Seconds()))
	return nil
}

func (l *lamp) Close() error { return l.Set(false) }

func (l *lamp) take() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	lit := l.lit
	l.lit = nil
	return lit
}

func TestLEDShowsPatterns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &lamp{start: time.Now()}
		led := hardware.NewLED(hardware.LEDConfig{Open: func() (hardware.Line, error) { return l, nil }, Log: slog.New(slog.DiscardHandler)})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- led.Run(ctx) }()
		time.Sleep(5100 * time.Millisecond)
		synctest.Wait()
		if got, want := l.take(), []string{"true@0.00", "false@0.15", "true@5.00"}; !slices.Equal(got, want) {
			t.Errorf("ready: %q, want %q", got, want)
		}
		led.Show(hardware.LEDClock)
		time.Sleep(3 * time.Second)
		synctest.Wait()
		if got, want := l.take(), []string{"false@5.10", "true@5.35", "false@5.50", "true@5.75", "false@5.90", "true@7.90", "false@8.05"}; !slices.Equal(got, want) {
			t.Errorf("clock: %q, want %q", got, want)
		}
		led.Show(hardware.LEDClock) // the same begins nothing anew
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if got := l.take(); len(got) != 1 || !strings.HasPrefix(got[0], "false") {
			t.Errorf("at the end %q, want dark", got)
		}
	})
}

// Every pattern is one of its own, moves within five seconds, and is even: the light is
// off behind it.
func TestLEDPatternsDiffer(t *testing.T) {
	seen := map[string]hardware.LEDState{}
	for _, s := range hardware.LEDStates() {
		p := s.Pattern()
		if other, twice := seen[fmt.Sprint(p)]; twice {
			t.Errorf("%s looks as %s", s, other)
		}
		seen[fmt.Sprint(p)] = s
		if len(p)%2 != 0 || slices.Max(p) > 5*time.Second || slices.Min(p) < 100*time.Millisecond {
			t.Errorf("%s: %v", s, p)
		}
	}
}

func TestLEDWithoutItsLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, told := &lamp{start: time.Now(), fail: errors.New("input/output error")}, 0
		led := hardware.NewLED(hardware.LEDConfig{Open: func() (hardware.Line, error) { return l, nil }, Changed: func() { told++ }, Log: slog.New(slog.DiscardHandler)})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- led.Run(ctx) }()
		time.Sleep(12 * time.Second)
		synctest.Wait()
		if got := led.Look(); got.Fault == "" || got.Trouble != hardware.TroubleMute || told != 1 {
			t.Errorf("broken: %+v, told %d times", got, told)
		}
		l.mu.Lock()
		l.fail = nil
		l.mu.Unlock()
		time.Sleep(6 * time.Second)
		synctest.Wait()
		if got := led.Look(); got.Fault != "" || len(l.take()) == 0 || told != 2 {
			t.Errorf("mended: %+v, told %d times", got, told)
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// A light of the kernel's is taken from what lights it, and given back.
func TestKernelLED(t *testing.T) {
	folder := t.TempDir()
	dir := filepath.Join(folder, "ACT")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, what := range map[string]string{"trigger": "none [mmc0] timer\n", "max_brightness": "255\n", "brightness": "0\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(what), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	read := func(name string) string {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	k, err := hardware.OpenKernelLED(folder, "ACT")
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Set(true); err != nil || read("brightness") != "255" || read("trigger") != "none" {
		t.Errorf("lit: %v, brightness %s, trigger %s", err, read("brightness"), read("trigger"))
	}
	if err := k.Close(); err != nil || read("brightness") != "0" || read("trigger") != "mmc0" {
		t.Errorf("closed: %v, brightness %s, trigger %s", err, read("brightness"), read("trigger"))
	}
	for _, name := range []string{"PWR", "", "..", "../ACT"} {
		if _, err := hardware.OpenKernelLED(folder, name); err == nil {
			t.Errorf("%q is a light", name)
		} else if hardware.TroubleOf(err) != hardware.TroubleAbsent {
			t.Errorf("%q: %v", name, err)
		}
	}
}
