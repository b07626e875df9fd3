package web

import (
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/gin-gonic/gin"

	"loalang/people"
)

// signedIn is a browser that is signed in.
type signedIn struct {
	ID      string // names it, and is not its secret
	Agent   string // what the browser says it is
	From    string // address, when it was last seen
	Began   time.Time
	Seen    time.Time // to the day after the board was started anew
	Here    bool      // it makes this request
	token   string
	account string
}

// agentLength bounds what is kept of a browser's name of itself, in bytes.
const agentLength = 300

// seen is when and from where a session was last used, in memory alone: a durable write
// with each request would wear the card out.
type seen struct {
	at   time.Time
	from string
}

// saw notes that a session is used.
func (k *keptSessions) saw(token, from string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.seen.put(token, seen{systemTime(0), from})
}

// of lists the sessions of an account that are in memory, which after Warm is all of
// them but those beyond sessionsKept.
func (k *keptSessions) of(a people.Account) []signedIn {
	var list []signedIn
	mark := markOf(a)
	for token, data := range k.mentioning(a.ID) {
		_, values, err := scs.GobCodec{}.Decode(data)
		if err != nil || values[sessionAccount] != a.ID || values[sessionMark] != mark {
			continue
		}
		one := signedIn{ID: people.HashSecret(token)[:32], token: token, account: a.ID}
		one.Agent, _ = values[sessionAgent].(string)
		one.From, _ = values[sessionFrom].(string)
		if began, ok := values[sessionBegan].(int64); ok {
			one.Began = time.Unix(began, 0)
		}
		if renewed, ok := values[sessionRenewed].(int64); ok {
			one.Seen = time.Unix(renewed, 0)
		}
		if last, ok := k.lastSeen(token); ok {
			one.Seen, one.From = last.at, last.from
		}
		list = append(list, one)
	}
	slices.SortFunc(list, func(x, y signedIn) int { return cmp.Or(y.Seen.Compare(x.Seen), cmp.Compare(x.ID, y.ID)) })
	return list
}

// mentioning is what is alive and has an account's ID somewhere in it, by token. Every
// request of everybody waits for this memory: what is found is read outside.
func (k *keptSessions) mentioning(id string) map[string][]byte {
	k.mu.Lock()
	defer k.mu.Unlock()
	now, found := systemTime(0), map[string][]byte{}
	for token, e := range k.alive.at {
		entry, ok := e.Value.(*lruEntry[string, keptSession])
		if ok && entry.value.expiry.After(now) && bytes.Contains(entry.value.data, []byte(id)) { // gob writes a string as it is
			found[token] = entry.value.data
		}
	}
	return found
}

func (k *keptSessions) lastSeen(token string) (seen, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.seen.get(token)
}

// signIns lists where the account behind a request is signed in, what was used last
// first.
func (s *Server) signIns(c *gin.Context, who people.Principal) []signedIn {
	ctx := c.Request.Context()
	a, ok := s.roster.account(ctx, who.ID)
	if !ok || who.Token {
		return nil
	}
	list := s.kept.of(a)
	here := s.sessions(c.Request).Token(ctx)
	for i := range list {
		list[i].Here = list[i].token == here
	}
	return list
}

// endSignIn signs one browser of whoever makes the request out; fs.ErrNotExist when it
// is not theirs, or gone.
func (s *Server) endSignIn(c *gin.Context, who people.Principal, id string) error {
	for _, one := range s.signIns(c, who) {
		if one.ID == id {
			return s.kept.DeleteCtx(c.Request.Context(), one.token)
		}
	}
	return fmt.Errorf("sign-in %s: %w", id, fs.ErrNotExist)
}

// endOthers signs every browser of whoever makes the request out but this one.
func (s *Server) endOthers(c *gin.Context, who people.Principal) error {
	ctx := c.Request.Context()
	a, err := s.cfg.Accounts.AccountByID(ctx, who.ID)
	if err != nil {
		return err
	}
	if a, err = s.keepAccount(ctx, a.SignedOut()); err != nil {
		return err
	}
	return s.open(c, a)
}

// newPassword gives whoever makes the request another password, with the one before, and
// signs every other browser out. The errors are errPINWrong, pinLocked, people.Invalid.
func (s *Server) newPassword(c *gin.Context, who people.Principal, before, password string) error {
	ctx := c.Request.Context()
	if err := people.CheckPasswordRules(password); err != nil {
		return err
	}
	if err := s.confirm(c, who, "", before); err != nil {
		return err
	}
	a, err := s.cfg.Accounts.AccountByID(ctx, who.ID)
	if err != nil {
		return err
	}
	encoded, err := s.passwords.HashPassword(ctx, password)
	if err != nil {
		return err
	}
	if a, err = s.keepAccount(ctx, a.WithPassword(encoded)); err != nil {
		return err
	}
	return s.open(c, a)
}

// clip is the beginning of a text, cut between characters.
func clip(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && text[most]&0xC0 == 0x80 {
		most--
	}
	return text[:most]
}

// personOnly is the account behind a call; errNoRight when it is a program's.
func (k *Caller) personOnly() error {
	if k.who.Token {
		return k.forbidden()
	}
	return nil
}
