package web

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"loalang/scheduler"
)

// addTake puts an uploaded recording behind one language.
func (p *panel) addTake(v *visit) {
	f, d, ok := p.formOf(v)
	if !ok {
		return
	}
	lang := f.Get("language")
	if !slices.Contains(v.village.Languages, lang) {
		p.problem(v, http.StatusUnprocessableEntity, "fault.unknown")
		return
	}
	take := p.takeOf(v, f, lang)
	if take == nil {
		f.fault("file_"+lang, v.word("new.take-missing"))
		p.showAnnouncement(v, http.StatusUnprocessableEntity, f)
		return
	}
	if f.goesBack() {
		p.showAnnouncement(v, http.StatusOK, f)
		return
	}
	put := func(ctx context.Context) (err error) {
		d, err = p.s.putTake(ctx, d.Announcement.ID, lang, take.ID, f.Get("wording"))
		return err
	}
	if !p.confirmed(v, f, put) {
		return
	}
	if err := put(v.ctx()); err != nil {
		p.failRendition(v, err)
		return
	}
	told := "take"
	if slices.ContainsFunc(d.Renditions, func(r scheduler.Rendition) bool { return r.Language == lang && r.State == scheduler.Outdated }) {
		told = "take-outdated"
	}
	v.goTo("/announcements/"+d.Announcement.ID, told)
}

// failRendition words what kept a language from being changed.
func (p *panel) failRendition(v *visit, err error) {
	var invalid scheduler.Invalid
	switch {
	case errors.Is(err, errWithdrawn):
		p.problem(v, http.StatusConflict, "problem.withdrawn")
	case errors.Is(err, scheduler.ErrTransition):
		p.problem(v, http.StatusConflict, "problem.rendition-state")
	case errors.As(err, &invalid):
		p.problem(v, http.StatusUnprocessableEntity, "fault."+invalid[0].Code)
	default:
		p.fail(v, err)
	}
}

// addVoice lets a voice tell one language in place of a recording.
func (p *panel) addVoice(v *visit) {
	f, d, ok := p.formOf(v)
	if !ok {
		return
	}
	if f.goesBack() {
		v.goTo("/announcements/"+d.Announcement.ID, "")
		return
	}
	speak := func(ctx context.Context) error {
		return p.s.giveVoice(ctx, d.Announcement.ID, f.Get("language"), v.village)
	}
	if !p.confirmed(v, f, speak) {
		return
	}
	err := speak(v.ctx())
	if errors.As(err, new(scheduler.Invalid)) {
		p.problem(v, http.StatusUnprocessableEntity, "refused.no-voice")
		return
	}
	if err != nil {
		p.failRendition(v, err)
		return
	}
	v.goTo("/announcements/"+d.Announcement.ID, "voice")
}

// giveVoice lets a voice tell one language of an announcement. The errors are those of
// changeRendition; scheduler.Invalid also where no voice speaks it.
func (s *Server) giveVoice(ctx context.Context, id, language string, place scheduler.Village) error {
	of := renditionOf{place, s.choir(ctx)}
	_, err := s.changeRendition(ctx, id, language, func(d scheduler.Dossier, r scheduler.Rendition) (scheduler.Rendition, error) {
		made, err := s.rendition(ctx, d.Announcement, renditionForm{Language: language}, of)
		if err == nil && (made.State != scheduler.Spoken || d.Announcement.Text == "") {
			err = scheduler.Invalid{{Field: "language", Code: scheduler.FaultUnknown}}
		}
		if err != nil {
			return r, err
		}
		return r.Speak(made.Voice, made.SpokenText, made.Fault)
	})
	return err
}
