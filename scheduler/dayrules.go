package scheduler

import (
	"fmt"
	"time"

	"loalang/scheduler/calendar"
)

// Stretch is a stretch of time, From inclusive and To exclusive.
type Stretch struct{ From, To time.Time }

// DayRules is what the rules of a village make of one civil day. The zero value is a
// day on which no sound is allowed.
type DayRules struct {
	Holiday  *Holiday  // nil: it is none
	Mourning []string  // names of the times of mourning that hold the day
	Free     bool      // no rule about the hours: sound is allowed all day
	Allowed  []Stretch // when sound is allowed, in order of time; empty when Free
	// Limit is the strictest of the limits of the day.
	Limit Limit
}

// RulesOn is what the rules of the village make of the civil day of an instant:
// its hours, quiet stretches, holidays, mourning and limits, without exceptions. The
// error says that the village's time zone is unknown.
func (v Village) RulesOn(day time.Time) (DayRules, error) {
	loc, err := v.Location()
	if err != nil {
		return DayRules{}, fmt.Errorf("rules of a day of %s: load time zone: %w", v.Key, err)
	}
	d := calendar.DateOf(day, loc)
	bounds := span{calendar.At(d, 0, loc), calendar.At(d.AddDays(1), 0, loc)}
	l := layOut(v, loc, bounds.from, bounds.to)
	r := DayRules{Holiday: l.holiday(d), Limit: v.Rules.limit(l.weekday(d))}
	for _, m := range v.Rules.Mourning {
		if d.Compare(calendar.Date(m.From)) >= 0 && d.Compare(calendar.Date(m.Until)) <= 0 {
			r.Mourning = append(r.Mourning, m.Name)
		}
	}
	h := l.hours()
	r.Free = h.always
	for _, s := range h.allowed {
		for _, part := range within(s, bounds) {
			r.Allowed = append(r.Allowed, Stretch{part.from, part.to})
		}
	}
	return r, nil
}
