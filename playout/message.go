package playout

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"loalang/scheduler"
	"loalang/speech"
)

const (
	// messagePatience bounds the synthesis of one message in one language.
	messagePatience = 2 * time.Minute
	// spokenPatience bounds how long a recording is waited for that a voice could say as well.
	spokenPatience = 15 * time.Second
	// messageAgain is how soon a language is tried again that could not be
	// spoken: about one cycle of the siren and a message.
	messageAgain = 15 * time.Second
)

// message plays what was recorded for an alarm and speaks its text in every other
// language that has a voice, and each joins the siren as soon as it is there. What could not be spoken is tried
// again about once in a cycle until the alarm is over.
func (p *Player) message(al *alarm) {
	ctx, cancel := p.during(al.over)
	defer cancel()
	again := time.NewTimer(0)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-again.C:
		}
		done := p.sayAll(ctx, al)
		p.side.Go(func() { p.keepSaid(al) }) // an import may be in its way for minutes
		if done {
			p.endMute(al)
			return
		}
		again.Reset(messageAgain)
	}
}

// during is a context that ends when over is closed and with the Player.
func (p *Player) during(over <-chan struct{}) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		select {
		case <-over:
		case <-p.done:
		case <-ctx.Done():
		}
		cancel()
	}()
	return ctx, cancel
}

// sayAll tries every language that is not spoken yet. It says whether there is
// nothing left to be tried again.
func (p *Player) sayAll(ctx context.Context, al *alarm) bool {
	languages, faults := p.tongues(ctx, al)
	done := true
	order := recordedFirst(al.e, languages)
	for i, language := range order {
		if s, said := p.saidIn(al, language); said {
			faults = instead(faults, s)
			continue
		}
		s, err := p.words(ctx, al, language)
		if ctx.Err() != nil {
			if s.file != nil {
				_ = s.file.Close() // read only
			}
			return false
		}
		if err != nil {
			code := faultCode(err)
			p.cfg.Log.Error("an emergency's message is not spoken in a language", "emergency", al.e.ID, "language", language, "err", err)
			faults = append(faults, EmergencyFault{Code: code, Language: language})
			done = done && hopeless(code)
			continue
		}
		faults = instead(faults, s)
		if i == len(order)-1 {
			p.tried(al, faults) // before it is said: the cycle that begins with it is the first that counts
		}
		p.say(al, languages, s)
	}
	if p.tried(al, faults) && (al.e.Repeat > 0 || al.e.NoSiren) {
		p.join(al)
	}
	p.changed()
	return done
}

// tongues are the languages an alarm is to be spoken in: its own, of which those
// without a voice are named as faults; when none has one, or it names none,
// those of the village as they are now.
func (p *Player) tongues(ctx context.Context, al *alarm) (languages []string, faults []EmergencyFault) {
	if len(al.e.Languages) == 0 {
		return p.villageTongues(ctx), nil
	}
	for _, language := range al.e.Languages {
		code := p.wordless(ctx, al.e.In(language))
		if code == "" {
			return al.e.Languages, nil
		}
		faults = append(faults, EmergencyFault{Code: code, Language: language})
	}
	languages = slices.DeleteFunc(p.villageTongues(ctx), func(l string) bool {
		return slices.Contains(al.e.Languages, l) || al.e.In(l) == scheduler.Message{Language: l}
	})
	if len(languages) == 0 {
		return nil, faults
	}
	return languages, append(faults, EmergencyFault{Code: TroubleFallback})
}

// villageTongues are the languages of the village as the database has them now,
// or as they were last known.
func (p *Player) villageTongues(ctx context.Context) []string {
	patient, cancel := context.WithTimeout(ctx, journalPatience)
	defer cancel()
	v, err := p.cfg.Places.Village(patient, p.cfg.Village)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err == nil {
		p.languages = v.Languages
	} else {
		p.cfg.Log.Error("the village's languages are taken as they were last known", "err", err)
	}
	return slices.Clone(p.languages)
}

// aloud speaks a text into a file in memory, and only when that fails by way of
// the library, where it may lie from an earlier time.
func (p *Player) aloud(ctx context.Context, language, text string) (*os.File, error) {
	ctx, cancel := context.WithTimeout(ctx, messagePatience)
	defer cancel()
	spoken, err := p.cfg.Voicer.Spoken(ctx, language, text)
	if err != nil {
		return nil, fmt.Errorf("speak %q: %w", language, err)
	}
	f, err := p.cfg.Voicer.Aloud(ctx, language, spoken)
	if err == nil || errors.Is(err, speech.ErrNoVoice) || errors.Is(err, speech.ErrNoWords) {
		return f, err
	}
	rec, stored := p.cfg.Voicer.Voice(ctx, language, "", spoken)
	if stored != nil {
		return nil, errors.Join(err, stored)
	}
	f, stored = p.cfg.Library.PlayCopy(ctx, rec.ID)
	if stored != nil {
		return nil, errors.Join(err, stored)
	}
	return f, nil
}

// say puts a message into the cycle, in the order of languages. It takes over
// the file.
func (p *Player) say(al *alarm, languages []string, s saying) {
	p.mu.Lock()
	if p.findAlarm(al.e.ID) != al { // over meanwhile
		p.mu.Unlock()
		_ = s.file.Close() // read only
		return
	}
	al.said = append(al.said, s)
	slices.SortStableFunc(al.said, func(a, b saying) int {
		return slices.Index(languages, a.language) - slices.Index(languages, b.language)
	})
	p.mu.Unlock()
	p.join(al)
	p.changed()
}

func (p *Player) join(al *alarm) {
	if err := p.sound(al); err != nil {
		p.cfg.Log.Error("the emergency's message could not join the siren", "emergency", al.e.ID, "err", err)
	}
}

// tried notes that every language was tried, and says whether that was not so before.
func (p *Player) tried(al *alarm, faults []EmergencyFault) (first bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	first = !al.complete
	al.complete, al.faults = true, faults
	return first
}

// instead adds to faults that a voice reads where something was recorded.
func instead(faults []EmergencyFault, s saying) []EmergencyFault {
	if !s.instead {
		return faults
	}
	return append(faults, EmergencyFault{Code: TroubleInstead, Language: s.language})
}

func (p *Player) saidIn(al *alarm, language string) (saying, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := slices.IndexFunc(al.said, func(s saying) bool { return s.language == language })
	if i < 0 {
		return saying{}, false
	}
	return al.said[i], true
}

// keepSaid puts what was spoken into the library, behind the sound, so that the
// as-run names a recording that anybody can hear later.
func (p *Player) keepSaid(al *alarm) {
	ctx, cancel := p.during(nil) // also when the alarm is over meanwhile
	defer cancel()
	var languages []string
	p.mu.Lock()
	for i := range al.said {
		if s := &al.said[i]; !s.kept {
			s.kept = true // once: a full disk does not become larger by trying
			languages = append(languages, s.language)
		}
	}
	p.mu.Unlock()
	for _, language := range languages {
		id, err := p.keepInLibrary(ctx, language, al.e.In(language).Text)
		if err != nil {
			p.cfg.Log.Error("an emergency's message is not kept in the library", "emergency", al.e.ID, "language", language, "err", err)
			continue
		}
		p.name(al, language, id)
	}
}

func (p *Player) keepInLibrary(ctx context.Context, language, text string) (id string, err error) {
	ctx, cancel := context.WithTimeout(ctx, messagePatience)
	defer cancel()
	spoken, err := p.cfg.Voicer.Spoken(ctx, language, text)
	if err != nil {
		return "", err
	}
	rec, err := p.cfg.Voicer.Voice(ctx, language, "", spoken)
	return rec.ID, err
}

// name tells the as-run which recording a message became.
func (p *Player) name(al *alarm, language, recording string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer p.recordAlarm(al)
	for i := range al.said {
		if al.said[i].language == language {
			al.said[i].recording = recording
		}
	}
	for i := range al.row.Airings {
		if a := &al.row.Airings[i]; a.Language == language {
			a.Recording = recording
		}
	}
}

// hopeless says whether trying again changes nothing.
func hopeless(code string) bool {
	return code == FaultNoVoice || code == FaultNoWords || code == FaultTooLong
}
