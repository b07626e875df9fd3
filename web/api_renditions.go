package web

import (
	"context"
	"errors"
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
	Waived    bool   `json:"waived,omitempty" doc:"The announcement is not told in this language: nothing is missing then."`
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
	if !slices.ContainsFunc(rs, func(r scheduler.Rendition) bool { return !r.Waived }) {
		return nil, scheduler.Invalid{{Field: "renditions", Code: faultLastLanguage}}
	}
	return s.complete(ctx, a, rs, renditionOf{place, choir})
}

// complete adds the languages of the village that rs leaves out: those wait for
// a person, and Vietnamese that may have to stand for one of them is spoken where
// a voice speaks it.
func (s *Server) complete(ctx context.Context, a scheduler.Announcement, rs []scheduler.Rendition, of renditionOf) ([]scheduler.Rendition, error) {
	for _, language := range of.place.Tongues() {
		if slices.ContainsFunc(rs, func(r scheduler.Rendition) bool { return r.Language == language }) {
			continue
		}
		r := scheduler.Rendition{Owned: s.owned(s.cfg.NewID(), a.Village), Announcement: a.ID, Language: language, State: scheduler.Missing}
		if !slices.Contains(of.place.Languages, language) && a.Text != "" {
			var err error
			if r, err = s.rendition(ctx, a, renditionForm{Language: language}, of); err != nil {
				return nil, err
			}
		}
		rs = append(rs, r)
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

// name is a voice's name for people, or its ID when no engine has it.
func (c choir) name(id string) string {
	if i := slices.IndexFunc(c.voices, func(v speech.Voice) bool { return v.ID == id }); i >= 0 {
		return c.voices[i].Name
	}
	return id
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
	if !slices.Contains(of.place.Tongues(), f.Language) {
		return r, scheduler.Invalid{{Field: "language", Code: scheduler.FaultUnknown, Limit: strings.Join(of.place.Tongues(), ", ")}}
	}
	if f.Waived {
		return r.Waive()
	}
	if f.Recording != "" {
		if err := s.ownRecording(ctx, f.Recording, a.Village); err != nil {
			return r, err
		}
		return r.Take(f.Recording, "", scheduler.Wording(a.Text))
	}
	if !of.choir.speaks(f.Language, f.Voice) {
		if f.Voice != "" || f.Spoken != "" {
			return r, scheduler.Invalid{{Field: "voice", Code: scheduler.FaultUnknown}}
		}
		return r, nil // a person will record it
	}
	spoken := strings.TrimSpace(scheduler.Clean(f.Spoken))
	if spoken == "" {
		spoken = s.cfg.Speaker.Normalize(f.Language, a.Text).Text
	}
	if len([]rune(spoken)) > 5*scheduler.MaxText { // numbers read out grow, but not so far
		return r, scheduler.Invalid{{Field: "spoken", Code: scheduler.FaultTooLong, Limit: "100000"}}
	}
	return r.Speak(f.Voice, spoken, of.choir.fault())
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
		Waived    bool   `json:"waived,omitempty" doc:"The announcement is not told in this language: nothing is missing then. It is wanted again once any other change is made."`
		Wording   string `json:"wording,omitempty" doc:"That of the announcement whose text was recorded: when the text has changed since, the recording is outdated at once."`
	}
}

// putRendition changes how one language is told, or adds the language.
func (s *Server) putRendition(ctx context.Context, in *renditionInput) (*announcementOutput, error) {
	d, err := s.dossier(ctx, &in.Caller, in.ID, people.Write)
	if err != nil {
		return nil, err
	}
	if in.Body.Waived {
		if d, err = s.waive(ctx, in.ID, in.Language); err != nil {
			return nil, err
		}
		return s.shown(d), nil
	}
	place, err := s.cfg.Places.Village(ctx, d.Announcement.Village)
	if err != nil {
		return nil, err
	}
	form := renditionForm{Language: in.Language, Recording: in.Body.Recording, Voice: in.Body.Voice, Spoken: in.Body.Spoken}
	of := renditionOf{place, s.choir(ctx)}
	d, err = s.changeRendition(ctx, in.ID, in.Language, func(d scheduler.Dossier, r scheduler.Rendition) (scheduler.Rendition, error) {
		made, err := s.rendition(ctx, d.Announcement, form, of)
		switch {
		case err != nil:
			return r, err
		case made.State == scheduler.Recorded:
			return r.Take(made.Recording, in.Body.Wording, scheduler.Wording(d.Announcement.Text))
		case made.State == scheduler.Spoken:
			return r.Speak(made.Voice, made.SpokenText, made.Fault)
		}
		return r.Clear()
	})
	if err != nil {
		return nil, err
	}
	return s.shown(d), nil
}
