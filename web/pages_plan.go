package web

import (
	"cmp"
	"errors"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"loalang/people"
	"loalang/playout"
	"loalang/scheduler"
)

// planView is the days to come.
type planView struct {
	Days []planDay
	Told string // why nothing will play, when that is so
	Made string
	// Wanting is what airs within a day and lacks a language.
	Wanting []wantingView
	Moved   []movedView // what does not fit its slot
	Week    string      // where the other days are, when one is shown alone
}

type planDay struct {
	ID, Short, Name, Count string
	Number                 int
	Lunar                  lunarView
	Today                  bool
	Ribbon                 ribbonView
	Rows                   []dayRow
	Rest, More             string // how many lines are not here, and where they are
	Paged                  pagedView
}

// logView is the days gone.
type logView struct {
	Headline string
	Sheet    string // what heads the paper when the page is printed
	Unheard  string // that nothing measured the loudspeaker; empty when it was
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
	State                         stateView
	Notes                         []string
}

func (p *panel) registerPlan(r *gin.Engine) {
	r.GET("/plan", p.allow(people.View, p.plan))
	r.GET("/asrun", p.allow(people.View, p.asrun))
	r.GET(logFile, p.allow(people.View, p.asrunFile))
}

// planDays is how many days the plan page shows.
const planDays = 7

func (p *panel) plan(v *visit) {
	b, err := p.dayBook(v, v.now)
	if err != nil && (!isDamage(err) || b.plan.Made.IsZero()) {
		p.fail(v, err)
		return
	}
	b.fills, b.mayPlan = true, v.may(people.Plan)
	air := p.s.cfg.Air.Air()
	b.doing = doingOf(air, v.now)
	w := planView{Made: v.word("plan.none-yet")}
	if !b.plan.Made.IsZero() {
		w.Made = v.word("plan.made", v.at(b.plan.Made, v.now))
	}
	w.Wanting, w.Moved = p.wanting(v), p.moved(v, "")
	if !air.Clock.Trusted() {
		w.Told = v.word("clock.unknown-so")
	}
	today := v.now.In(v.loc)
	for i := range planDays {
		b.day = today.AddDate(0, 0, i)
		w.Days = append(w.Days, b.planDay(i == 0))
	}
	w.Days, w.Week = v.shorten(w.Days, today)
	p.show(v, "plan", view{Title: v.word("plan.title", v.span7(today)), Tab: "plan", Data: w})
}

// span7 is "23/11 – 29/11": the days that the plan page shows.
func (v *visit) span7(from time.Time) string {
	to := from.AddDate(0, 0, planDays-1)
	return from.Format("2/1") + " – " + to.Format("2/1")
}

func (b dayBook) planDay(today bool) planDay {
	d := b.day.In(b.loc)
	count := 0
	for _, o := range b.plan.Occurrences {
		if b.holds(o.Due) && !framing(o.Kind) {
			count++
		}
	}
	said := ""
	if count > 0 {
		said = strconv.Itoa(count)
	}
	return planDay{
		ID: "d" + d.Format("0102"), Short: b.word("weekday.short-" + weekdayCode(d.Weekday())), Name: upper(b.phrase.day(d, b.now)),
		Count: said, Number: d.Day(), Lunar: b.lunar(d), Today: today, Ribbon: b.ribbon(), Rows: b.rows(),
	}
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
	runs, err := p.logRuns(v, from, to)
	if err != nil {
		p.fail(v, err)
		return
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
// when something was wrong with them.
func (p *panel) logRuns(v *visit, from, to time.Time) ([]playout.AsRun, error) {
	runs, err := p.s.cfg.AsRun.AsRuns(v.ctx(), v.village.Key, from, to)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(runs, func(r playout.AsRun) bool { return framing(r.Kind) && !troubled(r) }), nil
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
	if r.Kind == playout.KindEmergency || r.Kind == playout.KindLive {
		row.Sub = strings.TrimSuffix(v.word("kind."+string(r.Kind))+", "+v.lower(row.Sub), ", ")
	}
	if gone := unheard(r); len(gone) > 0 {
		row.Notes = append(row.Notes, v.word("asrun.missing", v.languages(gone)))
	}
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
