package hardware

import (
	"fmt"
	"time"
)

// have asks for a missing line, and sees to it that it is asked for again. r.mu is
// held.
func (r *Relay) have() error {
	if r.line != nil {
		return nil
	}
	line, err := r.open()
	if err != nil {
		r.failed("the amplifier's line cannot be had", err)
		if r.again == nil {
			r.again = time.AfterFunc(openAgain, r.reopen)
		}
		return fmt.Errorf("open the amplifier's line: %w", err)
	}
	r.line, r.told = line, false
	if r.unsure { // a line is OFF when it is given: if it was on still, it is off from now on
		r.unsure = false
		r.wentOff()
	}
	r.watch()
	if r.again != nil {
		r.again.Stop()
		r.again = nil
	}
	return nil
}

// reopen asks for a missing line, which then is what was last wanted, as soon as it has
// been off for long enough.
func (r *Relay) reopen() {
	r.mu.Lock()
	defer r.unlock()
	r.again = nil
	if r.closed || r.line != nil && (r.keyed || r.told || !r.wanted) {
		return
	}
	if r.wanted {
		_ = r.on() // State tells of the fault
		return
	}
	_ = r.set(false)
}

// drop gives a line back that does not answer, for another is to be had: an adapter
// that was pulled out and plugged in has a new one. What is told by commands stays as it
// is meanwhile, so that it need not rest before it is told again what is wanted. r.mu is
// held.
func (r *Relay) drop() {
	if r.open == nil {
		return
	}
	stays, wasOn := false, false
	if slow, is := r.line.(answering); is {
		stays, wasOn = slow.abandon()
	} else {
		_, pumped := r.line.(*pump) // it is off with its pulses, whatever its pin answers
		err := r.line.Close()
		r.unsure = r.keyed && !pumped && (err != nil || r.unread > 0) // a bus that cannot be read may not have taken the OFF
	}
	switch {
	case !stays:
		r.mayBeOn = false
		r.note(false)
		if wasOn {
			r.wentOff()
		}
	case r.keyed:
		r.keyed, r.since, r.turned = false, r.cfg.Now(), r.cfg.Mono() // as far as anybody knows
	}
	r.line, r.pending, r.odd, r.fresh, r.unread = nil, false, false, 0, 0
	if r.again == nil {
		r.again = time.AfterFunc(openAgain, r.reopen)
	}
}

// missing says whether there is no line at all. r.mu is held.
func (r *Relay) missing() bool { return r.line == nil }
