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
	Kind   string `query:"kind" enum:"sign-ins,accounts,invitations,tokens,backups,bundles" doc:"One part of it; all when left out."`
	By     string `query:"by" doc:"Name of who did it."`
	Before int64  `query:"before" doc:"ID to go on before, from next."`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

func (s *Server) registerAudit(api huma.API) {
	answer(s, api, operation{"list-audit", http.MethodGet, "/audit", "List sign-ins, refused ones too, what was done to accounts, invitations and tokens, and who took backups and bundles away", "people", people.Administer, 0}, s.listAudit)
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

// noteOrLog tells the history what somebody did with this board that must not hang on it: the backups are
// asked for when the card or the database dies, which is when it takes nothing in. The log
// says then who it was.
func (s *Server) noteOrLog(ctx context.Context, c people.Change) {
	ctx = context.WithoutCancel(ctx)
	c.Village = s.cfg.Village // whoever administers it is to see it
	err := bounded(ctx, notePatience, func(ctx context.Context) (func(), error) { return nil, s.cfg.Diary.Note(ctx, c) })
	if err != nil {
		by := people.ActorOf(ctx)
		s.cfg.Logger.WarnContext(ctx, "what somebody did is not in the history", "kind", c.Kind, "record", c.Record, "fields", fieldNames(c), "by", by.Name, "account", by.ID, "way", string(by.Way), "err", err)
	}
}

// fieldNames are the names of what was changed.
func fieldNames(c people.Change) (names []string) {
	for _, f := range c.Fields {
		names = append(names, f.Name)
	}
	return names
}
