package scheduler_test

import (
	"slices"
	"testing"
	"time"

	"loalang/scheduler"
)

// TestRoomOfSlot: what a slot holds when nothing else airs, and what leaves it nothing.
func TestRoomOfSlot(t *testing.T) {
	relay := func(offset, length time.Duration) []scheduler.SlotRelay {
		return []scheduler.SlotRelay{{Station: "dai-tinh", Offset: offset, Length: length}}
	}
	tests := []struct {
		name    string
		set     func(v *scheduler.Village, s *scheduler.Slot, f *scheduler.Frame)
		longest time.Duration
		cause   string
	}{
		{"OK an empty slot", func(*scheduler.Village, *scheduler.Slot, *scheduler.Frame) {}, time.Hour, ""},
		{"its closing is kept free, its opening steps back", func(_ *scheduler.Village, s *scheduler.Slot, f *scheduler.Frame) {
			s.Opening, s.Closing, f.Gap = "nhac-mo", "nhac-ket", 2*time.Second
			f.Sounds = map[string]time.Duration{"nhac-mo": 10 * time.Second, "nhac-ket": 8 * time.Second}
		}, time.Hour - 10*time.Second, ""},
		{"the longer side of a relay", func(_ *scheduler.Village, s *scheduler.Slot, _ *scheduler.Frame) {
			s.Relays = relay(10*time.Minute, 15*time.Minute)
		}, 35 * time.Minute, ""},
		{"its limit", func(_ *scheduler.Village, s *scheduler.Slot, _ *scheduler.Frame) { s.Limit = 7 * time.Minute }, 7 * time.Minute, ""},
		{"the minutes of the place", func(v *scheduler.Village, _ *scheduler.Slot, _ *scheduler.Frame) {
			v.Rules.Limits = []scheduler.Limit{{Broadcast: 15 * time.Minute}}
		}, 15 * time.Minute, ""},
		{"A15MinuteRelayEatsA15MinuteLimit", func(v *scheduler.Village, s *scheduler.Slot, _ *scheduler.Frame) {
			v.Rules.Limits, s.Relays = []scheduler.Limit{{Broadcast: 15 * time.Minute}}, relay(10*time.Minute, 15*time.Minute)
		}, 0, scheduler.AdviceRelayLimit},
		{"a relay that is free of the limit", func(v *scheduler.Village, s *scheduler.Slot, _ *scheduler.Frame) {
			v.Rules.Limits, s.Relays, v.Rules.FreeRelays = []scheduler.Limit{{Broadcast: 15 * time.Minute}}, relay(10*time.Minute, 15*time.Minute), true
		}, 15 * time.Minute, ""},
		{"relays all through", func(_ *scheduler.Village, s *scheduler.Slot, _ *scheduler.Frame) { s.Relays = relay(0, time.Hour) }, 0, scheduler.AdviceRelays},
		{"opening and closing longer than it", func(_ *scheduler.Village, s *scheduler.Slot, f *scheduler.Frame) {
			s.Length, s.Opening, s.Closing = time.Minute, "nhac-mo", "nhac-ket"
			f.Sounds = map[string]time.Duration{"nhac-mo": 55 * time.Second, "nhac-ket": 55 * time.Second}
		}, 5 * time.Second, scheduler.AdviceFrame},
		{"a limit of seconds", func(_ *scheduler.Village, s *scheduler.Slot, _ *scheduler.Frame) { s.Limit = 5 * time.Second }, 5 * time.Second, scheduler.AdviceLimit},
		{"minutes of seconds", func(v *scheduler.Village, _ *scheduler.Slot, _ *scheduler.Frame) {
			v.Rules.Limits = []scheduler.Limit{{Day: 5 * time.Second}}
		}, 5 * time.Second, scheduler.AdviceMinutes},
		{"quiet all through", func(v *scheduler.Village, _ *scheduler.Slot, _ *scheduler.Frame) {
			v.Rules.Quiet = []scheduler.Window{{From: 16 * 60, To: 19 * 60}}
		}, 0, scheduler.AdviceHours},
		{"two reasons at once", func(_ *scheduler.Village, s *scheduler.Slot, _ *scheduler.Frame) {
			s.Relays, s.Limit = relay(0, time.Hour), time.Second
		}, 0, scheduler.AdviceShort},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := scheduler.Village{Key: "un-ta", Zone: "Asia/Ho_Chi_Minh"}
			v.Rules.Holidays = []scheduler.Holiday{{Name: "Mọi ngày", Month: 11, Day: 23, Calendar: scheduler.Solar, Length: 10, Rule: scheduler.NoSound}}
			s := scheduler.Slot{Owned: scheduler.Owned{ID: "chieu"}, Start: 17 * 60, Length: time.Hour}
			f := scheduler.Frame{Sounds: map[string]time.Duration{}, Chime: scheduler.Sound{Recording: "chuong", Length: 3 * time.Second}}
			tt.set(&v, &s, &f)
			stations := []scheduler.Station{{Owned: scheduler.Owned{ID: "dai-tinh"}, Name: "Đài tỉnh", URL: "http://127.0.0.1/"}}
			got, err := scheduler.RoomOfSlot(at(t, "2026-11-23 17:20"), v, s, stations, f)
			if err != nil || got.Longest != tt.longest || got.Cause != tt.cause {
				t.Errorf("%+v, %v; want %s, %q", got, err, tt.longest, tt.cause)
			}
		})
	}
}

// TestNoticeAsLongAsItsSlotNeverAirs: it is known at once, with the slots that hold it,
// the plan names it, and its author is told that it airs nowhere.
func TestNoticeAsLongAsItsSlotNeverAirs(t *testing.T) {
	b := book()
	b.Slots = b.Slots[1:]
	b.Slots[0].Length, b.Slots[0].Opening, b.Slots[0].Closing = 15*time.Minute, "", "nhac-ket"
	b.Frame.Sounds = map[string]time.Duration{"nhac-ket": 8 * time.Second}
	tell(&b, "a", 15*time.Minute-b.Frame.Chime.Length-b.Frame.Tail.Length)
	s := when(&b, "a", daily("chieu"))
	d := scheduler.Dossier{Announcement: b.Announcements[0], Renditions: b.Renditions, Schedules: []scheduler.Schedule{*s}}
	now := at(t, "2026-11-23 12:00")
	check := func(fits ...string) {
		t.Helper()
		tight, err := scheduler.TooLong(now, b, d)
		if err != nil || len(tight) != 1 || tight[0].Slot != "chieu" || tight[0].Longest >= tight[0].Length || !slices.Equal(tight[0].Fits, fits) {
			t.Errorf("%+v, %v", tight, err)
		}
	}
	check()
	p := plan(t, now, 7*day, b)
	r := why(p, "lich-a:un-ta:2026-11-23T17:00:1")
	if r.Code != scheduler.ReasonSlotTooLong || r.By <= 14*time.Minute || r.By >= 15*time.Minute {
		t.Errorf("%+v", r)
	}
	told := p.Tellings()
	if len(told) != 7 {
		t.Fatalf("told %+v", told)
	}
	for _, x := range told {
		if x.Reason != scheduler.ReasonSlotTooLong || !x.To.IsZero() {
			t.Errorf("told %+v", x)
		}
	}
	b.Slots = append(b.Slots, scheduler.Slot{Owned: scheduler.Owned{ID: "toi"}, Start: 19 * 60, Length: time.Hour})
	check("toi")
	if r := why(plan(t, now, 7*day, b), "lich-a:un-ta:2026-11-23T17:00:1"); r.Code != scheduler.ReasonNextTime || r.Limit != scheduler.ReasonSlotTooLong {
		t.Errorf("moved: %+v", r)
	}
	d.Renditions = nil
	if tight, err := scheduler.TooLong(now, b, d); err != nil || len(tight) > 0 {
		t.Errorf("of what is not recorded yet: %+v, %v", tight, err)
	}
}
