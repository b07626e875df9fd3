package hardware

import (
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// checkEvery is how often a line is asked whether it is well.
	checkEvery = time.Second
	// answerEvery is how often one is asked whether it has done what it was told.
	answerEvery = 20 * time.Millisecond
)

// errLevel says that a line is at another level than it was set to.
var errLevel = errors.New("its level is not the one it was set to")

// checker is a Line that can tell between two Sets that it does not answer.
type checker interface {
	// Check says what is wrong; nil: nothing. It does not block.
	Check() error
}

// Trouble is why an amplifier cannot be switched, as a code.
type Trouble string

// The troubles of an amplifier.
const (
	NoTrouble     Trouble = ""
	TroubleBusy   Trouble = "busy"   // another program holds its line
	TroubleAbsent Trouble = "absent" // there is no such chip, line or port
	TroubleDenied Trouble = "denied" // this user may not use it
	TroubleMute   Trouble = "mute"   // it does not answer
	TroubleGuard  Trouble = "guard"  // it was on for too long, and was switched off
)

// TroubleOf is the code of what kept a line from being had or set.
func TroubleOf(err error) Trouble {
	switch {
	case err == nil:
		return NoTrouble
	case errors.Is(err, unix.EBUSY):
		return TroubleBusy
	case errors.Is(err, ErrNoLine), errors.Is(err, os.ErrNotExist), errors.Is(err, unix.ENODEV), errors.Is(err, unix.ENXIO):
		return TroubleAbsent
	case errors.Is(err, os.ErrPermission):
		return TroubleDenied
	}
	return TroubleMute
}

// answering is a checker that does not answer within its Set: a device that is sent
// commands, or an adapter.
type answering interface {
	checker
	// Answered says whether what was last set has been done, and if not, why the newest
	// try failed; nil: nobody knows yet. It does not block.
	Answered() (done bool, err error)
	// abandon is Close for one that does not answer; it does not block. stays says that
	// what it switches stays as it is, and wasOn that it may have been on till now.
	abandon() (stays, wasOn bool)
}

// watch asks a line that can tell whether it is well, as long as it is there: soon when
// it has not answered yet, or was switched and not read since. r.mu is held.
func (r *Relay) watch() {
	if _, tells := r.line.(checker); !tells || r.open == nil {
		return
	}
	in := checkEvery
	if r.pending || r.fresh > 0 && r.unread == 0 { // what disturbs a bus needs longer than that to be over
		in = answerEvery
	}
	if r.look == nil {
		r.look = time.AfterFunc(in, r.check)
		return
	}
	r.look.Reset(in) // one look at a time
}

func (r *Relay) check() {
	r.mu.Lock()
	defer r.unlock()
	line, tells := r.line.(checker)
	if !tells || r.closed {
		return
	}
	switch err := line.Check(); {
	case errors.Is(err, errLevel): // another line would be at the same level
		r.failed("the relay does not follow", err)
		r.odd, r.unread, r.hasty, r.fresh = true, 0, false, 0
	case err != nil && r.bears(err):
		r.watch()
		return
	case err != nil:
		r.failed("the relay does not answer", err)
		r.dropUnread()
		return
	default:
		if r.odd || r.unreadable() && r.trouble != TroubleGuard {
			r.trouble, r.fault = NoTrouble, ""
		}
		r.odd, r.unread, r.hasty = false, 0, false
	}
	r.fresh = max(0, r.fresh-1)
	r.hear()
	r.watch()
}

// bears says whether a look that failed, or a Set of what is so already, leaves the line as it
// is: the first of a line that is read back, untold, and the next, which State tells of. What
// does not answer within its Set has a patience of its own. r.mu is held.
func (r *Relay) bears(err error) bool {
	if _, slow := r.line.(answering); slow || gone(err) {
		return false
	}
	if r.unread++; r.unread >= unreadLooks {
		return false
	}
	if r.unreadable() && r.trouble != TroubleGuard {
		r.failed("the relay's pin cannot be read, and stays as it is", err)
		r.trouble = TroubleMute // its chip is there, whatever the bus says
	}
	return true
}

// unreadable says whether more than one look in a row has failed. r.mu is held.
func (r *Relay) unreadable() bool { return r.unread > 1 }

// dropUnread gives a line back that could not be read. What was on by it is to be on again
// at once by another, unless that went on in the same way: a contactor that goes on and off
// is worse than one that is off. r.mu is held.
func (r *Relay) dropUnread() {
	_, slow := r.line.(answering)
	wasOn := r.keyed
	r.drop()
	if slow || !wasOn || !r.wanted || r.hasty {
		return
	}
	r.hasty = true
	r.again.Stop()
	r.again = nil
	_ = r.on() // State tells of the fault
}

// hear takes in what became of what the line was told, once that is known. r.mu is held.
func (r *Relay) hear() {
	slow, is := r.line.(answering)
	if !is || !r.pending {
		return
	}
	switch done, err := slow.Answered(); {
	case done:
		r.pending = false
		if r.trouble != TroubleGuard { // that is told until it is keyed again
			r.trouble, r.fault = NoTrouble, ""
		}
		r.note(r.told)
	case err != nil:
		r.failed("the relay does not answer yet", err)
	}
}

// shown is what State tells: how things were when r.mu was last given back.
type shown struct {
	AmpState
	rested time.Duration // on Mono, when it may be keyed again; of no use while Resting is 0
}

// unlock gives r.mu back, and lets State know.
func (r *Relay) unlock() {
	r.show()
	r.mu.Unlock()
}

// show lets State know how things are. r.mu is held, or nobody else has r yet.
func (r *Relay) show() {
	s := &shown{AmpState: AmpState{
		Keyed: r.keyed, Since: r.since, Turned: r.turned, Settle: r.cfg.Settle, Tail: r.cfg.Tail,
		Simulated: r.simulated, Trouble: r.trouble, Fault: r.fault, Missing: r.missing(), Odd: r.odd, Resting: r.rest(),
		Optional: r.cfg.Optional,
	}}
	if s.Resting > 0 {
		s.rested = r.cfg.Mono() + s.Resting
	}
	r.shown.Store(s)
}

// Await waits until the relay's line has done what is under way: a watchdog notices one
// that hangs.
func (r *Relay) Await() {
	r.mu.Lock()
	defer r.mu.Unlock()
}
