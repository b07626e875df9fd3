package playout

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"loalang/audio"
	"loalang/scheduler"
	"loalang/speech"
)

// sirens says whether an alarm has the siren in its cycle at now: one that was meant to
// have none has it when its words do not come. Player.mu is held.
func (al *alarm) sirens(now audio.Instant) bool {
	switch {
	case al.e.AllClear:
		return false
	case !al.e.NoSiren || !al.e.Speaks():
		return true
	}
	return len(al.said) == 0 && (al.complete || now >= al.quiet)
}

// unheard has the siren sound for an alarm without one whose words do not come.
func (p *Player) unheard(al *alarm) {
	p.mu.Lock()
	silent := len(al.said) == 0 && !al.complete
	p.mu.Unlock()
	if silent { // else its cycles are being counted
		p.join(al)
	}
}

// wordless is the fault for which nothing can be said in a language at all; empty:
// it can be tried.
func (p *Player) wordless(ctx context.Context, m scheduler.Message) string {
	if m.Recording != "" {
		return ""
	}
	if m.Text == "" {
		return FaultNoWords
	}
	if _, err := p.cfg.Voicer.Spoken(ctx, m.Language, m.Text); errors.Is(err, speech.ErrNoVoice) {
		return FaultNoVoice
	}
	return ""
}

// recordedFirst are languages with those before the others that wait for no voice.
func recordedFirst(e scheduler.Emergency, languages []string) []string {
	order := slices.Clone(languages)
	late := map[string]int{}
	for _, language := range order {
		if e.In(language).Recording == "" {
			late[language] = 1
		}
	}
	slices.SortStableFunc(order, func(a, b string) int { return late[a] - late[b] })
	return order
}

// words are what an alarm says in a language: what was recorded, and only where that
// cannot be played what a voice makes of the text.
func (p *Player) words(ctx context.Context, e scheduler.Emergency, language string) (saying, error) {
	m := e.In(language)
	s := saying{language: language, recording: m.Recording, kept: m.Recording != "", instead: m.Recording != ""}
	var lost error
	if m.Recording != "" {
		patient, cancel := context.WithTimeout(ctx, messagePatience)
		s.file, lost = p.cfg.Library.PlayCopy(patient, m.Recording)
		cancel()
		if lost == nil {
			s.instead = false
			return s, nil
		}
		p.cfg.Log.Error("an emergency's recording cannot be played", "emergency", e.ID, "language", language, "recording", m.Recording, "err", lost)
	}
	if m.Text == "" {
		return saying{}, cmp.Or(lost, speech.ErrNoWords)
	}
	var err error
	if s.file, err = p.aloud(ctx, language, m.Text); err != nil {
		return saying{}, cmp.Or(lost, err) // a recording is tried again
	}
	s.recording, s.kept = "", false
	return s, nil
}
