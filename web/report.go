package web

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"loalang/audio"
	"loalang/hardware"
	"loalang/playout"
	"loalang/report"
	"loalang/scheduler"
)

// ReportAsk is of what a report is made.
type ReportAsk struct {
	Places []scheduler.Village
	Span   report.Span
	Filter report.Filter
	Made   time.Time
	Maker  string // whose name stands under it; empty: a program
	// Clock is the clock by which it was made; one without Trust: nobody knows.
	Clock hardware.ClockState
}

// Report is what became of a stretch of days, for pages, API, files and the
// command line alike.
type Report struct {
	ReportAsk
	report.Report
	Topics map[string]string // names of topics that are templates, by code
	Urged  []UrgedCase       // what was put on the air before its review
	zone   *time.Location    // of the first village
}

// MakeReport adds up the rows of some villages, one village after the other, each
// by its own civil days. It holds no more than a page of rows at a time.
func MakeReport(ctx context.Context, rows Chronicle, ask ReportAsk, topics scheduler.Templates, lang string) (Report, error) {
	sum, out := report.NewSum(ask.Filter), Report{ReportAsk: ask, Topics: map[string]string{}, zone: time.UTC}
	for i, place := range ask.Places {
		loc, err := place.Location()
		if err != nil {
			return out, fmt.Errorf("zone of %s: %w", place.Key, err)
		}
		if i == 0 {
			out.zone = loc
		}
		from, to := ask.Span.In(loc)
		heard := map[string]time.Time{} // by announcement, when first
		err = rows.EachAsRun(ctx, place.Key, from, to, func(a playout.AsRun) error {
			row := reportRow(a, loc)
			sum.Add(row)
			if first, _ := a.Span(); ask.Filter.Admits(row) && !first.IsZero() && (heard[a.Announcement].IsZero() || first.Before(heard[a.Announcement])) {
				heard[a.Announcement] = first
			}
			return nil
		})
		if err != nil {
			return out, err
		}
		urged, err := rows.Urged(ctx, place.Key, from, to)
		if err != nil {
			return out, err
		}
		out.urge(urged, heard, loc)
	}
	out.Report = sum.Report()
	p := phrase{lang: lang, loc: out.zone}
	for _, t := range topics {
		out.Topics[t.Code()] = p.templateName(t)
	}
	return out, nil
}

// reportRow is an as-run row as a report counts it.
func reportRow(a playout.AsRun, loc *time.Location) report.Row {
	due := a.Due
	if due.IsZero() {
		due = a.Nominal
	}
	row := report.Row{
		Occurrence: a.Occurrence, Kind: string(a.Kind), Title: a.Title, Village: a.Village, Topic: a.Topic, Issuer: a.Issuer,
		Due: due.In(loc), Outcome: string(a.Outcome), Cause: a.Cause, By: a.By, Heard: string(a.Heard), Lateness: a.Lateness,
		Planned: a.Languages, Missing: a.Missing,
	}
	_, row.Behind = a.Behind()
	row.Approver, row.Excuse = allowed(a.Rules)
	if a.Drill != nil {
		row.Silent, row.Faults = a.Drill.Silent, drillFaults(a.Drill)
	}
	for _, g := range a.Airings {
		// Music sounds under the voices, and nothing is what a lost station gave.
		if g.Part != scheduler.PartBed && g.Part != scheduler.PartNothing {
			row.Airings = append(row.Airings, report.Airing{Language: g.Language, Length: audio.Rate.D(audio.Frames(g.Frames)), For: g.For})
		}
	}
	return row
}

// allowed names who approved exceptions by which something aired, and why, each
// once.
func allowed(rules []scheduler.Reason) (by, why string) {
	var people, reasons []string
	add := func(list []string, s string) []string {
		if s == "" || slices.Contains(list, s) {
			return list
		}
		return append(list, s)
	}
	for _, r := range rules {
		if r.Code == scheduler.ReasonException {
			people, reasons = add(people, r.Person), add(reasons, r.Why)
		}
	}
	return strings.Join(people, ", "), strings.Join(reasons, "; ")
}

// topicName is a topic as people call it.
func (p phrase) topicName(r Report, topic string) string {
	if topic == "" {
		return p.word("report.no-topic")
	}
	if name := r.Topics[topic]; name != "" {
		return name
	}
	return topic
}

// groupName is the key of a dimension as people call it.
func (p phrase) groupName(r Report, d report.Dimension, key string) string {
	switch d {
	case report.ByDay:
		if t, err := time.ParseInLocation(time.DateOnly, key, p.loc); err == nil {
			return upper(p.date(t))
		}
	case report.ByMonth:
		if t, err := time.ParseInLocation("2006-01", key, p.loc); err == nil {
			return upper(p.month(t))
		}
	case report.ByVillage:
		if i := slices.IndexFunc(r.Places, func(v scheduler.Village) bool { return v.Key == key }); i >= 0 {
			return r.Places[i].Name
		}
	case report.ByTopic:
		return p.topicName(r, key)
	case report.ByLanguage:
		if key == "" {
			return p.word("report.no-language")
		}
		return p.language(key)
	case report.ByIssuer:
		if key == "" {
			return p.word("report.no-issuer")
		}
	}
	return key
}

// reason words a code of report.Row.Reason.
func (p phrase) reportReason(code string) string {
	if code == "" {
		return p.word("report.no-cause")
	}
	return p.cause(code)
}

// percent is a rate, "98,3 %", in one piece; empty when it is out of nothing.
func (p phrase) percent(r report.Rate, good bool) string {
	tenths, known := r.Tenths(good)
	if !known {
		return ""
	}
	point := "."
	if p.lang == vietnamese {
		point = ","
	}
	if tenths%10 == 0 {
		return fmt.Sprintf("%d\u00a0%%", tenths/10)
	}
	return fmt.Sprintf("%d%s%d\u00a0%%", tenths/10, point, tenths%10)
}

// periodName is "tháng 11 năm 2026", or the days from 02/11/2026 to 08/11/2026.
func (p phrase) periodName(s report.Span) string {
	const day = "02/01/2006"
	switch {
	case s.Month():
		return p.month(time.Date(s.First.Year(), s.First.Month(), 1, 12, 0, 0, 0, p.loc))
	case s.Days() == 1:
		return p.word("report.day", s.First.Format(day))
	}
	return p.word("report.days", s.First.Format(day), s.Last.Format(day))
}

// summary says the whole of a report in one sentence.
func (p phrase) summary(r Report) string {
	n := r.Notices()
	period := upper(p.periodName(r.Span))
	switch {
	case n.Planned == 0:
		return p.word("report.summary-none", period)
	case n.Due() == 0:
		return p.word("report.summary-none-due", period, n.Planned)
	}
	return p.word("report.summary", period, n.Planned, n.OnTime, n.Due(), p.percent(n.OnTimeRate(), true),
		n.MissedRate().Of, p.percent(n.MissedRate(), false))
}

// Summary is the whole of a report in one sentence, in English.
func (r Report) Summary() string { return phrase{lang: english, loc: r.zone}.summary(r) }

// GroupName is the key of a dimension in words, in English.
func (r Report) GroupName(d report.Dimension, key string) string {
	return phrase{lang: english, loc: r.zone}.groupName(r, d, key)
}
