package web

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/gin-gonic/gin"

	"loalang/passkey"
	"loalang/people"
)

// passkeysMost is how many keys one person may have.
const passkeysMost = 10

var (
	// errPasskeysMost says that somebody has as many keys as one may.
	errPasskeysMost = errors.New("there are too many passkeys")
	// errPasskeyRefused says that a passkey does not count, and nothing of why: who asks
	// learns neither what keys there are nor whose.
	errPasskeyRefused = errors.New("the passkey was refused")
	// errPasskeyOver says that nothing was asked of this browser, or too long ago.
	errPasskeyOver = errors.New("the passkey came too late")
)

// What is noted of passkeys.
const (
	deedPasskeySignedIn people.Deed = "passkey-signed-in"
	deedPasskeyAdded    people.Deed = "passkey-added"
	deedPasskeyRemoved  people.Deed = "passkey-removed"
	deedPasskeyRefused  people.Deed = "passkey-refused"
	deedPasskeyCopied   people.Deed = "passkey-copied" // it counts backwards
)

// party is this board as the browser of a request knows it; passkey.ErrAddress where that
// is an address, fs.ErrNotExist where nobody signs in by a key.
func (s *Server) party(c *gin.Context) (passkey.Party, error) {
	if s.cfg.Passkeys == nil {
		return passkey.Party{}, fmt.Errorf("passkeys: %w", fs.ErrNotExist)
	}
	village, _ := s.place.village(c.Request.Context(), placePatience)
	return passkey.PartyOf(c.Request.Host, "Loa "+village.Name)
}

// passkeysOf lists the keys of somebody, the oldest first.
func (s *Server) passkeysOf(ctx context.Context, who people.Principal) ([]people.Passkey, error) {
	if who.Token || s.cfg.Passkeys == nil {
		return nil, nil
	}
	return s.cfg.Passkeys.Passkeys(ctx, who.ID)
}

// invitePasskey asks the browser of whoever makes a request to make a key, as JSON. The
// password is asked first, or a browser that was left signed in could be given a way in
// that outlasts it. The errors are those of confirm, passkey.ErrAddress, errPasskeysMost.
func (s *Server) invitePasskey(c *gin.Context, who people.Principal, password string) ([]byte, error) {
	party, err := s.party(c)
	if err != nil {
		return nil, err
	}
	if err := s.confirm(c, who, "", password); err != nil {
		return nil, err
	}
	have, err := s.passkeysOf(c.Request.Context(), who)
	if err != nil {
		return nil, err
	}
	if len(have) >= passkeysMost {
		return nil, errPasskeysMost
	}
	keys := make([]passkey.Key, len(have))
	for i, k := range have {
		keys[i] = passkey.Key{ID: k.ID, Record: k.Record}
	}
	asked, of, err := party.Invite(passkey.Person{ID: who.ID, Name: who.Name}, keys)
	if err != nil {
		return nil, err
	}
	s.ceremonies.begin(c, ceremony{of: of, account: who.ID, session: s.sessionKey(c)})
	return asked, nil
}

// addPasskey keeps the key that a browser made. The errors are errPasskeyOver,
// errPasskeyRefused, people.Invalid, errPasskeysMost.
func (s *Server) addPasskey(c *gin.Context, who people.Principal, name string, answer []byte) (people.Passkey, error) {
	ctx := c.Request.Context()
	k := people.Passkey{Account: who.ID, Name: people.CleanName(name), Created: s.cfg.Now().UTC()}
	if err := k.Validate(); err != nil {
		return k, err
	}
	party, err := s.party(c)
	if err != nil {
		return k, err
	}
	asked, ok := s.ceremonies.take(c)
	if !ok || asked.account != who.ID || asked.session != s.sessionKey(c) {
		return k, errPasskeyOver
	}
	have, err := s.passkeysOf(ctx, who)
	if err != nil {
		return k, err
	}
	if len(have) >= passkeysMost {
		return k, errPasskeysMost
	}
	made, err := party.Welcome(asked.of, passkey.Person{ID: who.ID, Name: who.Name}, answer)
	if err != nil {
		s.cfg.Logger.InfoContext(ctx, "a passkey could not be made", "account", who.ID, "err", err)
		return k, errPasskeyRefused
	}
	k.ID, k.Record = made.ID, made.Record
	if err := s.cfg.Passkeys.AddPasskey(ctx, k); errors.Is(err, fs.ErrExist) {
		return k, errPasskeyRefused
	} else if err != nil {
		return k, err
	}
	s.note(ctx, who, c, deedPasskeyAdded)
	return k, nil
}

// dropPasskey forgets a key of whoever makes a request; fs.ErrNotExist when they have no
// such.
func (s *Server) dropPasskey(c *gin.Context, who people.Principal, id string) error {
	ctx := c.Request.Context()
	if s.cfg.Passkeys == nil {
		return fs.ErrNotExist
	}
	if err := s.cfg.Passkeys.DropPasskey(ctx, who.ID, id); err != nil {
		return err
	}
	s.note(ctx, who, c, deedPasskeyRemoved)
	return nil
}

// forgetPasskeys lets an account that somebody else gives a new password sign in by none of
// its keys any more: whoever had the password may have added one of their own.
func (s *Server) forgetPasskeys(ctx context.Context, a people.Account) error {
	keys, err := s.passkeysOf(ctx, a.Principal())
	for _, k := range keys {
		if err := s.cfg.Passkeys.DropPasskey(ctx, a.ID, k.ID); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return err
}

// passkeysHere says whether anybody can sign in by a key where a request was made: nobody
// is offered what nobody has. It tells of no one in particular.
func (s *Server) passkeysHere(c *gin.Context) bool {
	party, err := s.party(c)
	if err != nil {
		return false
	}
	var all []people.Passkey
	err = bounded(c.Request.Context(), placePatience, func(ctx context.Context) (func(), error) {
		list, err := s.cfg.Passkeys.Passkeys(ctx, "")
		return func() { all = list }, err
	})
	return err == nil && slices.ContainsFunc(all, func(k people.Passkey) bool {
		return passkey.Key{ID: k.ID, Record: k.Record}.PartyID() == party.ID
	})
}

// askPasskey asks a browser for a key, as JSON that names nobody. The errors are
// errTooMany and passkey.ErrAddress.
func (s *Server) askPasskey(c *gin.Context) ([]byte, error) {
	if !s.limits.ask(c.RemoteIP()) {
		return nil, errTooMany
	}
	party, err := s.party(c)
	if err != nil {
		return nil, err
	}
	asked, of, err := party.Ask()
	if err != nil {
		return nil, err
	}
	s.ceremonies.begin(c, ceremony{of: of})
	return asked, nil
}

// signInByPasskey signs a browser in that answers with a key, under a new session. The
// errors are errTooMany, errPasskeyOver, errPasskeyRefused and that of the database. It
// confirms no PIN.
func (s *Server) signInByPasskey(c *gin.Context, answer []byte) error {
	ctx := c.Request.Context()
	asked, ok := s.ceremonies.take(c)
	if !s.limits.tryUnnamed(c.RemoteIP()) {
		return errTooMany
	}
	if !ok || asked.account != "" {
		return errPasskeyOver
	}
	party, err := s.party(c)
	if err != nil {
		return err
	}
	var kept people.Passkey
	used, err := party.Check(asked.of, answer, func(id string) (string, passkey.Key, error) {
		var err error
		kept, err = s.cfg.PasskeyDoor.Passkey(ctx, id)
		return kept.Account, passkey.Key{ID: kept.ID, Record: kept.Record}, err
	})
	// After the key is looked at, so that a disabled account answers as any other.
	a, active := s.roster.account(ctx, kept.Account)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errPasskeyRefused
	case errors.Is(err, passkey.ErrCopied):
		s.note(ctx, s.whose(ctx, kept), c, deedPasskeyCopied)
		return errPasskeyRefused
	case errors.Is(err, passkey.ErrRefused), err == nil && !active:
		s.cfg.Logger.InfoContext(ctx, "a passkey was refused", "account", kept.Account, "err", err)
		s.note(ctx, s.whose(ctx, kept), c, deedPasskeyRefused)
		return errPasskeyRefused
	case err != nil:
		return fmt.Errorf("look for a passkey: %w", err)
	}
	return s.openByPasskey(c, a, kept, used)
}

// openByPasskey keeps what the use of a key made of it, and signs its owner in.
func (s *Server) openByPasskey(c *gin.Context, a people.Account, kept people.Passkey, used passkey.Key) error {
	ctx := c.Request.Context()
	if err := s.cfg.PasskeyDoor.UsePasskey(ctx, kept, used.Record, s.cfg.Now().UTC()); errors.Is(err, fs.ErrNotExist) {
		return errPasskeyRefused // used elsewhere, or removed, while we looked
	} else if err != nil {
		return fmt.Errorf("keep the use of a passkey: %w", err)
	}
	s.limits.succeeded(c.RemoteIP(), a.Name)
	if err := s.open(c, a); err != nil {
		return err
	}
	s.note(ctx, a.Principal(), c, deedPasskeySignedIn)
	return nil
}

// whose is the person of a key as the history names them; nobody when the key is unknown.
func (s *Server) whose(ctx context.Context, k people.Passkey) people.Principal {
	if a, ok := s.roster.account(ctx, k.Account); ok {
		return a.Principal()
	}
	return people.Principal{ID: k.Account}
}
