package main

import (
	"strings"
	"testing"
	"time"

	"loalang/playout"
)

// What was played and not heard must not look like success in a terminal.
func TestAsRunTableSaysWhatWasHeard(t *testing.T) {
	due := time.Date(2026, 11, 23, 17, 0, 0, 0, time.UTC)
	var out strings.Builder
	err := printRows(&out, []playout.AsRun{
		{Due: due, Title: "Họp thôn", Outcome: playout.Played, Heard: playout.HeardSilent, Cause: "device"},
		{Due: due, Title: "Chợ phiên"},
	}, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	for i, want := range []string{
		"DUE STARTED ENDED OUTCOME HEARD CAUSE LATE TITLE",
		"2026-11-23 17:00:00 - - played silent device 0s Họp thôn",
		"2026-11-23 17:00:00 - - (open) - - 0s Chợ phiên",
	} {
		if got := strings.Join(strings.Fields(lines[i]), " "); got != want {
			t.Errorf("line %d: %q, want %q", i, got, want)
		}
	}
}
