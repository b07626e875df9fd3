package scheduler_test

import (
	"slices"
	"testing"
	"time"

	"loalang/scheduler"
)

// TestAClosingComesBehindTheRelay: where the last notice ends just before a fixed
// position, the closing once sounded between the two, and the station after it; and a
// plan that was made anew while the station sounded had no closing at all.
func TestAClosingComesBehindTheRelay(t *testing.T) {
	station := scheduler.SlotRelay{Station: "vov1", Offset: 10 * time.Minute, Length: 15 * time.Minute}
	hymn := scheduler.SlotRelay{Recording: "nhac-nen", Offset: 10 * time.Minute}
	relayed := scheduler.Past{Occurrence: "chieu:un-ta:2026-11-23T17:00:relay600", Slot: "chieu", Nominal: at(t, "2026-11-23 17:10"), Due: at(t, "2026-11-23 17:10"), End: at(t, "2026-11-23 17:25")}
	notice := scheduler.Past{Occurrence: "lich-a:un-ta:2026-11-23T17:00:1", Schedule: "lich-a", Slot: "chieu", Nominal: at(t, "2026-11-23 17:00"), Due: at(t, "2026-11-23 17:00"), End: at(t, "2026-11-23 17:01"), Over: true}
	ended := relayed
	ended.Over = true
	cases := []struct {
		name, now string
		fixed     []scheduler.SlotRelay
		past      []scheduler.Past
		want      string // when the closing begins
	}{
		{"nothing is fixed", "16:00", nil, nil, "17:01:02"},
		{"a station", "16:00", []scheduler.SlotRelay{station}, nil, "17:25:02"},
		{"a recording", "16:00", []scheduler.SlotRelay{hymn}, nil, "17:10:22"},
		{"of two the last", "16:00", []scheduler.SlotRelay{station, {Recording: "nhac-nen", Offset: 40 * time.Minute}}, nil, "17:40:22"},
		{"planned anew while the station sounds", "17:15", []scheduler.SlotRelay{station}, []scheduler.Past{notice, relayed}, "17:25:02"},
		{"planned anew just after it", "17:25", []scheduler.SlotRelay{station}, []scheduler.Past{notice, ended}, "17:25:07"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := evening(t)
			b.Frame.Gap = 2 * time.Second
			b.Frame.Sounds = map[string]time.Duration{"nhac-ket": 4 * time.Second, "nhac-nen": 20 * time.Second}
			b.Slots[0].ID, b.Slots[0].Closing, b.Slots[0].Relays = "chieu", "nhac-ket", c.fixed
			b.Schedules[0].Slots = []string{"chieu"}
			b.Stations = []scheduler.Station{{Owned: scheduler.Owned{ID: "vov1"}, Name: "VOV1"}}
			b.Past = c.past
			p := since(plan(t, at(t, "2026-11-23 "+c.now), 9*time.Hour, b), at(t, "2026-11-23 16:00"))
			if got := clockOf(p); !slices.Contains(got, "11-23 "+c.want+" closing") {
				t.Errorf("airs %q, want the closing at %s\n%s", got, c.want, p.Text())
			}
		})
	}
}

// A closing that waited for a fixed position which the clock then leapt over was dated
// back behind the last notice, before the leap, and ended "too late" for no cause. It
// belongs behind the fixed position, whether that had its turn or missed it.
func TestAClosingBelongsBehindAFixedPositionThatIsOver(t *testing.T) {
	notice := scheduler.Past{Occurrence: "lich-a:un-ta:2026-11-23T17:00:1", Schedule: "lich-a", Slot: "chieu", Nominal: at(t, "2026-11-23 17:00"), Due: at(t, "2026-11-23 17:00"), End: at(t, "2026-11-23 17:01"), Over: true}
	missed := scheduler.Past{Occurrence: "chieu:un-ta:2026-11-23T17:00:fixed600", Slot: "chieu", Nominal: at(t, "2026-11-23 17:10"), Due: at(t, "2026-11-23 17:10"), Over: true}
	for name, past := range map[string][]scheduler.Past{"its row is written": {notice, missed}, "its row is not written yet": {notice}} {
		b := evening(t)
		b.Frame.Gap = 2 * time.Second
		b.Frame.Sounds = map[string]time.Duration{"nhac-ket": 4 * time.Second, "nhac-nen": 20 * time.Second}
		b.Slots[0].ID, b.Slots[0].Closing, b.Slots[0].Relays = "chieu", "nhac-ket", []scheduler.SlotRelay{{Recording: "nhac-nen", Offset: 10 * time.Minute}}
		b.Schedules[0].Slots, b.Past = []string{"chieu"}, past
		p := plan(t, at(t, "2026-11-23 17:40"), time.Hour, b)
		i := slices.IndexFunc(p.Omissions, func(o scheduler.Omission) bool { return o.Occurrence.Kind == scheduler.Closing })
		if i < 0 || !p.Omissions[i].Occurrence.Due.Equal(at(t, "2026-11-23 17:10").Add(22*time.Second)) {
			t.Errorf("%s:\n%s", name, p.Text())
		}
	}
}

// A closing whose fixed position was missed because the board was off says the same, and
// sounds where the board is back in time for it.
func TestAClosingSharesTheFateOfItsFixedPosition(t *testing.T) {
	notice := scheduler.Past{Occurrence: "lich-a:un-ta:2026-11-23T17:00:1", Schedule: "lich-a", Slot: "chieu", Nominal: at(t, "2026-11-23 17:00"), Due: at(t, "2026-11-23 17:00"), End: at(t, "2026-11-23 17:01"), Over: true}
	missed := scheduler.Past{Occurrence: "chieu:un-ta:2026-11-23T17:00:fixed600", Slot: "chieu", Nominal: at(t, "2026-11-23 17:10"), Due: at(t, "2026-11-23 17:10"), End: at(t, "2026-11-23 17:10"), Cause: scheduler.ReasonPower, Over: true}
	b := evening(t)
	b.Frame.Gap = 2 * time.Second
	b.Frame.Sounds = map[string]time.Duration{"nhac-ket": 4 * time.Second, "nhac-nen": 20 * time.Second}
	b.Slots[0].ID, b.Slots[0].Closing, b.Slots[0].Relays = "chieu", "nhac-ket", []scheduler.SlotRelay{{Recording: "nhac-nen", Offset: 10 * time.Minute}}
	b.Schedules[0].Slots, b.Past = []string{"chieu"}, []scheduler.Past{notice, missed}
	p := plan(t, at(t, "2026-11-23 17:20"), time.Hour, b)
	i := slices.IndexFunc(p.Omissions, func(o scheduler.Omission) bool { return o.Occurrence.Kind == scheduler.Closing })
	if i < 0 || p.Omissions[i].Reason.Code != scheduler.ReasonPower {
		t.Errorf("long after it:\n%s", p.Text())
	}
	p = plan(t, at(t, "2026-11-23 17:10").Add(30*time.Second), time.Hour, b)
	if !slices.ContainsFunc(p.Occurrences, func(o scheduler.Occurrence) bool { return o.Kind == scheduler.Closing }) {
		t.Errorf("just behind it:\n%s", p.Text())
	}
}

// A slot at night in which only an emergency sounds has no frame, for that keeps to the
// hours: it is no broadcast of the day, and leaves it to the evening. It was once counted
// until the emergency had aired, and then no more.
func TestAFrameOutsideTheHoursIsNotCounted(t *testing.T) {
	b := evening(t)
	b.Village.Allowed = []scheduler.Window{{From: 5 * 60, To: 21 * 60}}
	b.Village.Rules.Limits = []scheduler.Limit{{Times: 1}}
	b.Frame.Sounds = map[string]time.Duration{"nhac": 4 * time.Second}
	night := b.Slots[0]
	night.ID, night.Start, night.Opening, night.Closing = "dem", 2*60+30, "nhac", "nhac"
	b.Slots = append(b.Slots, night)
	tell(&b, "gap", 30*time.Second).Class = scheduler.ClassEmergency
	when(&b, "gap", daily("dem"))
	p := plan(t, at(t, "2026-11-23 01:00"), day, b)
	want := []string{"lich-gap:un-ta:2026-11-23T02:30:1", "lich-a:un-ta:2026-11-23T17:00:1"}
	for _, id := range want {
		if find(p, id) == nil {
			t.Errorf("%s does not air:\n%s", id, p.Text())
		}
	}
}
