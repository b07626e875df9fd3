package web

import (
	"context"
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
}

func newDueMeter(s *Server) *dueMeter {
	return &dueMeter{
		log: s.cfg.AsRun, village: s.cfg.Village,
		worry: &worry{log: s.cfg.Logger, bad: "the plan cannot be read for the metrics", good: "the plan is read again"},
		next: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "loalang_next_due_timestamp_seconds", Help: "When the plan has something due next, in the 24 hours ahead; 0: nothing.",
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
	m.next.Set(nextDue(plan, now))
}

// nextDue is the Unix time of the first occurrence that is not over; 0: none.
func nextDue(plan scheduler.Plan, now time.Time) float64 {
	var next time.Time
	for _, o := range plan.Occurrences {
		if o.Due.After(now) && o.Due.Before(now.Add(dueReach)) && (next.IsZero() || o.Due.Before(next)) {
			next = o.Due
		}
	}
	if next.IsZero() {
		return 0
	}
	return float64(next.UnixMilli()) / 1000
}
