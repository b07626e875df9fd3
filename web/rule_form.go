package web

import (
	"slices"
	"strconv"
	"time"

	"loalang/scheduler"
	"loalang/scheduler/calendar"
)

// ruleForm fills the form in from a schedule that recurs, as ruleAnswer would read
// it now. What the form has no field for is shown as the text of the rule.
func (p phrase) ruleForm(s scheduler.Schedule, slots []scheduler.Slot, now time.Time) *form {
	f := emptyForm()
	f.Set("when", "recurring")
	f.Set("rule", s.Rule)
	f.Set("by", "time")
	if len(s.Slots) > 0 {
		f.Set("by", "slot")
		f.Values["rslot"] = s.Slots
		f.Set("rper_slot", typedNumber(float64(s.PerSlot)))
		f.Set("rper_day", typedNumber(float64(s.PerDay)))
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
		p.fillRule(f, r, now)
		if r.Pattern.Count > 0 {
			f.Set("rcount", strconv.Itoa(p.daysLeft(rule, dayBegins(s, r.Times, slots), now)))
		}
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
func (p phrase) fillRule(f *form, r calendar.Form, now time.Time) {
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
	if r.Start.Date.Compare(calendar.DateOf(now, p.loc)) > 0 {
		f.Set("rfrom", r.Start.Date.String())
	}
	if f.Get("by") == "time" {
		for _, s := range r.Times {
			f.Add("rtime", scheduler.TimeOfDay(s/60).String())
		}
	}
	if !t.Until.IsZero() {
		f.Set("runtil", calendar.StampDay(t.Until, p.loc).String())
	}
}

// daysLeft is on how many days a rule with a COUNT still comes, whose day begins at a
// minute after midnight: the answer counts from today on, so that what aired is not
// told once more. A day that has begun is not one of them.
func (p phrase) daysLeft(rule calendar.Rule, first int, now time.Time) int {
	last, _ := rule.Last(p.loc)
	today := calendar.DateOf(now, p.loc)
	days := map[calendar.Date]bool{}
	for _, m := range rule.Between(calendar.At(today, 0, p.loc), last.In(p.loc).AddDate(0, 0, 1), p.loc) {
		days[m.Civil.Date] = true
	}
	if calendar.At(today, first, p.loc).Before(now) {
		delete(days, today)
	}
	return max(len(days), 1)
}

// dayBegins is the minute after midnight at which a day of a schedule begins: its
// first time, or that of its first slot.
func dayBegins(s scheduler.Schedule, times []int, slots []scheduler.Slot) int {
	first := calendar.MinutesPerDay
	for _, slot := range slots {
		if slices.Contains(s.Slots, slot.ID) {
			first = min(first, int(slot.Start))
		}
	}
	if len(s.Slots) == 0 && len(times) > 0 {
		first = slices.Min(times) / 60
	}
	return first
}

// carried is the rule of an answer with the single days of the schedule that it
// replaces. Who writes the rule itself writes those days as well.
func (v *visit) carried(from scheduler.Schedule, is *scheduler.Schedule, f *form) *scheduler.Schedule {
	if is == nil || f.Get("rhythm") == rhythmText {
		return is
	}
	s, err := from.Carry(*is, v.now, v.loc)
	if err != nil {
		v.ruleFault(f, err)
		return nil
	}
	return &s
}
