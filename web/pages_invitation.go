package web

import (
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"loalang/people"
)

// inviteView is the form of an invitation.
type inviteView struct {
	For                   string
	Roles, Villages, Days []choiceView
	Faults                map[string]string
}

// invitationView is one invitation that was made.
type invitationView struct {
	invitationRow
	Link  string // shown to whoever made it, for a while; empty: no more
	QR    template.HTML
	Local bool // the link names this very machine: no phone can open it
	Alive bool
	State string // of one that is worth nothing any more, a sentence
	Anew  bool   // it is for a new password
}

// joinView is the page of whoever was invited.
type joinView struct {
	Secret, Name, About string
	Anew                bool // the name stays: only the password is chosen
	Faults              map[string]string
}

// inviteDays are how long an invitation may live, in the form.
var inviteDays = []int{1, 3, 7, 30}

func (p *panel) newInvitation(v *visit) {
	f := emptyForm()
	f.Set("role", string(people.Cadre))
	f.Set("village", v.village.Key)
	f.Set("days", strconv.Itoa(int(people.InvitationLife.Hours()/24)))
	p.showInvite(v, http.StatusOK, f)
}

func (p *panel) showInvite(v *visit, status int, f *form) {
	w := inviteView{For: f.Get("name"), Roles: v.roles(f.Get("role")), Faults: f.faults}
	for _, n := range inviteDays {
		w.Days = append(w.Days, choiceView{Value: strconv.Itoa(n), Name: v.word("invite.days", n), Checked: strconv.Itoa(n) == f.Get("days")})
	}
	var err error
	if w.Villages, err = p.villages(v, f.Get("village")); err != nil {
		p.fail(v, err)
		return
	}
	p.render(v, status, "invite", view{Title: v.word("invite.title"), Tab: "more", Data: w})
}

func (p *panel) makeInvitation(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	days, err := strconv.Atoi(f.Get("days"))
	if err != nil || days < 1 || days > 30 {
		f.fault("expires", v.word("fault.unknown"))
		p.showInvite(v, http.StatusUnprocessableEntity, f)
		return
	}
	asked := people.Invitation{For: f.Get("name"), Role: people.Role(f.Get("role")), Village: f.Get("village")}
	i, secret, err := p.s.invite(v.ctx(), v.me, asked, time.Duration(days)*24*time.Hour)
	var invalid people.Invalid
	switch {
	case err == nil:
		p.s.once.keep(v.me.ID, i.ID, secret)
		v.goTo("/invitations/"+i.ID, "")
		return
	case errors.As(err, &invalid):
		f.blame(v, invalid)
	case errors.Is(err, errNoRight):
		f.fault("village", v.word("problem.forbidden"))
	default:
		p.fail(v, err)
		return
	}
	p.showInvite(v, http.StatusUnprocessableEntity, f)
}

// invitation shows what was made: the link and its code to whoever made it, for as long
// as that is in memory.
func (p *panel) invitation(v *visit) {
	i, err := p.s.invitationFor(v.ctx(), v.me, v.c.Param("id"))
	if err != nil {
		p.fail(v, err)
		return
	}
	w := invitationView{invitationRow: p.invitationRow(v, i), Alive: i.AliveAt(v.now), Anew: i.Account != ""}
	switch {
	case !i.Used.IsZero():
		w.State = v.word("invite.used", i.Became, v.at(i.Used, v.now))
	case !i.Revoked.IsZero():
		w.State = v.word("invite.revoked", v.at(i.Revoked, v.now))
	case !w.Alive:
		w.State = v.word("invite.over", v.at(i.Expires, v.now))
	}
	if secret := p.s.once.find(v.me.ID, i.ID); secret != "" && w.Alive {
		w.Link = v.origin() + "/join?t=" + url.QueryEscape(secret)
		w.Local = thisMachine(v.c.Request.Host)
		if w.QR, err = qrSVG(w.Link, v.word("invite.qr")); err != nil {
			p.fail(v, err)
			return
		}
	}
	title := "invite.made"
	if w.Anew {
		title = "invite.made-anew"
	}
	p.show(v, "invitation", view{Title: v.word(title), Tab: "more", Data: w})
}

func (p *panel) revokeInvitation(v *visit) {
	if err := p.s.revokeInvitation(v.ctx(), v.me, v.c.Param("id")); err != nil {
		p.fail(v, err)
		return
	}
	v.goTo("/people", "invitation-revoked")
}

// joinPage shows the form of an invitation, which is used up only when the form is
// sent: whoever looks at the link of a message does not spend it.
func (p *panel) joinPage(c *gin.Context) {
	v := p.visit(c, people.Principal{})
	i, err := p.s.invited(v.ctx(), c.Query("t"))
	if err != nil {
		p.notInvited(v, err)
		return
	}
	p.showJoin(v, http.StatusOK, i, joinView{Secret: c.Query("t")})
}

func (p *panel) notInvited(v *visit, err error) {
	if errors.Is(err, errInvitationOver) {
		p.problem(v, http.StatusNotFound, "join.dead")
		return
	}
	p.fail(v, err)
}

func (p *panel) showJoin(v *visit, status int, i people.Invitation, data joinView) {
	data.Anew = i.Account != ""
	title := "join.title"
	if data.Anew {
		title, data.Name = "join.title-anew", i.For
		data.About = v.word("join.about-anew", i.For)
	} else {
		data.About = v.word("join.about", i.By, v.word("role."+string(i.Role)), p.reach(v, i.Village))
	}
	v.c.Header("Referrer-Policy", "no-referrer")
	p.render(v, status, "join", view{Title: v.word(title), Path: "/join?t=" + url.QueryEscape(data.Secret), Script: "password.js", Data: data})
}

func (p *panel) join(c *gin.Context) {
	v := p.visit(c, people.Principal{})
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	i, err := p.s.invited(v.ctx(), f.Get("t"))
	if err != nil {
		p.notInvited(v, err)
		return
	}
	err = p.s.accept(c, f.Get("t"), f.Get("name"), f.Get("password"))
	var invalid people.Invalid
	switch {
	case err == nil:
		v.goTo("/", "joined")
		return
	case errors.As(err, &invalid):
		f.blame(v, invalid)
	case errors.Is(err, people.ErrNameTaken):
		f.fault("name", v.word("fault.taken"))
	default:
		p.notInvited(v, err)
		return
	}
	p.showJoin(v, http.StatusUnprocessableEntity, i, joinView{Secret: f.Get("t"), Name: f.Get("name"), Faults: f.faults})
}
