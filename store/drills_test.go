package store_test

import (
	"context"
	"testing"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

func drill() scheduler.Drill {
	return scheduler.Drill{
		Owned: scheduler.Owned{ID: newID(), Village: unTa}, Title: "Thử loa khẩn cấp", Silent: true, Key: true,
		Rule: "DTSTART:20261101T090000\nRRULE:FREQ=MONTHLY;BYDAY=1WE", Since: day0, Before: "Sau đây là thử loa.", After: "Đã thử xong.",
		Siren: 20 * time.Second, Languages: []string{"vi"}, By: "lan",
	}
}

func TestDrillsAreKept(t *testing.T) {
	s := fresh(t)
	seed(t, s)
	ctx := context.Background()
	d := drill()
	check(t, s.SaveDrill(ctx, d), nil)
	got, err := s.Drill(ctx, d.ID)
	check(t, err, nil)
	d.Owned = got.Owned
	same(t, "drill", got, d)
	b, err := s.Book(ctx, unTa, day0)
	check(t, err, nil)
	same(t, "drills of the book", b.Drills, []scheduler.Drill{got})

	got.Silent = false
	check(t, s.SaveDrill(ctx, got), nil)
	check(t, s.SaveDrill(ctx, got), scheduler.ErrRevision)
	got.Revision++
	got.Deleted = day0
	check(t, s.SaveDrill(ctx, got), nil)
	if list, err := s.Drills(ctx, unTa); err != nil || len(list) != 0 {
		t.Errorf("a removed drill is still there: %v, %v", list, err)
	}
}

func TestDrillOfOnceLeavesTheBook(t *testing.T) {
	s := fresh(t)
	seed(t, s)
	ctx := context.Background()
	d := drill()
	d.Rule, d.Since, d.At = "", time.Time{}, day0.Add(time.Hour)
	check(t, s.SaveDrill(ctx, d), nil)
	for after, want := range map[time.Duration]int{0: 1, 24 * time.Hour: 1, 72 * time.Hour: 0} {
		b, err := s.Book(ctx, unTa, day0.Add(after))
		check(t, err, nil)
		if len(b.Drills) != want {
			t.Errorf("%d drills %s later, want %d", len(b.Drills), after, want)
		}
	}
}

func TestDrillRuns(t *testing.T) {
	s := fresh(t)
	seed(t, s)
	ctx := context.Background()
	result := &playout.DrillResult{Silent: true, Steps: []playout.DrillStep{
		{Code: playout.StepWords, Language: "vi", OK: true, Took: time.Second},
		{Code: playout.StepLevel, OK: true, Level: -13.5},
		{Code: playout.StepSiren, Fault: playout.DrillRefused},
		{Code: playout.StepAmplifier, Fault: playout.TroubleAmplifier, Zone: "cho, suoi"},
	}}
	for i, kind := range []scheduler.OccurrenceKind{scheduler.DrillKind, scheduler.Notice, scheduler.DrillKind} {
		row := playout.AsRun{
			Owned: scheduler.Owned{ID: newID(), Village: unTa}, Occurrence: newID(), Kind: kind, Due: day0.Add(time.Duration(i) * time.Hour),
			Outcome: playout.Missed, Cause: playout.CauseDrill, Heard: playout.NotMeasured,
		}
		if kind == scheduler.DrillKind {
			row.Drill = result
		}
		check(t, s.Record(ctx, row), nil)
	}
	list, err := s.DrillRuns(ctx, unTa, day0.Add(24*time.Hour), 10)
	check(t, err, nil)
	if len(list) != 2 || !list[0].Due.After(list[1].Due) {
		t.Fatalf("runs = %+v", list)
	}
	same(t, "result", list[0].Drill, result)
}

func TestPlanKeepsDrills(t *testing.T) {
	s := fresh(t)
	seed(t, s)
	ctx := context.Background()
	p := scheduler.Plan{Village: unTa, Zone: "Asia/Ho_Chi_Minh", Made: day0, From: day0, To: day0.Add(time.Hour), Occurrences: []scheduler.Occurrence{{
		ID: "d", Kind: scheduler.DrillKind, Village: unTa, Schedule: "x", Nominal: day0, Due: day0, Length: time.Minute,
		Drill: &scheduler.DrillTurn{Silent: true, Key: true, Before: "a b", After: "c", Siren: 10 * time.Second, Languages: []string{"vi"}, By: "lan", Chime: "gong"},
	}}}
	check(t, s.Publish(ctx, p), nil)
	got, err := s.Published(ctx, unTa)
	check(t, err, nil)
	same(t, "plan", got, p)
}
