package scheduler_test

import (
	"fmt"
	"testing"
	"time"

	"loalang/scheduler"
)

// crowd is a village of ten slots a day: each announcement airs in two of them, on
// every day, and fifty have exact instants of the week.
func crowd(b testing.TB, announcements int) (scheduler.Book, time.Time) {
	now := at(b, "2026-11-23 04:00")
	bk := book()
	bk.Slots = nil
	for i := range 10 {
		bk.Slots = append(bk.Slots, scheduler.Slot{Owned: scheduler.Owned{ID: fmt.Sprintf("buoi%d", i), Village: bk.Village.Key}, Name: "Buổi", Start: scheduler.TimeOfDay(5*60 + i*90), Length: time.Hour})
	}
	for i := range announcements {
		id := fmt.Sprintf("tin%04d", i)
		tell(&bk, id, 9*time.Second)
		s := daily(bk.Slots[i%10].ID, bk.Slots[(i+5)%10].ID)
		if i%20 == 0 {
			s = once(now.Add(time.Duration(i) * 9 * time.Minute))
		}
		when(&bk, id, s).Created = now.Add(-30*day + time.Duration(i)*time.Minute)
	}
	return bk, now
}

// BenchmarkBuildPlanWeek plans a week of 1,000 announcements and ten slots a day;
// the target is 50 ms.
func BenchmarkBuildPlanWeek(b *testing.B) { benchmarkPlan(b, 1000, 7*day) }

// BenchmarkBuildPlanYear plans a year of 100 announcements and ten slots a day; the
// target is 300 ms.
func BenchmarkBuildPlanYear(b *testing.B) { benchmarkPlan(b, 100, 365*day) }

// BenchmarkBuildPlanMonth plans four weeks of what BenchmarkBuildPlanWeek plans
// one: four times its time and memory is linear.
func BenchmarkBuildPlanMonth(b *testing.B) { benchmarkPlan(b, 1000, 28*day) }

func benchmarkPlan(b *testing.B, announcements int, horizon time.Duration) {
	bk, now := crowd(b, announcements)
	benchmarkBook(b, bk, now, horizon)
}

// benchmarkBook plans a book, and says how large the plan is.
func benchmarkBook(b *testing.B, bk scheduler.Book, now time.Time, horizon time.Duration) {
	b.ReportAllocs()
	var p scheduler.Plan
	for b.Loop() {
		var err error
		if p, err = scheduler.BuildPlan(now, horizon, bk); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(p.Occurrences)), "occurrences")
	b.ReportMetric(float64(len(p.Omissions)), "omissions")
}
