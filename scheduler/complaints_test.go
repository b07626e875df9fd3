package scheduler_test

import (
	"slices"
	"testing"
	"time"

	"loalang/scheduler"
)

// TestBoardZoneDiffersFromVillage: the machine's own zone decides nothing; the
// village's does (xibo#1741, xibo#1734, xibo#2179).
func TestBoardZoneDiffersFromVillage(t *testing.T) {
	b := book()
	for _, id := range []string{"a", "b", "c"} {
		tell(&b, id, time.Minute)
		when(&b, id, daily("sang", "chieu"))
	}
	now := at(t, "2026-11-23 04:00")
	want := plan(t, now.UTC(), 2*day, b)
	for _, zone := range []string{"America/New_York", "Pacific/Kiritimati", "Asia/Ho_Chi_Minh"} {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := plan(t, now.In(loc), 2*day, b); !slices.Equal(ids(got), ids(want)) || got.Text() != want.Text() {
			t.Errorf("on a machine in %s:\n%s\nwant\n%s", zone, got.Text(), want.Text())
		}
	}
}

// TestThePlayerGoesOnThroughAChangeOfTheZone: neither stuck at the instant of the
// change nor an hour off behind it, in both directions (xibo#1775, libretime#472).
func TestThePlayerGoesOnThroughAChangeOfTheZone(t *testing.T) {
	for name, c := range map[string]struct {
		from string
		want []string // hours of the first frames, UTC
	}{
		"ToWinter": {"2026-10-24 21:00", []string{"10-25 00:30", "10-25 04:30"}},
		"ToSummer": {"2026-03-28 21:00", []string{"03-29 01:30", "03-29 03:30"}},
	} {
		bubble(t, name, func(t *testing.T) {
			s := newStation(t, "2026-11-23 12:00")
			s.offset = time.Until(at(t, c.from, "Europe/Berlin"))
			s.book.Village.Zone, s.book.Village.Allowed = "Europe/Berlin", nil
			s.book.Slots = append(s.book.Slots, scheduler.Slot{Owned: scheduler.Owned{ID: "dem"}, Start: 2*60 + 30, Length: 10 * time.Minute})
			tell(&s.book, "a", time.Minute)
			when(&s.book, "a", daily("sang", "dem"))
			s.powerOn()
			time.Sleep(10 * time.Hour)
			s.want(t, "a power", "a power", "a played", "a played") // the board was not there that morning
			var got []string
			for _, h := range s.played {
				if h.o.Kind == scheduler.Notice {
					got = append(got, h.o.Nominal.UTC().Format("01-02 15:04"))
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("at %q, want %q", got, c.want)
			}
		})
	}
}
