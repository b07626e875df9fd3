package playout

import (
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"loalang/audio"
	"loalang/hardware"
)

const (
	// keyAgain is how soon an amplifier that did not answer is keyed again.
	keyAgain = time.Second
	// followEvery is how often one that was keyed and is not on yet is looked at.
	followEvery = 100 * time.Millisecond
)

// errPowerOff answers whoever wants power after the Player has ended.
var errPowerOff = errors.New("the player has ended")

// power keeps the amplifier on while anybody needs it, and off otherwise; one
// that does not answer is keyed again each second. Its methods may be called
// from any goroutine.
type power struct {
	amp  Amp
	mono func() audio.Instant
	log  *slog.Logger
	told func() // called without mu when on or fault has changed
	// What follows is read without mu, which is held to change it: by whoever must not wait
	// for an amplifier that hangs.
	on    atomic.Bool           // the last keying went well, and nothing has switched it off
	held  atomic.Bool           // somebody holds it
	fault atomic.Pointer[error] // of the last keying while somebody holds it; nil: it went well
	since atomic.Int64          // the audio.Instant at which it went on

	mu      sync.Mutex // held while it is switched, which may take its time
	holders map[string]bool
	again   *time.Timer // keys again; nil: nothing to be tried
	unkey   *time.Timer
	answer  *time.Timer // looks whether it is on by now; nil: it always was at once
	closed  bool
}

func newPower(amp Amp, mono func() audio.Instant, log *slog.Logger, told func()) *power {
	return &power{amp: amp, mono: mono, log: log, told: told, holders: map[string]bool{}}
}

// hold keys the amplifier for who. The error is the amplifier's; who holds it
// all the same, so that a later release is in order, and keying is tried again.
func (p *power) hold(who string) error {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return errPowerOff
	}
	p.holders[who] = true
	p.held.Store(true)
	if p.unkey != nil {
		p.unkey.Stop()
		p.unkey = nil
	}
	changed, err := p.key()
	p.mu.Unlock()
	if changed {
		p.told()
	}
	return err
}

// renew keys again for who, if they still hold it: the guard of an amplifier
// switches it off hours after the last keying.
func (p *power) renew(who string) {
	p.mu.Lock()
	changed := false
	if p.holders[who] && !p.closed {
		changed, _ = p.key()
	}
	p.mu.Unlock()
	if changed {
		p.told()
	}
}

// key switches on, and sees to it that a failure is tried again. p.mu is held.
func (p *power) key() (changed bool, err error) {
	before := p.amp.State()
	err = p.amp.Key()
	if p.again != nil {
		p.again.Stop()
		p.again = nil
	}
	resting := errors.Is(err, hardware.ErrResting)
	switch {
	case resting:
		p.again = time.AfterFunc(p.amp.State().Resting+time.Millisecond, p.retry)
	case err != nil:
		p.again = time.AfterFunc(keyAgain, p.retry)
	}
	if resting && p.amp.State().Optional {
		resting, err = false, nil // it is heard all the same, and switched on when it has rested
	}
	switch {
	case resting:
		p.log.Info("the amplifier was just on: it is switched on when it has rested", "err", err)
	case err != nil && p.fault.Load() == nil:
		p.log.Error("the amplifier could not be switched on and is tried each second", "err", err)
	case err == nil && p.fault.Load() != nil:
		p.log.Info("the amplifier answers again")
	}
	if err == nil && (!p.on.Load() || !live(before)) { // its guard may have switched it off meanwhile
		p.since.Store(int64(p.mono())) // before on: unsettled asks without mu
	}
	changed = p.on.Load() != (err == nil) || (p.fault.Load() == nil) != (err == nil)
	p.on.Store(err == nil)
	p.fault.Store(faultOf(err))
	if err == nil && !live(p.amp.State()) {
		p.lookAgain()
	}
	return changed, err
}

// live says whether sound is heard with an amplifier as it is: not through a relay whose
// line was read to be off.
func live(s hardware.AmpState) bool { return s.Keyed && !s.Odd || s.Optional }

// hot says whether an amplifier is on as far as its line tells, be it meant or not.
func hot(s hardware.AmpState) bool { return s.Keyed != s.Odd }

// lookAgain has follow look in a moment. p.mu is held.
func (p *power) lookAgain() {
	if p.answer == nil {
		p.answer = time.AfterFunc(followEvery, p.follow)
		return
	}
	p.answer.Reset(followEvery)
}

// follow tells when an amplifier that was keyed has answered: a device that is sent
// commands does so later.
func (p *power) follow() {
	is := live(p.amp.State())
	p.mu.Lock()
	held := p.on.Load() && len(p.holders) > 0 && !p.closed
	if held && !is {
		p.lookAgain()
	}
	p.mu.Unlock()
	if held && is {
		p.told()
	}
}

func (p *power) retry() {
	p.mu.Lock()
	changed := false
	if len(p.holders) > 0 && !p.closed {
		changed, _ = p.key()
	}
	p.mu.Unlock()
	if changed {
		p.told()
	}
}

// powered says whether the amplifier is on: it was switched on, and it has not gone off
// by itself since, or is on whatever its relay does. It waits for nobody who switches.
func (p *power) powered() bool { return p.on.Load() && live(p.amp.State()) }

// faultOf is an error as fault keeps it.
func faultOf(err error) *error {
	if err == nil {
		return nil
	}
	return &err
}

// failing is why the amplifier is off though somebody holds it. It waits for nobody who
// switches.
func (p *power) failing() error {
	state := p.amp.State()
	if fault := p.fault.Load(); fault != nil {
		return *fault
	}
	if p.held.Load() && state.Fault != "" && !live(state) {
		return errors.New(state.Fault) // it was told to be on, and does not answer
	}
	return nil
}

// release lets go of who's hold. The amplifier goes off Tail after the last.
func (p *power) release(who string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.holders[who] {
		return
	}
	delete(p.holders, who)
	p.held.Store(len(p.holders) > 0)
	if len(p.holders) > 0 || p.closed {
		return
	}
	p.calm()
	p.unkey = time.AfterFunc(p.amp.State().Tail, p.tailOver)
}

// cut switches off at once, whoever holds it.
func (p *power) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	idle := len(p.holders) == 0 && p.unkey == nil
	if idle || p.closed {
		return
	}
	clear(p.holders)
	p.held.Store(false)
	p.calm()
	if p.unkey != nil {
		p.unkey.Stop()
		p.unkey = nil
	}
	p.on.Store(false)
	if err := p.amp.Unkey(); err != nil {
		p.log.Error("the amplifier could not be switched off", "err", err)
	}
}

// holds says whether who holds it.
func (p *power) holds(who string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.holders[who]
}

// calm ends the retries. p.mu is held.
func (p *power) calm() {
	if p.again != nil {
		p.again.Stop()
		p.again = nil
	}
	p.fault.Store(nil)
}

func (p *power) tailOver() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.holders) > 0 {
		return
	}
	p.on.Store(false)
	p.unkey = nil
	if err := p.amp.Unkey(); err != nil {
		p.log.Error("the amplifier could not be switched off", "err", err)
	}
}

// off switches off whoever holds it: the last thing a Player does.
func (p *power) off() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	p.on.Store(false)
	clear(p.holders)
	p.held.Store(false)
	p.calm()
	if p.unkey != nil {
		p.unkey.Stop()
	}
	if err := p.amp.Unkey(); err != nil {
		p.log.Error("the amplifier could not be switched off", "err", err)
	}
}

// settling is how long it takes from now on until sound is safe.
func (p *power) settling() time.Duration {
	state := p.amp.State()
	settle, rest := state.Settle, restOf(state)
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case len(p.holders) == 0, rest > 0, state.Trouble == hardware.TroubleGuard && !live(state): // whoever comes keys it anew
		return rest + settle + keyMargin
	case !p.on.Load(): // it does not answer: nothing is gained by waiting for it
		return 0
	}
	return max(0, p.settledAt(settle).Sub(p.mono()))
}

func (p *power) settledAt(settle time.Duration) audio.Instant {
	return audio.Instant(p.since.Load()).Add(settle)
}

// unsettled is how long it takes from now on until sound is safe, of what is on or is
// switched on now. It waits for nobody who switches.
func (p *power) unsettled() time.Duration {
	state := p.amp.State()
	if !p.on.Load() || !live(state) {
		return state.Settle
	}
	return max(0, p.settledAt(state.Settle).Sub(p.mono()))
}
