package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"loalang/people"
	"loalang/scheduler"
	"loalang/scheduler/calendar"
)

// schedulePage is the page of one schedule that recurs.
type schedulePage struct {
	ID, Announcement, Title string
	Name                    string
	Next                    []momentDay
	Left, Added             []momentDay
	Recur                   recurView
	Interrupted             []choiceView
	Day, Time               string // one more day, as it was typed
	Exact                   bool   // at exact times: one more day may have its own
	Revision                int64
	Faults                  map[string]string
}

// momentDay is a day that can be left out or put back.
type momentDay struct {
	momentView
	Value, Clock string // day and time of the form
}

// coming is how many of the next instants the page of a schedule shows.
const coming = 8

func (p *panel) registerRecur(r *gin.Engine) {
	const one = "/announcements/:id/schedules/:sid"
	r.GET(one, p.allow(people.Plan, p.editSchedule))
	r.POST(one, p.allow(people.Plan, p.saveSchedule))
	r.POST(one+"/rule", p.allow(people.Plan, p.previewRule))
	r.POST(one+"/days", p.allow(people.Plan, p.exceptSchedule))
}

// recurring reads the schedule of the address. False: the answer was given.
func (p *panel) recurring(v *visit) (d scheduler.Dossier, s scheduler.Schedule, slots []scheduler.Slot, ok bool) {
	if d, ok = p.dossier(v); !ok {
		return d, s, nil, false
	}
	i := slices.IndexFunc(d.Schedules, func(s scheduler.Schedule) bool { return s.ID == v.c.Param("sid") })
	if i < 0 || d.Schedules[i].Kind != scheduler.Recurring {
		p.problem(v, http.StatusNotFound, "problem.not-found")
		return d, s, nil, false
	}
	if !d.Announcement.Withdrawn.IsZero() {
		p.problem(v, http.StatusConflict, "problem.withdrawn")
		return d, s, nil, false
	}
	slots, err := p.s.cfg.Places.Slots(v.ctx(), v.village.Key)
	if err != nil {
		p.fail(v, err)
		return d, s, nil, false
	}
	return d, d.Schedules[i], slots, true
}

func (p *panel) editSchedule(v *visit) {
	d, s, slots, ok := p.recurring(v)
	if ok {
		p.showSchedule(v, http.StatusOK, d, s, slots, v.ruleForm(s, slots, v.now), nil)
	}
}

// showSchedule draws the page; f is what was typed or what the rule is.
func (p *panel) showSchedule(v *visit, status int, d scheduler.Dossier, s scheduler.Schedule, slots []scheduler.Slot, f *form, preview *rulePreview) {
	w := schedulePage{
		ID: s.ID, Announcement: d.Announcement.ID, Title: d.Announcement.Title, Name: v.recurringName(s, slots, v.now), Recur: v.recurView(slots, f),
		Day: f.Get("day"), Time: f.Get("time"), Exact: len(s.Slots) == 0, Revision: s.Revision, Faults: f.faults, Interrupted: v.interruptions(f),
	}
	w.Recur.Preview, w.Recur.Ask = preview, "/announcements/"+d.Announcement.ID+"/schedules/"+s.ID+"/rule"
	for _, at := range s.Instants(v.now, coming, slots, v.loc) {
		m := momentDay{momentView: v.moment(at, w.Exact), Value: civil(v.civilOf(at))}
		if w.Exact {
			m.Clock = at.In(v.loc).Format("15:04:05")
		}
		w.Next = append(w.Next, m)
	}
	left, _ := s.Exceptions(v.civilOf(v.now), v.loc)
	w.Left, w.Added = v.exceptionDays(left), v.addedTimes(s)
	p.render(v, status, "schedule", view{Title: v.word("recur.title"), Tab: "announcements", Script: "recur.js", Data: w})
}

func (v *visit) exceptionDays(days []scheduler.Date) (list []momentDay) {
	for _, d := range days {
		at := calendar.At(calendar.Date(d), 12*60, v.loc)
		m := v.moment(at, false)
		m.Time = ""
		list = append(list, momentDay{momentView: m, Value: civil(d)})
	}
	return list
}

// addedTimes are the single times that a schedule adds and that are still ahead, as
// what can be taken off again; of slots their days.
func (v *visit) addedTimes(s scheduler.Schedule) (list []momentDay) {
	for _, c := range s.Added(v.now, v.loc) {
		m := momentDay{momentView: v.moment(c.In(v.loc), len(s.Slots) == 0), Value: c.Date.String()}
		if len(s.Slots) > 0 {
			m.Time = ""
		} else {
			m.Clock = c.In(v.loc).Format(time.TimeOnly)
		}
		list = append(list, m)
	}
	return list
}

// saveSchedule changes the rule.
func (p *panel) saveSchedule(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	d, s, slots, ok := p.recurring(v)
	if !ok {
		return
	}
	is := v.carried(s, v.recurring(slots, f), f)
	if f.Get("do") == "rule" {
		p.showSchedule(v, http.StatusOK, d, s, slots, f, v.rulePreview(is, slots))
		return
	}
	if len(f.faults) > 0 || is == nil {
		p.showSchedule(v, http.StatusUnprocessableEntity, d, s, slots, f, nil)
		return
	}
	if f.Get("revision") != "" && f.Get("revision") != strconv.FormatInt(s.Revision, 10) {
		f.fault("rule", v.word("problem.conflict"))
		p.showSchedule(v, http.StatusConflict, d, s, slots, f, nil)
		return
	}
	is.Owned, is.Announcement, is.CreatedBy, is.Misfire.Policy = s.Owned, s.Announcement, s.CreatedBy, s.Misfire.Policy
	is.Interrupted = scheduler.Resumption(f.Get("interrupted"))
	if len(is.Slots) > 0 == (len(s.Slots) > 0) {
		is.Misfire.Grace = s.Misfire.Grace // of the other kind its own is usual
	}
	if f.goesBack() {
		p.showSchedule(v, http.StatusOK, d, s, slots, f, nil)
		return
	}
	keep := func(ctx context.Context) error { return p.s.keepSchedule(ctx, d, *is) }
	if !p.weighed(v, f, keep) {
		return
	}
	if err := keep(v.ctx()); err != nil {
		p.fail(v, err)
		return
	}
	v.goTo("/announcements/"+s.Announcement, "rescheduled")
}

// exceptSchedule leaves out one day of the rule or adds one, and goes back to where
// it was asked.
func (p *panel) exceptSchedule(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	d, s, slots, ok := p.recurring(v)
	if !ok {
		return
	}
	day, changed, told, save := p.excepting(v, f, s)
	if len(f.faults) > 0 {
		shown := v.ruleForm(s, slots, v.now)
		shown.faults = f.faults
		shown.Set("day", f.Get("day"))
		shown.Set("time", f.Get("time"))
		p.showSchedule(v, http.StatusUnprocessableEntity, d, s, slots, shown, nil)
		return
	}
	back := "/announcements/" + s.Announcement + "/schedules/" + s.ID
	if f.Get("back") == "plan" {
		back = "/plan"
	}
	if f.goesBack() {
		v.goTo(back, "")
		return
	}
	keep := func(ctx context.Context) error {
		if r := rehearsing(ctx); r != nil { // the plan has to reach the day
			r.named = append(r.named, time.Date(day.Year, day.Month, day.Day, 12, 0, 0, 0, v.loc))
		}
		return save(ctx, d, changed)
	}
	if !p.weighed(v, f, keep) {
		return
	}
	if err := keep(v.ctx()); err != nil {
		p.fail(v, err)
		return
	}
	v.goTo(back, told)
}

// excepting is the schedule s with the day left out or added that the form names, what
// is told then, and what keeps it. Faults are in the form.
func (p *panel) excepting(v *visit, f *form, s scheduler.Schedule) (day scheduler.Date, changed scheduler.Schedule, told string, save func(context.Context, scheduler.Dossier, scheduler.Schedule) error) {
	day, err := parseCivil(f.Get("day"))
	second, errTime := secondOfDay(f.Get("time"))
	if err != nil || errTime != nil {
		f.fault("day", v.word("fault.date"))
		return day, s, "", nil
	}
	told, save = "left-out", p.s.trimSchedule
	if f.Get("do") == "include" {
		told = "included"
		save = func(ctx context.Context, d scheduler.Dossier, sc scheduler.Schedule) error {
			return p.s.keepSchedule(ctx, d, sc)
		}
		changed, err = s.Include(day, second, v.now, v.loc)
	} else {
		changed, err = s.LeaveOut(day, second, v.now, v.loc)
	}
	var invalid scheduler.Invalid
	if errors.As(err, &invalid) {
		f.fault("day", faultWords(v.lang, invalid[0]))
	}
	return day, changed, told, save
}

// nominalOf is the day and the time in an occurrence's ID; the time is empty of a
// slot.
func nominalOf(o scheduler.Occurrence) (day, clock string) {
	rest := strings.TrimPrefix(o.ID, o.Schedule+":"+o.Village+":")
	if i := strings.LastIndexByte(rest, ':'); i >= 0 {
		rest = rest[:i]
	}
	day, clock, _ = strings.Cut(rest, "T")
	if o.Slot != "" {
		clock = ""
	}
	return day, clock
}
