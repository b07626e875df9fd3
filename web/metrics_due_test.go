package web_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

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
