package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"loalang/playout"
	"loalang/scheduler"
	"loalang/store"
)

// EachAsRun gives the same rows as AsRuns, and those that never got a place by the
// instant for which they were promised, however many pages that takes.
func TestEachAsRunGivesEveryRowOnceInOrder(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	const n = 1203
	var rows []playout.AsRun
	for i := range n {
		a := played(fmt.Sprint(i), day0.Add(time.Duration(i/7)*time.Minute)) // many of one instant
		if i%100 == 3 {
			a.Due = time.Time{}
			a.Outcome, a.Airings = playout.Skipped, nil
		}
		rows = append(rows, a)
	}
	check(t, store.RecordAll(ctx, s, rows), nil)
	gone := claimed("released", day0)
	gone.Deleted = day0
	check(t, s.Record(ctx, gone), nil)
	elsewhere := played("elsewhere", day0)
	elsewhere.Village = "toong-gianh"
	check(t, s.Record(ctx, elsewhere), nil)
	seen := map[string]bool{}
	var last time.Time
	check(t, s.EachAsRun(ctx, unTa, time.Time{}, time.Time{}, func(a playout.AsRun) error {
		at := a.Due
		if at.IsZero() {
			at = a.Nominal
		}
		if seen[a.Occurrence] || at.Before(last) {
			t.Fatalf("%s at %s after %s, seen %v", a.Occurrence, at, last, seen[a.Occurrence])
		}
		if a.Outcome == playout.Played && len(a.Airings) != 2 {
			t.Fatalf("%s has %d airings", a.Occurrence, len(a.Airings))
		}
		seen[a.Occurrence], last = true, at
		return nil
	}), nil)
	if len(seen) != n || seen["released"] || seen["elsewhere"] {
		t.Errorf("%d rows", len(seen))
	}
}

func TestEachAsRunWithin(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	for i := range 3 {
		check(t, s.Record(ctx, played(fmt.Sprint(i), day0.Add(time.Duration(i)*time.Hour))), nil)
	}
	var got []string
	check(t, s.EachAsRun(ctx, unTa, day0.Add(time.Hour), day0.Add(2*time.Hour), func(a playout.AsRun) error {
		got = append(got, a.Occurrence)
		return nil
	}), nil)
	same(t, "rows in [1 h, 2 h)", got, []string{"1"})
	enough := errors.New("enough")
	if err := s.EachAsRun(ctx, unTa, time.Time{}, time.Time{}, func(playout.AsRun) error { return enough }); !errors.Is(err, enough) {
		t.Error(err)
	}
}

// An issuer that is corrected in December does not change what November's report
// says; nor does deleting the announcement.
func TestRowKeepsTopicAndIssuerOfItsTime(t *testing.T) {
	s, now := seeded(t)
	ctx := context.Background()
	a := notice(newID())
	a.Topic, a.Issuer = "hop-thon", "Thôn Ún Tà"
	check(t, s.SaveAnnouncement(ctx, a, renditions(1), nil), nil)
	row := claimed("o", day0)
	row.Announcement, row.Languages = a.ID, []string{"vi", "pcc"}
	check(t, s.Claim(ctx, row), nil)
	d, err := s.Announcement(ctx, a.ID)
	check(t, err, nil)
	edited := d.Announcement
	edited.Topic, edited.Issuer = "dien", "UBND xã Cốc San"
	check(t, s.SaveAnnouncement(ctx, edited, d.Renditions, nil), nil)
	end := played("o", day0)
	end.Announcement, end.Languages, end.Updated = a.ID, row.Languages, now.Now().Add(time.Hour)
	check(t, s.Record(ctx, end), nil)
	got, err := s.AsRun(ctx, "o")
	check(t, err, nil)
	if got.Topic != "hop-thon" || got.Issuer != "Thôn Ún Tà" {
		t.Errorf("topic %q, issuer %q", got.Topic, got.Issuer)
	}
	same(t, "languages", got.Languages, []string{"vi", "pcc"})
	later := claimed("p", day0.Add(time.Hour))
	later.Announcement = a.ID
	check(t, s.Claim(ctx, later), nil)
	got, err = s.AsRun(ctx, "p")
	check(t, err, nil)
	if got.Topic != "dien" || got.Issuer != "UBND xã Cốc San" {
		t.Errorf("a new row: topic %q, issuer %q", got.Topic, got.Issuer)
	}
}

// BenchmarkEachAsRunYear reads a year of 40 occurrences a day with two airings each.
func BenchmarkEachAsRunYear(b *testing.B) {
	s, _ := seeded(b)
	ctx := context.Background()
	var rows []playout.AsRun
	for i := range 365 * 40 {
		a := played(fmt.Sprint(i), day0.Add(time.Duration(i)*36*time.Minute))
		a.Languages = []string{scheduler.Vietnamese, "pcc"}
		rows = append(rows, a)
	}
	check(b, store.RecordAll(ctx, s, rows), nil)
	for b.Loop() {
		n := 0
		if err := s.EachAsRun(ctx, unTa, day0, day0.AddDate(1, 0, 1), func(playout.AsRun) error { n++; return nil }); err != nil || n != 365*40 {
			b.Fatal(n, err)
		}
	}
}
