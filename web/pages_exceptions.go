package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"loalang/people"
	"loalang/scheduler"
)

// exceptionsView is the page of exceptions from the rules of the place.
type exceptionsView struct {
	List          []exceptionView
	More          string // ID behind which the next page begins; empty: there is none
	Slots         []choiceView
	Announcements []choiceView
	Rules         []choiceView
	Typed         map[string]string
	Faults        map[string]string
}

// exceptionView is one exception in words.
type exceptionView struct {
	ID, What, When, Rules, Reason, Asked, Answer string
	State                                        stateView
	Revision                                     int64
	Decide, Approve, Withdraw                    bool // what the visitor may do
	Own                                          bool // it is the visitor's own, and somebody else must approve it
	Fault                                        string
}

func (p *panel) registerExceptions(r *gin.Engine) {
	r.GET("/exceptions", p.allow(people.Plan, func(v *visit) { p.showExceptions(v, http.StatusOK, nil, "", "") }))
	r.POST("/exceptions", p.allow(people.Plan, p.askException))
	r.POST("/exceptions/:id/decide", p.allow(people.Arrange, p.decideException))
	r.POST("/exceptions/:id/withdraw", p.allow(people.Plan, p.withdrawException))
}

// showExceptions shows the list and the form; wrong is what was typed and is
// wrong, fault what is wrong with deciding on the exception of an ID.
func (p *panel) showExceptions(v *visit, status int, wrong *form, id, fault string) {
	all, err := p.s.cfg.Exceptions.Exceptions(v.ctx(), v.village.Key, v.c.Query("before"), pageLength+1)
	if err != nil {
		p.fail(v, err)
		return
	}
	slots, err := p.s.cfg.Places.Slots(v.ctx(), v.village.Key)
	if err != nil {
		p.fail(v, err)
		return
	}
	notices, err := p.s.cfg.Announcements.Announcements(v.ctx(), v.village.Key, "", pageLength)
	if err != nil {
		p.fail(v, err)
		return
	}
	w := exceptionsView{Typed: map[string]string{}, Faults: map[string]string{}}
	if len(all) > pageLength {
		all = all[:pageLength]
		w.More = all[pageLength-1].ID
	}
	p.exceptionChoices(v, &w, slots, notices, wrong)
	for _, e := range all {
		row := p.exceptionView(v, e, w)
		if e.ID == id {
			row.Fault = fault
		}
		w.List = append(w.List, row)
	}
	p.render(v, status, "exceptions", view{Title: v.word("exceptions.title"), Tab: "more", Data: w})
}

// exceptionChoices fills in the form, with what was typed.
func (p *panel) exceptionChoices(v *visit, w *exceptionsView, slots []scheduler.Slot, notices []Notice, f *form) {
	lifts := v.c.QueryArray("rule")
	for _, name := range []string{"announcement", "from_date", "from_time", "to_date", "to_time"} {
		w.Typed[name] = v.c.Query(name)
	}
	if f != nil {
		w.Faults, lifts = f.faults, f.Values["rules"]
		for _, name := range []string{"announcement", "slot", "from_date", "from_time", "to_date", "to_time", "reason"} {
			w.Typed[name] = f.Get(name)
		}
	}
	for _, sl := range slots {
		w.Slots = append(w.Slots, choiceView{Value: sl.ID, Name: v.slotName(sl), Checked: sl.ID == w.Typed["slot"]})
	}
	for _, d := range notices {
		if a := d.Announcement; a.Withdrawn.IsZero() && (a.ValidUntil.IsZero() || a.ValidUntil.After(v.now)) {
			w.Announcements = append(w.Announcements, choiceView{Value: a.ID, Name: a.Title, Checked: a.ID == w.Typed["announcement"]})
		}
	}
	if id := w.Typed["announcement"]; id != "" && !slices.ContainsFunc(w.Announcements, func(c choiceView) bool { return c.Checked }) {
		if d, err := p.s.cfg.Announcements.Announcement(v.ctx(), id); err == nil && d.Announcement.Village == v.village.Key { // an older one
			w.Announcements = append(w.Announcements, choiceView{Value: id, Name: d.Announcement.Title, Checked: true})
		}
	}
	for _, l := range scheduler.LiftsThere() {
		w.Rules = append(w.Rules, choiceView{Value: string(l), Name: v.word("lift." + string(l)), Checked: slices.Contains(lifts, string(l))})
	}
}

func (p *panel) exceptionView(v *visit, e scheduler.Exception, w exceptionsView) exceptionView {
	state := e.State(v.now)
	row := exceptionView{
		ID: e.ID, Reason: e.Reason, Revision: e.Revision, Asked: v.word("exceptions.asked", e.RequestedBy, v.at(e.Created, v.now)),
		When: v.word("exceptions.from-to", v.at(e.From, v.now), v.at(e.To, v.now)),
	}
	var names []string
	for _, l := range e.Rules {
		names = append(names, lower(v.word("lift."+string(l))))
	}
	row.Rules = upper(v.list(names))
	row.What = v.word("exceptions.any")
	if i := slices.IndexFunc(w.Slots, func(c choiceView) bool { return c.Value == e.Slot }); i >= 0 {
		row.What = w.Slots[i].Name
	}
	if e.Announcement != "" {
		row.What = v.word("exceptions.one-notice")
		if d, err := p.s.cfg.Announcements.Announcement(v.ctx(), e.Announcement); err == nil {
			row.What = d.Announcement.Title
		}
	}
	text := v.word("exception."+string(state), e.DecidedBy, e.WithdrawnBy)
	switch state {
	case scheduler.ExceptionApproved:
		row.State = stateView{Class: "ok", Icon: "tot", Text: text}
	case scheduler.ExceptionRequested:
		row.State = stateView{Class: "wait", Icon: "cho", Text: text}
	case scheduler.ExceptionRefused, scheduler.ExceptionWithdrawn:
		row.State = stateView{Class: "bad", Icon: "tra", Text: text}
	default:
		row.State = stateView{Class: "n", Icon: "so", Text: text}
	}
	if e.Answer != "" {
		row.Answer = v.word("exceptions.answered", e.DecidedBy, e.Answer)
	}
	open := state == scheduler.ExceptionRequested
	row.Decide = open && v.may(people.Arrange)
	row.Approve = row.Decide && p.s.mayApprove(v.ctx(), v.me, e)
	row.Own = row.Decide && !row.Approve
	row.Withdraw = (open || state == scheduler.ExceptionApproved) && mayWithdraw(v.me, e)
	return row
}

func (p *panel) askException(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	e := scheduler.Exception{Owned: scheduler.Owned{Village: v.village.Key}, Announcement: f.Get("announcement"), Slot: f.Get("slot"), Reason: f.Get("reason")}
	for _, l := range f.Values["rules"] {
		e.Rules = append(e.Rules, scheduler.Lift(l))
	}
	for name, into := range map[string]*time.Time{"from": &e.From, "to": &e.To} {
		date, clock := f.Get(name+"_date"), f.Get(name+"_time")
		if date == "" && clock == "" {
			continue // Validate says that it is missing
		}
		if *into, err = v.civilTime(date, clock); err != nil {
			f.fault(name, v.word("fault.date"))
		}
	}
	if len(f.faults) == 0 {
		_, err = p.s.requestException(v.ctx(), v.me, e)
	}
	var faults scheduler.Invalid
	switch {
	case errors.As(err, &faults):
		for _, fault := range faults {
			f.fault(fault.Field, faultWords(v.lang, fault))
		}
		fallthrough
	case len(f.faults) > 0:
		p.showExceptions(v, http.StatusUnprocessableEntity, f, "", "")
	case err != nil:
		p.fail(v, err)
	default:
		v.goTo("/exceptions", "exception-asked")
	}
}

func (p *panel) decideException(v *visit) {
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
	e, err := p.s.exception(v.ctx(), v.village.Key, v.c.Param("id"))
	decide := func(ctx context.Context) error {
		_, err := p.s.decideException(ctx, v.me, e, liftDecision{f.Get("decision") == "approve", f.Get("answer"), revision})
		return err
	}
	switch {
	case err != nil:
	case f.goesBack():
		v.goTo("/exceptions", "")
		return
	case !p.weighed(v, f, decide):
		return
	default:
		err = decide(v.ctx())
	}
	var faults scheduler.Invalid
	switch {
	case errors.As(err, &faults):
		p.showExceptions(v, http.StatusUnprocessableEntity, nil, e.ID, faultWords(v.lang, faults[0]))
	case errors.Is(err, scheduler.ErrRevision):
		p.problem(v, http.StatusConflict, "problem.conflict")
	case err != nil:
		p.fail(v, err)
	case f.Get("decision") == "approve":
		v.goTo("/exceptions", "exception-approved")
	default:
		v.goTo("/exceptions", "exception-refused")
	}
}

func (p *panel) withdrawException(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	e, err := p.s.exception(v.ctx(), v.village.Key, v.c.Param("id"))
	if err == nil && !mayWithdraw(v.me, e) {
		p.problem(v, http.StatusForbidden, "problem.forbidden")
		return
	}
	withdraw := func(ctx context.Context) error { _, err := p.s.withdrawException(ctx, v.me, e); return err }
	switch {
	case err != nil:
	case f.goesBack():
		v.goTo("/exceptions", "")
		return
	case !p.weighedTo(v, f, "foreseen.unlift", withdraw):
		return
	default:
		err = withdraw(v.ctx())
	}
	switch {
	case errors.Is(err, scheduler.ErrRevision):
		p.problem(v, http.StatusConflict, "problem.conflict")
	case err != nil:
		p.fail(v, err)
	default:
		v.took(p, "exceptions", e.ID)
		v.goTo("/exceptions", "exception-withdrawn")
	}
}
