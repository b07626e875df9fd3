package web

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"loalang/people"
)

// audited lists what the history tells of people: of one village's and of nobody's in
// particular for whoever administers that village, of all for whoever administers them.
func (s *Server) audited(ctx context.Context, who people.Principal, q people.HistoryQuery) ([]people.Change, error) {
	q.Kinds = auditKinds
	q.Village, q.Common = who.Village, who.Village != ""
	list, err := s.cfg.Approvals.History(ctx, q)
	return slices.DeleteFunc(list, func(c people.Change) bool { return c.Kind != "sign-ins" && !who.May(people.Administer, c.Village) }), err
}

type auditInput struct {
	Caller
	Kind   string `query:"kind" enum:"sign-ins,accounts,invitations,tokens" doc:"One part of it; all when left out."`
	By     string `query:"by" doc:"Name of who did it."`
	Before int64  `query:"before" doc:"ID to go on before, from next."`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

func (s *Server) registerAudit(api huma.API) {
	answer(s, api, operation{"list-audit", http.MethodGet, "/audit", "List sign-ins, refused ones too, and what was done to accounts, invitations and tokens", "people", people.Administer, 0}, s.listAudit)
}

func (s *Server) listAudit(ctx context.Context, in *auditInput) (*historyOutput, error) {
	if err := in.administers(); err != nil {
		return nil, err
	}
	list, err := s.audited(ctx, in.who, people.HistoryQuery{Kind: in.Kind, Actor: in.By, Before: in.Before, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	var out historyOutput
	out.Body.Changes = entriesOf(list)
	if len(list) == in.Limit {
		out.Body.Next = list[len(list)-1].ID
	}
	return &out, nil
}
