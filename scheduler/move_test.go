package scheduler_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"loalang/scheduler"
)

// november is a day of November 2026; the 23rd is a Monday.
func november(day int) scheduler.Date {
	return scheduler.Date{Year: 2026, Month: 11, Day: day}
}

// weekdays is a schedule in slots on some days of the week.
func weekdays(days []time.Weekday, slots ...string) scheduler.Schedule {
	s := daily(slots...)
	for _, d := range days {
		s.Days |= 1 << d
	}
	return s
}

// noticesOf are the occurrences of the notices of a book in ten days from Monday noon,
// each as "24 17:00", in their order.
func noticesOf(t *testing.T, b scheduler.Book) (airs []string) {
	t.Helper()
	for _, o := range plan(t, at(t, "2026-11-23 12:00"), 10*day, b).Occurrences {
		if o.Kind == scheduler.Notice {
			airs = append(airs, o.Nominal.In(at(t, "2026-11-23 00:00").Location()).Format("2 15:04"))
		}
	}
	return airs
}

// TestMoveTurn: what a move makes of a schedule is seen by what airs: one turn goes, the
// others stay; or all go.
func TestMoveTurn(t *testing.T) {
	spot := func(d int, slot string) scheduler.Spot { return scheduler.Spot{Day: november(d), Slot: slot} }
	sharp := func(d, hour, minute int) scheduler.Spot {
		return scheduler.Spot{Day: november(d), Second: hour*3600 + minute*60}
	}
	evenings := daily("chieu")
	evenings.Until = november(26)
	both := daily("sang", "chieu")
	both.Until = november(25)
	single := daily("chieu")
	single.From, single.Until = november(24), november(24)
	rule := byRule(t, "DTSTART:20261101T181500\nRRULE:FREQ=DAILY;UNTIL=20261125T235959")
	inSlot := byRule(t, "DTSTART;VALUE=DATE:20261102\nRRULE:FREQ=WEEKLY;BYDAY=MO,TH", "chieu")
	tests := []struct {
		name     string
		s        scheduler.Schedule
		from, to scheduler.Spot
		whole    bool
		want     string
	}{
		{"OK the only turn, to another slot", single, spot(24, "chieu"), spot(26, "sang"), false, "26 05:30"},
		{"the only turn, to a time", single, spot(24, "chieu"), sharp(25, 19, 15), false, "25 19:15"},
		{"a time, to another time", once(at(t, "2026-11-24 18:30")), sharp(24, 18, 30), sharp(25, 9, 0), false, "25 09:00"},
		{"a time, to a slot", once(at(t, "2026-11-24 18:30")), sharp(24, 18, 30), spot(24, "chieu"), false, "24 17:00"},
		{"one evening, to a morning", evenings, spot(24, "chieu"), spot(25, "sang"), false, "23 17:00, 25 05:30, 25 17:00, 26 17:00"},
		{"one evening, to a time", evenings, spot(24, "chieu"), sharp(24, 19, 0), false, "23 17:00, 24 19:00, 25 17:00, 26 17:00"},
		{"one of two slots of a day", both, spot(24, "sang"), spot(26, "sang"), false, "23 17:00, 24 17:00, 25 05:30, 25 17:00, 26 05:30"},
		{"one time of a rule", rule, sharp(24, 18, 15), sharp(24, 20, 0), false, "23 18:15, 24 20:00, 25 18:15"},
		{"one time of a rule, to a slot", rule, sharp(24, 18, 15), spot(26, "sang"), false, "23 18:15, 25 18:15, 26 05:30"},
		{"one day of a rule in slots", inSlot, spot(26, "chieu"), spot(27, "chieu"), false, "23 17:00, 27 17:00, 30 17:00"},
		{"all evenings, to the morning", evenings, spot(24, "chieu"), spot(24, "sang"), true, "24 05:30, 25 05:30, 26 05:30"},
		{"all evenings, to a time", evenings, spot(24, "chieu"), sharp(24, 19, 0), true, "23 19:00, 24 19:00, 25 19:00, 26 19:00"},
		{"all of a weekday, to another", weekdays([]time.Weekday{time.Tuesday}, "chieu"), spot(24, "chieu"), spot(26, "chieu"), true, "26 17:00"},
		{"all times of a rule", rule, sharp(24, 18, 15), sharp(24, 20, 0), true, "23 20:00, 24 20:00, 25 20:00"},
		{"all times of a rule, to a slot", rule, sharp(24, 18, 15), spot(24, "chieu"), true, "23 17:00, 24 17:00, 25 17:00"},
		{"all days of a rule in slots, to the morning", inSlot, spot(26, "chieu"), spot(26, "sang"), true, "26 05:30, 30 05:30, 3 05:30"},
		{"of two slots one, to a slot it has", both, spot(24, "sang"), spot(24, "chieu"), true, "23 17:00, 24 17:00, 25 17:00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := book()
			tell(&b, "a", time.Minute)
			was := *when(&b, "a", tt.s)
			now, loc := at(t, "2026-11-23 12:00"), at(t, "2026-11-23 00:00").Location()
			var moved scheduler.Schedule
			var more []scheduler.Schedule
			var err error
			if tt.whole {
				moved, err = was.MoveAll(tt.from, tt.to, b.Slots, now, loc)
			} else {
				moved, more, err = was.MoveOne(tt.from, tt.to, b.Slots, now, loc)
			}
			if err != nil {
				t.Fatal(err)
			}
			if moved.ID != was.ID || moved.Announcement != "a" {
				t.Errorf("it became another schedule: %+v", moved)
			}
			b.Schedules = []scheduler.Schedule{moved}
			for i, m := range more {
				m.ID = "them-" + string(rune('a'+i))
				b.Schedules = append(b.Schedules, m)
			}
			for _, s := range b.Schedules {
				if err := s.Validate(now, b.Village); err != nil {
					t.Errorf("what the move made is no schedule: %v: %+v", err, s)
				}
			}
			if got := strings.Join(noticesOf(t, b), ", "); got != tt.want {
				t.Errorf("airs %s, want %s", got, tt.want)
			}
		})
	}
}

// TestMoveRefused: what cannot be moved says why, and the schedule stays as it was.
func TestMoveRefused(t *testing.T) {
	rest := book().Slots
	rest[1].Days = 1 << time.Sunday
	evenings := daily("chieu")
	twice := byRule(t, "DTSTART:20261101T080000\nRRULE:FREQ=DAILY;BYHOUR=8,18")
	rule := byRule(t, "DTSTART:20261101T181500\nRRULE:FREQ=DAILY")
	from := scheduler.Spot{Day: november(24), Slot: "chieu"}
	sharp := scheduler.Spot{Day: november(24), Second: 18*3600 + 15*60}
	eight := scheduler.Spot{Day: november(24), Second: 8 * 3600}
	tests := []struct {
		name     string
		s        scheduler.Schedule
		from, to scheduler.Spot
		slots    []scheduler.Slot
		whole    bool
		want     scheduler.Fault
	}{
		{"no day", evenings, from, scheduler.Spot{Slot: "sang"}, book().Slots, false, scheduler.Fault{Field: "day", Code: scheduler.FaultRequired}},
		{"yesterday", evenings, from, scheduler.Spot{Day: november(22), Slot: "sang"}, book().Slots, false, scheduler.Fault{Field: "day", Code: scheduler.FaultPast}},
		{"30 February", evenings, from, scheduler.Spot{Day: scheduler.Date{Year: 2027, Month: 2, Day: 30}, Slot: "sang"}, book().Slots, false, scheduler.Fault{Field: "day", Code: scheduler.FaultRange}},
		{"the slot of this morning", evenings, from, scheduler.Spot{Day: november(23), Slot: "sang"}, book().Slots, false, scheduler.Fault{Field: "slot", Code: scheduler.FaultPast}},
		{"an hour ago", evenings, from, scheduler.Spot{Day: november(23), Second: 11 * 3600}, book().Slots, false, scheduler.Fault{Field: "time", Code: scheduler.FaultPast}},
		{"a slot that is not there", evenings, from, scheduler.Spot{Day: november(25), Slot: "trua"}, book().Slots, true, scheduler.Fault{Field: "slot", Code: scheduler.FaultUnknown}},
		{"a slot that rests that day", evenings, from, scheduler.Spot{Day: november(25), Slot: "chieu"}, rest, false, scheduler.Fault{Field: "slot", Code: scheduler.FaultNotHeld}},
		{"every day, all to another day", evenings, from, scheduler.Spot{Day: november(25), Slot: "chieu"}, book().Slots, true, scheduler.Fault{Field: "scope", Code: scheduler.FaultSeriesDay}},
		{"a rule, all to another day", rule, sharp, scheduler.Spot{Day: november(25), Second: 9 * 3600}, book().Slots, true, scheduler.Fault{Field: "scope", Code: scheduler.FaultSeriesDay}},
		{"two slots, all to a time", daily("sang", "chieu"), from, scheduler.Spot{Day: november(24), Second: 19 * 3600}, book().Slots, true, scheduler.Fault{Field: "scope", Code: scheduler.FaultSeriesSlots}},
		{"two times, all to one", twice, eight, scheduler.Spot{Day: november(24), Second: 9 * 3600}, book().Slots, true, scheduler.Fault{Field: "scope", Code: scheduler.FaultSeriesSlots}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			now, loc := at(t, "2026-11-23 12:00"), at(t, "2026-11-23 00:00").Location()
			var is scheduler.Schedule
			var more []scheduler.Schedule
			var err error
			if tt.whole {
				is, err = tt.s.MoveAll(tt.from, tt.to, tt.slots, now, loc)
			} else {
				is, more, err = tt.s.MoveOne(tt.from, tt.to, tt.slots, now, loc)
			}
			var invalid scheduler.Invalid
			if !errors.As(err, &invalid) || !slices.ContainsFunc(invalid, func(f scheduler.Fault) bool { return f.Field == tt.want.Field && f.Code == tt.want.Code }) {
				t.Errorf("refused with %v, want %+v", err, tt.want)
			}
			if len(more) > 0 || is.Kind != tt.s.Kind || is.Rule != tt.s.Rule || is.Days != tt.s.Days || !slices.Equal(is.Slots, tt.s.Slots) {
				t.Errorf("something was moved all the same: %+v, %+v", is, more)
			}
		})
	}
}
