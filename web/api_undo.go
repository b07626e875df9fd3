package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"loalang/people"
)

type (
	undoInput struct {
		Caller
		Entry   int64  `path:"entry" minimum:"1" doc:"ID of an entry of the history that says that something was removed or withdrawn. A DELETE names it in its header Undo."`
		Village string `query:"village" doc:"Key; the board's own when left out."`
	}
	undoOutput struct {
		Body struct {
			Kind   string `json:"kind" doc:"What is there again: schedules, slots, words…"`
			Record string `json:"record" doc:"Its ID. A word has another than before."`
			About  string `json:"about,omitempty" doc:"ID of the announcement that it belongs to."`
		}
	}
	// removed answers a call that took something away: 204 has no body.
	removed struct {
		Undo string `header:"Undo" doc:"POST to this path, within the same village, and what was removed is there again as it was. Absent: it cannot be undone."`
	}
)

func (s *Server) registerUndo(api huma.API) {
	answer(s, api, operation{"undo-removal", http.MethodPost, "/history/{entry}/undo", "Give back what was removed or withdrawn, as it was; 409 when it was changed since", "history", people.Write, 0}, s.undoRemoval)
}

func (s *Server) undoRemoval(ctx context.Context, in *undoInput) (*undoOutput, error) {
	village, err := in.village(in.Village, people.Write)
	if err != nil {
		return nil, err
	}
	c, how, err := s.undoable(ctx, in.who, village, in.Entry)
	if err != nil {
		return nil, err
	}
	if err := s.undo(ctx, in.who, c, how); err != nil {
		return nil, err
	}
	var out undoOutput
	out.Body.Kind, out.Body.Record, out.Body.About = c.Kind, c.Record, c.About
	return &out, nil
}

// removedOf answers a call that removed a record.
func (s *Server) removedOf(ctx context.Context, k *Caller, village, kind, id string) *removed {
	return &removed{Undo: s.undoHeader(ctx, k.who, village, kind, id)}
}
