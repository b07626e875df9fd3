package scheduler_test

import (
	"slices"
	"testing"
	"time"

	"loalang/scheduler"
)

// TestRoomFor says what the slots still hold. A slot of ours has 60 minutes, of
// which opening and closing take 14 s and the gaps 2 s; a notice has 5 s of chime,
// tail and pauses, and half a second more for the second language.
func TestRoomFor(t *testing.T) {
	tests := []struct {
		name string
		set  func(b *scheduler.Book)
		want []time.Duration // of the next slots, in order
	}{
		{"OK", func(b *scheduler.Book) { when(b, "a", daily("chieu")) }, []time.Duration{
			60*time.Minute - 16*time.Second - 5*time.Second, 60*time.Minute - 21*time.Second, 60*time.Minute - 21*time.Second,
		}},
		{"beside its other language", func(b *scheduler.Book) {
			when(b, "a", daily("chieu")).Until = scheduler.Date{Year: 2026, Month: 11, Day: 23}
			ready(b, "a", "vi", 10*time.Minute)
		}, []time.Duration{50*time.Minute - 22*time.Second}},
		{"beside another notice, which stays", func(b *scheduler.Book) {
			when(b, "a", daily("chieu")).Until = scheduler.Date{Year: 2026, Month: 11, Day: 23}
			tell(b, "b", 20*time.Minute) // and 5.5 s, and a gap
			when(b, "b", daily("chieu")).Created = at(t, "2026-11-23 05:00")
		}, []time.Duration{40*time.Minute - 28*time.Second}},
		{"a full slot", func(b *scheduler.Book) {
			when(b, "a", daily("chieu")).Until = scheduler.Date{Year: 2026, Month: 11, Day: 23}
			tell(b, "b", 59*time.Minute+35*time.Second)
			when(b, "b", daily("chieu")).Created = at(t, "2026-11-01 05:00")
			b.Schedules[0].Created = at(t, "2026-11-23 05:00")
		}, []time.Duration{0}},
		{"one recorded before does not count", func(b *scheduler.Book) {
			when(b, "a", daily("chieu")).Until = scheduler.Date{Year: 2026, Month: 11, Day: 23}
			ready(b, "a", "pcc", 59*time.Minute)
		}, []time.Duration{60*time.Minute - 21*time.Second}},
		{"both slots of the day", func(b *scheduler.Book) {
			when(b, "a", daily("chieu", "sang")).Until = scheduler.Date{Year: 2026, Month: 11, Day: 24}
			b.Slots[0].Length = 5 * time.Minute
		}, []time.Duration{60*time.Minute - 21*time.Second, 5*time.Minute - 21*time.Second, 60*time.Minute - 21*time.Second}},
		{"a village that waits for every language", func(b *scheduler.Book) {
			b.Village.Missing = scheduler.Wait
			when(b, "a", daily("chieu")).Until = scheduler.Date{Year: 2026, Month: 11, Day: 23}
		}, []time.Duration{60*time.Minute - 21*time.Second}},
		{"at an exact time nothing bounds it", func(b *scheduler.Book) { when(b, "a", once(at(t, "2026-11-23 18:30"))) }, nil},
		{"withdrawn", func(b *scheduler.Book) {
			when(b, "a", daily("chieu"))
			b.Announcements[0].Withdrawn = at(t, "2026-11-23 06:00")
		}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := book()
			tell(&b, "a", time.Minute)
			b.Renditions = nil
			tt.set(&b)
			renditions := slices.Clone(b.Renditions)
			now := at(t, "2026-11-23 12:00")
			got, err := scheduler.RoomFor(now, 7*24*time.Hour, b, "a", "pcc")
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != len(tt.want) {
				t.Fatalf("%d slots: %+v, want %d", len(got), got, len(tt.want))
			}
			for i, room := range got {
				if room.Left != tt.want[i] || i > 0 && !room.Start.After(got[i-1].Start) {
					t.Errorf("the slot %s of %s holds %s, want %s", room.Slot, room.Start, room.Left, tt.want[i])
				}
			}
			if !slices.EqualFunc(renditions, b.Renditions, func(x, y scheduler.Rendition) bool { return x == y }) {
				t.Error("the book was changed")
			}
		})
	}
}

// ready puts a voice behind one language of an announcement.
func ready(b *scheduler.Book, announcement, language string, length time.Duration) {
	b.Renditions = append(b.Renditions, scheduler.Rendition{
		Owned: scheduler.Owned{ID: announcement + language}, Announcement: announcement, Language: language,
		State: scheduler.Ready, Recording: language, Length: length,
	})
}

func TestRoomForNoPlace(t *testing.T) {
	b := book()
	b.Village.Zone = "Nirgendwo/Nie"
	if _, err := scheduler.RoomFor(at(t, "2026-11-23 12:00"), time.Hour, b, "a", "vi"); err == nil {
		t.Error("a village in no time zone has room")
	}
}
