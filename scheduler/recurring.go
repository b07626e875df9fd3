package scheduler

import (
	"iter"
	"slices"
	"strings"
	"time"

	"loalang/scheduler/calendar"
)

// repeats says whether a schedule may air more than once.
func (s Schedule) repeats() bool { return s.Kind == Slots || s.Kind == Recurring }

// bySlot says whether a schedule airs in slots, not at exact times.
func (s Schedule) bySlot() bool {
	return s.Kind == Slots || s.Kind == Recurring && len(s.Slots) > 0
}

// recurring is the recurrence of a Rule: nil when this program cannot read it.
func (b *builder) recurring(s Schedule) recurrence {
	r, err := rhythmOf(s.Rule)
	if err != nil {
		return nil // a rule of a later version
	}
	if s.bySlot() {
		return inSlots{on: b.daysOf(s), begun: b.begun(s), perSlot: s.PerSlot, occasions: b.occasionsOf(s)}
	}
	return atTimes{rhythm: r, since: s.Since, loc: b.loc}
}

// daysOf says on which civil days a schedule in slots airs, as far as the
// builder looks.
func (b *builder) daysOf(s Schedule) func(calendar.Date) bool {
	if s.Kind != Recurring {
		return s.onDate
	}
	r, err := rhythmOf(s.Rule)
	if err != nil {
		return func(calendar.Date) bool { return false }
	}
	days := r.days(b.now.Add(-lookback-24*time.Hour), b.to.Add(lookahead+24*time.Hour), b.loc)
	return func(d calendar.Date) bool {
		_, on := slices.BinarySearchFunc(days, d, calendar.Date.Compare)
		return on
	}
}

// begun says of an occasion that had begun when the rule was changed whether
// the schedule has been told since: another rule does not tell it again.
func (b *builder) begun(s Schedule) func(*occasion) bool {
	return func(oc *occasion) bool {
		if !oc.start.Before(s.Since) {
			return false
		}
		same := occurrenceID(s.ID, b.book.Village.Key, oc.local, "1")
		return slices.ContainsFunc(b.rowsOf(s.ID), func(p Past) bool {
			return p.Occurrence != same && p.End.After(oc.start) && p.Due.Before(oc.end)
		})
	}
}

// rowsOf are the rows of a schedule, by their IDs: those of before there were fields
// to find them by as well. They are sorted out once in a plan, when first asked for.
func (b *builder) rowsOf(schedule string) []Past {
	if b.owned == nil {
		b.owned = make(map[string][]Past, len(b.book.Schedules))
		for id, p := range b.past {
			if owner, _, ok := strings.Cut(id, ":"+b.book.Village.Key+":"); ok {
				b.owned[owner] = append(b.owned[owner], p)
			}
		}
	}
	return b.owned[schedule]
}

// nextFar is the first instant of a Rule beyond what is laid out, within the
// validity of what it tells: a lunar day comes once a month, or once a year.
func (b *builder) nextFar(s Schedule) time.Time {
	at := newAirings(b.book.Slots, b.loc).next(s, b.to.Add(lookahead), nil)
	if valid := b.about(s.Announcement).ValidUntil; !valid.IsZero() && !at.Before(valid) {
		return time.Time{}
	}
	return utc(at)
}

// atTimes is the recurrence of a Rule at its exact civil times. What lay before
// the rule was made or last changed was never promised.
type atTimes struct {
	rhythm *rhythm
	since  time.Time
	loc    *time.Location
}

func (r atTimes) instants(from, to time.Time) iter.Seq[instant] {
	return func(yield func(instant) bool) {
		for _, m := range r.rhythm.between(later(from, r.since), to, r.loc) {
			if !yield(instant{nominal: m.At, local: m.Civil.String(), ordinal: 1}) {
				return
			}
		}
	}
}
