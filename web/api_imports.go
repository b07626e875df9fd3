package web

import (
	"context"
	"io"

	"loalang/recordings"
)

// importTake takes one file in. One that was sent with an ID goes on when its sender
// leaves after the last byte, and can be asked about.
func (s *Server) importTake(k *Caller, r io.Reader, about recordings.About) (recordings.Recording, error) {
	ctx := k.c.Request.Context()
	under := s.imports.begin(k.c.Query("import"), k.who.ID, about.Village, about.Title)
	if under != nil {
		about.Tell = under.tell
		var cancel context.CancelFunc
		ctx, cancel = detached(ctx)
		defer cancel()
	}
	rec, err := s.cfg.Importer.Import(ctx, r, about)
	if err != nil {
		under.end(rec, refusal(err))
		return rec, err
	}
	under.end(rec, "")
	return rec, nil
}

// importJSON is how far an import is.
type importJSON struct {
	ID        string         `json:"id"`
	Title     string         `json:"title"`
	Stage     string         `json:"stage" enum:"receiving,waiting,opening,cleaning,levelling,storing,done,refused"`
	Done      float64        `json:"done" doc:"Share of the work, 0 to 1."`
	Ahead     int            `json:"ahead,omitempty" doc:"How many imports come before it, while it waits."`
	Recording *recordingJSON `json:"recording,omitempty" doc:"Once it is done."`
	Refused   string         `json:"refused,omitempty" doc:"Why it was not taken in, in the language of the answer."`
}

type importOutput struct {
	Body importJSON
}

func (s *Server) getImport(_ context.Context, in *recordingInput) (*importOutput, error) {
	u, ok := s.imports.find(in.ID, in.who.ID)
	if !ok {
		return nil, in.missing()
	}
	j := importJSON{ID: u.id, Title: u.title, Stage: string(u.at.Stage), Done: u.at.Done, Ahead: u.at.Ahead}
	switch {
	case u.over && u.refused != "":
		j.Stage, j.Refused = "refused", word(in.lang, u.refused)
	case u.over:
		rec := in.recording(u.rec)
		j.Stage, j.Done, j.Recording = "done", 1, &rec
	}
	return &importOutput{Body: j}, nil
}
