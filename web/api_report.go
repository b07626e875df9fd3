package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"loalang/people"
	"loalang/report"
	"loalang/scheduler"
)

type (
	reportInput struct {
		Caller
		Village  string `query:"village" doc:"Key; the board's own when left out; * is every village that the caller may see."`
		Month    string `query:"month" doc:"Such as 2026-11; this month when from and to are left out too."`
		From     string `query:"from" doc:"First day, such as 2026-11-01."`
		To       string `query:"to" doc:"Last day, inclusive; at most 366 days."`
		By       string `query:"by" doc:"day, month, village, topic, language, issuer; several with commas. All when left out."`
		Topic    string `query:"topic" doc:"Only of this topic; - is none."`
		Issuer   string `query:"issuer" doc:"Only of this issuer; - is none."`
		Language string `query:"language" doc:"Only what was to be told in this language; - is none."`
	}
	reportOutput struct {
		Body reportJSON
	}
)

// reportJSON is a report.
type reportJSON struct {
	Villages []string               `json:"villages"`
	Zone     string                 `json:"zone" doc:"Of the first village; a day is a civil day of its village."`
	First    string                 `json:"first" doc:"First day."`
	Last     string                 `json:"last" doc:"Last day, inclusive."`
	From     time.Time              `json:"from"`
	To       time.Time              `json:"to" doc:"Exclusive."`
	Made     time.Time              `json:"made"`
	Maker    string                 `json:"made_by,omitempty"`
	Clock    string                 `json:"clock,omitempty" enum:"unknown,told,held,synced" doc:"State of the clock by which it was made."`
	ClockSay string                 `json:"clock_text,omitempty" doc:"The same in words, with who vouched for it and how long ago."`
	Summary  string                 `json:"summary" doc:"All in one sentence."`
	Notices  groupJSON              `json:"notices" doc:"Of them are the rates, the groups and the cases."`
	Apart    []groupJSON            `json:"apart" doc:"What is counted apart, by section: relay, live, emergency, all-clear, drill, frame, other."`
	By       map[string][]groupJSON `json:"by" doc:"Groups by dimension. By language a notice counts in each of its languages."`
	Causes   []reportCauseJSON      `json:"causes"`
	Drills   drillsJSON             `json:"drills" doc:"Tests of the emergency path."`
	Spoken   []spokenJSON           `json:"spoken" doc:"How long each language was heard, whatever the section."`
	Late     reportCasesJSON        `json:"late" doc:"Notices that were late, the worst first."`
	Lost     reportCasesJSON        `json:"lost" doc:"Notices that were missed, unheard or cut."`
	Raised   reportCasesJSON        `json:"raised" doc:"Emergencies and drills."`
	Excepted reportCasesJSON        `json:"excepted" doc:"What was allowed outside the rules of the place, by whom and why."`
	Urged    []urgedJSON            `json:"urged" doc:"What was put on the air before its review; what nobody has reviewed comes first."`
}

// groupJSON is the figures of one key. Planned is the sum of on_time to open.
type groupJSON struct {
	Key        string            `json:"key"`
	Name       string            `json:"name"`
	Planned    int               `json:"planned"`
	OnTime     int               `json:"on_time" doc:"Played to its end, begun at most 2 s from its promise, not heard silent or wrong."`
	Unmeasured int               `json:"on_time_unmeasured" doc:"Of on_time, those where nothing listened to the loudspeaker."`
	Late       int               `json:"late"`
	Unheard    int               `json:"unheard" doc:"Played to its end, and heard silent or wrong."`
	Cut        int               `json:"cut"`
	Missed     int               `json:"missed"`
	Moved      int               `json:"moved" doc:"To a later occasion, which is counted as itself."`
	Skipped    int               `json:"skipped" doc:"A rule said no."`
	Stopped    int               `json:"stopped"`
	Withdrawn  int               `json:"withdrawn"`
	Open       int               `json:"open" doc:"No outcome yet."`
	Due        int               `json:"due" doc:"on_time + late + unheard + cut + missed: what the rates are out of."`
	OnTimeRate *rateJSON         `json:"on_time_rate,omitempty" doc:"on_time out of due; absent when nothing was due."`
	MissedRate *rateJSON         `json:"missed_rate,omitempty" doc:"missed + unheard out of due."`
	Aired      float64           `json:"aired" doc:"Seconds of sound that left the card, without what was heard silent or wrong."`
	Causes     []reportCauseJSON `json:"causes,omitempty" doc:"Of everything that is neither on_time nor open."`
	Lacking    int               `json:"lacking,omitempty" doc:"Of a language: occurrences for which it was not ready. They are not in planned."`
	Stood      int               `json:"stood,omitempty" doc:"Of lacking, those for which another language was told."`
}

type rateJSON struct {
	Of      int     `json:"of"`
	OutOf   int     `json:"out_of"`
	Percent float64 `json:"percent" doc:"To a tenth, rounded towards the worse."`
}

type reportCauseJSON struct {
	Bucket string `json:"bucket" enum:"late,unheard,cut,missed,moved,skipped,stopped,withdrawn"`
	Cause  string `json:"cause" doc:"Code; empty: nobody knows."`
	Detail string `json:"detail" doc:"In words."`
	Count  int    `json:"count"`
}

type spokenJSON struct {
	Language string  `json:"language"`
	Aired    float64 `json:"aired" doc:"Seconds."`
	Rows     int     `json:"rows" doc:"In how many occurrences or emergencies."`
}

type reportCasesJSON struct {
	Rows []reportCaseJSON `json:"rows"`
	More int              `json:"more" doc:"That are not listed."`
}

type reportCaseJSON struct {
	Occurrence string    `json:"occurrence"`
	Village    string    `json:"village"`
	Title      string    `json:"title"`
	Due        time.Time `json:"due"`
	Bucket     string    `json:"bucket"`
	Lateness   float64   `json:"lateness" doc:"Seconds."`
	Cause      string    `json:"cause"`
	Detail     string    `json:"detail"`
	By         string    `json:"by,omitempty"`
	Approver   string    `json:"approver,omitempty"`
	Excuse     string    `json:"excuse,omitempty"`
}

func (s *Server) registerReport(api huma.API, r *gin.Engine) {
	answer(s, api, operation{"get-report", http.MethodGet, "/report", "Sum up what became of a month", "as-run", people.View, 0}, s.getReport)
	r.GET(apiRoot+"/report.csv", s.guard(people.View, s.reportCSV))
}

func (s *Server) getReport(ctx context.Context, in *reportInput) (*reportOutput, error) {
	r, by, err := s.makeReport(ctx, &in.Caller, in)
	if err != nil {
		return nil, err
	}
	return &reportOutput{r.in(in.lang, by)}, nil
}

func (s *Server) reportCSV(k *Caller) {
	in := &reportInput{Caller: *k}
	for name, field := range map[string]*string{
		"village": &in.Village, "month": &in.Month, "from": &in.From, "to": &in.To, "by": &in.By, "topic": &in.Topic, "issuer": &in.Issuer, "language": &in.Language,
	} {
		*field = k.c.Query(name)
	}
	r, by, err := s.makeReport(k.c.Request.Context(), k, in)
	if err != nil {
		k.fail(err)
		return
	}
	h := k.c.Writer.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8; header=present")
	h.Set("Content-Disposition", `attachment; filename="report-`+r.fileName()+`.csv"`)
	k.c.Status(http.StatusOK)
	_ = r.WriteCSV(k.c.Writer, by) // a caller that has gone needs no answer
}

// fileName says of what place and days a file is.
func (r Report) fileName() string {
	place := "all"
	if len(r.Places) == 1 {
		place = fileSafe(r.Places[0].Key)
	}
	if r.Span.Month() {
		return place + "-" + r.Span.First.Format("200601")
	}
	return place + "-" + r.Span.First.Format("20060102") + "-" + r.Span.Last.Format("20060102")
}

// Dimensions reads names of dimensions with commas between them; none is all. False:
// one of them is none.
func Dimensions(text string) (by []report.Dimension, ok bool) {
	if strings.TrimSpace(text) == "" {
		return nil, true
	}
	for _, name := range strings.Split(text, ",") {
		d := report.Dimension(strings.TrimSpace(name))
		if !slices.Contains(report.Dimensions(), d) {
			return nil, false
		}
		by = append(by, d)
	}
	return by, true
}

func (s *Server) makeReport(ctx context.Context, k *Caller, in *reportInput) (Report, []report.Dimension, error) {
	by, ok := Dimensions(in.By)
	if !ok {
		return Report{}, nil, k.invalid("by", scheduler.FaultUnknown, "day, month, village, topic, language, issuer")
	}
	places, err := s.reportPlaces(ctx, k, in.Village)
	if err != nil {
		return Report{}, nil, err
	}
	loc, err := places[0].Location()
	if err != nil {
		return Report{}, nil, err
	}
	span, err := report.ParseSpan(in.Month, in.From, in.To, s.cfg.Now().In(loc))
	if field, code, limit := spanFault(in.Month, err); code != "" {
		return Report{}, nil, k.invalid(field, code, limit)
	}
	r, err := s.report(ctx, places, span, report.Filter{Topic: in.Topic, Issuer: in.Issuer, Language: in.Language}, reportMaker{k.who.Name, k.lang})
	return r, by, err
}

// spanFault says which field of a span is wrong, and how.
func spanFault(month string, err error) (field, code, limit string) {
	switch {
	case errors.Is(err, report.ErrDay) && month != "":
		return "month", "date", ""
	case errors.Is(err, report.ErrDay):
		return "from", "date", ""
	case errors.Is(err, report.ErrOrder):
		return "to", scheduler.FaultOrder, ""
	case errors.Is(err, report.ErrLong):
		return "to", scheduler.FaultRange, strconv.Itoa(report.MostDays) + " d"
	}
	return "", "", ""
}

// reportPlaces are the villages of a report, at least one.
func (s *Server) reportPlaces(ctx context.Context, k *Caller, asked string) ([]scheduler.Village, error) {
	if asked == everyVillage {
		places, err := s.seen(ctx, k.who, "")
		if err == nil && len(places) == 0 {
			err = k.forbidden()
		}
		return places, err
	}
	key, err := k.village(asked, people.View)
	if err != nil {
		return nil, err
	}
	return s.seen(ctx, k.who, key)
}

// everyVillage asks for all villages that the caller may see.
const everyVillage = "*"

// reportMaker is who asks for a report, and in which language.
type reportMaker struct{ name, lang string }

// report makes one, by the clock of this board.
func (s *Server) report(ctx context.Context, places []scheduler.Village, span report.Span, filter report.Filter, k reportMaker) (Report, error) {
	topics := scheduler.BuiltIn()
	for _, place := range places {
		own, err := s.cfg.Texts.Templates(ctx, place.Key)
		if err != nil {
			return Report{}, err
		}
		topics = topics.Beside(own)
	}
	ask := ReportAsk{Places: places, Span: span, Filter: filter, Made: s.cfg.Now(), Maker: k.name, Clock: s.cfg.Air.Air().Clock}
	return MakeReport(ctx, s.cfg.Chronicle, ask, topics, k.lang)
}

// Document is the report as the API answers it, in English; it is made for
// encoding/json. It holds the dimensions that are named, all when none is.
func (r Report) Document(by []report.Dimension) any { return r.in(english, by) }

func (r Report) in(lang string, by []report.Dimension) reportJSON {
	p := phrase{lang: lang, loc: r.zone}
	from, to := r.Span.In(r.zone)
	out := reportJSON{
		Villages: []string{}, Zone: r.zone.String(), First: r.Span.First.Format(time.DateOnly), Last: r.Span.Last.Format(time.DateOnly),
		From: from.UTC(), To: to.UTC(), Made: r.Made.UTC(), Maker: r.Maker, Clock: string(r.Clock.Trust), ClockSay: p.reportClock(r), Summary: p.summary(r),
		Notices: p.group(r.Notices(), string(report.Notices), p.word("section.notice")), Apart: []groupJSON{}, By: map[string][]groupJSON{},
		Causes: p.causesJSON(r.Causes), Drills: p.drillsJSON(r), Spoken: []spokenJSON{},
		Late: p.cases(r.Latest), Lost: p.cases(r.Lost), Raised: p.cases(r.Raised), Excepted: p.cases(r.Excepted), Urged: p.urgedJSON(r),
	}
	for _, place := range r.Places {
		out.Villages = append(out.Villages, place.Key)
	}
	for _, section := range report.Sections()[1:] {
		if g, any := r.Sections[section]; any {
			out.Apart = append(out.Apart, p.group(g, string(section), p.word("section."+string(section))))
		}
	}
	for _, d := range report.Dimensions() {
		if len(by) > 0 && !slices.Contains(by, d) {
			continue
		}
		out.By[string(d)] = []groupJSON{}
		for _, g := range r.By[d] {
			out.By[string(d)] = append(out.By[string(d)], p.group(g, g.Key, p.groupName(r, d, g.Key)))
		}
	}
	for _, g := range r.Languages {
		out.Spoken = append(out.Spoken, spokenJSON{g.Key, g.Aired.Seconds(), g.Planned})
	}
	return out
}

func (p phrase) group(g report.Group, key, name string) groupJSON {
	rate := func(r report.Rate, good bool) *rateJSON {
		tenths, known := r.Tenths(good)
		if !known {
			return nil
		}
		return &rateJSON{r.Of, r.OutOf, float64(tenths) / 10}
	}
	return groupJSON{
		Key: key, Name: name, Planned: g.Planned, OnTime: g.OnTime, Unmeasured: g.Unmeasured, Late: g.Late, Unheard: g.Unheard, Cut: g.Cut,
		Missed: g.Missed, Moved: g.Moved, Skipped: g.Skipped, Stopped: g.Stopped, Withdrawn: g.Withdrawn, Open: g.StillOpen, Due: g.Due(),
		OnTimeRate: rate(g.OnTimeRate(), true), MissedRate: rate(g.MissedRate(), false), Aired: g.Aired.Seconds(), Lacking: g.Lacking, Stood: g.Stood,
		Causes: p.causesJSON(g.Causes),
	}
}

func (p phrase) causesJSON(causes []report.Cause) []reportCauseJSON {
	list := []reportCauseJSON{}
	for _, c := range causes {
		list = append(list, reportCauseJSON{string(c.Bucket), c.Code, p.reportReason(c.Code), c.Count})
	}
	return list
}

func (p phrase) cases(c report.Cases) reportCasesJSON {
	out := reportCasesJSON{Rows: []reportCaseJSON{}, More: c.More}
	for _, r := range c.Rows {
		why := ""
		if r.Reason() != "" || r.Bucket() != report.OnTime {
			why = p.behind(p.reportReason(r.Reason()), r.Behind)
		}
		out.Rows = append(out.Rows, reportCaseJSON{
			r.Occurrence, r.Village, r.Title, r.Due.UTC(), string(r.Bucket()), r.Lateness.Seconds(), r.Reason(), why,
			r.By, r.Approver, r.Excuse,
		})
	}
	return out
}
