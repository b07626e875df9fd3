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
