package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"loalang/people"
)

// entryJSON is one entry of the history.
type entryJSON struct {
	ID       int64        `json:"id"`
	At       time.Time    `json:"at"`
	By       string       `json:"by" doc:"Name of the account or token, or of the machine's user."`
	Account  string       `json:"by_id,omitempty" doc:"ID of the account or token; absent: a process."`
	Kind     string       `json:"by_kind" enum:"account,token,process"`
	Way      string       `json:"way" enum:"panel,api,cli,board"`
	Village  string       `json:"village,omitempty"`
	Record   string       `json:"record" doc:"ID of the record that was changed."`
	Table    string       `json:"kind" doc:"What it is: announcements, renditions, schedules, slots, villages…"`
	About    string       `json:"about,omitempty" doc:"ID of the announcement that it belongs to."`
	Title    string       `json:"title,omitempty" doc:"Of the announcement that it is or belongs to, as it is now."`
	Deed     string       `json:"deed" enum:"made,changed,removed,restored,signed-in,signed-out,refused,slowed,pin-locked,passkey-signed-in,passkey-added,passkey-removed,passkey-refused,passkey-copied"`
	Revision int64        `json:"revision,omitempty" doc:"Of the record afterwards."`
	Fields   []entryField `json:"fields"`
}

type entryField struct {
	Name   string `json:"name"`
	Before any    `json:"before"`
	After  any    `json:"after" doc:"As the database keeps it: instants in microseconds since 1970 UTC, lengths in nanoseconds."`
}

// HistoryDocument is the history as the API and the command line write it.
func HistoryDocument(list []people.Change) any { return entriesOf(list) }

func entriesOf(list []people.Change) []entryJSON {
	out := []entryJSON{}
	for _, c := range list {
		j := entryJSON{
			ID: c.ID, At: c.At.UTC(), By: c.Actor.Name, Account: c.Actor.ID, Kind: string(c.Actor.Kind), Way: string(c.Actor.Way),
			Village: c.Village, Record: c.Record, Table: c.Kind, About: c.About, Title: c.Title, Deed: string(c.Deed), Revision: c.Revision, Fields: []entryField{},
		}
		for _, f := range c.Fields {
			j.Fields = append(j.Fields, entryField(f))
		}
		out = append(out, j)
	}
	return out
}

type (
	historyInput struct {
		Caller
		Village string `query:"village" doc:"Key; the board's own when left out."`
		About   string `query:"announcement" doc:"ID of an announcement: what happened to it and what belongs to it."`
		Kind    string `query:"kind" doc:"Of the record, such as schedules."`
		By      string `query:"by" doc:"Name of who did it."`
		Before  int64  `query:"before" doc:"ID to go on before, from next."`
		Limit   int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
	}
	historyOutput struct {
		Body struct {
			Changes []entryJSON `json:"changes" doc:"Newest first."`
			Next    int64       `json:"next,omitempty" doc:"Give it as before for the next page; absent at the end."`
		}
	}
)

func (s *Server) registerHistory(api huma.API) {
	answer(s, api, operation{"list-history", http.MethodGet, "/history", "List who changed what; nothing of it is ever altered", "history", people.Write, 0}, s.listHistory)
}

// historyFor is the query of somebody who looks at a village: accounts and tokens
// are for those who administer them.
func historyFor(who people.Principal, q people.HistoryQuery) people.HistoryQuery {
	q.Common = who.May(people.Administer, "")
	return q
}

func (s *Server) listHistory(ctx context.Context, in *historyInput) (*historyOutput, error) {
	village, err := in.village(in.Village, people.Write)
	if err != nil {
		return nil, err
	}
	list, err := s.cfg.Approvals.History(ctx, historyFor(in.who, people.HistoryQuery{
		Village: village, About: in.About, Kind: in.Kind, Actor: in.By, Before: in.Before, Limit: in.Limit,
	}))
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
