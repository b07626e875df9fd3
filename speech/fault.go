package speech

import (
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"unicode"
)

// FaultCode says, in one stable word, why an engine did not speak.
type FaultCode string

// Codes of Fault. The panel has words for each.
const (
	Absent      FaultCode = "absent"      // the program is not there
	Unreachable FaultCode = "unreachable" // nothing answers at the server's address
	Outside     FaultCode = "outside"     // the address is not of this machine or network
	Slow        FaultCode = "slow"        // it took longer than it may
	Failed      FaultCode = "failed"      // the program ended with an error
	Refused     FaultCode = "refused"     // the server answered that it will not
	Redirected  FaultCode = "redirected"  // the server sends us elsewhere
	BrokenOff   FaultCode = "broken-off"  // the answer ended in the middle
	Garbled     FaultCode = "garbled"     // the answer is not of the protocol
	Soundless   FaultCode = "soundless"   // what came is no sound
	Unreadable  FaultCode = "unreadable"  // its sound has a form that is not read
	Endless     FaultCode = "endless"     // more sound than the text can be
	Undeclared  FaultCode = "undeclared"  // no engine has the voice any more
)

// faultWords are the sentences of the log.
var faultWords = map[FaultCode]string{
	Absent:      "the program is not installed",
	Unreachable: "the server does not answer",
	Outside:     "the server is not of this machine or a private network",
	Slow:        "it took longer than it may",
	Failed:      "the program ended with an error",
	Refused:     "the server refused",
	Redirected:  "the server sends elsewhere, which is not followed",
	BrokenOff:   "the answer broke off",
	Garbled:     "the answer is not of the protocol",
	Soundless:   "the answer is no sound",
	Unreadable:  "the sound has a form that is not read",
	Endless:     "there is more sound than the text can be",
	Undeclared:  "no engine has this voice",
}

// FaultCodes lists every code.
func FaultCodes() []FaultCode {
	return []FaultCode{Absent, Unreachable, Outside, Slow, Failed, Refused, Redirected, BrokenOff, Garbled, Soundless, Unreadable, Endless, Undeclared}
}

// Fault is an engine that did not speak a text though it should: another voice may.
type Fault struct {
	Code   FaultCode
	Detail string // for technicians, one line; may be empty
	Err    error  // what it came from; may be nil
}

// Error is one sentence.
func (f Fault) Error() string {
	if f.Detail == "" {
		return faultWords[f.Code]
	}
	return faultWords[f.Code] + " (" + f.Detail + ")"
}

// Unwrap lets errors.Is find what a Fault came from, and ErrNoEngine for a program
// or server that is not there.
func (f Fault) Unwrap() []error {
	var all []error
	if f.Err != nil {
		all = append(all, f.Err)
	}
	if f.Code == Absent || f.Code == Unreachable {
		all = append(all, ErrNoEngine)
	}
	return all
}

// FaultOf is what is wrong with an engine as err tells it; false: the fault is not
// the engine's.
func FaultOf(err error) (Fault, bool) {
	var f Fault
	var exit *exec.ExitError
	switch {
	case errors.As(err, &f):
		return f, true
	case errors.As(err, &exit):
		return Fault{Code: Failed, Detail: quote(err.Error()), Err: err}, true
	case errors.Is(err, ErrNoEngine):
		return Fault{Code: Absent, Err: err}, true
	case errors.Is(err, errNoSound):
		return Fault{Code: Soundless, Err: err}, true
	}
	return f, false
}

// faultf is a Fault with a detail.
func faultf(code FaultCode, format string, args ...any) Fault {
	return Fault{Code: code, Detail: fmt.Sprintf(format, args...)}
}

// quote is the beginning of what an engine said, on one line, without controls.
func quote(said string) string {
	said = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(said, "?"), func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if r := []rune(said); len(r) > 200 {
		return string(r[:199]) + "…"
	}
	return said
}
