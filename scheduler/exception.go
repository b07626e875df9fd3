package scheduler

import (
	"slices"
	"strconv"
	"time"

	"loalang/scheduler/calendar"
)

// LeaveOut is s without one of its civil days, or with exact times and a second
// that is not negative, without one time of it. Nothing else of the rule changes,
// and nothing that aired is forgotten. The error is an Invalid with the field
// "day": the rule does not come then, it is over, or too many are left out.
func (s Schedule) LeaveOut(day Date, second int, now time.Time, loc *time.Location) (Schedule, error) {
	rule, err := s.ruleFor(day, now, loc)
	if err != nil {
		return s, err
	}
	found := false
	for _, m := range momentsOn(rule, calendar.Date(day), loc) {
		if second >= 0 && !s.bySlot() && m.Civil.Second != second {
			continue
		}
		found = true
		if !s.bySlot() && m.At.Before(now) {
			continue // what had its time stays what it was
		}
		rule = rule.Without(m.Civil, loc)
	}
	if !found {
		return s, Invalid{{Field: "day", Code: FaultNotOfRule}}
	}
	return s.excepted(rule, loc)
}

// Include is s with one more civil day: one that was left out, or one more than the
// rule names. second is the time of day in exact times; negative: those of the
// rule. The error is an Invalid with the field "day", or "time" when the rule gives
// no time of day to a day.
func (s Schedule) Include(day Date, second int, now time.Time, loc *time.Location) (Schedule, error) {
	rule, err := s.ruleFor(day, now, loc)
	if err != nil {
		return s, err
	}
	times := []int{second}
	switch {
	case s.bySlot():
		times = []int{rule.Start().Second}
	case second < 0:
		if times = timesBack(rule.Form(), calendar.Date(day), loc); len(times) == 0 {
			return s, Invalid{{Field: "time", Code: FaultRequired}}
		}
	}
	added := false
	for _, t := range times {
		c := calendar.Civil{Date: calendar.Date(day), Second: t}
		named := rule.Names(c, loc) || s.bySlot() && len(momentsOn(rule, calendar.Date(day), loc)) > 0
		if named || !s.bySlot() && c.In(loc).Before(now) {
			continue
		}
		rule, added = rule.With(c, loc), true
	}
	if !added {
		return s, Invalid{{Field: "day", Code: FaultOfRule}}
	}
	return s.excepted(rule, loc)
}

// timesBack are the times of day at which a day that is added sounds: those of the
// rule, and those that were left out of it, which a rule of hours has no others of.
func timesBack(f calendar.Form, day calendar.Date, loc *time.Location) []int {
	times := slices.Clone(f.Times)
	for _, st := range f.Excepted {
		if c, timed := calendar.StampCivil(st, loc); timed && c.Date == day && !slices.Contains(times, c.Second) {
			times = append(times, c.Second)
		}
	}
	return times
}

// ruleFor reads the rule for an exception on a day, today or later.
func (s Schedule) ruleFor(day Date, now time.Time, loc *time.Location) (calendar.Rule, error) {
	if s.Kind != Recurring {
		return calendar.Rule{}, Invalid{{Field: "day", Code: FaultRuleSingle}}
	}
	r, err := rhythmOf(s.Rule)
	if err != nil {
		return calendar.Rule{}, ruleFault(err)
	}
	var f faults
	today := calendar.DateOf(now, loc)
	f.date("day", day, today, calendar.DateOf(FarFuture(now), loc))
	if day == (Date{}) {
		f.add("day", FaultRequired, "")
	}
	return r.rule, f.err()
}

// excepted is s with its exceptions changed; Since stays, so that what is late may
// still air.
func (s Schedule) excepted(rule calendar.Rule, loc *time.Location) (Schedule, error) {
	f := rule.Form()
	if max(len(f.Excepted), len(f.Added)) > calendar.MaxDates {
		return s, Invalid{{Field: "day", Code: calendar.RuleTooMany, Limit: strconv.Itoa(calendar.MaxDates)}}
	}
	return s.ruled(rule, loc), nil
}

// momentsOn are the moments of a rule on one civil day.
func momentsOn(rule calendar.Rule, day calendar.Date, loc *time.Location) []calendar.Moment {
	from := calendar.From(day.AddDays(-1), 0, loc)
	all := rule.Between(from, calendar.To(day.AddDays(2), 0, loc), loc)
	return slices.DeleteFunc(all, func(m calendar.Moment) bool { return m.Civil.Date != day })
}

// Exceptions are the civil days from a day on that a schedule's rule leaves out
// and adds, each in order and once.
func (s Schedule) Exceptions(from Date, loc *time.Location) (left, added []Date) {
	r, err := rhythmOf(s.Rule)
	if err != nil {
		return nil, nil
	}
	days := func(stamps []calendar.Stamp) (days []Date) {
		for _, st := range stamps {
			if d := calendar.StampDay(st, loc); d.Compare(calendar.Date(from)) >= 0 {
				days = append(days, Date(d))
			}
		}
		slices.SortFunc(days, func(x, y Date) int { return calendar.Date(x).Compare(calendar.Date(y)) })
		return slices.Compact(days)
	}
	f := r.rule.Form()
	return days(f.Excepted), days(f.Added)
}

// Added are the single civil times that a schedule's rule adds and that are still
// ahead, in order; in slots the time of day does not matter, and today's is one.
func (s Schedule) Added(now time.Time, loc *time.Location) (list []calendar.Civil) {
	r, err := rhythmOf(s.Rule)
	if err != nil {
		return nil
	}
	from := s.firstMoment(now, loc)
	for _, st := range r.rule.Form().Added {
		c, timed := calendar.StampCivil(st, loc)
		if !timed {
			c.Second = r.rule.Start().Second
		}
		if !c.In(loc).Before(from) {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, calendar.Civil.Compare)
	return slices.Compact(list)
}

// WithSchedule is d with a schedule as it will be once it is saved: a new one, or
// another revision of one that is there.
func (d Dossier) WithSchedule(s Schedule) Dossier {
	if s.Revision > 0 {
		s.Revision++
	}
	d.Schedules = append(slices.DeleteFunc(slices.Clone(d.Schedules), func(old Schedule) bool { return old.ID == s.ID }), s)
	return d
}

// Trimmed is the approval of d once a schedule of it airs on one day less: if it
// was approved, it still is.
func (d Dossier) Trimmed(s Schedule) Approval {
	a := d.Announcement.Approval
	if a.Pin == nil || !a.Pin.calls(s) {
		return a
	}
	a.Pin = a.Pin.with(d.WithSchedule(s), Touched{Schedule: s.ID})
	return a
}
