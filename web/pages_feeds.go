package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"

	"loalang/people"
)

// maxFeeds is how many living addresses of its feed a village has at most.
const maxFeeds = 50

// feedView is an address of the feed, without its secret.
type feedView struct {
	ID, Name, Since string
}

// feeds lists the living addresses of the village's feed, the oldest first.
func (p *panel) feeds(v *visit) ([]feedView, error) {
	all, err := p.s.cfg.Keys.AllTokens(v.ctx())
	if err != nil {
		return nil, err
	}
	var list []feedView
	for _, t := range all {
		if t.Feed && t.Village == v.village.Key && t.AliveAt(v.now) {
			list = append(list, feedView{ID: t.ID, Name: t.Name, Since: v.word("feeds.since", v.date(t.Created))})
		}
	}
	return list, nil
}

// makeFeed makes an address and shows it, this once.
func (p *panel) makeFeed(v *visit) {
	r := v.c.Request
	r.Body = http.MaxBytesReader(v.c.Writer, r.Body, formBytes)
	if err := r.ParseForm(); err != nil {
		p.badForm(v, err)
		return
	}
	have, err := p.feeds(v)
	if err != nil {
		p.fail(v, err)
		return
	}
	name := people.CleanName(r.PostForm.Get("name"))
	if len(have) >= maxFeeds {
		p.showCalendars(v, http.StatusConflict, calendarsView{FeedName: name, FeedOops: v.word("feeds.many", maxFeeds)})
		return
	}
	secret := people.NewSecret()
	t := people.Token{
		ID: p.s.cfg.NewID(), Name: cmp.Or(name, v.me.Name), Role: people.Viewer, Village: v.village.Key,
		Hash: people.HashSecret(secret), Created: v.now.UTC(), Feed: true,
	}
	if err := t.Validate(v.now); err != nil {
		p.showCalendars(v, http.StatusUnprocessableEntity, calendarsView{FeedName: name, FeedOops: p.s.explain(v.lang, err).Errors[0].Detail})
		return
	}
	if err := p.s.cfg.Keys.SaveToken(v.ctx(), t); err != nil {
		p.fail(v, err)
		return
	}
	p.s.roster.refresh(v.ctx())
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	address := url.URL{Scheme: scheme, Host: r.Host, Path: "/calendar/" + v.village.Key + ".ics", RawQuery: url.Values{"token": {secret}}.Encode()}
	v.c.Header("Cache-Control", "no-store")
	p.showCalendars(v, http.StatusOK, calendarsView{Made: v.word("feeds.made", t.Name), Address: address.String()})
}

// revokeFeed makes an address worthless. Only those of the village's feed are
// touched; one that is gone already stays gone.
func (p *panel) revokeFeed(v *visit) {
	all, err := p.s.cfg.Keys.AllTokens(v.ctx())
	if err != nil {
		p.fail(v, err)
		return
	}
	at := slices.IndexFunc(all, func(t people.Token) bool {
		return t.ID == v.c.Param("id") && t.Feed && t.Village == v.village.Key
	})
	if at < 0 {
		p.problem(v, http.StatusNotFound, "problem.not-found")
		return
	}
	if t := all[at]; t.Revoked.IsZero() {
		t.Revoked = v.now.UTC()
		if err := p.s.cfg.Keys.SaveToken(v.ctx(), t); err != nil {
			p.fail(v, err)
			return
		}
		p.s.roster.refresh(v.ctx())
	}
	v.goTo("/calendars", "feed-revoked")
}
