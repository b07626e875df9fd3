package web

import (
	"context"
	"time"

	"loalang/people"
	"loalang/recordings"
)

type trimInput struct {
	Caller
	ID   string `path:"id"`
	Body struct {
		From float64 `json:"from,omitempty" minimum:"0" maximum:"86400" doc:"Seconds from the beginning of the sound as it came."`
		To   float64 `json:"to,omitempty" minimum:"0" maximum:"86400" doc:"Seconds; to the end of the sound when left out."`
	}
}

// trimRecording makes a new recording of another piece of a sound as it came.
func (s *Server) trimRecording(ctx context.Context, in *trimInput) (*recordingOutput, error) {
	r, err := s.visible(ctx, &in.Caller, in.ID)
	switch {
	case err != nil:
		return nil, err
	case r.Kind != recordings.Take || s.cfg.Trimmer == nil:
		return nil, in.missing()
	case r.Village != "" && !in.who.May(people.Upload, r.Village):
		return nil, in.forbidden()
	}
	seconds := func(n float64) time.Duration { return time.Duration(n * float64(time.Second)) }
	trim := recordings.Trim{From: seconds(in.Body.From), To: seconds(in.Body.To)}
	if r, err = s.cfg.Trimmer.Retrim(ctx, r.ID, recordings.About{By: in.who.Name, Trim: trim}); err != nil {
		return nil, err
	}
	return &recordingOutput{Body: in.recording(r)}, nil
}
