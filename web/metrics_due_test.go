package web_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

// An update begins when nothing is due: /metrics tells when something is next.
func TestMetricsTellWhatIsDueNext(t *testing.T) {
	h := newHouse(t)
	now := h.w.now
	due := func(times ...time.Time) {
		h.w.plan = scheduler.Plan{}
		for _, at := range times {
			h.w.plan.Occurrences = append(h.w.plan.Occurrences, scheduler.Occurrence{Due: at})
		}
	}
	for _, c := range []struct {
		name  string
		times []time.Time
		next  time.Time
	}{
		{"OK", []time.Time{now.Add(-time.Minute), now.Add(2 * time.Hour), now.Add(time.Hour)}, now.Add(time.Hour)},
		{"nothing", nil, time.Time{}},
		{"over", []time.Time{now.Add(-time.Second)}, time.Time{}},
		{"in two days", []time.Time{now.Add(48 * time.Hour)}, time.Time{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			due(c.times...)
			want, wait := "0", "+Inf"
			if !c.next.IsZero() {
				want = strconv.FormatFloat(float64(c.next.UnixMilli())/1000, 'g', -1, 64)
				wait = strconv.FormatFloat(c.next.Sub(now).Seconds(), 'g', -1, 64)
			}
			text := h.metrics()
			if !strings.Contains(text, "\nloalang_next_due_timestamp_seconds "+want+"\n") || !strings.Contains(text, "\nloalang_next_due_in_seconds "+wait+"\n") {
				t.Errorf("want %s, in %s, of\n%s", want, wait, text)
			}
		})
	}
}

// A board whose clock was ahead as it started counts what became of what is due once the clock
// is right, also of what the wrong clock had given up already.
func TestOutcomesAreCountedBehindAClockThatWasAhead(t *testing.T) {
	h := newHouse(t)
	h.fill()
	right := h.w.now.AddDate(0, 0, -20)
	run := func(id string, due time.Time, o playout.Outcome) playout.AsRun {
		return playout.AsRun{Occurrence: id, Kind: scheduler.Notice, Due: due, Outcome: o}
	}
	h.w.runs = []playout.AsRun{run("again", h.w.now, playout.Missed)} // given up by the clock that is ahead
	want := func(when string, played, missed int) {
		t.Helper()
		text := h.metrics()
		for outcome, n := range map[string]int{"played": played, "missed": missed} {
			if line := `loalang_asrun_outcomes_total{outcome="` + outcome + `"} ` + strconv.Itoa(n) + "\n"; !strings.Contains(text, line) {
				t.Errorf("%s: no %s", when, line)
			}
		}
	}
	want("ahead", 0, 1)
	h.w.now = right
	h.w.runs[0].Outcome = "" // the clock is set back: it is due anew
	want("set back", 0, 1)
	h.w.runs = append(h.w.runs, run("one", right.Add(time.Hour), playout.Played))
	h.w.now = right.Add(2 * time.Hour)
	want("goes on", 1, 1)
	h.w.now = h.w.runs[0].Due.Add(time.Hour)
	h.w.runs[0].Outcome = playout.Played
	want("comes round again", 2, 1)
}
