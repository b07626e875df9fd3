package scheduler_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"loalang/scheduler"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestPlansAsText compares whole plans with the files of testdata; look at the
// difference before you run it with -update.
func TestPlansAsText(t *testing.T) {
	day := 24 * time.Hour
	tests := []struct {
		name    string
		now     time.Time
		horizon time.Duration
		book    func() scheduler.Book
	}{
		{"a-day-in-un-ta", at(t, "2026-11-23 04:00"), day, func() scheduler.Book {
			b := book()
			tell(&b, "hop-thon", 80*time.Second)
			when(&b, "hop-thon", daily("sang", "chieu"))
			tell(&b, "vac-xin", 60*time.Second).Class = scheduler.ClassPriority
			when(&b, "vac-xin", daily("chieu"))
			tell(&b, "cho-phien", 40*time.Second)
			when(&b, "cho-phien", once(at(t, "2026-11-23 17:00:30")))
			tell(&b, "mat-trau", 30*time.Second)
			when(&b, "mat-trau", pressed(at(t, "2026-11-23 03:59:58")))
			b.Renditions[3].State = scheduler.Outdated // vac-xin in Giáy
			return b
		}},
		{"a-full-slot", at(t, "2026-11-23 16:59"), 3 * day, func() scheduler.Book {
			b := book()
			b.Slots[1].Length = 4 * time.Minute
			for i, id := range []string{"mot", "hai", "ba", "bon"} {
				tell(&b, id, 90*time.Second)
				s := when(&b, id, daily("chieu"))
				s.Created = at(t, "2026-11-20 08:00").Add(time.Duration(i) * time.Hour)
				s.Until = scheduler.Date{Year: 2026, Month: 11, Day: 24}
			}
			tell(&b, "ngan", 10*time.Second)
			when(&b, "ngan", daily("chieu")).Created = at(t, "2026-11-22 08:00")
			return b
		}},
		{"summer-time-in-berlin", at(t, "2026-03-28 12:00", "Europe/Berlin"), 2 * day, func() scheduler.Book {
			b := book()
			b.Village.Zone, b.Village.Allowed = "Europe/Berlin", nil
			b.Slots = append(b.Slots, scheduler.Slot{Owned: scheduler.Owned{ID: "dem"}, Name: "Buổi đêm", Start: 2*60 + 30, Length: 10 * time.Minute})
			tell(&b, "hop-thon", 20*time.Second)
			when(&b, "hop-thon", daily("sang", "chieu", "dem"))
			return b
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := plan(t, tt.now, tt.horizon, tt.book()).Text()
			file := filepath.Join("testdata", tt.name+".txt")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatalf("read golden file: %v (run with -update to write it)", err)
			}
			if got != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// TestTextWithoutZone prints UTC rather than nothing.
func TestTextWithoutZone(t *testing.T) {
	p := scheduler.Plan{Village: "x", Zone: "Mars/Olympus", Occurrences: []scheduler.Occurrence{{ID: "a", Title: "A", Due: at(t, "2026-11-23 17:00")}}}
	want := "plan of x, UTC, from 0001-01-01 00:00:00 to 0001-01-01 00:00:00\nMon 2026-11-23\n  10:00:00.000       0.0s            \"A\"    [a]\n"
	if got := p.Text(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
