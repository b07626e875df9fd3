package hardware

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// More flags of <linux/gpio.h>.
const (
	gpioFlagInput    = 1 << 2
	gpioFlagPullUp   = 1 << 8
	gpioFlagPullDown = 1 << 9
)

const (
	// senseEvery is how often a slow input is read; a change counts when two readings
	// in a row agree.
	senseEvery = 250 * time.Millisecond
	// senseAgain is how soon an input that cannot be read is asked for again.
	senseAgain = 5 * time.Second
)

// Input is a line that tells whether something is so. Get does not block.
type Input interface {
	Get() (bool, error)
	Close() error
}

// RequestSense takes one line as an input with a pull: of an active-low one up, so that
// a contact to ground means yes, else down.
func (g GPIO) RequestSense(chip, line string, activeLow bool) (*GPIOSense, error) {
	found, err := g.chip(chip)
	if err != nil {
		return nil, err
	}
	offset, err := g.find(found, line)
	if err != nil {
		return nil, err
	}
	flags := uint64(gpioFlagInput | gpioFlagPullDown)
	if activeLow {
		flags = gpioFlagInput | gpioFlagPullUp | gpioFlagActiveLow
	}
	l, err := g.request(found, offset, line, unix.GPIOV2LineConfig{Flags: flags})
	if err != nil {
		return nil, err
	}
	return &GPIOSense{l}, nil
}

// GPIOSense is one requested input line.
type GPIOSense struct{ line *GPIOLine }

// Get says whether what is sensed is so.
func (s *GPIOSense) Get() (bool, error) { return s.line.Get() }

// Close gives the line back.
func (s *GPIOSense) Close() error { return s.line.file.Close() }

// BypassConfig says how a bypass is sensed.
type BypassConfig struct {
	Open func() (Input, error)
	Now  func() time.Time
	Mono func() time.Duration // CLOCK_MONOTONIC, for Turned; nil: the kernel's
	// Changed is called without locks when the state has changed. It may be nil.
	Changed func()
	Beat    func() // called each time it was looked at, also in vain; nil: nobody watches it
	Log     *slog.Logger
}

// Bypass senses that somebody has put the amplifier on its own microphone. State may be
// called from any goroutine.
type Bypass struct {
	cfg BypassConfig

	mu    sync.Mutex
	state BypassState
}

// NewBypass prepares a Bypass; nothing is known before Run.
func NewBypass(cfg BypassConfig) *Bypass {
	if cfg.Mono == nil {
		cfg.Mono = kernelMono
	}
	if cfg.Beat == nil {
		cfg.Beat = func() {}
	}
	return &Bypass{cfg: cfg, state: BypassState{Sensed: true, Since: cfg.Now(), Turned: cfg.Mono()}}
}

// State is what was last sensed.
func (b *Bypass) State() BypassState {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.state
}

// Run senses until ctx ends; it returns nil. An input that cannot be had is asked for
// again: the board goes on without it.
func (b *Bypass) Run(ctx context.Context) error {
	for {
		b.cfg.Beat()
		in, err := b.cfg.Open()
		if err == nil {
			err = b.follow(ctx, in)
			if closed := in.Close(); closed != nil && err == nil {
				err = closed
			}
		}
		if ctx.Err() != nil {
			return nil
		}
		b.unread(err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(senseAgain):
		}
	}
}

// follow reads an input until ctx ends or it fails: as often in a row as a bus does that is
// disturbed, see unreadLooks, or for good.
func (b *Bypass) follow(ctx context.Context, in Input) error {
	tick := time.NewTicker(senseEvery)
	defer tick.Stop()
	last, known, failed := false, false, 0
	for {
		switch on, err := in.Get(); {
		case err == nil:
			if known && on == last {
				b.read(on)
			}
			last, known, failed = on, true, 0
		case gone(err) || failed+1 >= unreadLooks:
			return err
		default:
			known = false // two readings in a row agree
			failed++
		}
		b.cfg.Beat()
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// read takes in what two readings agree on.
func (b *Bypass) read(on bool) {
	b.mu.Lock()
	changed := b.state.On != on || b.state.Fault != ""
	if b.state.On != on {
		b.turn(on)
		b.cfg.Log.Info("the amplifier's own microphone", "on", on)
	}
	b.state.Fault = ""
	b.mu.Unlock()
	if changed && b.cfg.Changed != nil {
		b.cfg.Changed()
	}
}

// turn notes that it is on or off from now on. b.mu is held.
func (b *Bypass) turn(on bool) {
	b.state.On, b.state.Since, b.state.Turned = on, b.cfg.Now(), b.cfg.Mono()
}

// unread takes in that the input cannot be read: then nobody knows of a bypass.
func (b *Bypass) unread(err error) {
	fault := fmt.Sprintf("the bypass cannot be sensed: %v", err)
	b.mu.Lock()
	changed := b.state.Fault != fault
	if b.state.On {
		b.turn(false)
	}
	b.state.Fault = fault
	b.mu.Unlock()
	if !changed {
		return
	}
	b.cfg.Log.Error("the bypass cannot be sensed and is tried each five seconds", "err", err)
	if b.cfg.Changed != nil {
		b.cfg.Changed()
	}
}
