package speech

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"
)

// Trouble is a voice that does not speak, and what is done about it.
type Trouble struct {
	Voice   Voice
	Fault   Fault
	Since   time.Time // of the first failure in a row
	Instead Voice     // what spoke instead last; zero: nothing has yet
}

// Singer is a voice with the engine that has it.
type Singer struct {
	Voice
	Engine Engine
}

// Choir is several engines as one: one space of voice IDs, the engines' order the
// order of preference. It remembers which voices fail, lets them rest a while, and
// tries them again. It may be used from several goroutines at once.
type Choir struct {
	engines []Engine
	now     func() time.Time
	log     *slog.Logger

	mu    sync.Mutex
	ill   map[string]*illness // by voice ID
	stood map[string]int64    // how often another spoke instead, by voice ID
	rolls map[Engine]roll
}

// illness is what is remembered of a voice that failed.
type illness struct {
	Trouble
	fails int
	next  time.Time // not tried before
	over  bool      // it spoke a few words since; a text will show
}

// restFirst and restMost are how long a voice rests after it failed: twice as long
// each time.
const (
	restFirst = 30 * time.Second
	restMost  = 30 * time.Minute
)

// NewChoir is a Choir of engines, the preferred first.
func NewChoir(now func() time.Time, log *slog.Logger, engines ...Engine) *Choir {
	return &Choir{engines: engines, now: now, log: log, ill: map[string]*illness{}, stood: map[string]int64{}, rolls: map[Engine]roll{}}
}

// Name is the names of all engines that answer. The error is ErrNoEngine when none
// does.
func (c *Choir) Name(ctx context.Context) (string, error) {
	var names []string
	var errs []error
	for _, e := range c.engines {
		name, err := c.nameOf(ctx, e, false)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		return "", absent(errs)
	}
	return strings.Join(names, ", "), nil
}

// absent is what several engines say that cannot be asked.
func absent(errs []error) error {
	if len(errs) == 0 {
		return ErrNoEngine
	}
	return errors.Join(errs...)
}

// NameOf is the name and version of the engine of s, for cache keys. While the voice
// rests it is what it was last, "" when it never had one, and nobody is asked.
func (c *Choir) NameOf(ctx context.Context, s Singer) (string, error) {
	return c.nameOf(ctx, s.Engine, c.Resting(s.ID))
}

// singers lists every voice of every engine that answers.
func (c *Choir) singers(ctx context.Context) ([]Singer, error) {
	var all []Singer
	var errs []error
	for _, e := range c.engines {
		voices, err := c.voicesOf(ctx, e)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		for _, v := range voices {
			if !slices.ContainsFunc(all, func(s Singer) bool { return s.ID == v.ID }) {
				all = append(all, Singer{v, e})
			}
		}
	}
	if len(errs) > 0 && len(all) == 0 {
		return nil, absent(errs)
	}
	return all, nil
}

// Voices lists the voices of all engines that answer; ErrNoEngine when none does.
func (c *Choir) Voices(ctx context.Context) ([]Voice, error) {
	all, err := c.singers(ctx)
	var voices []Voice
	for _, s := range all {
		voices = append(voices, s.Voice)
	}
	return voices, err
}

// Cast is who may speak a language, in the order in which they are to be tried: the
// voice wanted ("": the first of the language), then the others. has says whether
// there is the voice wanted at all. The error is ErrNoVoice when nobody speaks the
// language.
func (c *Choir) Cast(ctx context.Context, language, wanted string) (cast []Singer, has bool, err error) {
	all, err := c.singers(ctx)
	if err != nil {
		return nil, false, err
	}
	for _, s := range all {
		switch {
		case s.Language != language:
		case s.ID == wanted:
			cast, has = slices.Insert(cast, 0, s), true
		default:
			cast = append(cast, s)
		}
	}
	if len(cast) == 0 {
		return nil, false, fmt.Errorf("speak language %q: %w", language, ErrNoVoice)
	}
	return cast, has || wanted == "", nil
}

// Resting says whether a voice failed lately and is not to be tried yet.
func (c *Choir) Resting(voice string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := c.ill[voice]
	return i != nil && !i.over && c.now().Before(i.next)
}

// Failed remembers that a voice did not speak, and lets it rest. It is logged once,
// until the voice speaks again.
func (c *Choir) Failed(v Voice, f Fault) {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := c.ill[v.ID]
	if i == nil {
		i = &illness{over: true}
		c.ill[v.ID] = i
	}
	first := i.over
	if first {
		i.Since, i.over, i.Instead = c.now(), false, Voice{}
	}
	i.Voice, i.Fault = v, f
	i.next = c.now().Add(min(restFirst<<min(i.fails, 10), restMost))
	i.fails++
	c.askAnew()
	if first {
		c.log.Warn("a voice does not speak", "voice", v.ID, "code", string(f.Code), "err", f.Error())
	}
}

// Spoke remembers that a voice spoke a text.
func (c *Choir) Spoke(v Voice) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if i := c.ill[v.ID]; i != nil {
		delete(c.ill, v.ID)
		c.tellRecovery(i)
	}
}

func (c *Choir) tellRecovery(i *illness) {
	if !i.over {
		c.log.Info("a voice speaks again", "voice", i.Voice.ID, "since", i.Since)
	}
}

// Stood remembers that one voice spoke instead of another. It is logged when that is
// new.
func (c *Choir) Stood(instead, of Voice) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stood[of.ID]++
	if i := c.ill[of.ID]; i != nil && i.Instead.ID != instead.ID {
		i.Instead = instead
		c.log.Warn("a voice speaks instead of another", "voice", instead.ID, "instead_of", of.ID, "code", string(i.Fault.Code))
	}
}

// Troubles lists the voices that do not speak, the longest silent first.
func (c *Choir) Troubles() []Trouble {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []Trouble
	for _, i := range c.ill {
		if !i.over {
			all = append(all, i.Trouble)
		}
	}
	slices.SortFunc(all, func(a, b Trouble) int {
		if order := a.Since.Compare(b.Since); order != 0 {
			return order
		}
		return strings.Compare(a.Voice.ID, b.Voice.ID)
	})
	return all
}

// Fallbacks says how often another voice spoke instead of each, by voice ID, since
// the Choir was made.
func (c *Choir) Fallbacks() map[string]int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := map[string]int64{}
	for id, n := range c.stood {
		all[id] = n
	}
	return all
}

// probePatience is how long a voice may take for a few words.
const probePatience = 30 * time.Second

// Probe lets the voices that have rested speak a few words, and says which of them
// do so again. It blocks while they speak.
func (c *Choir) Probe(ctx context.Context) (recovered []Voice) {
	if len(c.Troubles()) == 0 {
		return nil
	}
	all, err := c.singers(ctx)
	if err != nil {
		return nil // who cannot be asked speaks no words either
	}
	c.forgetUndeclared()
	for _, s := range all {
		c.mu.Lock()
		i := c.ill[s.ID]
		due := i != nil && !i.over && !c.now().Before(i.next)
		c.mu.Unlock()
		if !due || ctx.Err() != nil {
			continue
		}
		if err := c.sound(ctx, s); err != nil {
			if f, ok := FaultOf(err); ok {
				c.Failed(s.Voice, f)
			}
			continue
		}
		c.mu.Lock()
		if !i.over {
			c.tellRecovery(i)
			i.over = true
			recovered = append(recovered, s.Voice)
		}
		c.mu.Unlock()
	}
	return recovered
}

// forgetUndeclared drops the voices that no engine has: whoever asks for one again
// is told again.
func (c *Choir) forgetUndeclared() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for id, i := range c.ill {
		if i.Fault.Code == Undeclared && !c.now().Before(i.next) {
			delete(c.ill, id)
		}
	}
}

// Sound lets one voice speak a few words to nobody; nil: it does.
func (c *Choir) Sound(ctx context.Context, voice Voice) error {
	cast, has, err := c.Cast(ctx, voice.Language, voice.ID)
	if err != nil || !has {
		return errors.Join(err, ErrNoVoice)
	}
	return c.sound(ctx, cast[0])
}

func (c *Choir) sound(ctx context.Context, s Singer) error {
	words := "One, two, three."
	if s.Language == "vi" {
		words = "Xin chào bà con."
	}
	inner, cancel := context.WithTimeout(ctx, probePatience)
	defer cancel()
	err := s.Engine.Synthesize(inner, Request{Text: words, Language: s.Language, Voice: s.ID}, io.Discard)
	if err != nil && inner.Err() != nil && ctx.Err() == nil {
		return Fault{Code: Slow, Detail: probePatience.String(), Err: err}
	}
	return err
}

// Synthesize implements Engine: the voice asked for speaks, or nobody; without one
// asked for, the first of the language that does.
func (c *Choir) Synthesize(ctx context.Context, r Request, w io.Writer) error {
	cast, has, err := c.Cast(ctx, r.Language, r.Voice)
	switch {
	case err != nil:
		return err
	case !has:
		return fmt.Errorf("speak language %q with voice %q: %w", r.Language, r.Voice, ErrNoVoice)
	case r.Voice != "":
		cast = cast[:1]
	}
	var errs []error
	for _, s := range cast {
		r.Voice = s.ID
		err := s.Engine.Synthesize(ctx, r, w)
		f, theirs := FaultOf(err)
		if err == nil {
			c.Spoke(s.Voice)
		}
		if !theirs { // spoken, or a fault of the text, the writer or the caller
			return err
		}
		c.Failed(s.Voice, f)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
