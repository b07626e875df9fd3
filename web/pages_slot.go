package web

import (
	"cmp"
	"strings"
	"time"

	"loalang/scheduler"
)

// slotGroup is a slot's head and what lies in it; false on days it is not held.
func (b dayBook) slotGroup(s scheduler.Slot, items []dayItem) (dayGroup, bool) {
	start, held := b.slotStart(s)
	if !held {
		return dayGroup{}, false
	}
	g := dayGroup{at: start, end: start.Add(s.Length)}
	head := dayRow{Class: "slot", Slot: s.ID, Time: b.clock(start), Title: cmp.Or(s.Name, b.clock(start))}
	var rows []dayRow
	for _, it := range items {
		if it.slot == s.ID {
			row := it.row
			row.Class = strings.TrimSpace("in " + row.Class)
			rows = append(rows, row)
		}
	}
	if b.fills {
		head.Fill = b.fill(s)
	}
	if b.adds && start.After(b.now) {
		head.Add = newAt(start.Format(time.DateOnly), s.ID)
	}
	switch {
	case len(rows) == 0 && !g.end.After(b.now):
		head.Aside = b.word("day.slot-was-empty")
	case len(rows) == 0:
		head.Aside = b.word("day.slot-empty")
	default:
		head.Aside = b.word("day.slot-until", b.clock(start.Add(s.Length)))
	}
	g.rows = append([]dayRow{head}, rows...)
	return g, true
}

// slotStart is when a slot begins on the day; false when it is not held then.
func (b dayBook) slotStart(s scheduler.Slot) (time.Time, bool) {
	y, m, d := b.day.In(b.loc).Date()
	start, held := s.StartOn(scheduler.Date{Year: y, Month: m, Day: d})
	return time.Date(y, m, d, int(start)/60, int(start)%60, 0, 0, b.loc), held
}

// fill counts what the plan puts into a slot and what aired in it, its opening
// and closing included; what did not fit makes it overfull.
func (b dayBook) fill(s scheduler.Slot) *fillView {
	if s.Length <= 0 {
		return nil
	}
	var used time.Duration
	aired := map[string]bool{}
	for _, r := range b.runs {
		aired[r.Occurrence] = true
		if r.Slot == s.ID && b.holds(r.Due) && len(r.Airings) > 0 {
			used += r.Planned
		}
	}
	for _, o := range b.plan.Occurrences {
		if o.Slot == s.ID && b.holds(o.Due) && !aired[o.ID] {
			used += o.Length
		}
	}
	over := false
	for _, o := range b.plan.Omissions {
		if o.Occurrence.Slot == s.ID && scheduler.ForWantOfRoom(o.Reason.Code) && b.holds(o.Occurrence.Nominal) {
			over = true
			used += o.Occurrence.Length
		}
	}
	minutes := func(d time.Duration) int { return int((d + time.Minute - 1) / time.Minute) }
	return &fillView{
		Percent: min(100, int(100*used/s.Length)),
		Over:    over,
		Text:    b.word("plan.fill", minutes(used), minutes(s.Length)),
	}
}
