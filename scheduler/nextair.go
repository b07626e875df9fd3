package scheduler

import (
	"slices"
	"time"
)

// nextAirDays is how many days ahead a slot of a schedule is looked for: weekly
// rules come round twice in it.
const nextAirDays = 15

// NextAir is when each announcement of schedules airs next from an instant on,
// as far as the schedules say; conflicts are the plan's business. What was due
// before and is within its grace still counts, and so does a slot that goes on.
func NextAir(schedules []Schedule, slots []Slot, loc *time.Location, from time.Time) map[string]time.Time {
	n := newAirings(slots, loc)
	next := make(map[string]time.Time, len(schedules))
	for _, s := range schedules {
		at := n.next(s, from, nil)
		if known := next[s.Announcement]; !at.IsZero() && (known.IsZero() || at.Before(known)) {
			next[s.Announcement] = at
		}
	}
	return next
}

// airings finds when schedules call for something.
type airings struct {
	slots []Slot
	loc   *time.Location
	floor time.Time                 // nothing before it counts, even though it goes on; zero: all does
	laid  map[time.Time][]*occasion // of the slots, by from when
}

func newAirings(slots []Slot, loc *time.Location) *airings {
	return &airings{slots: slots, loc: loc, laid: map[time.Time][]*occasion{}}
}

// of is when the announcement of d airs next from an instant on, within its
// validity; zero when no schedule calls for it then.
func (n *airings) of(d Dossier, from time.Time) (first time.Time) {
	a := d.Announcement
	for _, s := range d.Schedules {
		at := n.next(s, later(from, a.ValidFrom), d.Turns)
		if !s.bySlot() && at.Before(a.ValidFrom) {
			continue // an exact instant before its validity is not put off
		}
		if !at.IsZero() && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	if !a.ValidUntil.IsZero() && !first.Before(a.ValidUntil) {
		return time.Time{}
	}
	return first
}

// next is the first instant of s from an instant on of which the occurrence has not
// had its turn.
func (n *airings) next(s Schedule, from time.Time, turns []string) time.Time {
	had := func(local string) bool { return slices.Contains(turns, occurrenceID(s.ID, s.Village, local, "1")) }
	if s.Kind == Recurring {
		return n.recurs(s, from, had)
	}
	switch s.Kind {
	case Once, Now:
		if s.misfire().latest(s.At).Before(from) || s.At.Before(n.floor) || had(exactLocal(s.At, n.loc)) {
			return time.Time{}
		}
		return s.At
	case Slots:
		if s.From != (Date{}) {
			from = later(from, time.Date(s.From.Year, s.From.Month, s.From.Day, 0, 0, 0, 0, n.loc))
		}
		for _, oc := range n.occasions(from) {
			if slices.Contains(s.Slots, oc.slot.ID) && s.onDate(oc.date) && oc.end.After(from) && !oc.start.Before(n.floor) && !had(oc.local) {
				return oc.start
			}
		}
	}
	return time.Time{}
}

// recurs is next of a Rule, as far ahead as rules are looked at.
func (n *airings) recurs(s Schedule, from time.Time, had func(local string) bool) (first time.Time) {
	r, err := rhythmOf(s.Rule)
	if err != nil {
		return time.Time{}
	}
	since := later(s.Since, n.floor)
	if !s.bySlot() {
		for m := range r.from(later(from.Add(-s.misfire().Grace), since), n.loc) {
			if !s.misfire().latest(m.At).Before(from) && !had(m.Civil.String()) {
				return m.At
			}
		}
		return time.Time{}
	}
	if !slices.ContainsFunc(n.slots, func(sl Slot) bool { return sl.Deleted.IsZero() && slices.Contains(s.Slots, sl.ID) }) {
		return time.Time{} // all of them are gone
	}
	for day := range r.daysFrom(from.Add(-MaxSlot-24*time.Hour), n.loc) {
		for _, oc := range occasionsOn(n.slots, day, n.loc) {
			fits := slices.Contains(s.Slots, oc.slot.ID) && oc.end.After(from) && !oc.start.Before(n.floor)
			if fits && !had(oc.local) && (first.IsZero() || oc.start.Before(first)) {
				first = oc.start
			}
		}
		if !first.IsZero() {
			return first
		}
	}
	return first
}

// NextStart is when d begins to air next at now or later, by its schedules: a slot that
// goes on has begun already. The error says that the village's zone is unknown.
func (d Dossier) NextStart(v Village, slots []Slot, now time.Time) (time.Time, error) {
	loc, err := v.Location()
	if err != nil {
		return time.Time{}, err
	}
	n := newAirings(slots, loc)
	n.floor = now
	return n.of(d, now), nil
}

// occasions are those of the slots in the days from an instant on.
func (n *airings) occasions(from time.Time) []*occasion {
	laid, ok := n.laid[from]
	if !ok {
		laid = occasions(n.slots, n.loc, from, from.AddDate(0, 0, nextAirDays))
		n.laid[from] = laid
	}
	return laid
}
