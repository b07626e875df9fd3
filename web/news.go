package web

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"strings"
	"time"

	"loalang/people"
	"loalang/playout"
	"loalang/push"
	"loalang/scheduler"
)

const (
	// newsEvery is how often it is looked for news.
	newsEvery = 20 * time.Second
	// newsPatience bounds one look at the database.
	newsPatience = 30 * time.Second
	// newsAtOnce is how many messages a browser is sent at one look.
	newsAtOnce = 5
	// pushPause is how long a push service that was not reached is left alone at first;
	// it doubles up to pushPauseMost.
	pushPause     = 30 * time.Second
	pushPauseMost = 15 * time.Minute
)

// item is a piece of news for one person.
type item struct {
	id, account string
	run         playout.AsRun          // what became of something; zero: something waits
	waits       scheduler.Announcement // what waits
}

// waiting is how long a browser that was not reached is left alone.
type waiting struct {
	until time.Time
	pause time.Duration
}

// PushNews tells people what became of their notices and what waits for them, until ctx
// ends; it returns nil then. It works behind everything else: it reads what is written
// anyway, and nothing waits for it. Without a line it is tried again for six hours.
func (s *Server) PushNews(ctx context.Context) error {
	if !s.pushable() || s.cfg.PushDiary == nil {
		return nil
	}
	tick := time.NewTicker(newsEvery)
	defer tick.Stop()
	rest := map[string]waiting{} // by ID of the Push
	worry := &worry{log: s.cfg.Logger, bad: "news cannot be read, so nobody is told", good: "news are read again"}
	for {
		worry.about(s.tellNews(ctx, rest))
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// tellNews is one look.
func (s *Server) tellNews(ctx context.Context, rest map[string]waiting) error {
	read, cancel := context.WithTimeout(ctx, newsPatience)
	defer cancel()
	all, err := s.cfg.Pushes.Pushes(read)
	if err != nil || len(all) == 0 {
		return err
	}
	told, err := s.told(read)
	if err != nil {
		return err
	}
	news, err := s.news(read)
	if err != nil {
		return err
	}
	for _, p := range all {
		a, ok := s.roster.account(ctx, p.Account)
		if ok && p.Mark != markOf(a) { // every sign-in of then was ended
			if err := s.forgetPush(ctx, p); err != nil {
				return err
			}
			continue
		}
		if !ok || s.cfg.Now().Before(rest[p.ID].until) {
			continue
		}
		if err := s.tellBrowser(ctx, p, news, told, rest); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) told(ctx context.Context) (map[people.PushTold]bool, error) {
	list, err := s.cfg.PushDiary.PushTold(ctx)
	told := make(map[people.PushTold]bool, len(list))
	for _, t := range list {
		told[t] = true
	}
	return told, err
}

// tellBrowser sends a browser what it was not told. The error is the database's.
func (s *Server) tellBrowser(ctx context.Context, p people.Push, news []item, told map[people.PushTold]bool, rest map[string]waiting) error {
	sent := 0
	for _, n := range news {
		mark := people.PushTold{News: n.id, Push: p.ID}
		if n.account != p.Account || told[mark] || n.run.Occurrence != "" && n.run.Updated.Before(p.Created) {
			continue
		}
		if sent++; sent > newsAtOnce || ctx.Err() != nil {
			return nil // the next look goes on
		}
		err := s.push(ctx, p, s.letterOf(n, p.Lang))
		switch {
		case errors.Is(err, push.ErrGone), errors.Is(err, push.ErrSubscription):
			return s.forgetPush(ctx, p)
		case err != nil:
			pause := min(max(2*rest[p.ID].pause, pushPause), pushPauseMost)
			rest[p.ID] = waiting{s.cfg.Now().Add(pause), pause}
			s.cfg.Logger.InfoContext(ctx, "a message waits for the line", "account", p.Account, "err", err)
			return nil
		}
		delete(rest, p.ID)
		if err := s.cfg.PushDiary.TellPush(ctx, mark, s.cfg.Now().UTC()); err != nil {
			return err // it is told once more rather than everything else never
		}
	}
	return nil
}

func (s *Server) forgetPush(ctx context.Context, p people.Push) error {
	if err := s.cfg.Pushes.DropPush(ctx, p.ID); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// news is what people may be told now, the oldest first.
func (s *Server) news(ctx context.Context) ([]item, error) {
	now := s.cfg.Now()
	runs, err := s.cfg.AsRun.AsRuns(ctx, s.cfg.Village, now.Add(-24*time.Hour), now.Add(time.Hour))
	if err != nil {
		return nil, err
	}
	var list []item
	for _, r := range runs {
		if !tellable(r) || r.Updated.Before(now.Add(-pushKept)) || s.awaitsProof(r, now) {
			continue
		}
		author, err := s.authorOf(ctx, r.Announcement)
		if err != nil {
			return nil, err
		}
		if author.ID != "" && author.Name != r.By { // who stopped it knows
			list = append(list, item{id: "run/" + r.Occurrence, account: author.ID, run: r})
		}
	}
	waits, err := s.waitingNews(ctx, now)
	return append(list, waits...), err
}

// tellable says whether an author wants to hear of a row: it has an end that is not one
// of their own making.
func tellable(r playout.AsRun) bool {
	switch r.Outcome {
	case playout.Played, playout.Cut, playout.Missed, playout.Skipped, playout.StoppedBy:
		return !r.Alarmed() && r.Announcement != "" && r.Deleted.IsZero()
	}
	return false
}

// awaitsProof says whether it is about to be known that a row was heard, or was not: who
// is told once is told the truth.
func (s *Server) awaitsProof(r playout.AsRun, now time.Time) bool {
	return s.monitorState() != nil && r.Proof == nil && len(r.Airings) > 0 && now.Sub(r.Updated) < proofPatience
}

// authorOf is who wrote an announcement; nobody when it is gone or a program's.
func (s *Server) authorOf(ctx context.Context, id string) (people.Account, error) {
	n, err := s.cfg.Announcements.Announcement(ctx, id)
	if isMissing(err) {
		return people.Account{}, nil
	}
	if err != nil {
		return people.Account{}, err
	}
	a, _ := s.roster.named(ctx, n.Announcement.CreatedBy)
	return a, nil
}

// waitingNews is what waits for people who may approve it; not for whoever wrote it.
func (s *Server) waitingNews(ctx context.Context, now time.Time) (list []item, err error) {
	v, known := s.place.village(ctx, placePatience)
	if !known || !v.Approvals.On() {
		return nil, nil
	}
	all, err := s.cfg.Approvals.AwaitingApproval(ctx, s.cfg.Village, now)
	if err != nil {
		return nil, err
	}
	for _, d := range all {
		a := d.Announcement
		for _, who := range s.roster.everyone(ctx) {
			if who.Name == a.CreatedBy || !who.Principal().May(people.Approve, s.cfg.Village) {
				continue
			}
			list = append(list, item{id: strings.Join([]string{"wait", a.ID, a.Approval.At.UTC().Format(time.RFC3339), string(a.Approval.State)}, "/"), account: who.ID, waits: a})
		}
	}
	return list, nil
}

// letterOf words a piece of news.
func (s *Server) letterOf(n item, lang string) letter {
	v, _ := s.place.village(context.Background(), placePatience)
	loc, err := v.Location()
	if err != nil {
		loc = time.UTC
	}
	p, now := phrase{lang: lang, loc: loc}, s.cfg.Now()
	if n.run.Occurrence == "" {
		return letter{
			Title: p.word("push.waits", n.waits.Title), Body: p.word("push.waits-body", n.waits.CreatedBy, p.word("place.village", v.Name)),
			Path: "/approvals/" + n.waits.ID, Tag: "wait/" + n.waits.ID,
		}
	}
	r := n.run
	l := letter{Title: p.word("push.not-aired", r.Title), Path: "/announcements/" + r.Announcement, Tag: "run/" + r.Announcement}
	l.Body = p.word("push.at", p.at(r.Due, now), p.runState(r, doing{}).Text)
	if silent(r) {
		l.Title = p.word("push.not-heard", r.Title)
		l.Path = cmp.Or(heardLink(r), l.Path)
	} else if r.Outcome == playout.Played {
		l.Title = p.word("push.aired", r.Title)
		if aired := p.airedLine(r); aired != "" {
			l.Body += " " + aired
		}
	} else if cause := p.causeOf(r); cause != "" {
		l.Body += " " + cause
	}
	return l
}
