package web

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"loalang/people"
	"loalang/scheduler"
)

// errInvitationOver says that an invitation was used, taken back, or is too old.
var errInvitationOver = errors.New("the invitation was used, taken back, or is too old")

// accounts lists everybody whom who may administer, by name, the disabled ones too.
func (s *Server) accounts(ctx context.Context, who people.Principal) ([]people.Account, error) {
	all, err := s.cfg.Roster.AllAccounts(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(all), func(a people.Account) bool { return !who.May(people.Administer, a.Village) }), nil
}

// accountFor is one of these; fs.ErrNotExist when there is none.
func (s *Server) accountFor(ctx context.Context, who people.Principal, id string) (people.Account, error) {
	a, err := s.cfg.Accounts.AccountByID(ctx, id)
	if err != nil {
		return a, err
	}
	if !who.May(people.Administer, a.Village) {
		return a, fmt.Errorf("account %s: %w", id, fs.ErrNotExist)
	}
	return a, nil
}

// accountChange is what may be changed of an account; nil leaves what is there.
type accountChange struct {
	Role     *string `json:"role,omitempty" enum:"admin,officer,cadre,recorder,viewer" doc:"What the person may do."`
	Village  *string `json:"village,omitempty" doc:"Key of the one village; empty: every village."`
	Disabled *bool   `json:"disabled,omitempty" doc:"true: may sign in no more, and what is signed in ends."`
	SignOut  bool    `json:"sign_out,omitempty" doc:"true: everything that is signed in as this account ends."`
	ResetPIN bool    `json:"reset_pin,omitempty" doc:"true: the PIN is forgotten and its lock lifted; the person chooses another at the next emergency."`
	Password string  `json:"password,omitempty" doc:"A new password, at least 8 characters; what is signed in ends, and the passkeys are forgotten."`
	Revision int64   `json:"revision,omitempty" minimum:"1" doc:"The revision that was read: 409 when somebody has changed it since."`
}

// changeAccount makes a change to an account in the name of who. The errors are
// people.Invalid, people.ErrLastAdmin, scheduler.ErrRevision, fs.ErrNotExist and errNoRight,
// which also says that one's own PIN or password is not changed here: an administrator's
// phone that was left on a table would make its PIN worth nothing (ADR 44).
func (s *Server) changeAccount(ctx context.Context, who people.Principal, id string, to accountChange) (people.Account, error) {
	a, err := s.accountFor(ctx, who, id)
	if err != nil {
		return a, err
	}
	if to.Revision != 0 && to.Revision != a.Revision {
		return a, scheduler.ErrRevision
	}
	if id == who.ID && (to.ResetPIN || to.Password != "") {
		return a, errNoRight // one's own are changed with those before
	}
	before := a
	if to.Role != nil {
		if a.Role, err = people.ParseRole(*to.Role); err != nil {
			return a, err
		}
	}
	if to.Village != nil {
		a.Village = *to.Village
	}
	if err := s.mayPlace(ctx, who, a.Village); err != nil {
		return a, err
	}
	switch {
	case to.Disabled == nil:
	case *to.Disabled:
		a = a.Off(s.cfg.Now().UTC())
	default:
		a = a.On()
	}
	if to.Password != "" {
		encoded, err := s.passwords.HashPassword(ctx, to.Password)
		if err != nil {
			return a, err
		}
		if err := s.forgetPasskeys(ctx, a); err != nil {
			return a, err
		}
		a = a.WithPassword(encoded)
	}
	if to.SignOut {
		a = a.SignedOut()
	}
	if to.ResetPIN {
		s.asked.forget(a)
		a = a.WithoutPIN()
	}
	if a == before {
		return a, nil
	}
	return s.keepAccount(ctx, a)
}

// keepAccount saves an account that was read, and has everything go by it at once.
func (s *Server) keepAccount(ctx context.Context, a people.Account) (people.Account, error) {
	if err := s.cfg.Accounts.SaveAccount(ctx, a); err != nil {
		return a, err
	}
	a.Revision++
	s.roster.refresh(ctx)
	return a, nil
}

// mayPlace says whether who may put somebody into a village, empty: all of them. The
// errors are errNoRight and people.Invalid with the field "village".
func (s *Server) mayPlace(ctx context.Context, who people.Principal, village string) error {
	if !who.May(people.Administer, village) {
		return errNoRight
	}
	if village == "" || village == s.cfg.Village {
		return nil
	}
	if _, err := s.cfg.Places.Village(ctx, village); isMissing(err) {
		return people.Invalid{{Field: "village", Code: people.FaultUnknown}}
	} else if err != nil {
		return fmt.Errorf("look for the village: %w", err)
	}
	return nil
}

// addAccount makes an account with a password, as the command line does. The errors are
// people.Invalid, people.ErrNameTaken and errNoRight.
func (s *Server) addAccount(ctx context.Context, who people.Principal, a people.Account, password string) (people.Account, error) {
	var faults, more people.Invalid
	errors.As(a.Validate(), &faults)
	errors.As(people.CheckPasswordRules(password), &more)
	if faults = append(faults, more...); len(faults) > 0 {
		return a, faults
	}
	if err := s.mayPlace(ctx, who, a.Village); err != nil {
		return a, err
	}
	encoded, err := s.passwords.HashPassword(ctx, password)
	if err != nil {
		return a, fmt.Errorf("keep password: %w", err)
	}
	a.ID, a.Created, a.Password = s.cfg.NewID(), s.cfg.Now().UTC(), encoded
	return s.keepAccount(ctx, a)
}

// invitations lists those that are alive and that who may administer, the newest first.
func (s *Server) invitations(ctx context.Context, who people.Principal) ([]people.Invitation, error) {
	all, err := s.cfg.Invites.Invitations(ctx)
	if err != nil {
		return nil, err
	}
	now := s.cfg.Now()
	return slices.DeleteFunc(slices.Clone(all), func(i people.Invitation) bool { return !i.AliveAt(now) || !who.May(people.Administer, i.Village) }), nil
}

// invitationFor is one of all, alive or not; fs.ErrNotExist when there is none.
func (s *Server) invitationFor(ctx context.Context, who people.Principal, id string) (people.Invitation, error) {
	all, err := s.cfg.Invites.Invitations(ctx)
	if err != nil {
		return people.Invitation{}, err
	}
	n := slices.IndexFunc(all, func(i people.Invitation) bool { return i.ID == id && who.May(people.Administer, i.Village) })
	if n < 0 {
		return people.Invitation{}, fmt.Errorf("invitation %s: %w", id, fs.ErrNotExist)
	}
	return all[n], nil
}

// invite makes an invitation and returns its secret, which nobody keeps. The errors are
// people.Invalid and errNoRight.
func (s *Server) invite(ctx context.Context, who people.Principal, i people.Invitation, life time.Duration) (people.Invitation, string, error) {
	now := s.cfg.Now().UTC()
	secret := people.NewSecret()
	i.ID, i.Hash, i.By, i.Created, i.Expires, i.For = s.cfg.NewID(), people.HashSecret(secret), who.Name, now, now.Add(life), people.CleanName(i.For)
	if err := i.Validate(now); err != nil {
		return i, "", err
	}
	if err := s.mayPlace(ctx, who, i.Village); err != nil {
		return i, "", err
	}
	if err := s.cfg.Invites.SaveInvitation(ctx, i); err != nil {
		return i, "", err
	}
	return i, secret, nil
}

// inviteAnew makes the link by which another person chooses a new password; errNoRight for
// one's own.
func (s *Server) inviteAnew(ctx context.Context, who people.Principal, id string) (people.Invitation, string, error) {
	a, err := s.accountFor(ctx, who, id)
	if err != nil {
		return people.Invitation{}, "", err
	}
	if id == who.ID {
		return people.Invitation{}, "", errNoRight // one's own is changed with the one before
	}
	return s.invite(ctx, who, people.Invitation{For: a.Name, Role: a.Role, Village: a.Village, Account: a.ID}, people.InvitationLife)
}

// revokeInvitation makes an invitation worthless; one that was used stays what it is.
func (s *Server) revokeInvitation(ctx context.Context, who people.Principal, id string) error {
	i, err := s.invitationFor(ctx, who, id)
	if err != nil || !i.Used.IsZero() || !i.Revoked.IsZero() {
		return err
	}
	i.Revoked = s.cfg.Now().UTC()
	return s.cfg.Invites.SaveInvitation(ctx, i)
}

// invited is the invitation of a secret while it may be used; errInvitationOver when
// there is none.
func (s *Server) invited(ctx context.Context, secret string) (people.Invitation, error) {
	if !people.IsSecret(secret) {
		return people.Invitation{}, errInvitationOver
	}
	i, err := s.cfg.Invited.Invitation(ctx, people.HashSecret(secret))
	switch {
	case isMissing(err), err == nil && !i.AliveAt(s.cfg.Now()):
		return i, errInvitationOver
	case err != nil:
		return i, fmt.Errorf("look for the invitation: %w", err)
	}
	return i, nil
}

// accept makes an invitation an account, or gives one a new password, and signs the
// browser in. The errors are people.Invalid, errInvitationOver, people.ErrNameTaken.
func (s *Server) accept(c *gin.Context, secret, name, password string) error {
	ctx := c.Request.Context()
	i, err := s.invited(ctx, secret)
	if err != nil {
		return err
	}
	a := people.Account{ID: s.cfg.NewID(), Name: people.CleanName(name), Role: i.Role, Village: i.Village, Created: s.cfg.Now().UTC()}
	if i.Account != "" {
		if a, err = s.cfg.Accounts.AccountByID(ctx, i.Account); err != nil {
			return err
		}
		if !a.Active() || a.Role != i.Role || a.Village != i.Village { // since then it may more than whoever invited
			return errInvitationOver
		}
	}
	var faults, more people.Invalid
	errors.As(a.Validate(), &faults)
	errors.As(people.CheckPasswordRules(password), &more)
	if faults = append(faults, more...); len(faults) > 0 {
		return faults
	}
	encoded, err := s.passwords.HashPassword(ctx, password)
	if err != nil {
		return fmt.Errorf("keep password: %w", err)
	}
	a = a.WithPassword(encoded)
	ctx = people.Acting(ctx, a.Principal().Actor(people.ByPanel))
	if err := s.cfg.Invited.Accept(ctx, people.HashSecret(secret), s.cfg.Now().UTC(), a); isMissing(err) {
		return errInvitationOver
	} else if err != nil {
		return fmt.Errorf("accept invitation: %w", err)
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
