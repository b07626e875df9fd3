package playout

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"loalang/recordings"
	"loalang/scheduler"
	"loalang/speech"
)

const (
	// produceEvery is how often the producer looks for work nobody told it of.
	produceEvery = time.Minute
	// titleLength bounds the title of a spoken recording, in characters.
	titleLength = 60
)

// Stacks is the library as the producer fills it. *recordings.Library is one.
type Stacks interface {
	// Import levels and stores what r holds.
	Import(ctx context.Context, r io.Reader, about recordings.About) (recordings.Recording, error)
	// Recording reads one; recordings.ErrNotFound when there is none.
	Recording(ctx context.Context, id string) (recordings.Recording, error)
	// Fleeting levels what r holds in memory, for once.
	Fleeting(ctx context.Context, r io.Reader) (*os.File, error)
}

// ProducerConfig is what a Producer works with; every field is required unless it says
// otherwise.
type ProducerConfig struct {
	Village  string
	Drafts   Drafts
	Cache    SpeechCache
	Words    WordBook
	Engine   speech.Engine // a *speech.Choir where there are several
	Choices  VoiceChoices  // nil: each language has its first voice
	Promises Promises
	Urgent   speech.Engine // speaks emergencies: nothing of it touches the data disk or a network
	Library  Stacks
	Now      func() time.Time
	Done     func() // called after each rendition that became ready: plan anew
	Beat     func() // called each time the loop of Run comes round, and behind each rendition; nil: nobody watches it
	Log      *slog.Logger
}

// Producer makes renditions ready ahead of air: it speaks texts and measures
// takes. Run owns its one goroutine; the other methods may be called from any.
type Producer struct {
	cfg   ProducerConfig
	wake  chan struct{}
	words atomic.Pointer[learned] // nil: none were ever read
	choir *speech.Choir
	again map[string]recital // of Run alone: renditions that wait for their voice, by ID
}

// NewProducer prepares a Producer.
func NewProducer(cfg ProducerConfig) *Producer {
	if cfg.Beat == nil {
		cfg.Beat = func() {}
	}
	return &Producer{cfg: cfg, wake: make(chan struct{}, 1), choir: choirOf(cfg)}
}

// Changed tells the producer that there may be work. It does not block.
func (p *Producer) Changed() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// Run produces until ctx ends and then returns nil.
func (p *Producer) Run(ctx context.Context) error {
	tick := time.NewTicker(produceEvery)
	defer tick.Stop()
	for blind, deaf := false, false; ; {
		p.cfg.Beat()
		deaf = p.relearn(ctx, deaf)
		err := p.produceAll(ctx)
		if err == nil {
			err = p.revoice(ctx)
		}
		if err != nil && !blind && ctx.Err() == nil { // told once, not every minute
			p.cfg.Log.Error("renditions that wait cannot be read", "err", err)
		}
		if err == nil && blind {
			p.cfg.Log.Info("renditions that wait can be read again")
		}
		blind = err != nil
		select {
		case <-ctx.Done():
			return nil
		case <-p.wake:
		case <-tick.C:
		}
	}
}

func (p *Producer) produceAll(ctx context.Context) error {
	waiting, err := p.cfg.Drafts.Waiting(ctx, p.cfg.Village, p.cfg.Now())
	if err != nil {
		return err
	}
	for _, r := range waiting {
		if ctx.Err() != nil {
			return nil
		}
		if r.Fault == FaultTooLong {
			continue // until somebody shortens it: speaking half an hour costs a board minutes
		}
		if err := p.produce(ctx, r); err != nil {
			p.cfg.Log.Error("a rendition could not be saved", "rendition", r.ID, "err", err)
		}
		p.cfg.Beat()
	}
	return nil
}

// produce makes one rendition ready or notes why it cannot be.
func (p *Producer) produce(ctx context.Context, r scheduler.Rendition) error {
	said, err := p.sound(ctx, r)
	if ctx.Err() != nil {
		return nil
	}
	if err != nil {
		code := faultCode(err)
		if code == r.Fault {
			return nil // known, and tried again in a minute
		}
		p.cfg.Log.Error("a rendition could not be produced", "rendition", r.ID, "language", r.Language, "err", err)
		r.Fault = code
		return saved(p.cfg.Drafts.SaveRendition(ctx, r))
	}
	if r, err = ready(r, said); err != nil {
		return err
	}
	if err := saved(p.cfg.Drafts.SaveRendition(ctx, r)); err != nil {
		return err
	}
	p.cfg.Done()
	return nil
}

// saved forgives a rendition that changed meanwhile: it comes up again.
func saved(err error) error {
	if errors.Is(err, scheduler.ErrRevision) {
		return nil
	}
	return err
}

func (p *Producer) sound(ctx context.Context, r scheduler.Rendition) (Said, error) {
	if r.State == scheduler.Recorded {
		rec, err := p.cfg.Library.Recording(ctx, r.Recording)
		return Said{Recording: rec}, err
	}
	return p.say(ctx, wish{language: r.Language, voice: r.Voice, text: r.SpokenText, forgiving: true})
}

// Codes of Rendition.Fault.
const (
	FaultNoEngine = "no-engine"
	FaultNoVoice  = "no-voice"
	FaultNoWords  = "no-words"
	FaultGone     = "recording-gone"
	FaultDisk     = "disk-full"
	FaultTooLong  = "spoken-too-long"
	FaultNoImport = "no-import" // ffmpeg or its lock is missing
	FaultProduce  = "production"
)

func faultCode(err error) string {
	switch {
	case errors.Is(err, speech.ErrNoEngine):
		return FaultNoEngine
	case errors.Is(err, speech.ErrNoVoice):
		return FaultNoVoice
	case errors.Is(err, speech.ErrNoWords):
		return FaultNoWords
	case errors.Is(err, speech.ErrTooLong):
		return FaultTooLong
	case errors.Is(err, recordings.ErrNotFound):
		return FaultGone
	case errors.Is(err, recordings.ErrDiskFull), errors.Is(err, syscall.ENOSPC):
		return FaultDisk
	case errors.Is(err, recordings.ErrNoFFmpeg), errors.Is(err, recordings.ErrNoSandbox):
		return FaultNoImport
	}
	return FaultProduce
}

// Normalize is text as a voice of the language will read it, the village's words
// as they were learned last.
func (p *Producer) Normalize(language, text string) speech.Spoken {
	return p.lexicons().read(language, text)
}

// Voices lists what the engine can speak with; speech.ErrNoEngine when there
// is none.
func (p *Producer) Voices(ctx context.Context) ([]speech.Voice, error) {
	return p.choir.Voices(ctx)
}

// Spoken is text as an urgent voice of language reads it; speech.ErrNoVoice when
// none speaks the language, speech.ErrNoEngine when there is no engine.
func (p *Producer) Spoken(ctx context.Context, language, text string) (string, error) {
	voices, err := p.cfg.Urgent.Voices(ctx)
	if err != nil {
		return "", err
	}
	for _, v := range voices {
		if v.Language == language {
			return p.Normalize(language, text).Text, nil
		}
	}
	return "", speech.ErrNoVoice
}

// Aloud speaks a spoken text, with the first voice of the language, into a file
// in memory, levelled like everything that airs. It asks neither the library nor
// the database. It blocks for seconds; the caller closes the file.
func (p *Producer) Aloud(ctx context.Context, language, spoken string) (*os.File, error) {
	var f *os.File
	err := synthesize(ctx, p.cfg.Urgent, speech.Request{Text: spoken, Language: language}, func(wav io.Reader) (err error) {
		f, err = p.cfg.Library.Fleeting(ctx, wav)
		return err
	})
	if err != nil && f != nil {
		_ = f.Close() // nobody gets it
		f = nil
	}
	return f, err
}

// synthesize lets an engine speak into take, which reads until the end.
func synthesize(ctx context.Context, engine speech.Engine, r speech.Request, take func(wav io.Reader) error) error {
	wav, in := io.Pipe()
	spoken := make(chan error, 1)
	go func() {
		err := engine.Synthesize(ctx, r, in)
		spoken <- err
		_ = in.CloseWithError(err) // never fails
	}()
	err := take(wav)
	_ = wav.Close() // lets an engine go on that nobody reads any more
	if engineErr := <-spoken; engineErr != nil && !errors.Is(engineErr, io.ErrClosedPipe) {
		return fmt.Errorf("speak: %w", engineErr)
	}
	if err != nil {
		return fmt.Errorf("import speech: %w", err)
	}
	return nil
}

// title is the beginning of a text.
func title(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	runes := []rune(line)
	if len(runes) > titleLength {
		return string(runes[:titleLength-1]) + "…"
	}
	return line
}
