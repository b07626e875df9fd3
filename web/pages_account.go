package web

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"loalang/people"
)

// accountView is the page of the visitor's own account.
type accountView struct {
	Person bool // no program
	PIN    bool // one was chosen
	Alarm  bool // the visitor may do what a PIN is asked for
	Faults map[string]string
	Here   []signInRow
}

type signInRow struct {
	ID, Device, Place, Seen, Began string
	Here                           bool
}

func (p *panel) registerAccount(r *gin.Engine) {
	mine := func(page func(v *visit)) gin.HandlerFunc {
		return p.allow(people.View, func(v *visit) {
			if v.me.Token {
				p.problem(v, http.StatusForbidden, "problem.forbidden")
				return
			}
			page(v)
		})
	}
	r.GET("/account", p.allow(people.View, func(v *visit) { p.showAccount(v, http.StatusOK, emptyForm()) }))
	r.POST("/account/pin", mine(p.changePIN))
	r.POST("/account/password", mine(p.changePassword))
	r.POST("/account/sign-ins/:id/end", mine(p.endSignIn))
	r.POST("/account/sign-ins/end", mine(p.endOthers))
	r.POST("/pin", p.allow(people.Live, p.givePIN))
}

func (p *panel) showAccount(v *visit, status int, f *form) {
	w := accountView{Person: !v.me.Token, Alarm: v.may(people.Alarm), Faults: f.faults}
	if a, ok := p.s.roster.account(v.ctx(), v.me.ID); ok && w.Person {
		w.PIN = a.PIN != ""
	}
	for _, one := range p.s.signIns(v.c, v.me) {
		w.Here = append(w.Here, signInRow{
			ID: one.ID, Device: deviceWords(v.lang, one.Agent), Place: placeWords(v.lang, one.From), Here: one.Here,
			Seen: v.word("account.seen", v.at(one.Seen, v.now)), Began: v.word("account.began", v.at(one.Began, v.now)),
		})
	}
	p.render(v, status, "account", view{Title: v.word("account.title"), Path: "/account", Script: "password.js", Data: w})
}

func (p *panel) changePassword(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	err = p.s.newPassword(v.c, v.me, f.Get("before"), f.Get("password"))
	var invalid people.Invalid
	switch {
	case err == nil:
		v.goTo("/account", "password-changed")
		return
	case errors.As(err, &invalid):
		f.blame(v, invalid)
	case errors.Is(err, errPINWrong), errors.Is(err, errPINRequired):
		f.fault("before", v.word("account.before-wrong"))
	case pinWords(v.lang, err) != "":
		f.fault("before", pinWords(v.lang, err))
	default:
		p.fail(v, err)
		return
	}
	p.showAccount(v, http.StatusUnprocessableEntity, f)
}

func (p *panel) endSignIn(v *visit) {
	if err := p.s.endSignIn(v.c, v.me, v.c.Param("id")); err != nil && !isMissing(err) { // gone: as wished
		p.fail(v, err)
		return
	}
	v.goTo("/account", "sign-in-ended")
}

func (p *panel) endOthers(v *visit) {
	if err := p.s.endOthers(v.c, v.me); err != nil {
		p.fail(v, err)
		return
	}
	v.goTo("/account", "sign-ins-ended")
}
