package scheduler_test

import (
	"reflect"
	"testing"
	"time"

	"loalang/scheduler"
)

func TestMayAir(t *testing.T) {
	now := at(t, "2026-11-23 12:00")
	hanoi, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		t.Fatal(err)
	}
	slots := func(until scheduler.Date) scheduler.Schedule {
		return scheduler.Schedule{Kind: scheduler.Slots, Slots: []string{"s"}, Until: until}
	}
	tests := []struct {
		name string
		a    scheduler.Announcement
		ss   []scheduler.Schedule
		want bool
	}{
		{"no schedule yet", scheduler.Announcement{}, nil, true},
		{"to come", scheduler.Announcement{}, []scheduler.Schedule{once(now.Add(time.Hour))}, true},
		{"within its grace", scheduler.Announcement{}, []scheduler.Schedule{once(now.Add(-9 * time.Minute))}, true},
		{"past its grace", scheduler.Announcement{}, []scheduler.Schedule{once(now.Add(-11 * time.Minute))}, false},
		{"now, just pressed", scheduler.Announcement{}, []scheduler.Schedule{pressed(now)}, true},
		{"one of two is to come", scheduler.Announcement{}, []scheduler.Schedule{once(now.Add(-time.Hour)), once(now.Add(time.Hour))}, true},
		{"now, and it had its turn", scheduler.Announcement{}, []scheduler.Schedule{{Owned: scheduler.Owned{ID: "had its turn"}, Kind: scheduler.Now, At: now}}, false},
		{"in slots, and had one of its turns", scheduler.Announcement{}, []scheduler.Schedule{{Owned: scheduler.Owned{ID: "had its turn"}, Kind: scheduler.Slots, Slots: []string{"s"}}}, true},
		{"in slots without an end", scheduler.Announcement{}, []scheduler.Schedule{slots(scheduler.Date{})}, true},
		{"in slots until today", scheduler.Announcement{}, []scheduler.Schedule{slots(scheduler.Date{Year: 2026, Month: 11, Day: 23})}, true},
		{"in slots until yesterday", scheduler.Announcement{}, []scheduler.Schedule{slots(scheduler.Date{Year: 2026, Month: 11, Day: 22})}, false},
		{"a kind of a later version", scheduler.Announcement{}, []scheduler.Schedule{{Kind: "rrule"}}, true},
		{"withdrawn", scheduler.Announcement{Withdrawn: now}, []scheduler.Schedule{once(now.Add(time.Hour))}, false},
		{"deleted", scheduler.Announcement{Owned: scheduler.Owned{Deleted: now}}, nil, false},
		{"valid until now", scheduler.Announcement{ValidUntil: now}, nil, false},
		{"valid a little longer", scheduler.Announcement{ValidUntil: now.Add(1)}, nil, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := (scheduler.Dossier{Announcement: tt.a, Schedules: tt.ss}).MayAir(now, hanoi, map[string]bool{"had its turn": true}); got != tt.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestRetold(t *testing.T) {
	d := scheduler.Dossier{Renditions: []scheduler.Rendition{
		{Language: "vi", State: scheduler.Ready, SpokenText: "cũ", Recording: "r", Length: time.Second},
		{Language: "en", State: scheduler.Spoken, SpokenText: "old", Fault: "no-engine"},
		{Language: "pcc", State: scheduler.Ready, Recording: "t", Length: time.Second},
		{Language: "mww", State: scheduler.Recorded, Recording: "t", Fault: "recording-gone"},
		{Language: "tyz", State: scheduler.Missing, Fault: "recording-gone"},
		{Language: "ium", State: scheduler.Outdated, Recording: "t"},
	}}
	got := d.Retold("cũ", func(language string) string { return language + " mới" })
	want := []scheduler.Rendition{
		{Language: "vi", State: scheduler.Spoken, SpokenText: "vi mới"},
		{Language: "en", State: scheduler.Spoken, SpokenText: "en mới"},
		{Language: "pcc", State: scheduler.Outdated, Recording: "t", Told: scheduler.Wording("cũ")},
		{Language: "mww", State: scheduler.Outdated, Recording: "t", Told: scheduler.Wording("cũ")},
		{Language: "tyz", State: scheduler.Missing, Fault: "recording-gone"},
		{Language: "ium", State: scheduler.Outdated, Recording: "t"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	if d.Renditions[0].State != scheduler.Ready {
		t.Error("the dossier itself was changed")
	}
}
