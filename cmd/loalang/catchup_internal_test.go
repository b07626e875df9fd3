package main

import (
	"testing"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

// Nothing is done on the side while something airs or is about to.
func TestQuietBeforeTheAir(t *testing.T) {
	now := time.Date(2026, 11, 26, 5, 0, 0, 0, time.UTC)
	at := func(from, length time.Duration) scheduler.Plan {
		return scheduler.Plan{Occurrences: []scheduler.Occurrence{{Due: now.Add(from), Length: length}}}
	}
	for _, c := range []struct {
		name string
		air  playout.Air
		plan scheduler.Plan
		want bool
	}{
		{"OK nothing at all", playout.Air{}, scheduler.Plan{}, true},
		{"OK in an hour", playout.Air{}, at(time.Hour, time.Minute), true},
		{"OK it has ended", playout.Air{}, at(-time.Hour, time.Minute), true},
		{"in two minutes", playout.Air{}, at(2*time.Minute, time.Minute), false},
		{"it airs by the plan", playout.Air{}, at(-time.Minute, 5*time.Minute), false},
		{"the amplifier is on", playout.Air{OnAir: &playout.OnAir{}}, scheduler.Plan{}, false},
		{"an emergency", playout.Air{Emergencies: []playout.ActiveEmergency{{}}}, scheduler.Plan{}, false},
	} {
		if got := quiet(c.air, c.plan, now); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
