package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"loalang/people"
)

// peopleView is the page of everybody who signs in.
type peopleView struct {
	People      []personRow
	Invitations []invitationRow
}

type personRow struct {
	ID, Name, Role, Village string
	Off                     string // since when they may sign in no more, a sentence
	Me                      bool
}

type invitationRow struct{ ID, For, Role, Village, Until string }

// personView is the page of one person.
type personView struct {
	personRow
	Revision        int64
	Roles, Villages []choiceView
	PIN             bool
	Faults          map[string]string
}

func (p *panel) registerPeople(r *gin.Engine) {
	admin := func(page func(v *visit)) gin.HandlerFunc { return p.allow(people.Administer, page) }
	r.GET("/people", admin(p.people))
	r.GET("/people/:id", admin(p.person))
	r.POST("/people/:id", admin(p.changePerson))
	r.POST("/people/:id/do", admin(p.doWithPerson))
	r.GET("/invitations/new", admin(p.newInvitation))
	r.POST("/invitations/new", admin(p.makeInvitation))
	r.GET("/invitations/:id", admin(p.invitation))
	r.POST("/invitations/:id/revoke", admin(p.revokeInvitation))
	r.GET("/join", p.joinPage)
	r.POST("/join", p.join)
}

func (p *panel) people(v *visit) {
	all, err := p.s.accounts(v.ctx(), v.me)
	if err != nil {
		p.fail(v, err)
		return
	}
	open, err := p.s.invitations(v.ctx(), v.me)
	if err != nil {
		p.fail(v, err)
		return
	}
	var w peopleView
	for _, a := range all {
		w.People = append(w.People, p.personRow(v, a))
	}
	for _, i := range open {
		w.Invitations = append(w.Invitations, p.invitationRow(v, i))
	}
	p.show(v, "people", view{Title: v.word("people.title"), Tab: "more", Data: w})
}

func (p *panel) personRow(v *visit, a people.Account) personRow {
	row := personRow{ID: a.ID, Name: a.Name, Role: v.word("role." + string(a.Role)), Village: p.reach(v, a.Village), Me: a.ID == v.me.ID}
	if !a.Active() {
		row.Off = v.word("people.off", v.date(a.Disabled))
	}
	return row
}

func (p *panel) invitationRow(v *visit, i people.Invitation) invitationRow {
	row := invitationRow{ID: i.ID, For: i.For, Role: v.word("role." + string(i.Role)), Village: p.reach(v, i.Village), Until: v.word("invite.until", v.at(i.Expires, v.now))}
	switch {
	case i.Account != "":
		row.For = v.word("invite.anew", i.For)
	case i.For == "":
		row.For = v.word("invite.nobody")
	}
	return row
}

// reach is a village in words: its name, or all of them.
func (p *panel) reach(v *visit, key string) string {
	switch key {
	case "":
		return v.word("people.everywhere")
	case v.village.Key:
		return v.word("place.village", v.village.Name)
	}
	if other, err := p.s.cfg.Places.Village(v.ctx(), key); err == nil {
		return v.word("place.village", other.Name)
	}
	return key
}

// roles are the choices of a role, each with what it may do.
func (v *visit) roles(chosen string) []choiceView {
	var list []choiceView
	for _, r := range people.Roles() {
		list = append(list, choiceView{ID: v.word("role-may." + string(r)), Value: string(r), Name: v.word("role." + string(r)), Checked: string(r) == chosen})
	}
	return list
}

// villages are the villages into which the visitor may put somebody.
func (p *panel) villages(v *visit, chosen string) ([]choiceView, error) {
	all, err := p.s.cfg.Places.Villages(v.ctx())
	if err != nil {
		return nil, err
	}
	var list []choiceView
	for _, place := range all {
		if v.me.May(people.Administer, place.Key) {
			list = append(list, choiceView{Value: place.Key, Name: v.word("place.village", place.Name), Checked: place.Key == chosen})
		}
	}
	if v.me.May(people.Administer, "") {
		list = append(list, choiceView{Name: v.word("people.everywhere"), Checked: chosen == ""})
	}
	return list, nil
}

func (p *panel) person(v *visit) {
	a, err := p.s.accountFor(v.ctx(), v.me, v.c.Param("id"))
	if err != nil {
		p.fail(v, err)
		return
	}
	p.showPerson(v, http.StatusOK, a, emptyForm())
}

// showPerson shows a person, with what was typed when that was wrong.
func (p *panel) showPerson(v *visit, status int, a people.Account, f *form) {
	role, village := string(a.Role), a.Village
	if f.Has("role") {
		role, village = f.Get("role"), f.Get("village")
	}
	w := personView{personRow: p.personRow(v, a), Revision: a.Revision, Roles: v.roles(role), PIN: a.PIN != "", Faults: f.faults}
	var err error
	if w.Villages, err = p.villages(v, village); err != nil {
		p.fail(v, err)
		return
	}
	p.render(v, status, "person", view{Title: a.Name, Tab: "more", Path: "/people/" + a.ID, Data: w})
}

func (p *panel) changePerson(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	revision, err := strconv.ParseInt(f.Get("revision"), 10, 64)
	if err != nil || revision < 1 {
		p.problem(v, http.StatusBadRequest, "problem.bad-form")
		return
	}
	role, village := f.Get("role"), f.Get("village")
	p.changed(v, f, accountChange{Role: &role, Village: &village, Revision: revision}, "person-saved")
}

// changed makes a change and says so, or shows what is wrong with it.
func (p *panel) changed(v *visit, f *form, to accountChange, told string) {
	id := v.c.Param("id")
	_, err := p.s.changeAccount(v.ctx(), v.me, id, to)
	var invalid people.Invalid
	switch {
	case err == nil:
		v.goTo("/people/"+id, told)
		return
	case errors.As(err, &invalid):
		f.blame(v, invalid)
	case errors.Is(err, people.ErrLastAdmin):
		f.fault("role", v.word("problem.last-admin"))
	case errors.Is(err, errNoRight):
		f.fault("village", v.word("problem.forbidden"))
	default:
		p.fail(v, err)
		return
	}
	a, err := p.s.accountFor(v.ctx(), v.me, id)
	if err != nil {
		p.fail(v, err)
		return
	}
	p.showPerson(v, http.StatusUnprocessableEntity, a, f)
}

// doWithPerson is one of the buttons below a person.
func (p *panel) doWithPerson(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	yes, no := true, false
	switch do := f.Get("do"); do {
	case "off":
		p.changed(v, f, accountChange{Disabled: &yes}, "person-off")
	case "on":
		p.changed(v, f, accountChange{Disabled: &no}, "person-on")
	case "sign-out":
		p.changed(v, f, accountChange{SignOut: true}, "person-signed-out")
	case "pin":
		p.changed(v, f, accountChange{ResetPIN: true}, "person-pin")
	case "password":
		i, secret, err := p.s.inviteAnew(v.ctx(), v.me, v.c.Param("id"))
		if errors.Is(err, errNoRight) {
			p.problem(v, http.StatusForbidden, "problem.forbidden")
			return
		}
		if err != nil {
			p.fail(v, err)
			return
		}
		p.s.once.keep(v.me.ID, i.ID, secret)
		v.goTo("/invitations/"+i.ID, "")
	default:
		p.problem(v, http.StatusBadRequest, "problem.bad-form")
	}
}

// origin is how the panel was reached: what a link to it begins with.
func (v *visit) origin() string {
	u := url.URL{Scheme: "http", Host: v.c.Request.Host}
	if v.c.Request.TLS != nil {
		u.Scheme = "https"
	}
	return u.String()
}

// blame words faults beside their fields.
func (f *form) blame(v *visit, invalid people.Invalid) {
	for _, fault := range schedulerFaults(invalid) {
		f.fault(fault.Field, faultWords(v.lang, fault))
	}
}
