package web

import (
	"html/template"
	"io"
	"strconv"
	"strings"
	"time"

	"loalang/report"
)

// reportStates are how a bucket is shown.
var reportStates = map[report.Bucket][2]string{
	report.OnTime: {"ok", "tot"}, report.Late: {"wait", "gio"}, report.Unheard: {"bad", "lo"}, report.Cut: {"bad", "lo"}, report.Missed: {"bad", "lo"},
	report.Moved: {"wait", "cho"}, report.Skipped: {"soft", "nhac"}, report.Stopped: {"soft", "nhac"}, report.Withdrawn: {"soft", "nhac"}, report.Open: {"soft", "gio"},
}

func (p phrase) bucketState(b report.Bucket) stateView {
	s := reportStates[b]
	return stateView{s[0], s[1], p.word("bucket." + string(b))}
}

// reportView words a report.
func (p phrase) reportView(r Report, now time.Time) reportView {
	n := r.Notices()
	w := reportView{
		Heading: p.word("report.heading"), Period: upper(p.periodName(r.Span)), Summary: p.summary(r), Made: p.reportMade(r), Maker: r.Maker, Filtered: p.reportFilter(r),
		Causes: p.reportCauses(r), Tables: p.reportTables(r), Lists: p.reportLists(r), Drills: p.reportDrills(r), Village: p.word("report.all-villages"),
	}
	if len(r.Places) > 0 {
		w.Commune = strings.ToUpper(p.word("report.committee", r.Places[0].Commune))
	}
	if len(r.Places) == 1 {
		w.Village = p.word("place.village", r.Places[0].Name)
	}
	w.Village = strings.ToUpper(w.Village)
	if from, to := r.Span.In(r.zone); now.Before(to) && !now.Before(from) {
		w.Partial = p.word("report.partial", p.clock(now), now.In(p.loc).Format("02/01/2006"))
	}
	if n.Due() > 0 {
		w.Figures = p.reportFigures(r)
	}
	for _, g := range r.Languages {
		w.Spoken = append(w.Spoken, reportSpoken{p.language(g.Key), length(g.Aired), g.Planned})
	}
	if n.Planned == 0 {
		w.Notes = append(w.Notes, p.word("report.empty"))
	}
	if n.Unmeasured > 0 {
		w.Notes = append(w.Notes, p.word("report.unmeasured", n.Unmeasured, n.OnTime))
	}
	if n.StillOpen > 0 {
		w.Notes = append(w.Notes, p.word("report.open", n.StillOpen))
	}
	for _, code := range []string{"planned", "on-time", "unheard", "rates", "apart", "language"} {
		w.Meaning = append(w.Meaning, p.word("report.means-"+code))
	}
	return w
}

// reportFigures are the two rates and the worst, each with its numbers.
func (p phrase) reportFigures(r Report) []figureView {
	n := r.Notices()
	late := p.word("asrun.none-such")
	if len(r.Latest.Rows) > 0 {
		late = p.word("report.worst", p.span(r.Latest.Rows[0].Lateness), shortened(r.Latest.Rows[0].Title, 40), r.Latest.Rows[0].Due.Format("02/01"))
	}
	missed := n.MissedRate()
	return []figureView{
		{n.OnTime, p.bucketState(report.OnTime), p.word("report.rate", p.percent(n.OnTimeRate(), true), n.OnTime, n.Due())},
		{n.Late, p.bucketState(report.Late), late},
		{missed.Of, stateView{"bad", "lo", p.word("report.not-heard")}, p.word("report.rate", p.percent(missed, false), missed.Of, missed.OutOf)},
	}
}

// reportMade says when and by what clock: without that no time on it is worth
// anything.
func (p phrase) reportMade(r Report) string {
	made := p.word("report.made", p.clock(r.Made), r.Made.In(p.loc).Format("02/01/2006"))
	if r.Maker != "" {
		made = p.word("report.made-who", r.Maker, p.clock(r.Made), r.Made.In(p.loc).Format("02/01/2006"))
	}
	if clock := p.reportClock(r); clock != "" {
		return made + " " + clock + "."
	}
	return made
}

// reportClock is the state of the clock by which a report was made, and its age;
// empty: nobody knows.
func (p phrase) reportClock(r Report) string {
	if r.Clock.Trust == "" {
		return ""
	}
	return p.clockLine(r.Clock, r.Made)
}

// reportFilter says of what alone a report tells.
func (p phrase) reportFilter(r Report) string {
	var only []string
	for _, f := range []struct {
		d     report.Dimension
		value string
		field string
	}{{report.ByTopic, r.Filter.Topic, "field.topic"}, {report.ByIssuer, r.Filter.Issuer, "field.issuer"}, {report.ByLanguage, r.Filter.Language, "field.language"}} {
		if f.value == "" {
			continue
		}
		key := f.value
		if key == report.None {
			key = ""
		}
		only = append(only, lower(p.word(f.field))+": "+p.groupName(r, f.d, key))
	}
	if len(only) == 0 {
		return ""
	}
	return p.word("report.only", strings.Join(only, "; "))
}

func (p phrase) reportCauses(r Report) (list []reportCause) {
	for _, c := range r.Causes {
		list = append(list, reportCause{p.bucketState(c.Bucket), p.reportReason(c.Code), c.Count})
	}
	return list
}

// reportTables are what was counted apart, and then the dimensions that divide
// anything.
func (p phrase) reportTables(r Report) (tables []reportTable) {
	columns := reportBuckets(r)
	table := func(id, title, note, head string, groups []report.Group, name func(key string) string, lacking bool) {
		t := reportTable{ID: id, Title: title, Note: note, Head: head, Columns: []string{p.word("bucket.planned")}}
		for _, b := range columns {
			t.Columns = append(t.Columns, p.word("bucket."+string(b)))
		}
		if lacking {
			t.Columns = append(t.Columns, p.word("bucket.lacking"))
		}
		t.Columns = append(t.Columns, p.word("bucket.aired"))
		for _, g := range groups {
			counts := []int{g.Planned}
			for _, b := range columns {
				counts = append(counts, g.Count(b))
			}
			if lacking {
				counts = append(counts, g.Lacking)
			}
			line := reportLine{Name: name(g.Key)}
			if id != "section" || g.Key != string(report.Notices) { // those stand above
				line.Why = p.whyOf(g)
			}
			for i, n := range counts {
				line.Cells = append(line.Cells, reportCell{strconv.Itoa(n), t.Columns[i], n == 0})
			}
			line.Cells = append(line.Cells, reportCell{length(g.Aired), t.Columns[len(counts)], g.Aired == 0})
			t.Rows = append(t.Rows, line)
		}
		tables = append(tables, t)
	}
	var sections []report.Group
	for _, s := range report.Sections() {
		if g, any := r.Sections[s]; any {
			sections = append(sections, g)
		}
	}
	if len(sections) > 0 {
		table("section", p.word("report.by-section"), p.word("report.by-section-note"), p.word("report.head-section"), sections, func(key string) string { return p.word("section." + key) }, false)
	}
	for _, d := range report.Dimensions() {
		groups := r.By[d]
		if len(groups) == 0 || len(groups) == 1 && (d == report.ByMonth || d == report.ByVillage) {
			continue
		}
		note, lacking := "", false
		if d == report.ByLanguage {
			note = p.word("report.by-language-note")
			for _, g := range groups {
				lacking = lacking || g.Lacking > 0
			}
		}
		table(string(d), p.word("report.by-"+string(d)), note, p.word("report.head-"+string(d)), groups, func(key string) string { return p.groupName(r, d, key) }, lacking)
	}
	return tables
}

// reportBuckets are the columns: the four that everybody asks after, and whatever
// else there was.
func reportBuckets(r Report) (list []report.Bucket) {
	all := r.All()
	for _, b := range report.Buckets() {
		if b == report.OnTime || b == report.Late || b == report.Missed || all.Count(b) > 0 {
			list = append(list, b)
		}
	}
	return list
}

// reportLists name the single cases.
func (p phrase) reportLists(r Report) (lists []reportList) {
	for _, l := range []struct {
		id    string
		cases report.Cases
	}{{"latest", r.Latest}, {"lost", r.Lost}, {"raised", r.Raised}, {"excepted", r.Excepted}} {
		if len(l.cases.Rows) == 0 {
			continue
		}
		list := reportList{ID: l.id, Title: p.word("report.list-" + l.id)}
		if l.cases.More > 0 {
			list.More = p.word("report.more", l.cases.More)
		}
		for _, row := range l.cases.Rows {
			list.Rows = append(list.Rows, p.reportCase(r, row, l.id))
		}
		lists = append(lists, list)
	}
	if len(r.Urged) > 0 {
		lists = append(lists, p.urgedList(r))
	}
	return lists
}

func (p phrase) reportCase(r Report, row report.Row, list string) reportCaseView {
	c := reportCaseView{When: row.Due.Format("02/01 15:04"), Title: row.Title, State: p.bucketState(row.Bucket())}
	if c.Title == "" {
		c.Title = p.word("kind." + row.Kind)
	}
	if len(r.Places) > 1 {
		c.Title += ", " + p.groupName(r, report.ByVillage, row.Village)
	}
	switch {
	case row.Bucket() == report.Late && row.Lateness < 0:
		c.State.Text = p.word("report.early", p.span(row.Lateness))
	case row.Bucket() == report.Late:
		c.State.Text = p.word("outcome.late", p.span(row.Lateness))
	case row.Section() == report.Drills:
		p.drillCase(&c, row)
		return c
	case list == "raised" && row.Bucket() == report.OnTime:
		c.State.Text = p.word("report.sounded")
	}
	if reason := row.Reason(); reason != "" || row.Bucket() != report.OnTime {
		c.Cause = p.behind(p.reportReason(reason), row.Behind)
	}
	if row.By != "" {
		c.Cause = strings.TrimPrefix(c.Cause+"; "+lower(p.word("asrun.by", row.By)), "; ")
	}
	if list == "excepted" {
		c.Cause = p.word("report.excepted-by", row.Approver, row.Excuse)
	}
	return c
}

// drillCase says what a drill found instead of whether it was punctual.
func (p phrase) drillCase(c *reportCaseView, row report.Row) {
	trial := row.Trial()
	c.State = p.trialState(trial)
	how := p.word("drills.audible")
	if row.Silent {
		how = p.word("drills.silent")
	}
	c.Title += ", " + lower(how)
	switch {
	case trial == report.Failed && len(row.Faults) > 0:
		c.Cause = ""
		for i, f := range row.Faults {
			if i > 0 {
				c.Cause += " "
			}
			c.Cause += p.drillFaultLine(f)
		}
	case trial != report.Passed && trial != report.Waiting:
		c.Cause = p.reportReason(row.Reason())
	}
	if row.By != "" {
		c.Cause = strings.TrimPrefix(c.Cause+"; "+lower(p.word("asrun.by", row.By)), "; ")
	}
}

// paperView is a report as a file of its own.
type paperView struct {
	Title string
	Style template.CSS
	Data  reportView
}

// WriteHTML writes the report as one page that needs nothing else, in Vietnamese:
// to be opened in a browser, printed and filed.
func (r Report) WriteHTML(to io.Writer) error {
	as, err := loadAssets()
	if err != nil {
		return err
	}
	sets, err := parsePages(as)
	if err != nil {
		return err
	}
	var style []byte
	for _, sheet := range []string{"app.css", "report.css"} {
		raw, err := staticFiles.ReadFile("static/" + sheet)
		if err != nil {
			return err
		}
		style = append(style, raw...)
	}
	p := phrase{lang: vietnamese, loc: r.zone}
	w := paperView{Title: p.word("report.heading"), Style: template.CSS(style), Data: p.reportView(r, r.Made)} //nolint:gosec // our own style sheet
	return sets[vietnamese].ExecuteTemplate(to, "file", w)
}

// shortened is at most limit letters of a text, cut between words where it can be.
func shortened(text string, limit int) string {
	letters := []rune(text)
	if len(letters) <= limit {
		return text
	}
	cut := string(letters[:limit-1])
	if at := strings.LastIndexByte(cut, ' '); at > len(cut)/2 {
		cut = cut[:at]
	}
	return strings.TrimRight(cut, " ,.;:") + "…"
}
