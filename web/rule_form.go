package web

import (
	"slices"
	"strconv"
	"time"

	"loalang/scheduler"
	"loalang/scheduler/calendar"
)

// ruleForm fills the form in from a schedule that recurs, as ruleAnswer would read
// it. What the form has no field for is shown as the text of the rule.
func (p phrase) ruleForm(s scheduler.Schedule) *form {
	f := emptyForm()
	f.Set("when", "recurring")
	f.Set("rule", s.Rule)
	f.Set("by", "time")
	if len(s.Slots) > 0 {
		f.Set("by", "slot")
		f.Values["rslot"] = s.Slots
	}
	f.Set("interrupted", string(s.Interrupted))
	f.Set("rhythm", rhythmText)
	rule, err := calendar.ParseRule(s.Rule)
	if err != nil {
		return f
	}
	r := rule.Form()
	if rhythm := rhythmOf(r); rhythm != "" {
		f.Set("rhythm", rhythm)
		p.fillRule(f, r)
	}
	return f
}

// rhythmOf is the rhythm that a rule has; empty when it is none of the form's.
func rhythmOf(r calendar.Form) string {
	t := r.Pattern
	if t == nil || r.Zone != "" || len(t.Weeks)+len(t.YearDays)+len(t.Positions) > 0 || t.Skip != "" && t.Skip != calendar.Omit ||
		slices.ContainsFunc(r.Times, func(s int) bool { return s%60 != 0 }) || len(r.Times) == 0 || len(r.Times) > maxTimes {
		return ""
	}
	plain := len(t.Months) == 0 && len(t.MonthDays) == 0
	if t.Offset != 0 && (!t.Lunar || t.Offset > 0 || t.Offset < -maxBefore) {
		return ""
	}
	switch {
	case t.Freq == calendar.Daily && plain && len(t.Weekdays) == 0 && !t.Lunar:
		if t.Interval > 1 {
			return rhythmMarket
		}
		return rhythmDaily
	case t.Interval != 1:
		return ""
	case t.Freq == calendar.Weekly && plain && !t.Lunar:
		return rhythmWeekly
	case len(t.Weekdays) > 0:
		return ""
	case t.Freq == calendar.Monthly && len(t.Months) == 0 && !t.Lunar && !slices.ContainsFunc(t.MonthDays, func(d int) bool { return d < -1 }):
		return rhythmMonthly
	case t.Freq == calendar.Monthly && len(t.Months) == 0 && t.Lunar && slices.Equal(t.MonthDays, []int{1, 15}):
		return rhythmHalfMoon
	case !t.Lunar || len(t.MonthDays) != 1 || t.MonthDays[0] < -1 || t.MonthDays[0] == lastDay:
		return ""
	case t.Freq == calendar.Monthly && len(t.Months) == 0:
		return rhythmLunarMonth
	case t.Freq == calendar.Yearly && len(t.Months) == 1 && !t.Months[0].Leap:
		return rhythmLunarYear
	}
	return ""
}

// fillRule enters a rule that has a rhythm.
func (p phrase) fillRule(f *form, r calendar.Form) {
	t := *r.Pattern
	for _, w := range t.Weekdays {
		f.Add("rday", weekdayCode(w.Day))
	}
	if len(t.MonthDays) == 1 {
		day := t.MonthDays[0]
		if day == -1 {
			day = lastDay
		}
		f.Set("lday", strconv.Itoa(day))
		f.Set("yday", strconv.Itoa(day))
	}
	days := slices.DeleteFunc(slices.Clone(t.MonthDays), func(d int) bool { return d < 0 })
	if len(days) < len(t.MonthDays) {
		f.Set("mlast", "1")
	}
	f.Set("mday", commas(days))
	if len(t.Months) == 1 {
		f.Set("ymonth", strconv.Itoa(t.Months[0].Number))
	}
	f.Set("feast", "other")
	if known := f.Get("yday") + "/" + f.Get("ymonth"); slices.Contains(feasts, known) {
		f.Set("feast", known)
	}
	f.Set("before", strconv.Itoa(-t.Offset))
	f.Set("cycle", strconv.Itoa(t.Interval))
	f.Set("rstart", r.Start.Date.String())
	if f.Get("by") == "time" {
		for _, s := range r.Times {
			f.Add("rtime", scheduler.TimeOfDay(s/60).String())
		}
	}
	if t.Count > 0 {
		f.Set("rcount", strconv.Itoa(t.Count/max(len(r.Times), 1)))
	}
	if !t.Until.IsZero() {
		f.Set("runtil", calendar.StampDay(t.Until, p.loc).String())
	}
}

// carried are the rules of an answer with the single days of the schedule that
// they replace. Who writes the rule itself writes those days as well.
func (v *visit) carried(from scheduler.Schedule, all []scheduler.Schedule, f *form) []scheduler.Schedule {
	if f.Get("rhythm") == rhythmText {
		return all
	}
	for i := range all {
		all[i] = carry(from, all[i], v.now, v.loc)
	}
	return all
}

// carry brings the single days that were left out or added over to another rule,
// those that are still ahead.
func carry(from, to scheduler.Schedule, now time.Time, loc *time.Location) scheduler.Schedule {
	left, added := from.Exceptions(scheduler.Date(calendar.DateOf(now, loc)), loc)
	for _, d := range left {
		if s, err := to.LeaveOut(d, -1, now, loc); err == nil { // else the new rule does not come then
			to = s
		}
	}
	for _, d := range added {
		if s, err := to.Include(d, -1, now, loc); err == nil { // else it comes then anyway
			to = s
		}
	}
	return to
}
