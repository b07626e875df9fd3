package scheduler_test

import (
	"testing"
	"time"

	"loalang/scheduler"
)

// TestEditInTheLastSecondsIsHeard: what was handed over is asked for again when its
// schedule, class or voice is another one, and left alone when nothing of it is. What was
// moved to a slot that its schedule does not name was asked for again and again.
func TestEditInTheLastSecondsIsHeard(t *testing.T) {
	exact := func(b *scheduler.Book) {
		b.Slots = nil
		b.Schedules = b.Schedules[:1]
		s := byRule(t, "DTSTART:20261101T170000\nRRULE:FREQ=DAILY;BYTIME=1130,1700")
		s.Owned, s.Announcement = b.Schedules[0].Owned, "a"
		b.Schedules[0] = s
	}
	rule := func(text string) func(b *scheduler.Book) {
		return func(b *scheduler.Book) { b.Schedules[0].Rule = byRule(t, text).Rule }
	}
	tests := []struct {
		name         string
		before, edit func(b *scheduler.Book)
		means        bool
	}{
		{"OK nothing", exact, func(*scheduler.Book) {}, true},
		{"another time is added", exact, rule("DTSTART:20261101T170000\nRRULE:FREQ=DAILY;BYTIME=0530,1130,1700"), true},
		{"its time of day is taken out", exact, rule("DTSTART:20261101T170000\nRRULE:FREQ=DAILY;BYTIME=0530,1130"), false},
		{"its day is left out", exact, rule("DTSTART:20261101T170000\nRRULE:FREQ=DAILY;BYTIME=1130,1700\nEXDATE:20261123T170000"), false},
		{"it becomes a priority", exact, func(b *scheduler.Book) { b.Announcements[0].Class = scheduler.ClassPriority }, false},
		{"another voice", exact, func(b *scheduler.Book) { b.Renditions[0].Recording = "khac" }, false},
		{"in a slot", func(*scheduler.Book) {}, func(*scheduler.Book) {}, true},
		{"in a slot that is taken out", func(*scheduler.Book) {}, func(b *scheduler.Book) { b.Schedules[0].Slots = []string{"toi"} }, false},
	}
	now := at(t, "2026-11-23 16:59")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := crowded(3, "a")
			tt.before(&b)
			p := plan(t, now, time.Hour, b)
			if len(p.Occurrences) != 1 {
				t.Fatalf("plan %+v", p.Occurrences)
			}
			tt.edit(&b)
			if got := scheduler.StillMeans(b, p.Occurrences[0]); got != tt.means {
				t.Errorf("still means it: %v, want %v", got, tt.means)
			}
		})
	}
	b := crowded(1, "a", "b")
	b.Slots = append(b.Slots, scheduler.Slot{Owned: scheduler.Owned{ID: "toi"}, Start: 19 * 60, Length: time.Hour})
	moved := 0
	for _, o := range plan(t, now, day, b).Occurrences {
		if carried(o) && o.Slot == "toi" {
			moved++
			if !scheduler.StillMeans(b, o) {
				t.Errorf("%s is asked for again and again", o.ID)
			}
		}
	}
	if moved != 1 {
		t.Errorf("%d moved", moved)
	}
}
