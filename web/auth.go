package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"loalang/people"
)

var (
	// errWrongPassword says that no account has this name and password.
	errWrongPassword = errors.New("name or password is wrong")
	// errTooMany says that a name or an address has tried too often.
	errTooMany = errors.New("too many attempts")
	// errSetupOver says that the set-up link was used or is too old.
	errSetupOver = errors.New("the set-up link was used or is too old")
)

// whoKey is where a request remembers whom it comes from.
const whoKey = "loalang/who"

// found is a principal, or that there is none.
type found struct {
	who people.Principal
	ok  bool
}

// principal is who stands behind a request: the token it carries, else the
// account that is signed in. Both come from memory, so they are known while the
// database fails. A request with a bearer token that is not alive is nobody's,
// whatever its cookie says.
func (s *Server) principal(c *gin.Context) (people.Principal, bool) {
	if known, ok := c.Get(whoKey); ok {
		if f, ok := known.(found); ok {
			return f.who, f.ok
		}
	}
	var f found
	if header := c.GetHeader("Authorization"); header != "" {
		f.who, f.ok = s.bearer(c.Request.Context(), header)
	} else {
		f.who, f.ok = s.signedIn(c)
	}
	c.Set(whoKey, f)
	if f.ok { // for the history
		way := people.ByPanel
		if isAPI(c.Request) {
			way = people.ByAPI
		}
		ctx := context.WithValue(c.Request.Context(), askerKey{}, f.who)
		c.Request = c.Request.WithContext(people.Acting(ctx, f.who.Actor(way)))
	}
	return f.who, f.ok
}

// askerKey is where the context of a request remembers whom it comes from.
type askerKey struct{}

// asker is whom a request comes from, by its context; nobody with any right when
// it has none.
func asker(ctx context.Context) people.Principal {
	who, _ := ctx.Value(askerKey{}).(people.Principal)
	return who
}

// bearerOf is what an Authorization header of the scheme Bearer carries; the
// scheme's name is read in any case.
func bearerOf(header string) (string, bool) {
	scheme, secret, _ := strings.Cut(header, " ")
	return strings.TrimSpace(secret), strings.EqualFold(scheme, "Bearer")
}

// bearer finds the token of an Authorization header.
func (s *Server) bearer(ctx context.Context, header string) (people.Principal, bool) {
	secret, ok := bearerOf(header)
	if !ok || !people.IsSecret(secret) {
		return people.Principal{}, false
	}
	hash := people.HashSecret(secret)
	who, ok := s.holder(ctx, hash)
	if t, known := s.roster.token(ctx, hash); ok && known {
		s.tokenUsed(ctx, t.ID)
	}
	return who, ok
}

// holder is the program behind the token of a hash, while that counts.
func (s *Server) holder(ctx context.Context, hash string) (people.Principal, bool) {
	t, ok := s.roster.token(ctx, hash)
	if !ok || t.Feed || !t.AliveAt(s.cfg.Now()) { // what opens a feed opens nothing else
		return people.Principal{}, false
	}
	if t.Owner == "" {
		return t.Principal(), true
	}
	a, ok := s.roster.account(ctx, t.Owner) // whoever may not sign in has no token either
	return t.Of(a), ok
}

// signedIn finds the account of a session.
func (s *Server) signedIn(c *gin.Context) (people.Principal, bool) {
	m, ctx := s.sessions(c.Request), c.Request.Context()
	id := m.GetString(ctx, sessionAccount)
	if id == "" {
		return people.Principal{}, false
	}
	a, ok := s.roster.account(ctx, id)
	if !ok || !sameText(m.GetString(ctx, sessionMark), markOf(a)) {
		return people.Principal{}, false
	}
	s.kept.saw(m.Token(ctx), c.RemoteIP())
	if c.Request.Method == http.MethodGet {
		s.renew(c)
	}
	return a.Principal(), true
}

// renew gives a used sign-in its whole life again, once a day.
func (s *Server) renew(c *gin.Context) {
	m, ctx := s.sessions(c.Request), c.Request.Context()
	renewed := time.Unix(m.GetInt64(ctx, sessionRenewed), 0)
	if age := systemTime(0).Sub(renewed); age >= 0 && age < sessionRenewal {
		return
	}
	m.Put(ctx, sessionRenewed, systemTime(0).Unix())
	m.SetDeadline(ctx, systemTime(sessionLife))
}

// markOf changes with the password of an account and whenever all its sign-ins were
// ended, by disabling it for instance: what was signed in before is signed out, and
// stays so when an account that was disabled may sign in again.
func markOf(a people.Account) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", a.Password, a.Signouts))
	return hex.EncodeToString(sum[:8])
}

// signIn checks a name and a password and signs the browser in under a new
// session. The errors are errWrongPassword, errTooMany, or those of the request's
// context and of a password in the database that is none. A wrong name takes as
// long as a wrong password.
func (s *Server) signIn(c *gin.Context, name, password string) (people.Principal, error) {
	ctx := c.Request.Context()
	allowed := s.limits.allow(c.RemoteIP(), name)
	a, ok := s.roster.signing(ctx, name)
	if !ok {
		a = people.Account{}
	}
	if !allowed {
		s.note(ctx, a.Principal(), c, deedSlowed)
		return people.Principal{}, errTooMany
	}
	same, err := s.passwords.CheckPassword(ctx, password, a.Password)
	if err != nil {
		return people.Principal{}, fmt.Errorf("check password: %w", err)
	}
	if !same {
		s.note(ctx, a.Principal(), c, deedRefused)
		return people.Principal{}, errWrongPassword
	}
	s.limits.succeeded(c.RemoteIP(), name)
	if err := s.open(c, a); err != nil {
		return people.Principal{}, err
	}
	s.note(ctx, a.Principal(), c, deedSignedIn)
	return a.Principal(), nil
}

// open begins a session for an account, under a token that nobody knew before.
func (s *Server) open(c *gin.Context, a people.Account) error {
	m, ctx := s.sessions(c.Request), c.Request.Context()
	if err := m.RenewToken(ctx); err != nil {
		return fmt.Errorf("renew session: %w", err)
	}
	m.Put(ctx, sessionAccount, a.ID)
	m.Put(ctx, sessionMark, markOf(a))
	m.Put(ctx, sessionRenewed, systemTime(0).Unix())
	m.Put(ctx, sessionBegan, systemTime(0).Unix())
	m.Put(ctx, sessionAgent, clip(c.Request.UserAgent(), agentLength))
	m.Put(ctx, sessionFrom, c.RemoteIP())
	m.SetDeadline(ctx, systemTime(sessionLife))
	c.Set(whoKey, found{a.Principal(), true})
	return nil
}

// signOut ends the browser's session; it does nothing when there is none.
func (s *Server) signOut(c *gin.Context) error {
	if who, ok := s.principal(c); ok && !who.Token {
		s.note(c.Request.Context(), who, c, deedSignedOut)
	}
	c.Set(whoKey, found{})
	if err := s.sessions(c.Request).Destroy(c.Request.Context()); err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}

// setupAlive says whether a set-up link may still be used.
func (s *Server) setupAlive(ctx context.Context, secret string) (bool, error) {
	if !people.IsSecret(secret) {
		return false, nil
	}
	alive, err := s.cfg.Setup.SetupAlive(ctx, people.HashSecret(secret), s.cfg.Now().UTC())
	if err != nil {
		return false, fmt.Errorf("look for set-up link: %w", err)
	}
	return alive, nil
}

// useSetup creates the first account, an administrator's, with the secret of a
// set-up link, uses the link up and signs the browser in. The errors are
// people.Invalid with the fields "name" and "password", errSetupOver,
// people.ErrNameTaken, and those of the database.
func (s *Server) useSetup(c *gin.Context, secret, name, password string) error {
	ctx := c.Request.Context()
	a := people.Account{ID: s.cfg.NewID(), Name: people.CleanName(name), Role: people.Admin, Created: s.cfg.Now().UTC()}
	var faults, more people.Invalid
	errors.As(a.Validate(), &faults)
	errors.As(people.CheckPasswordRules(password), &more)
	if faults = append(faults, more...); len(faults) > 0 {
		return faults
	}
	if alive, err := s.setupAlive(ctx, secret); err != nil {
		return err
	} else if !alive { // before a stranger makes us hash
		return errSetupOver
	}
	encoded, err := s.passwords.HashPassword(ctx, password)
	if err != nil {
		return fmt.Errorf("keep password: %w", err)
	}
	a.Password = encoded
	ctx = people.Acting(ctx, a.Principal().Actor(people.ByPanel)) // it is their own deed
	if err := s.cfg.Setup.UseSetup(ctx, people.HashSecret(secret), s.cfg.Now().UTC(), a); errors.Is(err, fs.ErrNotExist) {
		return errSetupOver
	} else if err != nil {
		return fmt.Errorf("use set-up link: %w", err)
	}
	s.roster.refresh(ctx)
	if kept, ok := s.roster.account(ctx, a.ID); ok {
		a = kept // with the revision it was given
	}
	if err := s.open(c, a); err != nil {
		return err
	}
	s.note(ctx, a.Principal(), c, deedSignedIn)
	return nil
}

// Warm reads who may sign in, who is signed in and the board's village, so that
// an emergency can be authorised and worded when the database fails later. Call it once before serving; what
// it cannot read is read on demand. It blocks on the database.
func (s *Server) Warm(ctx context.Context) error {
	s.Reread(ctx)
	s.place.village(ctx, placePatience)
	s.alarms.list(ctx, placePatience)
	if err := s.kept.warm(ctx); err != nil {
		return fmt.Errorf("read sign-ins: %w", err)
	}
	return nil
}

// Reread takes over at once what another process has changed of accounts and
// tokens, and of the board's village: who was disabled is signed out, what was
// revoked is refused, what is missing is missing by the new rules. It waits for the
// database some seconds at the most; any goroutine may call it.
func (s *Server) Reread(ctx context.Context) {
	s.place.forget()
	s.alarms.forget()
	s.roster.refresh(ctx)
}
