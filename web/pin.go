package web

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"loalang/people"
)

// pinLasts is how long a browser that gave the PIN is not asked again.
const pinLasts = 10 * time.Minute

var (
	// errPINRequired says that the PIN has to be given first.
	errPINRequired = errors.New("the PIN has to be given first")
	// errPINWrong says that neither the PIN nor the password is right.
	errPINWrong = errors.New("the PIN is wrong")
)

// pinLocked is the error of a PIN that was tried too often.
type pinLocked struct{ left time.Duration }

// Error says how long nobody may try.
func (e pinLocked) Error() string { return fmt.Sprintf("the PIN is locked for %s", e.left) }

// asked remembers who gave the PIN of late, and who guesses it. All of it lies in
// memory: it holds while the database fails. It is safe for several goroutines.
type asked struct {
	mu    sync.Mutex
	wrong *lru[string, *people.Lockout] // by account, its PIN and its password apart
	given *lru[string, time.Time]       // by session: until when, system clock
}

func newAsked() *asked {
	return &asked{wrong: newLRU[string, *people.Lockout](sessionsKept), given: newLRU[string, time.Time](sessionsKept)}
}

// try counts an attempt before it is looked at, so that many at once are not more than
// one; right takes it back. The error is pinLocked.
func (a *asked) try(key string) (free int, locked bool, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	l, ok := a.wrong.get(key)
	if !ok {
		l = &people.Lockout{}
		a.wrong.put(key, l)
	}
	now := systemTime(0)
	if left := l.Left(now); left > 0 {
		return 0, false, pinLocked{left}
	}
	locked = l.Failed(now)
	return l.Free(), locked, nil
}

// forget forgets the wrong ones of an account.
func (a *asked) forget(of people.Account) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.wrong.drop(pinKey(of))
	a.wrong.drop(passwordKey(of))
}

// The keys name what is guessed: another PIN or password begins without wrong ones.
func pinKey(a people.Account) string      { return "pin " + a.ID + a.PIN }
func passwordKey(a people.Account) string { return "password " + a.ID + a.Password }

func (a *asked) pass(session string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.given.put(session, systemTime(pinLasts))
}

func (a *asked) passed(session string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	until, ok := a.given.get(session)
	return ok && until.After(systemTime(0))
}

// confirmed says whether whoever makes a request need not give a PIN: a program has the
// right in its token, a person has given it of late, or has never chosen one (ADR 44).
func (s *Server) confirmed(c *gin.Context, who people.Principal) bool {
	if who.Token {
		return true
	}
	a, ok := s.roster.account(c.Request.Context(), who.ID)
	return ok && a.PIN == "" || s.asked.passed(s.sessionKey(c)+a.PIN)
}

// sessionKey names the session of a request, without being its secret.
func (s *Server) sessionKey(c *gin.Context) string {
	return people.HashSecret(s.sessions(c.Request).Token(c.Request.Context()))
}

// confirm looks at a PIN, or at the password of somebody who has forgotten it, and does
// not ask this browser again for a while. It needs no database. The errors are
// errPINRequired, errPINWrong, pinLocked and that of ctx.
func (s *Server) confirm(c *gin.Context, who people.Principal, pin, password string) error {
	ctx := c.Request.Context()
	a, ok := s.roster.account(ctx, who.ID)
	if who.Token || !ok {
		return errNoRight
	}
	given, encoded, key := pin, a.PIN, pinKey(a)
	if pin == "" {
		given, encoded, key = password, a.Password, passwordKey(a)
	}
	switch {
	case given == "":
		return errPINRequired
	case pin != "" && a.PIN == "":
		return errPINWrong
	}
	_, locked, err := s.asked.try(key)
	if err != nil {
		return err
	}
	same, err := s.pins.Check(ctx, given, encoded)
	switch {
	case err != nil:
		return fmt.Errorf("check PIN: %w", err)
	case !same && locked:
		s.note(ctx, a.Principal(), c, deedPINLocked)
		return errPINWrong
	case !same:
		return errPINWrong
	}
	s.asked.forget(a)
	s.asked.pass(s.sessionKey(c) + a.PIN)
	return nil
}

// choosePIN gives whoever makes a request a PIN: at first without more, later only with
// the one before, or the password. The errors are those of confirm and people.Invalid.
func (s *Server) choosePIN(c *gin.Context, who people.Principal, pin, before, password string) error {
	ctx := c.Request.Context()
	if err := people.CheckPINRules(pin); err != nil {
		return err
	}
	a, err := s.cfg.Accounts.AccountByID(ctx, who.ID)
	if err != nil {
		return err
	}
	if a.PIN != "" {
		if err := s.confirm(c, who, before, password); err != nil {
			return err
		}
	}
	if a.PIN, err = s.pins.Hash(ctx, pin); err != nil {
		return fmt.Errorf("keep PIN: %w", err)
	}
	if a, err = s.keepAccount(ctx, a); err != nil {
		return err
	}
	s.asked.pass(s.sessionKey(c) + a.PIN)
	return nil
}

// pinWords words why a PIN was not taken; empty: err is of another kind.
func pinWords(lang string, err error) string {
	var locked pinLocked
	switch {
	case errors.As(err, &locked):
		return word(lang, "problem.pin-locked", int(math.Ceil(locked.left.Minutes())))
	case errors.Is(err, errPINWrong):
		return word(lang, "problem.pin-wrong")
	case errors.Is(err, errPINRequired):
		return word(lang, "problem.pin-required")
	}
	return ""
}

// pinProblem is the problem of a PIN that was not taken; nil: err is of another kind.
func (s *Server) pinProblem(lang string, err error) *Problem {
	status, code := http.StatusForbidden, "pin-wrong"
	var locked pinLocked
	switch {
	case errors.As(err, &locked):
		status, code = http.StatusTooManyRequests, "pin-locked"
	case errors.Is(err, errPINRequired):
		code = "pin-required"
	case !errors.Is(err, errPINWrong):
		return nil
	}
	p := s.problem(lang, status, code)
	p.Detail = pinWords(lang, err)
	return p
}

// What is noted of people beside what their records tell.
const (
	deedSignedIn  people.Deed = "signed-in"
	deedRefused   people.Deed = "refused"    // a password was wrong
	deedSlowed    people.Deed = "slowed"     // too many were wrong
	deedSignedOut people.Deed = "signed-out" // by their own hand
	deedPINLocked people.Deed = "pin-locked"
)

// note tells the history what somebody did or tried, from where and on what. Nobody waits
// for it: a right name must not take longer than a wrong one, and the database may be
// gone. Of a name that nobody has only is told that it was tried: people type their
// password into the wrong field.
func (s *Server) note(ctx context.Context, who people.Principal, c *gin.Context, deed people.Deed) {
	from, agent := c.RemoteIP(), c.Request.UserAgent()
	often := deed == deedRefused || deed == deedSlowed || deed == deedPasskeyRefused || deed == deedPasskeyCopied
	if often && !s.limits.worthTelling(string(deed)+" "+who.ID+" "+network(from)) {
		return
	}
	change := people.Change{
		Village: who.Village, Kind: "sign-ins", Record: who.ID, Deed: deed,
		Fields: []people.FieldChange{{Name: "from", After: from}, {Name: "device", After: deviceWords(vietnamese, agent)}},
	}
	ctx = people.Acting(context.WithoutCancel(ctx), people.Actor{ID: who.ID, Name: who.Name, Kind: people.ActorAccount, Way: people.ByPanel})
	go func() {
		err := bounded(ctx, notePatience, func(ctx context.Context) (func(), error) { return nil, s.cfg.Diary.Note(ctx, change) })
		if err != nil {
			s.cfg.Logger.WarnContext(ctx, "what somebody did is not in the history", "deed", string(deed), "account", who.ID, "err", err)
		}
	}()
}

// notePatience is how long the history may take to take something in.
const notePatience = 10 * time.Second
