package web

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"loalang/playout"
	"loalang/report"
)

// drillMeters are the metrics of drills. Those of a program that has just started
// still tell of the drill of last month.
type drillMeters struct {
	runs    Drills // nil: none
	village string
	worry   *worry
	trials  *prometheus.CounterVec
	passed  prometheus.Gauge
	failing prometheus.Gauge
}

func newDrillMeters(s *Server) *drillMeters {
	m := &drillMeters{
		runs: s.cfg.Drills, village: s.cfg.Village,
		worry: &worry{log: s.cfg.Logger, bad: "the drills cannot be read for the metrics", good: "the drills are read again"},
		trials: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "loalang_drills_total", Help: "Drills of the emergency path due since the program started, by what they found.",
		}, []string{"result"}),
		passed: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "loalang_drill_last_passed_timestamp_seconds", Help: "When the last drill that passed was due; 0: none of the latest has.",
		}),
		failing: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "loalang_drill_failing", Help: "How many drills have failed one after the other until now; 0 when the last one passed.",
		}),
	}
	for _, t := range []report.Trial{report.Passed, report.Failed, report.Broken, report.NotHeld} {
		m.trials.WithLabelValues(string(t)) // from 0 on, so that the first one shows as a rise
	}
	return m
}

func (m *drillMeters) collectors() []prometheus.Collector {
	return []prometheus.Collector{m.trials, m.passed, m.failing}
}

// count takes in a drill that got its outcome.
func (m *drillMeters) count(row playout.AsRun) {
	m.trials.WithLabelValues(string(trialOf(row))).Inc()
}

func trialOf(row playout.AsRun) report.Trial {
	return report.Row{Outcome: string(row.Outcome), Cause: row.Cause}.Trial()
}

// read looks at the latest drills; while they cannot be read, the last figures
// stand.
func (m *drillMeters) read(ctx context.Context, now time.Time) {
	if m.runs == nil {
		return
	}
	var runs []playout.AsRun
	err := bounded(ctx, metricsPatience, func(ctx context.Context) (func(), error) {
		found, err := m.runs.DrillRuns(ctx, m.village, now.Add(time.Minute), drillRunsShown)
		return func() { runs = found }, err
	})
	if m.worry.about(err); err != nil {
		return
	}
	failing, passed := 0, time.Time{}
	for _, r := range runs { // the latest first
		switch trialOf(r) {
		case report.Passed:
			passed = r.Due
		case report.Failed:
			failing++
		}
		if !passed.IsZero() {
			break
		}
	}
	m.failing.Set(float64(failing))
	m.passed.Set(0)
	if !passed.IsZero() {
		m.passed.Set(float64(passed.Unix()))
	}
}
