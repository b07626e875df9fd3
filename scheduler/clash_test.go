package scheduler_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"loalang/scheduler"
)

func slotAt(id string, start scheduler.TimeOfDay, length time.Duration) scheduler.Slot {
	return scheduler.Slot{Owned: scheduler.Owned{ID: id, Village: "un-ta"}, Start: start, Length: length}
}

// TestOverlappingSlotsAreFound: also through a season, a moved day, and over midnight.
func TestOverlappingSlotsAreFound(t *testing.T) {
	today := scheduler.Date{Year: 2026, Month: time.November, Day: 26} // a Thursday
	base := slotAt("a", 17*60, time.Hour)
	with := func(change func(*scheduler.Slot)) []scheduler.Slot {
		b := slotAt("b", 19*60, time.Hour)
		change(&b)
		return []scheduler.Slot{b, base}
	}
	for name, tt := range map[string]struct {
		slots []scheduler.Slot
		want  string
	}{
		"OK":            {with(func(*scheduler.Slot) {}), ""},
		"one behind":    {with(func(b *scheduler.Slot) { b.Start = 18 * 60 }), ""},
		"half an hour":  {with(func(b *scheduler.Slot) { b.Start = 17*60 + 30 }), "a b 2026-11-26 17:30-18:00 400"},
		"within":        {with(func(b *scheduler.Slot) { b.Start, b.Length = 17*60+10, 10*time.Minute }), "a b 2026-11-26 17:10-17:20 400"},
		"the same":      {with(func(b *scheduler.Slot) { b.Start = 17 * 60 }), "a b 2026-11-26 17:00-18:00 400"},
		"before":        {with(func(b *scheduler.Slot) { b.Start = 16*60 + 30 }), "b a 2026-11-26 17:00-17:30 400"},
		"on Sundays":    {with(func(b *scheduler.Slot) { b.Start, b.Days = 17*60, 1<<time.Sunday }), "a b 2026-11-29 17:00-18:00 57"},
		"on other days": {[]scheduler.Slot{{Owned: base.Owned, Start: base.Start, Length: base.Length, Days: 1 << time.Monday}, {Owned: scheduler.Owned{ID: "b"}, Start: base.Start, Length: base.Length, Days: 1 << time.Sunday}}, ""},
		"in a season": {with(func(b *scheduler.Slot) {
			b.Seasons = []scheduler.Season{{From: scheduler.MonthDay{Month: 12, Day: 15}, To: scheduler.MonthDay{Month: 1, Day: 5}, Start: 17*60 + 30}}
		}), "a b 2026-12-15 17:30-18:00 38"},
		"on a moved day": {with(func(b *scheduler.Slot) {
			b.DaysOff = []scheduler.SlotDay{{Date: scheduler.Date{Year: 2026, Month: 12, Day: 24}, Start: 17*60 + 45}}
		}), "a b 2026-12-24 17:45-18:00 1"},
		"on a day off":  {with(func(b *scheduler.Slot) { b.Start, b.Days, b.DaysOff = 17*60, 0, nil; b.Deleted = time.Now() }), ""},
		"over midnight": {[]scheduler.Slot{slotAt("a", 23*60+30, time.Hour), slotAt("b", 0, time.Hour)}, "a b 2026-11-25 24:00-24:30 400"},
		"three":         {append(with(func(b *scheduler.Slot) { b.Start = 17*60 + 30 }), slotAt("c", 17*60+45, time.Minute)), "a b 2026-11-26 17:30-18:00 400;a c 2026-11-26 17:45-17:46 400;b c 2026-11-26 17:45-17:46 400"},
	} {
		for _, turned := range []bool{false, true} {
			slots := slices.Clone(tt.slots)
			if turned {
				slices.Reverse(slots)
			}
			var got []string
			for _, c := range scheduler.Clashes(slots, today) {
				got = append(got, fmt.Sprintf("%s %s %04d-%02d-%02d %s-%s %d", c.First, c.Second, c.On.Year, int(c.On.Month), c.On.Day, c.From, c.To, c.Days))
			}
			if strings.Join(got, ";") != tt.want {
				t.Errorf("%s: %q, want %q", name, got, tt.want)
			}
		}
	}
}

// TestOnlyNewOverlapsAreTold: what overlapped before is not told again with every edit.
func TestOnlyNewOverlapsAreTold(t *testing.T) {
	today := scheduler.Date{Year: 2026, Month: time.November, Day: 26}
	before := []scheduler.Slot{slotAt("a", 17*60, time.Hour), slotAt("b", 17*60+30, time.Hour)}
	if got := scheduler.NewClashes(before, before, today); len(got) != 0 {
		t.Errorf("the same: %v", got)
	}
	after := append(slices.Clone(before), slotAt("c", 18*60, time.Hour))
	if got := scheduler.NewClashes(before, after, today); len(got) != 1 || got[0].First != "b" || got[0].Second != "c" {
		t.Errorf("a third: %v", got)
	}
}

// TestSeasonsOfASlotDoNotOverlap: of two that share a day only the first counted, without
// a word.
func TestSeasonsOfASlotDoNotOverlap(t *testing.T) {
	season := func(m1 time.Month, d1 int, m2 time.Month, d2 int) scheduler.Season {
		return scheduler.Season{From: scheduler.MonthDay{Month: m1, Day: d1}, To: scheduler.MonthDay{Month: m2, Day: d2}, Start: 18 * 60}
	}
	for name, tt := range map[string]struct {
		a, b scheduler.Season
		want string
	}{
		"OK":                {season(11, 15, 2, 28), season(3, 1, 5, 31), ""},
		"one day":           {season(11, 15, 2, 28), season(2, 28, 5, 31), "seasons[1].from: seasons-overlap 28/2"},
		"over New Year":     {season(11, 15, 2, 28), season(12, 20, 12, 25), "seasons[1].from: seasons-overlap 20/12"},
		"both over it":      {season(11, 15, 2, 28), season(12, 31, 1, 1), "seasons[1].from: seasons-overlap 1/1"},
		"29 February apart": {season(2, 29, 2, 29), season(3, 1, 3, 2), ""},
		"30 February":       {season(2, 30, 3, 1), season(5, 1, 5, 2), "seasons[0].from: out-of-range "},
	} {
		s := slotAt("a", 17*60, time.Hour)
		s.Seasons = []scheduler.Season{tt.a, tt.b}
		var got []string
		if faults, ok := s.Validate().(scheduler.Invalid); ok { //nolint:errorlint // Validate promises it as it is
			for _, f := range faults {
				got = append(got, f.Field+": "+f.Code+" "+f.Limit)
			}
		}
		if strings.Join(got, ";") != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

func BenchmarkClashes(b *testing.B) {
	var slots []scheduler.Slot
	for i := range 12 {
		s := slotAt(fmt.Sprint(i), scheduler.TimeOfDay(i*100), time.Hour)
		for d := range 100 {
			s.DaysOff = append(s.DaysOff, scheduler.SlotDay{Date: scheduler.Date{Year: 2027, Month: time.Month(d/28 + 1), Day: d%28 + 1}, Off: true})
		}
		slots = append(slots, s)
	}
	for b.Loop() {
		scheduler.Clashes(slots, scheduler.Date{Year: 2026, Month: 11, Day: 26})
	}
}
