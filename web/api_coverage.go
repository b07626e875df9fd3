package web

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"loalang/people"
	"loalang/scheduler"
)

type (
	coverageInput struct {
		Caller
		Village string `query:"village" doc:"Key; every village that the caller may see when left out."`
		Day     string `query:"day" doc:"A day such as 2026-11-24: what airs on it. Everything that may still air when left out."`
		Only    string `query:"only" enum:"missing" doc:"missing: only what lacks a language."`
		After   string `query:"after" doc:"Go on behind the announcement of this ID: next of the page before."`
		Limit   int    `query:"limit" minimum:"1" maximum:"500" default:"200" doc:"At most so many announcements."`
	}
	coverageOutput struct {
		Body struct {
			Villages []coverageJSON `json:"villages"`
			Next     string         `json:"next,omitempty" doc:"Give it as after for what follows; absent: that was all."`
		}
	}
	languageInput struct {
		Caller
		ID       string `path:"id"`
		Language string `path:"language"`
	}
	assignInput struct {
		Caller
		ID       string `path:"id"`
		Language string `path:"language"`
		Body     struct {
			Reader  string    `json:"reader,omitempty" doc:"Name; of an account that may record for the village, or of somebody without one."`
			Account string    `json:"account,omitempty" doc:"ID of an account that may record for the village; then its name is the reader's."`
			Due     time.Time `json:"due,omitempty" doc:"Until when; an hour before the next airing when left out."`
		}
	}
	assignmentsInput struct {
		Caller
		Account string `query:"account" doc:"ID of an account: what it was asked to record. Everybody's when left out."`
	}
	assignmentsOutput struct {
		Body struct {
			Assignments []taskJSON `json:"assignments" doc:"What is to be recorded, by due."`
		}
	}
)

// coverageJSON is which announcements of one village lack which of its
// languages.
type coverageJSON struct {
	Village       string            `json:"village"`
	Languages     []string          `json:"languages" doc:"In the order they air."`
	Missing       string            `json:"missing" enum:"fallback,wait,skip" doc:"What becomes of a notice that lacks a language."`
	Announcements []coverageRowJSON `json:"announcements" doc:"That of the next airing first."`
}

// coverageRowJSON is one announcement in every language of its village.
type coverageRowJSON struct {
	ID         string          `json:"id"`
	Title      string          `json:"title"`
	Next       *time.Time      `json:"next,omitempty" doc:"When it airs next by its schedules; absent: none calls for it."`
	Lacking    []string        `json:"lacking" doc:"Languages in which a person must do something before it can air."`
	Renditions []renditionJSON `json:"renditions" doc:"One for each language of the village, in its order; without an id there is none yet."`
}

// taskJSON is something that a person is to record.
type taskJSON struct {
	Announcement string         `json:"announcement"`
	Title        string         `json:"title"`
	Village      string         `json:"village"`
	Language     string         `json:"language"`
	Next         *time.Time     `json:"next,omitempty" doc:"When it airs next."`
	Assignment   assignmentJSON `json:"assignment"`
	Wording      string         `json:"wording" doc:"That of the text to be read: give it with the recording."`
}

func (s *Server) registerCoverage(api huma.API) {
	const tag = "announcements"
	answer(s, api, operation{"get-coverage", http.MethodGet, "/coverage", "Read which announcements lack which languages", tag, people.View, 0}, s.getCoverage)
	answer(s, api, operation{"list-assignments", http.MethodGet, "/assignments", "List what people are to record", tag, people.View, 0}, s.listAssignments)
	answer(s, api, operation{"assign-rendition", http.MethodPut, "/announcements/{id}/renditions/{language}/assignment", "Ask a person to record one language", tag, people.Write, 0}, s.assignRendition)
	answer(s, api, operation{"unassign-rendition", http.MethodDelete, "/announcements/{id}/renditions/{language}/assignment", "Take back what a person was asked to record", tag, people.Write, 0}, s.unassignRendition)
	answer(s, api, operation{"hold-rendition", http.MethodPost, "/announcements/{id}/renditions/{language}/hold", "Say that an outdated recording still holds", tag, people.Write, 0}, s.holdRendition)
}

// seen are the villages that a person or program may see, by name: the one that
// was asked for, or all.
func (s *Server) seen(ctx context.Context, who people.Principal, asked string) ([]scheduler.Village, error) {
	if asked != "" {
		place, err := s.cfg.Places.Village(ctx, asked)
		return []scheduler.Village{place}, err
	}
	all, err := s.cfg.Places.Villages(ctx)
	if err != nil {
		return nil, err
	}
	var seen []scheduler.Village
	for _, v := range all {
		if who.May(people.View, v.Key) {
			seen = append(seen, v)
		}
	}
	return seen, nil
}

// dayIn is the civil day of a text such as 2026-11-24 in a village, [from, to);
// from now on and no to when the text is empty.
func (s *Server) dayIn(place scheduler.Village, text string) (from, to time.Time, err error) {
	loc, err := place.Location()
	if err != nil || text == "" {
		return s.cfg.Now(), to, err
	}
	t, err := time.ParseInLocation(time.DateOnly, text, loc)
	if err != nil {
		return from, to, scheduler.Invalid{{Field: "day", Code: "date"}}
	}
	if t.After(scheduler.FarFuture(s.cfg.Now())) {
		return from, to, scheduler.Invalid{{Field: "day", Code: scheduler.FaultFarFuture}}
	}
	from, to = scheduler.DayOf(t, loc)
	if now := s.cfg.Now(); from.Before(now) && to.After(now) {
		from = now // of today what is still to come
	}
	return from, to, nil
}

func (s *Server) getCoverage(ctx context.Context, in *coverageInput) (*coverageOutput, error) {
	if in.Village != "" {
		if _, err := in.village(in.Village, people.View); err != nil {
			return nil, err
		}
	}
	places, err := s.seen(ctx, in.who, in.Village)
	if err != nil {
		return nil, err
	}
	out := &coverageOutput{}
	out.Body.Villages = []coverageJSON{}
	for _, place := range places {
		from, to, err := s.dayIn(place, in.Day)
		if err != nil {
			return nil, err
		}
		c, err := s.coverage(ctx, place, from, to)
		if err != nil {
			return nil, err
		}
		out.Body.Villages = append(out.Body.Villages, coverageOf(c, in.Only == "missing", s.cfg.Now()))
	}
	page, next, found := pageOfCoverage(out.Body.Villages, in.After, in.Limit)
	if !found {
		return nil, in.invalid("after", scheduler.FaultUnknown, "")
	}
	out.Body.Villages, out.Body.Next = entries(page), next
	return out, nil
}

// pageOfCoverage leaves of the villages what lies on a page: at most limit announcements
// behind the one of the ID after, and where the next page begins; empty: there is none.
// Not found: there is no such announcement.
func pageOfCoverage(villages []coverageJSON, after string, limit int) (page []coverageJSON, next string, found bool) {
	found = after == ""
	for _, v := range villages {
		rows := v.Announcements
		if !found {
			i := slices.IndexFunc(rows, func(r coverageRowJSON) bool { return r.ID == after })
			if i < 0 {
				continue
			}
			found, rows = true, rows[i+1:]
		}
		v.Announcements = rows[:min(limit, len(rows))]
		if n := len(v.Announcements); n > 0 {
			next = v.Announcements[n-1].ID
		}
		page = append(page, v)
		if len(rows) > limit {
			return page, next, true
		}
		limit -= len(rows)
	}
	return page, "", found
}

func coverageOf(c scheduler.Coverage, onlyMissing bool, now time.Time) coverageJSON {
	j := coverageJSON{Village: c.Village.Key, Languages: entries(c.Village.Languages), Missing: string(c.Village.MissingRule()), Announcements: []coverageRowJSON{}}
	for _, row := range c.Rows {
		lacking := row.Lacking()
		if onlyMissing && len(lacking) == 0 {
			continue
		}
		r := coverageRowJSON{ID: row.Announcement.ID, Title: row.Announcement.Title, Next: instantOf(row.Next), Lacking: []string{}, Renditions: []renditionJSON{}}
		for _, l := range lacking {
			r.Lacking = append(r.Lacking, l.Language)
		}
		for _, cell := range row.Cells {
			r.Renditions = append(r.Renditions, renditionJSONOf(cell, now))
		}
		j.Announcements = append(j.Announcements, r)
	}
	return j
}

// CoverageDocument is the coverage of a village as the API answers it; it is
// made for encoding/json.
func CoverageDocument(c scheduler.Coverage, now time.Time) any { return coverageOf(c, false, now) }

func (s *Server) listAssignments(ctx context.Context, in *assignmentsInput) (*assignmentsOutput, error) {
	tasks, err := s.tasks(ctx, in.who, func(a scheduler.Assignment) bool { return in.Account == "" || a.Account == in.Account })
	if err != nil {
		return nil, err
	}
	out := &assignmentsOutput{}
	out.Body.Assignments = []taskJSON{}
	for _, t := range tasks {
		a := t.announcement
		out.Body.Assignments = append(out.Body.Assignments, taskJSON{
			Announcement: a.ID, Title: a.Title, Village: t.place.Key, Language: t.rendition.Language, Next: instantOf(t.next),
			Assignment: *renditionJSONOf(t.rendition, s.cfg.Now()).Assignment, Wording: scheduler.Wording(a.Text),
		})
	}
	return out, nil
}

func (s *Server) assignRendition(ctx context.Context, in *assignInput) (*announcementOutput, error) {
	if _, err := s.dossier(ctx, &in.Caller, in.ID, people.Write); err != nil {
		return nil, err
	}
	b := in.Body
	d, err := s.assign(ctx, in.ID, in.Language, request{Reader: b.Reader, Account: b.Account, Due: b.Due, By: in.who.Name})
	if err != nil {
		return nil, err
	}
	return s.shown(d), nil
}

func (s *Server) unassignRendition(ctx context.Context, in *languageInput) (*announcementOutput, error) {
	if _, err := s.dossier(ctx, &in.Caller, in.ID, people.Write); err != nil {
		return nil, err
	}
	d, err := s.unassign(ctx, in.ID, in.Language)
	if err != nil {
		return nil, err
	}
	return s.shown(d), nil
}

func (s *Server) holdRendition(ctx context.Context, in *languageInput) (*announcementOutput, error) {
	if _, err := s.dossier(ctx, &in.Caller, in.ID, people.Write); err != nil {
		return nil, err
	}
	d, err := s.stillHolds(ctx, in.ID, in.Language)
	if err != nil {
		return nil, err
	}
	return s.shown(d), nil
}
