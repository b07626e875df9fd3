package main

import (
	"strings"
	"testing"
	"time"

	"loalang/playout"
	"loalang/scheduler"
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
		"DUE STARTED ENDED OUTCOME HEARD CAUSE LATE LANGUAGES TITLE",
		"2026-11-23 17:00:00 - - played silent device 0s - Họp thôn",
		"2026-11-23 17:00:00 - - (open) - - 0s - Chợ phiên",
	} {
		if got := strings.Join(strings.Fields(lines[i]), " "); got != want {
			t.Errorf("line %d: %q, want %q", i, got, want)
		}
	}
}

// The terminal's as-run names what aired for whom, too.
func TestAsRunTableNamesLanguages(t *testing.T) {
	voice := func(language string, stood ...string) playout.Airing {
		return playout.Airing{Part: scheduler.PartVoice, Language: language, For: stood}
	}
	for want, row := range map[string]playout.AsRun{
		"-":              {},
		"vi, pcc":        {Airings: []playout.Airing{{Part: scheduler.PartChime}, voice("vi"), voice("vi"), voice("pcc")}},
		"vi for pcc":     {Airings: []playout.Airing{voice("vi", "pcc")}, Missing: []string{"pcc"}},
		"vi for pcc+tyz": {Airings: []playout.Airing{voice("vi", "pcc", "tyz")}, Missing: []string{"pcc", "tyz"}},
		"vi, no pcc":     {Airings: []playout.Airing{voice("vi")}, Missing: []string{"pcc"}},
		"no vi, no pcc":  {Missing: []string{"vi", "pcc"}},
	} {
		if got := languagesOf(row); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
