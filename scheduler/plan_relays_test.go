package scheduler_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"loalang/scheduler"
)

// relayed is book with a station that the morning relays from 05:40 to 06:00.
func relayed() scheduler.Book {
	b := book()
	b.Stations = []scheduler.Station{{Owned: scheduler.Owned{ID: "vov1"}, Name: "VOV1", URL: "https://vov.example/vov1.m3u8"}}
	b.Slots[0].Relays = []scheduler.SlotRelay{{Station: "vov1", Offset: 10 * time.Minute, Length: 20 * time.Minute, Fallback: "quan-ho"}}
	b.Frame.Sounds["quan-ho"] = 3 * time.Minute
	return b
}

const relayID = "sang:un-ta:2026-11-24T05:30:relay600"

func TestRelayHasItsTime(t *testing.T) {
	b := relayed()
	p := plan(t, at(t, "2026-11-23 22:00"), 24*time.Hour, b)
	o := find(p, relayID)
	if o == nil {
		t.Fatalf("no relay:\n%s", p.Text())
	}
	want := scheduler.RelayTurn{Station: "vov1", URL: "https://vov.example/vov1.m3u8", Fallback: scheduler.Sound{Recording: "quan-ho", Length: 3 * time.Minute}, Patience: scheduler.DefaultPatience}
	if !o.Due.Equal(at(t, "2026-11-24 05:40")) || o.Length != 20*time.Minute || *o.Relay != want || o.Kind != scheduler.Relay ||
		o.Title != "VOV1" || !o.Until.Equal(at(t, "2026-11-24 06:00")) || len(o.Parts) != 0 {
		t.Errorf("%+v %+v", o, o.Relay)
	}
}

func TestNoticesOfASlotFlowAroundItsRelay(t *testing.T) {
	b := relayed()
	for _, id := range []string{"a", "b", "c"} {
		tell(&b, id, 4*time.Minute)
		when(&b, id, daily("sang"))
	}
	p := plan(t, at(t, "2026-11-23 22:00"), 24*time.Hour, b)
	relay := find(p, relayID)
	before, after := 0, 0
	for _, o := range p.Occurrences {
		switch {
		case o.ID == relayID:
		case !o.End().After(relay.Due):
			before++
		case !o.Due.Before(relay.End()):
			after++
		default:
			t.Errorf("%s sounds over the relay", o.ID)
		}
	}
	// Opening and two notices fit into ten minutes; the third and the closing come after.
	if before != 3 || after != 2 {
		t.Errorf("%d before, %d after:\n%s", before, after, p.Text())
	}
}

func TestExactNoticeInterruptsARelay(t *testing.T) {
	b := relayed()
	tell(&b, "a", time.Minute)
	when(&b, "a", once(at(t, "2026-11-24 05:45")))
	p := plan(t, at(t, "2026-11-23 22:00"), 24*time.Hour, b)
	if o := find(p, "lich-a:un-ta:2026-11-24T05:45:00:1"); o == nil || !o.Due.Equal(at(t, "2026-11-24 05:45")) {
		t.Errorf("the notice is not at its time:\n%s", p.Text())
	}
	// While the relay sounds, it stands in nobody's way either.
	b.Past = []scheduler.Past{{Occurrence: relayID, Due: at(t, "2026-11-24 05:40"), End: at(t, "2026-11-24 06:00")}}
	p = plan(t, at(t, "2026-11-24 05:41"), time.Hour, b)
	if o := find(p, "lich-a:un-ta:2026-11-24T05:45:00:1"); o == nil || !o.Due.Equal(at(t, "2026-11-24 05:45")) {
		t.Errorf("while it sounds the notice is not at its time:\n%s", p.Text())
	}
	if find(p, relayID) != nil {
		t.Error("the relay is planned again")
	}
}

func TestRelayIsJoinedLate(t *testing.T) {
	p := plan(t, at(t, "2026-11-24 05:50"), time.Hour, relayed())
	o := find(p, relayID)
	if o == nil || !o.End().Equal(at(t, "2026-11-24 06:00")) || !o.Due.Equal(at(t, "2026-11-24 05:50:07")) {
		t.Errorf("%+v", o)
	}
	p = plan(t, at(t, "2026-11-24 06:10"), time.Hour, relayed())
	if r := why(p, relayID); r.Code != scheduler.ReasonTooLate {
		t.Errorf("when it is over: %+v", r)
	}
}

func TestRelayThatCannotBe(t *testing.T) {
	b := relayed()
	b.Stations[0].Deleted = at(t, "2026-11-01 00:00")
	if r := why(plan(t, at(t, "2026-11-23 22:00"), 24*time.Hour, b), relayID); r.Code != scheduler.ReasonNoStation {
		t.Errorf("station gone: %+v", r)
	}
	b = relayed()
	b.Village.Allowed = []scheduler.Window{{From: 5 * 60, To: 5*60 + 50}}
	if r := why(plan(t, at(t, "2026-11-23 22:00"), 24*time.Hour, b), relayID); r.Code != scheduler.ReasonOutsideHours {
		t.Errorf("quiet hours: %+v", r)
	}
	b = relayed()
	b.Slots = append(b.Slots, b.Slots[0])
	b.Slots[2].ID = "sang2"
	if r := why(plan(t, at(t, "2026-11-23 22:00"), 24*time.Hour, b), "sang2:un-ta:2026-11-24T05:30:relay600"); r.Code != scheduler.ReasonOverlap {
		t.Errorf("two at once: %+v", r)
	}
}

func TestBedSoundsUnderItsNotice(t *testing.T) {
	b := book()
	b.Frame.Sounds["sao-truc"] = 2 * time.Minute
	tell(&b, "a", time.Minute).Bed = "sao-truc"
	when(&b, "a", once(at(t, "2026-11-24 05:45"))).Interrupted = scheduler.Restart
	o := find(plan(t, at(t, "2026-11-23 22:00"), 24*time.Hour, b), "lich-a:un-ta:2026-11-24T05:45:00:1")
	if o == nil || o.Bed == nil || !reflect.DeepEqual(*o.Bed, scheduler.Part{Kind: scheduler.PartBed, Recording: "sao-truc", Length: 2 * time.Minute}) || o.Interrupted != scheduler.Restart {
		t.Fatalf("%+v", o)
	}
	if o.Length != time.Minute+5500*time.Millisecond {
		t.Errorf("the bed made it %v long", o.Length)
	}
	delete(b.Frame.Sounds, "sao-truc")
	if o := find(plan(t, at(t, "2026-11-23 22:00"), 24*time.Hour, b), "lich-a:un-ta:2026-11-24T05:45:00:1"); o == nil || o.Bed != nil {
		t.Errorf("a bed that is gone: %+v", o)
	}
}

// A relay that is moved, or comes in before another, when one has aired is a turn of
// its own today.
func TestRelayIsNotTakenForOneThatAired(t *testing.T) {
	b := relayed()
	b.Slots[0].Length = time.Hour
	b.Slots[0].Updated = at(t, "2026-11-24 06:02")
	b.Slots[0].Relays = []scheduler.SlotRelay{{Station: "vov1", Offset: 40 * time.Minute, Length: 10 * time.Minute}}
	b.Past = []scheduler.Past{{Occurrence: relayID, Due: at(t, "2026-11-24 05:40"), End: at(t, "2026-11-24 06:00")}}
	if o := find(plan(t, at(t, "2026-11-24 06:02"), 24*time.Hour, b), "sang:un-ta:2026-11-24T05:30:relay2400"); o == nil || !o.Due.Equal(at(t, "2026-11-24 06:10")) {
		t.Errorf("%+v", o)
	}
}

// relayFaults are field:code of what a Validate found.
func relayFaults(err error) (found []string) {
	var all scheduler.Invalid
	if errors.As(err, &all) {
		for _, f := range all {
			found = append(found, f.Field+":"+f.Code)
		}
	}
	return found
}

func TestStationsAreChecked(t *testing.T) {
	cases := []struct {
		name string
		s    scheduler.Station
		want string
	}{
		{"OK stream", scheduler.Station{Name: "VOV1", URL: "https://vov.example/a.m3u8"}, ""},
		{"OK tuner", scheduler.Station{Name: "FM", Input: "plughw:CARD=Tuner,DEV=0"}, ""},
		{"no name", scheduler.Station{URL: "https://vov.example/"}, "name:required"},
		{"neither", scheduler.Station{Name: "x"}, "url:required"},
		{"both", scheduler.Station{Name: "x", URL: "http://a.example/", Input: "hw:0"}, "input:one-of-both"},
		{"file", scheduler.Station{Name: "x", URL: "file:///etc/passwd"}, "url:no-address"},
		{"password", scheduler.Station{Name: "x", URL: "http://a:b@a.example/"}, "url:no-address"},
		{"switch", scheduler.Station{Name: "x", Input: "-D"}, "input:unknown"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			found := relayFaults(c.s.Validate())
			if c.want == "" && len(found) > 0 || c.want != "" && (len(found) != 1 || found[0] != c.want) {
				t.Errorf("%q, want %q", found, c.want)
			}
		})
	}
}

func TestRelaysOfASlotAreChecked(t *testing.T) {
	r := func(offset, length, patience time.Duration) scheduler.SlotRelay {
		return scheduler.SlotRelay{Station: "vov1", Offset: offset, Length: length, Patience: patience}
	}
	cases := []struct {
		name   string
		relays []scheduler.SlotRelay
		want   string
	}{
		{"OK two", []scheduler.SlotRelay{r(30*time.Minute, 30*time.Minute, time.Minute), r(0, 30*time.Minute, 0)}, ""},
		{"one over the other", []scheduler.SlotRelay{r(10*time.Minute, 10*time.Minute, 0), r(0, 11*time.Minute, 0)}, "relays:overlap"},
		{"longer than the slot", []scheduler.SlotRelay{r(10*time.Minute, 51*time.Minute, 0)}, "relays:out-of-range"},
		{"before it", []scheduler.SlotRelay{r(-time.Minute, 10*time.Minute, 0)}, "relays:out-of-range"},
		{"no station", []scheduler.SlotRelay{{Length: time.Minute}}, "relays:required"},
		{"impatient", []scheduler.SlotRelay{r(0, time.Minute, time.Millisecond)}, "relays.patience:out-of-range"},
		{"too patient", []scheduler.SlotRelay{r(0, time.Minute, time.Hour)}, "relays.patience:out-of-range"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := book().Slots[0]
			s.Relays = c.relays
			found := relayFaults(s.Validate())
			if c.want == "" && len(found) > 0 || c.want != "" && (len(found) != 1 || found[0] != c.want) {
				t.Errorf("%q, want %q", found, c.want)
			}
		})
	}
}
