package hardware

import (
	"errors"
	"fmt"
	"sync"
	"time"
)

// Line is one output line that switches a relay. *GPIOLine is one. Set blocks
// for microseconds; Close leaves the line OFF.
type Line interface {
	Set(on bool) error
	Close() error
}

// DefaultMaxOn is how long an amplifier stays keyed after the last Key.
const DefaultMaxOn = 2 * time.Hour

// offAgain is how soon a relay that did not answer is switched off again.
const offAgain = time.Second

// AmpConfig says how an amplifier is switched.
type AmpConfig struct {
	Settle time.Duration // from keying until sound is safe
	Tail   time.Duration // from the last frame until unkeying; kept by the caller
	// MaxOn is the guard: an amplifier that nobody unkeys goes off by itself
	// this long after the last Key. Zero: DefaultMaxOn.
	MaxOn time.Duration
	Now   func() time.Time
}

// Relay is an amplifier behind a relay. Its methods may be called from any
// goroutine and do not block.
type Relay struct {
	cfg       AmpConfig
	simulated bool

	mu     sync.Mutex
	line   Line
	keyed  bool
	since  time.Time
	fault  string
	guard  *time.Timer
	key    int64 // counts the calls of Key
	closed bool
}

// NewRelay takes over a line, which must be OFF, and makes sure of it.
func NewRelay(line Line, cfg AmpConfig) (*Relay, error) {
	r := newRelay(line, cfg)
	if err := line.Set(false); err != nil {
		return nil, fmt.Errorf("switch the amplifier off: %w", err)
	}
	return r, nil
}

// NewSim is the simulated twin of a Relay: the same behaviour, no line.
func NewSim(cfg AmpConfig) *Relay {
	r := newRelay(noLine{}, cfg)
	r.simulated = true
	return r
}

func newRelay(line Line, cfg AmpConfig) *Relay {
	if cfg.MaxOn == 0 {
		cfg.MaxOn = DefaultMaxOn
	}
	return &Relay{cfg: cfg, line: line, since: cfg.Now()}
}

type noLine struct{}

func (noLine) Set(bool) error { return nil }
func (noLine) Close() error   { return nil }

// Key switches the amplifier on, and starts its guard anew when it is on
// already. Sound is safe Settle after it returned. ErrClosed after Close.
func (r *Relay) Key() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return ErrClosed
	}
	if err := r.set(true); err != nil {
		return err
	}
	if r.guard != nil {
		r.guard.Stop()
	}
	r.key++
	key := r.key
	r.guard = time.AfterFunc(r.cfg.MaxOn, func() { r.tooLong(key) })
	return nil
}

// tooLong is the guard of one Key; a later Key has a guard of its own. A relay
// that does not answer is tried again until it does.
func (r *Relay) tooLong(key int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.key != key || !r.keyed || r.closed {
		return
	}
	if err := r.set(false); err != nil { // State tells of the fault
		r.guard = time.AfterFunc(offAgain, func() { r.tooLong(key) })
		return
	}
	r.fault = fmt.Sprintf("the amplifier was on for %s and was switched off by its guard", r.cfg.MaxOn)
}

// Unkey switches the amplifier off. It may be called at any time, also twice. On
// an error the relay is tried again each second, until it answers or Key is
// called: nobody else would switch the amplifier off.
func (r *Relay) Unkey() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.off()
}

// off needs r.mu held.
func (r *Relay) off() error {
	if r.guard != nil {
		r.guard.Stop()
		r.guard = nil
	}
	if r.closed {
		return nil
	}
	err := r.set(false)
	if err != nil {
		key := r.key
		r.guard = time.AfterFunc(offAgain, func() { r.offAgain(key) })
	}
	return err
}

// offAgain goes on with an Unkey that failed, unless a Key came after it.
func (r *Relay) offAgain(key int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.key == key {
		_ = r.off() // State tells of the fault
	}
}

// set drives the line even when the state says it is so already: the line is
// the truth, the state only what was last asked.
func (r *Relay) set(on bool) error {
	if err := r.line.Set(on); err != nil {
		r.fault = fmt.Sprintf("the relay does not answer: %v", err)
		return fmt.Errorf("switch the amplifier %s: %w", onOff(on), err)
	}
	r.fault = ""
	if r.keyed != on {
		r.keyed, r.since = on, r.cfg.Now()
	}
	return nil
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// State is the amplifier at a glance.
func (r *Relay) State() AmpState {
	r.mu.Lock()
	defer r.mu.Unlock()
	return AmpState{
		Keyed: r.keyed, Since: r.since, Settle: r.cfg.Settle, Tail: r.cfg.Tail,
		Simulated: r.simulated, Fault: r.fault,
	}
}

// Close switches the amplifier off for good and gives the line back.
func (r *Relay) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil
	}
	if r.guard != nil {
		r.guard.Stop()
	}
	offErr := r.set(false)
	r.closed = true
	if err := r.line.Close(); err != nil {
		return errors.Join(offErr, fmt.Errorf("give the relay's line back: %w", err))
	}
	return offErr
}
