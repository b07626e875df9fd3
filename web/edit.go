package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"loalang/people"
	"loalang/scheduler"
)

// change is what an edit makes of an announcement; nil leaves a field as it is.
type change struct {
	Revision int64   `json:"revision,omitempty" minimum:"1" doc:"The revision that was read: 409 when somebody has changed it since. Left out: whatever it is."`
	Title    *string `json:"title,omitempty"`
	Text     *string `json:"text,omitempty" doc:"What a voice reads is read anew; recordings become outdated."`
	Topic    *string `json:"topic,omitempty"`
	Class    *string `json:"class,omitempty" enum:"normal,priority"`
	Issuer   *string `json:"issuer,omitempty"`
	Bed      *string `json:"bed,omitempty" doc:"Recording that sounds under the voices; empty: none."`
	// SpeakerOnly changes nothing that sounds.
	SpeakerOnly *bool      `json:"speaker_only,omitempty" doc:"It does not stand on the public board: the loudspeakers alone tell it."`
	ValidFrom   *time.Time `json:"valid_from,omitempty" doc:"0001-01-01T00:00:00Z: at once."`
	ValidUntil  *time.Time `json:"valid_until,omitempty" doc:"0001-01-01T00:00:00Z: until it is withdrawn."`
}

// apply makes the change.
func (c change) apply(a scheduler.Announcement) scheduler.Announcement {
	for _, f := range []struct {
		from *string
		to   *string
	}{{c.Title, &a.Title}, {c.Text, &a.Text}, {c.Topic, &a.Topic}, {c.Issuer, &a.Issuer}} {
		if f.from != nil {
			*f.to = strings.TrimSpace(scheduler.Clean(*f.from))
		}
	}
	if c.Bed != nil {
		a.Bed = *c.Bed
	}
	if c.SpeakerOnly != nil {
		a.SpeakerOnly = *c.SpeakerOnly
	}
	if c.Class != nil {
		a.Class = scheduler.Class(*c.Class)
	}
	if c.ValidFrom != nil {
		a.ValidFrom = c.ValidFrom.UTC()
	}
	if c.ValidUntil != nil {
		a.ValidUntil = c.ValidUntil.UTC()
	}
	return a
}

// editTries is how often an edit is made anew because a rendition became ready
// meanwhile.
const editTries = 3

// edit changes an announcement. The errors are scheduler.Invalid,
// errWithdrawn, scheduler.ErrRevision when somebody else has changed it since
// c.Revision, and those of the store.
func (s *Server) edit(ctx context.Context, d scheduler.Dossier, c change) (scheduler.Dossier, error) {
	for try := 1; ; try++ {
		err := s.editOnce(ctx, d, c)
		if err == nil {
			s.tellChange(ctx)
			return s.cfg.Announcements.Announcement(ctx, d.Announcement.ID)
		}
		read := d.Announcement.Revision
		if !errors.Is(err, scheduler.ErrRevision) || try == editTries {
			return d, err
		}
		if d, err = s.cfg.Announcements.Announcement(ctx, d.Announcement.ID); err != nil {
			return d, err
		}
		if d.Announcement.Revision != read {
			return d, scheduler.ErrRevision
		}
	}
}

func (s *Server) editOnce(ctx context.Context, d scheduler.Dossier, c change) error {
	old := d.Announcement
	switch {
	case !old.Withdrawn.IsZero():
		return errWithdrawn
	case c.Revision != 0 && c.Revision != old.Revision:
		return scheduler.ErrRevision
	}
	now := s.cfg.Now().UTC()
	d.Announcement = c.apply(old)
	d.Announcement.Updated = now
	var rs []scheduler.Rendition                           // nil: as they are
	if d.Announcement.Text != old.Text && old.Text != "" { // words under what is only recorded change no sound
		rs = d.Retold(old.Text, func(language string) string { return s.cfg.Speaker.Normalize(language, d.Announcement.Text).Text })
		for i := range rs {
			rs[i].Updated = now
		}
		d.Renditions = rs
	}
	if err := checkEdit(d, old, now); err != nil {
		return err
	}
	if err := s.changed(ctx, &d, scheduler.Touched{Words: true}); err != nil {
		return err
	}
	if d.Announcement.Bed != old.Bed {
		if err := s.checkBed(ctx, d.Announcement); err != nil {
			return err
		}
	}
	return s.cfg.Announcements.SaveAnnouncement(ctx, d.Announcement, rs, nil)
}

// checkEdit is checkAnnouncement, but for what was let pass before: a validity
// that has begun or ended meanwhile does not keep a word from being mended.
func checkEdit(d scheduler.Dossier, old scheduler.Announcement, now time.Time) error {
	if d.Announcement.ValidUntil.Equal(old.ValidUntil) && d.Announcement.ValidFrom.Equal(old.ValidFrom) {
		d.Announcement.ValidFrom, d.Announcement.ValidUntil = time.Time{}, time.Time{}
	}
	return checkAnnouncement(d, now)
}

// errWithdrawn says that an announcement was taken back and stays as it is.
var errWithdrawn = errors.New("the announcement was withdrawn")

type editInput struct {
	Caller
	ID   string `path:"id"`
	Body change
}

// editAnnouncement changes what is told. What sounds just now goes on as it
// was.
func (s *Server) editAnnouncement(ctx context.Context, in *editInput) (*announcementOutput, error) {
	d, err := s.dossier(ctx, &in.Caller, in.ID, people.Write)
	if err != nil {
		return nil, err
	}
	d, err = s.edit(ctx, d, in.Body)
	if errors.Is(err, errWithdrawn) {
		return nil, s.problem(in.lang, http.StatusConflict, "withdrawn")
	}
	if err != nil {
		return nil, err
	}
	return s.shown(d), nil
}

// editView is the form that changes an announcement on its page.
type editView struct {
	Board, SpeakerOnly bool // the village has a public board; it does not stand there
	Title, Text        string
	Revision           int64
	Beds               []choiceView
	Open               bool // it was sent, and not saved
	Faults             map[string]string
}

// editView is the announcement as it is, or as it was just typed.
func (p *panel) editView(v *visit, f *form, a scheduler.Announcement) editView {
	e, bed := editView{Title: a.Title, Text: a.Text, SpeakerOnly: a.SpeakerOnly, Revision: a.Revision, Faults: map[string]string{}}, a.Bed
	e.Open = v.c.Query("edit") != ""
	if f.Has("revision") {
		e.Title, e.Text, e.Faults, e.Open = f.Get("title"), f.Get("text"), f.faults, true
		if f.Has("bed") {
			bed = f.Get("bed")
		}
		e.SpeakerOnly = f.Get("speaker_only") != ""
	}
	e.Board = v.village.Publicity.Board == scheduler.BoardOn
	e.Beds = p.sounds(v, bed)
	return e
}

// editNotice changes title, text and music; what is wrong is shown beside what was
// typed.
func (p *panel) editNotice(v *visit) {
	f, d, ok := p.formOf(v)
	if !ok {
		return
	}
	title, text := f.Get("title"), f.Get("text")
	c := change{Title: &title, Text: &text}
	if bed := f.Get("bed"); f.Has("bed") { // a page from before it could be changed does not take it away
		c.Bed = &bed
	}
	if alone := f.Get("speaker_only") != ""; f.Has("board_asked") {
		c.SpeakerOnly = &alone
	}
	var err error
	if c.Revision, err = strconv.ParseInt(f.Get("revision"), 10, 64); err != nil {
		p.problem(v, http.StatusBadRequest, "problem.bad-form")
		return
	}
	if f.goesBack() {
		p.showAnnouncement(v, http.StatusOK, f)
		return
	}
	if !p.confirmed(v, f, func(ctx context.Context) error { _, err := p.s.edit(ctx, d, c); return err }) {
		return
	}
	var faults scheduler.Invalid
	_, err = p.s.edit(v.ctx(), d, c)
	switch {
	case err == nil:
		v.goTo("/announcements/"+d.Announcement.ID, "edited")
	case errors.As(err, &faults):
		v.faults(f, faults, "text")
		p.showAnnouncement(v, http.StatusUnprocessableEntity, f)
	case errors.Is(err, scheduler.ErrRevision): // the form takes the new revision, so that saving again is a choice
		f.fault("text", v.word("announcement.edited-since"))
		p.showAnnouncement(v, http.StatusConflict, f)
	case errors.Is(err, errWithdrawn):
		p.problem(v, http.StatusConflict, "problem.withdrawn")
	default:
		p.fail(v, err)
	}
}
