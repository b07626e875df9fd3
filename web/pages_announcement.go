package web

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"loalang/people"
	"loalang/scheduler"
)

// noticeView is one announcement with everything that belongs to it.
type noticeView struct {
	ID, Title, Sub string
	States         []stateView
	Paragraphs     []string
	Renditions     []renditionView
	Schedules      []scheduleView
	Next           string
	Why            string // where it is explained why that is so
	When           whenView
	Pending        bool // a rendition will be ready soon: the page's module looks again
	Edit           editView
	Moved          []movedView // its turns that do not fit their slots
	TooLong        []string    // slots that can never hold it, and what helps
	Withdrawn      bool
	MayPlan        bool
	MayWrite       bool
	Approval       *noticeApproval // nil: nobody was asked
	Expiry         string          // when it ends, a sentence
	GiveExpiry     string          // words of the button that gives it an end; empty: it has one
}

// noticeApproval is what the author reads of the approval.
type noticeApproval struct {
	Waits        []string // parts of what may air that do not yet
	State        stateView
	Reason       string
	Link, Submit bool // to the page of its approval; it may be submitted
}

type scheduleView struct {
	ID, Name, Sub string
	Recurs        bool
}

func (p *panel) announcement(v *visit) { p.showAnnouncement(v, http.StatusOK, emptyForm()) }

func emptyForm() *form {
	return &form{Values: map[string][]string{}, takes: map[string]takeView{}, faults: map[string]string{}}
}

// showAnnouncement draws an announcement; f is what was just sent on it, with
// its faults.
func (p *panel) showAnnouncement(v *visit, status int, f *form) {
	d, ok := p.dossier(v)
	if !ok {
		return
	}
	slots, err := p.s.cfg.Places.Slots(v.ctx(), v.village.Key)
	if err != nil {
		p.fail(v, err)
		return
	}
	a := d.Announcement
	n := noticeView{
		ID: a.ID, Title: a.Title, Sub: v.word("announcement.by", v.at(a.Created, v.now), a.CreatedBy),
		Paragraphs: paragraphs(a.Text), Renditions: p.renditionViews(v, d, f),
		When: v.whenView(slots, f), Edit: p.editView(v, f, a), Withdrawn: !a.Withdrawn.IsZero(), MayPlan: v.may(people.Plan), MayWrite: v.may(people.Write),
	}
	n.tellApproval(v, d)
	n.Next, n.Why = p.nextOf(v, d)
	if !n.Withdrawn {
		n.Moved = p.moved(v, a.ID)
		n.TooLong = p.tooLong(v, d)
	}
	if f.Get("do") == "rule" {
		n.When.Open = true
		n.When.Recur.Preview = v.rulePreview(v.recurring(slots, f), slots)
	}
	if n.Withdrawn || a.Class != scheduler.ClassNormal {
		n.States = v.noticeStates(scheduler.Dossier{Announcement: a, Schedules: d.Schedules})
	}
	n.Pending = slices.ContainsFunc(d.Renditions, func(r scheduler.Rendition) bool {
		return r.Fault == "" && (r.State == scheduler.Spoken || r.State == scheduler.Recorded)
	})
	for _, s := range d.Schedules {
		name, sub := v.scheduleName(s, slots)
		n.Schedules = append(n.Schedules, scheduleView{s.ID, name, sub, s.Kind == scheduler.Recurring})
	}
	p.render(v, status, "announcement", view{Title: a.Title, Tab: "announcements", Script: "announcement.js", Data: n})
}

// tellApproval adds what the author is to know of approval and end.
func (n *noticeView) tellApproval(v *visit, d scheduler.Dossier) {
	a := d.Announcement
	if a.Approval.State != scheduler.Unasked && !n.Withdrawn {
		_, err := a.Approval.State.After(scheduler.ActSubmit)
		n.Approval = &noticeApproval{
			State: v.approvalState(a), Reason: a.Approval.Reason, Link: n.MayWrite,
			Submit: err == nil && a.Approval.State != scheduler.Submitted && n.MayWrite,
		}
		if a.Approval.State == scheduler.Urgent || a.Approval.State == scheduler.Approved {
			for _, part := range d.Waiting(v.village.Approvals) {
				n.Approval.Waits = append(n.Approval.Waits, v.word("approval.part-waits", v.waitingPart(part)))
			}
		}
	}
	switch {
	case a.ValidUntil.IsZero():
		n.Expiry = v.word("announcement.no-expiry")
		if n.MayWrite && !n.Withdrawn {
			n.GiveExpiry = v.word("announcement.give-expiry", v.at(v.expiry(d), v.now))
		}
	case !a.ValidUntil.After(v.now) && (a.Approval.State == scheduler.Submitted || a.Approval.State == scheduler.Draft || a.Approval.State == scheduler.Returned):
		n.Expiry = v.word("announcement.expired-unapproved", v.at(a.ValidUntil, v.now))
	case !a.ValidUntil.After(v.now):
		n.Expiry = v.word("announcement.expired", v.at(a.ValidUntil, v.now))
	default:
		n.Expiry = v.word("announcement.expires", v.at(a.ValidUntil, v.now))
	}
}

// dossier reads the announcement of the address; another village's is as good
// as none. False: the answer was given.
func (p *panel) dossier(v *visit) (scheduler.Dossier, bool) {
	d, err := p.s.cfg.Announcements.Announcement(v.ctx(), v.c.Param("id"))
	if err != nil {
		p.fail(v, err)
		return d, false
	}
	if !v.me.May(people.View, d.Announcement.Village) {
		p.problem(v, http.StatusNotFound, "problem.not-found")
		return d, false
	}
	return d, true
}

// formOf reads a form that was sent for the announcement of the address. False:
// the answer was given.
func (p *panel) formOf(v *visit) (*form, scheduler.Dossier, bool) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return nil, scheduler.Dossier{}, false
	}
	d, ok := p.dossier(v)
	return f, d, ok
}

func paragraphs(text string) []string {
	return slices.DeleteFunc(strings.Split(text, "\n"), func(s string) bool { return strings.TrimSpace(s) == "" })
}

// nextOf says when the plan airs an announcement next, or why it does not, and where
// that is explained.
func (p *panel) nextOf(v *visit, d scheduler.Dossier) (said, why string) {
	why = "/announcements/" + d.Announcement.ID + "/why"
	// The published plan is a moment older than a schedule that was just removed.
	promised := func(o scheduler.Occurrence) bool {
		return o.Announcement == d.Announcement.ID && slices.ContainsFunc(d.Schedules, func(s scheduler.Schedule) bool { return s.ID == o.Schedule })
	}
	if !d.Announcement.Withdrawn.IsZero() {
		return "", why
	}
	plan, err := p.s.cfg.AsRun.Published(v.ctx(), v.village.Key)
	if err != nil {
		return "", why
	}
	for _, o := range plan.Occurrences {
		if promised(o) && o.Due.After(v.now) {
			return v.word("announcement.next", v.at(o.Due, v.now), length(o.Length)), v.whyLink(o.Announcement, o.Nominal)
		}
	}
	for _, o := range plan.Omissions {
		if promised(o.Occurrence) {
			return v.omitted(o, v.now), v.whyLink(o.Occurrence.Announcement, o.Occurrence.Nominal)
		}
	}
	return "", why
}

func (p *panel) addSchedule(v *visit) {
	f, d, ok := p.formOf(v)
	if !ok {
		return
	}
	slots, err := p.s.cfg.Places.Slots(v.ctx(), v.village.Key)
	if err != nil {
		p.fail(v, err)
		return
	}
	if f.Get("do") == "rule" {
		f.Set("when", "recurring")
		p.showAnnouncement(v, http.StatusOK, f)
		return
	}
	f.takeWay()
	if f.goesBack() {
		p.showAnnouncement(v, http.StatusOK, f)
		return
	}
	ss := p.schedulesOf(v, f, slots, d.Announcement.ID)
	if !d.Announcement.Withdrawn.IsZero() {
		f.fault("when", v.word("cause.withdrawn"))
	}
	if len(f.faults) > 0 || len(ss) == 0 {
		p.showAnnouncement(v, http.StatusUnprocessableEntity, f)
		return
	}
	save := func(ctx context.Context) error { return p.s.keepSchedule(ctx, d, ss...) }
	if !p.confirmed(v, f, save) {
		return
	}
	if err := save(v.ctx()); err != nil {
		p.fail(v, err)
		return
	}
	v.goTo("/announcements/"+d.Announcement.ID, "scheduled")
}

func (p *panel) removeSchedule(v *visit) {
	f, d, ok := p.formOf(v)
	if !ok {
		return
	}
	id := v.c.Param("sid")
	if f.goesBack() {
		v.goTo("/announcements/"+d.Announcement.ID, "")
		return
	}
	if !slices.ContainsFunc(d.Schedules, func(s scheduler.Schedule) bool { return s.ID == id }) {
		v.goTo("/announcements/"+d.Announcement.ID, "unscheduled") // removed before: as wished
		return
	}
	remove := func(ctx context.Context) error { return p.s.cfg.Schedules.RemoveSchedule(ctx, id, v.now.UTC()) }
	if !p.confirmedTo(v, f, "foreseen.unschedule", remove) {
		return
	}
	if err := remove(v.ctx()); err != nil {
		p.fail(v, err)
		return
	}
	p.s.cfg.Changed()
	if err := p.s.unschedule(v.ctx(), id, v.me.Name); err != nil {
		p.s.cfg.Logger.Error("what a removed schedule sounds could not be stopped", "schedule", id, "err", err)
	}
	v.took(p, "schedules", id)
	v.goTo("/announcements/"+d.Announcement.ID, "unscheduled")
}

// withdraw takes an announcement back and stops it when it sounds.
func (p *panel) withdraw(v *visit) {
	f, d, ok := p.formOf(v)
	if !ok {
		return
	}
	if f.goesBack() {
		v.goTo("/announcements/"+d.Announcement.ID, "")
		return
	}
	take := func(ctx context.Context) error { return p.s.takeBack(ctx, d, v.me.Name) }
	if f.Get(seenAnswer) == "save" { // it is silent before anything is foreseen
		if err := p.s.silence(v.ctx(), d.Announcement.ID, v.me.Name); err != nil {
			p.s.cfg.Logger.Error("what is taken back could not be silenced at once", "announcement", d.Announcement.ID, "err", err)
		}
	}
	if d.Announcement.Withdrawn.IsZero() && !p.confirmedTo(v, f, "foreseen.withdraw", take) {
		return
	}
	if err := take(v.ctx()); err != nil {
		p.fail(v, err)
		return
	}
	v.took(p, "announcements", d.Announcement.ID)
	v.goTo("/announcements/"+d.Announcement.ID, "withdrawn")
}
