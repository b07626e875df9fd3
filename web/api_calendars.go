package web

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"loalang/people"
	"loalang/scheduler"
)

type (
	calendarInput struct {
		Caller
		Body struct {
			Village   string   `json:"village,omitempty" doc:"Key; the board's own when left out."`
			Calendar  string   `json:"calendar" doc:"The text of the iCalendar file (RFC 5545), at most 1 MiB."`
			Slots     []string `json:"slots,omitempty" maxItems:"24" doc:"IDs, or times of day such as 17:00, of the slots that events of whole days air in; the first of the day when left out."`
			UIDs      []string `json:"uids,omitempty" maxItems:"10000" doc:"import: UIDs of the events to take; all that do something when left out. preview: without effect."`
			Overwrite []string `json:"overwrite,omitempty" maxItems:"200" doc:"import: UIDs of events that replace, or take back, what was edited here since it was last taken in; without it that stays as it is. preview: without effect."`
		}
	}
	calendarOutput struct {
		Body struct {
			Events []intakeJSON `json:"events" doc:"In the order of the file."`
		}
	}
)

// intakeJSON is what becomes, or became, of an event.
type intakeJSON struct {
	UID          string       `json:"uid"`
	Title        string       `json:"title"`
	Deed         string       `json:"deed" enum:"new,change,withdraw,same,refuse" doc:"new: becomes an announcement. change: what it became before is brought up to date. withdraw: it was called off, and what it became is taken back. same: taken in before. refuse: see fault."`
	Fault        string       `json:"fault,omitempty" doc:"refuse: the code of why."`
	Detail       string       `json:"detail,omitempty" doc:"refuse: the same in a sentence."`
	Text         string       `json:"text,omitempty" doc:"What is read."`
	Class        string       `json:"class,omitempty"`
	Approval     string       `json:"approval,omitempty" doc:"State; absent: nobody is asked."`
	Announcement string       `json:"announcement,omitempty" doc:"ID of what it became; in a preview only of what is there already."`
	Edited       bool         `json:"edited,omitempty" doc:"change, withdraw: what it became was edited here since it was last taken in; importing leaves it as it is (refuse, edited) unless overwrite has its UID."`
	Kind         string       `json:"kind,omitempty" doc:"Of the schedule: once, slots, recurring."`
	Rule         string       `json:"rule,omitempty" doc:"recurring: in its canonical form."`
	Notes        []noteJSON   `json:"notes,omitempty" doc:"What of the event is not taken as it stands."`
	Next         []momentJSON `json:"next" doc:"The next three times, as far as the schedule says."`
}

// noteJSON is a remark on an event.
type noteJSON struct {
	Code   string `json:"code" enum:"other-words,first-day,a-plan" doc:"a-plan: it comes from the feed of another village's plan. other-words: single times have words of their own, and are read with those of the event. first-day: each time lasts several days and airs on the first."`
	Detail string `json:"detail" doc:"In a sentence."`
}

// calendarBytes bounds a call that carries a calendar: JSON may write a byte as six.
const calendarBytes = 3 * MaxCalendarFile

func (s *Server) registerCalendars(api huma.API) {
	const tag = "calendars"
	preview := operation{"preview-calendar", http.MethodPost, "/calendars/preview", "Say what each event of a calendar file would become; nothing is saved", tag, people.Plan, 0}.huma(s)
	take := operation{"import-calendar", http.MethodPost, "/calendars/import", "Take events of a calendar file in, each in a transaction of its own; the same again changes nothing", tag, people.Plan, 0}.huma(s)
	preview.MaxBodyBytes, take.MaxBodyBytes = calendarBytes, calendarBytes
	answerAs(s, api, preview, s.previewCalendar)
	answerAs(s, api, take, s.importCalendar)
	describeDry(api, take)
}

func (s *Server) previewCalendar(ctx context.Context, in *calendarInput) (*calendarOutput, error) {
	place, all, err := s.calendarOf(ctx, in)
	if err != nil {
		return nil, err
	}
	return calendarAnswer(in.lang, place, all, false), nil
}

func (s *Server) importCalendar(ctx context.Context, in *calendarInput) (*calendarOutput, error) {
	place, all, err := s.calendarOf(ctx, in)
	if err != nil {
		return nil, err
	}
	if err = knownUIDs(all, in.Body.Overwrite); err != nil {
		return nil, err
	}
	if all, err = s.take(ctx, in.who, all, in.Body.UIDs, in.Body.Overwrite); err != nil {
		return nil, err
	}
	return calendarAnswer(in.lang, place, all, true), nil
}

// calendarOf reads the calendar of a call, if the caller may take it in.
func (s *Server) calendarOf(ctx context.Context, in *calendarInput) (place scheduler.Village, all []Intake, err error) {
	key, err := in.village(in.Body.Village, people.Plan)
	if err != nil {
		return place, nil, err
	}
	if !mayTake(in.who, key) {
		return place, nil, in.forbidden()
	}
	if place, err = s.cfg.Places.Village(ctx, key); err != nil {
		return place, nil, err
	}
	all, err = s.intake(ctx, &in.Caller, place, []byte(in.Body.Calendar), in.Body.Slots)
	var fault CalendarFault
	if errors.As(err, &fault) {
		return place, nil, s.problem(in.lang, http.StatusUnprocessableEntity, "invalid", ProblemFault{Field: "calendar", Code: fault.Code, Detail: calendarFault(in.lang, err)})
	}
	return place, all, err
}

func calendarAnswer(lang string, place scheduler.Village, all []Intake, done bool) *calendarOutput {
	out := &calendarOutput{}
	out.Body.Events = []intakeJSON{}
	loc, err := place.Location()
	for _, i := range all {
		a := i.Dossier.Announcement
		j := intakeJSON{UID: i.Event.UID, Title: i.Event.Title, Deed: string(i.Deed), Text: a.Text, Class: string(a.Class), Approval: string(a.Approval.State), Edited: i.Edited, Next: []momentJSON{}}
		if i.Deed == IntakeRefuse {
			j.Fault, j.Detail = faultCode(i.Fault), calendarFault(lang, i.Fault)
		}
		if done || i.Was.Announcement.ID != "" {
			j.Announcement = a.ID
		}
		if sc, there := i.schedule(); there {
			j.Kind, j.Rule = string(sc.Kind), sc.Rule
		}
		for _, note := range i.Event.Notes {
			j.Notes = append(j.Notes, noteJSON{note, word(lang, "calendar-note."+note)})
		}
		for _, at := range i.Next {
			if err == nil {
				j.Next = append(j.Next, momentOf(at, loc))
			}
		}
		out.Body.Events = append(out.Body.Events, j)
	}
	return out
}
