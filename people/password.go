package people

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"
)

// The bounds of a password, in characters. Any characters will do: length is
// what makes a password hard to guess, rules about digits only make it hard to
// remember. What everybody guesses first is refused (NIST SP 800-63B-4, 3.1.1.2).
const (
	PasswordShortest = 8
	PasswordLongest  = 256
)

// CheckPasswordRules looks at a password that somebody wishes to have. The
// error is Invalid with the field "password".
func CheckPasswordRules(password string) error { return join(passwordFaults(password)) }

func passwordFaults(password string) []Fault {
	n := utf8.RuneCountInString(norm.NFC.String(password))
	fault := func(code, limit string) []Fault { return []Fault{{Field: "password", Code: code, Limit: limit}} }
	switch {
	case n == 0:
		return fault(FaultRequired, "")
	case n < PasswordShortest:
		return fault(FaultTooShort, strconv.Itoa(PasswordShortest))
	case n > PasswordLongest:
		return fault(FaultTooLong, strconv.Itoa(PasswordLongest))
	case common(password):
		return fault(FaultCommon, "")
	}
	return nil
}

// Passwords hashes and checks passwords with argon2id: 19 MiB, two passes, one
// lane (the OWASP cheat sheet's first choice of small memory). It works on one
// password at a time, so that a burst of sign-ins does not eat a board's
// memory; further callers wait. Make one for the process with NewPasswords; it
// may be used from any goroutine.
type Passwords struct {
	turn   chan struct{}
	params argon2id.Params
}

// NewPasswords makes a Passwords.
func NewPasswords() *Passwords {
	return &Passwords{
		turn:   make(chan struct{}, 1),
		params: argon2id.Params{Memory: 19 << 10, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32},
	}
}

// HashPassword encodes a password for keeping. It blocks until it is its turn,
// then for about 50 ms on a board; the error is that of ctx, or of the rules.
func (p *Passwords) HashPassword(ctx context.Context, password string) (string, error) {
	if err := CheckPasswordRules(password); err != nil {
		return "", err
	}
	return p.encode(ctx, password)
}

// encode hashes what was looked at.
func (p *Passwords) encode(ctx context.Context, password string) (string, error) {
	if err := p.wait(ctx); err != nil {
		return "", err
	}
	defer p.done()
	encoded, err := argon2id.CreateHash(norm.NFC.String(password), &p.params)
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return encoded, nil
}

// CheckPassword says whether password is the one that was encoded. An empty
// encoded stands for a name that does not exist: the answer is false after the
// same work, so that the time does not tell which names exist. ErrNotAHash when
// encoded is no hash. It blocks as HashPassword does.
func (p *Passwords) CheckPassword(ctx context.Context, password, encoded string) (bool, error) {
	if utf8.RuneCountInString(password) > 4*PasswordLongest {
		return false, nil // nobody has one; do not let a stranger make us hash a megabyte
	}
	if err := p.wait(ctx); err != nil {
		return false, err
	}
	defer p.done()
	password = norm.NFC.String(password)
	if encoded == "" {
		_, err := argon2id.CreateHash(password, &p.params)
		return false, err
	}
	same, err := argon2id.ComparePasswordAndHash(password, encoded)
	if err != nil {
		return false, errors.Join(ErrNotAHash, err)
	}
	return same, nil
}

func (p *Passwords) wait(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("wait for a turn to hash: %w", err)
	}
	select {
	case p.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for a turn to hash: %w", ctx.Err())
	}
}

func (p *Passwords) done() { <-p.turn }
