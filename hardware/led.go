package hardware

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// LEDState is what a status LED tells.
type LEDState string

// The states of an LED, the gravest last. Each has a pattern of its own, and all of them
// move: a light that stands still, on or off, is a board that does not run.
const (
	LEDReady     LEDState = "ready"     // a short flash every five seconds
	LEDPlaying   LEDState = "playing"   // on, with a short gap every two seconds
	LEDClock     LEDState = "clock"     // two flashes: the time is not known
	LEDFault     LEDState = "fault"     // three flashes: something is broken
	LEDNoCard    LEDState = "no-card"   // four flashes: nothing can be heard
	LEDEmergency LEDState = "emergency" // five times a second, without a pause
)

// LEDStates lists every state, the gravest last.
func LEDStates() []LEDState {
	return []LEDState{LEDReady, LEDPlaying, LEDClock, LEDFault, LEDNoCard, LEDEmergency}
}

const (
	ledFlash = 150 * time.Millisecond
	ledDark  = 250 * time.Millisecond // between two flashes
	ledPause = 2 * time.Second        // behind the last
	ledAgain = 5 * time.Second        // until a line that is missing is asked for again
)

// Pattern is a state's light: for how long it is on, off, on, … and then anew.
func (s LEDState) Pattern() []time.Duration {
	flashes := func(n int) (all []time.Duration) {
		for range n {
			all = append(all, ledFlash, ledDark)
		}
		all[len(all)-1] = ledPause
		return all
	}
	switch s {
	case LEDPlaying:
		return []time.Duration{2 * time.Second, ledDark}
	case LEDClock:
		return flashes(2)
	case LEDFault:
		return flashes(3)
	case LEDNoCard:
		return flashes(4)
	case LEDEmergency:
		return []time.Duration{100 * time.Millisecond, 100 * time.Millisecond}
	default:
		return []time.Duration{ledFlash, 5*time.Second - ledFlash}
	}
}

// LEDConfig says how a status LED is lit.
type LEDConfig struct {
	Open func() (Line, error)
	// Changed is called when it can be lit no more, or again, without locks. It may be nil.
	Changed func()
	Log     *slog.Logger
}

// LEDLook is a status LED at a glance.
type LEDLook struct {
	Fitted  bool
	State   LEDState
	Trouble Trouble
	Fault   string // why it cannot be lit; empty when it can
}

// LED is a status LED. Show and Look may be called from any goroutine.
type LED struct {
	cfg LEDConfig
	new chan struct{} // another state is to be shown

	mu   sync.Mutex
	look LEDLook
}

// NewLED prepares a status LED, which is dark before Run.
func NewLED(cfg LEDConfig) *LED {
	return &LED{cfg: cfg, new: make(chan struct{}, 1), look: LEDLook{Fitted: true, State: LEDReady}}
}

// Show gives it another state, which begins at once. It does not block.
func (l *LED) Show(s LEDState) {
	l.mu.Lock()
	changed := l.look.State != s
	l.look.State = s
	l.mu.Unlock()
	if !changed {
		return
	}
	select {
	case l.new <- struct{}{}:
	default:
	}
}

// Look is the LED as it is now.
func (l *LED) Look() LEDLook {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.look
}

// Run lights it until ctx ends, and leaves it dark; it returns nil. A line that cannot be
// had is asked for again: the board goes on without its light.
func (l *LED) Run(ctx context.Context) error {
	for {
		line, err := l.cfg.Open()
		if err == nil {
			err = l.blink(ctx, line)
			err = errors.Join(err, line.Close())
		}
		if ctx.Err() != nil {
			return nil
		}
		l.failed(err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(ledAgain):
		}
	}
}

// blink goes through patterns until the line fails or ctx ends.
func (l *LED) blink(ctx context.Context, line Line) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for step := 0; ; step++ {
		pattern := l.Look().State.Pattern()
		if err := line.Set(step%2 == 0); err != nil {
			return err
		}
		if step == 0 {
			l.works()
		}
		timer.Reset(pattern[step%len(pattern)])
		select {
		case <-ctx.Done():
			return nil
		case <-l.new:
			if err := line.Set(false); err != nil { // so that the first flash is one
				return err
			}
			timer.Reset(ledDark)
			select {
			case <-ctx.Done():
				return nil
			case <-timer.C:
			}
			step = -1
		case <-timer.C:
		}
	}
}

func (l *LED) works() {
	l.mu.Lock()
	was := l.look.Fault
	l.look.Fault, l.look.Trouble = "", NoTrouble
	l.mu.Unlock()
	if was != "" {
		l.cfg.Log.Info("the status LED is lit again")
		l.tell()
	}
}

func (l *LED) failed(err error) {
	fault := fmt.Sprintf("the status LED cannot be lit: %v", err)
	l.mu.Lock()
	changed := l.look.Fault != fault
	l.look.Fault, l.look.Trouble = fault, TroubleOf(err)
	l.mu.Unlock()
	if changed {
		l.cfg.Log.Warn("the status LED cannot be lit and is tried each five seconds", "err", err)
		l.tell()
	}
}

func (l *LED) tell() {
	if l.cfg.Changed != nil {
		l.cfg.Changed()
	}
}

// KernelLED is a light that the kernel has a driver for, in /sys/class/leds.
type KernelLED struct {
	dir     string
	most    string // of its brightness
	trigger string // what lit it before
}

// OpenKernelLED takes a light by its name, as ACT, out of a folder such as
// /sys/class/leds, from whatever lights it, and gives it back when it is closed. Writing to it wears nothing:
// these files are the kernel's memory.
func OpenKernelLED(folder, name string) (*KernelLED, error) {
	if name == "" || strings.ContainsAny(name, "/\x00") || name == ".." || name == "." {
		return nil, fmt.Errorf("%q is no name of a light in %s: %w", name, folder, ErrNoLine)
	}
	k := &KernelLED{dir: filepath.Join(folder, name), most: "1"}
	triggers, err := os.ReadFile(filepath.Join(k.dir, "trigger"))
	if err != nil {
		return nil, err
	}
	if _, rest, found := strings.Cut(string(triggers), "["); found {
		k.trigger, _, _ = strings.Cut(rest, "]")
	}
	if raw, err := os.ReadFile(filepath.Join(k.dir, "max_brightness")); err == nil {
		if n, err := strconv.Atoi(strings.TrimSpace(string(raw))); err == nil && n > 0 {
			k.most = strconv.Itoa(n)
		}
	}
	if err := k.write("trigger", "none"); err != nil {
		return nil, err
	}
	return k, nil
}

// Set lights it.
func (k *KernelLED) Set(on bool) error {
	if on {
		return k.write("brightness", k.most)
	}
	return k.write("brightness", "0")
}

// Close leaves it dark, or to what lit it before.
func (k *KernelLED) Close() error {
	err := k.Set(false)
	if k.trigger != "" && k.trigger != "none" {
		err = errors.Join(err, k.write("trigger", k.trigger))
	}
	return err
}

func (k *KernelLED) write(file, what string) error {
	f, err := os.OpenFile(filepath.Join(k.dir, file), os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(what)
	return errors.Join(err, f.Close())
}
