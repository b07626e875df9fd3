package store_test

import (
	"testing"
	"time"

	"loalang/playout"
	"loalang/recordings"
	"loalang/scheduler"
)

func TestRetention(t *testing.T) {
	s, ctx := shelfOf(t)
	r, err := s.Retention(ctx)
	check(t, err, nil)
	same(t, "usual", r, recordings.UsualRetention())
	mine := recordings.Retention{PreviewDays: 5, TakeDays: 30}
	check(t, s.SaveRetention(ctx, mine, "Hoa"), nil)
	check(t, s.SaveRetention(ctx, recordings.Retention{}, "Hoa"), recordings.ErrRetention)
	r, err = s.Retention(ctx)
	check(t, err, nil)
	same(t, "kept", r, mine)
}

// What is used, planned, or aired of late is never expendable.
func TestExpendable(t *testing.T) {
	s, ctx := shelfOf(t)
	later := day0.AddDate(1, 0, 0)
	expendable := func(x recordings.Surplus) (ids []string) {
		t.Helper()
		list, err := s.Expendable(ctx, x, later)
		check(t, err, nil)
		for _, r := range list {
			ids = append(ids, r.ID)
		}
		return ids
	}
	all := recordings.Surplus{Previews: later, Takes: later}
	same(t, "unused", expendable(all), []string{"preview", "flute"})
	same(t, "previews alone", expendable(recordings.Surplus{Previews: later, Takes: day0}), []string{"preview"})
	same(t, "none so old", expendable(recordings.Surplus{Previews: day0, Takes: day0}), []string(nil))

	run := played("o", later.Add(-time.Hour))
	run.Airings[0].Recording, run.Airings[0].Started = "flute", later.Add(-recordings.ReplayTime+time.Minute)
	check(t, s.Record(ctx, run), nil)
	same(t, "aired of late", expendable(all), []string{"preview"})
	check(t, s.Publish(ctx, scheduler.Plan{Village: unTa, From: later, To: later.Add(time.Hour), Occurrences: []scheduler.Occurrence{{
		ID: "p", Due: later, Parts: []scheduler.Part{{Recording: "preview", Length: time.Second}},
	}}}), nil)
	same(t, "planned", expendable(all), []string(nil))
}

func TestPruneLog(t *testing.T) {
	s, ctx := shelfOf(t)
	open := claimed("open", day0)
	for _, r := range []playout.AsRun{played("old", day0), played("young", day0.AddDate(5, 0, 0))} {
		check(t, s.Record(ctx, r), nil)
	}
	check(t, s.Claim(ctx, open), nil)
	n, err := s.PruneLog(ctx, day0.AddDate(1, 0, 0))
	check(t, err, nil)
	same(t, "pruned", n, 1)
	rows, err := s.AsRuns(ctx, unTa, day0.AddDate(-1, 0, 0), day0.AddDate(9, 0, 0))
	check(t, err, nil)
	same(t, "left", len(rows), 2)
}
