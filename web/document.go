package web

import (
	"io"
	"time"

	"loalang/hardware"
	"loalang/playout"
	"loalang/scheduler"
)

// AsRunReport is a stretch of a village's as-run log, for the API and for the
// command line alike.
type AsRunReport struct {
	Village  string
	Zone     *time.Location // of the village
	From, To time.Time      // [From, To)
	Rows     []playout.AsRun
	Clock    hardware.ClockState // as it is now; zero: not told of
}

// Document is the report as the API answers it, in English; it is made for
// encoding/json.
func (r AsRunReport) Document() any { return r.in(english) }

// WriteCSV writes the report as the API does: UTF-8 with a byte order mark, one
// row for each occurrence.
func (r AsRunReport) WriteCSV(w io.Writer) error { return r.in(english).writeCSV(w) }

func (r AsRunReport) in(lang string) asRunJSON {
	p := phrase{lang: lang, loc: r.Zone}
	out := asRunJSON{Village: r.Village, From: r.From.UTC(), To: r.To.UTC(), Rows: []asRunRow{}, Totals: []outcomeJSON{}}
	if r.Clock.Trust != "" {
		clock := clockOf(r.Clock)
		out.Clock = &clock
	}
	counts := map[playout.Outcome]int{}
	for _, row := range r.Rows {
		counts[row.Outcome]++
		out.Rows = append(out.Rows, p.asRunRow(row))
	}
	for _, o := range []playout.Outcome{playout.Played, playout.Cut, playout.Moved, playout.Skipped, playout.Missed, playout.StoppedBy, playout.Withdrawn} {
		if counts[o] > 0 {
			out.Totals = append(out.Totals, outcomeJSON{string(o), counts[o]})
		}
	}
	return out
}

// PlanDocument is a plan as the API answers it, in English; it is made for
// encoding/json, and says how right the clock is by which it is told. An unknown zone
// is worded in UTC.
func PlanDocument(plan scheduler.Plan, clock hardware.ClockState, now time.Time) any {
	loc, err := time.LoadLocation(plan.Zone)
	if err != nil {
		loc = time.UTC
	}
	out, state := phrase{lang: english, loc: loc}.plan(plan, now), clockOf(clock)
	out.Clock = &state
	return out
}

// FaultWords is a fault as the API words it, in English, without the name of
// its field: for a command line, which names its flags.
func FaultWords(f scheduler.Fault) string { return faultWords(english, f) }

// plan writes out what of a plan concerns [plan.From, plan.To).
func (p phrase) plan(plan scheduler.Plan, now time.Time) planJSON {
	out := planJSON{
		Village: plan.Village, Zone: plan.Zone, Made: instantOf(plan.Made), From: plan.From.UTC(), To: plan.To.UTC(),
		Occurrences: []occurrenceJSON{}, Omissions: []occurrenceJSON{},
	}
	plan = plan.Within(plan.From, plan.To)
	for _, o := range plan.Occurrences {
		out.Occurrences = append(out.Occurrences, p.occurrence(o, o.Reasons, now))
	}
	for _, o := range plan.Omissions {
		out.Omissions = append(out.Omissions, p.occurrence(o.Occurrence, append([]scheduler.Reason{o.Reason}, o.Occurrence.Reasons...), now))
	}
	return out
}
