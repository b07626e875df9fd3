package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"loalang/scheduler"
)

// moveView is the page on which one turn of the plan is moved.
type moveView struct {
	Occurrence, Announcement, Title string
	Where, Series                   string // where it stands; the schedule it is of, when that has other turns
	Rule                            string // page of the series; empty: it has none
	Ask                             string // where it goes: asked is only whether alone or with its series; empty: everything is asked
	Day, Place, Time                string
	First, Last                     string // days that may be chosen
	Slots                           []choiceView
	Faults                          map[string]string
}

// atTime is the place outside the slots.
const atTime = "time"

// movingOf reads the turn that a form or an address names. False: the answer was given.
func (p *panel) movingOf(v *visit, occurrence string) (moving, bool) {
	m, err := p.s.moving(v.ctx(), v.village.Key, occurrence)
	switch {
	case isMissing(err):
		p.problem(v, http.StatusNotFound, "problem.turn-gone")
	case err != nil:
		p.fail(v, err)
	case !m.d.Announcement.Withdrawn.IsZero():
		p.problem(v, http.StatusConflict, "problem.withdrawn")
	default:
		return m, true
	}
	return m, false
}

// moveForm is the page as it is opened; the address may say where to.
func (p *panel) moveForm(v *visit) {
	m, ok := p.movingOf(v, v.c.Query("occurrence"))
	if !ok {
		return
	}
	f := &form{Values: url.Values{}, takes: map[string]takeView{}, faults: map[string]string{}}
	at := m.instant(m.from).In(m.loc)
	f.Set("day", civil(m.from.Day))
	f.Set("place", atTime)
	f.Set("time", at.Format("15:04"))
	if m.from.Slot != "" {
		f.Set("place", m.from.Slot)
	}
	for _, name := range []string{"day", "place", "time"} {
		if value := v.c.Query(name); value != "" {
			f.Set(name, value)
		}
	}
	p.showMove(v, http.StatusOK, m, f, "")
}

func (p *panel) showMove(v *visit, status int, m moving, f *form, ask string) {
	w := moveView{
		Occurrence: m.turn.ID, Announcement: m.d.Announcement.ID, Title: m.d.Announcement.Title, Where: v.spotName(m, m.from), Ask: ask,
		Day: f.Get("day"), Place: f.Get("place"), Time: f.Get("time"), Faults: f.faults,
		First: civil(v.civilOf(v.now)), Last: civil(v.civilOf(v.now.Add(foreseenMost))),
	}
	if m.series() {
		w.Series, _ = v.scheduleName(m.s, m.slots)
		if m.s.Kind == scheduler.Recurring {
			w.Rule = "/announcements/" + m.d.Announcement.ID + "/schedules/" + m.s.ID
		}
	}
	for _, sl := range m.slots {
		w.Slots = append(w.Slots, choiceView{Value: sl.ID, Name: v.slotName(sl), Checked: sl.ID == w.Place})
	}
	p.render(v, status, "move", view{Title: v.word("move.title"), Tab: "plan", Data: w})
}

// spotName says where a turn stands.
func (v *visit) spotName(m moving, at scheduler.Spot) string {
	when := m.instant(at)
	if i := slices.IndexFunc(m.slots, func(sl scheduler.Slot) bool { return sl.ID == at.Slot }); i >= 0 {
		return v.word("move.in-slot", v.slotNameOn(m.slots[i], when), v.day(when, v.now))
	}
	return v.at(when, v.now)
}

// spotOf reads where to; faults are in the form.
func (v *visit) spotOf(f *form) (to scheduler.Spot) {
	day, err := parseCivil(f.Get("day"))
	if err != nil {
		f.fault("day", v.word("fault.date"))
	}
	to.Day = day
	if place := f.Get("place"); place != atTime {
		to.Slot = place
		if place == "" {
			f.fault("place", v.word("fault.required"))
		}
		return to
	}
	if to.Second, err = secondOfDay(f.Get("time")); err != nil || to.Second < 0 {
		f.fault("time", v.word("fault.required"))
	}
	return to
}

// move shows what a move makes of the plan, and makes it.
func (p *panel) move(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	m, ok := p.movingOf(v, f.Get("occurrence"))
	if !ok {
		return
	}
	to := v.spotOf(f)
	switch {
	case len(f.faults) > 0:
		p.showMove(v, http.StatusUnprocessableEntity, m, f, "")
		return
	case f.goesBack():
		p.showMove(v, http.StatusOK, m, f, "")
		return
	case m.series() && f.Get("scope") == "":
		p.showMove(v, http.StatusOK, m, f, v.spotName(m, to))
		return
	}
	sc, more, err := p.s.moved(m, to, f.Get("scope") == "all")
	var invalid scheduler.Invalid
	if errors.As(err, &invalid) {
		v.moveFaults(f, invalid)
		p.showMove(v, http.StatusUnprocessableEntity, m, f, "")
		return
	}
	if err != nil {
		p.fail(v, err)
		return
	}
	keep := func(ctx context.Context) error { return p.s.keepMoved(ctx, m, to, sc, more) }
	v.deed = v.word("move.do")
	v.beside = &stateView{Icon: "tiep", Text: v.word("move.from-to", m.d.Announcement.Title, v.spotName(m, m.from), v.spotName(m, to))}
	if !p.sure(v, f, keep) {
		return
	}
	if err := keep(v.ctx()); err != nil {
		p.fail(v, err)
		return
	}
	v.took(p, moveKind, sc.ID)
	v.toDay(noon(to.Day, v.loc), "moved")
}

// moveFaults puts what is wrong with a move beside the fields of the form.
func (v *visit) moveFaults(f *form, invalid scheduler.Invalid) {
	for _, fault := range invalid {
		field := fault.Field
		switch field {
		case "slot", "slots":
			field = "place"
		case "at":
			field = "time"
		case "day", "time", "scope":
		default:
			field = "scope"
		}
		f.fault(field, faultWords(v.lang, fault))
	}
}

// toDay leads to the week of a day, and says there what was done.
func (v *visit) toDay(day time.Time, told string) {
	q := url.Values{"week": {day.Format(time.DateOnly)}, "told": {told}}
	if v.planned != "" {
		q.Set("planned", v.planned)
	}
	if v.undone > 0 {
		q.Set("undo", strconv.FormatInt(v.undone, 10))
	}
	v.c.Redirect(http.StatusSeeOther, "/plan?"+q.Encode())
}
