package web

import (
	"context"
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"loalang/scheduler"
)

// dueReach is how far ahead the metrics look for what is due next.
const dueReach = 24 * time.Hour

// dueMeter tells when something is due next, for whoever would restart the program when
// nothing is.
type dueMeter struct {
	log     Log
	village string
	worry   *worry
	next    prometheus.Gauge
	wait    prometheus.Gauge
}

func newDueMeter(s *Server) *dueMeter {
	return &dueMeter{
		log: s.cfg.AsRun, village: s.cfg.Village,
		worry: &worry{log: s.cfg.Logger, bad: "the plan cannot be read for the metrics", good: "the plan is read again"},
		next: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "loalang_next_due_timestamp_seconds", Help: "When the plan has something due next, in the 24 hours ahead; 0: nothing.",
		}),
		wait: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "loalang_next_due_in_seconds", Help: "For how long nothing is due, by the board's own time, which may be another than the system's; +Inf: for 24 hours.",
		}),
	}
}

// read looks into the published plan.
func (m *dueMeter) read(ctx context.Context, now time.Time) {
	var plan scheduler.Plan
	m.worry.about(bounded(ctx, metricsPatience, func(ctx context.Context) (func(), error) {
		found, err := m.log.Published(ctx, m.village)
		return func() { plan = found }, err
	}))
	next := nextDue(plan, now)
	if next.IsZero() {
		m.next.Set(0)
		m.wait.Set(math.Inf(1))
		return
	}
	m.next.Set(float64(next.UnixMilli()) / 1000)
	m.wait.Set(next.Sub(now).Seconds())
}

// nextDue is when the first occurrence that has not begun is due, within dueReach; zero: none is.
func nextDue(plan scheduler.Plan, now time.Time) (next time.Time) {
	for _, o := range plan.Occurrences {
		if o.Due.After(now) && o.Due.Before(now.Add(dueReach)) && (next.IsZero() || o.Due.Before(next)) {
			next = o.Due
		}
	}
	return next
}
