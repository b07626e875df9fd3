package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"loalang/people"
	"loalang/scheduler"
)

type (
	moveInput struct {
		Caller
		Village string `query:"village" doc:"Key; the board's own when left out."`
		Body    struct {
			Occurrence string `json:"occurrence" maxLength:"300" doc:"ID of what is moved, from the plan; it must still be ahead."`
			Day        string `json:"day" doc:"Where to: the day, such as 2026-11-24."`
			Slot       string `json:"slot,omitempty" maxLength:"100" doc:"ID of the slot; left out: at a time of its own."`
			Time       string `json:"time,omitempty" maxLength:"8" doc:"Time of day outside the slots, such as 18:30."`
			Scope      string `json:"scope,omitempty" enum:"one,all" doc:"Of what recurs: this turn alone, which makes an exception, or the whole series. Left out: one."`
		}
	}
	moveOutput struct {
		Undo string `header:"Undo" doc:"POST to this path, within the same village, and everything is where it was."`
		Body struct {
			Schedule string   `json:"schedule" doc:"ID of the schedule that was changed."`
			Added    []string `json:"added" doc:"IDs of schedules that the move made: the turn in its new place, and what else that day had."`
		}
	}
)

func (s *Server) registerMoves(api huma.API) {
	answer(s, api, operation{"move-turn", http.MethodPost, "/plan/moves", "Move what will air to another day, slot or time", "plan", people.Plan, 0}, s.moveTurn)
}

func (s *Server) moveTurn(ctx context.Context, in *moveInput) (*moveOutput, error) {
	village, err := in.village(in.Village, people.Plan)
	if err != nil {
		return nil, err
	}
	m, err := s.moving(ctx, village, in.Body.Occurrence)
	if isMissing(err) {
		return nil, in.missing()
	}
	if err != nil {
		return nil, err
	}
	if !m.d.Announcement.Withdrawn.IsZero() {
		return nil, s.problem(in.lang, http.StatusConflict, "withdrawn")
	}
	to := scheduler.Spot{Slot: in.Body.Slot}
	if to.Day, err = parseCivil(in.Body.Day); err != nil {
		return nil, scheduler.Invalid{{Field: "day", Code: scheduler.FaultDate}}
	}
	if to.Slot == "" {
		if to.Second, err = secondOfDay(in.Body.Time); err != nil || to.Second < 0 {
			return nil, scheduler.Invalid{{Field: "time", Code: scheduler.FaultRequired}}
		}
	}
	sc, more, err := s.moved(m, to, in.Body.Scope == "all")
	if err != nil {
		return nil, err
	}
	if err := s.keepMoved(ctx, m, to, sc, more); err != nil {
		return nil, err
	}
	out := &moveOutput{Undo: s.undoHeader(ctx, in.who, village, moveKind, sc.ID)}
	out.Body.Schedule, out.Body.Added = sc.ID, []string{}
	for _, n := range more {
		out.Body.Added = append(out.Body.Added, n.ID)
	}
	return out, nil
}
