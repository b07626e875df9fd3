package scheduler_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"loalang/scheduler"
)

// drilled is a drill of a village, by a rule or at one civil time.
func drilled(t *testing.T, b *scheduler.Book, silent bool, when string) *scheduler.Drill {
	t.Helper()
	made := at(t, "2026-11-01 00:00")
	d := scheduler.Drill{
		Owned: scheduler.Owned{ID: "thu", Village: b.Village.Key, Created: made}, Title: "Thử loa khẩn cấp", Silent: silent,
		Before: "Sau đây là thử loa khẩn cấp.", After: "Đã thử xong.", Siren: 10 * time.Second,
	}
	if strings.Contains(when, "RRULE") {
		var err error
		if d, err = d.WithRule(when, made, made.Location()); err != nil {
			t.Fatal(err)
		}
	} else {
		d.At = at(t, when)
	}
	b.Drills = append(b.Drills, d)
	return &b.Drills[len(b.Drills)-1]
}

func drillsIn(p scheduler.Plan) (all []scheduler.Occurrence) {
	for _, o := range p.Occurrences {
		if o.Kind == scheduler.DrillKind {
			all = append(all, o)
		}
	}
	return all
}

func TestDrillByRule(t *testing.T) {
	b := book()
	drilled(t, &b, false, "DTSTART:20261101T090000\nRRULE:FREQ=MONTHLY;BYDAY=1WE")
	p := plan(t, at(t, "2026-11-23 00:00"), 20*day, b)
	got := drillsIn(p)
	if len(got) != 1 || got[0].ID != "thu:un-ta:2026-12-02T09:00:00:drill" || !got[0].Due.Equal(at(t, "2026-12-02 09:00")) {
		t.Fatalf("drills = %+v", got)
	}
	if turn := got[0].Drill; turn == nil || turn.Silent || turn.Siren != 10*time.Second || got[0].Class != scheduler.ClassNormal {
		t.Errorf("turn = %+v of class %s", turn, got[0].Class)
	}
}

func TestDrillKeepsTheHoursOfThePlace(t *testing.T) {
	for _, silent := range []bool{true, false} {
		b := book()
		drilled(t, &b, silent, "2026-11-24 23:30")
		p := plan(t, at(t, "2026-11-23 00:00"), 3*day, b)
		if got := len(drillsIn(p)); silent != (got == 1) {
			t.Errorf("silent %v: %d drills at night", silent, got)
		}
		if r := why(p, "thu:un-ta:2026-11-24T23:30:00:drill"); !silent && r.Code != scheduler.ReasonOutsideHours {
			t.Errorf("left out for %q", r.Code)
		}
	}
}

// TestDrillDisplacesNothing: every notice is where it is without the drill, and
// the drill waits for it.
func TestDrillDisplacesNothing(t *testing.T) {
	for _, silent := range []bool{true, false} {
		b := book()
		tell(&b, "a", 2*time.Minute)
		when(&b, "a", once(at(t, "2026-11-24 09:00")))
		tell(&b, "b", 2*time.Minute)
		when(&b, "b", once(at(t, "2026-11-24 09:02")))
		before := plan(t, at(t, "2026-11-23 00:00"), 3*day, b)
		drilled(t, &b, silent, "2026-11-24 09:00")
		after := plan(t, at(t, "2026-11-23 00:00"), 3*day, b)
		got := drillsIn(after)
		if len(got) != 1 || got[0].Due.Before(at(t, "2026-11-24 09:04")) || len(got[0].Reasons) != 1 || got[0].Reasons[0].Code != scheduler.ReasonDelayed {
			t.Fatalf("silent %v: drill = %+v", silent, got)
		}
		rest := slices.DeleteFunc(slices.Clone(after.Occurrences), func(o scheduler.Occurrence) bool { return o.Kind == scheduler.DrillKind })
		for i, o := range before.Occurrences {
			if rest[i].ID != o.ID || !rest[i].Due.Equal(o.Due) {
				t.Errorf("%s moved from %s to %s", o.ID, o.Due, rest[i].Due)
			}
		}
	}
}

func TestDrillFindsNoRoom(t *testing.T) {
	b := book()
	tell(&b, "a", 40*time.Minute)
	when(&b, "a", once(at(t, "2026-11-24 08:59")))
	drilled(t, &b, false, "2026-11-24 09:00")
	p := plan(t, at(t, "2026-11-23 00:00"), 3*day, b)
	if r := why(p, "thu:un-ta:2026-11-24T09:00:00:drill"); r.Code != scheduler.ReasonOverlap || r.Occurrence == "" {
		t.Errorf("left out for %+v, want what holds the output", r)
	}
}

func TestDrillMissed(t *testing.T) {
	b := book()
	drilled(t, &b, true, "2026-11-24 09:00")
	late := plan(t, at(t, "2026-11-24 09:20"), 3*day, b)
	if got := drillsIn(late); len(got) != 1 || got[0].Reasons[0].Code != scheduler.ReasonLate {
		t.Errorf("20 minutes late: %+v", got)
	}
	p := plan(t, at(t, "2026-11-24 10:00"), 3*day, b)
	if r := why(p, "thu:un-ta:2026-11-24T09:00:00:drill"); r.Code != scheduler.ReasonTooLate {
		t.Errorf("an hour late: %+v", r)
	}
	b.Past = []scheduler.Past{{Occurrence: "thu:un-ta:2026-11-24T09:00:00:drill", Due: at(t, "2026-11-24 09:00"), End: at(t, "2026-11-24 09:01")}}
	if p := plan(t, at(t, "2026-11-24 09:20"), 3*day, b); len(drillsIn(p)) != 0 {
		t.Error("a drill that ran runs again")
	}
}

func TestDrillValidate(t *testing.T) {
	now := at(t, "2026-11-23 08:00")
	fine := func() scheduler.Drill {
		b := book()
		return *drilled(t, &b, false, "2026-11-24 09:00")
	}
	for name, c := range map[string]struct {
		change func(d *scheduler.Drill)
		field  string
		code   string
	}{
		"OK":              {func(*scheduler.Drill) {}, "", ""},
		"no words before": {func(d *scheduler.Drill) { d.Before = "" }, "before", scheduler.FaultRequired},
		"silent at night": {func(d *scheduler.Drill) { d.Silent, d.Before, d.At = true, "", at(t, "2026-11-24 23:00") }, "", ""},
		"at night":        {func(d *scheduler.Drill) { d.At = at(t, "2026-11-24 23:00") }, "at", scheduler.FaultHours},
		"in the past":     {func(d *scheduler.Drill) { d.At = at(t, "2026-11-22 09:00") }, "at", scheduler.FaultPast},
		"never":           {func(d *scheduler.Drill) { d.At = time.Time{} }, "rule", scheduler.FaultRequired},
		"both":            {func(d *scheduler.Drill) { d.Rule = "DTSTART:20261101T090000\nRRULE:FREQ=DAILY" }, "rule", scheduler.FaultEither},
		"half a siren":    {func(d *scheduler.Drill) { d.Siren = 5 * time.Second }, "siren", scheduler.FaultRange},
		"a long siren":    {func(d *scheduler.Drill) { d.Siren = 2 * time.Minute }, "siren", scheduler.FaultRange},
		"no title":        {func(d *scheduler.Drill) { d.Title = "" }, "title", scheduler.FaultRequired},
		"foreign words":   {func(d *scheduler.Drill) { d.Languages = []string{"de"} }, "languages", scheduler.FaultUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			d := fine()
			c.change(&d)
			var faults scheduler.Invalid
			err := d.Validate(now, unTa())
			errors.As(err, &faults)
			switch {
			case c.field == "" && err != nil:
				t.Errorf("refused: %v", err)
			case c.field != "" && (len(faults) != 1 || faults[0].Field != c.field || faults[0].Code != c.code):
				t.Errorf("faults = %+v", faults)
			}
		})
	}
}

func TestDrillNext(t *testing.T) {
	b := book()
	d := drilled(t, &b, false, "DTSTART:20261101T090000\nRRULE:FREQ=MONTHLY;INTERVAL=3;BYDAY=1WE")
	loc := at(t, "2026-11-23 00:00").Location()
	if got := d.Next(at(t, "2026-11-23 00:00"), loc); !got.Equal(at(t, "2027-02-03 09:00")) {
		t.Errorf("next = %s", got)
	}
	d.Rule, d.At = "", at(t, "2026-11-22 09:00")
	if got := d.Next(at(t, "2026-11-23 00:00"), loc); !got.IsZero() {
		t.Errorf("next of what is over = %s", got)
	}
}
