package web

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

// troubleCause words why an occurrence is troubled; empty when it is not, or
// nobody knows. What was played to its end and not heard has no other cause.
func (v *visit) troubleCause(r playout.AsRun) string {
	switch {
	case !troubled(r) || r.Cause == "":
		return ""
	case r.Cause == "completed" && silent(r):
		return v.word("heard." + string(r.Heard))
	}
	text := v.cause(r.Cause)
	for _, rule := range r.Rules {
		if scheduler.ForWantOfRoom(rule.Code) {
			text += ": " + v.lower(v.reason(rule, r.Due))
		}
	}
	return text
}

// cause words a cause of the as-run.
func (p phrase) cause(code string) string {
	if key := "cause." + code; hasWord(key) {
		return p.word(key)
	}
	return code
}

// causeOf words the cause of a row, with the title of what it waited for or gave way
// to.
func (p phrase) causeOf(r playout.AsRun) string {
	_, title := r.Behind()
	return p.behind(p.cause(r.Cause), title)
}

// behind puts the title of what was in the way behind a cause; empty: nobody knows.
func (p phrase) behind(cause, title string) string {
	if title == "" {
		return cause
	}
	return p.word("cause.behind", cause, title)
}

// logDays groups rows by civil day, the newest day first.
func (v *visit) logDays(runs []playout.AsRun, air playout.Air) []logDay {
	d := doingOf(air, v.now)
	var days []logDay
	for _, r := range runs {
		id := r.Due.In(v.loc).Format(time.DateOnly)
		if len(days) == 0 || days[len(days)-1].ID != id {
			days = append(days, logDay{ID: id, Name: upper(v.day(r.Due, v.now))})
		}
		last := &days[len(days)-1]
		last.Rows = append(last.Rows, v.logRow(r, d))
	}
	slices.Reverse(days)
	return days
}

func (v *visit) logRow(r playout.AsRun, d doing) logRow {
	row := logRow{Title: r.Title, Time: v.clock(r.Due), State: v.runState(r, d), Sub: v.airedLine(r)}
	if row.Title == "" {
		row.Title = v.word("kind." + string(r.Kind))
	}
	if r.Announcement != "" {
		row.Link = "/announcements/" + r.Announcement
		row.Why = v.whyLink(r.Announcement, r.Due)
	}
	if r.Alarmed() || r.Kind == playout.KindLive {
		row.Sub = strings.TrimSuffix(v.word("kind."+string(r.Kind))+", "+v.lower(row.Sub), ", ")
	}
	if gone := unheard(r); len(gone) > 0 {
		row.Notes = append(row.Notes, v.word("asrun.missing", v.languages(gone)))
	}
	row.Heard = heardLink(r)
	row.Exact = v.exactly(r, d.by[r.Occurrence] != "")
	switch {
	case r.Kind == playout.KindLive && r.By != "" && r.Outcome != playout.StoppedBy:
		row.Notes = append(row.Notes, v.word("cause.spoken", v.cause(r.Cause), r.By))
	case r.By != "" && r.Cause != "" && r.Cause != "completed":
		row.Notes = append(row.Notes, v.word("cause.by", v.cause(r.Cause), r.By))
	case r.Cause != "" && r.Cause != "completed":
		row.Notes = append(row.Notes, v.causeOf(r))
	case r.By != "":
		row.Notes = append(row.Notes, v.word("asrun.by", r.By))
	}
	return row
}

// exactly says when the sound really began and ended, and how far from its due
// instant, as the output reported it.
func (v *visit) exactly(r playout.AsRun, live bool) string {
	if len(r.Airings) == 0 {
		return ""
	}
	first, last := r.Span()
	switch {
	case live && r.Outcome == "":
		return v.word("asrun.since", v.exact(first))
	case last.IsZero():
		return v.word("asrun.never-ended", v.exact(first))
	}
	said := []string{v.word("asrun.exact", v.exact(first), v.exact(last), v.span(r.Lateness))}
	if level := r.Level(); level != 0 {
		said = append(said, v.word("asrun.level", v.number(decibels(level))))
	}
	if zones := r.Zones(); len(zones) > 0 {
		said = append(said, v.word("asrun.zones", strings.Join(zones, ", ")))
	}
	if n := r.Underruns(); n > 0 {
		said = append(said, v.word("asrun.underruns", n))
	}
	return strings.Join(said, ", ")
}

// number is a number to a tenth, with a true minus.
func (p phrase) number(n float64) string {
	s := strings.Replace(strconv.FormatFloat(n, 'f', 1, 64), "-", "−", 1)
	if p.lang == vietnamese {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}
