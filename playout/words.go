package playout

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

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
	case !al.e.NoSiren || !al.e.Speaks() || al.bereft:
		return true
	}
	return len(al.said) == 0 && (al.complete || now >= al.quiet)
}

// holdBack keeps the words of an alarm, and the count of its cycles, from an amplifier
// that must stay off for so long still, unless what sounds ahead of the words takes
// longer than that and its settling: they join when it hears them. The siren begins at once, and is heard from where the amplifier
// goes on. What has begun is not held back for a zone that went off and rests. It says
// whether they wait. Player.mu is held.
func (p *Player) holdBack(al *alarm, settle, resting time.Duration, sirens bool) bool {
	ahead := time.Duration(0)
	if al.e.Speaks() {
		ahead = p.sirenAhead(al, sirens)
	}
	if resting <= max(0, ahead-settle) || al.told() {
		return false
	}
	if !al.resting {
		al.resting = true
		time.AfterFunc(resting+time.Millisecond, func() {
			p.mu.Lock()
			al.resting = false
			p.mu.Unlock()
			p.join(al)
		})
	}
	return true
}

// sirenAhead is how long the siren sounds from now on until words could follow it, at the
// least: a cycle that sounds already goes on with words that join it. Player.mu is held.
func (p *Player) sirenAhead(al *alarm, sirens bool) time.Duration {
	switch {
	case !sirens:
		return 0
	case al.pass.part == sirenPart:
		return min(max(0, al.pass.start.Add(sirenCycle).Sub(p.cfg.Mono())), sirenCycle)
	case al.raised:
		return 0 // between two parts: nobody knows
	}
	return sirenCycle
}

// leadOf is the silence before the first words that join an alarm, beside what sounds ahead
// of them, for an amplifier that takes so long still to settle. It stays until then, for a
// cycle goes on with more words only where those before them are as they were; where it is
// not counted how often they are said it ends with that. Player.mu is held.
func (p *Player) leadOf(al *alarm, settle time.Duration, sirens bool) time.Duration {
	if al.led {
		return al.lead
	}
	al.led, al.lead = true, max(0, settle-p.sirenAhead(al, sirens))
	if al.lead > 0 && al.e.Repeat == 0 {
		time.AfterFunc(settle, func() {
			p.mu.Lock()
			al.lead = 0
			p.mu.Unlock()
			p.join(al)
		})
	}
	return al.lead
}

// told says whether what counts of an alarm has begun since it sounds or went on: a word,
// or where it has none the siren, with the amplifier on. Player.mu is held.
func (al *alarm) told() bool {
	for _, s := range al.said {
		if _, begun := al.open[s.language]; begun {
			return true
		}
	}
	return !al.e.Speaks() && al.heard
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

// LongestWords is how long the words of an emergency may sound, all its languages
// together: the output keeps them in memory, and takes 20 s more beside them.
const LongestWords = 8 * time.Minute

// spare is how big the file of one more saying is; speech.ErrTooLong when it is longer
// than LongestWords leaves beside what is said already.
func (p *Player) spare(al *alarm, f *os.File) (size int64, err error) {
	info, err := f.Stat()
	if err != nil {
		return 0, fmt.Errorf("measure the words: %w", err)
	}
	size = info.Size()
	p.mu.Lock()
	defer p.mu.Unlock()
	all := size
	for _, s := range al.said {
		all += s.size
	}
	if last := audio.Rate.D(audio.Frames(all / 2)); last > LongestWords {
		return 0, fmt.Errorf("%v of words, %v is the most: %w", last.Round(time.Second), LongestWords, speech.ErrTooLong)
	}
	return size, nil
}

// bereft has an alarm without a siren sound with it once the output could not take its
// words: something must be heard. It says whether there is now something to be raised.
func (p *Player) bereft(al *alarm, cause audio.Cause) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if cause != audio.Unread || al.bereft || al.e.AllClear || !al.e.NoSiren || !al.e.Ended.IsZero() {
		return false
	}
	al.bereft = true
	return true
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
func (p *Player) words(ctx context.Context, al *alarm, language string) (saying, error) {
	m := al.e.In(language)
	s := saying{language: language, recording: m.Recording, kept: m.Recording != "", instead: m.Recording != ""}
	var lost error
	if m.Recording != "" {
		patience := messagePatience
		if m.Text != "" { // a voice can say it: nobody waits for a card that is ill
			patience = spokenPatience
		}
		patient, cancel := context.WithTimeout(ctx, patience)
		s.file, lost = p.cfg.Library.PlayCopy(patient, m.Recording)
		cancel()
		if s, lost = p.fitted(al, s, lost); lost == nil {
			s.instead = false
			return s, nil
		}
		p.cfg.Log.Error("an emergency's recording cannot be played", "emergency", al.e.ID, "language", language, "recording", m.Recording, "err", lost)
	}
	if m.Text == "" {
		return saying{}, cmp.Or(lost, speech.ErrNoWords)
	}
	var err error
	s.file, err = p.aloud(ctx, language, m.Text)
	if s, err = p.fitted(al, s, err); err != nil {
		if errors.Is(lost, speech.ErrTooLong) {
			return saying{}, err
		}
		return saying{}, cmp.Or(lost, err) // a recording is tried again
	}
	s.recording, s.kept = "", false
	return s, nil
}

// fitted is s with the size of its file, which was opened with err; one for which there
// is no room is closed.
func (p *Player) fitted(al *alarm, s saying, err error) (saying, error) {
	if err != nil {
		return s, err
	}
	if s.size, err = p.spare(al, s.file); err != nil {
		_ = s.file.Close() // read only
		s.file = nil
	}
	return s, err
}
