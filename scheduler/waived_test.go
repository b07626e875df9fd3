package scheduler_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"loalang/scheduler"
)

// What somebody said is not to be told in a language is missing nowhere: nothing
// stands for it, nothing waits for it, no coverage lacks it.
func TestWaivedLanguageIsNotMissing(t *testing.T) {
	for _, rule := range scheduler.MissingRules() {
		b, _ := waiting(t)
		b.Village.Missing = rule
		waived, err := b.Renditions[1].Waive()
		if err != nil || waived.State != scheduler.Missing || !waived.Waived || waived.Lacking() {
			t.Fatalf("%v, %+v", err, waived)
		}
		b.Renditions[1] = waived
		o := find(plan(t, at(t, "2026-11-23 12:00"), day, b), slotID("2026-11-23 17:00"))
		if o == nil || len(o.Missing) != 0 || len(o.Reasons) != 0 || o.Parts[1].Language != "vi" || len(o.Parts[1].For) != 0 {
			t.Errorf("%s: %+v", rule, o)
		}
	}
}

// A language is wanted again as soon as anybody does anything for it.
func TestWaivedIsWantedAgain(t *testing.T) {
	waived, err := scheduler.Rendition{Language: "pcc", State: scheduler.Assigned, Assignment: scheduler.Assignment{Reader: "Mỷ"}}.Waive()
	if err != nil || waived.Assignment.Reader != "" {
		t.Fatalf("%v, %+v", err, waived)
	}
	for name, do := range map[string]func() (scheduler.Rendition, error){
		"asked":    func() (scheduler.Rendition, error) { return waived.Assign(scheduler.Assignment{Reader: "Mỷ"}) },
		"recorded": func() (scheduler.Rendition, error) { return waived.Take("rec", "", "w") },
		"spoken":   func() (scheduler.Rendition, error) { return waived.Speak("", "chữ", "") },
		"wanted":   waived.Clear,
	} {
		if r, err := do(); err != nil || r.Waived {
			t.Errorf("%s: %v, %+v", name, err, r)
		}
	}
	if r := waived.Retell("a", "b", func(string) string { return "" }); !r.Waived || r.State != scheduler.Missing {
		t.Errorf("another text: %+v", r)
	}
	if _, err := waived.Unassign(); !errors.Is(err, scheduler.ErrTransition) {
		t.Errorf("nobody is asked: %v", err)
	}
}

// coverAt is the coverage of one notice, and when it airs next.
func coverAt(t *testing.T, b scheduler.Book, a scheduler.Announcement, from, to time.Time, ss ...scheduler.Schedule) scheduler.Coverage {
	t.Helper()
	c, err := scheduler.Cover(b.Village, []scheduler.Dossier{{Announcement: a, Schedules: ss}}, b.Slots, from, to)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Who is asked to record is told by when: a slot before the validity, or before
// the schedule's first day, is not the next airing, however far ahead that is.
func TestNextAiringIsWithinValidityAndSchedule(t *testing.T) {
	now, b := at(t, "2026-11-23 12:00"), book()
	for name, tt := range map[string]struct {
		a    scheduler.Announcement
		s    scheduler.Schedule
		want string
	}{
		"valid at once":            {scheduler.Announcement{}, daily("chieu"), "2026-11-23 17:00"},
		"valid in three days":      {scheduler.Announcement{ValidFrom: at(t, "2026-11-26 00:00")}, daily("chieu"), "2026-11-26 17:00"},
		"valid from inside a slot": {scheduler.Announcement{ValidFrom: at(t, "2026-11-23 17:10")}, daily("chieu"), "2026-11-23 17:00"},
		"valid in two months":      {scheduler.Announcement{ValidFrom: at(t, "2027-01-23 18:30")}, daily("sang"), "2027-01-24 05:30"},
		"scheduled in a month":     {scheduler.Announcement{}, scheduler.Schedule{Kind: scheduler.Slots, Slots: []string{"sang"}, From: scheduler.Date{Year: 2026, Month: 12, Day: 24}}, "2026-12-24 05:30"},
		"once before its validity": {scheduler.Announcement{ValidFrom: at(t, "2026-11-26 00:00")}, once(at(t, "2026-11-25 08:00")), ""},
		"over before it airs":      {scheduler.Announcement{ValidUntil: at(t, "2026-11-23 16:00")}, daily("chieu"), ""},
	} {
		var want time.Time
		if tt.want != "" {
			want = at(t, tt.want)
		}
		if got := coverAt(t, b, tt.a, now, time.Time{}, tt.s).Rows[0].Next; !got.Equal(want) {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// What was due yesterday, and might still air late after midnight, is not of
// today's coverage.
func TestCoverageOfADayBeginsAtMidnight(t *testing.T) {
	b := book()
	late := once(at(t, "2026-11-24 23:58"))
	late.Misfire = scheduler.Misfire{Policy: scheduler.PlayLate, Grace: time.Hour}
	from, to := scheduler.DayOf(at(t, "2026-11-25 12:00"), at(t, "2026-11-23 12:00").Location())
	if c := coverAt(t, b, scheduler.Announcement{}, from, to, late); len(c.Rows) != 0 {
		t.Errorf("%+v", c.Rows)
	}
	if c := coverAt(t, b, scheduler.Announcement{}, from, to, late, daily("sang")); len(c.Rows) != 1 || !c.Rows[0].Next.Equal(at(t, "2026-11-25 05:30")) {
		t.Errorf("with a slot as well: %+v", c.Rows)
	}
}

// A person may be asked for the Vietnamese of a village that does not list it.
func TestCoverageKnowsTheVietnameseThatStands(t *testing.T) {
	b := book()
	b.Village.Languages = []string{"pcc"}
	d := scheduler.Dossier{Renditions: []scheduler.Rendition{
		{Language: "pcc", State: scheduler.Missing}, {Language: "vi", State: scheduler.Assigned}, {Language: "en", State: scheduler.Assigned},
	}}
	c, err := scheduler.Cover(b.Village, []scheduler.Dossier{d}, b.Slots, at(t, "2026-11-23 12:00"), time.Time{})
	if err != nil || len(c.Rows[0].Cells) != 1 {
		t.Fatalf("%v, %+v", err, c)
	}
	if asked := c.Rows[0].Asked(); len(asked) != 1 || asked[0].Language != "vi" {
		t.Errorf("asked: %+v", asked)
	}
}

// A notice does not wait for a slot in which it is over before it has been told:
// nobody would hear it at all.
func TestWaitLeavesTimeToBeTold(t *testing.T) {
	b, _ := waiting(t)
	b.Announcements[0].ValidUntil = at(t, "2026-11-24 05:30:20")
	p := plan(t, at(t, "2026-11-23 12:00"), 3*day, b)
	if o := find(p, slotID("2026-11-23 17:00")); o == nil || !slices.Equal(o.Missing, []string{"pcc"}) {
		t.Errorf("the last slot with time for it: %+v, %+v", o, why(p, slotID("2026-11-23 17:00")))
	}
}

// Nor for a slot in which the village allows no sound.
func TestWaitIsNotForAForbiddenSlot(t *testing.T) {
	b, s := waiting(t)
	b.Village.Allowed = []scheduler.Window{{From: 16 * 60, To: 20 * 60}} // the morning's slot is before
	s.Until = scheduler.Date{Year: 2026, Month: 11, Day: 25}
	s.Slots = []string{"chieu"}
	tomorrow := at(t, "2026-11-24 17:00")
	p := plan(t, at(t, "2026-11-23 12:00"), 3*day, b)
	if got := why(p, slotID("2026-11-23 17:00")); got.Code != scheduler.ReasonWaits || !got.Until.Equal(tomorrow) {
		t.Errorf("for tomorrow: %+v", got)
	}
	s.Slots = []string{"sang", "chieu"}
	s.Until = scheduler.Date{Year: 2026, Month: 11, Day: 24}
	p = plan(t, at(t, "2026-11-23 12:00"), 3*day, b)
	if got := why(p, slotID("2026-11-23 17:00")); got.Code != scheduler.ReasonWaits || !got.Until.Equal(tomorrow) {
		t.Errorf("past the forbidden one: %+v", got)
	}
	s.Until = scheduler.Date{Year: 2026, Month: 11, Day: 23}
	s.From = scheduler.Date{Year: 2026, Month: 11, Day: 23}
	p = plan(t, at(t, "2026-11-23 12:00"), 3*day, b)
	if find(p, slotID("2026-11-23 17:00")) == nil {
		t.Errorf("in the last one: %+v", why(p, slotID("2026-11-23 17:00")))
	}
}

// Before an evening that is the last allowed one, a morning that is not allowed is
// nothing to wait for.
func TestWaitEndsBeforeAForbiddenLastSlot(t *testing.T) {
	b, _ := waiting(t)
	b.Village.Allowed = []scheduler.Window{{From: 16 * 60, To: 20 * 60}}
	b.Announcements[0].ValidUntil = at(t, "2026-11-24 12:00") // the morning's is its last slot
	p := plan(t, at(t, "2026-11-23 12:00"), 3*day, b)
	if find(p, slotID("2026-11-23 17:00")) == nil {
		t.Errorf("nobody hears it: %+v", why(p, slotID("2026-11-23 17:00")))
	}
}

// What was waived in the only language that the village lists since is not silenced by
// that: Vietnamese stands for it.
func TestWaivedInEveryLanguageIsHeardAllTheSame(t *testing.T) {
	b, _ := waiting(t)
	b.Village.Missing, b.Village.Languages = scheduler.FallBack, []string{"pcc"}
	waived, err := b.Renditions[1].Waive()
	if err != nil {
		t.Fatal(err)
	}
	b.Renditions[1] = waived
	o := find(plan(t, at(t, "2026-11-23 12:00"), day, b), slotID("2026-11-23 17:00"))
	if o == nil || !slices.Equal(o.Missing, []string{"pcc"}) || o.Parts[1].Language != "vi" {
		t.Errorf("%+v", o)
	}
}

// What had its turn is not the next airing, though its grace or its slot goes on.
func TestNextAiringIsNotOneThatHadItsTurn(t *testing.T) {
	now, b := at(t, "2026-11-23 17:10"), book()
	pressedAt := at(t, "2026-11-23 17:08")
	s, n := daily("chieu"), once(pressedAt)
	s.ID, n.ID, s.Village, n.Village = "buoi", "ngay", "un-ta", "un-ta"
	n.Kind, n.Misfire = scheduler.Now, scheduler.Misfire{Policy: scheduler.PlayLate, Grace: time.Hour}
	d := scheduler.Dossier{Announcement: scheduler.Announcement{Owned: scheduler.Owned{Village: "un-ta"}}, Schedules: []scheduler.Schedule{s, n}}
	next := func() time.Time {
		c, err := scheduler.Cover(b.Village, []scheduler.Dossier{d}, b.Slots, now, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		return c.Rows[0].Next
	}
	if got := next(); !got.Equal(at(t, "2026-11-23 17:00")) {
		t.Errorf("in its slot: %s", got)
	}
	d.Turns = []string{"buoi:un-ta:2026-11-23T17:00:1"}
	if got := next(); !got.Equal(pressedAt) {
		t.Errorf("after its slot: %s", got)
	}
	d.Turns = append(d.Turns, "ngay:un-ta:2026-11-23T17:08:00:1")
	if got := next(); !got.Equal(at(t, "2026-11-24 17:00")) {
		t.Errorf("after both: %s", got)
	}
	if got, err := d.NextStart(b.Village, b.Slots, at(t, "2026-11-24 17:10")); err != nil || !got.Equal(at(t, "2026-11-25 17:00")) {
		t.Errorf("nobody records it within the slot that goes on: %s, %v", got, err)
	}
}
