package scheduler_test

import (
	"testing"
	"time"

	"loalang/scheduler"
)

// TestToldBeforeTheDay: what does not fit is told once, with where it airs in the end,
// as soon as the plan has it.
func TestToldBeforeTheDay(t *testing.T) {
	b := crowded(1, "a", "b", "c")
	for i := range b.Schedules {
		b.Schedules[i].From = scheduler.Date{Year: 2026, Month: 11, Day: 25}
		b.Schedules[i].Until = b.Schedules[i].From
	}
	b.Slots = append(b.Slots, b.Slots[0])
	b.Slots[1].ID, b.Slots[1].Start = "toi", 19*60
	b.Slots = append(b.Slots, b.Slots[0])
	b.Slots[2].ID, b.Slots[2].Start = "khuya", 20*60
	now := at(t, "2026-11-23 16:00")
	got := plan(t, now, 5*day, b).Tellings()
	want := map[string]time.Time{
		"lich-b:un-ta:2026-11-25T17:00:1": at(t, "2026-11-25 19:00"),
		"lich-c:un-ta:2026-11-25T17:00:1": at(t, "2026-11-25 20:00"),
	}
	if len(got) != len(want) {
		t.Fatalf("told %+v", got)
	}
	for _, x := range got {
		if to := want[x.Occurrence]; !x.To.Equal(to) || x.Slot != "chieu" || !x.From.Equal(at(t, "2026-11-25 17:00")) || !x.Told.Equal(now) || x.Reason != scheduler.ReasonNextTime {
			t.Errorf("told %+v, want to %s", x, to)
		}
	}
	b.Slots = b.Slots[:1]
	if got := plan(t, now, 5*day, b).Tellings(); len(got) != 2 || !got[0].To.IsZero() || got[0].Reason != scheduler.ReasonSlotFull {
		t.Errorf("with nowhere to go: %+v", got)
	}
	if got := plan(t, at(t, "2026-11-25 17:00:30"), 5*day, b).Tellings(); len(got) != 0 {
		t.Errorf("when it has begun: %+v", got)
	}
}

// TestWhatTheRulesOfThePlaceLeaveOutIsToldByName: who has no room for the minutes of
// the place or of the slot is told so before the day, moved or not, and the limit is
// named where it is moved.
func TestWhatTheRulesOfThePlaceLeaveOutIsToldByName(t *testing.T) {
	cases := []struct {
		name   string
		set    func(b *scheduler.Book)
		limit  string
		by     time.Duration
		count  int
		moved  bool
		reason string // of the telling
	}{
		{"the slot is full: moved", func(*scheduler.Book) {}, "", 0, 0, true, scheduler.ReasonNextTime},
		{"the minutes of notices: moved", func(b *scheduler.Book) {
			b.Slots[0].Length, b.Slots[0].Limit = time.Hour, 2*time.Minute
		}, scheduler.ReasonSlotLimit, 2 * time.Minute, 0, true, scheduler.ReasonSlotLimit},
		{"the minutes of a broadcast: moved", func(b *scheduler.Book) {
			b.Slots[0].Length = time.Hour
			b.Village.Rules.Limits = []scheduler.Limit{{Broadcast: 2 * time.Minute}}
		}, scheduler.ReasonSlotBudget, 2 * time.Minute, 0, true, scheduler.ReasonSlotBudget},
		{"the minutes of a day, and its last day", func(b *scheduler.Book) {
			b.Slots[0].Length = time.Hour
			b.Village.Rules.Limits = []scheduler.Limit{{Day: 2 * time.Minute}}
			b.Schedules[1].Until = scheduler.Date{Year: 2026, Month: 11, Day: 23}
		}, "", 2 * time.Minute, 0, false, scheduler.ReasonDayBudget},
		{"the broadcasts of a day, and its last day", func(b *scheduler.Book) {
			b.Village.Rules.Limits = []scheduler.Limit{{Times: 1}}
			b.Slots = append(b.Slots, scheduler.Slot{Owned: scheduler.Owned{ID: "toi"}, Start: 19 * 60, Length: time.Hour})
			b.Schedules[1].Slots, b.Schedules[1].Until = []string{"toi"}, scheduler.Date{Year: 2026, Month: 11, Day: 23}
		}, "", 0, 1, false, scheduler.ReasonDayTimes},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := crowded(1, "a", "b")
			b.Slots = append(b.Slots, scheduler.Slot{Owned: scheduler.Owned{ID: "sang"}, Start: 330, Length: time.Hour})
			c.set(&b)
			p := plan(t, at(t, "2026-11-23 16:00"), day, b)
			told := p.Tellings()
			if len(told) != 1 || told[0].Announcement != "b" || told[0].Reason != c.reason || told[0].To.IsZero() == c.moved {
				t.Fatalf("told %+v; plan is\n%s", told, p.Text())
			}
			if r := why(p, told[0].Occurrence); r.Limit != c.limit || r.By != c.by || r.Count != c.count || c.moved != (r.Code == scheduler.ReasonNextTime) {
				t.Errorf("omitted for %+v", r)
			}
		})
	}
}

// TestAnExactTimeBeyondTheMinutesIsTold: what has an exact time and no room in the
// minutes of its day is told to its author as well.
func TestAnExactTimeBeyondTheMinutesIsTold(t *testing.T) {
	b := crowded(1, "a")
	when(&b, "a", once(at(t, "2026-11-24 10:00")))
	b.Village.Rules.Limits = []scheduler.Limit{{Day: 30 * time.Second}}
	b.Schedules = b.Schedules[1:]
	told := plan(t, at(t, "2026-11-23 16:00"), 2*day, b).Tellings()
	if len(told) != 1 || !told[0].To.IsZero() || told[0].Reason != scheduler.ReasonDayBudget || !told[0].From.Equal(at(t, "2026-11-24 10:00")) {
		t.Errorf("told %+v", told)
	}
}

// TestNobodyIsToldOfJingles: an opening that has no room is explained in the plan, and
// has no author who could be told.
func TestNobodyIsToldOfJingles(t *testing.T) {
	b := book()
	b.Slots[1].Closing = ""
	tell(&b, "a", 60*time.Minute-10*time.Second)
	when(&b, "a", daily("chieu"))
	p := plan(t, at(t, "2026-11-23 16:00"), 4*time.Hour, b)
	if why(p, "chieu:un-ta:2026-11-23T17:00:opening").Code != scheduler.ReasonSlotFull {
		t.Fatalf("plan is\n%s", p.Text())
	}
	if told := p.Tellings(); len(told) != 0 {
		t.Errorf("told %+v", told)
	}
}

// TestLeftOutForTheMinutesOfThePlaceComesNext: a day without room for the minutes of
// the place counts as one without room, and goes before who is new.
func TestLeftOutForTheMinutesOfThePlaceComesNext(t *testing.T) {
	for _, cause := range scheduler.WantOfRoom() {
		b := crowded(1, "a", "b")
		turn := func(day string, heard time.Duration, cause string) scheduler.Past {
			due := at(t, day+" 17:00")
			return scheduler.Past{Occurrence: "lich-a:un-ta:" + day + "T17:00:1", Due: due, End: due.Add(heard), Schedule: "lich-a", Slot: "chieu", Nominal: due, Cause: cause}
		}
		b.Past = []scheduler.Past{turn("2026-11-21", time.Minute, ""), turn("2026-11-22", 0, cause)}
		if p := plan(t, at(t, "2026-11-23 16:00"), 4*time.Hour, b); len(p.Occurrences) != 1 || p.Occurrences[0].Announcement != "a" {
			t.Errorf("after %s the plan is\n%s", cause, p.Text())
		}
	}
}

// TestNobodyIsToldOfASlotInWhichItDoesNotAir: the next turn of a schedule is told as
// the place of what is moved only when that turn airs; else where that one ends.
func TestNobodyIsToldOfASlotInWhichItDoesNotAir(t *testing.T) {
	b := crowded(9, "a", "b", "c")
	b.Slots[0].Limit = 30 * time.Second // nothing fits in the evening
	b.Slots = append(b.Slots, b.Slots[0])
	b.Slots[1].ID, b.Slots[1].Start, b.Slots[1].Limit = "sang", 330, 70*time.Second // and one in the morning
	now := at(t, "2026-11-23 08:00")
	p := plan(t, now, 6*day, b)
	airs := map[string]map[time.Time]bool{}
	for _, o := range p.Occurrences {
		if airs[o.Announcement] == nil {
			airs[o.Announcement] = map[time.Time]bool{}
		}
		airs[o.Announcement][o.Nominal] = true
	}
	told := p.Tellings()
	if len(told) < 10 {
		t.Fatalf("told %+v; plan is\n%s", told, p.Text())
	}
	for _, x := range told {
		if !x.To.IsZero() && x.To.Before(p.To) && !airs[x.Announcement][x.To] {
			t.Errorf("%s of %s: told %s, and does not air then", x.Announcement, x.From, x.To)
		}
	}
}

// TestEveryForeknownOmissionIsTold: what a rule of the place, a slot or the output leaves
// out is told as soon as the plan has it, what is not ready or not approved on the day
// before; what the author decided is not told.
func TestEveryForeknownOmissionIsTold(t *testing.T) {
	now, chieu := at(t, "2026-11-23 12:00"), scheduler.Date{Year: 2026, Month: 11, Day: 26}
	exactly := func(b *scheduler.Book) { b.Schedules[0] = once(at(t, "2026-11-26 17:00")) }
	tests := []struct {
		name string
		set  func(b *scheduler.Book)
		now  time.Time
		want string // reason; empty: nothing is told
	}{
		{"OK it airs", func(*scheduler.Book) {}, now, ""},
		{"a holiday without sound", func(b *scheduler.Book) {
			b.Village.Rules.Holidays = []scheduler.Holiday{{Name: "Lễ", Calendar: scheduler.Solar, Month: 11, Day: 26, Length: 1, Rule: scheduler.NoSound}}
		}, now, scheduler.ReasonHoliday},
		{"quiet hours at an exact time", func(b *scheduler.Book) {
			exactly(b)
			b.Village.Rules.Quiet = []scheduler.Window{{From: 16 * 60, To: 20 * 60}}
		}, now, scheduler.ReasonQuiet},
		{"outside the hours", func(b *scheduler.Book) {
			exactly(b)
			b.Village.Allowed = []scheduler.Window{{From: 5 * 60, To: 11 * 60}}
		}, now, scheduler.ReasonOutsideHours},
		{"the slot is gone", func(b *scheduler.Book) { b.Slots = nil }, now, scheduler.ReasonNoSlot},
		{"not ready, three days before", func(b *scheduler.Book) { b.Renditions = nil }, now, ""},
		{"not ready, on the day before", func(b *scheduler.Book) { b.Renditions = nil }, at(t, "2026-11-25 18:00"), scheduler.ReasonNotReady},
		{"not approved, on the day before", func(b *scheduler.Book) {
			b.Village.Approvals = scheduler.UsualApprovals()
			b.Announcements[0].Approval = scheduler.Approval{State: scheduler.Submitted}
		}, at(t, "2026-11-25 18:00"), scheduler.ReasonNotApproved},
		{"its validity is over: its author said so", func(b *scheduler.Book) { b.Announcements[0].ValidUntil = at(t, "2026-11-25 00:00") }, now, ""},
		{"withdrawn: somebody said so", func(b *scheduler.Book) { b.Announcements[0].Withdrawn = at(t, "2026-11-23 10:00") }, now, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := crowded(5, "a")
			b.Schedules[0].From, b.Schedules[0].Until = chieu, chieu
			tt.set(&b)
			b.Schedules[0].ID, b.Schedules[0].Announcement, b.Schedules[0].Village = "lich-a", "a", "un-ta"
			told := plan(t, tt.now, 5*day, b).Tellings()
			switch {
			case tt.want == "" && len(told) > 0:
				t.Errorf("told %+v", told)
			case tt.want != "" && (len(told) != 1 || told[0].Reason != tt.want || !told[0].From.After(tt.now) || !told[0].To.IsZero()):
				t.Errorf("told %+v, want %s", told, tt.want)
			}
		})
	}
}
