package people

import (
	"context"
	"strconv"
	"strings"
	"time"
)

// The bounds of a PIN, in digits.
const (
	PINShortest = 4
	PINLongest  = 8
)

// CheckPINRules looks at a PIN that somebody wishes to have: digits, and not the ones
// that everybody tries first. The error is Invalid with the field "pin".
func CheckPINRules(pin string) error { return join(pinFaults(pin)) }

func pinFaults(pin string) []Fault {
	fault := func(code, limit string) []Fault { return []Fault{{Field: "pin", Code: code, Limit: limit}} }
	switch {
	case pin == "":
		return fault(FaultRequired, "")
	case strings.ContainsFunc(pin, func(r rune) bool { return r < '0' || r > '9' }):
		return fault(FaultDigits, "")
	case len(pin) < PINShortest:
		return fault(FaultTooShort, strconv.Itoa(PINShortest))
	case len(pin) > PINLongest:
		return fault(FaultTooLong, strconv.Itoa(PINLongest))
	case run([]rune(pin)):
		return fault(FaultCommon, "")
	}
	return nil
}

// PINs hashes and checks PINs. It has a turn of its own, so that whoever raises an
// emergency never waits behind those who sign in. Make one for the process with
// NewPINs; it may be used from any goroutine.
type PINs struct{ under *Passwords }

// NewPINs makes a PINs.
func NewPINs() *PINs { return &PINs{NewPasswords()} }

// Hash encodes a PIN for keeping. It blocks as Passwords.HashPassword does; the error
// is that of ctx, or of the rules.
func (p *PINs) Hash(ctx context.Context, pin string) (string, error) {
	if err := CheckPINRules(pin); err != nil {
		return "", err
	}
	return p.under.encode(ctx, pin)
}

// Check says whether a PIN, or a password where somebody has forgotten the PIN, is the
// one that was encoded; it blocks and fails as Passwords.CheckPassword does.
func (p *PINs) Check(ctx context.Context, secret, encoded string) (bool, error) {
	return p.under.CheckPassword(ctx, secret, encoded)
}

// What a Lockout allows: so many wrong ones at once, then a wait that doubles with
// each further one. It never grows so long that an emergency is over by then.
const (
	lockoutFree    = 5
	lockoutFirst   = 30 * time.Second
	lockoutLongest = 15 * time.Minute
)

// Lockout slows down who guesses a PIN. The zero value has seen nothing; it is for one
// goroutine at a time.
type Lockout struct {
	failures int
	until    time.Time
}

// Left is how long nobody may try at the instant now; 0: it may be tried.
func (l *Lockout) Left(now time.Time) time.Duration { return max(0, l.until.Sub(now)) }

// Failed counts a wrong one, and says whether that locked it.
func (l *Lockout) Failed(now time.Time) (locked bool) {
	l.failures++
	if l.failures < lockoutFree {
		return false
	}
	wait := lockoutLongest
	if n := l.failures - lockoutFree; n < 5 { // 30 s << 5 is more than the longest
		wait = lockoutFirst << n
	}
	l.until = now.Add(wait)
	return true
}

// Free is how many wrong ones may still be given before the next lock.
func (l *Lockout) Free() int { return max(0, lockoutFree-l.failures) }
