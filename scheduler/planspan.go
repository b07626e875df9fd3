package scheduler

import (
	"fmt"
	"slices"
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

// Within is what of p concerns [from, to): what is due in it or sounds in it,
// and the omissions of promises that were made in it or, not kept yet, may still
// be kept in it. A promise for now that is not ready stays as long as it may
// become so.
func (p Plan) Within(from, to time.Time) Plan {
	p.From, p.To = from, to
	concerns := func(first, last time.Time) bool { return first.Before(to) && (!first.Before(from) || last.After(from)) }
	p.Occurrences = slices.DeleteFunc(slices.Clone(p.Occurrences), func(o Occurrence) bool { return !concerns(o.Due, o.End()) })
	p.Omissions = slices.DeleteFunc(slices.Clone(p.Omissions), func(om Omission) bool {
		o := om.Occurrence
		return !concerns(o.Nominal, later(o.Misfire.latest(o.Due), om.Final))
	})
	return p
}

// With adds to p what has been taken over from it and is not in it any more,
// such as what sounds just now, by Due.
func (p Plan) With(taken []Occurrence) Plan {
	p.Occurrences = slices.Clone(p.Occurrences)
	for _, o := range taken {
		if !slices.ContainsFunc(p.Occurrences, func(known Occurrence) bool { return known.ID == o.ID }) {
			p.Occurrences = append(p.Occurrences, o)
		}
	}
	slices.SortStableFunc(p.Occurrences, func(x, y Occurrence) int { return x.Due.Compare(y.Due) })
	return p
}
