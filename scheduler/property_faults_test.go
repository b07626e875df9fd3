package scheduler_test

import (
	"testing"
	"time"

	"loalang/scheduler"
)

// An emergency in a slot without a frame is counted by no limit, and not as one of the
// broadcasts of the day either.
func TestEmergencyInABareSlotIsNoBroadcastOfTheDay(t *testing.T) {
	b := book()
	b.Slots[0].Opening, b.Slots[0].Closing = "", ""
	b.Village.Rules.Limits = []scheduler.Limit{{Times: 1}}
	tell(&b, "bao", time.Minute).Class = scheduler.ClassEmergency
	when(&b, "bao", daily("sang"))
	tell(&b, "tin", time.Minute)
	when(&b, "tin", daily("chieu"))
	p := plan(t, at(t, "2026-11-23 04:00"), 20*time.Hour, b)
	if o := find(p, "lich-tin:un-ta:2026-11-23T17:00:1"); o == nil {
		t.Errorf("the notice of the evening does not air:\n%s", p.Text())
	}
}

// Who was left out of a slot for the minutes of the place has waited like who was left
// out for those of the slot: it goes first in the next one, after a restart as well.
func TestLeftOutForABudgetGoesFirst(t *testing.T) {
	for _, cause := range scheduler.WantOfRoom() {
		b := crowded(1, "a", "b")
		b.Slots[0].Days = 0
		b.Past = []scheduler.Past{{
			Occurrence: "lich-b:un-ta:2026-11-22T17:00:1", Due: at(t, "2026-11-22 17:00"), End: at(t, "2026-11-22 17:00"),
			Schedule: "lich-b", Slot: "chieu", Nominal: at(t, "2026-11-22 17:00"), Cause: cause,
		}}
		if cause == scheduler.ReasonNextTime { // it was heard where it was moved to
			b.Past = append(b.Past, scheduler.Past{Occurrence: "lich-b:un-ta:2026-11-22T17:00:1.2", Nominal: at(t, "2026-11-22 17:00"), Cause: scheduler.ReasonSlotFull, Schedule: "lich-b", Slot: "chieu"})
		}
		p := plan(t, at(t, "2026-11-23 16:00"), 2*time.Hour, b)
		if find(p, "lich-b:un-ta:2026-11-23T17:00:1") == nil {
			t.Errorf("%s: who was left out yesterday is left out again:\n%s", cause, p.Text())
		}
	}
}

// What was moved to a later slot goes through the screen of approvals there as well: a
// schedule that was changed since airs nowhere.
func TestMovedNoticeOfAChangedScheduleIsNotApproved(t *testing.T) {
	b := book()
	b.Village.Approvals = scheduler.UsualApprovals()
	tell(&b, "tin", time.Minute)
	when(&b, "tin", daily("sang"))
	b.Announcements[0].Approval = scheduler.Approval{
		State: scheduler.Approved, Pin: scheduler.PinOf(scheduler.Dossier{Announcement: b.Announcements[0], Renditions: b.Renditions, Schedules: b.Schedules}),
	}
	nominal := at(t, "2026-11-23 05:30")
	b.Past = []scheduler.Past{{
		Occurrence: "lich-tin:un-ta:2026-11-23T05:30:1", Due: nominal, End: nominal, Schedule: "lich-tin", Slot: "sang", Nominal: nominal, Cause: scheduler.ReasonNextTime,
	}}
	const moved = "lich-tin:un-ta:2026-11-23T05:30:1.2"
	now := at(t, "2026-11-23 12:00")
	if find(plan(t, now, 10*time.Hour, b), moved) == nil {
		t.Fatal("what was moved does not air in the evening")
	}
	b.Schedules[0].Revision = 2
	p := plan(t, now, 10*time.Hour, b)
	if find(p, moved) != nil || why(p, moved).Code != scheduler.ReasonNotApproved {
		t.Errorf("it airs, or not for want of approval:\n%s", p.Text())
	}
}

// A closing that is pushed out of its slot over midnight, into days of mourning, is
// music in them.
func TestClosingPushedIntoMourningIsSilent(t *testing.T) {
	b := book()
	b.Village.Allowed = nil
	b.Slots = b.Slots[1:]
	b.Slots[0].Start, b.Slots[0].Length, b.Slots[0].Opening = 23*60, time.Hour, ""
	b.Village.Rules.Mourning = []scheduler.Mourning{{Name: "Quốc tang", From: scheduler.Date{Year: 2026, Month: 11, Day: 24}, Until: scheduler.Date{Year: 2026, Month: 11, Day: 24}}}
	tell(&b, "tin", time.Minute)
	when(&b, "tin", daily("chieu"))
	nominal := at(t, "2026-11-23 23:00")
	b.Past = []scheduler.Past{
		{Occurrence: "lich-tin:un-ta:2026-11-23T23:00:1", Due: nominal, End: nominal.Add(time.Minute), Schedule: "lich-tin", Slot: "chieu", Nominal: nominal},
		{Occurrence: "dai", Due: nominal.Add(68 * time.Second), End: nominal.Add(time.Hour + 10*time.Second)}, // sounds beyond the slot
	}
	p := plan(t, at(t, "2026-11-23 23:40"), 6*time.Hour, b)
	const closing = "chieu:un-ta:2026-11-23T23:00:closing"
	if o := find(p, closing); o != nil || why(p, closing).Code != scheduler.ReasonMourning {
		t.Errorf("the closing airs, or not for the mourning:\n%s", p.Text())
	}
}
