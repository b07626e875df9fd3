package hardware

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
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

const (
	// offAgain is how soon a relay that did not answer is switched off again.
	offAgain = time.Second
	// openAgain is how soon a line that could not be had is asked for again.
	openAgain = 5 * time.Second
)

// AmpConfig says how an amplifier, or the loudspeakers of a zone, are switched.
type AmpConfig struct {
	Settle time.Duration // from keying until sound is safe
	Tail   time.Duration // from the last frame until unkeying; kept by the caller
	// MaxOn is the guard: an amplifier that nobody unkeys goes off by itself
	// this long after the last Key. Zero: DefaultMaxOn.
	MaxOn time.Duration
	// MinOff is how long it stays off before it may be keyed again, also behind a run of
	// the program that died with it on. Zero: not at all.
	MinOff time.Duration
	// Fresh says that nobody has keyed it since the machine was started: it need not stay
	// off once it is opened.
	Fresh bool
	// Optional says that the amplifier is on by itself and the relay saves power at
	// most: a Key that the relay does not follow is no error, only a fault of State.
	Optional bool
	Now      func() time.Time
	Mono     func() time.Duration // CLOCK_MONOTONIC, for MinOff and Turned; nil: the kernel's
}

// Relay is an amplifier behind a relay. Its methods may be called from any
// goroutine; they block no longer than its line does.
type Relay struct {
	cfg       AmpConfig
	simulated bool
	open      func() (Line, error) // nil: the line was given, and stays

	shown atomic.Pointer[shown] // what State tells

	mu       sync.Mutex // held while the line is opened and set, which may take its time
	line     Line       // nil: it is missing
	keyed    bool
	wanted   bool // the last call was Key, not Unkey
	since    time.Time
	turned   time.Duration // since, on Mono
	offSince time.Duration // on Mono, at the latest; 0: it was never on
	fault    string
	trouble  Trouble
	guard    *time.Timer
	again    *time.Timer // asks for a missing line; nil: it is there
	look     *time.Timer // asks a line whether it is well; nil: it cannot tell
	pending  bool        // the line was told, and what it switches has not answered yet
	told     bool        // what the line was told last
	odd      bool        // the line is at another level than it was set to
	fresh    int         // how many looks are due soon, since it was set to another level
	unread   int         // how many looks in a row could not read the line
	hasty    bool        // it was opened again at once, and has not been read since
	unsure   bool        // no line is there, and what the last one switched may be on still
	mayBeOn  bool        // what is told by commands was told to be on, and not to be off since
	key      int64       // counts the calls of Key
	closed   bool
}

// NewRelay takes over a line, which must be OFF, and makes sure of it.
func NewRelay(line Line, cfg AmpConfig) (*Relay, error) {
	r := newRelay(line, cfg)
	if err := line.Set(false); err != nil {
		return nil, fmt.Errorf("switch the amplifier off: %w", err)
	}
	return r, nil
}

// OpenRelay is an amplifier whose line may be missing, busy, or be pulled out like a
// serial adapter: State tells of it, and open is asked again every five seconds and
// at each Key until it gives a line. That must be OFF when it is given.
func OpenRelay(open func() (Line, error), cfg AmpConfig) *Relay {
	r := newRelay(nil, cfg)
	r.open = open
	r.mu.Lock()
	defer r.unlock()
	_ = r.set(false) // State tells of the fault
	return r
}

// NewSim is the simulated twin of a Relay: the same behaviour, no line.
func NewSim(cfg AmpConfig) *Relay {
	r := newRelay(noLine{}, cfg)
	r.simulated = true
	r.show()
	return r
}

func newRelay(line Line, cfg AmpConfig) *Relay {
	if cfg.MaxOn == 0 {
		cfg.MaxOn = DefaultMaxOn
	}
	if cfg.Mono == nil {
		cfg.Mono = kernelMono
	}
	r := &Relay{cfg: cfg, line: line, since: cfg.Now(), turned: cfg.Mono()}
	if !cfg.Fresh {
		r.offSince = r.turned // nobody knows: a run of the program may have died with it on
	}
	r.show()
	return r
}

type noLine struct{}

func (noLine) Set(bool) error { return nil }
func (noLine) Close() error   { return nil }

// Key switches the amplifier on, and starts its guard anew when it is on
// already. Sound is safe Settle after it returned; one that is told by commands is on
// once it has answered, which State tells. ErrClosed after Close; ErrResting
// while it must stay off, see State. A relay that did not answer may be on all the
// same, so that it has its guard, too.
func (r *Relay) Key() error {
	r.mu.Lock()
	defer r.unlock()
	if r.closed {
		return ErrClosed
	}
	if rest := r.rest(); rest > 0 {
		return resting(rest)
	}
	r.wanted = true
	err := r.on()
	if r.guard != nil {
		r.guard.Stop()
	}
	r.key++
	key := r.key
	r.guard = time.AfterFunc(r.cfg.MaxOn, func() { r.tooLong(key) })
	if r.cfg.Optional {
		return nil
	}
	return err
}

// on switches on, as soon as it has been off for long enough: what may have been on until
// its line was had just now is off since then only. r.mu is held.
func (r *Relay) on() error {
	if err := r.have(); err != nil {
		return err
	}
	rest := r.rest()
	if err := r.set(rest == 0); err != nil || rest == 0 {
		return err
	}
	if r.again == nil {
		r.again = time.AfterFunc(min(rest, openAgain), r.reopen)
	}
	return resting(rest)
}

func resting(rest time.Duration) error {
	return fmt.Errorf("switch the amplifier on: off for %s more: %w", rest.Round(100*time.Millisecond), ErrResting)
}

// rest is how long the amplifier must stay off still. r.mu is held.
func (r *Relay) rest() time.Duration {
	if r.keyed || r.cfg.MinOff == 0 || r.offSince == 0 {
		return 0
	}
	return max(0, r.offSince+r.cfg.MinOff-r.cfg.Mono())
}

// tooLong is the guard of one Key; a later Key has a guard of its own. A relay
// that does not answer is tried again until it does.
func (r *Relay) tooLong(key int64) {
	r.mu.Lock()
	defer r.unlock()
	if r.key != key || !r.keyed && !r.wanted || r.closed {
		return
	}
	r.wanted = false
	if err := r.set(false); err != nil { // State tells of the fault
		r.guard = time.AfterFunc(offAgain, func() { r.tooLong(key) })
		return
	}
	r.trouble, r.fault = TroubleGuard, fmt.Sprintf("the amplifier was on for %s and was switched off by its guard", r.cfg.MaxOn)
}

// Unkey switches the amplifier off. It may be called at any time, also twice. On
// an error the relay is tried again each second, until it answers or Key is
// called: nobody else would switch the amplifier off.
func (r *Relay) Unkey() error {
	r.mu.Lock()
	defer r.unlock()
	return r.off()
}

// off needs r.mu held.
func (r *Relay) off() error {
	if r.guard != nil {
		r.guard.Stop()
		r.guard = nil
	}
	r.wanted = false
	if r.closed {
		return nil
	}
	err := r.set(false)
	if r.missing() {
		return nil // there is nothing to switch off: a line is OFF when it is given
	}
	if err != nil {
		key := r.key
		r.guard = time.AfterFunc(offAgain, func() { r.offAgain(key) })
	}
	return err
}

// offAgain goes on with an Unkey that failed, unless a Key came after it.
func (r *Relay) offAgain(key int64) {
	r.mu.Lock()
	defer r.unlock()
	if r.key == key {
		_ = r.off() // State tells of the fault
	}
}

// set drives the line even when the state says it is so already: the line is
// the truth, the state only what was last asked. r.mu is held.
func (r *Relay) set(on bool) error {
	if err := r.have(); err != nil {
		return err
	}
	if err := r.line.Set(on); err != nil {
		if _, tells := r.line.(checker); tells && on && r.keyed && r.bears(err) {
			r.watch() // it is on already, and stays on: looks say soon what has become of it
			return nil
		}
		r.failed("the relay does not answer", err)
		r.drop()
		return fmt.Errorf("switch the amplifier %s: %w", onOff(on), err)
	}
	if r.told != on {
		r.odd, r.fresh = false, oddLooks // what was read before says nothing of this level
	}
	r.told = on
	if slow, is := r.line.(answering); is {
		done, _ := slow.Answered() // what it says of a fault is taken in by check
		r.pending = !done
		if !on && r.mayBeOn {
			r.wentOff() // it may have been on though it never said so
		}
		r.mayBeOn = on
	}
	if !r.pending && !r.odd && !r.unreadable() || r.trouble == TroubleGuard {
		r.trouble, r.fault = NoTrouble, ""
	}
	if !r.pending || !on {
		r.note(on)
	}
	if r.pending || r.fresh > 0 {
		r.watch()
	}
	return nil
}

// failed notes what State tells of an error. r.mu is held.
func (r *Relay) failed(what string, err error) {
	r.trouble, r.fault = TroubleOf(err), fmt.Sprintf("%s: %v", what, err)
}

// note takes in that the line is on or off. r.mu is held.
func (r *Relay) note(on bool) {
	if r.keyed == on {
		return
	}
	r.keyed, r.since, r.turned = on, r.cfg.Now(), r.cfg.Mono()
	if !on {
		r.wentOff()
	}
}

// wentOff has it rest from now on. r.mu is held.
func (r *Relay) wentOff() { r.offSince = r.cfg.Mono() }

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// State is the amplifier at a glance. It never waits, for the line neither.
func (r *Relay) State() AmpState {
	s := *r.shown.Load()
	if s.Resting > 0 {
		s.Resting = max(0, s.rested-r.cfg.Mono())
	}
	return s.AmpState
}

// Close switches the amplifier off for good and gives the line back.
func (r *Relay) Close() error {
	r.mu.Lock()
	defer r.unlock()
	if r.closed {
		return nil
	}
	for _, t := range []*time.Timer{r.guard, r.again, r.look} {
		if t != nil {
			t.Stop()
		}
	}
	r.closed, r.wanted = true, false
	if r.missing() {
		return nil
	}
	offErr := r.line.Set(false)
	r.note(false)
	if err := r.line.Close(); err != nil {
		return errors.Join(offErr, fmt.Errorf("give the relay's line back: %w", err))
	}
	if offErr != nil {
		return fmt.Errorf("switch the amplifier off: %w", offErr)
	}
	return nil
}
