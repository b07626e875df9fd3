package web

import (
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"time"

	"loalang/report"
)

// reportColumns are those of a report's file. All are whole numbers, instants or
// words: no decimal sign, which is a comma where Excel speaks Vietnamese.
var reportColumns = []string{
	"dimension", "key", "name", "from", "from_utc", "to_utc", "planned", "on_time", "on_time_unmeasured", "late", "unheard", "cut", "missed",
	"moved", "skipped", "stopped", "withdrawn", "open", "due", "not_heard", "aired_s", "lacking", "stood", "why",
}

// WriteCSV writes the figures of the dimensions, all when none is named: UTF-8 with
// a byte order mark, commas, one line for each key, then what was counted apart, then the causes,
// then the drills, the exceptions and what aired before its review.
func (r Report) WriteCSV(to io.Writer, by []report.Dimension) error {
	if _, err := io.WriteString(to, "\uFEFF"); err != nil {
		return err
	}
	w := csv.NewWriter(to)
	_ = w.Write(reportColumns) // Flush tells of failures
	for _, line := range r.lines(phrase{lang: english, loc: r.zone}, by) {
		_ = w.Write(line)
	}
	w.Flush()
	return w.Error()
}

// lines are the rows of the file, in words of p.
func (r Report) lines(p phrase, by []report.Dimension) (lines [][]string) {
	for _, section := range report.Sections() {
		if g, any := r.Sections[section]; any {
			lines = append(lines, r.line(p, "section", p.word("section."+string(section)), g, r.Span))
		}
	}
	for _, d := range report.Dimensions() {
		if len(by) > 0 && !slices.Contains(by, d) {
			continue
		}
		for _, g := range r.By[d] {
			lines = append(lines, r.line(p, string(d), p.groupName(r, d, g.Key), g, r.spanOf(d, g.Key)))
		}
	}
	for _, c := range r.Causes {
		line := make([]string, len(reportColumns))
		line[0], line[1], line[2] = "cause", string(c.Bucket)+"/"+c.Code, p.word("bucket."+string(c.Bucket))+": "+p.reportReason(c.Code)
		line[6] = strconv.Itoa(c.Count)
		lines = append(lines, line)
	}
	return append(append(lines, r.drillLines(p)...), r.named(p)...)
}

// named are the single cases that somebody answers for: what was allowed outside
// the rules, and what aired before its review.
func (r Report) named(p phrase) (lines [][]string) {
	add := func(dimension, key, name string, at time.Time) {
		line := make([]string, len(reportColumns))
		line[0], line[1], line[2], line[3], line[4], line[6] = dimension, csvText(key), csvText(name), at.Format(time.RFC3339), at.UTC().Format(time.RFC3339), "1"
		lines = append(lines, line)
	}
	for _, row := range r.Excepted.Rows {
		add("exception", row.Occurrence, row.Title+": "+p.word("report.excepted-by", row.Approver, row.Excuse), row.Due)
	}
	for _, u := range r.Urged {
		add("urged", u.Announcement, u.Title+": "+p.word("urged."+r.UrgedCode(u))+"; "+p.urgedWords(u), u.At)
	}
	return lines
}

// spanOf is the stretch of time of a key.
func (r Report) spanOf(d report.Dimension, key string) report.Span {
	var s report.Span
	var err error
	switch d {
	case report.ByDay:
		s, err = report.ParseSpan("", key, "", time.Time{})
	case report.ByMonth:
		s, err = report.ParseSpan(key, "", "", time.Time{})
	default:
		return r.Span
	}
	if err != nil {
		return r.Span
	}
	if s.First.Before(r.Span.First) {
		s.First = r.Span.First
	}
	if s.Last.After(r.Span.Last) {
		s.Last = r.Span.Last
	}
	return s
}

func (r Report) line(p phrase, dimension, name string, g report.Group, span report.Span) []string {
	from, to := span.In(r.zone)
	cells := []string{
		dimension, csvText(g.Key), csvText(name), from.Format(time.RFC3339), from.UTC().Format(time.RFC3339), to.UTC().Format(time.RFC3339),
	}
	for _, n := range []int{
		g.Planned, g.OnTime, g.Unmeasured, g.Late, g.Unheard, g.Cut, g.Missed, g.Moved, g.Skipped, g.Stopped, g.Withdrawn, g.StillOpen,
		g.Due(), g.MissedRate().Of, int(g.Aired.Round(time.Second) / time.Second), g.Lacking, g.Stood,
	} {
		cells = append(cells, strconv.Itoa(n))
	}
	return append(cells, csvText(p.whyOf(g)))
}
