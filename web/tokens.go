package web

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"slices"

	"loalang/people"
)

// tokens lists those of programs and people that who may administer, the newest first;
// the addresses of feeds have a page of their own.
func (s *Server) tokens(ctx context.Context, who people.Principal) ([]people.Token, error) {
	all, err := s.cfg.Keys.AllTokens(ctx)
	if err != nil {
		return nil, err
	}
	list := slices.DeleteFunc(slices.Clone(all), func(t people.Token) bool { return t.Feed || !who.May(people.Administer, t.Village) })
	slices.SortStableFunc(list, func(x, y people.Token) int { return cmp.Or(y.Created.Compare(x.Created), cmp.Compare(y.ID, x.ID)) })
	return list, nil
}

// makeToken makes a token and returns its secret, which nobody keeps. The errors are
// people.Invalid, with the field "owner" too, and errNoRight.
func (s *Server) makeToken(ctx context.Context, who people.Principal, t people.Token) (people.Token, string, error) {
	now := s.cfg.Now().UTC()
	secret := people.NewSecret()
	t.ID, t.Name, t.Hash, t.Created = s.cfg.NewID(), people.CleanName(t.Name), people.HashSecret(secret), now
	t.Issuer = who.Name
	if err := t.Validate(now); err != nil {
		return t, "", err
	}
	if err := s.mayPlace(ctx, who, t.Village); err != nil {
		return t, "", err
	}
	if t.Emergency && !who.May(people.Alarm, t.Village) { // a program gives itself no right
		return t, "", errNoRight
	}
	if t.Owner != "" {
		if _, err := s.accountFor(ctx, who, t.Owner); isMissing(err) {
			return t, "", people.Invalid{{Field: "owner", Code: people.FaultUnknown}}
		} else if err != nil {
			return t, "", err
		}
	}
	if err := s.cfg.Keys.SaveToken(ctx, t); err != nil {
		return t, "", err
	}
	s.roster.refresh(ctx)
	return t, secret, nil
}

// revokeToken makes a token worthless, at once and for ever; fs.ErrNotExist when there
// is none.
func (s *Server) revokeToken(ctx context.Context, who people.Principal, id string) error {
	all, err := s.tokens(ctx, who)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(t people.Token) bool { return t.ID == id })
	if i < 0 {
		return fmt.Errorf("token %s: %w", id, fs.ErrNotExist)
	}
	t := all[i]
	if !t.Revoked.IsZero() {
		return nil
	}
	t.Revoked = s.cfg.Now().UTC()
	if err := s.cfg.Keys.SaveToken(ctx, t); err != nil {
		return err
	}
	s.roster.refresh(ctx)
	return nil
}

// ownerName is the name of the account whose token it is, of one that may not sign in
// any more too; empty: a program's, or an account that is gone.
func (s *Server) ownerName(ctx context.Context, t people.Token) string {
	if t.Owner == "" {
		return ""
	}
	a, err := s.cfg.Accounts.AccountByID(ctx, t.Owner)
	if err != nil { // the token works no less for it
		return ""
	}
	return a.Name
}
