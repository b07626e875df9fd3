package web

import (
	"cmp"
	"errors"
	"maps"
	"net/url"
	"slices"
	"time"

	"loalang/playout"
)

// logView is the days gone.
type logView struct {
	Headline string
	Sheet    string // what heads the paper when the page is printed
	Unheard  string // that nothing measured the loudspeaker; empty when it was
	Waiting  string // which rows the database does not have; empty: it has all
	Figures  []figureView
	Causes   []causeView
	Days     []logDay
	From, To string
	Trouble  bool
	File     string // where the same rows lie for a spreadsheet
	Earlier  string
	Fault    string
	Paged    pagedView
}

type figureView struct {
	Count int
	State stateView
	Note  string
}

type causeView struct {
	Name    string
	Count   int
	Percent int
}

type logDay struct {
	ID, Name string
	Rows     []logRow
}

type logRow struct {
	Time, Title, Link, Sub, Exact string
	Why                           string // where it is explained; empty: it is no announcement
	Heard                         string // where it is shown what was heard of it; empty: nothing listened
	State                         stateView
	Notes                         []string
}

// The as-run page shows a week unless it is asked otherwise, and never more
// than a quarter at once.
const (
	logDays    = 7
	logDaysMax = 92
)

func (p *panel) asrun(v *visit) {
	today := v.now.In(v.loc)
	w := logView{
		From: cmp.Or(v.c.Query("from"), today.AddDate(0, 0, 1-logDays).Format(time.DateOnly)),
		To:   cmp.Or(v.c.Query("to"), today.Format(time.DateOnly)), Trouble: v.c.Query("only") == "trouble",
	}
	from, to, err := v.logBounds(w.From, w.To)
	if err != nil {
		w.Fault, w.Headline = err.Error(), v.word("nav.asrun")
		w.From, w.To = today.AddDate(0, 0, 1-logDays).Format(time.DateOnly), today.Format(time.DateOnly)
		from, to, _ = v.logBounds(w.From, w.To) // our own dates are right
	}
	runs, spooled, err := p.logRuns(v, from, to)
	switch {
	case err != nil && spooled == 0:
		p.fail(v, err)
		return
	case err != nil:
		p.s.cfg.Logger.Error("the log shows only what waits beside the database", "err", err)
		w.Waiting = v.word("asrun.spool-alone", spooled)
	case spooled > 0:
		w.Waiting = v.word("asrun.spool", spooled)
	}
	v.summarise(&w, runs, from, to)
	w.Sheet = p.sheet(v, from, to)
	q := url.Values{"from": {w.From}, "to": {w.To}}
	if w.Trouble {
		q.Set("only", "trouble")
		runs = onlyTrouble(runs)
	}
	first, last, paged := v.paged("/asrun", q, len(runs), true)
	w.Paged = paged
	w.Days = v.logDays(runs[first:last], p.s.cfg.Air.Air())
	w.File = logFile + "?" + q.Encode()
	w.Earlier = "/asrun?" + url.Values{"from": {from.AddDate(0, 0, -logDays).Format(time.DateOnly)}, "to": {from.AddDate(0, 0, -1).Format(time.DateOnly)}}.Encode()
	p.show(v, "asrun", view{Title: v.word("nav.asrun"), Tab: "asrun", Data: w})
}

// logRuns is what the as-run page and its file list: openings and closings only
// when something was wrong with them. spooled is how many of them wait beside the
// database; with an error these are all there are.
func (p *panel) logRuns(v *visit, from, to time.Time) (runs []playout.AsRun, spooled int, err error) {
	runs, waiting, err := p.s.asRuns(v.ctx(), v.village.Key, from, to)
	if err != nil {
		runs = waiting
	}
	return slices.DeleteFunc(runs, func(r playout.AsRun) bool { return framing(r.Kind) && !troubled(r) }), len(waiting), err
}

func onlyTrouble(runs []playout.AsRun) []playout.AsRun {
	return slices.DeleteFunc(runs, func(r playout.AsRun) bool { return !troubled(r) })
}

// logBounds turns two civil dates, both inclusive, into instants. The error is
// a sentence for people.
func (v *visit) logBounds(first, last string) (from, to time.Time, err error) {
	a, errA := time.ParseInLocation(time.DateOnly, first, v.loc)
	b, errB := time.ParseInLocation(time.DateOnly, last, v.loc)
	switch {
	case errA != nil || errB != nil:
		return from, to, errors.New(v.word("fault.date"))
	case b.Before(a):
		return from, to, errors.New(v.word("fault.wrong-order"))
	case daysApart(b, a) >= logDaysMax:
		return from, to, errors.New(v.word("asrun.too-many", logDaysMax))
	}
	return a, b.AddDate(0, 0, 1), nil
}

// sheet names the village and the days with their year: a printed page goes into
// a folder with those of other villages, without the panel around it.
func (p *panel) sheet(v *visit, from, to time.Time) string {
	const day = "02/01/2006"
	first, last := from.In(v.loc).Format(day), to.In(v.loc).AddDate(0, 0, -1).Format(day)
	return v.word("asrun.sheet", v.village.Name, v.village.Commune, first, last, v.clock(v.now), v.now.In(v.loc).Format(day)) +
		" " + v.clockLine(p.s.cfg.Air.Air().Clock, v.now) + "."
}

// troubled says whether an occurrence was late, cut or missed, or did not
// sound as it should.
func troubled(r playout.AsRun) bool {
	switch r.Outcome {
	case playout.Cut, playout.Missed:
		return true
	case playout.Played:
		return r.Late() || silent(r)
	}
	return false
}

// silent says whether an occurrence was played to its end and yet not heard as
// it should: that is never on time, nor aired at all.
func silent(r playout.AsRun) bool {
	return r.Outcome == playout.Played && (r.Heard == playout.HeardSilent || r.Heard == playout.HeardWrong)
}

// summarise says the days in one sentence, three figures, and the causes.
func (v *visit) summarise(w *logView, runs []playout.AsRun, from, to time.Time) {
	var onTime, lateOnes, lost int
	var worst, latest time.Duration
	causes := map[string]int{}
	for _, r := range runs {
		switch {
		case r.Outcome == playout.Cut, r.Outcome == playout.Missed, silent(r):
			lost++
		case r.Outcome == playout.Played && r.Late():
			lateOnes++
			latest = max(latest, r.Lateness)
		case r.Outcome == playout.Played:
			onTime++
			worst = max(worst, r.Lateness.Abs())
		}
		if cause := v.troubleCause(r); cause != "" {
			causes[cause]++
		}
	}
	total := onTime + lateOnes + lost
	if w.Headline == "" {
		w.Headline = v.word("asrun.headline", from.In(v.loc).Format("2/1"), to.In(v.loc).AddDate(0, 0, -1).Format("2/1"), onTime+lateOnes, total)
	}
	if total == 0 {
		w.Headline = v.word("nav.asrun")
		return
	}
	if slices.ContainsFunc(runs, func(r playout.AsRun) bool { return r.Outcome == playout.Played && r.Heard == playout.NotMeasured }) {
		w.Unheard = v.word("asrun.unheard")
		if slices.ContainsFunc(runs, func(r playout.AsRun) bool { return r.Proof != nil }) {
			w.Unheard = v.word("asrun.partly-unheard")
		}
	}
	w.Figures = []figureView{
		{onTime, stateView{"ok", "tot", v.word("asrun.on-time")}, v.word("asrun.worst", v.span(worst))},
		{lateOnes, stateView{"wait", "gio", v.word("asrun.late")}, v.word("asrun.latest", v.span(latest))},
		{lost, stateView{"bad", "lo", v.word("asrun.lost")}, v.word("asrun.lost-note")},
	}
	for i := range w.Figures {
		if w.Figures[i].Count == 0 {
			w.Figures[i].Note = v.word("asrun.none-such")
		}
	}
	most := 0
	for _, n := range causes {
		most = max(most, n)
	}
	for _, name := range slices.Sorted(maps.Keys(causes)) {
		w.Causes = append(w.Causes, causeView{name, causes[name], 100 * causes[name] / most})
	}
	slices.SortStableFunc(w.Causes, func(a, b causeView) int { return b.Count - a.Count })
}
