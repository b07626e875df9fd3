package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"loalang/people"
	"loalang/push"
)

const (
	// pushesMost is how many browsers of one person are told: the oldest goes.
	pushesMost = 10
	// pushKept is how long a push service keeps a message for a phone that is off, and
	// how long ago something may be that is still told.
	pushKept = 6 * time.Hour
)

// pushable says whether there is anybody to push with.
func (s *Server) pushable() bool { return s.cfg.Pusher != nil && s.cfg.Pushes != nil }

// pushesOf lists the browsers in which somebody is told something.
func (s *Server) pushesOf(ctx context.Context, who people.Principal) ([]people.Push, error) {
	if who.Token || !s.pushable() {
		return nil, nil
	}
	all, err := s.cfg.Pushes.Pushes(ctx)
	if err != nil {
		return nil, err
	}
	a, ok := s.roster.account(ctx, who.ID)
	return slices.DeleteFunc(all, func(p people.Push) bool { return !ok || p.Account != a.ID || p.Mark != markOf(a) }), nil
}

// subscribe keeps a browser of somebody; the error is push.ErrSubscription when it is
// none. What other people had in that browser goes.
func (s *Server) subscribe(ctx context.Context, who people.Principal, to push.Subscription, lang, agent string) (people.Push, error) {
	a, ok := s.roster.account(ctx, who.ID)
	if who.Token || !ok {
		return people.Push{}, errNoRight
	}
	if err := to.Check(); err != nil {
		return people.Push{}, err
	}
	mine, err := s.pushesOf(ctx, who)
	if err != nil {
		return people.Push{}, err
	}
	sum := sha256.Sum256([]byte(to.Endpoint))
	p := people.Push{
		ID: hex.EncodeToString(sum[:]), Account: a.ID, Endpoint: to.Endpoint, Key: to.Key, Auth: to.Auth,
		Lang: lang, Device: clip(agent, agentLength), Mark: markOf(a), Created: s.cfg.Now().UTC(),
	}
	mine = slices.DeleteFunc(mine, func(o people.Push) bool { return o.ID == p.ID })
	for len(mine) >= pushesMost {
		if err := s.cfg.Pushes.DropPush(ctx, mine[0].ID); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return people.Push{}, err
		}
		mine = mine[1:]
	}
	return p, s.cfg.Pushes.SavePush(ctx, p)
}

// unsubscribe forgets a browser; fs.ErrNotExist when it is none of who's.
func (s *Server) unsubscribe(ctx context.Context, who people.Principal, id string) error {
	p, err := s.pushOf(ctx, who, id)
	if err != nil {
		return err
	}
	return s.cfg.Pushes.DropPush(ctx, p.ID)
}

func (s *Server) pushOf(ctx context.Context, who people.Principal, id string) (people.Push, error) {
	mine, err := s.pushesOf(ctx, who)
	if err != nil {
		return people.Push{}, err
	}
	for _, p := range mine {
		if p.ID == id {
			return p, nil
		}
	}
	return people.Push{}, fmt.Errorf("push %s: %w", id, fs.ErrNotExist)
}

// tryPush tells a browser of who's that it is told; fs.ErrNotExist when it is none of
// theirs.
func (s *Server) tryPush(ctx context.Context, who people.Principal, id string) error {
	p, err := s.pushOf(ctx, who, id)
	if err != nil {
		return err
	}
	err = s.push(ctx, p, letter{Title: word(p.Lang, "push.trial"), Body: word(p.Lang, "push.trial-body"), Path: "/account/news", Tag: "trial"})
	if errors.Is(err, push.ErrGone) {
		return errors.Join(errPushFailed, s.cfg.Pushes.DropPush(ctx, p.ID))
	}
	if err != nil {
		s.cfg.Logger.InfoContext(ctx, "a trial could not be pushed", "err", err)
		return errPushFailed
	}
	return nil
}

// errPushFailed says that the push service was not reached.
var errPushFailed = errors.New("nothing could be pushed")

// letter is what the service worker shows.
type letter struct {
	Title string `json:"title"`
	Body  string `json:"body"`
	Path  string `json:"path"` // where a tap leads
	Tag   string `json:"tag"`  // what replaces what
	Lang  string `json:"lang"`
}

func (s *Server) push(ctx context.Context, p people.Push, l letter) error {
	l.Lang, l.Title, l.Body = p.Lang, clip(l.Title, 300), clip(l.Body, 1000)
	text, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("write a message: %w", err)
	}
	return s.cfg.Pusher.Send(ctx, push.Subscription{Endpoint: p.Endpoint, Key: p.Key, Auth: p.Auth}, push.Message{Text: text, Keep: pushKept})
}
