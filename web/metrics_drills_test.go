package web_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

// A drill that failed was counted as an announcement that was missed.
func TestDrillsAreNoAnnouncementsInTheMetrics(t *testing.T) {
	h := newHouse(t)
	h.fill()
	h.w.runs = nil
	now := h.w.now
	drill := func(id string, due time.Time, o playout.Outcome, cause string) playout.AsRun {
		return playout.AsRun{Occurrence: id, Kind: scheduler.DrillKind, Due: due, Outcome: o, Cause: cause, Airings: []playout.Airing{{Started: due}}}
	}
	h.w.runs = []playout.AsRun{
		drill("one", now, playout.Played, "completed"), drill("two", now, playout.Missed, playout.CauseDrill),
		drill("three", now, playout.Cut, scheduler.ReasonPreempted), drill("four", now, playout.Skipped, scheduler.ReasonOutsideHours),
		{Occurrence: "a", Kind: scheduler.Notice, Due: now, Outcome: playout.Played, Airings: []playout.Airing{{Started: now}}},
	}
	passed := now.Add(-30 * 24 * time.Hour)
	h.w.drillRuns = []playout.AsRun{
		drill("six", now, playout.Missed, playout.CauseDrill), drill("five", now.Add(-time.Hour), playout.Skipped, scheduler.ReasonOutsideHours),
		drill("four", now.Add(-2*time.Hour), playout.Cut, playout.CauseDrill), drill("three", passed, playout.Played, "completed"),
		drill("two", passed.Add(-time.Hour), playout.Missed, playout.CauseDrill),
	}
	want := func(name string, lines ...string) {
		t.Helper()
		text := h.metrics()
		for _, line := range lines {
			if !strings.Contains(text, line+"\n") {
				t.Errorf("%s: no %s", name, line)
			}
		}
	}
	want("with drills",
		`loalang_asrun_outcomes_total{outcome="played"} 1`, `loalang_asrun_outcomes_total{outcome="missed"} 0`, `loalang_asrun_outcomes_total{outcome="cut"} 0`,
		"loalang_asrun_lateness_seconds_count 1",
		`loalang_drills_total{result="passed"} 1`, `loalang_drills_total{result="failed"} 1`, `loalang_drills_total{result="broken"} 1`, `loalang_drills_total{result="not-held"} 1`,
		"loalang_drill_failing 2", "loalang_drill_last_passed_timestamp_seconds "+strconv.FormatFloat(float64(passed.Unix()), 'g', -1, 64))
	h.w.drillRuns = h.w.drillRuns[3:4]
	want("the last one passed", "loalang_drill_failing 0", `loalang_drills_total{result="passed"} 1`)
	h.w.drillRuns = []playout.AsRun{}
	want("none has run", "loalang_drill_failing 0", "loalang_drill_last_passed_timestamp_seconds 0")
}
