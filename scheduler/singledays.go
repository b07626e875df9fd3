package scheduler

import (
	"slices"
	"time"

	"loalang/scheduler/calendar"
)

// Carry is to, a schedule by another rule, with the single days and times that s
// leaves out or adds from today on, as far as they mean something there: a day
// without sound stays without; a time that was left out beside others of its day
// stays out where the new rule names it too; a day that was added comes at the
// times of the new rule, a time that is not one of the old rule as it is. The error
// is an Invalid with the field "day": they became too many.
func (s Schedule) Carry(to Schedule, now time.Time, loc *time.Location) (Schedule, error) {
	was, err := rhythmOf(s.Rule)
	if err != nil {
		return to, nil // a rule of a later version has no days to read
	}
	is, err := rhythmOf(to.Rule)
	if err != nil {
		return to, ruleFault(err)
	}
	c := carrier{form: was.rule.Form(), to: to, rule: is.rule, now: now, loc: loc, exact: !s.bySlot() && !to.bySlot()}
	if c.reach(); c.last.IsZero() {
		return to, nil
	}
	c.was, c.is = c.named(was.rule), c.named(is.rule)
	return to.excepted(is.rule.Changed(c.out(), c.in(), loc), loc)
}

// carrier takes single days from one rule to another.
type carrier struct {
	form        calendar.Form // of the old rule
	to          Schedule
	rule        calendar.Rule // of to
	now         time.Time
	loc         *time.Location
	exact       bool // both air at exact times
	first, last calendar.Date
	was, is     map[calendar.Date][]calendar.Civil // what the rules name on the days from first to last
}

// reach finds the first and the last of the single days that are still ahead.
func (c *carrier) reach() {
	for _, st := range slices.Concat(c.form.Excepted, c.form.Added) {
		day := calendar.StampDay(st, c.loc)
		if !c.ahead(day) {
			continue
		}
		if c.first.IsZero() || day.Compare(c.first) < 0 {
			c.first = day
		}
		if day.Compare(c.last) > 0 {
			c.last = day
		}
	}
}

func (c *carrier) ahead(day calendar.Date) bool {
	return day.Compare(calendar.DateOf(c.now, c.loc)) >= 0
}

func (c *carrier) named(r calendar.Rule) map[calendar.Date][]calendar.Civil {
	on := map[calendar.Date][]calendar.Civil{}
	for _, m := range r.Between(calendar.At(c.first.AddDays(-1), 0, c.loc), calendar.At(c.last.AddDays(2), 0, c.loc), c.loc) {
		on[m.Civil.Date] = append(on[m.Civil.Date], m.Civil)
	}
	return on
}

// late says whether an exact time has passed: what had its time stays what it was.
func (c *carrier) late(t calendar.Civil) bool {
	return !c.to.bySlot() && t.In(c.loc).Before(c.now)
}

// out is what the new rule may not name.
func (c *carrier) out() (out []calendar.Civil) {
	added := map[calendar.Civil]bool{}
	for _, st := range c.form.Added {
		t, _ := calendar.StampCivil(st, c.loc)
		added[t] = true
	}
	for _, st := range c.form.Excepted {
		t, timed := calendar.StampCivil(st, c.loc)
		if !c.ahead(t.Date) {
			continue
		}
		single := timed && c.exact && slices.ContainsFunc(c.was[t.Date], func(other calendar.Civil) bool { return !added[other] })
		for _, m := range c.is[t.Date] {
			if (!single || m == t) && !c.late(m) {
				out = append(out, m)
			}
		}
	}
	return out
}

// in is what the new rule is to name besides.
func (c *carrier) in() (in []calendar.Civil) {
	usual := c.rule.Form().Times
	for _, st := range c.form.Added {
		t, timed := calendar.StampCivil(st, c.loc)
		if !c.ahead(t.Date) {
			continue
		}
		times := []int{t.Second}
		switch {
		case c.to.bySlot() && len(c.is[t.Date]) > 0:
			continue // it comes then anyway
		case c.to.bySlot():
			times = []int{c.rule.Start().Second}
		case (!timed || !c.exact || slices.Contains(c.form.Times, t.Second)) && len(usual) > 0:
			times = usual
		}
		for _, second := range times {
			if one := (calendar.Civil{Date: t.Date, Second: second}); !c.late(one) {
				in = append(in, one)
			}
		}
	}
	return in
}
