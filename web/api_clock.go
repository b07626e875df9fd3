package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"loalang/people"
)

type tellInput struct {
	Caller
	Body struct {
		At time.Time `json:"at" doc:"What the time is, in RFC 3339."`
	}
}

func (s *Server) registerClock(api huma.API) {
	answer(s, api, operation{"tell-clock", http.MethodPost, "/clock", "Tell the board the time, when it does not know it", "clock", people.Plan, http.StatusNoContent}, s.tellTime)
}

// clockBounds bound what is believed: before this program was
// written and after its hardware's life nobody's phone is right.
func clockBounds() (earliest, latest time.Time) {
	return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2060, 1, 1, 0, 0, 0, 0, time.UTC)
}

func (s *Server) tellTime(ctx context.Context, in *tellInput) (*nothing, error) {
	if _, err := in.village("", people.Plan); err != nil {
		return nil, err
	}
	if in.who.Token {
		return nil, in.forbidden() // a person looks at the time; a program may be wrong for months
	}
	refused, err := s.believe(ctx, in.Body.At, in.who.Name)
	if refused != "" {
		code, limit := clockFault(refused)
		return nil, in.invalid("at", code, limit)
	}
	return nil, err
}
