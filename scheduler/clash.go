package scheduler

import (
	"cmp"
	"slices"
	"time"

	"loalang/scheduler/calendar"
)

// clashDays is how many days ahead slots are held against each other: every season and
// weekday comes round in it.
const clashDays = 400

// FaultSeasons is the code of two seasons of one slot that share a day, named by the
// limit: of them only the first would count.
const FaultSeasons = "seasons-overlap"

// SlotClash is two slots of a village that are held at the same time: BuildPlan serves
// both, one sound after another, and moves what finds no room.
type SlotClash struct {
	First, Second string    // IDs: Second begins later, or at the same time and has the later ID
	On            Date      // the first day, on which First begins
	Starts        TimeOfDay // of First on that day
	From          TimeOfDay // when Second begins; beyond 24:00: on the next day
	To            TimeOfDay // when the earlier of both ends, rounded up to a minute
	Days          int       // how many days of the next clashDays it concerns, On among them
	FirstEnds     TimeOfDay // when First ends, rounded up to a minute
}

// turnOf is a slot on one day, in minutes from the first day's beginning.
type turnOf struct {
	id         string
	day        int // from the first on
	begin, end int
}

// Clashes lists the living slots that overlap on a day from today on, by their seasons
// and single days, each pair once, in order of their first day. It is pure; it costs
// some hundred looks at each slot.
func Clashes(slots []Slot, today Date) []SlotClash {
	first := calendar.Date(today)
	var turns []turnOf
	for day := -1; day < clashDays; day++ { // yesterday's may reach into today
		d := Date(first.AddDays(day))
		for _, s := range slots {
			if begins, held := s.StartOn(d); held && s.Deleted.IsZero() {
				begin := day*calendar.MinutesPerDay + int(begins)
				turns = append(turns, turnOf{s.ID, day, begin, begin + int((s.Length+time.Minute-1)/time.Minute)})
			}
		}
	}
	slices.SortFunc(turns, func(a, b turnOf) int { return firstOf(a.begin-b.begin, cmp.Compare(a.id, b.id)) })
	found := map[[2]string]*SlotClash{}
	var out []*SlotClash
	for i, a := range turns {
		for _, b := range turns[i+1:] {
			if b.begin >= a.end {
				break
			}
			if a.id == b.id || a.end <= 0 {
				continue
			}
			key := [2]string{min(a.id, b.id), max(a.id, b.id)}
			if c := found[key]; c != nil {
				c.Days++
				continue
			}
			zero := a.day * calendar.MinutesPerDay
			c := &SlotClash{
				First: a.id, Second: b.id, On: Date(first.AddDays(a.day)), Starts: TimeOfDay(a.begin - zero),
				From: TimeOfDay(b.begin - zero), To: TimeOfDay(min(a.end, b.end) - zero), FirstEnds: TimeOfDay(a.end - zero), Days: 1,
			}
			found[key], out = c, append(out, c)
		}
	}
	list := make([]SlotClash, len(out))
	for i, c := range out {
		list[i] = *c
	}
	return list
}

// NewClashes are those of the slots as they would be that concern a slot which was
// changed or added, and were not the same before.
func NewClashes(before, after []Slot, today Date) []SlotClash {
	was := map[SlotClash]bool{}
	all := Clashes(after, today)
	if len(all) == 0 {
		return nil
	}
	for _, c := range Clashes(before, today) {
		was[c] = true
	}
	return slices.DeleteFunc(all, func(c SlotClash) bool { return was[c] })
}

// sharedDay is the first day of the year that two seasons hold, which both have valid
// ends; false: none.
func (s Season) sharedDay(other Season) (MonthDay, bool) {
	for d := (calendar.Date{Year: 2000, Month: time.January, Day: 1}); d.Year == 2000; d = d.AddDays(1) {
		if s.Holds(Date(d)) && other.Holds(Date(d)) {
			return MonthDay{d.Month, d.Day}, true
		}
	}
	return MonthDay{}, false
}
