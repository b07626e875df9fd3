package scheduler_test

import (
	"fmt"
	"testing"
	"time"

	"loalang/scheduler"
)

// busy is a village with 200 announcements: most in slots from day to day, the
// rest at exact instants of the week.
func busy(b *testing.B) (scheduler.Book, time.Time) {
	b.Helper()
	now := at(b, "2026-11-23 04:00")
	bk := book()
	for i := range 200 {
		id := fmt.Sprintf("tin%03d", i)
		tell(&bk, id, 25*time.Second)
		s := daily("sang", "chieu")
		if i%4 == 0 {
			s = once(now.Add(time.Duration(i) * 50 * time.Minute))
		}
		when(&bk, id, s).Created = now.Add(-30*day + time.Duration(i)*time.Minute)
	}
	return bk, now
}

// BenchmarkBuildPlan plans 200 announcements for seven days.
func BenchmarkBuildPlan(b *testing.B) {
	bk, now := busy(b)
	b.ReportAllocs()
	var p scheduler.Plan
	for b.Loop() {
		var err error
		if p, err = scheduler.BuildPlan(now, 7*day, bk); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(p.Occurrences)), "occurrences")
	b.ReportMetric(float64(len(p.Omissions)), "omissions")
}

// BenchmarkBuildQuietPlan plans a village with three announcements.
func BenchmarkBuildQuietPlan(b *testing.B) {
	bk := book()
	now := at(b, "2026-11-23 04:00")
	for _, id := range []string{"a", "b", "c"} {
		tell(&bk, id, time.Minute)
		when(&bk, id, daily("sang", "chieu")).Created = now.Add(-30 * day)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := scheduler.BuildPlan(now, 7*day, bk); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPlanText prints a week of a busy village.
func BenchmarkPlanText(b *testing.B) {
	bk, now := busy(b)
	p, err := scheduler.BuildPlan(now, 7*day, bk)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if p.Text() == "" {
			b.Fatal("no text")
		}
	}
}

// BenchmarkBuildYearOfRules plans 100 announcements that recur, by all kinds of
// rules, for a year.
func BenchmarkBuildYearOfRules(b *testing.B) {
	bk := book()
	now := at(b, "2026-11-23 04:00")
	rules := []struct {
		rule  string
		slots []string
	}{
		{halfMoon, []string{"chieu"}},
		{halfMoon + ";OFFSET=-2", nil},
		{"DTSTART;VALUE=DATE:20200101\nRRULE:FREQ=DAILY;INTERVAL=5", []string{"sang"}},
		{"DTSTART:20200101T180000\nRRULE:FREQ=WEEKLY;BYDAY=MO,TH", nil},
		{"DTSTART:20200101T190000\nRRULE:RSCALE=VIETNAMESE;FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=-1", nil},
	}
	for i := range 100 {
		id, r := fmt.Sprintf("tin%03d", i), rules[i%len(rules)]
		tell(&bk, id, 25*time.Second)
		when(&bk, id, byRule(b, r.rule, r.slots...))
	}
	b.ReportAllocs()
	var p scheduler.Plan
	for b.Loop() {
		var err error
		if p, err = scheduler.BuildPlan(now, 366*day, bk); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(p.Occurrences)), "occurrences")
	b.ReportMetric(float64(len(p.Omissions)), "omissions")
}

// BenchmarkBuildRulesChangedToday plans rules in slots that were all changed during a
// broadcast, on a board whose as-run of years was handed over with the book.
func BenchmarkBuildRulesChangedToday(b *testing.B) {
	bk := book()
	now := at(b, "2026-11-23 17:35")
	for i := range 50 {
		id := fmt.Sprintf("tin%03d", i)
		tell(&bk, id, 25*time.Second)
		s := when(&bk, id, byRule(b, "DTSTART;VALUE=DATE:20200101\nRRULE:FREQ=DAILY", "sang", "chieu"))
		s.Since = now
		for d := range 400 {
			due := now.Add(-time.Duration(d+2) * day)
			bk.Past = append(bk.Past, scheduler.Past{
				Occurrence: s.ID + ":un-ta:" + due.Format("2006-01-02") + "T17:30:1", Schedule: s.ID, Slot: "chieu", Due: due, Nominal: due, End: due.Add(time.Minute), Over: true,
			})
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := scheduler.BuildPlan(now, 7*day, bk); err != nil {
			b.Fatal(err)
		}
	}
}
