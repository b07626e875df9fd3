package playout

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"loalang/recordings"
	"loalang/scheduler"
	"loalang/speech"
)

// VoiceChoices keeps which voice speaks what. The store implements it.
type VoiceChoices interface {
	// VoiceChoices lists those of a village, at most one for each language.
	VoiceChoices(ctx context.Context, village string) ([]scheduler.VoiceChoice, error)
	// Revoiced lists the Ready renditions that the voice InsteadOf is to speak anew,
	// because they may air and have not yet, and will not between now and until.
	Revoiced(ctx context.Context, village string, now, until time.Time) ([]scheduler.Rendition, error)
}

// Said is a text in the library.
type Said struct {
	recordings.Recording
	By        string // ID of the voice that spoke it
	InsteadOf string // of the one that should have; empty: it was that
}

// wish is a text to be spoken.
type wish struct {
	language, text string
	voice          string // empty: the village's, or the first of the language
	forgiving      bool   // a voice that is not there any more is stood in for
	strict         bool   // nobody stands in
	choice         scheduler.VoiceChoice
}

// choirOf is the engines behind one.
func choirOf(cfg ProducerConfig) *speech.Choir {
	if c, ok := cfg.Engine.(*speech.Choir); ok {
		return c
	}
	return speech.NewChoir(cfg.Now, cfg.Log, cfg.Engine)
}

// choice is how the village wants a language spoken.
func (p *Producer) choice(ctx context.Context, language string) (scheduler.VoiceChoice, error) {
	if p.cfg.Choices == nil {
		return scheduler.VoiceChoice{}, nil
	}
	all, err := p.cfg.Choices.VoiceChoices(ctx, p.cfg.Village)
	for _, c := range all {
		if c.Language == language {
			return c, nil
		}
	}
	return scheduler.VoiceChoice{}, err
}

// Voice speaks a spoken text into the library, levelled like everything that airs;
// what was spoken before comes from there. voice "" is the village's, or the first of
// the language; one that fails is stood in for, see Troubles. The error is
// speech.ErrNoVoice when there is no such voice. It blocks for seconds when the text
// is new; half of what is left of ctx is each voice's.
func (p *Producer) Voice(ctx context.Context, language, voice, spoken string) (Said, error) {
	return p.say(ctx, wish{language: language, voice: voice, text: spoken})
}

// Try speaks a text as a choice says, and nobody stands in.
func (p *Producer) Try(ctx context.Context, c scheduler.VoiceChoice, spoken string) (Said, error) {
	return p.perform(ctx, wish{language: c.Language, voice: c.Voice, text: spoken, strict: true, choice: c})
}

// Troubles lists the voices that do not speak, the longest silent first.
func (p *Producer) Troubles() []speech.Trouble { return p.choir.Troubles() }

// Fallbacks says how often another voice spoke instead of each, by its ID, since the
// Producer was made.
func (p *Producer) Fallbacks() map[string]int64 { return p.choir.Fallbacks() }

// say speaks as the village wants it.
func (p *Producer) say(ctx context.Context, w wish) (Said, error) {
	var err error
	if w.choice, err = p.choice(ctx, w.language); err != nil {
		return Said{}, err
	}
	if w.voice == "" {
		w.voice, w.forgiving = w.choice.Voice, true
	}
	return p.perform(ctx, w)
}

// perform lets the voices of a language try in their order.
func (p *Producer) perform(ctx context.Context, w wish) (Said, error) {
	cast, has, err := p.choir.Cast(ctx, w.language, w.voice)
	if err != nil {
		return Said{}, err
	}
	wanted := cast[0].Voice
	if !has {
		wanted = speech.Voice{ID: w.voice, Language: w.language, Name: w.voice}
		if w.strict || !w.forgiving {
			return Said{}, fmt.Errorf("speak language %q with voice %q: %w", w.language, w.voice, speech.ErrNoVoice)
		}
		p.choir.Failed(wanted, speech.Fault{Code: speech.Undeclared, Detail: w.voice})
	}
	if w.strict {
		cast = cast[:1]
	}
	var errs []error
	for i, s := range cast {
		last := i == len(cast)-1
		rec, err := p.sing(ctx, s, w, last)
		if err == nil {
			said := Said{Recording: rec, By: s.ID}
			if s.ID != wanted.ID {
				said.InsteadOf = wanted.ID
				p.choir.Stood(s.Voice, wanted)
			}
			return said, nil
		}
		f, theirs := speech.FaultOf(err)
		if !theirs || ctx.Err() != nil {
			return Said{}, err
		}
		if !errors.Is(err, errResting) {
			p.choir.Failed(s.Voice, f)
		}
		errs = append(errs, err)
	}
	return Said{}, errors.Join(errs...)
}

// errResting is a voice that is not tried yet.
var errResting = errors.New("the voice failed a moment ago")

// sing is one voice's text: from the library, or new. A resting voice is tried only
// when it is the last one left.
func (p *Producer) sing(ctx context.Context, s speech.Singer, w wish, last bool) (recordings.Recording, error) {
	r := speech.Request{Text: w.text, Voice: s.ID, Language: w.language}
	if s.TakesRate {
		r.Rate = w.choice.Rate
	}
	if s.TakesPitch {
		r.Pitch = w.choice.Pitch
	}
	name, err := p.choir.NameOf(ctx, s)
	if err != nil {
		return recordings.Recording{}, err
	}
	key := key(name, r)
	if rec, ok := p.before(ctx, key); ok && name != "" {
		return rec, nil
	}
	inner := ctx
	if !last {
		if p.choir.Resting(s.ID) {
			return recordings.Recording{}, speech.Fault{Code: speech.Slow, Err: errResting}
		}
		if end, ok := ctx.Deadline(); ok { // whoever stands in needs time as well
			var cancel context.CancelFunc
			inner, cancel = context.WithTimeout(ctx, time.Until(end)/2)
			defer cancel()
		}
	}
	rec, err := p.speak(inner, s.Engine, r)
	switch {
	case err != nil && inner.Err() != nil && ctx.Err() == nil:
		return rec, speech.Fault{Code: speech.Slow, Err: err}
	case err != nil:
		return rec, err
	}
	p.choir.Spoke(s.Voice)
	if name != "" { // a voice that was resting may not have told its own
		p.remember(ctx, key, rec)
	}
	return rec, nil
}

// before is what was spoken under a key and is still there.
func (p *Producer) before(ctx context.Context, key string) (recordings.Recording, bool) {
	id, err := p.cfg.Cache.SpokenBefore(ctx, key)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			p.cfg.Log.Error("what was spoken before could not be read", "err", err)
		}
		return recordings.Recording{}, false
	}
	rec, err := p.cfg.Library.Recording(ctx, id)
	return rec, err == nil
}

func (p *Producer) remember(ctx context.Context, key string, rec recordings.Recording) {
	if err := p.cfg.Cache.RememberSpoken(ctx, key, rec.ID); err != nil {
		p.cfg.Log.Error("what was spoken could not be remembered", "recording", rec.ID, "err", err)
	}
}

// key holds everything that changes the sound: engine, version, voice, settings and
// text.
func key(engine string, r speech.Request) string {
	parts := []string{engine, r.Language, r.Voice, strconv.Itoa(r.Rate), strconv.Itoa(r.Pitch), r.Text}
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])
}

func (p *Producer) speak(ctx context.Context, engine speech.Engine, r speech.Request) (recordings.Recording, error) {
	var rec recordings.Recording
	err := synthesize(ctx, engine, r, func(wav io.Reader) (err error) {
		rec, err = p.cfg.Library.Import(ctx, wav, recordings.About{Title: title(r.Text), Kind: recordings.Speech})
		return err
	})
	var refused recordings.Refused
	if errors.As(err, &refused) && refused.Code == recordings.TooLong {
		err = fmt.Errorf("%w: %w", speech.ErrTooLong, err) // the author sees a text, not a file
	}
	if err != nil {
		return recordings.Recording{}, err
	}
	return rec, nil
}

// recital is when a rendition may be tried again.
type recital struct {
	fails int
	next  time.Time
}

// revoiceFirst and revoiceMost are how long a rendition waits whose voice speaks,
// but not this text.
const (
	revoiceFirst = time.Minute
	revoiceMost  = 6 * time.Hour
)

// revoiceQuiet is how long before its air a notice is left as it is: it is planned
// and handed to the player, and somebody may be listening to it once more.
const revoiceQuiet = 5 * time.Minute

// revoice lets voices that were ill try again, and has spoken anew what another
// spoke instead and nobody has heard yet. Each rendition goes from one whole sound to
// another, and is Ready all the while.
func (p *Producer) revoice(ctx context.Context) error {
	p.choir.Probe(ctx)
	if p.cfg.Choices == nil {
		return nil
	}
	list, err := p.toSayAnew(ctx)
	if err != nil {
		return err
	}
	waiting, began := map[string]recital{}, p.cfg.Now()
	for _, r := range list {
		again := p.again[r.ID]
		if ctx.Err() != nil || p.turns(began) || p.choir.Resting(r.InsteadOf) || p.cfg.Now().Before(again.next) {
			waiting[r.ID] = again
			continue
		}
		if err := p.sayAnew(ctx, r); err != nil {
			p.cfg.Log.Info("a text still waits for its voice", "rendition", r.ID, "voice", r.InsteadOf, "err", err)
			again.next = p.cfg.Now().Add(min(revoiceFirst<<min(2*again.fails, 20), revoiceMost))
			again.fails++
			waiting[r.ID] = again
		}
		p.cfg.Beat()
	}
	p.again = waiting
	return nil
}

// turns says whether what has no sound at all is to be looked for: somebody wrote something, or
// it is time to try again. All that another voice spoke has one, and goes on behind it.
func (p *Producer) turns(began time.Time) bool {
	return len(p.wake) > 0 || p.cfg.Now().Sub(began).Abs() >= produceEvery
}

// toSayAnew lists what is to be spoken anew and is not about to air.
func (p *Producer) toSayAnew(ctx context.Context) ([]scheduler.Rendition, error) {
	now := p.cfg.Now()
	return p.cfg.Choices.Revoiced(ctx, p.cfg.Village, now, now.Add(revoiceQuiet))
}

func (p *Producer) sayAnew(ctx context.Context, r scheduler.Rendition) error {
	choice, err := p.choice(ctx, r.Language)
	if err != nil {
		return err
	}
	said, err := p.perform(ctx, wish{language: r.Language, voice: r.InsteadOf, text: r.SpokenText, strict: true, choice: choice})
	if err != nil {
		return err
	}
	// Speaking takes minutes: the notice may air by now, or have been heard.
	still, err := p.toSayAnew(ctx)
	if err != nil || !slices.ContainsFunc(still, func(o scheduler.Rendition) bool { return o.ID == r.ID }) {
		return err
	}
	was := r.SpokenBy
	if r, err = ready(r, said); err != nil {
		return err
	}
	if err := saved(p.cfg.Drafts.SaveRendition(ctx, r)); err != nil {
		return err
	}
	p.cfg.Log.Info("a text that has not aired is spoken anew by its voice", "rendition", r.ID, "voice", said.By, "before", was)
	p.cfg.Done()
	return nil
}

// ready is a rendition with the sound that it was given.
func ready(r scheduler.Rendition, s Said) (scheduler.Rendition, error) {
	r, err := r.Produce(s.ID, s.Length)
	if err == nil {
		r.SpokenBy, r.InsteadOf = s.By, s.InsteadOf
	}
	return r, err
}

// Crier speaks emergencies: with the urgent engine alone, whatever voice the village
// has chosen, so that nobody waits for a slow engine or a network.
type Crier struct{ p *Producer }

// Crier is the Producer's voice for emergencies.
func (p *Producer) Crier() Crier { return Crier{p} }

// Voice speaks into the library with the urgent engine.
func (c Crier) Voice(ctx context.Context, language, voice, spoken string) (recordings.Recording, error) {
	r := speech.Request{Text: spoken, Voice: voice, Language: language}
	name, err := c.p.cfg.Urgent.Name(ctx)
	if err != nil {
		return recordings.Recording{}, err
	}
	key := key(name, r)
	if rec, ok := c.p.before(ctx, key); ok {
		return rec, nil
	}
	rec, err := c.p.speak(ctx, c.p.cfg.Urgent, r)
	if err == nil {
		c.p.remember(ctx, key, rec)
	}
	return rec, err
}

// Aloud is that of the Producer.
func (c Crier) Aloud(ctx context.Context, language, spoken string) (*os.File, error) {
	return c.p.Aloud(ctx, language, spoken)
}

// Spoken is that of the Producer.
func (c Crier) Spoken(ctx context.Context, language, text string) (string, error) {
	return c.p.Spoken(ctx, language, text)
}
