package scheduler

import (
	"slices"
	"strings"
	"time"

	"loalang/scheduler/calendar"
)

// Codes of Fault for moving a turn.
const (
	FaultSeriesDay   = "series-day"   // the whole series would have to come on other days: its rule says so
	FaultNotHeld     = "not-held"     // the slot is not held on that day
	FaultSeriesSlots = "series-slots" // the series is in several slots, or at several times: only one turn can be moved so
)

// Spot is where a turn of a schedule stands, or is moved to: a civil day, and a slot
// or a time.
type Spot struct {
	Day    Date
	Slot   string // ID; empty: at an exact time
	Second int    // of exact times: after midnight
}

// Single says whether a schedule has no turn but one: moving that is moving it.
func (s Schedule) Single() bool {
	switch s.Kind {
	case Once, Now:
		return true
	case Slots:
		return s.From == s.Until && s.From != (Date{}) && len(s.Slots) == 1
	}
	return false
}

// MoveOne moves one turn of a schedule and leaves its others as they are. moved is the
// schedule changed; more are schedules besides it, without ID and Owned: the turn in
// its new place where the schedule cannot hold it, and what else it had in other slots
// of that day that have not begun. The error is an Invalid with the field "day" or
// "time": the schedule does not come then, or there is no such place.
func (s Schedule) MoveOne(from, to Spot, slots []Slot, now time.Time, loc *time.Location) (moved Schedule, more []Schedule, err error) {
	if err := to.check(slots, now, loc); err != nil {
		return s, nil, err
	}
	if s.Single() {
		return s.at(to, loc), nil, nil
	}
	if s.Kind == Slots {
		if s, err = s.asRule(from.Day, now, loc); err != nil {
			return s, nil, err
		}
	}
	second := -1
	if !s.bySlot() {
		second = from.Second
	}
	if moved, err = s.LeaveOut(from.Day, second, now, loc); err != nil {
		return s, nil, err
	}
	if !s.bySlot() && to.Slot == "" {
		moved, err = moved.Include(to.Day, to.Second, now, loc)
		return moved, nil, err
	}
	one := s.alone()
	more = append(more, one.at(to, loc))
	if rest := s.othersOf(from, slots, now, loc); len(rest) > 0 {
		one.Slots, one.From, one.Until = rest, from.Day, from.Day
		one.PerSlot, one.PerDay = s.PerSlot, max(s.PerDay-1, 0)
		more = append(more, one)
	}
	return moved, more, nil
}

// check says whether something can be moved to a place: it is ahead, and its slot is
// held then.
func (t Spot) check(slots []Slot, now time.Time, loc *time.Location) error {
	var f faults
	today := calendar.DateOf(now, loc)
	f.date("day", t.Day, today, calendar.DateOf(FarFuture(now), loc))
	if t.Day == (Date{}) {
		f.add("day", FaultRequired, "")
	}
	if err := f.err(); err != nil {
		return err
	}
	if t.Slot == "" {
		if !(calendar.Civil{Date: calendar.Date(t.Day), Second: t.Second}).In(loc).After(now) {
			f.add("time", FaultPast, "")
		}
		return f.err()
	}
	i := slices.IndexFunc(slots, func(s Slot) bool { return s.ID == t.Slot })
	if i < 0 {
		f.add("slot", FaultUnknown, "")
		return f.err()
	}
	switch start, held := slots[i].StartOn(t.Day); {
	case !held:
		f.add("slot", FaultNotHeld, "")
	case !calendar.At(calendar.Date(t.Day), int(start), loc).After(now):
		f.add("slot", FaultPast, "")
	}
	return f.err()
}

// at is s with no turn but one, which is there.
func (s Schedule) at(to Spot, loc *time.Location) Schedule {
	kind := s.Kind
	s.Rule, s.Since, s.Days, s.PerDay, s.At = "", time.Time{}, 0, 0, time.Time{}
	if to.Slot != "" {
		s.Kind, s.Slots, s.From, s.Until = Slots, []string{to.Slot}, to.Day, to.Day
	} else {
		s.Kind, s.Slots, s.From, s.Until, s.PerSlot = Once, nil, Date{}, Date{}, 0
		s.At = calendar.Civil{Date: calendar.Date(to.Day), Second: to.Second}.In(loc).UTC()
	}
	if s.Kind != kind {
		s.Misfire = usualMisfire(s)
	}
	return s
}

// alone is a new schedule in slots of the same announcement, still without its days.
func (s Schedule) alone() Schedule {
	one := Schedule{Announcement: s.Announcement, Kind: Slots, Interrupted: s.Interrupted, CreatedBy: s.CreatedBy, PerSlot: s.PerSlot}
	one.Misfire = usualMisfire(one)
	return one
}

// usualMisfire is what a schedule of another kind gets that had its own before.
func usualMisfire(s Schedule) Misfire {
	switch {
	case s.bySlot():
		return Misfire{Policy: Coalesce, Grace: time.Hour}
	case s.Kind == Recurring:
		return Misfire{Policy: Coalesce, Grace: 30 * time.Minute}
	}
	return Misfire{Policy: PlayLate, Grace: 30 * time.Minute}
}

// othersOf are the other slots of a schedule on the day of a turn that have not begun.
func (s Schedule) othersOf(from Spot, slots []Slot, now time.Time, loc *time.Location) (rest []string) {
	if !s.bySlot() {
		return nil
	}
	for _, slot := range slots {
		start, held := slot.StartOn(from.Day)
		if held && slot.ID != from.Slot && slices.Contains(s.Slots, slot.ID) && calendar.At(calendar.Date(from.Day), int(start), loc).After(now) {
			rest = append(rest, slot.ID)
		}
	}
	return rest
}

// asRule is a schedule in slots by weekdays as one by the rule that says the same: a
// rule can leave out a day. It begins no later than a day.
func (s Schedule) asRule(day Date, now time.Time, loc *time.Location) (Schedule, error) {
	first := calendar.DateOf(now, loc)
	if d := calendar.Date(day); d.Compare(first) < 0 {
		first = d
	}
	if s.From != (Date{}) {
		first = calendar.Date(s.From)
	}
	for !s.Days.Has(first.Weekday()) { // a rule begins with a day of it
		first = first.AddDays(1)
	}
	s.Kind = Recurring
	r, err := s.WithRule("DTSTART;VALUE=DATE:"+stampText(first)+"\n"+s.weekly(), now, loc)
	if err != nil {
		return s, err
	}
	r.From, r.Days = Date{}, 0
	return r, nil
}

// weekly is the RRULE of the weekdays and the last day of a schedule in slots.
func (s Schedule) weekly() string {
	rule := "RRULE:FREQ=DAILY"
	if s.Days != 0 && s.Days != everyWeekday {
		var codes []string
		for d := range time.Weekday(7) {
			if s.Days.Has(d) {
				codes = append(codes, strings.ToUpper(d.String()[:2]))
			}
		}
		rule = "RRULE:FREQ=WEEKLY;BYDAY=" + strings.Join(codes, ",")
	}
	if s.Until != (Date{}) {
		rule += ";UNTIL=" + stampText(calendar.Date(s.Until))
	}
	return rule
}

// everyWeekday is every day of the week, which a zero Weekdays is as well.
const everyWeekday Weekdays = 1<<7 - 1

func stampText(d calendar.Date) string { return strings.ReplaceAll(d.String(), "-", "") }

// MoveAll moves all turns of a schedule as one of them is moved: to another slot or
// time of day, and to another weekday where it comes by weekdays. The error is an
// Invalid with the field "scope", or as of MoveOne.
func (s Schedule) MoveAll(from, to Spot, slots []Slot, now time.Time, loc *time.Location) (Schedule, error) {
	if err := to.check(slots, now, loc); err != nil {
		return s, err
	}
	if s.Single() {
		return s.at(to, loc), nil
	}
	old := s
	if s.Kind == Slots {
		if err := s.shiftDay(from.Day, to.Day); err != nil {
			return old, err
		}
	} else if from.Day != to.Day {
		return old, Invalid{{Field: "scope", Code: FaultSeriesDay}}
	}
	switch {
	case s.bySlot() && to.Slot != "":
		s.swapSlot(from.Slot, to.Slot)
		return s, nil
	case s.bySlot() && len(s.Slots) > 1:
		return old, Invalid{{Field: "scope", Code: FaultSeriesSlots}}
	case s.Kind == Slots:
		var err error
		if s, err = s.asRule(to.Day, now, loc); err != nil {
			return old, err
		}
	}
	return old.retimed(s, to, now, loc)
}

// swapSlot puts a slot in the place of another.
func (s *Schedule) swapSlot(from, to string) {
	kept := slices.DeleteFunc(slices.Clone(s.Slots), func(id string) bool { return id == from || id == to })
	s.Slots = append(kept, to)
}

// shiftDay has a schedule in slots come on the weekday of to instead of that of from.
func (s *Schedule) shiftDay(from, to Date) error {
	was, is := calendar.Date(from).Weekday(), calendar.Date(to).Weekday()
	if was == is {
		return nil
	}
	if s.Days == 0 || s.Days == everyWeekday {
		return Invalid{{Field: "scope", Code: FaultSeriesDay}}
	}
	s.Days = s.Days&^(1<<was) | 1<<is
	if s.From != (Date{}) && calendar.Date(to).Compare(calendar.Date(s.From)) < 0 {
		s.From = to
	}
	if s.Until != (Date{}) && calendar.Date(to).Compare(calendar.Date(s.Until)) > 0 {
		s.Until = to
	}
	return nil
}

// retimed is by, a schedule by a rule, at another time of day or in a slot; s is what it
// was. What was left out and added stays so.
func (s Schedule) retimed(by Schedule, to Spot, now time.Time, loc *time.Location) (Schedule, error) {
	r, err := rhythmOf(by.Rule)
	if err != nil {
		return s, ruleFault(err)
	}
	f := r.rule.Form()
	if len(f.Times) != 1 || f.Pattern != nil && strings.Contains(by.Rule, "BYTIME") {
		return s, Invalid{{Field: "scope", Code: FaultSeriesSlots}}
	}
	second := to.Second
	if to.Slot != "" {
		second = f.Start.Second
		by.Slots = []string{to.Slot}
	} else {
		by.Slots, by.PerSlot, by.PerDay = nil, 0, 0
	}
	text := "DTSTART:" + stampText(f.Start.Date) + "T" + strings.ReplaceAll(secondText(second), ":", "")
	for _, line := range strings.Split(by.Rule, "\n") {
		if strings.HasPrefix(line, "RRULE") {
			text += "\n" + withoutTimes(line)
		}
	}
	is, err := by.WithRule(text, now, loc)
	if err != nil {
		return s, err
	}
	if (len(is.Slots) > 0) != s.bySlot() {
		is.Misfire = usualMisfire(is)
	}
	if s.Kind != Recurring {
		return is, nil
	}
	return s.Carry(is, now, loc)
}

// withoutTimes is an RRULE that leaves the time of day to its start.
func withoutTimes(line string) string {
	parts := strings.Split(line, ";")
	parts = slices.DeleteFunc(parts, func(p string) bool {
		return strings.HasPrefix(p, "BYHOUR=") || strings.HasPrefix(p, "BYMINUTE=") || strings.HasPrefix(p, "BYSECOND=")
	})
	return strings.Join(parts, ";")
}

// secondText is a second of the day as 17:05:00.
func secondText(second int) string {
	return time.Unix(int64(second), 0).UTC().Format(time.TimeOnly)
}
