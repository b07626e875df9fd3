package scheduler

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"loalang/scheduler/calendar"
)

// slots looks for another slot with room, the soonest first.
func (a *adviser) slots(s Schedule) error {
	a.trials = 0
	var options []Suggestion
	for _, slot := range a.book.Slots {
		if !slot.Deleted.IsZero() || slices.Contains(s.Slots, slot.ID) {
			continue
		}
		other := s
		if other.Misfire = (Misfire{}); s.Kind == Once {
			other.Kind, other.At = Slots, time.Time{}
		}
		other.Slots = []string{slot.ID}
		if s.bySlot() {
			other.Slots = append(slices.DeleteFunc(slices.Clone(s.Slots), func(id string) bool { return id == a.om.Occurrence.Slot }), slot.ID)
		}
		at, ok, err := a.try(other)
		if ok && s.Kind == Once { // and on no other day
			other.From = Date(calendar.DateOf(at, a.loc))
			other.Until = other.From
			at, ok, err = a.try(other)
		}
		if err != nil {
			return err
		}
		if ok {
			options = append(options, Suggestion{Way: WaySlot, Schedule: other, At: at, Slot: slot.ID})
		}
	}
	slices.SortFunc(options, func(x, y Suggestion) int { return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.Slot, y.Slot)) })
	a.found = append(a.found, options[:min(len(options), 2)]...)
	return nil
}

// days looks for a further day behind the one in question: of a schedule that ends, a
// later end of it; of a rule, one day more.
func (a *adviser) days(s Schedule) error {
	a.trials = 0
	day := calendar.DateOf(a.om.Occurrence.Nominal, a.loc)
	if s.Kind == Slots {
		if s.Until == (Date{}) {
			return nil // it comes on every day anyway
		}
		day = calendar.Date(s.Until)
	}
	for range mostDays {
		day = day.AddDays(1)
		other := s
		if s.Kind == Slots {
			other.Until = Date(day)
		} else {
			var err error
			if other, err = s.Include(Date(day), -1, a.now, a.loc); err != nil {
				continue // it comes on that day anyway
			}
		}
		at, ok, err := a.try(other)
		if err != nil {
			return err
		}
		if ok {
			a.found = append(a.found, Suggestion{Way: WayDay, Schedule: other, At: at})
			return nil
		}
	}
	return nil
}

// shorterInSlot says how long the longest voice may be in the slot.
func (a *adviser) shorterInSlot(Schedule) error {
	longest, there := a.longestVoice()
	if !there {
		return nil
	}
	rooms, err := RoomFor(a.now, a.horizon, a.book, a.om.Occurrence.Announcement, longest.Language)
	if err != nil {
		return fmt.Errorf("look for room: %w", err)
	}
	for _, r := range rooms {
		if r.Start.Equal(a.om.Occurrence.Nominal) && r.Slot == a.om.Occurrence.Slot && r.Left > 0 && r.Left < longest.Length {
			a.found = append(a.found, Suggestion{Way: WayShorten, At: r.Start, Longest: r.Left, Language: longest.Language})
		}
	}
	return nil
}
