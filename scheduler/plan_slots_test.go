package scheduler_test

import (
	"slices"
	"testing"
	"time"

	"loalang/scheduler"
)

// TestMissedSlotsCoalesce: of several slots that were missed, only the newest
// is made good.
func TestMissedSlotsCoalesce(t *testing.T) {
	id := func(civil string) string { return "lich-a:un-ta:" + civil + ":1" }
	b := book()
	tell(&b, "a", 30*time.Second)
	when(&b, "a", daily("sang", "chieu")).Misfire = scheduler.Misfire{Policy: scheduler.Coalesce, Grace: 20 * time.Hour}
	p := plan(t, at(t, "2026-11-23 19:00"), time.Hour, b)
	if o := find(p, id("2026-11-23T17:00")); o == nil || o.Slot != "chieu" {
		t.Errorf("the newest does not air:\n%s", p.Text())
	}
	if r := why(p, id("2026-11-23T05:30")); r.Code != scheduler.ReasonCoalesced {
		t.Errorf("the older: %+v", r)
	}
	b.Schedules[0].Misfire.Policy = scheduler.PlayLate
	p = plan(t, at(t, "2026-11-23 19:00"), time.Hour, b)
	if len(p.Occurrences) != 2 {
		t.Errorf("each is worth hearing, but plan is\n%s", p.Text())
	}
}

// TestSlotInProgressIsFilledAgain: IDs stay, nothing airs twice, the opening is
// not repeated, the closing comes.
func TestSlotInProgressIsFilledAgain(t *testing.T) {
	b := book()
	for _, id := range []string{"a", "b", "c"} {
		tell(&b, id, 60*time.Second)
		when(&b, id, daily("chieu"))
	}
	before := plan(t, at(t, "2026-11-23 16:59"), 2*time.Hour, b)
	b.Past = []scheduler.Past{aired(before.Occurrences[0]), aired(before.Occurrences[1])} // opening and a
	now := at(t, "2026-11-23 17:30")
	after := plan(t, now, 2*time.Hour, b)
	if !slices.Equal(ids(after), ids(before)[2:]) {
		t.Fatalf("after the restart %q, want %q", ids(after), ids(before)[2:])
	}
	if first := after.Occurrences[0].Due; !first.Equal(now.Add(7 * time.Second)) {
		t.Errorf("first at %s", first)
	}
	t.Run("opening after a miss", func(t *testing.T) {
		b.Past = nil
		late := plan(t, now, 2*time.Hour, b)
		if !slices.Equal(ids(late), ids(before)) {
			t.Errorf("got %q, want %q", ids(late), ids(before))
		}
	})
	t.Run("a lone closing only at once", func(t *testing.T) {
		b.Past = nil
		for _, o := range before.Occurrences[:4] {
			b.Past = append(b.Past, aired(o))
		}
		closing := before.Occurrences[4]
		soon := plan(t, closing.Due.Add(-8*time.Second), 2*time.Hour, b)
		if !slices.Equal(ids(soon), []string{closing.ID}) {
			t.Errorf("right after the last notice: %q", ids(soon))
		}
		if r := why(plan(t, now, 2*time.Hour, b), closing.ID); r.Code != scheduler.ReasonTooLate {
			t.Errorf("half an hour after: %+v", r)
		}
	})
}

// TestSlots are the rules of a slot's content.
func TestSlots(t *testing.T) {
	id := func(a string) string { return "lich-" + a + ":un-ta:2026-11-23T17:00:1" }
	tests := []struct {
		name string
		set  func(b *scheduler.Book)
		want []string // kinds and announcements in order
		why  map[string]string
	}{
		{"OK", func(b *scheduler.Book) {
			tell(b, "a", time.Minute)
			when(b, "a", daily("chieu"))
		}, []string{"opening", "a", "closing"}, nil},
		{"empty: no opening, no closing", func(*scheduler.Book) {}, nil, nil},
		{"nothing ready: no opening", func(b *scheduler.Book) {
			tell(b, "a", time.Minute)
			b.Renditions[0].State, b.Renditions[1].State = scheduler.Missing, scheduler.Missing
			when(b, "a", daily("chieu"))
		}, nil, map[string]string{id("a"): scheduler.ReasonNotReady}},
		{"class, then the oldest promise, then ID", func(b *scheduler.Book) {
			for i, a := range []string{"a", "b", "c", "d"} {
				tell(b, a, time.Minute)
				when(b, a, daily("chieu")).Created = at(t, "2026-11-01 00:00").Add(-time.Duration(i/2) * time.Hour)
			}
			b.Announcements[3].Class = scheduler.ClassPriority
		}, []string{"opening", "d", "c", "a", "b", "closing"}, nil},
		{"too long for the slot", func(b *scheduler.Book) {
			tell(b, "a", 61*time.Minute)
			when(b, "a", daily("chieu"))
		}, nil, map[string]string{id("a"): scheduler.ReasonSlotTooLong}},
		{"fits without the opening only", func(b *scheduler.Book) {
			b.Slots[1].Closing = ""
			tell(b, "a", 60*time.Minute-10*time.Second)
			when(b, "a", daily("chieu"))
		}, []string{"a"}, map[string]string{"chieu:un-ta:2026-11-23T17:00:opening": scheduler.ReasonSlotFull}},
		{"opening of unknown length", func(b *scheduler.Book) {
			tell(b, "a", time.Minute)
			when(b, "a", daily("chieu"))
			delete(b.Frame.Sounds, "nhac-mo")
		}, []string{"a", "closing"}, map[string]string{"chieu:un-ta:2026-11-23T17:00:opening": scheduler.ReasonNotReady}},
		{"another weekday", func(b *scheduler.Book) {
			tell(b, "a", time.Minute)
			when(b, "a", daily("chieu")).Days = 1 << time.Tuesday
		}, nil, nil},
		{"the slot's own weekdays", func(b *scheduler.Book) {
			tell(b, "a", time.Minute)
			b.Slots[1].Days = 1 << time.Sunday
			when(b, "a", daily("chieu"))
		}, nil, nil},
		{"before its first day", func(b *scheduler.Book) {
			tell(b, "a", time.Minute)
			when(b, "a", daily("chieu")).From = scheduler.Date{Year: 2026, Month: 11, Day: 24}
		}, nil, nil},
		{"on its last day", func(b *scheduler.Book) {
			tell(b, "a", time.Minute)
			when(b, "a", daily("chieu")).Until = scheduler.Date{Year: 2026, Month: 11, Day: 23}
		}, []string{"opening", "a", "closing"}, nil},
		{"after its last day", func(b *scheduler.Book) {
			tell(b, "a", time.Minute)
			when(b, "a", daily("chieu")).Until = scheduler.Date{Year: 2026, Month: 11, Day: 22}
		}, nil, nil},
		{"valid from the middle of the slot", func(b *scheduler.Book) {
			tell(b, "a", time.Minute).ValidFrom = at(t, "2026-11-23 17:30")
			when(b, "a", daily("chieu"))
		}, []string{"opening", "a", "closing"}, nil},
		{"valid from after the slot", func(b *scheduler.Book) {
			tell(b, "a", time.Minute).ValidFrom = at(t, "2026-11-23 18:00")
			when(b, "a", daily("chieu"))
		}, nil, map[string]string{id("a"): scheduler.ReasonNotYetValid}},
		{"valid until the slot", func(b *scheduler.Book) {
			tell(b, "a", time.Minute).ValidUntil = at(t, "2026-11-23 17:00")
			when(b, "a", daily("chieu"))
		}, nil, map[string]string{id("a"): scheduler.ReasonExpired}},
		{"hours begin in the middle of the slot", func(b *scheduler.Book) {
			b.Village.Allowed = []scheduler.Window{{From: 17*60 + 30, To: 21 * 60}}
			tell(b, "a", time.Minute)
			when(b, "a", daily("chieu"))
		}, []string{"opening", "a", "closing"}, nil},
		{"hours end before the slot", func(b *scheduler.Book) {
			b.Village.Allowed = []scheduler.Window{{From: 5 * 60, To: 17 * 60}}
			tell(b, "a", time.Minute)
			when(b, "a", daily("chieu"))
		}, nil, map[string]string{id("a"): scheduler.ReasonOutsideHours}},
		{"a slot that is gone", func(b *scheduler.Book) {
			tell(b, "a", time.Minute)
			when(b, "a", daily("chieu", "trua"))
		}, []string{"opening", "a", "closing"}, map[string]string{"lich-a:un-ta:2026-11-23:trua": scheduler.ReasonNoSlot}},
		{"two slots at one time are two promises", func(b *scheduler.Book) {
			b.Slots = append(b.Slots, scheduler.Slot{Owned: scheduler.Owned{ID: "phu"}, Start: 17 * 60, Length: time.Hour})
			tell(b, "a", time.Minute)
			when(b, "a", daily("chieu", "phu"))
		}, []string{"opening", "a", "a", "closing"}, nil},
		{"over before it was promised", func(b *scheduler.Book) {
			tell(b, "a", time.Minute)
			when(b, "a", daily("chieu")).Created = at(t, "2026-11-23 18:00")
		}, nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := book()
			tt.set(&b)
			p := plan(t, at(t, "2026-11-23 16:00"), 4*time.Hour, b)
			p = since(p, at(t, "2026-11-23 00:00"))
			var got []string
			for _, o := range p.Occurrences {
				if o.Kind == scheduler.Notice {
					got = append(got, o.Announcement)
				} else {
					got = append(got, string(o.Kind))
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("order %q, want %q", got, tt.want)
			}
			for id, code := range tt.why {
				if r := why(p, id); r.Code != code {
					t.Errorf("%s: reason %q, want %q", id, r.Code, code)
				}
			}
			if len(p.Omissions) != len(tt.why) || t.Failed() {
				t.Errorf("plan is\n%s", p.Text())
			}
		})
	}
}

// since leaves out what was promised before an instant.
func since(p scheduler.Plan, from time.Time) scheduler.Plan {
	p.Omissions = slices.DeleteFunc(p.Omissions, func(om scheduler.Omission) bool { return om.Occurrence.Nominal.Before(from) })
	return p
}

// TestRecurrenceInLocalCivilTime keeps 05:30 on both sides of the change
// (libretime#3236), and an item that comes twice airs once.
func TestRecurrenceInLocalCivilTime(t *testing.T) {
	b := book()
	b.Village.Zone, b.Village.Allowed = "Europe/Berlin", nil
	b.Slots = append(b.Slots, scheduler.Slot{Owned: scheduler.Owned{ID: "dem"}, Start: 2*60 + 30, Length: 10 * time.Minute})
	tell(&b, "a", time.Minute)
	when(&b, "a", daily("sang", "dem"))
	p := plan(t, at(t, "2026-10-24 12:00", "Europe/Berlin"), 2*day, b)
	var got []string
	for _, o := range p.Occurrences {
		if o.Kind == scheduler.Notice {
			got = append(got, o.Nominal.Format("01-02 15:04Z"))
		}
	}
	if want := []string{"10-25 00:30Z", "10-25 04:30Z", "10-26 01:30Z", "10-26 04:30Z"}; !slices.Equal(got, want) {
		t.Errorf("instants %q, want %q", got, want)
	}
}
