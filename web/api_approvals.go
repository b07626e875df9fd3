package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"loalang/people"
	"loalang/scheduler"
)

// approvalJSON is the approval of an announcement.
type approvalJSON struct {
	State  string     `json:"state" enum:"draft,submitted,approved,returned,urgent"`
	By     string     `json:"by,omitempty" doc:"Who brought it there."`
	At     *time.Time `json:"at,omitempty"`
	Reason string     `json:"reason,omitempty" doc:"Of returned and urgent."`
	Review *time.Time `json:"review_until,omitempty" doc:"Until when what aired urgently is to be reviewed."`
	Need   string     `json:"need,omitempty" enum:"anyone,officer" doc:"Whose approval what waits needs: that of anyone who may approve, or of an officer."`
}

func approvalJSONOf(a scheduler.Approval) *approvalJSON {
	return &approvalJSON{string(a.State), a.By, instantOf(a.At), a.Reason, instantOf(a.Review), string(a.Need)}
}

// waitingJSON is an announcement that waits for somebody.
type waitingJSON struct {
	Announcement announcementJSON `json:"announcement"`
	Waiting      []string         `json:"waiting" doc:"What waits: words, title, validity, language:pcc, schedule:ID; review of what aired urgently."`
	Next         *time.Time       `json:"next,omitempty" doc:"When its schedules call for it next."`
	Seen         string           `json:"seen" doc:"Names everything that an approval would approve: give it with the decision."`
}

// rulesJSON are the approval rules of a village.
type rulesJSON struct {
	Recorder     needsJSON      `json:"recorder" doc:"What announcements need that somebody writes who only records."`
	Cadre        needsJSON      `json:"cadre"`
	Officer      needsJSON      `json:"officer"`
	TwoPeople    bool           `json:"two_people" doc:"Nobody approves what they wrote themselves."`
	LaterTakes   bool           `json:"later_takes" doc:"What a person records after the approval airs without another one."`
	ReviewHours  float64        `json:"review_hours" doc:"Within how many hours what aired urgently is to be reviewed; 0: 24."`
	Days         int            `json:"days" doc:"How many days an announcement is valid for which its author names no end; 0: for ever."`
	PriorityDays int            `json:"priority_days"`
	TopicDays    map[string]int `json:"topic_days,omitempty" doc:"The same by topic, such as the code of a template."`
	Revision     int64          `json:"revision,omitempty" doc:"Of the village; give that which was read: 409 when somebody has changed it since."`
}

type needsJSON struct {
	Normal   string `json:"normal" enum:"none,anyone,officer"`
	Priority string `json:"priority" enum:"none,anyone,officer"`
}

func rulesJSONOf(v scheduler.Village) rulesJSON {
	named := func(n scheduler.Need) string {
		if n == scheduler.NeedNone {
			return "none"
		}
		return string(n)
	}
	needs := func(n scheduler.ClassNeeds) needsJSON { return needsJSON{named(n.Normal), named(n.Priority)} }
	r := v.Approvals
	return rulesJSON{
		Recorder: needs(r.Recorder), Cadre: needs(r.Cadre), Officer: needs(r.Officer), TwoPeople: r.TwoPeople, LaterTakes: r.LaterTakes,
		ReviewHours: r.Review.Hours(), Days: r.Days, PriorityDays: r.PriorityDays, TopicDays: r.TopicDays, Revision: v.Revision,
	}
}

func (j rulesJSON) rules() scheduler.ApprovalRules {
	needs := func(n needsJSON) scheduler.ClassNeeds {
		return scheduler.ClassNeeds{Normal: needOf(n.Normal), Priority: needOf(n.Priority)}
	}
	return scheduler.ApprovalRules{
		Recorder: needs(j.Recorder), Cadre: needs(j.Cadre), Officer: needs(j.Officer), TwoPeople: j.TwoPeople, LaterTakes: j.LaterTakes,
		Review: time.Duration(min(max(j.ReviewHours, -1), 1000) * float64(time.Hour)), Days: j.Days, PriorityDays: j.PriorityDays, TopicDays: j.TopicDays,
	}
}

// needOf reads "none" as what needs nobody.
func needOf(s string) scheduler.Need {
	if s == "none" {
		return scheduler.NeedNone
	}
	return scheduler.Need(s)
}

type (
	decisionInput struct {
		Caller
		ID   string `path:"id"`
		Body struct {
			Act    string `json:"act" enum:"submit,approve,return,urge" doc:"approve is also the review of what aired urgently."`
			Reason string `json:"reason,omitempty" doc:"Required to return and to urge; at most 200 characters."`
			Seen   string `json:"seen,omitempty" doc:"What was looked at: 409 when it is another by now."`
		}
	}
	approvalsInput struct {
		Caller
		Village string `query:"village" doc:"Key; the board's own when left out."`
	}
	approvalsOutput struct {
		Body struct {
			Waiting []waitingJSON `json:"waiting" doc:"What airs soonest first."`
		}
	}
	rulesInput struct {
		Caller
		Village string `path:"key"`
		Body    rulesJSON
	}
	rulesOfInput struct {
		Caller
		Village string `path:"key"`
	}
	rulesOutput struct{ Body rulesJSON }
)

func (s *Server) registerApprovals(api huma.API) {
	const tag = "approvals"
	answer(s, api, operation{"list-approvals", http.MethodGet, "/approvals", "List what waits for approval or review", tag, people.View, 0}, s.listApprovals)
	answer(s, api, operation{"decide-approval", http.MethodPost, "/announcements/{id}/approval", "Submit, approve, return or urge an announcement", tag, people.Write, 0}, s.decideApproval)
	answer(s, api, operation{"get-approval-rules", http.MethodGet, "/villages/{key}/approval-rules", "Whose announcements need whose approval", tag, people.View, 0}, s.getRules)
	answer(s, api, operation{"put-approval-rules", http.MethodPut, "/villages/{key}/approval-rules", "Say whose announcements need whose approval", tag, people.Arrange, 0}, s.putRules)
}

func (s *Server) listApprovals(ctx context.Context, in *approvalsInput) (*approvalsOutput, error) {
	village, err := in.village(in.Village, people.View)
	if err != nil {
		return nil, err
	}
	place, err := s.cfg.Places.Village(ctx, village)
	if err != nil {
		return nil, err
	}
	ds, err := s.cfg.Approvals.AwaitingApproval(ctx, village, s.cfg.Now())
	if err != nil {
		return nil, err
	}
	var out approvalsOutput
	out.Body.Waiting = []waitingJSON{}
	for _, d := range ds {
		next, err := s.nextAir(ctx, d)
		if err != nil {
			return nil, err
		}
		out.Body.Waiting = append(out.Body.Waiting, waitingJSON{announcementOf(d, s.cfg.Now()), entries(waitingFor(d, place)), instantOf(next), sightOf(d)})
	}
	return &out, nil
}

// waitingFor says what of d waits, its review among it.
func waitingFor(d scheduler.Dossier, place scheduler.Village) []string {
	parts := d.Waiting(place.Approvals)
	if d.Announcement.Approval.State == scheduler.Urgent {
		parts = append([]string{"review"}, parts...)
	}
	return parts
}

func (s *Server) decideApproval(ctx context.Context, in *decisionInput) (*announcementOutput, error) {
	d, err := s.dossier(ctx, &in.Caller, in.ID, people.Write)
	if err != nil {
		return nil, err
	}
	d, err = s.decide(ctx, in.who, d, decision{Act: scheduler.ApprovalAct(in.Body.Act), Reason: in.Body.Reason, Seen: in.Body.Seen})
	if err != nil {
		return nil, err
	}
	return s.shown(d), nil
}

func (s *Server) getRules(ctx context.Context, in *rulesOfInput) (*rulesOutput, error) {
	key, err := in.village(in.Village, people.View)
	if err != nil {
		return nil, err
	}
	v, err := s.cfg.Places.Village(ctx, key)
	if err != nil {
		return nil, err
	}
	return &rulesOutput{rulesJSONOf(v)}, nil
}

func (s *Server) putRules(ctx context.Context, in *rulesInput) (*rulesOutput, error) {
	key, err := in.village(in.Village, people.Arrange)
	if err != nil {
		return nil, err
	}
	v, err := s.setRules(ctx, key, in.Body.rules(), in.Body.Revision)
	if err != nil {
		return nil, err
	}
	return &rulesOutput{rulesJSONOf(v)}, nil
}

// setRules changes the approval rules of a village of the revision that was read;
// 0: whatever it is. The errors are scheduler.Invalid, scheduler.ErrRevision and those
// of the store.
func (s *Server) setRules(ctx context.Context, key string, rules scheduler.ApprovalRules, revision int64) (scheduler.Village, error) {
	v, err := s.cfg.Places.Village(ctx, key)
	if err != nil {
		return v, err
	}
	if err := rules.Validate(); err != nil {
		return v, err
	}
	if revision != 0 && revision != v.Revision {
		return v, scheduler.ErrRevision
	}
	v.Approvals = rules
	if err := s.cfg.Arrange.SaveVillage(ctx, v); err != nil {
		return v, err
	}
	s.place.forget()
	s.tellChange(ctx)
	return s.cfg.Places.Village(ctx, key)
}
