package scheduler_test

import (
	"testing"
	"time"

	"loalang/scheduler"
)

// TestWhatWasCarriedIsScreenedAgain: a notice that was moved from a slot that is over
// airs in the next one unless something has come between, and then the plan says what.
func TestWhatWasCarriedIsScreenedAgain(t *testing.T) {
	const hop = "lich-a:un-ta:2026-11-23T05:30:1.2"
	cases := []struct {
		name string
		set  func(b *scheduler.Book)
		airs bool
		why  string
	}{
		{"nothing", func(*scheduler.Book) {}, true, ""},
		{"it was taken back", func(b *scheduler.Book) { b.Announcements[0].Withdrawn = at(t, "2026-11-23 07:00") }, false, scheduler.ReasonWithdrawn},
		{"its validity is over", func(b *scheduler.Book) { b.Announcements[0].ValidUntil = at(t, "2026-11-23 12:00") }, false, scheduler.ReasonExpired},
		{"its validity ends before its end", func(b *scheduler.Book) { b.Announcements[0].ValidUntil = at(t, "2026-11-23 17:00:30") }, false, scheduler.ReasonExpired},
		{"its approval went", func(b *scheduler.Book) {
			b.Announcements[0].Approval.State = scheduler.Draft
		}, false, scheduler.ReasonNotApproved},
		{"its recording is gone", func(b *scheduler.Book) { b.Renditions = nil }, false, scheduler.ReasonNotReady},
		{"quiet hours were laid over the slot", func(b *scheduler.Book) {
			b.Village.Rules.Quiet = []scheduler.Window{{From: 16 * 60, To: 20 * 60}}
		}, false, scheduler.ReasonQuiet},
		{"the day became silent", func(b *scheduler.Book) {
			b.Village.Rules.Holidays = []scheduler.Holiday{{Name: "Hội", Month: 11, Day: 23, Rule: scheduler.NoSound}}
		}, false, scheduler.ReasonHoliday},
		{"its minutes are used up", func(b *scheduler.Book) { b.Village.Rules.Limits = []scheduler.Limit{{Day: 30 * time.Second}} }, false, scheduler.ReasonDayBudget},
		{"every slot is gone", func(b *scheduler.Book) { b.Slots = nil }, false, scheduler.ReasonNoSlot},
		{"the slot is gone, and its own has its last day", func(b *scheduler.Book) { b.Slots = b.Slots[:1] }, false, scheduler.ReasonNoSlot},
		{"the slot was made too short for it", func(b *scheduler.Book) { b.Slots[1].Limit = 30 * time.Second }, false, scheduler.ReasonSlotLimit},
		{"the schedule is gone", func(b *scheduler.Book) { b.Schedules[0].Deleted = at(t, "2026-11-23 07:00") }, false, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := book()
			b.Slots[0].Opening, b.Slots[0].Closing, b.Slots[1].Opening, b.Slots[1].Closing = "", "", "", ""
			tell(&b, "a", time.Minute)
			s := when(&b, "a", daily("sang"))
			s.From = scheduler.Date{Year: 2026, Month: 11, Day: 23}
			s.Until = s.From
			promised := at(t, "2026-11-23 05:30")
			b.Past = []scheduler.Past{{
				Occurrence: "lich-a:un-ta:2026-11-23T05:30:1", Due: promised, End: promised, Schedule: "lich-a", Slot: "sang", Nominal: promised, Cause: scheduler.ReasonNextTime,
			}}
			c.set(&b)
			p := plan(t, at(t, "2026-11-23 08:00"), 2*day, b)
			if airs := find(p, hop) != nil; airs != c.airs || why(p, hop).Code != c.why {
				t.Errorf("airs %v, omitted for %q; want %v, %q\n%s", airs, why(p, hop).Code, c.airs, c.why, p.Text())
			}
		})
	}
}

// TestMovedBeyondThePlan: a plan that ended between a full slot and the next one said
// that what found no room airs nowhere, and its author was told so.
func TestMovedBeyondThePlan(t *testing.T) {
	b := crowded(1, "a", "b")
	b.Slots = append(b.Slots, scheduler.Slot{Owned: scheduler.Owned{ID: "sang"}, Name: "Buổi sáng", Start: 5*60 + 30, Length: time.Hour})
	now := at(t, "2026-11-23 16:00")
	const lost, hop = "lich-b:un-ta:2026-11-23T17:00:1", "lich-b:un-ta:2026-11-23T17:00:1.2"
	for _, horizon := range []time.Duration{8 * time.Hour, 2 * day} {
		p := plan(t, now, horizon, b)
		r := why(p, lost)
		if r.Code != scheduler.ReasonNextTime || r.Occurrence != hop || !r.Until.Equal(at(t, "2026-11-24 05:30")) {
			t.Errorf("within %v: %+v\n%s", horizon, r, p.Text())
		}
		if in := find(p, hop) != nil; in != (horizon > day) {
			t.Errorf("within %v the turn in the next slot is in the plan: %v", horizon, in)
		}
		if told := p.Tellings(); len(told) == 0 || !told[0].To.Equal(r.Until) {
			t.Errorf("within %v the author is told %+v", horizon, told)
		}
	}
	b.Announcements[1].ValidUntil = at(t, "2026-11-24 05:00")
	if r := why(plan(t, now, 8*time.Hour, b), lost); r.Code == scheduler.ReasonNextTime {
		t.Errorf("moved to where it is valid no more: %+v", r)
	}
}
