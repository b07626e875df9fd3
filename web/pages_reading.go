package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"loalang/people"
	"loalang/scheduler"
)

// askView is the form that asks a person to record one language.
type askView struct {
	Readers    []choiceView // accounts that may record, and none: a free name
	Name       string       // of somebody without an account
	Date, Time string       // until when
	Faults     map[string]string
	Open       bool
	Again      bool // somebody is asked already
	Seen       string
}

// askView is the form as it is proposed for an announcement; nil when the
// visitor may not ask anybody.
func (p *panel) askView(v *visit, d scheduler.Dossier, may bool) *askView {
	if !may {
		return nil
	}
	next, err := p.s.nextAir(v.ctx(), d)
	if err != nil {
		p.s.cfg.Logger.Error("the next airing is not known", "announcement", d.Announcement.ID, "err", err)
	}
	due := scheduler.ProposeDue(next, v.now).In(v.loc)
	ask := &askView{Date: due.Format(time.DateOnly), Time: due.Format("15:04")}
	for _, a := range p.s.readers(v.ctx(), d.Announcement.Village) {
		ask.Readers = append(ask.Readers, choiceView{Value: a.ID, Name: a.Name})
	}
	return ask
}

// reading says who is asked to record r, and offers what can be done about it;
// ask is the form as proposed, f what was just sent.
func (rv *renditionView) reading(v *visit, r scheduler.Rendition, ask *askView, f *form) {
	if r.State == scheduler.Assigned {
		s := v.askedState(r)
		rv.Asked, rv.MayUnask = &s, true
	}
	if r.State == scheduler.Spoken && r.Fault == "" {
		return // a voice reads it in a moment
	}
	rv.Again = (r.State == scheduler.Ready || r.State == scheduler.Recorded) && r.Recording != "" && r.SpokenText == "" // a person read it
	if r.State.May(scheduler.Recorded) && r.State != scheduler.Ready && r.State != scheduler.Recorded || rv.Again {
		rv.Record = recordPath(rv.Announcement, r.Language)
	}
	if ask == nil || !r.State.May(scheduler.Assigned) {
		return
	}
	mine := *ask
	mine.Readers = append([]choiceView(nil), ask.Readers...)
	mine.Again, mine.Seen = r.State == scheduler.Assigned, askedMark(r)
	chosen, sent := r.Assignment.Account, f.Get("language") == r.Language && f.Has("due_date")
	mine.Name = r.Assignment.Reader
	if sent {
		chosen, mine.Name, mine.Date, mine.Time, mine.Faults, mine.Open = f.Get("account"), f.Get("reader"), f.Get("due_date"), f.Get("due_time"), f.faults, len(f.faults) > 0
	}
	if chosen != "" && !sent {
		mine.Name = ""
	}
	for i := range mine.Readers {
		mine.Readers[i].Checked = mine.Readers[i].Value == chosen
	}
	rv.Ask = &mine
}

// askedState says who is asked to record a rendition, and until when.
func (v *visit) askedState(r scheduler.Rendition) stateView {
	s := stateView{"wait", "mic", v.word("reading.asked", r.Assignment.Reader, v.at(r.Assignment.Due, v.now))}
	if r.Overdue(v.now) {
		s = stateView{"bad", "lo", v.word("reading.overdue", r.Assignment.Reader, v.at(r.Assignment.Due, v.now))}
	}
	return s
}

// assignNotice asks somebody to record one language; what is wrong is shown
// beside what was typed.
func (p *panel) assignNotice(v *visit) {
	f, d, ok := p.formOf(v)
	if !ok {
		return
	}
	q := request{Account: f.Get("account"), Reader: f.Get("reader"), By: v.me.Name, Seen: f.Get("asked")}
	var err error
	if q.Due, err = v.civilTime(f.Get("due_date"), f.Get("due_time")); err != nil {
		f.fault("due", v.word("fault.date"))
		p.showAnnouncement(v, http.StatusUnprocessableEntity, f)
		return
	}
	ask := func(ctx context.Context) error {
		_, err := p.s.assign(ctx, d.Announcement.ID, f.Get("language"), q)
		return err
	}
	if f.goesBack() {
		p.showAnnouncement(v, http.StatusOK, f)
		return
	}
	if !p.confirmed(v, f, ask) {
		return
	}
	err = ask(v.ctx())
	var invalid scheduler.Invalid
	switch {
	case err == nil:
		v.goTo("/announcements/"+d.Announcement.ID, "assigned")
	case errors.As(err, &invalid) && invalid[0].Field != "language":
		for _, fault := range invalid {
			f.fault(fault.Field, faultWords(v.lang, fault))
		}
		p.showAnnouncement(v, http.StatusUnprocessableEntity, f)
	case errors.Is(err, errAskedSince):
		p.askedSince(v, f)
	default:
		p.failRendition(v, err)
	}
}

// askedSince shows whom somebody else asked meanwhile; the form takes that in, so that
// sending again is a choice.
func (p *panel) askedSince(v *visit, f *form) {
	d, ok := p.dossier(v)
	if !ok {
		return
	}
	r := renditionIn(d, f.Get("language"))
	f.fault("reader", v.word("reading.asked-since", r.Assignment.Reader, v.at(r.Assignment.Due, v.now)))
	p.showAnnouncement(v, http.StatusConflict, f)
}

// waiveNotice says that an announcement is not told in one language, or takes that
// back.
func (p *panel) waiveNotice(v *visit) {
	f, d, ok := p.formOf(v)
	if !ok {
		return
	}
	do, told := p.s.waive, "waived"
	if f.Get("do") == "want" {
		do, told = p.s.want, "wanted"
	}
	p.changeTongue(v, f, d.Announcement.ID, told, do)
}

// unassignNotice takes the request back. What nobody is asked any more is as
// wished.
func (p *panel) unassignNotice(v *visit) {
	f, d, ok := p.formOf(v)
	if !ok {
		return
	}
	p.changeTongue(v, f, d.Announcement.ID, "unassigned", func(ctx context.Context, id, language string) (scheduler.Dossier, error) {
		d, err := p.s.unassign(ctx, id, language)
		if errors.Is(err, scheduler.ErrTransition) {
			err = nil
		}
		return d, err
	})
}

// holdNotice says that a recording of an older text is right for the new one.
func (p *panel) holdNotice(v *visit) {
	f, d, ok := p.formOf(v)
	if !ok {
		return
	}
	p.changeTongue(v, f, d.Announcement.ID, "holds", p.s.stillHolds)
}

// changeTongue takes one step of one language of an announcement; what that harms in
// the plan is shown before.
func (p *panel) changeTongue(v *visit, f *form, id, told string, do func(ctx context.Context, id, language string) (scheduler.Dossier, error)) {
	step := func(ctx context.Context) error { _, err := do(ctx, id, f.Get("language")); return err }
	if f.goesBack() {
		v.goTo("/announcements/"+id, "")
		return
	}
	if !p.confirmed(v, f, step) {
		return
	}
	if err := step(v.ctx()); err != nil {
		p.failRendition(v, err)
		return
	}
	v.goTo("/announcements/"+id, told)
}

// readingsView is what the visitor is to record.
type readingsView struct {
	Tasks  []taskView
	Others []taskView // of other people, for who may ask
}

type taskView struct {
	Title, Link, Language, Place, Next, Record string
	State                                      stateView
}

func (p *panel) registerReadings(r *gin.Engine) {
	r.GET("/readings", p.allow(people.View, p.readings))
}

// readings is "việc của tôi": what the visitor was asked to record, by due, and
// below it what others were.
func (p *panel) readings(v *visit) {
	tasks, err := p.s.tasks(v.ctx(), v.me, func(scheduler.Assignment) bool { return true })
	if err != nil {
		p.fail(v, err)
		return
	}
	var w readingsView
	for _, t := range tasks {
		tv := taskView{
			Title: t.announcement.Title, Link: "/announcements/" + t.announcement.ID, Language: v.language(t.rendition.Language),
			State: v.askedState(t.rendition), Next: v.airs(t.next),
		}
		if t.place.Key != v.village.Key {
			tv.Place = v.word("place.village", t.place.Name)
		}
		if v.me.May(people.Write, t.place.Key) && v.me.May(people.Upload, t.place.Key) {
			tv.Record = recordPath(t.announcement.ID, t.rendition.Language)
		}
		if t.rendition.Assignment.Account == v.me.ID && !v.me.Token {
			w.Tasks = append(w.Tasks, tv)
		} else {
			w.Others = append(w.Others, tv)
		}
	}
	p.show(v, "readings", view{Title: v.word("readings.title"), Tab: "announcements", Script: "unsent.js", Data: w})
}

// airs says when something airs next.
func (v *visit) airs(next time.Time) string {
	if next.IsZero() {
		return v.word("coverage.no-airing")
	}
	return v.word("coverage.airs", v.at(next, v.now))
}
