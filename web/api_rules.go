package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"loalang/people"
	"loalang/scheduler"
)

type (
	placeRulesInput struct {
		Caller
		Key string `path:"key" doc:"Key of the village."`
	}
	placeRulesOutput struct {
		Body placeRulesJSON
	}
	putPlaceRulesInput struct {
		Caller
		Key  string `path:"key" doc:"Key of the village."`
		Body struct {
			Revision int64 `json:"revision,omitempty" minimum:"1" doc:"The revision of the village that was read; left out: whatever it is."`
			scheduler.RulesForm
		}
	}
	modelsInput  struct{ Caller }
	modelsOutput struct {
		Body struct {
			Models []modelJSON `json:"models"`
		}
	}
	liftsInput struct {
		Caller
		Village string `query:"village" doc:"Key; the board's own when left out."`
		Before  string `query:"before" doc:"ID behind which the page begins."`
		Limit   int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	}
	liftsOutput struct {
		Body struct {
			Exceptions []exceptionJSON `json:"exceptions" doc:"Those that were asked for last first."`
		}
	}
	newLiftInput struct {
		Caller
		Village string `query:"village" doc:"Key; the board's own when left out."`
		Body    struct {
			Announcement string    `json:"announcement,omitempty" doc:"ID; left out: any."`
			Slot         string    `json:"slot,omitempty" doc:"ID; left out: any, and what is in none."`
			From         time.Time `json:"from"`
			To           time.Time `json:"to" doc:"With it the exception is over; at most 31 days after from."`
			Rules        []string  `json:"rules" enum:"hours,quiet,minutes,music" doc:"What it lifts."`
			Reason       string    `json:"reason" doc:"At least three words."`
		}
	}
	liftInput struct {
		Caller
		ID      string `path:"id"`
		Village string `query:"village" doc:"Key; the board's own when left out."`
	}
	liftDecisionInput struct {
		Caller
		ID      string `path:"id"`
		Village string `query:"village" doc:"Key; the board's own when left out."`
		Body    struct {
			Approve  bool   `json:"approve" doc:"false refuses it."`
			Answer   string `json:"answer,omitempty" doc:"Of a refusal required."`
			Revision int64  `json:"revision,omitempty" minimum:"1" doc:"The revision that was read; left out: whatever it is."`
		}
	}
	withdrawnLift struct {
		Undo string `header:"Undo" doc:"POST to this path, within the same village, and the exception holds again."`
		Body exceptionJSON
	}
	liftOutput struct {
		Body exceptionJSON
	}
)

// placeRulesJSON is the rules of a place as the API shows them.
type placeRulesJSON struct {
	Revision int64 `json:"revision" doc:"Of the village."`
	scheduler.RulesForm
}

// modelJSON is rules to start from.
type modelJSON struct {
	Key    string              `json:"key"`
	Name   string              `json:"name"`
	Source string              `json:"source" doc:"Where it was read of. What holds in a place is for its commune to say."`
	Note   string              `json:"note"`
	Rules  scheduler.RulesForm `json:"rules"`
}

// exceptionJSON is an exception as the API shows it.
type exceptionJSON struct {
	ID           string     `json:"id"`
	Village      string     `json:"village"`
	State        string     `json:"state" enum:"requested,approved,refused,withdrawn,over"`
	Announcement string     `json:"announcement,omitempty"`
	Slot         string     `json:"slot,omitempty"`
	From         time.Time  `json:"from"`
	To           time.Time  `json:"to"`
	Rules        []string   `json:"rules" enum:"hours,quiet,minutes,music"`
	Reason       string     `json:"reason"`
	RequestedBy  string     `json:"requested_by"`
	Requested    time.Time  `json:"requested"`
	DecidedBy    string     `json:"decided_by,omitempty"`
	Decided      *time.Time `json:"decided,omitempty"`
	Answer       string     `json:"answer,omitempty"`
	WithdrawnBy  string     `json:"withdrawn_by,omitempty"`
	Withdrawn    *time.Time `json:"withdrawn,omitempty"`
	Revision     int64      `json:"revision"`
}

func (s *Server) registerPlaceRules(api huma.API) {
	const tag = "rules"
	answer(s, api, operation{"get-rules", http.MethodGet, "/villages/{key}/rules", "Read the rules of a place", tag, people.View, 0}, s.getPlaceRules)
	answer(s, api, operation{"put-rules", http.MethodPut, "/villages/{key}/rules", "Replace the rules of a place", tag, people.Arrange, 0}, s.putPlaceRules)
	answer(s, api, operation{"list-rules-models", http.MethodGet, "/rules-models", "List rules to start from, with their sources", tag, people.View, 0}, s.listModels)
	answer(s, api, operation{"list-exceptions", http.MethodGet, "/exceptions", "List exceptions from the rules of a place", tag, people.View, 0}, s.listExceptions)
	answer(s, api, operation{"request-exception", http.MethodPost, "/exceptions", "Ask for an exception", tag, people.Plan, http.StatusCreated}, s.postException)
	answer(s, api, operation{"decide-exception", http.MethodPost, "/exceptions/{id}/decision", "Approve or refuse an exception that somebody else asked for", tag, people.Arrange, 0}, s.postDecision)
	answer(s, api, operation{"withdraw-exception", http.MethodPost, "/exceptions/{id}/withdrawal", "Take an exception back: what sounds by it stops", tag, people.Plan, 0}, s.postWithdrawal)
}

func (s *Server) getPlaceRules(ctx context.Context, in *placeRulesInput) (*placeRulesOutput, error) {
	village, err := in.village(in.Key, people.View)
	if err != nil {
		return nil, err
	}
	place, err := s.cfg.Places.Village(ctx, village)
	if err != nil {
		return nil, err
	}
	return &placeRulesOutput{Body: placeRulesOf(place)}, nil
}

func placeRulesOf(v scheduler.Village) placeRulesJSON {
	return placeRulesJSON{v.Revision, scheduler.FormOf(v.Allowed, v.Rules)}
}

func (s *Server) putPlaceRules(ctx context.Context, in *putPlaceRulesInput) (*placeRulesOutput, error) {
	village, err := in.village(in.Key, people.Arrange)
	if err != nil {
		return nil, err
	}
	place, err := s.rule(ctx, village, in.Body.Revision, in.Body.RulesForm)
	if err != nil {
		return nil, err
	}
	return &placeRulesOutput{Body: placeRulesOf(place)}, nil
}

func (s *Server) listModels(context.Context, *modelsInput) (*modelsOutput, error) {
	var out modelsOutput
	for _, m := range scheduler.RulesModels() {
		out.Body.Models = append(out.Body.Models, modelJSON{m.Key, m.Name, m.Source, m.Note, m.RulesForm})
	}
	return &out, nil
}

func (s *Server) exceptionOf(e scheduler.Exception) exceptionJSON {
	j := exceptionJSON{
		ID: e.ID, Village: e.Village, State: string(e.State(s.cfg.Now())), Announcement: e.Announcement, Slot: e.Slot, From: e.From.UTC(), To: e.To.UTC(),
		Reason: e.Reason, RequestedBy: e.RequestedBy, Requested: e.Created.UTC(), DecidedBy: e.DecidedBy, Decided: instantOf(e.Decided), Answer: e.Answer,
		WithdrawnBy: e.WithdrawnBy, Withdrawn: instantOf(e.Withdrawn), Revision: e.Revision, Rules: []string{},
	}
	for _, l := range e.Rules {
		j.Rules = append(j.Rules, string(l))
	}
	return j
}

func (s *Server) listExceptions(ctx context.Context, in *liftsInput) (*liftsOutput, error) {
	village, err := in.village(in.Village, people.View)
	if err != nil {
		return nil, err
	}
	all, err := s.cfg.Exceptions.Exceptions(ctx, village, in.Before, in.Limit)
	if err != nil {
		return nil, err
	}
	var out liftsOutput
	out.Body.Exceptions = []exceptionJSON{}
	for _, e := range all {
		out.Body.Exceptions = append(out.Body.Exceptions, s.exceptionOf(e))
	}
	return &out, nil
}

func (s *Server) postException(ctx context.Context, in *newLiftInput) (*liftOutput, error) {
	village, err := in.village(in.Village, people.Plan)
	if err != nil {
		return nil, err
	}
	e := scheduler.Exception{
		Owned: scheduler.Owned{Village: village}, Announcement: in.Body.Announcement, Slot: in.Body.Slot, From: in.Body.From, To: in.Body.To, Reason: in.Body.Reason,
	}
	for _, l := range in.Body.Rules {
		e.Rules = append(e.Rules, scheduler.Lift(l))
	}
	if e, err = s.requestException(ctx, in.who, e); err != nil {
		return nil, err
	}
	return &liftOutput{Body: s.exceptionOf(e)}, nil
}

func (s *Server) postDecision(ctx context.Context, in *liftDecisionInput) (*liftOutput, error) {
	village, err := in.village(in.Village, people.Arrange)
	if err != nil {
		return nil, err
	}
	e, err := s.exception(ctx, village, in.ID)
	if err != nil {
		return nil, err
	}
	if e, err = s.decideException(ctx, in.who, e, liftDecision{in.Body.Approve, in.Body.Answer, in.Body.Revision}); err != nil {
		return nil, err
	}
	return &liftOutput{Body: s.exceptionOf(e)}, nil
}

func (s *Server) postWithdrawal(ctx context.Context, in *liftInput) (*withdrawnLift, error) {
	village, err := in.village(in.Village, people.Plan)
	if err != nil {
		return nil, err
	}
	e, err := s.exception(ctx, village, in.ID)
	if err != nil {
		return nil, err
	}
	if !mayWithdraw(in.who, e) {
		return nil, in.forbidden()
	}
	if e, err = s.withdrawException(ctx, in.who, e); err != nil {
		return nil, err
	}
	return &withdrawnLift{s.undoHeader(ctx, in.who, village, "exceptions", e.ID), s.exceptionOf(e)}, nil
}
