package scheduler

import (
	"strconv"
	"strings"
	"time"

	"loalang/scheduler/calendar"
)

const (
	endOfDay TimeOfDay = calendar.MinutesPerDay
	everyDay Weekdays  = 1<<7 - 1

	// MaxGrace is the latest that anything may still air after its instant: the
	// memory of BuildPlan reaches back so far.
	MaxGrace = 24 * time.Hour
	// MaxSlot is the greatest length of a slot.
	MaxSlot = 12 * time.Hour

	minSlot     = time.Minute
	maxSlotName = 100
	maxSeasons  = 6
	maxDaysOff  = 400

	// MaxPerSlot is how often a notice may air in one slot.
	MaxPerSlot = 10
	// MaxPerDay is how often a notice may air on one day.
	MaxPerDay = 50
)

// Validate checks a slot. The error is an Invalid, or nil.
func (s Slot) Validate() error {
	var f faults
	f.text(field{name: "name", text: s.Name, limit: maxSlotName})
	if s.Start < 0 || s.Start >= endOfDay {
		f.add("start", FaultRange, "00:00–23:59")
	}
	if s.Length < minSlot || s.Length > MaxSlot {
		f.add("length", FaultRange, minSlot.String()+"–"+MaxSlot.String())
	}
	if s.Days > everyDay {
		f.add("days", FaultRange, "")
	}
	if s.Limit < 0 || s.Limit > s.Length {
		f.add("limit", FaultRange, "0–"+s.longest().String())
	}
	f.relays(s)
	f.seasons(s)
	return f.err()
}

// longest is how long anything of the slot may be; of one whose length is refused that
// of the longest slot.
func (s Slot) longest() time.Duration {
	if s.Length < minSlot || s.Length > MaxSlot {
		return MaxSlot
	}
	return s.Length
}

// seasons checks what moves a slot on days of the year, and on single days.
func (f *faults) seasons(s Slot) {
	if len(s.Seasons) > maxSeasons {
		f.add("seasons", FaultTooLong, strconv.Itoa(maxSeasons))
	}
	if len(s.DaysOff) > maxDaysOff {
		f.add("days_off", FaultTooLong, strconv.Itoa(maxDaysOff))
	}
	for i, x := range s.Seasons {
		at := "seasons[" + strconv.Itoa(i) + "]."
		if !x.From.Valid() {
			f.add(at+"from", FaultRange, "")
		}
		if !x.To.Valid() {
			f.add(at+"to", FaultRange, "")
		}
		if x.Start < 0 || x.Start >= endOfDay {
			f.add(at+"start", FaultRange, "00:00–23:59")
		}
		for _, earlier := range s.Seasons[:min(i, maxSeasons)] {
			if day, shared := x.sharedDay(earlier); shared {
				f.add(at+"from", FaultSeasons, strconv.Itoa(day.Day)+"/"+strconv.Itoa(int(day.Month)))
				break
			}
		}
	}
	seen := map[Date]bool{}
	for i, x := range s.DaysOff {
		at := "days_off[" + strconv.Itoa(i) + "]."
		switch {
		case !calendar.Date(x.Date).Valid():
			f.add(at+"date", FaultRange, "")
		case seen[x.Date]:
			f.add(at+"date", FaultOverlap, "")
		}
		if !x.Off && (x.Start < 0 || x.Start >= endOfDay) {
			f.add(at+"start", FaultRange, "00:00–23:59")
		}
		seen[x.Date] = true
	}
}

// Validate checks a schedule that is about to be made for a village: its
// instants lie ahead, not too far, and within the village's allowed hours,
// outside its quiet stretches (Once and Now; a slot is moved about within its
// length by the plan). An announcement of ClassEmergency is exempt: pass v without
// its Allowed and Rules. The error is an Invalid, or nil.
func (s Schedule) Validate(now time.Time, v Village) error {
	var f faults
	switch s.Kind {
	case Once, Now:
		f.exact(s, now, v)
	case Slots:
		f.slots(s, now, v)
	case Recurring:
		f.rule(s, now, v)
	case "":
		f.add("kind", FaultRequired, "")
	default:
		f.add("kind", FaultUnknown, string(s.Kind))
	}
	switch s.Misfire.Policy {
	case "", Skip, PlayLate, Coalesce:
	default:
		f.add("misfire", FaultUnknown, string(s.Misfire.Policy))
	}
	switch s.Interrupted {
	case "", Resume, Restart, Drop:
	default:
		f.add("interrupted", FaultUnknown, string(s.Interrupted))
	}
	if s.Misfire.Grace < 0 || s.Misfire.Grace > MaxGrace {
		f.add("misfire", FaultRange, MaxGrace.String())
	}
	return f.err()
}

func (f *faults) exact(s Schedule, now time.Time, v Village) {
	if s.At.IsZero() {
		f.add("at", FaultRequired, "")
		return
	}
	before := len(*f)
	f.instant("at", s.At, now)
	loc, err := v.Location()
	if len(*f) > before || err != nil {
		return
	}
	l := layOut(v, loc, s.At, s.At.Add(time.Second))
	if l.hours(lifting(v.Exceptions, Subject{Announcement: s.Announcement})...).holds(s.At, time.Second) {
		return
	}
	if h := l.holiday(calendar.DateOf(s.At, loc)); h != nil && l.day(s.At) == "" {
		f.add("at", FaultSilentDay, h.Name)
		return
	}
	f.add("at", FaultHours, l.day(s.At))
}

func (f *faults) slots(s Schedule, now time.Time, v Village) {
	if len(s.Slots) == 0 {
		f.add("slots", FaultRequired, "")
	}
	for _, id := range s.Slots {
		if id == "" {
			f.add("slots", FaultUnknown, "")
		}
	}
	if s.Days > everyDay {
		f.add("days", FaultRange, "")
	}
	f.often(s)
	loc, err := v.Location()
	if err != nil {
		loc = time.UTC
	}
	first, last := calendar.DateOf(now, loc), calendar.DateOf(FarFuture(now), loc)
	f.date("from", s.From, calendar.Date{Year: 1, Month: 1, Day: 1}, last)
	f.date("until", s.Until, first, last)
	if (s.From == Date{} || s.Until == Date{}) {
		return
	}
	from, until := calendar.Date(s.From), calendar.Date(s.Until)
	if until.Compare(from) < 0 {
		f.add("until", FaultOrder, "")
	} else if !anyWeekday(s.Days, from, until) {
		f.add("days", FaultRange, s.Days.String())
	}
}

// often checks how often it airs in a slot and on a day.
func (f *faults) often(s Schedule) {
	if s.PerSlot < 0 || s.PerSlot > MaxPerSlot {
		f.add("per_slot", FaultRange, "1–"+strconv.Itoa(MaxPerSlot))
	}
	if s.PerDay < 0 || s.PerDay > MaxPerDay {
		f.add("per_day", FaultRange, "1–"+strconv.Itoa(MaxPerDay))
	}
}

// date checks a civil date; the zero Date is let through.
func (f *faults) date(name string, d Date, first, last calendar.Date) {
	switch c := calendar.Date(d); {
	case c.IsZero():
	case c.Compare(last) > 0: // before Valid: the year 99999 is too far, not unknown
		f.add(name, FaultFarFuture, last.String())
	case !c.Valid():
		f.add(name, FaultRange, "")
	case c.Compare(first) < 0:
		f.add(name, FaultPast, "")
	}
}

// anyWeekday says whether a day of the set lies in [from, until].
func anyWeekday(days Weekdays, from, until calendar.Date) bool {
	for d, n := from, 0; n < 7 && d.Compare(until) <= 0; d, n = d.AddDays(1), n+1 {
		if days.Has(d.Weekday()) {
			return true
		}
	}
	return false
}

// String prints "mon,wed", from Monday on; the set of every day is "every day".
func (w Weekdays) String() string {
	if w == 0 || w&everyDay == everyDay {
		return "every day"
	}
	var names []string
	for i := range 7 {
		if d := time.Weekday((i + 1) % 7); w.Has(d) {
			names = append(names, strings.ToLower(d.String()[:3]))
		}
	}
	return strings.Join(names, ",")
}
