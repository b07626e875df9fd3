package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"loalang/people"
	"loalang/playout"
	"loalang/scheduler"
)

// drillingJSON is a drill that has begun.
type drillingJSON struct {
	Occurrence string    `json:"occurrence"`
	Title      string    `json:"title"`
	Silent     bool      `json:"silent"`
	By         string    `json:"by,omitempty"`
	Started    time.Time `json:"started"`
}

// drillForm is what makes a drill.
type drillForm struct {
	Title     string     `json:"title,omitempty" doc:"A drill without a title gets one."`
	Silent    bool       `json:"silent,omitempty" doc:"With the amplifier off and the gain at nothing; it needs no allowed hour."`
	Key       bool       `json:"key,omitempty" doc:"Of a silent one: the amplifier is switched on, without sound, to see that it answers."`
	Rule      string     `json:"rule,omitempty" doc:"As kind recurring takes it; exactly one of rule and at."`
	At        *time.Time `json:"at,omitempty" doc:"Once, then."`
	Before    string     `json:"before,omitempty" doc:"Read before the siren; the usual words when left out."`
	After     string     `json:"after,omitempty" doc:"Read behind it."`
	Siren     float64    `json:"siren,omitempty" doc:"Seconds, 10 to 60, whole tens; 10 when left out."`
	Languages []string   `json:"languages,omitempty" doc:"All of the village when left out."`
	Revision  int64      `json:"revision,omitempty" minimum:"1" doc:"Of a change: the revision that was read; left out: whatever it is."`
}

type drillJSON struct {
	ID        string     `json:"id"`
	Title     string     `json:"title"`
	Silent    bool       `json:"silent"`
	Key       bool       `json:"key"`
	Rule      string     `json:"rule,omitempty"`
	At        *time.Time `json:"at,omitempty"`
	Next      *time.Time `json:"next,omitempty" doc:"By its rule; what the plan makes of it, the plan says."`
	Before    string     `json:"before"`
	After     string     `json:"after"`
	Siren     float64    `json:"siren" doc:"Seconds."`
	Languages []string   `json:"languages" doc:"None is all of the village."`
	By        string     `json:"by"`
	Revision  int64      `json:"revision"`
}

// DrillRun is what became of a drill, as the API and the commands show it.
type DrillRun struct {
	Occurrence string      `json:"occurrence"`
	Title      string      `json:"title"`
	Silent     bool        `json:"silent"`
	Due        time.Time   `json:"due"`
	Outcome    string      `json:"outcome" doc:"played: passed. missed or cut: it was not, and cause says why."`
	Cause      string      `json:"cause"`
	Passed     bool        `json:"passed"`
	Siren      float64     `json:"siren" doc:"Seconds from the call to the first frame; 0 when it never came."`
	Steps      []DrillStep `json:"steps"`
}

// DrillStep is one step of a DrillRun.
type DrillStep struct {
	Code     string  `json:"code"`
	Language string  `json:"language,omitempty"`
	Zone     string  `json:"zone,omitempty" doc:"Of the step amplifier: loudspeakers that do not answer, while others do."`
	OK       bool    `json:"ok"`
	Took     float64 `json:"took" doc:"Seconds."`
	Fault    string  `json:"fault,omitempty" doc:"Stable."`
	Detail   string  `json:"detail,omitempty" doc:"What to do."`
	Level    float64 `json:"level,omitempty" doc:"dBFS; left out when it is not known."`
}

type (
	drillsInput struct {
		Caller
		Village string `query:"village" doc:"Key; the board's own when left out."`
	}
	drillsOutput struct {
		Body struct {
			Drills []drillJSON `json:"drills"`
			Runs   []DrillRun  `json:"runs" doc:"The latest first, at most 24."`
		}
	}
	newDrillInput struct {
		Caller
		Village string `query:"village" doc:"Key; the board's own when left out."`
		Body    drillForm
	}
	changeDrillInput struct {
		Caller
		ID      string `path:"id"`
		Village string `query:"village" doc:"Key; the board's own when left out."`
		Body    drillForm
	}
	drillInput struct {
		Caller
		ID      string `path:"id"`
		Village string `query:"village" doc:"Key; the board's own when left out."`
	}
	runDrillInput struct {
		Caller
		Village string `query:"village" doc:"Key; the board's own when left out."`
		Body    struct {
			Silent bool `json:"silent" doc:"false is heard in the village, and needs an allowed hour."`
		}
	}
	drillOutput struct {
		Body drillJSON
	}
)

func (s *Server) registerDrills(api huma.API) {
	if s.cfg.Drills == nil {
		return
	}
	const tag = "drills"
	answer(s, api, operation{"list-drills", http.MethodGet, "/drills", "List the drills of the emergency path and what they found", tag, people.View, 0}, s.listDrills)
	answer(s, api, operation{"create-drill", http.MethodPost, "/drills", "Arrange a drill", tag, people.Arrange, http.StatusCreated}, s.createDrill)
	answer(s, api, operation{"change-drill", http.MethodPut, "/drills/{id}", "Change a drill", tag, people.Arrange, 0}, s.changeDrill)
	answer(s, api, operation{"delete-drill", http.MethodDelete, "/drills/{id}", "Remove a drill; one that sounds is stopped", tag, people.Arrange, http.StatusNoContent}, s.deleteDrill)
	answer(s, api, operation{"run-drill", http.MethodPost, "/drills/run", "Drill now, as soon as the output is free", tag, people.Arrange, http.StatusAccepted}, s.runDrill)
}

func drillView(d scheduler.Drill, now time.Time, loc *time.Location) drillJSON {
	j := drillJSON{
		ID: d.ID, Title: d.Title, Silent: d.Silent, Key: d.Key, Rule: d.Rule, At: instantOf(d.At), Next: instantOf(d.Next(now, loc)),
		Before: d.Before, After: d.After, Siren: d.Siren.Seconds(), Languages: d.Languages, By: d.By, Revision: d.Revision,
	}
	if j.Languages == nil {
		j.Languages = []string{}
	}
	return j
}

// DrillDocument is an as-run row of a drill as the API shows it; what to do is
// worded in lang, "vi" or "en".
func DrillDocument(r playout.AsRun, lang string) DrillRun {
	j := DrillRun{
		Occurrence: r.Occurrence, Title: r.Title, Due: r.Due.UTC(), Outcome: string(r.Outcome), Cause: r.Cause,
		Passed: r.Outcome == playout.Played, Steps: []DrillStep{},
	}
	took, _ := r.Drill.Siren()
	j.Siren = took.Seconds()
	if r.Drill == nil {
		return j
	}
	j.Silent = r.Drill.Silent
	for _, st := range r.Drill.Steps {
		step := DrillStep{Code: st.Code, Language: st.Language, Zone: st.Zone, OK: st.OK, Took: st.Took.Seconds(), Fault: st.Fault, Level: float64(st.Level)}
		if st.Fault != "" {
			step.Detail = drillFault(lang, st)
		}
		j.Steps = append(j.Steps, step)
	}
	return j
}

// drillFault is what to do about a step that failed.
func drillFault(lang string, st playout.DrillStep) string {
	if st.Zone != "" {
		return word(lang, "drill-fault.zone", st.Zone)
	}
	if key := "drill-fault." + st.Fault; hasWord(key) {
		return word(lang, key)
	}
	return word(lang, "rendition-fault."+st.Fault)
}

// zoneOf is the village's, or UTC while it is not known.
func (s *Server) zoneOf(ctx context.Context, village string) *time.Location {
	if v, err := s.cfg.Places.Village(ctx, village); err == nil {
		if loc, err := v.Location(); err == nil {
			return loc
		}
	}
	return time.UTC
}

func (s *Server) listDrills(ctx context.Context, in *drillsInput) (*drillsOutput, error) {
	village, err := in.village(in.Village, people.View)
	if err != nil {
		return nil, err
	}
	all, err := s.cfg.Drills.Drills(ctx, village)
	if err != nil {
		return nil, err
	}
	now := s.cfg.Now()
	runs, err := s.cfg.Drills.DrillRuns(ctx, village, now.Add(time.Minute), drillRunsShown)
	if err != nil {
		return nil, err
	}
	out := &drillsOutput{}
	out.Body.Drills, out.Body.Runs = []drillJSON{}, []DrillRun{}
	loc := s.zoneOf(ctx, village)
	for _, d := range all {
		out.Body.Drills = append(out.Body.Drills, drillView(d, now, loc))
	}
	for _, r := range runs {
		out.Body.Runs = append(out.Body.Runs, DrillDocument(r, in.lang))
	}
	return out, nil
}

// apply puts a form into a drill, and returns the text of its rule.
func (f drillForm) apply(d *scheduler.Drill) (rule string) {
	d.Title, d.Silent, d.Key, d.Before, d.After, d.Languages = f.Title, f.Silent, f.Key, f.Before, f.After, f.Languages
	if d.Title == "" {
		d.Title = word(vietnamese, "drills.default-title")
	}
	if d.Before == "" {
		d.Before = word(vietnamese, "drills.default-before")
	}
	if d.After == "" {
		d.After = word(vietnamese, "drills.default-after")
	}
	if d.Siren = seconds(f.Siren); f.Siren == 0 {
		d.Siren = scheduler.SirenCycle
	}
	d.At = time.Time{}
	if f.At != nil {
		d.At = f.At.UTC()
	}
	if f.Rule == "" {
		d.Rule, d.Since = "", time.Time{}
	}
	return f.Rule
}

func (s *Server) createDrill(ctx context.Context, in *newDrillInput) (*drillOutput, error) {
	village, err := in.village(in.Village, people.Arrange)
	if err != nil {
		return nil, err
	}
	d := scheduler.Drill{Owned: s.owned(s.cfg.NewID(), village)}
	return s.answerDrill(ctx, &in.Caller, d, in.Body)
}

func (s *Server) answerDrill(ctx context.Context, k *Caller, d scheduler.Drill, f drillForm) (*drillOutput, error) {
	if f.Rule != "" && f.At != nil {
		return nil, scheduler.Invalid{{Field: "rule", Code: scheduler.FaultEither}}
	}
	rule := f.apply(&d)
	d, err := s.saveDrill(ctx, k.who, d, rule)
	if err != nil {
		return nil, err
	}
	return &drillOutput{Body: drillView(d, s.cfg.Now(), s.zoneOf(ctx, d.Village))}, nil
}

func (s *Server) changeDrill(ctx context.Context, in *changeDrillInput) (*drillOutput, error) {
	village, err := in.village(in.Village, people.Arrange)
	if err != nil {
		return nil, err
	}
	d, err := s.drillOf(ctx, village, in.ID)
	if err != nil {
		return nil, err
	}
	if in.Body.Revision != 0 && in.Body.Revision != d.Revision {
		return nil, scheduler.ErrRevision
	}
	return s.answerDrill(ctx, &in.Caller, d, in.Body)
}

func (s *Server) deleteDrill(ctx context.Context, in *drillInput) (*removed, error) {
	village, err := in.village(in.Village, people.Arrange)
	if err != nil {
		return nil, err
	}
	d, err := s.drillOf(ctx, village, in.ID)
	if err != nil {
		return nil, err
	}
	if err := s.removeDrill(ctx, in.who, d); err != nil {
		return nil, err
	}
	return s.removedOf(ctx, &in.Caller, village, "drills", d.ID), nil
}

func (s *Server) runDrill(ctx context.Context, in *runDrillInput) (*drillOutput, error) {
	village, err := in.village(in.Village, people.Arrange)
	if err != nil {
		return nil, err
	}
	d, err := s.drillNow(ctx, in.who, village, in.Body.Silent)
	if err != nil {
		return nil, err
	}
	return &drillOutput{Body: drillView(d, s.cfg.Now(), s.zoneOf(ctx, village))}, nil
}

// drillNow arranges a drill for now.
func (s *Server) drillNow(ctx context.Context, who people.Principal, village string, silent bool) (scheduler.Drill, error) {
	all, err := s.cfg.Drills.Drills(ctx, village)
	if err != nil {
		return scheduler.Drill{}, err
	}
	d := DrillNow(all, silent, village, s.cfg.Now())
	d.Owned = s.owned(s.cfg.NewID(), village)
	return s.saveDrill(ctx, who, d, "")
}
