package web

import (
	"context"
	"strings"
	"time"

	"loalang/people"
	"loalang/playout"
	"loalang/scheduler"
)

// Explained is what a plan and the as-run say of some days, in words.
type Explained struct {
	Village string    `json:"village"`
	From    time.Time `json:"from"`
	To      time.Time `json:"to" doc:"Exclusive."`
	Answers []Answer  `json:"answers" doc:"By time: all that airs, aired or does not."`
}

type (
	explainInput struct {
		Caller
		Village string `query:"village" doc:"Key; the board's own when left out."`
		Day     string `query:"day" doc:"The first day: 2026-11-24, 24/11, tomorrow, mai; today when left out."`
		Days    int    `query:"days" minimum:"1" maximum:"31" default:"1"`
		About   string `query:"about" maxLength:"200" doc:"ID of an announcement, a schedule or an occurrence; everything when left out."`
	}
	explainOutput struct{ Body Explained }
)

// Whose says what an ID that is that of a schedule or of an occurrence belongs to, by
// what a book and an as-run know: the announcement, and the day of the occurrence.
// All are empty when they know nothing of it.
func Whose(id string, book scheduler.Book, runs []playout.AsRun) (q Question) {
	for _, r := range runs {
		if r.Occurrence == id {
			return Question{Announcement: r.Announcement, Occurrence: id}
		}
	}
	schedule, rest, ofOne := strings.Cut(id, ":")
	for _, s := range book.Schedules {
		if s.ID == schedule {
			q = Question{Announcement: s.Announcement, Schedule: schedule}
		}
	}
	for _, slot := range book.Slots { // what opens it, what it relays
		if ofOne && slot.ID == schedule {
			return Question{Occurrence: id}
		}
	}
	if ofOne && q.Schedule != "" {
		if _, rest, _ = strings.Cut(rest, ":"); len(rest) < len(time.DateOnly) {
			return Question{}
		}
		q = Question{Announcement: q.Announcement, Occurrence: id}
	}
	return q
}

// OccurrenceDay is the civil day that the ID of an occurrence names; false when it is
// no such ID.
func OccurrenceDay(id string) (day scheduler.Date, ok bool) {
	parts := strings.SplitN(id, ":", 3)
	if len(parts) < 3 || len(parts[2]) < len(time.DateOnly) {
		return day, false
	}
	day, err := parseCivil(parts[2][:len(time.DateOnly)])
	return day, err == nil
}

// explainPlan answers for everything in some days, or for what an ID names.
func (s *Server) explainPlan(ctx context.Context, in *explainInput) (*explainOutput, error) {
	village, err := in.village(in.Village, people.View)
	if err != nil {
		return nil, err
	}
	p, err := s.phrase(ctx, in.lang, village)
	if err != nil {
		return nil, err
	}
	now := s.cfg.Now()
	day, named := p.civilOf(now), false
	if in.Day != "" {
		if day, named = DayCalled(in.Day, day); !named {
			return nil, in.invalid("day", "date", "")
		}
	} else if of, ok := OccurrenceDay(in.About); ok {
		day = of
	}
	from := time.Date(day.Year, day.Month, day.Day, 0, 0, 0, 0, p.loc)
	q := Question{Day: day, Days: max(in.Days, 1), Lang: in.lang, Now: now}
	to := from.AddDate(0, 0, q.Days)
	if to.After(now) {
		if _, err := scheduler.PlanSpan(now, from, q.Days); err != nil {
			return nil, err
		}
	}
	if q.Book, err = s.cfg.AsRun.Book(ctx, village, now); err != nil {
		return nil, err
	}
	if q.Runs, err = s.cfg.AsRun.AsRuns(ctx, village, from, to); err != nil {
		return nil, err
	}
	if q, err = s.about(ctx, in, q); err != nil {
		return nil, err
	}
	if to.After(now) {
		if q.Plan, err = s.planUntil(ctx, village, now, to); err != nil {
			return nil, err
		}
	}
	answers, err := Why(q)
	if err != nil {
		return nil, err
	}
	return &explainOutput{Explained{village, from.UTC(), to.UTC(), entries(answers)}}, nil
}

// about narrows a question to what an ID names; what nobody knows is not found.
func (s *Server) about(ctx context.Context, in *explainInput, q Question) (Question, error) {
	if in.About == "" {
		return q, nil
	}
	named := Whose(in.About, q.Book, q.Runs)
	if named.Announcement == "" && named.Occurrence == "" {
		named.Announcement = in.About
	}
	if named.Announcement != "" {
		d, err := s.cfg.Announcements.Announcement(ctx, named.Announcement)
		if isMissing(err) || err == nil && d.Announcement.Village != q.Book.Village.Key {
			return q, in.missing()
		}
		if err != nil {
			return q, err
		}
		q.Book = q.Book.With(d)
	}
	q.Announcement, q.Schedule, q.Occurrence = named.Announcement, named.Schedule, named.Occurrence
	return q, nil
}
