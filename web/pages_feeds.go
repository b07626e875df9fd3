package web

import (
	"errors"
	"net/http"

	"loalang/people"
)

// feedView is an address of the feed, without its secret.
type feedView struct {
	ID, Name, Since string
}

// feeds lists the living addresses of the village's feed, the oldest first.
func (p *panel) feeds(v *visit) ([]feedView, error) {
	all, err := p.s.feedsOf(v.ctx(), v.village.Key)
	if err != nil {
		return nil, err
	}
	var list []feedView
	for _, t := range all {
		list = append(list, feedView{ID: t.ID, Name: t.Name, Since: v.word("feeds.since", v.date(t.Created))})
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
	name := people.CleanName(r.PostForm.Get("name"))
	t, address, err := p.s.newFeed(v.ctx(), v.me, v.village.Key, name)
	var wrong people.Invalid
	switch {
	case err == nil:
		v.c.Header("Cache-Control", "no-store")
		p.showCalendars(v, http.StatusOK, calendarsView{Made: v.word("feeds.made", t.Name), Address: v.origin() + address})
	case errors.Is(err, errManyFeeds):
		p.showCalendars(v, http.StatusConflict, calendarsView{FeedName: name, FeedOops: v.word("feeds.many", maxFeeds)})
	case errors.As(err, &wrong):
		p.showCalendars(v, http.StatusUnprocessableEntity, calendarsView{FeedName: name, FeedOops: p.s.explain(v.lang, err).Errors[0].Detail})
	default:
		p.fail(v, err)
	}
}

// revokeFeed makes an address worthless. Only those of the village's feed are
// touched; one that is gone already stays gone.
func (p *panel) revokeFeed(v *visit) {
	if err := p.s.endFeed(v.ctx(), v.village.Key, v.c.Param("id")); err != nil {
		p.fail(v, err)
		return
	}
	v.goTo("/calendars", "feed-revoked")
}
