package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"loalang/people"
	"loalang/scheduler"
)

// coverageView is announcements × languages, of each village that the visitor
// may see.
type coverageView struct {
	Day      string // what airs on it; empty: everything
	Only     bool   // only what lacks a language
	Fault    string
	Villages []coveragePlace
}

type coveragePlace struct {
	Name      string
	Rule      string // what becomes of what is missing
	Languages []string
	Rows      []coverageRow
	Range     string // which of them are shown; empty: all
	Back, On  string // pages with those before and after
}

// coverageRows is how many announcements a page shows of one village, and
// coverageEach how many where it shows several.
const coverageRows, coverageEach = 40, 10

type coverageRow struct {
	Title, Link, Next string
	Short             bool // a language is missing, and it airs within a day
	Cells             []coverageCell
}

type coverageCell struct {
	Language string
	Link     string // where something can be done about it
	State    stateView
}

func (p *panel) registerCoverage(r *gin.Engine) {
	r.GET("/coverage", p.allow(people.View, p.coverage))
}

func (p *panel) coverage(v *visit) {
	w := coverageView{Day: v.c.Query("day"), Only: v.c.Query("only") == "missing"}
	places, err := p.s.seen(v.ctx(), v.me, "")
	if err != nil {
		p.fail(v, err)
		return
	}
	if key := v.c.Query("village"); slices.ContainsFunc(places, func(place scheduler.Village) bool { return place.Key == key }) {
		places = slices.DeleteFunc(places, func(place scheduler.Village) bool { return place.Key != key })
	}
	length := coverageRows
	if len(places) > 1 {
		length = coverageEach
	}
	for _, place := range places {
		from, to, err := p.s.dayIn(place, w.Day)
		if errors.As(err, new(scheduler.Invalid)) {
			w.Day, w.Fault = "", v.word("fault.date")
			from, to, err = p.s.dayIn(place, "")
		}
		var c scheduler.Coverage
		if err == nil {
			c, err = p.s.coverage(v.ctx(), place, from, to)
		}
		if err != nil {
			p.fail(v, err)
			return
		}
		if w.Only {
			c.Rows = slices.DeleteFunc(c.Rows, func(r scheduler.CoverageRow) bool { return len(r.Lacking()) == 0 })
		}
		w.Villages = append(w.Villages, v.coveragePlace(c, length))
	}
	p.show(v, "coverage", view{Title: v.word("coverage.title"), Tab: "plan", Style: "coverage.css", Data: w})
}

// coveragePlace is one village, from the row on that the address asks for, at most
// length of them.
func (v *visit) coveragePlace(c scheduler.Coverage, length int) coveragePlace {
	pl := coveragePlace{
		Name: v.word("place.village", c.Village.Name), Rule: v.lower(v.word("missing." + string(c.Village.MissingRule()))),
	}
	for _, language := range c.Village.Languages {
		pl.Languages = append(pl.Languages, v.language(language))
	}
	from, all := 0, len(c.Rows)
	if at, err := strconv.Atoi(v.c.Query("from")); err == nil && at > 0 && at < all {
		from = at
	}
	to := min(from+length, all)
	if to-from < all {
		pl.Range = v.word("coverage.range", from+1, to, all)
	}
	if from > 0 {
		pl.Back = v.coverageFrom(c.Village.Key, max(0, from-coverageRows))
	}
	if to < all {
		pl.On = v.coverageFrom(c.Village.Key, to)
	}
	for _, r := range c.Rows[from:to] {
		lacking, link := r.Lacking(), "/announcements/"+r.Announcement.ID
		row := coverageRow{Title: r.Announcement.Title, Link: link, Next: v.airs(r.Next), Short: len(lacking) > 0 && !r.Next.IsZero() && r.Next.Before(v.now.Add(urgentAhead))}
		if row.Short {
			row.Next = v.word("coverage.airs-short", v.at(r.Next, v.now))
		}
		for _, cell := range r.Cells {
			row.Cells = append(row.Cells, coverageCell{Language: v.language(cell.Language), Link: link + "#tieng-" + cell.Language, State: v.cellState(cell)})
		}
		pl.Rows = append(pl.Rows, row)
	}
	return pl
}

// coverageFrom is the address of this page for one village, from a row on.
func (v *visit) coverageFrom(village string, from int) string {
	q := url.Values{"village": {village}, "from": {strconv.Itoa(from)}}
	for _, name := range []string{"day", "only"} {
		if value := v.c.Query(name); value != "" {
			q.Set(name, value)
		}
	}
	return "/coverage?" + q.Encode()
}

// cellState is how far one language is, and who is asked for it.
func (v *visit) cellState(r scheduler.Rendition) stateView {
	switch {
	case r.State == scheduler.Assigned:
		return v.askedState(r)
	case r.State == scheduler.Ready && r.Voice == "" && r.SpokenText == "":
		return stateView{"ok", "mic", v.word("coverage.by-person")}
	case r.State == scheduler.Ready:
		return stateView{"ok", "loa", v.word("coverage.by-voice")}
	}
	return v.renditionState(r)
}

// languagesView is the page of a village's languages.
type languagesView struct {
	Revision int64
	Rows     []languageRow
	Rules    []choiceView
	Pause    string // seconds
	Faults   map[string]string
}

// languageRow is one place in the order of languages.
type languageRow struct {
	Number  int // from 1
	Choices []choiceView
}

func (p *panel) registerLanguages(r *gin.Engine) {
	r.GET("/languages", p.allow(people.Arrange, p.languages))
	r.POST("/languages", p.allow(people.Arrange, p.saveLanguages))
}

// languages shows the rules as the database has them, not as they are
// remembered.
func (p *panel) languages(v *visit) {
	place, err := p.s.cfg.Places.Village(v.ctx(), v.village.Key)
	if err != nil {
		p.fail(v, err)
		return
	}
	p.showLanguages(v, http.StatusOK, place, emptyForm())
}

// showLanguages draws the rules of a place; f holds what is wrong with them.
func (p *panel) showLanguages(v *visit, status int, place scheduler.Village, f *form) {
	w := languagesView{Revision: place.Revision, Faults: f.faults, Pause: strconv.FormatFloat(place.Pause.Seconds(), 'g', -1, 64)}
	if f.Has("pause") {
		w.Pause = f.Get("pause")
	}
	codes := knownCodes()
	for _, l := range place.Languages {
		if !slices.Contains(codes, l) {
			codes = append(codes, l)
		}
	}
	for i := range codes {
		row, chosen := languageRow{Number: i + 1}, ""
		if i < len(place.Languages) {
			chosen = place.Languages[i]
		}
		for _, code := range codes {
			row.Choices = append(row.Choices, choiceView{Value: code, Name: v.language(code), Checked: code == chosen})
		}
		w.Rows = append(w.Rows, row)
	}
	for _, rule := range scheduler.MissingRules() {
		w.Rules = append(w.Rules, choiceView{Value: string(rule), Name: v.word("missing." + string(rule)), Checked: rule == place.MissingRule()})
	}
	p.render(v, status, "languages", view{Title: v.word("languages.title"), Tab: "more", Data: w})
}

// saveLanguages takes the order, the rule and the pause at once; a row without a
// language is none.
func (p *panel) saveLanguages(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	place := v.village
	if place.Revision, err = strconv.ParseInt(f.Get("revision"), 10, 64); err != nil {
		p.problem(v, http.StatusBadRequest, "problem.bad-form")
		return
	}
	place.Languages = nil
	for i := range len(knownCodes()) + maxOtherLanguages {
		if code := f.Get("language_" + strconv.Itoa(i+1)); code != "" {
			place.Languages = append(place.Languages, code)
		}
	}
	place.Missing = scheduler.MissingRule(f.Get("missing"))
	pause, ok := typedSeconds(f.Get("pause"))
	if place.Pause = pause; !ok {
		f.fault("pause", v.word("fault.out-of-range", "0–5"))
		p.showLanguages(v, http.StatusUnprocessableEntity, place, f)
		return
	}
	var invalid scheduler.Invalid
	arrange := func(ctx context.Context) error {
		_, err := p.s.arrange(ctx, v.village.Key, place.Revision, func(now *scheduler.Village) {
			now.Languages, now.Missing, now.Pause = place.Languages, place.Missing, place.Pause
		})
		return err
	}
	if f.goesBack() {
		p.showLanguages(v, http.StatusOK, place, f)
		return
	}
	if !p.weighed(v, f, arrange) {
		return
	}
	err = arrange(v.ctx())
	switch {
	case err == nil:
		v.goTo("/languages", "languages")
	case errors.As(err, &invalid):
		for _, fault := range invalid {
			if f.fault(fault.Field, faultWords(v.lang, fault)); fault.Field == "languages" && fault.Code == scheduler.FaultUnknown {
				f.faults["languages"] = v.word("languages.twice")
			}
		}
		p.showLanguages(v, http.StatusUnprocessableEntity, place, f)
	case errors.Is(err, scheduler.ErrRevision):
		p.problem(v, http.StatusConflict, "problem.conflict")
	default:
		p.fail(v, err)
	}
}

// maxOtherLanguages is how many languages a village may have that this program
// does not know, from another version.
const maxOtherLanguages = 10
