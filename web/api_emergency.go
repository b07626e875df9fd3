package web

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"loalang/people"
	"loalang/scheduler"
)

type (
	raiseInput struct {
		Caller
		Body emergencyForm
	}
	raiseOutput struct {
		Body emergencyJSON
	}
	lowerInput struct{ Caller }
)

// emergencyForm is what raises an emergency.
type emergencyForm struct {
	Title     string   `json:"title"`
	Reason    string   `json:"reason" doc:"One short sentence, for the log."`
	Source    string   `json:"source,omitempty" doc:"Who says so; the caller's name when left out."`
	Text      string   `json:"text,omitempty" doc:"Read after the siren; siren only when left out."`
	Languages []string `json:"languages,omitempty" doc:"ISO 639; all of the village when left out."`
	Zones     []string `json:"zones,omitempty" doc:"All when left out."`
	Repeat    int      `json:"repeat,omitempty" doc:"Cycles of siren and message; until it ends when left out."`
	ExpiresIn float64  `json:"expires_in,omitempty" doc:"Seconds; 900 when left out. It never sounds after that."`
}

func (s *Server) registerEmergencies(api huma.API) {
	const tag = "emergency"
	answer(s, api, operation{"raise-emergency", http.MethodPost, "/emergency", "Sound an emergency now, over everything", tag, people.Alarm, http.StatusCreated}, s.raiseEmergency)
	answer(s, api, operation{"end-emergency", http.MethodDelete, "/emergency", "End the emergency", tag, people.Alarm, http.StatusNoContent}, s.endEmergency)
}

// raiseEmergency touches neither the database nor the disk before the siren is
// on its way: who calls is known from memory, and the form is checked by itself.
func (s *Server) raiseEmergency(ctx context.Context, in *raiseInput) (*raiseOutput, error) {
	village, err := in.village("", people.Alarm)
	if err != nil {
		return nil, err
	}
	f := in.Body
	now := s.cfg.Now().UTC()
	life := scheduler.DefaultEmergencyLife
	if f.ExpiresIn != 0 {
		life = seconds(f.ExpiresIn)
	}
	e := scheduler.Emergency{
		Owned: s.owned(s.cfg.NewID(), village), Title: strings.TrimSpace(scheduler.Clean(f.Title)), Reason: strings.TrimSpace(scheduler.Clean(f.Reason)),
		Source: strings.TrimSpace(scheduler.Clean(f.Source)), Text: strings.TrimSpace(scheduler.Clean(f.Text)),
		Languages: f.Languages, Zones: f.Zones, Repeat: f.Repeat, Raised: now, Expires: now.Add(life), RaisedBy: in.who.Name,
	}
	if e.Source == "" {
		e.Source = in.who.Name
	}
	if err := e.Validate(now); err != nil {
		return nil, renamed(err, "expires", "expires_in")
	}
	if err := s.cfg.Alarm.Raise(ctx, e); err != nil {
		return nil, err
	}
	return &raiseOutput{Body: emergencyOf(e)}, nil
}

// renamed gives a field of faults the name it has in the request.
func renamed(err error, from, to string) error {
	faults, ok := err.(scheduler.Invalid) //nolint:errorlint // Validate returns it as it is
	if !ok {
		return err
	}
	moved := make(scheduler.Invalid, len(faults))
	for i, f := range faults {
		if f.Field == from {
			f.Field = to
		}
		moved[i] = f
	}
	return moved
}

func (s *Server) endEmergency(ctx context.Context, in *lowerInput) (*nothing, error) {
	if _, err := in.village("", people.Alarm); err != nil {
		return nil, err
	}
	return nil, s.cfg.Alarm.Lower(ctx, in.who.Name)
}
