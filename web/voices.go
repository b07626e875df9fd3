package web

import (
	"context"
	"errors"
	"slices"
	"time"

	"loalang/scheduler"
	"loalang/speech"
)

// voiceChoice is what a village chose for a language; of Revision 0 when it chose
// nothing yet.
func (s *Server) voiceChoice(ctx context.Context, village, language string) (scheduler.VoiceChoice, error) {
	all, err := s.cfg.VoiceBook.VoiceChoices(ctx, village)
	if err != nil {
		return scheduler.VoiceChoice{}, err
	}
	if i := slices.IndexFunc(all, func(c scheduler.VoiceChoice) bool { return c.Language == language }); i >= 0 {
		return all[i], nil
	}
	return scheduler.VoiceChoice{Owned: s.owned(s.cfg.NewID(), village), Language: language}, nil
}

// checkChoice is scheduler.Invalid when a choice is wrong or the board has no such
// voice.
func (s *Server) checkChoice(ctx context.Context, c scheduler.VoiceChoice) error {
	if err := c.Validate(); err != nil {
		return err
	}
	known := slices.ContainsFunc(speech.Languages(), func(l speech.Language) bool { return l.Code == c.Language })
	if !known {
		return scheduler.Invalid{{Field: "language", Code: scheduler.FaultUnknown}}
	}
	if c.Voice == "" {
		return nil
	}
	voices, err := s.cfg.Speaker.Voices(ctx)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(voices, func(v speech.Voice) bool { return v.ID == c.Voice && v.Language == c.Language }) {
		return scheduler.Invalid{{Field: "voice", Code: scheduler.FaultUnknown}}
	}
	return nil
}

// saveVoice checks and keeps a choice, if its revision is still the one that was
// read. The errors are scheduler.Invalid, scheduler.ErrRevision and those of the store.
func (s *Server) saveVoice(ctx context.Context, c scheduler.VoiceChoice) error {
	if err := s.checkChoice(ctx, c); err != nil {
		return err
	}
	if err := s.cfg.VoiceBook.SaveVoiceChoice(ctx, c); err != nil {
		return err
	}
	s.cfg.Logger.Info("a voice was chosen", "village", c.Village, "language", c.Language, "voice", c.Voice, "rate", c.Rate, "pitch", c.Pitch)
	s.tellChange(ctx)
	return nil
}

// troubleOf words a voice that does not speak: which, why, since when, and who
// speaks instead.
func (p phrase) troubleOf(t speech.Trouble, now time.Time) string {
	why := p.word("voice-fault." + string(t.Fault.Code))
	text := p.word("voices.trouble", t.Voice.Name, p.at(t.Since, now), why)
	if t.Instead.Name != "" {
		text += " " + p.word("voices.instead", t.Instead.Name)
	}
	return text
}

// stoodIn says that one voice spoke instead of another, which still does not speak or
// did not a moment ago; "" when none did.
func (p *panel) stoodIn(v *visit, by, insteadOf string) string {
	if insteadOf == "" || insteadOf == by {
		return ""
	}
	known := p.s.choir(v.ctx())
	for _, t := range p.s.cfg.Prompter.Troubles() {
		if t.Voice.ID == insteadOf {
			return v.word("voices.stood-in-why", known.name(by), t.Voice.Name, v.word("voice-fault."+string(t.Fault.Code)))
		}
	}
	return v.word("voices.stood-in", known.name(by), known.name(insteadOf))
}

// trying words why a voice that was tried does not speak.
func (p phrase) trying(err error) string {
	if f, ok := speech.FaultOf(err); ok {
		text := p.word("voice-fault." + string(f.Code))
		if f.Detail != "" {
			text += " (" + f.Detail + ")"
		}
		return text
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return p.word("voice-fault." + string(speech.Slow))
	}
	return p.word(refusal(err))
}
