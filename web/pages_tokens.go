package web

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"loalang/people"
)

// tokensView is the page of tokens with the form of a new one.
type tokensView struct {
	Rows                  []tokenRow
	Name                  string
	Roles, Villages, Days []choiceView
	Emergency             bool
	Faults                map[string]string
}

type tokenRow struct {
	ID, Name, Role, Village, State, Class string
	Emergency, Alive                      bool
	Owner, Made, Used                     string
	Secret                                string // for whoever just made it; empty: nobody sees it
}

// tokenDays are how long a token may live, in the form; 0: until it is revoked.
var tokenDays = []int{30, 90, 365, 0}

func (p *panel) registerTokens(r *gin.Engine) {
	r.GET("/tokens", p.allow(people.Administer, func(v *visit) {
		f := emptyForm()
		f.Set("role", string(people.Viewer))
		f.Set("village", v.village.Key)
		f.Set("days", "365")
		p.showTokens(v, http.StatusOK, f)
	}))
	r.POST("/tokens", p.allow(people.Administer, p.makeToken))
	r.POST("/tokens/:id/revoke", p.allow(people.Administer, p.revokeToken))
}

func (p *panel) showTokens(v *visit, status int, f *form) {
	all, err := p.s.tokens(v.ctx(), v.me)
	if err != nil {
		p.fail(v, err)
		return
	}
	w := tokensView{Name: f.Get("name"), Roles: v.roles(f.Get("role")), Emergency: f.Get("emergency") != "", Faults: f.faults}
	for _, t := range all {
		row := tokenRow{ID: t.ID, Name: t.Name, Role: v.word("role." + string(t.Role)), Village: p.reach(v, t.Village), Emergency: t.Emergency, Alive: t.AliveAt(v.now), Class: "bad"}
		p.tokenPeople(v, t, &row)
		switch {
		case !t.Revoked.IsZero():
			row.State = v.word("tokens.revoked", v.fullOrNear(t.Revoked, v.now))
		case !row.Alive:
			row.State = v.word("tokens.expired", v.fullOrNear(t.Expires, v.now))
		case t.Expires.IsZero():
			row.State, row.Class = v.word("tokens.for-ever"), "ok"
		default:
			row.State, row.Class = v.word("tokens.until", v.fullOrNear(t.Expires, v.now)), "ok"
		}
		if row.Alive {
			row.Secret = p.s.once.find(v.me.ID, t.ID)
		}
		w.Rows = append(w.Rows, row)
	}
	if w.Villages, err = p.villages(v, f.Get("village")); err != nil {
		p.fail(v, err)
		return
	}
	for _, n := range tokenDays {
		name := v.word("invite.days", n)
		if n == 0 {
			name = v.word("tokens.no-end")
		}
		w.Days = append(w.Days, choiceView{Value: strconv.Itoa(n), Name: name, Checked: strconv.Itoa(n) == f.Get("days")})
	}
	p.render(v, status, "tokens", view{Title: v.word("tokens.title"), Tab: "more", Path: "/tokens", Data: w})
}

// tokenPeople says whose a token is, who made it and when it was last used.
func (p *panel) tokenPeople(v *visit, t people.Token, row *tokenRow) {
	switch name := p.s.ownerName(v.ctx(), t); {
	case t.Owner == "":
		row.Owner = v.word("tokens.program")
	case name == "":
		row.Owner = v.word("tokens.owner-gone")
	default:
		row.Owner = v.word("tokens.owner", name)
	}
	if row.Made = v.word("tokens.made", v.fullOrNear(t.Created, v.now)); t.Issuer != "" {
		row.Made = v.word("tokens.made-by", v.fullOrNear(t.Created, v.now), t.Issuer)
	}
	if row.Used = v.word("tokens.unused"); !p.s.uses.of(t).IsZero() {
		row.Used = v.word("tokens.used", v.at(p.s.uses.of(t), v.now))
	}
}

func (p *panel) makeToken(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	t := people.Token{Name: f.Get("name"), Role: people.Role(f.Get("role")), Village: f.Get("village"), Emergency: f.Get("emergency") != ""}
	days, err := strconv.Atoi(f.Get("days"))
	if err != nil || days < 0 || days > 3650 {
		f.fault("expires", v.word("fault.unknown"))
		p.showTokens(v, http.StatusUnprocessableEntity, f)
		return
	}
	if days > 0 {
		t.Expires = v.now.UTC().AddDate(0, 0, days)
	}
	made, secret, err := p.s.makeToken(v.ctx(), v.me, t)
	var invalid people.Invalid
	switch {
	case err == nil:
		p.s.once.keep(v.me.ID, made.ID, secret)
		v.goTo("/tokens", "token-made")
		return
	case errors.As(err, &invalid):
		f.blame(v, invalid)
	case errors.Is(err, errNoRight):
		f.fault("village", v.word("problem.forbidden"))
	default:
		p.fail(v, err)
		return
	}
	p.showTokens(v, http.StatusUnprocessableEntity, f)
}

func (p *panel) revokeToken(v *visit) {
	if err := p.s.revokeToken(v.ctx(), v.me, v.c.Param("id")); err != nil {
		p.fail(v, err)
		return
	}
	v.goTo("/tokens", "token-revoked")
}
