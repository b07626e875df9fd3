package web

import (
	"strconv"
	"time"

	"loalang/playout"
	"loalang/report"
)

// drillFaults are the steps of a drill that failed.
func drillFaults(d *playout.DrillResult) (list []report.Fault) {
	for _, s := range d.Steps {
		if !s.OK {
			list = append(list, report.Fault{Step: s.Code, Language: s.Language, Code: s.Fault})
		}
	}
	return list
}

// reportDrills is what the page says of the drills.
type reportDrills struct {
	Text   []string
	Causes []reportCause
}

var trialStates = map[report.Trial][2]string{
	report.Passed: {"ok", "tot"}, report.Failed: {"bad", "lo"}, report.Broken: {"wait", "cho"}, report.NotHeld: {"bad", "lo"}, report.Waiting: {"soft", "gio"},
}

func (p phrase) trialState(t report.Trial) stateView {
	s := trialStates[t]
	return stateView{s[0], s[1], p.word("trial." + string(t))}
}

// reportDrills says how many drills were due, held and passed, and why the others
// were not; nil in a report of a part, for a drill has no topic, issuer or language.
func (p phrase) reportDrills(r Report) *reportDrills {
	if r.Filter != (report.Filter{}) {
		return nil
	}
	t, w := r.Drills, &reportDrills{}
	if t.Due == 0 {
		w.Text = []string{p.word("report.drills-none")}
		return w
	}
	w.Text = append(w.Text, p.word("report.drills-held", t.Due, t.Held, t.Silent, t.Audible, t.Passed))
	if t.LastPassed.IsZero() {
		w.Text = append(w.Text, p.word("report.drills-never"))
	} else {
		w.Text = append(w.Text, p.word("report.drills-last", t.LastPassed.Format("15:04 02/01/2006")))
	}
	if t.Waiting > 0 {
		w.Text = append(w.Text, p.word("report.drills-waiting", t.Waiting))
	}
	for _, c := range t.Causes {
		w.Causes = append(w.Causes, reportCause{p.trialState(c.Trial), p.drillCause(c), c.Count})
	}
	return w
}

// drillCause words why drills were not passed.
func (p phrase) drillCause(c report.DrillCause) string {
	if c.Fault.Step == "" {
		return p.reportReason(c.Fault.Code)
	}
	return p.drillFaultLine(c.Fault)
}

// drillFaultLine names a step that failed, and what to do.
func (p phrase) drillFaultLine(f report.Fault) string {
	step := p.word("drill-step." + f.Step)
	if f.Language != "" {
		step += ", " + p.lower(p.language(f.Language))
	}
	return step + ": " + drillFault(p.lang, playout.DrillStep{Code: f.Step, Fault: f.Code})
}

// drillsJSON counts the drills of a report.
type drillsJSON struct {
	Due        int              `json:"due" doc:"The sum of passed, failed, broken, not_held and waiting."`
	Held       int              `json:"held" doc:"passed + failed + broken, and silent + audible."`
	Silent     int              `json:"silent"`
	Audible    int              `json:"audible"`
	Passed     int              `json:"passed"`
	Failed     int              `json:"failed" doc:"Held, and a step failed."`
	Broken     int              `json:"broken" doc:"Begun, and ended by something else."`
	NotHeld    int              `json:"not_held"`
	Waiting    int              `json:"waiting" doc:"No outcome yet."`
	LastPassed *time.Time       `json:"last_passed,omitempty"`
	Causes     []drillCauseJSON `json:"causes" doc:"A drill of which several steps failed counts under each."`
}

type drillCauseJSON struct {
	Trial    string `json:"trial" enum:"failed,broken,not-held"`
	Step     string `json:"step,omitempty" doc:"Of failed."`
	Language string `json:"language,omitempty"`
	Cause    string `json:"cause" doc:"Code; empty: nobody knows."`
	Detail   string `json:"detail" doc:"In words."`
	Count    int    `json:"count"`
}

func (p phrase) drillsJSON(r Report) drillsJSON {
	t := r.Drills
	out := drillsJSON{
		Due: t.Due, Held: t.Held, Silent: t.Silent, Audible: t.Audible, Passed: t.Passed, Failed: t.Failed, Broken: t.Broken, NotHeld: t.NotHeld,
		Waiting: t.Waiting, LastPassed: instantOf(t.LastPassed), Causes: []drillCauseJSON{},
	}
	for _, c := range t.Causes {
		out.Causes = append(out.Causes, drillCauseJSON{string(c.Trial), c.Fault.Step, c.Fault.Language, c.Fault.Code, p.drillCause(c), c.Count})
	}
	return out
}

// drillLines are the drills in the file: a line for each count, and for each cause.
func (r Report) drillLines(p phrase) (lines [][]string) {
	add := func(dimension, key, name string, n int) {
		line := make([]string, len(reportColumns))
		line[0], line[1], line[2], line[6] = dimension, csvText(key), csvText(name), strconv.Itoa(n)
		lines = append(lines, line)
	}
	t := r.Drills
	if t.Due == 0 {
		return nil
	}
	title := p.word("section.drill") + ": "
	add("drill", "due", title+lower(p.word("trial.due")), t.Due)
	add("drill", "held", title+lower(p.word("trial.held")), t.Held)
	for _, of := range report.Trials() {
		add("drill", string(of), title+lower(p.word("trial."+string(of))), t.Count(of))
	}
	for _, c := range t.Causes {
		key := string(c.Trial) + "/" + c.Fault.Code
		if c.Fault.Step != "" {
			key = string(c.Trial) + "/" + c.Fault.Step + "/" + c.Fault.Code
		}
		add("drill-cause", key, p.word("trial."+string(c.Trial))+": "+p.drillCause(c), c.Count)
	}
	return lines
}

// whyOf explains the figures of a group in one line; empty when there is nothing to
// explain.
func (p phrase) whyOf(g report.Group) (say string) {
	for i, c := range g.Causes {
		if i > 0 {
			say += "; "
		}
		say += p.word("bucket."+string(c.Bucket)) + " " + strconv.Itoa(c.Count) + ": " + lower(p.reportReason(c.Code))
	}
	return say
}
