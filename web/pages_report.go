package web

import (
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"loalang/people"
	"loalang/report"
	"loalang/scheduler"
)

// reportFile is where the report's button fetches its figures for a spreadsheet.
const reportFile = "/report.csv"

// reportView is the report as a page, on paper too.
type reportView struct {
	Commune, Village string // in capitals, for the head of the paper
	Heading, Period  string
	Summary          string
	Made, Partial    string
	Maker            string // whose name stands under the signature; empty: a program made it
	Filtered         string // of what only it tells; empty: all
	Figures          []figureView
	Notes            []string
	Tables           []reportTable
	Causes           []reportCause
	Spoken           []reportSpoken
	Lists            []reportList
	Drills           *reportDrills // nil: it tells of a part
	Meaning          []string
	Form             reportForm
	File             string
}

// reportForm is what the visitor asked.
type reportForm struct {
	Month, From, To                    string
	Villages, Topics, Issuers, Tongues []choiceView
	Earlier, Later                     string
	Fault                              string
}

// reportTable is the figures of one dimension.
type reportTable struct {
	ID, Title, Note string
	Head            string // of the names
	Columns         []string
	Rows            []reportLine
}

type reportLine struct {
	Name  string
	Why   string // its figures, explained; empty: nothing to explain
	Cells []reportCell
}

// reportCell is a figure; Name says what it is where the head of the table is not
// seen.
type reportCell struct {
	Text, Name string
	Zero       bool
}

type reportCause struct {
	State stateView
	Name  string
	Count int
}

type reportSpoken struct {
	Name, Length string
	Count        int
}

// reportList is single cases, named.
type reportList struct {
	ID, Title string
	Rows      []reportCaseView
	More      string
}

type reportCaseView struct {
	When, Title string
	State       stateView
	Cause       string
}

func (p *panel) registerReport(r *gin.Engine) {
	r.GET("/report", p.allow(people.View, p.report))
	r.GET(reportFile, p.allow(people.View, p.reportFile))
}

func (p *panel) report(v *visit) {
	r, form, err := p.askReport(v)
	if err != nil {
		p.fail(v, err)
		return
	}
	status := http.StatusOK
	if form.Fault != "" {
		status = http.StatusUnprocessableEntity
	}
	w := v.reportView(r, v.now)
	w.Form = form
	w.File = reportFile + "?" + v.c.Request.URL.RawQuery
	p.render(v, status, "report", view{Title: v.word("report.title"), Tab: "asrun", Style: "report.css", Data: w})
}

// reportFile sends the figures as an officer's spreadsheet takes them; programs
// take /api/v1/report.csv.
func (p *panel) reportFile(v *visit) {
	r, form, err := p.askReport(v)
	switch {
	case err != nil:
		p.fail(v, err)
		return
	case form.Fault != "":
		p.problem(v, http.StatusUnprocessableEntity, "report.file-fault")
		return
	}
	rows := [][]string{{}}
	for _, column := range reportColumns {
		rows[0] = append(rows[0], v.word("report.file-"+column))
	}
	rows = append(rows, r.lines(v.phrase, nil)...)
	v.c.Header("Content-Disposition", `attachment; filename="bao-cao-`+r.fileName()+`.csv"`)
	v.c.Data(http.StatusOK, "text/csv; charset=utf-16le; header=present", spreadsheet(rows))
}

// askReport makes the report of the address; of what it asks wrongly, that of this
// month, with the fault in words.
func (p *panel) askReport(v *visit) (Report, reportForm, error) {
	q := func(name string) string { return v.c.Query(name) }
	form := reportForm{}
	places, all, err := p.reportPlaces(v)
	if err != nil {
		return Report{}, form, err
	}
	month := q("month")
	if q("from")+q("to") != "" {
		month = "" // the form has both; who gave days means days
	}
	span, err := report.ParseSpan(month, q("from"), q("to"), v.now.In(v.loc))
	if err != nil {
		_, code, limit := spanFault(month, err)
		form.Fault = faultWords(v.lang, scheduler.Fault{Code: code, Limit: limit})
		span = report.MonthOf(v.now.In(v.loc))
	}
	filter := report.Filter{Topic: q("topic"), Issuer: q("issuer"), Language: q("language")}
	r, err := p.s.report(v.ctx(), places, span, filter, reportMaker{v.me.Name, v.lang})
	if err != nil {
		return r, form, err
	}
	return r, v.reportForm(r, form, all, q("village")), nil
}

// reportPlaces are the villages that the address asks for, and all that could be.
func (p *panel) reportPlaces(v *visit) (places, all []scheduler.Village, err error) {
	if all, err = p.s.seen(v.ctx(), v.me, ""); err != nil {
		return nil, nil, err
	}
	asked := v.c.Query("village")
	if asked == everyVillage && len(all) > 0 {
		return all, all, nil
	}
	for _, place := range all {
		if place.Key == asked {
			return []scheduler.Village{place}, all, nil
		}
	}
	return []scheduler.Village{v.village}, all, nil
}

// reportForm fills in the form: what can be chosen is what the report met.
func (v *visit) reportForm(r Report, form reportForm, all []scheduler.Village, village string) reportForm {
	if r.Span.Month() {
		form.Month = r.Span.First.Format("2006-01")
	} else {
		form.From, form.To = r.Span.First.Format(time.DateOnly), r.Span.Last.Format(time.DateOnly)
	}
	if len(all) > 1 {
		form.Villages = append(form.Villages, choiceView{Value: everyVillage, Name: v.word("report.all-villages"), Checked: village == everyVillage})
		for _, place := range all {
			form.Villages = append(form.Villages, choiceView{Value: place.Key, Name: place.Name, Checked: len(r.Places) == 1 && r.Places[0].Key == place.Key})
		}
	}
	choices := func(d report.Dimension, chosen string) []choiceView {
		list := []choiceView{{Name: v.word("report.all")}}
		found := chosen == ""
		for _, g := range r.By[d] {
			value := g.Key
			if value == "" {
				value = report.None
			}
			found = found || value == chosen
			list = append(list, choiceView{Value: value, Name: v.groupName(r, d, g.Key), Checked: value == chosen})
		}
		if !found {
			list = append(list, choiceView{Value: chosen, Name: v.groupName(r, d, chosen), Checked: true})
		}
		return list
	}
	form.Topics = choices(report.ByTopic, r.Filter.Topic)
	form.Issuers = choices(report.ByIssuer, r.Filter.Issuer)
	form.Tongues = choices(report.ByLanguage, r.Filter.Language)
	form.Earlier, form.Later = v.reportLink(r.Span.Before()), v.reportLink(r.Span.After())
	if !r.Span.Last.Before(time.Date(v.now.In(v.loc).Year(), v.now.In(v.loc).Month(), v.now.In(v.loc).Day(), 0, 0, 0, 0, time.UTC)) {
		form.Later = "" // of days to come there is nothing to report
	}
	return form
}

// reportLink is the same report of another span.
func (v *visit) reportLink(s report.Span) string {
	q := url.Values{}
	for _, name := range []string{"village", "topic", "issuer", "language"} {
		if value := v.c.Query(name); value != "" {
			q.Set(name, value)
		}
	}
	if s.Month() {
		q.Set("month", s.First.Format("2006-01"))
	} else {
		q.Set("from", s.First.Format(time.DateOnly))
		q.Set("to", s.Last.Format(time.DateOnly))
	}
	return "/report?" + q.Encode()
}
