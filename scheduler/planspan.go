package scheduler

import (
	"fmt"
	"time"
)

// Bounds of the days of a plan that may be asked for.
const (
	MaxPlanDays = 31 // at once
	// MaxPlanAhead is how many days from now on the first of them may lie:
	// planning a year costs a small board minutes.
	MaxPlanAhead = 92
)

// PlanSpan is the end of the days civil days that begin at from, in the zone of
// from. The error is an Invalid with the fields "days" and "from": days outside
// 1..MaxPlanDays, days that are over at now, and days that begin more than
// MaxPlanAhead days later.
func PlanSpan(now, from time.Time, days int) (to time.Time, err error) {
	var f faults
	if days < 1 || days > MaxPlanDays {
		f.add("days", FaultRange, fmt.Sprintf("1–%d", MaxPlanDays))
		days = 1
	}
	to = from.AddDate(0, 0, days)
	switch last := now.In(from.Location()).AddDate(0, 0, MaxPlanAhead); {
	case !to.After(now):
		f.add("from", FaultPast, "")
	case from.After(last):
		f.add("from", FaultRange, now.In(from.Location()).Format(time.DateOnly)+" – "+last.Format(time.DateOnly))
	}
	return to, f.err()
}

// Extend is the plan p with what a longer one, built from the same book, holds
// from p's end on. What p has decided stays as it was decided.
func (p Plan) Extend(longer Plan) Plan {
	known := map[string]bool{}
	for _, o := range p.Occurrences {
		known[o.ID] = true
	}
	for _, o := range p.Omissions {
		known[o.Occurrence.ID] = true
	}
	beyond := func(id string, at time.Time) bool { return !known[id] && !at.Before(p.To) }
	all := p
	all.Occurrences, all.Omissions = append([]Occurrence(nil), p.Occurrences...), append([]Omission(nil), p.Omissions...)
	for _, o := range longer.Occurrences {
		if beyond(o.ID, o.Due) {
			all.Occurrences = append(all.Occurrences, o)
		}
	}
	for _, o := range longer.Omissions {
		if beyond(o.Occurrence.ID, o.Occurrence.Nominal) {
			all.Omissions = append(all.Omissions, o)
		}
	}
	if longer.To.After(p.To) {
		all.To = longer.To
	}
	return all
}
