package scheduler

import (
	"slices"
	"time"

	"loalang/scheduler/calendar"
)

// Codes of Reason that only WhyNot gives: nothing was promised.
const (
	ReasonNoSchedule = "no-schedule" // nobody said when it shall air
	ReasonOtherDay   = "other-day"   // its schedule does not name that day; Until is the next it names
)

// whyNotAhead is how far behind the day the next one of a schedule is looked for.
const whyNotAhead = 62 * 24 * time.Hour

// WhyNot says why an announcement is not promised at all on a civil day of the
// village, first what concerns the announcement, then one Reason for each of its
// schedules. None when one of them names an instant of that day: then the plan or the
// as-run has the answer. It is pure; the day may be over. The error says that the
// village's zone is unknown.
func WhyNot(day Date, book Book, announcement string) ([]Reason, error) {
	loc, err := book.Village.Location()
	if err != nil {
		return nil, err
	}
	from := calendar.At(calendar.Date(day), 0, loc)
	to := calendar.At(calendar.Date(day).AddDays(1), 0, loc)
	b, err := newBuilder(from, whyNotAhead, book)
	if err != nil {
		return nil, err
	}
	var reasons []Reason
	for _, s := range sorted(book.Schedules, func(x, y Schedule) int { return firstOf(x.Created.Compare(y.Created)) }) {
		r := b.recurrence(s)
		if s.Announcement != announcement || !s.Deleted.IsZero() || r == nil {
			continue
		}
		for range r.instants(from, to) {
			return nil, nil
		}
		reasons = append(reasons, otherDay(s, r, to, b))
	}
	if len(reasons) == 0 {
		reasons = []Reason{{Code: ReasonNoSchedule}}
	}
	a, known := b.told[announcement]
	if known && !earliestSet(a.Withdrawn, a.Deleted).IsZero() {
		reasons = slices.Insert(reasons, 0, Reason{Code: ReasonWithdrawn})
	}
	return reasons, nil
}

// otherDay says when a schedule that does not name a day calls next, and whether the
// slots it names are there at all.
func otherDay(s Schedule, r recurrence, from time.Time, b *builder) Reason {
	living := func(id string) bool { _, there := b.slots[id]; return there }
	if s.bySlot() && !slices.ContainsFunc(s.Slots, living) {
		return Reason{Code: ReasonNoSlot}
	}
	reason := Reason{Code: ReasonOtherDay}
	if s.Kind == Once || s.Kind == Now {
		reason.Until = s.At.UTC() // though it may be over
	} else if next, ok := firstInstant(r, from, from.Add(whyNotAhead)); ok {
		reason.Until = next.nominal.UTC()
	} else if s.Kind == Recurring {
		reason.Until = b.nextFar(s)
	}
	return reason
}
