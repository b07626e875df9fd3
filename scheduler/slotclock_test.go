package scheduler_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"loalang/scheduler"
)

// clockOf is what airs in a plan, each as "11-23 17:00:00 opening".
func clockOf(p scheduler.Plan) (list []string) {
	loc, _ := time.LoadLocation(p.Zone)
	for _, o := range p.Occurrences {
		what := string(o.Kind)
		if o.Kind == scheduler.Notice {
			what = o.Announcement
		}
		list = append(list, o.Due.In(loc).Format("01-02 15:04:05 ")+what)
	}
	return list
}

// evening is a book of one bare evening slot of an hour with one notice of a minute.
func evening(t *testing.T) scheduler.Book {
	t.Helper()
	b := crowded(50, "a")
	b.Slots[0].Length = time.Hour
	b.Frame.Chime, b.Frame.Tail = scheduler.Sound{}, scheduler.Sound{}
	b.Frame.Pause = 0
	return b
}

func TestSeasonsMoveASlot(t *testing.T) {
	winter := scheduler.Season{From: scheduler.MonthDay{Month: 11, Day: 15}, To: scheduler.MonthDay{Month: 2, Day: 28}, Start: 16 * 60}
	cases := []struct {
		name, day string
		seasons   []scheduler.Season
		want      string
	}{
		{"none", "2026-11-23", nil, "17:00"},
		{"its first day", "2026-11-15", []scheduler.Season{winter}, "16:00"},
		{"the day before", "2026-11-14", []scheduler.Season{winter}, "17:00"},
		{"over New Year", "2027-01-01", []scheduler.Season{winter}, "16:00"},
		{"its last day", "2027-02-28", []scheduler.Season{winter}, "16:00"},
		{"the day after", "2027-03-01", []scheduler.Season{winter}, "17:00"},
		{"29 February is after the 28th", "2028-02-29", []scheduler.Season{winter}, "17:00"},
		{"one that ends on 29 February, in a year without", "2027-02-28", []scheduler.Season{{From: winter.From, To: scheduler.MonthDay{Month: 2, Day: 29}, Start: 16 * 60}}, "16:00"},
		{"a season of one day", "2026-11-23", []scheduler.Season{{From: scheduler.MonthDay{Month: 11, Day: 23}, To: scheduler.MonthDay{Month: 11, Day: 23}, Start: 18 * 60}}, "18:00"},
		{"of two that meet the first", "2026-12-24", []scheduler.Season{winter, {From: winter.From, To: winter.From, Start: 1}}, "16:00"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := evening(t)
			b.Slots[0].Seasons = c.seasons
			p := plan(t, at(t, c.day+" 08:00"), day/2, b)
			if got, want := clockOf(p), []string{c.day[5:] + " " + c.want + ":00 a"}; !slices.Equal(got, want) {
				t.Errorf("airs %q, want %q", got, want)
			}
		})
	}
}

func TestDaysOffOfASlot(t *testing.T) {
	on := func(day int, start scheduler.TimeOfDay) scheduler.SlotDay {
		return scheduler.SlotDay{Date: scheduler.Date{Year: 2026, Month: 11, Day: day}, Start: start, Off: start == 0}
	}
	cases := []struct {
		name string
		set  func(s *scheduler.Slot)
		want []string
	}{
		{"none", func(*scheduler.Slot) {}, []string{"11-23 17:00:00 a", "11-24 17:00:00 a"}},
		{"off", func(s *scheduler.Slot) { s.DaysOff = []scheduler.SlotDay{on(23, 0)} }, []string{"11-24 17:00:00 a"}},
		{"at another time", func(s *scheduler.Slot) { s.DaysOff = []scheduler.SlotDay{on(23, 19*60)} }, []string{"11-23 19:00:00 a", "11-24 17:00:00 a"}},
		{"held on a day that is none of its weekdays", func(s *scheduler.Slot) {
			s.Days = 1 << time.Sunday
			s.DaysOff = []scheduler.SlotDay{on(24, 18*60)}
		}, []string{"11-24 18:00:00 a"}},
		{"a day goes before a season", func(s *scheduler.Slot) {
			s.Seasons = []scheduler.Season{{From: scheduler.MonthDay{Month: 1, Day: 1}, To: scheduler.MonthDay{Month: 12, Day: 31}, Start: 16 * 60}}
			s.DaysOff = []scheduler.SlotDay{on(24, 18*60)}
		}, []string{"11-23 16:00:00 a", "11-24 18:00:00 a"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := evening(t)
			c.set(&b.Slots[0])
			if got := clockOf(plan(t, at(t, "2026-11-23 08:00"), 36*time.Hour, b)); !slices.Equal(got, c.want) {
				t.Errorf("airs %q, want %q", got, c.want)
			}
		})
	}
}

// TestSlotsThatAreOdd: what a person can save and what a file can bring makes a plan
// in which nothing overlaps and nothing is lost without a reason.
func TestSlotsThatAreOdd(t *testing.T) {
	cases := []struct {
		name string
		set  func(b *scheduler.Book)
		want []string
		why  string // of the notice, when it does not air
	}{
		{"empty: it has nothing to open and to close", func(b *scheduler.Book) { b.Schedules = nil }, nil, ""},
		{"shorter than its opening and closing", func(b *scheduler.Book) {
			b.Slots[0].Length, b.Slots[0].Opening, b.Slots[0].Closing = 30*time.Second, "nhac-mo", "nhac-ket"
			b.Frame.Sounds["nhac-mo"], b.Frame.Sounds["nhac-ket"] = 40*time.Second, 40*time.Second
		}, nil, scheduler.ReasonSlotTooLong},
		{"no room beside its closing", func(b *scheduler.Book) {
			b.Slots[0].Length, b.Slots[0].Opening, b.Slots[0].Closing = time.Minute, "nhac-mo", "nhac-ket"
			b.Frame.Sounds["nhac-mo"], b.Frame.Sounds["nhac-ket"] = 40*time.Second, 40*time.Second
		}, nil, scheduler.ReasonSlotTooLong},
		{"over midnight, where the hours end", func(b *scheduler.Book) {
			b.Slots[0].Start = 23*60 + 50
			b.Village.Allowed = []scheduler.Window{{From: 0, To: 24 * 60}}
		}, []string{"11-23 23:50:00 a"}, ""},
		{"over midnight: the minutes after belong to its day", func(b *scheduler.Book) {
			b.Slots[0].Start = 23*60 + 59
			b.Village.Allowed = []scheduler.Window{{From: 0, To: 22 * 60}}
		}, []string{"11-24 00:00:00 a"}, ""},
		{"two slots that overlap", func(b *scheduler.Book) {
			b.Slots = append(b.Slots, b.Slots[0])
			b.Slots[1].ID, b.Slots[1].Start = "phu", 17*60
			b.Schedules[0].Slots = []string{"chieu", "phu"}
		}, []string{"11-23 17:00:00 a", "11-23 17:01:02 a"}, ""},
		{"a hymn at its position, and notices around it", func(b *scheduler.Book) {
			b.Frame.Sounds["hymn"] = time.Minute
			b.Slots[0].Relays = []scheduler.SlotRelay{{Recording: "hymn", Offset: 30 * time.Second}}
		}, []string{"11-23 17:00:30 fixed", "11-23 17:01:32 a"}, ""},
		{"a hymn at the second the slot begins", func(b *scheduler.Book) {
			b.Frame.Sounds["hymn"] = time.Minute
			b.Slots[0].Relays = []scheduler.SlotRelay{{Recording: "hymn"}}
		}, []string{"11-23 17:00:00 fixed", "11-23 17:01:02 a"}, ""},
		{"a hymn that keeps its time, in a slot that is moved", func(b *scheduler.Book) {
			b.Frame.Sounds["hymn"] = time.Minute
			b.Slots[0].Relays = []scheduler.SlotRelay{{Recording: "hymn", Offset: 30 * time.Minute, Keeps: true}}
			b.Slots[0].DaysOff = []scheduler.SlotDay{{Date: scheduler.Date{Year: 2026, Month: 11, Day: 23}, Start: 16*60 + 45}}
		}, []string{"11-23 16:45:00 a", "11-23 17:30:00 fixed"}, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := evening(t)
			b.Frame.Gap = 2 * time.Second
			c.set(&b)
			p := since(plan(t, at(t, "2026-11-23 16:00"), 9*time.Hour, b), at(t, "2026-11-23 16:00"))
			if got := clockOf(p); !slices.Equal(got, c.want) || refusal(p, "a") != c.why {
				t.Errorf("airs %q, omitted for %q; want %q, %q\n%s", got, refusal(p, "a"), c.want, c.why, p.Text())
			}
		})
	}
}

// TestClosingOverrun: a closing whose end of slot is taken comes up to five minutes
// after it, not into the next slot, and else says why not.
func TestClosingOverrun(t *testing.T) {
	cases := []struct {
		name  string
		holds time.Duration // what has an exact time five seconds into the slot of a minute
		next  bool          // another slot begins at 17:03
		want  string        // when the closing begins; empty: it does not
	}{
		{"it fits before the end", 30 * time.Second, false, "17:00:36"},
		{"the end is taken", 3 * time.Minute, false, "17:03:06"},
		{"to the last second", 5*time.Minute + 48*time.Second, false, "17:05:54"},
		{"for more than five minutes", 5*time.Minute + 49*time.Second, false, ""},
		{"and another slot begins", 3 * time.Minute, true, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := book()
			b.Frame.Chime, b.Frame.Tail = scheduler.Sound{}, scheduler.Sound{}
			b.Slots = b.Slots[1:]
			b.Slots[0].Opening, b.Slots[0].Length = "", time.Minute
			tell(&b, "a", 3*time.Second-500*time.Millisecond)
			when(&b, "a", daily("chieu")).From = scheduler.Date{Year: 2026, Month: 11, Day: 23}
			tell(&b, "x", c.holds-500*time.Millisecond)
			when(&b, "x", once(at(t, "2026-11-23 17:00").Add(5*time.Second)))
			if c.next {
				b.Slots = append(b.Slots, scheduler.Slot{Owned: scheduler.Owned{ID: "toi"}, Start: 17*60 + 3, Length: time.Hour})
			}
			p := plan(t, at(t, "2026-11-23 16:00"), 6*time.Hour, b)
			var got string
			for _, line := range clockOf(p) {
				if strings.HasSuffix(line, "closing") {
					got = line[6:14]
				}
			}
			if r := why(p, "chieu:un-ta:2026-11-23T17:00:closing"); got != c.want || (r.Code == scheduler.ReasonSlotFull) != (c.want == "") {
				t.Errorf("closing at %q for %+v, want %q\n%s", got, r, c.want, p.Text())
			}
		})
	}
}

// TestAThousandNoticesInASlot: as many as fit air, none twice, none over another, and
// each of the rest says where it went or why not.
func TestAThousandNoticesInASlot(t *testing.T) {
	b := evening(t)
	b.Announcements, b.Renditions, b.Schedules = nil, nil, nil
	for i := range 1000 {
		id := fmt.Sprintf("tin%03d", i)
		tell(&b, id, time.Minute)
		when(&b, id, daily("chieu"))
	}
	p := plan(t, at(t, "2026-11-23 16:00"), 2*time.Hour, b)
	seen := map[string]bool{}
	var end time.Time
	for _, o := range p.Occurrences {
		if seen[o.Announcement] || o.Due.Before(end) {
			t.Fatalf("%s at %s: twice, or before %s", o.Announcement, o.Due, end)
		}
		seen[o.Announcement], end = true, o.End()
	}
	if end.After(at(t, "2026-11-23 18:00")) || len(seen) < 50 {
		t.Errorf("%d air until %s", len(seen), end)
	}
	told := p.Tellings()
	for _, x := range told {
		if seen[x.Announcement] || x.Reason != scheduler.ReasonSlotFull && x.Reason != scheduler.ReasonNextTime {
			t.Fatalf("told %+v", x)
		}
	}
	if len(seen)+len(told) != 1000 {
		t.Errorf("%d air and %d are told", len(seen), len(told))
	}
}

// TestRuleInSlotsAirsSeveralTimes: a rule in slots repeats its notice in each, like a
// schedule of the kind Slots, and is held to the same bounds.
func TestRuleInSlotsAirsSeveralTimes(t *testing.T) {
	b := evening(t)
	s := byRule(t, "DTSTART;VALUE=DATE:20261123\nRRULE:FREQ=DAILY;INTERVAL=5", "chieu")
	s.PerSlot = 3
	b.Schedules = nil
	when(&b, "a", s)
	if got := clockOf(plan(t, at(t, "2026-11-23 08:00"), day, b)); len(got) != 3 {
		t.Errorf("airs %q", got)
	}
	for _, wrong := range []scheduler.Schedule{{PerSlot: scheduler.MaxPerSlot + 1}, {PerDay: scheduler.MaxPerDay + 1}, {PerSlot: -1}} {
		bad := s
		bad.PerSlot, bad.PerDay = wrong.PerSlot, wrong.PerDay
		if err := bad.Validate(at(t, "2026-11-23 08:00"), b.Village); err == nil {
			t.Errorf("%d in a slot, %d on a day are let through", bad.PerSlot, bad.PerDay)
		}
	}
}

// TestRestOfTheDayKnowsAllRules: from when a village rests is a matter of its quiet
// stretches and holidays too, not of its hours alone.
func TestRestOfTheDayKnowsAllRules(t *testing.T) {
	cases := []struct {
		name string
		set  func(v *scheduler.Village)
		want string // empty: sound is allowed till midnight
	}{
		{"no rules", func(v *scheduler.Village) { v.Allowed = nil }, ""},
		{"hours", func(*scheduler.Village) {}, "2026-11-23 21:00"},
		{"a quiet evening", func(v *scheduler.Village) { v.Rules.Quiet = []scheduler.Window{{From: 19 * 60, To: 24 * 60}} }, "2026-11-23 19:00"},
		{"a quiet noon", func(v *scheduler.Village) { v.Rules.Quiet = []scheduler.Window{{From: 11 * 60, To: 13 * 60}} }, "2026-11-23 21:00"},
		{"quiet hours alone", func(v *scheduler.Village) {
			v.Allowed, v.Rules.Quiet = nil, []scheduler.Window{{From: 22 * 60, To: 24 * 60}}
		}, "2026-11-23 22:00"},
		{"a silent holiday", func(v *scheduler.Village) {
			v.Rules.Holidays = []scheduler.Holiday{{Name: "Hội", Month: 11, Day: 23, Rule: scheduler.NoSound}}
		}, "2026-11-23 00:00"},
		{"a holiday with its own hours", func(v *scheduler.Village) {
			v.Rules.Holidays = []scheduler.Holiday{{Name: "Hội", Month: 11, Day: 23, Rule: scheduler.OwnHours, Hours: []scheduler.Window{{From: 300, To: 24 * 60}}}}
		}, ""},
	}
	for _, c := range cases {
		v := unTa()
		c.set(&v)
		got, rests, err := v.RestsFrom(at(t, "2026-11-23 10:00"))
		if err != nil || rests != (c.want != "") || rests && !got.Equal(at(t, c.want)) {
			t.Errorf("%s: %s, %v, %v; want %q", c.name, got, rests, err, c.want)
		}
	}
}
