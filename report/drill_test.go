package report_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"loalang/report"
)

func TestTrial(t *testing.T) {
	for name, c := range map[string]struct {
		row  report.Row
		want report.Trial
	}{
		"OK":                                  {report.Row{Outcome: "played", Cause: "completed"}, report.Passed},
		"a step failed before anybody heard":  {report.Row{Outcome: "missed", Cause: "drill-failed"}, report.Failed},
		"a step failed while it sounded":      {report.Row{Outcome: "cut", Cause: "drill-failed"}, report.Failed},
		"an emergency came":                   {report.Row{Outcome: "cut", Cause: "preempted"}, report.Broken},
		"somebody stopped it":                 {report.Row{Outcome: "stopped", Cause: "stopped"}, report.Broken},
		"the output was never free":           {report.Row{Outcome: "missed", Cause: "preempted"}, report.NotHeld},
		"the board was off":                   {report.Row{Outcome: "missed", Cause: "power"}, report.NotHeld},
		"a rule of the place":                 {report.Row{Outcome: "skipped", Cause: "outside-hours"}, report.NotHeld},
		"taken back":                          {report.Row{Outcome: "withdrawn", Cause: "withdrawn"}, report.NotHeld},
		"it goes on":                          {report.Row{}, report.Waiting},
		"its outcome is one of a later build": {report.Row{Outcome: "echoed"}, report.Waiting},
	} {
		if got := c.row.Trial(); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// Drills are told apart from notices: how many were due, held, passed, and why the
// others were not.
func TestDrillsAreCountedByWhatTheyFound(t *testing.T) {
	s := report.NewSum(report.Filter{})
	drill := func(day int, silent bool, outcome, cause string, faults ...report.Fault) {
		s.Add(report.Row{Kind: "drill", Due: at(day, 9, 0), Silent: silent, Outcome: outcome, Cause: cause, Faults: faults})
	}
	siren := report.Fault{Step: "siren", Code: "refused"}
	words := report.Fault{Step: "words", Language: "pcc", Code: "production"}
	drill(1, true, "played", "completed")
	drill(2, false, "played", "completed")
	drill(3, true, "missed", "drill-failed", siren, words, words)
	drill(4, false, "cut", "drill-failed", siren)
	drill(5, false, "missed", "drill-failed")
	drill(6, false, "cut", "preempted")
	drill(7, false, "skipped", "outside-hours")
	drill(8, true, "missed", "")
	drill(9, true, "", "")
	s.Add(report.Row{Kind: "notice", Due: at(9, 9, 0), Outcome: "played"})
	r := s.Report()
	got := r.Drills
	causes := ""
	for _, c := range got.Causes {
		causes += fmt.Sprintf("%s %+v %d\n", c.Trial, c.Fault, c.Count)
	}
	if want := `failed {Step:siren Language: Code:refused} 2
failed {Step: Language: Code:drill-failed} 1
failed {Step:words Language:pcc Code:production} 1
broken {Step: Language: Code:preempted} 1
not-held {Step: Language: Code:} 1
not-held {Step: Language: Code:outside-hours} 1
`; causes != want {
		t.Errorf("causes:\n%swant\n%s", causes, want)
	}
	got.Causes = nil
	if want := fmt.Sprintf("%+v", report.DrillTally{Due: 9, Passed: 2, Failed: 3, Broken: 1, NotHeld: 2, Waiting: 1, Held: 6, Silent: 2, Audible: 4, LastPassed: at(2, 9, 0)}); fmt.Sprintf("%+v", got) != want {
		t.Errorf("%+v, want %s", got, want)
	}
	if r.Notices().Planned != 1 || len(r.Raised.Rows) != 9 {
		t.Errorf("%d notices, %d named", r.Notices().Planned, len(r.Raised.Rows))
	}
}

func TestDrillSumsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var drills int
		s, passed := report.NewSum(report.Filter{}), time.Time{}
		for _, r := range rows(t) {
			r.Kind = rapid.SampledFrom([]string{"drill", "drill", "notice"}).Draw(t, "kind")
			r.Silent = rapid.Bool().Draw(t, "silent")
			if r.Outcome != "played" && rapid.Bool().Draw(t, "failed") {
				r.Cause = "drill-failed"
			}
			s.Add(r)
			if r.Kind != "drill" {
				continue
			}
			drills++
			if r.Trial() == report.Passed && r.Due.After(passed) {
				passed = r.Due
			}
		}
		d := s.Report().Drills
		sum, explained := 0, map[report.Trial]int{}
		for _, of := range report.Trials() {
			sum += d.Count(of)
		}
		for _, c := range d.Causes {
			explained[c.Trial] += c.Count
		}
		if d.Due != drills || sum != drills || d.Held != d.Passed+d.Failed+d.Broken || d.Silent+d.Audible != d.Held || !d.LastPassed.Equal(passed) {
			t.Fatalf("%d drills: %+v", drills, d)
		}
		if explained[report.Failed] != d.Failed || explained[report.Broken] != d.Broken || explained[report.NotHeld] != d.NotHeld || len(explained) > 3 {
			t.Fatalf("explained %v of %+v", explained, d)
		}
	})
}
