package web

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"loalang/people"
)

// pushesView is the page on which people let themselves be told something.
type pushesView struct {
	Key      string // to subscribe under; empty: nothing is pushed
	Approves bool
	Rows     []pushRow
}

type pushRow struct{ ID, Device, Since string }

func (p *panel) registerPushes(r *gin.Engine) {
	mine := func(page func(v *visit)) gin.HandlerFunc {
		return p.allow(people.View, func(v *visit) {
			if v.me.Token {
				p.problem(v, http.StatusForbidden, "problem.forbidden")
				return
			}
			page(v)
		})
	}
	r.GET("/account/news", mine(p.showPushes))
	r.POST("/account/news/:id/remove", mine(p.removePush))
	r.POST("/account/news/:id/trial", mine(p.trialPush))
}

func (p *panel) showPushes(v *visit) {
	w := pushesView{Approves: v.may(people.Approve)}
	if p.s.pushable() {
		w.Key = p.s.cfg.Pusher.Public()
	}
	mine, err := p.s.pushesOf(v.ctx(), v.me)
	if err != nil {
		p.fail(v, err)
		return
	}
	for _, one := range mine {
		w.Rows = append(w.Rows, pushRow{ID: one.ID, Device: deviceWords(v.lang, one.Device), Since: v.word("push.since", v.at(one.Created, v.now))})
	}
	p.show(v, "pushes", view{Title: v.word("push.title"), Script: "push.js", Data: w})
}

func (p *panel) removePush(v *visit) {
	if err := p.s.unsubscribe(v.ctx(), v.me, v.c.Param("id")); err != nil && !isMissing(err) { // gone: as wished
		p.fail(v, err)
		return
	}
	v.goTo("/account/news", "push-removed")
}

func (p *panel) trialPush(v *visit) {
	err := p.s.tryPush(v.ctx(), v.me, v.c.Param("id"))
	switch {
	case errors.Is(err, errPushFailed):
		v.c.Redirect(http.StatusSeeOther, "/account/news?refused=push-failed")
	case err != nil:
		p.fail(v, err)
	default:
		v.goTo("/account/news", "push-tried")
	}
}
