package people

import (
	"errors"
	"strings"
)

var (
	// ErrNameTaken says that another account signs in by that name.
	ErrNameTaken = errors.New("the name is taken: choose another")
	// ErrNoToken says that no living token has this ID or name.
	ErrNoToken = errors.New("there is no such token")
	// ErrManyTokens says that several living tokens have this name.
	ErrManyTokens = errors.New("several tokens have this name: give the ID of one")
	// ErrLastAdmin says that nobody would be left who may administer the board.
	ErrLastAdmin = errors.New("this is the last administrator who may sign in: make somebody else one first")
	// ErrNotAHash says that what is kept as a password is none: the account
	// needs a new one.
	ErrNotAHash = errors.New("the stored password cannot be read: set a new one")
)

// Fault is one thing wrong with one field of what a person entered. It has the
// fields of scheduler.Fault, so that one converts into the other; web words it.
type Fault struct {
	Field string // JSON name, "password"
	Code  string // stable, "too-short"
	Limit string // the bound that was crossed, when there is one
}

// Codes of Fault, the same words as those of package scheduler.
const (
	FaultRequired = "required"
	FaultTooShort = "too-short"
	FaultTooLong  = "too-long"
	FaultControl  = "control-characters"
	FaultNoWords  = "no-words"
	FaultUnknown  = "unknown"
	FaultPast     = "in-the-past"
	FaultTooLate  = "too-late"
	FaultCommon   = "too-common"
	FaultDigits   = "only-digits"
)

// Invalid is the error of a Validate: all faults at once.
type Invalid []Fault

// Error lists the faults in words for a command line and a log; the panel
// words them itself.
func (e Invalid) Error() string {
	parts := make([]string, len(e))
	for i, f := range e {
		parts[i] = f.sentence()
	}
	return strings.Join(parts, "; ")
}

func (f Fault) sentence() string {
	switch f.Code {
	case FaultRequired:
		return f.Field + " is missing: give one"
	case FaultTooShort:
		return f.Field + " is too short: use at least " + f.Limit + " characters"
	case FaultTooLong:
		return f.Field + " is too long: use at most " + f.Limit + " characters"
	case FaultControl:
		return f.Field + " holds characters that cannot be seen: type it again"
	case FaultNoWords:
		return f.Field + " holds neither a letter nor a digit: type it again"
	case FaultUnknown:
		return f.Field + " is unknown: use one of " + f.Limit
	case FaultTooLate:
		return f.Field + " is too late: choose a time within " + f.Limit + " days"
	case FaultCommon:
		return f.Field + " is one that everybody tries first: choose another"
	case FaultDigits:
		return f.Field + " holds something else than digits: use digits only"
	case FaultPast:
		return f.Field + " lies in the past: choose a later time"
	}
	return f.Field + ": " + f.Code
}

// join is err of all faults, nil when there is none.
func join(faults ...[]Fault) error {
	var all Invalid
	for _, f := range faults {
		all = append(all, f...)
	}
	if len(all) == 0 {
		return nil
	}
	return all
}
