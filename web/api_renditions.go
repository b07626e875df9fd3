package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"loalang/people"
	"loalang/playout"
	"loalang/scheduler"
	"loalang/speech"
)

// renditionForm says how one language is told.
type renditionForm struct {
	Language  string `json:"language" doc:"ISO 639, one of the village's."`
	Recording string `json:"recording,omitempty" doc:"ID of a recording; then no voice speaks."`
	Voice     string `json:"voice,omitempty" doc:"ID of a voice; the language's first when left out."`
	Spoken    string `json:"spoken,omitempty" doc:"What the voice reads, as the preview gave it; made from text when left out."`
}

// renditions makes one rendition for each form.
func (s *Server) renditions(ctx context.Context, a scheduler.Announcement, forms []renditionForm, place scheduler.Village) ([]scheduler.Rendition, error) {
	var faults scheduler.Invalid
	if len(forms) == 0 {
		return nil, scheduler.Invalid{{Field: "renditions", Code: scheduler.FaultRequired}}
	}
	choir := s.choir(ctx)
	var rs []scheduler.Rendition
	for i, f := range forms {
		if slices.ContainsFunc(forms[:i], func(g renditionForm) bool { return g.Language == f.Language }) {
			faults = append(faults, fieldFault("renditions", i, "language", scheduler.FaultUnknown, f.Language))
			continue
		}
		r, err := s.rendition(ctx, a, f, renditionOf{place, choir})
		if !collect(&faults, prefixed(err, "renditions", i)) {
			return nil, err
		}
		rs = append(rs, r)
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return rs, nil
}

// choir is what the board's engine can speak.
type choir struct {
	voices []speech.Voice
	err    error // the engine could not be asked; speech.ErrNoEngine: it is missing
}

func (s *Server) choir(ctx context.Context) choir {
	voices, err := s.cfg.Speaker.Voices(ctx)
	if err != nil && !errors.Is(err, speech.ErrNoEngine) {
		s.cfg.Logger.Error("voices could not be listed", "err", err)
	}
	return choir{voices, err}
}

// speaks says whether a language is spoken by the voice, or by any when voice
// is empty. While the engine cannot be asked, what it would speak counts: the
// text is spoken once the engine is there.
func (c choir) speaks(language, voice string) bool {
	if c.err != nil {
		return slices.ContainsFunc(speech.Languages(), func(l speech.Language) bool { return l.Code == language && l.HasVoice })
	}
	return slices.ContainsFunc(c.voices, func(v speech.Voice) bool { return v.Language == language && (voice == "" || v.ID == voice) })
}

// fault is the Rendition.Fault of what is to be spoken now.
func (c choir) fault() string {
	if errors.Is(c.err, speech.ErrNoEngine) {
		return playout.FaultNoEngine
	}
	return ""
}

// renditionOf is what a rendition is made against.
type renditionOf struct {
	place scheduler.Village
	choir choir
}

// rendition makes one. The error is scheduler.Invalid or comes from the store.
func (s *Server) rendition(ctx context.Context, a scheduler.Announcement, f renditionForm, of renditionOf) (scheduler.Rendition, error) {
	r := scheduler.Rendition{Owned: s.owned(s.cfg.NewID(), a.Village), Announcement: a.ID, Language: f.Language, State: scheduler.Missing}
	if !slices.Contains(of.place.Languages, f.Language) {
		return r, scheduler.Invalid{{Field: "language", Code: scheduler.FaultUnknown, Limit: strings.Join(of.place.Languages, ", ")}}
	}
	if f.Recording != "" {
		if err := s.ownRecording(ctx, f.Recording, a.Village); err != nil {
			return r, err
		}
		r.State, r.Recording = scheduler.Recorded, f.Recording
		return r, nil
	}
	if !of.choir.speaks(f.Language, f.Voice) {
		if f.Voice != "" || f.Spoken != "" {
			return r, scheduler.Invalid{{Field: "voice", Code: scheduler.FaultUnknown}}
		}
		return r, nil // a person will record it
	}
	r.State, r.Voice, r.Fault = scheduler.Spoken, f.Voice, of.choir.fault()
	if r.SpokenText = strings.TrimSpace(scheduler.Clean(f.Spoken)); r.SpokenText == "" {
		r.SpokenText = s.cfg.Speaker.Normalize(f.Language, a.Text).Text
	}
	if len([]rune(r.SpokenText)) > 5*scheduler.MaxText { // numbers read out grow, but not so far
		return r, scheduler.Invalid{{Field: "spoken", Code: scheduler.FaultTooLong, Limit: "100000"}}
	}
	return r, nil
}

// ownRecording checks that a recording is the village's own or built in.
func (s *Server) ownRecording(ctx context.Context, id, village string) error {
	unknown := scheduler.Invalid{{Field: "recording", Code: scheduler.FaultUnknown}}
	if !isHash(id) {
		return unknown
	}
	rec, err := s.cfg.Shelf.Recording(ctx, id)
	if isMissing(err) || err == nil && rec.Village != "" && rec.Village != village {
		return unknown
	}
	return err
}

type renditionInput struct {
	Caller
	ID       string `path:"id"`
	Language string `path:"language"`
	Body     struct {
		Recording string `json:"recording,omitempty" doc:"ID of a recording; then no voice speaks."`
		Voice     string `json:"voice,omitempty"`
		Spoken    string `json:"spoken,omitempty"`
	}
}

// putRendition changes how one language is told, or adds the language.
func (s *Server) putRendition(ctx context.Context, in *renditionInput) (*announcementOutput, error) {
	d, err := s.dossier(ctx, &in.Caller, in.ID, people.Write)
	if err != nil {
		return nil, err
	}
	if !d.Announcement.Withdrawn.IsZero() {
		return nil, s.problem(in.lang, http.StatusConflict, "withdrawn")
	}
	place, err := s.cfg.Places.Village(ctx, d.Announcement.Village)
	if err != nil {
		return nil, err
	}
	form := renditionForm{Language: in.Language, Recording: in.Body.Recording, Voice: in.Body.Voice, Spoken: in.Body.Spoken}
	r, err := s.rendition(ctx, d.Announcement, form, renditionOf{place, s.choir(ctx)})
	if err != nil {
		return nil, err
	}
	if err := s.cfg.Announcements.SaveAnnouncement(ctx, d.Announcement, withRendition(d.Renditions, r), nil); err != nil {
		return nil, err
	}
	s.cfg.Changed()
	if d, err = s.cfg.Announcements.Announcement(ctx, in.ID); err != nil {
		return nil, err
	}
	return shown(d), nil
}

// withRendition puts r in the place of the one in its language.
func withRendition(rs []scheduler.Rendition, r scheduler.Rendition) []scheduler.Rendition {
	rs = slices.Clone(rs)
	i := slices.IndexFunc(rs, func(old scheduler.Rendition) bool { return old.Language == r.Language })
	if i < 0 {
		return append(rs, r)
	}
	old := rs[i].Owned
	r.ID, r.Revision, r.Created, r.Origin = old.ID, old.Revision, old.Created, old.Origin
	rs[i] = r
	return rs
}
