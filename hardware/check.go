package hardware

import (
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// checkEvery is how often a line is asked whether it is well.
const checkEvery = time.Second

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

// watch asks a line that can tell whether it is well, as long as it is there. r.mu is
// held.
func (r *Relay) watch() {
	if _, tells := r.line.(checker); tells && r.open != nil {
		r.look = time.AfterFunc(checkEvery, r.check)
	}
}

func (r *Relay) check() {
	r.mu.Lock()
	defer r.mu.Unlock()
	line, tells := r.line.(checker)
	if !tells || r.closed {
		return
	}
	if err := line.Check(); err != nil {
		r.failed("the relay does not answer", err)
		r.drop()
		return
	}
	r.watch()
}
