package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"strconv"
	"time"

	"loalang/people"
	"loalang/scheduler"
)

// broughtBack is what an entry of the history of an announcement changed, made a change
// that undoes it: its title, text, topic, class, issuer, music and validity, and the names
// of these columns. None when the entry is of something else. An end that is over is left
// out, for it would silence the announcement; renditions, schedules and the approval follow the
// words as after any other edit.
func broughtBack(c people.Change, now time.Time) (undo change, names []string) {
	if c.Kind != "announcements" || c.Deed != people.Altered {
		return undo, nil
	}
	for _, f := range c.Fields {
		text, instant := "", time.Time{}
		switch v := f.Before.(type) {
		case nil:
		case string:
			text = v
		case json.Number:
			micros, err := v.Int64()
			if err != nil {
				continue
			}
			instant = time.UnixMicro(micros).UTC()
		default:
			continue
		}
		switch f.Name {
		case "speaker_only":
			alone := fmt.Sprint(f.Before) == "1"
			undo.SpeakerOnly = &alone
		case "title":
			undo.Title = &text
		case "text":
			undo.Text = &text
		case "topic":
			undo.Topic = &text
		case "issuer":
			undo.Issuer = &text
		case "bed":
			undo.Bed = &text
		case "class":
			if text != string(scheduler.ClassNormal) && text != string(scheduler.ClassPriority) {
				continue
			}
			undo.Class = &text
		case "valid_from_at":
			undo.ValidFrom = &instant
		case "valid_until_at":
			if !instant.IsZero() && !instant.After(now) {
				continue
			}
			undo.ValidUntil = &instant
		default:
			continue
		}
		names = append(names, f.Name)
	}
	return undo, names
}

// historyNames are columns in words: "tiêu đề, nội dung".
func (p phrase) historyNames(names []string) string {
	var said []string
	for _, name := range names {
		said = append(said, p.lower(p.word("history-field."+name)))
	}
	return p.list(said)
}

// bringBack undoes one entry of the history of an announcement. The errors are those of
// edit; fs.ErrNotExist when there is no such entry, or nothing of it to bring back.
func (s *Server) bringBack(ctx context.Context, d scheduler.Dossier, entry, revision int64) (scheduler.Dossier, error) {
	undo, err := s.undoing(ctx, d, entry)
	if err != nil {
		return d, err
	}
	undo.Revision = revision
	return s.edit(ctx, d, undo)
}

// undoing is the change that undoes an entry.
func (s *Server) undoing(ctx context.Context, d scheduler.Dossier, entry int64) (change, error) {
	list, err := s.cfg.Approvals.History(ctx, people.HistoryQuery{Village: d.Announcement.Village, About: d.Announcement.ID, Before: entry + 1, Limit: 1})
	if err != nil {
		return change{}, err
	}
	i := slices.IndexFunc(list, func(c people.Change) bool { return c.ID == entry && c.Record == d.Announcement.ID })
	if i < 0 {
		return change{}, fmt.Errorf("entry %d of the history: %w", entry, fs.ErrNotExist)
	}
	undo, names := broughtBack(list[i], s.cfg.Now())
	if len(names) == 0 {
		return undo, fmt.Errorf("entry %d of the history: nothing to bring back: %w", entry, fs.ErrNotExist)
	}
	return undo, nil
}

type bringBackInput struct {
	Caller
	ID   string `path:"id"`
	Body struct {
		Entry    int64 `json:"entry" minimum:"1" doc:"ID of an entry of the announcement's history. What it changed becomes what it was before: title, text, topic, class, issuer, music, validity."`
		Revision int64 `json:"revision,omitempty" minimum:"1" doc:"The revision that was read: 409 when somebody has changed it since."`
	}
}

func (s *Server) bringBackAnnouncement(ctx context.Context, in *bringBackInput) (*announcementOutput, error) {
	d, err := s.dossier(ctx, &in.Caller, in.ID, people.Write)
	if err != nil {
		return nil, err
	}
	d, err = s.bringBack(ctx, d, in.Body.Entry, in.Body.Revision)
	switch {
	case errors.Is(err, errWithdrawn):
		return nil, s.problem(in.lang, http.StatusConflict, "withdrawn")
	case errors.Is(err, fs.ErrNotExist):
		return nil, in.missing()
	case err != nil:
		return nil, err
	}
	return s.shown(d), nil
}

// bringBack undoes one entry of the history, and shows first what that harms.
func (p *panel) bringBack(v *visit) {
	f, d, ok := p.formOf(v)
	if !ok {
		return
	}
	entry, errEntry := strconv.ParseInt(f.Get("entry"), 10, 64)
	revision, errRevision := strconv.ParseInt(f.Get("revision"), 10, 64)
	if errEntry != nil || errRevision != nil {
		p.problem(v, http.StatusBadRequest, "problem.bad-form")
		return
	}
	back := "/history?announcement=" + d.Announcement.ID
	do := func(ctx context.Context) error { _, err := p.s.bringBack(ctx, d, entry, revision); return err }
	if f.goesBack() {
		v.goTo(back, "")
		return
	}
	if !p.confirmed(v, f, do) {
		return
	}
	var faults scheduler.Invalid
	switch err := do(v.ctx()); {
	case err == nil:
		v.goTo("/announcements/"+d.Announcement.ID, "brought-back")
	case errors.As(err, &faults):
		p.problem(v, http.StatusUnprocessableEntity, "problem.not-brought-back")
	case errors.Is(err, scheduler.ErrRevision):
		p.problem(v, http.StatusConflict, "problem.conflict")
	case errors.Is(err, errWithdrawn):
		p.problem(v, http.StatusConflict, "problem.withdrawn")
	default:
		p.fail(v, err)
	}
}
