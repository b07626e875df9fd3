package web

import (
	"errors"
	"slices"
	"strconv"
	"time"

	"loalang/scheduler"
	"loalang/scheduler/calendar"
)

// recurView is the question how something is told again and again, with what
// was answered.
type recurView struct {
	Rhythm     string
	Days       []choiceView // of the week
	MonthDays  string
	MonthLast  bool
	LunarDays  []choiceView
	Feasts     []choiceView // lunar days of the year that have a name
	FeastOther bool
	YearDays   []choiceView
	YearMonths []choiceView
	Before     []choiceView
	Cycles     []choiceView
	Start      string
	BySlot     bool
	Slots      []choiceView
	PerSlot    string // how often in each slot, and at most on one day
	PerDay     string
	Times      []choiceView // Name is the field's, Value what stands in it
	From       string
	Until      string
	Count      string
	Rule       string
	Preview    *rulePreview
	Ask        string // where the page's module asks what the answer means
	Faults     map[string]string
}

// rulePreview is what an answer means.
type rulePreview struct {
	Words string
	Next  []momentView
	Note  string // that fewer are left than are shown
	Fault string
}

// momentView is one coming instant in words.
type momentView struct {
	Day, Time string
	Moon      lunarView
	Quiet     bool // outside the village's hours
}

// feasts are the lunar days of a year that are offered by name: day/month.
var feasts = []string{"1/1", "30/12", "23/12", "15/1", "10/3", "5/5", "15/7", "15/8"}

// recurView draws the question; f may be empty.
func (v *visit) recurView(slots []scheduler.Slot, f *form) recurView {
	fresh := !f.Has("rhythm")
	r := recurView{
		Rhythm: f.Get("rhythm"), MonthDays: f.Get("mday"), MonthLast: f.Get("mlast") != "", Start: f.Get("rstart"),
		BySlot: f.Get("by") == "slot" || fresh && len(slots) > 0, From: f.Get("rfrom"), Until: f.Get("runtil"), Count: f.Get("rcount"), Rule: f.Get("rule"), PerSlot: f.Get("rper_slot"), PerDay: f.Get("rper_day"), Faults: f.faults, Ask: "/announcements/rule",
	}
	if fresh {
		r.Rhythm = rhythmHalfMoon
	}
	for _, d := range weekFromMonday() {
		code := weekdayCode(d)
		r.Days = append(r.Days, choiceView{Value: code, Name: v.word("weekday.short-" + code), Checked: slices.Contains(f.Values["rday"], code)})
	}
	r.LunarDays, r.YearDays = v.lunarDayChoices(f.Get("lday")), v.lunarDayChoices(f.Get("yday"))
	for m := 1; m <= 12; m++ {
		r.YearMonths = append(r.YearMonths, choice(m, upper(v.lunarMonth(m, false)), f.Get("ymonth")))
	}
	r.FeastOther = f.Get("feast") == "other"
	for _, code := range feasts {
		r.Feasts = append(r.Feasts, choiceView{Value: code, Name: v.word("feast." + code), Checked: f.Get("feast") == code})
	}
	r.Before = append(r.Before, choice(0, v.word("recur.before-0"), f.Get("before")))
	for n := 1; n <= maxBefore; n++ {
		r.Before = append(r.Before, choice(n, v.word("recur.before-n", n), f.Get("before")))
	}
	for n := 5; n <= 7; n++ {
		r.Cycles = append(r.Cycles, choice(n, v.word("recur.cycle-n", n), f.Get("cycle")))
	}
	if n, err := strconv.Atoi(f.Get("cycle")); err == nil && n > 1 && (n < 5 || n > 7) {
		r.Cycles = append(r.Cycles, choice(n, v.word("recur.cycle-n", n), f.Get("cycle")))
	}
	for _, s := range slots {
		r.Slots = append(r.Slots, choiceView{ID: s.ID, Name: v.slotName(s), Checked: slices.Contains(f.Values["rslot"], s.ID) || fresh && len(slots) == 1})
	}
	times := slices.DeleteFunc(slices.Clone(f.Values["rtime"]), func(t string) bool { return t == "" })
	for i := range max(2, min(len(times)+1, maxTimes)) {
		c := choiceView{Name: v.word("recur.time-n", i+1)}
		if i < len(times) {
			c.Value = times[i]
		}
		r.Times = append(r.Times, c)
	}
	return r
}

func choice(n int, name, chosen string) choiceView {
	return choiceView{Value: strconv.Itoa(n), Name: name, Checked: chosen == strconv.Itoa(n)}
}

func (v *visit) lunarDayChoices(chosen string) (list []choiceView) {
	for d := 1; d < lastDay; d++ {
		list = append(list, choice(d, upper(v.lunarDay(d)), chosen))
	}
	return append(list, choice(lastDay, v.word("recur.last-lunar"), chosen))
}

// recurring reads the answer. Nil when the form is wrong; then f has the faults.
func (v *visit) recurring(slots []scheduler.Slot, f *form) *scheduler.Schedule {
	before := len(f.faults)
	a := v.ruleAnswer(f)
	s := scheduler.Schedule{Kind: scheduler.Recurring, Misfire: scheduler.Misfire{Policy: scheduler.Coalesce, Grace: onceGrace}}
	first := append(slices.Clone(a.Times), 24*60)[0]
	if f.Get("by") == "slot" {
		s.Misfire.Grace = slotGrace
		for _, slot := range slots {
			if slices.Contains(f.Values["rslot"], slot.ID) {
				s.Slots, first = append(s.Slots, slot.ID), min(first, int(slot.Start))
			}
		}
		if len(s.Slots) == 0 {
			f.fault("rslot", v.word("fault.required"))
		}
		s.PerSlot, s.PerDay = v.timesField(f, "rper_slot", scheduler.MaxPerSlot), v.timesField(f, "rper_day", scheduler.MaxPerDay)
	}
	if len(f.faults) > before {
		return nil
	}
	a.Start = a.begins(v.now, first, v.loc)
	s, err := s.WithRule(a.text(), v.now, v.loc)
	if err == nil {
		err = s.Validate(v.now, v.village)
	}
	if err != nil {
		v.ruleFault(f, err)
		return nil
	}
	return &s
}

// ruleFault says what is wrong with a rule; without a field of its own it stands
// above all of them.
func (v *visit) ruleFault(f *form, err error) {
	var invalid scheduler.Invalid
	if !errors.As(err, &invalid) {
		f.fault("rule", err.Error())
		return
	}
	for _, fault := range invalid {
		f.fault("rule", faultWords(v.lang, fault))
	}
}

// begins is the first day of the rule: with a number of days it is one that is
// heard from its first time on, and a market's is the next of its days.
func (a ruleAnswer) begins(now time.Time, first int, loc *time.Location) calendar.Date {
	today := calendar.DateOf(now, loc)
	if a.From.Compare(today) > 0 {
		today = a.From
	}
	start := a.Start
	if start.Compare(today) > 0 {
		return start
	}
	step := 1
	if a.Rhythm == rhythmMarket {
		step = a.Cycle
	}
	for start.Compare(today) < 0 {
		behind := daysBetween(start, today)
		start = start.AddDays((behind + step - 1) / step * step)
	}
	if a.Count > 0 && calendar.At(start, first%(24*60), loc).Before(now) {
		start = start.AddDays(step)
	}
	return start
}

func daysBetween(from, to calendar.Date) int {
	at := func(d calendar.Date) time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }
	return int(at(to).Sub(at(from)) / (24 * time.Hour))
}

// rulePreview says what a schedule that recurs means, and when it comes next; nil: the
// form is wrong.
func (v *visit) rulePreview(s *scheduler.Schedule, slots []scheduler.Slot) *rulePreview {
	if s == nil {
		return &rulePreview{Fault: v.word("new.faults")}
	}
	p := &rulePreview{Words: v.recurringName(*s, slots, v.now)}
	next := s.Instants(v.now, instantsShown, slots, v.loc)
	for _, at := range next {
		p.Next = append(p.Next, v.moment(at, len(s.Slots) == 0))
	}
	if len(next) < instantsShown {
		p.Note = v.word("recur.only", len(next))
	}
	return p
}

// moment is an instant in words, with its lunar date.
func (v *visit) moment(at time.Time, exact bool) momentView {
	m := momentView{Day: upper(v.day(at, v.now)), Time: v.clock(at), Moon: v.lunar(at)}
	year := at.In(v.loc).Year()
	if away := daysApart(at.In(v.loc), v.now.In(v.loc)); year != v.now.In(v.loc).Year() && max(away, -away) <= nearby {
		m.Day = v.withYear(m.Day, year) // among the times of a rule each year is told
	}
	if _, allowed, err := v.village.Allows(at, time.Second, scheduler.Subject{}); exact && err == nil && !allowed {
		m.Quiet = true
	}
	return m
}

// previewRule answers the page's module with what the form says so far.
func (p *panel) previewRule(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	slots, err := p.s.cfg.Places.Slots(v.ctx(), v.village.Key)
	if err != nil {
		p.fail(v, err)
		return
	}
	is := v.recurring(slots, f)
	if v.c.Param("sid") != "" {
		_, s, _, ok := p.recurring(v)
		if !ok {
			return
		}
		is = v.carried(s, is, f)
	}
	preview := v.rulePreview(is, slots)
	if len(f.faults) > 0 { // while somebody still fills it in, the first is enough
		preview.Fault = firstFault(f)
	}
	p.send(v, 200, fragment{"rule-preview", preview})
}

// firstFault is what is wrong with the first of the fields, as they stand.
func firstFault(f *form) string {
	for _, field := range []string{"rhythm", "mday", "lday", "yday", "ymonth", "cycle", "rstart", "before", "rslot", "rper_slot", "rper_day", "rtime", "rfrom", "runtil", "rcount", "rule"} {
		if said := f.faults[field]; said != "" {
			return said
		}
	}
	return ""
}
