package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"loalang/people"
)

// maxFeeds is how many living addresses of its feed a village has at most.
const maxFeeds = 50

// errManyFeeds says that a village has as many addresses of its feed as it may.
var errManyFeeds = errors.New("the village has as many addresses of its feed as it may")

// feedsOf lists the living addresses of a village's feed, the oldest first.
func (s *Server) feedsOf(ctx context.Context, village string) ([]people.Token, error) {
	all, err := s.cfg.Keys.AllTokens(ctx)
	if err != nil {
		return nil, err
	}
	now := s.cfg.Now()
	list := slices.DeleteFunc(slices.Clone(all), func(t people.Token) bool { return !t.Feed || t.Village != village || !t.AliveAt(now) })
	slices.SortStableFunc(list, func(x, y people.Token) int { return cmp.Or(x.Created.Compare(y.Created), cmp.Compare(x.ID, y.ID)) })
	return list, nil
}

// newFeed makes an address of a village's feed and returns its path, which nobody
// keeps. The errors are people.Invalid of the field "name", and errManyFeeds.
func (s *Server) newFeed(ctx context.Context, who people.Principal, village, name string) (people.Token, string, error) {
	have, err := s.feedsOf(ctx, village)
	if err != nil {
		return people.Token{}, "", err
	}
	if len(have) >= maxFeeds {
		return people.Token{}, "", errManyFeeds
	}
	secret, now := people.NewSecret(), s.cfg.Now().UTC()
	t := people.Token{
		ID: s.cfg.NewID(), Name: cmp.Or(people.CleanName(name), who.Name), Role: people.Viewer, Village: village,
		Hash: people.HashSecret(secret), Created: now, Feed: true, Issuer: who.Name,
	}
	if err := t.Validate(now); err != nil {
		return t, "", err
	}
	if err := s.cfg.Keys.SaveToken(ctx, t); err != nil {
		return t, "", err
	}
	s.roster.refresh(ctx)
	return t, "/calendar/" + village + ".ics?token=" + secret, nil
}

// endFeed makes an address of a village's feed worthless; one that is worthless already
// stays so. fs.ErrNotExist when there is none.
func (s *Server) endFeed(ctx context.Context, village, id string) error {
	all, err := s.cfg.Keys.AllTokens(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(t people.Token) bool { return t.ID == id && t.Feed && t.Village == village })
	if i < 0 {
		return fmt.Errorf("feed %s: %w", id, fs.ErrNotExist)
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
