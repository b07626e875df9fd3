package store_test

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"loalang/scheduler"
	"loalang/store"
)

// planned is a Ledger that tells of each plan that was published.
type planned struct {
	*store.Store
	plans chan scheduler.Plan
}

func (p planned) Publish(ctx context.Context, plan scheduler.Plan) error {
	err := p.Store.Publish(ctx, plan)
	p.plans <- plan
	return err
}

// nowhere is a Stage that nothing sounds on.
type nowhere struct{}

func (nowhere) Play(scheduler.Occurrence)                   {}
func (nowhere) Omit(scheduler.Occurrence, scheduler.Reason) {}

// planning runs a Planner over a store of a thousand announcements.
func planning(b *testing.B) (l planned, p *scheduler.Planner, c *clock, steps chan time.Duration) {
	b.Helper()
	s, c := seeded(b)
	daily := []scheduler.Schedule{{Kind: scheduler.Slots, Slots: []string{"slot-evening", "slot-morning"}}}
	for range 1000 {
		if err := s.SaveAnnouncement(b.Context(), notice(newID()), readyRenditions(), daily); err != nil {
			b.Fatal(err)
		}
	}
	l, steps = planned{s, make(chan scheduler.Plan, 64)}, make(chan time.Duration, 1)
	p = scheduler.NewPlanner(scheduler.PlannerConfig{
		Ledger: l, Stage: nowhere{}, Village: unTa, Now: c.Now, Trusted: func() bool { return true }, Steps: steps, Log: slog.New(slog.DiscardHandler),
	})
	ctx, cancel := context.WithCancel(b.Context())
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	b.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			b.Error(err)
		}
	})
	<-l.plans
	return l, p, c, steps
}

func readyRenditions() []scheduler.Rendition {
	return []scheduler.Rendition{{Language: "vi", State: scheduler.Ready, Recording: "rec-vi", Length: 20 * time.Second}}
}

// until waits for the plan that fits, and says how long that took since began.
func (p planned) until(b *testing.B, began time.Time, fits func(scheduler.Plan) bool) time.Duration {
	b.Helper()
	patience := time.After(30 * time.Second)
	for {
		select {
		case plan := <-p.plans:
			if fits(plan) {
				return time.Since(began)
			}
		case <-patience:
			b.Fatal("no plan came")
		}
	}
}

// report writes the median and the worst of what was measured, in milliseconds.
func report(b *testing.B, all []time.Duration) {
	slices.Sort(all)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.ReportMetric(ms(all[len(all)/2]), "ms/median")
	b.ReportMetric(ms(all[len(all)-1]), "ms/worst")
}

// BenchmarkSaveToPlan is from saving a notice at an exact time, durably, to the
// published plan that has it, in a village of a thousand announcements: with the
// 50 ms in which further edits are waited for.
func BenchmarkSaveToPlan(b *testing.B) {
	l, p, c, _ := planning(b)
	var all []time.Duration
	for b.Loop() {
		id := newID()
		at := c.Now().Add(30*time.Minute + time.Duration(len(all))*time.Minute)
		began := time.Now()
		err := l.SaveAnnouncement(b.Context(), notice(id), readyRenditions(), []scheduler.Schedule{{Kind: scheduler.Once, At: at}})
		if err != nil {
			b.Fatal(err)
		}
		p.Changed()
		all = append(all, l.until(b, began, func(plan scheduler.Plan) bool {
			promised := slices.ContainsFunc(plan.Occurrences, func(o scheduler.Occurrence) bool { return o.Announcement == id })
			return promised || slices.ContainsFunc(plan.Omissions, func(o scheduler.Omission) bool { return o.Occurrence.Announcement == id })
		}))
	}
	report(b, all)
}

// BenchmarkPlanAfterStep is from a step of the clock by an hour or a day, on and
// back, to the plan that was built by the new time.
func BenchmarkPlanAfterStep(b *testing.B) {
	l, _, c, steps := planning(b)
	var all []time.Duration
	turns := []time.Duration{time.Hour, 24 * time.Hour, -24 * time.Hour, -time.Hour}
	for b.Loop() {
		by := turns[len(all)%len(turns)]
		c.now = c.now.Add(by)
		want, began := c.now, time.Now()
		steps <- by
		all = append(all, l.until(b, began, func(plan scheduler.Plan) bool { return plan.Made.Equal(want) }))
	}
	report(b, all)
}
