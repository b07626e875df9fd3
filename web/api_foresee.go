package web

import (
	"context"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"loalang/people"
	"loalang/scheduler"
)

// dryRun is the parameter with which a call saves nothing and answers what it would
// make of the plan.
const dryRun = "dry_run"

// rehearsedCalls are the calls that take dryRun, by operation.
var rehearsedCalls = []string{
	"create-announcement", "edit-announcement", "withdraw-announcement", "put-rendition", "decide-approval",
	"put-approval-rules", "bring-back-announcement", "assign-rendition", "unassign-rendition", "hold-rendition", "import-calendar",
	"create-drill", "change-drill", "delete-drill", "create-station",
	"create-schedule", "edit-schedule", "except-schedule", "delete-schedule", "move-turn",
	"edit-village", "put-rules", "request-exception", "decide-exception", "withdraw-exception",
	"undo-removal", "create-slot", "change-slot", "delete-slot", "put-relays", "change-station", "delete-station",
}

func (o operation) rehearsed() bool { return slices.Contains(rehearsedCalls, o.id) }

// describeDry adds dryRun and its answer to the description of a registered call.
func describeDry(api huma.API, of huma.Operation) {
	item := api.OpenAPI().Paths[of.Path]
	op := map[string]*huma.Operation{http.MethodPost: item.Post, http.MethodPut: item.Put, http.MethodPatch: item.Patch, http.MethodDelete: item.Delete}[of.Method]
	op.Parameters = append(op.Parameters, &huma.Param{
		Name: dryRun, In: "query", Schema: &huma.Schema{Type: "boolean"},
		Description: "true: save nothing, and answer 200 with what it would make of the plan: differences, whether somebody should look at them, and ways out.",
	})
	schema := api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Foreseen](), true, "Foreseen")
	if op.Responses["200"] == nil {
		op.Responses["200"] = &huma.Response{Description: "OK"}
	}
	if op.Responses["200"].Content == nil {
		op.Responses["200"].Content = map[string]*huma.MediaType{}
	}
	op.Responses["200"].Content[foreseenType] = &huma.MediaType{Schema: schema}
}

// foreseenType is the media type of Foreseen: by it a caller tells it from the answer of
// the call itself.
const foreseenType = "application/vnd.loalang.foreseen+json"

// ContentType tells huma the media type.
func (f *Foreseen) ContentType(string) string { return foreseenType }

// dry says whether a call is to save nothing. The error is that of a call that cannot
// be rehearsed, or of a value that is none.
func (k *Caller) dry(id, method string) (bool, error) {
	text, asked := k.c.GetQuery(dryRun)
	if !asked || method == http.MethodGet || id == "import-words" { // that has one of its own
		return false, nil
	}
	wanted, err := strconv.ParseBool(text)
	switch {
	case err != nil:
		return false, k.invalid(dryRun, "syntax", "")
	case wanted && !slices.Contains(rehearsedCalls, id): // it would be saved though somebody counts on the contrary
		return false, k.invalid(dryRun, faultUnexpected, "")
	}
	return wanted, nil
}

// Foreseen is the answer to a call that saved nothing. It goes the way of an error
// through huma, for the answers of the calls themselves have other types.
type Foreseen struct {
	DryRun      bool             `json:"dry_run"`
	Blind       bool             `json:"blind,omitempty" doc:"The database is damaged: nothing can be foreseen."`
	Asks        bool             `json:"asks" doc:"Something is lost, refused, or moves by more than a minute that the change is not about; or slots would overlap."`
	Stops       []string         `json:"stops,omitempty" doc:"Occurrences that sound now, or are about to, and would end at once."`
	Overlaps    []string         `json:"overlaps,omitempty" doc:"Slots that would be held at the same time and were not before: in words, with what becomes of it and what helps."`
	Differences []differenceJSON `json:"differences"`
}

// Error is never logged.
func (f *Foreseen) Error() string { return "a dry run" }

// GetStatus tells huma the status.
func (f *Foreseen) GetStatus() int { return http.StatusOK }

// differenceJSON is what a change would make of one occurrence.
type differenceJSON struct {
	Turn       string           `json:"turn" enum:"lost,refused,gone,shifted,added,regained,altered"`
	Detail     string           `json:"detail"`
	Occurrence string           `json:"occurrence"`
	Title      string           `json:"title"`
	Was        *time.Time       `json:"was,omitempty"`
	Due        *time.Time       `json:"due,omitempty"`
	Reason     string           `json:"reason,omitempty" doc:"Code."`
	Ways       []suggestionJSON `json:"ways,omitempty" doc:"Of the first few that are lost or refused: each was tried on a plan."`
}

// suggestionJSON is a way out.
type suggestionJSON struct {
	Way     string     `json:"way"`
	Detail  string     `json:"detail"`
	At      *time.Time `json:"at,omitempty" doc:"When it would air first."`
	Slot    string     `json:"slot,omitempty"`
	Longest float64    `json:"longest,omitempty" doc:"Seconds."`
	Until   *time.Time `json:"until,omitempty"`
}

// waysTold is for how many of what is lost a dry run looks for ways out.
const waysTold = 3

// rehearsed answers a call without saving. What is wrong with it is wrong as ever.
func (s *Server) rehearsed(ctx context.Context, k *Caller, do func(context.Context) error) error {
	seen, refused, err := s.ahead(ctx, do)
	if refused != nil {
		return refused
	}
	if err != nil {
		return err
	}
	p, err := s.phrase(ctx, k.lang, s.cfg.Village)
	if err != nil {
		return err
	}
	ways, err := seen.suggestions(waysTold)
	if err != nil {
		return err
	}
	out := &Foreseen{DryRun: true, Blind: seen.blind, Asks: seen.asks(), Stops: seen.stops, Overlaps: seen.clashWords(p), Differences: []differenceJSON{}}
	for _, d := range seen.differences {
		j := differenceJSON{
			Turn: string(d.Turn), Detail: p.word("foreseen."+string(d.Turn)) + ": " + p.difference(d, seen.now), Occurrence: d.Occurrence.ID, Title: p.titleOf(d.Occurrence),
			Was: instantOf(d.Was), Due: instantOf(d.Due), Reason: d.Reason.Code,
		}
		for _, w := range ways[d.Occurrence.ID] {
			j.Ways = append(j.Ways, p.suggestion(w, seen.after.Slots, seen.now))
		}
		out.Differences = append(out.Differences, j)
	}
	return out
}

func (p phrase) suggestion(w scheduler.Suggestion, slots []scheduler.Slot, now time.Time) suggestionJSON {
	return suggestionJSON{string(w.Way), p.wayWords(w, slots, now), instantOf(w.At), w.Slot, w.Longest.Seconds(), instantOf(w.Until)}
}

type (
	whyInput struct {
		Caller
		ID  string `path:"id"`
		Day string `query:"day" doc:"Such as 2026-11-24; today when left out."`
	}
	whyOutput struct {
		Body struct {
			Day     string   `json:"day" format:"date"`
			Answers []Answer `json:"answers"`
		}
	}
	dayWordsInput struct {
		Caller
		Village string `query:"village" doc:"Key; the board's own when left out."`
		Day     string `query:"day" doc:"Such as 2026-11-24; tomorrow when left out."`
	}
	dayWordsOutput struct {
		Body struct {
			Day   string   `json:"day" format:"date"`
			Lines []string `json:"lines" doc:"Sentences, for a person to read or to have read aloud."`
		}
	}
)

func (s *Server) registerWhy(api huma.API) {
	const tag = "plan"
	answer(s, api, operation{"why-announcement", http.MethodGet, "/announcements/{id}/why", "Why an announcement aired, will air, or does not, on one day", tag, people.View, 0}, s.whyAnnouncement)
	answer(s, api, operation{"plan-in-words", http.MethodGet, "/plan/words", "What will air on one day, in sentences: tomorrow unless another is named", tag, people.View, 0}, s.planInWords)
	answer(s, api, operation{"explain-plan", http.MethodGet, "/plan/explained", "Why all of some days airs, aired or does not, and what would help", tag, people.View, 0}, s.explainPlan)
}

func (s *Server) whyAnnouncement(ctx context.Context, in *whyInput) (*whyOutput, error) {
	d, err := s.dossier(ctx, &in.Caller, in.ID, people.View)
	if err != nil {
		return nil, err
	}
	p, err := s.phrase(ctx, in.lang, d.Announcement.Village)
	if err != nil {
		return nil, err
	}
	day := p.civilOf(s.cfg.Now())
	if in.Day != "" {
		if day, err = parseCivil(in.Day); err != nil {
			return nil, in.invalid("day", "date", "")
		}
	}
	answers, err := s.why(ctx, d, day, in.lang)
	if err != nil {
		return nil, err
	}
	var out whyOutput
	out.Body.Day, out.Body.Answers = civil(day), entries(answers)
	return &out, nil
}

// why gathers what an answer needs, and gives it.
func (s *Server) why(ctx context.Context, d scheduler.Dossier, day scheduler.Date, lang string) ([]Answer, error) {
	now, village := s.cfg.Now(), d.Announcement.Village
	p, err := s.phrase(ctx, lang, village)
	if err != nil {
		return nil, err
	}
	from := time.Date(day.Year, day.Month, day.Day, 0, 0, 0, 0, p.loc)
	to := from.AddDate(0, 0, 1)
	q := Question{Announcement: d.Announcement.ID, Day: day, Lang: lang, Now: now}
	if q.Book, err = s.cfg.AsRun.Book(ctx, village, now); err != nil {
		return nil, err
	}
	q.Book = q.Book.With(d)
	if q.Runs, err = s.cfg.AsRun.AsRuns(ctx, village, from, to); err != nil {
		return nil, err
	}
	if to.After(now) && to.Before(now.Add(foreseenMost)) {
		if q.Plan, err = scheduler.BuildPlan(now, max(to.Sub(now), 24*time.Hour), q.Book); err != nil {
			return nil, err
		}
	}
	return Why(q)
}

func (s *Server) planInWords(ctx context.Context, in *dayWordsInput) (*dayWordsOutput, error) {
	village, err := in.village(in.Village, people.View)
	if err != nil {
		return nil, err
	}
	p, err := s.phrase(ctx, in.lang, village)
	if err != nil {
		return nil, err
	}
	now := s.cfg.Now()
	from := time.Date(now.In(p.loc).Year(), now.In(p.loc).Month(), now.In(p.loc).Day()+1, 0, 0, 0, 0, p.loc)
	if in.Day != "" {
		day, err := parseCivil(in.Day)
		if err != nil {
			return nil, in.invalid("day", "date", "")
		}
		from = time.Date(day.Year, day.Month, day.Day, 0, 0, 0, 0, p.loc)
	}
	to, err := scheduler.PlanSpan(now, from, 1)
	if err != nil {
		return nil, err
	}
	plan, err := s.planUntil(ctx, village, now, to)
	if err != nil {
		return nil, err
	}
	place, err := s.cfg.Places.Village(ctx, village)
	if err != nil {
		return nil, err
	}
	var out dayWordsOutput
	out.Body.Day = civil(p.civilOf(from))
	out.Body.Lines = p.dayWords(plan.Within(from, to), place, from, now)
	return &out, nil
}
