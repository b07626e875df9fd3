package scheduler

import (
	"cmp"
	"iter"
	"slices"
	"time"

	"loalang/scheduler/calendar"
)

// recurrence names the instants of one schedule. Each Kind is one.
type recurrence interface {
	// instants lists what is promised with a nominal instant in [from, to),
	// oldest first.
	instants(from, to time.Time) iter.Seq[instant]
}

// firstInstant is the first instant in [from, to); false when there is none.
func firstInstant(r recurrence, from, to time.Time) (instant, bool) {
	for in := range r.instants(from, to) {
		return in, true
	}
	return instant{}, false
}

// instant is one promise of a schedule.
type instant struct {
	nominal  time.Time
	local    string    // nominal civil time, for the ID
	ordinal  int       // from 1, among promises of the same civil time
	round    int       // from 0, among those of the same occasion
	occasion *occasion // of a slot; nil outside slots
}

// exactly is the recurrence of Once and Now.
type exactly struct {
	at  time.Time
	loc *time.Location
}

func (e exactly) instants(from, to time.Time) iter.Seq[instant] {
	return func(yield func(instant) bool) {
		if !e.at.Before(from) && e.at.Before(to) {
			yield(instant{nominal: e.at, local: exactLocal(e.at, e.loc), ordinal: 1})
		}
	}
}

// exactLocal is the civil time of an exact instant, as it is in an occurrence's ID.
func exactLocal(at time.Time, loc *time.Location) string {
	return at.In(loc).Format("2006-01-02T15:04:05")
}

// inSlots is the recurrence of Slots, and of Recurring in slots.
type inSlots struct {
	on        func(calendar.Date) bool
	begun     func(*occasion) bool // nil, or whether one is not to be promised any more
	perSlot   int                  // how often in each occasion; 0: once
	occasions []*occasion          // of the schedule's slots, by start and slot ID
}

func (r inSlots) instants(from, to time.Time) iter.Seq[instant] {
	i, _ := slices.BinarySearchFunc(r.occasions, from, func(oc *occasion, at time.Time) int { return oc.start.Compare(at) })
	return func(yield func(instant) bool) {
		local, ordinal := "", 0
		for _, oc := range r.occasions[i:] {
			if !oc.start.Before(to) {
				return
			}
			if !r.on(oc.date) || r.begun != nil && r.begun(oc) {
				continue
			}
			if oc.local != local {
				local, ordinal = oc.local, 0
			}
			for round := range max(r.perSlot, 1) {
				ordinal++
				if !yield(instant{nominal: oc.start, local: oc.local, ordinal: ordinal, round: round, occasion: oc}) {
					return
				}
			}
		}
	}
}

// onDate says whether a schedule in slots airs on a civil day.
func (s Schedule) onDate(d calendar.Date) bool {
	from, until := calendar.Date(s.From), calendar.Date(s.Until)
	return s.Days.Has(d.Weekday()) &&
		(from.IsZero() || d.Compare(from) >= 0) &&
		(until.IsZero() || d.Compare(until) <= 0)
}

// occasion is a slot on one civil day, and while the plan is built what is
// known of it.
type occasion struct {
	slot       Slot
	date       calendar.Date
	day, local string // civil
	named      string // see broadcast
	start, end time.Time
	shift      TimeOfDay // by how much a season or a day moves it

	aired   bool                // something of it has sounded
	lastEnd time.Time           // end of the last notice, aired or placed
	lastOf  string              // its announcement
	used    time.Duration       // of notices, aired or placed
	waiting [classes][]*promise // by the rank of their class
	repeats []*promise          // of higher classes, which go between what is lower
	body    time.Time           // from where on notices may begin
	placed  int                 // notices in the plan
	// fixedEnd is the end of the last fixed position in the plan.
	fixedEnd time.Time
	// fixedWas is when the last fixed position that had its turn, or missed it, was to end,
	// and fixedLost why one was missed, if a row says so.
	fixedWas  time.Time
	fixedLost string
	framed    bool // its opening is decided
}

// occasions lays the living slots out over the civil days around [from, to),
// in order of start and slot ID.
func occasions(slots []Slot, loc *time.Location, from, to time.Time) []*occasion {
	var out []*occasion
	last := calendar.DateOf(to, loc)
	for d := calendar.DateOf(from, loc).AddDays(-1); d.Compare(last) <= 0; d = d.AddDays(1) {
		out = append(out, occasionsOn(slots, d, loc)...)
	}
	slices.SortStableFunc(out, func(a, b *occasion) int {
		return firstOf(a.start.Compare(b.start), cmp.Compare(a.slot.ID, b.slot.ID))
	})
	return out
}

// occasionsOn are those of the living slots on one civil day.
func occasionsOn(slots []Slot, d calendar.Date, loc *time.Location) (out []*occasion) {
	day := d.String()
	for _, s := range slots {
		begins, held := s.StartOn(Date(d))
		if !s.Deleted.IsZero() || !held {
			continue
		}
		start := calendar.At(d, int(begins), loc)
		local := day + "T" + begins.String()
		out = append(out, &occasion{
			slot: s, date: d, day: day, local: local, named: s.ID + ":" + local, start: start, end: start.Add(s.Length), shift: begins - s.Start,
		})
	}
	return out
}
