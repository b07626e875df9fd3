package playout

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"sync"
	"time"

	"loalang/audio"
	"loalang/recordings"
	"loalang/scheduler"
)

// Defaults of a StudioConfig.
const (
	DefaultLiveLimit   = 5 * time.Minute
	DefaultLiveSilence = 20 * time.Second
	// DefaultLiveBuffer is how long a live voice is held before it leaves the card:
	// what comes later than that over the quickest is not heard.
	DefaultLiveBuffer = 200 * time.Millisecond
	// DefaultLinkPatience is how long nothing may come from a microphone.
	DefaultLinkPatience = 3 * time.Second
)

// keepEvery is how often tapes that could not be taken in are tried again.
const keepEvery = time.Minute

// Tapes takes down what airs. *recordings.Library is one.
type Tapes interface {
	NewTape(note recordings.TapeNote) (*recordings.Tape, error)
	// Tapes lists what waits to be taken into the library, and what is being written.
	Tapes() ([]recordings.TapeNote, error)
	// KeepTape takes one into the library, and erases it when named is content.
	KeepTape(ctx context.Context, note recordings.TapeNote, named func(recordings.Recording) error) error
}

// Namer names in the as-run the recording that was made of what aired. The store
// is one.
type Namer interface {
	// NameRecording wraps fs.ErrNotExist while the row has no outcome.
	NameRecording(ctx context.Context, occurrence string, part scheduler.PartKind, recording string) error
}

// LiveAir gives the output to a live voice. *Player is one.
type LiveAir interface {
	GoLive(ctx context.Context, l Live) (LiveSession, error)
}

// StudioConfig is what a Studio works with. Durations at zero take their
// defaults; every other field is required unless it says otherwise.
type StudioConfig struct {
	Village string
	Air     LiveAir
	Tapes   Tapes
	Names   Namer
	Chime   string        // recording of the village's chime; empty: there is none
	Limit   time.Duration // of one talk; the speaker may have it twice
	Silence time.Duration // after which a talk ends
	Buffer  time.Duration
	// LinkPatience is how long nothing may come from the microphone.
	LinkPatience time.Duration

	Now   func() time.Time     // wall clock
	Mono  func() audio.Instant // audio.Monotonic
	NewID func() string        // UUIDv7
	Beat  func()               // called by Run each minute, and behind each tape; nil: nobody watches it
	Log   *slog.Logger
}

// Studio is where one person at a time speaks live. Its methods may be called
// from any goroutine.
type Studio struct {
	cfg  StudioConfig
	wake chan struct{}

	mu     sync.Mutex
	talk   *Talk             // who has it; nil: nobody
	coming string            // who is about to have it
	taping map[string]bool   // tapes that are being written
	told   map[string]string // the trouble of a tape that was logged, by its ID
	tries  map[string]int    // how often a tape waited for its row
}

// Speech is what somebody wants to say.
type Speech struct {
	By    string
	Title string // of the as-run row and of the recording
	Chime bool   // the village's chime first
}

// SpeakingError answers who wants to speak while somebody else does.
type SpeakingError struct{ By string }

// Error names who speaks.
func (e SpeakingError) Error() string { return e.By + " is speaking live" }

// NewStudio prepares a Studio; Run takes into the library what was said.
func NewStudio(cfg StudioConfig) *Studio {
	for _, d := range []struct {
		of      *time.Duration
		usually time.Duration
	}{
		{&cfg.Limit, DefaultLiveLimit},
		{&cfg.Silence, DefaultLiveSilence},
		{&cfg.Buffer, DefaultLiveBuffer},
		{&cfg.LinkPatience, DefaultLinkPatience},
	} {
		if *d.of == 0 {
			*d.of = d.usually
		}
	}
	if cfg.Beat == nil {
		cfg.Beat = func() {}
	}
	return &Studio{cfg: cfg, wake: make(chan struct{}, 1), taping: map[string]bool{}, told: map[string]string{}, tries: map[string]int{}}
}

// Speaking says who speaks or is about to.
func (s *Studio) Speaking() (by string, somebody bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.talk != nil {
		return s.talk.speech.By, true
	}
	return s.coming, s.coming != ""
}

// Speak begins a talk: it returns as soon as the talk has its turn on the air,
// before anything sounds. SpeakingError when somebody else has it; otherwise the
// errors of the air.
func (s *Studio) Speak(ctx context.Context, speech Speech) (*Talk, error) {
	if by, busy := s.reserve(speech.By); busy {
		return nil, SpeakingError{By: by}
	}
	now := s.cfg.Mono()
	mic := newMicrophone(s.cfg.Buffer, now)
	t := &Talk{studio: s, speech: speech, mic: mic, done: make(chan struct{}), stage: TalkWaiting, until: now.Add(s.cfg.Limit)}
	live := Live{By: speech.By, Title: speech.Title, Feed: mic, Buffer: s.cfg.Buffer, Limit: 2 * s.cfg.Limit, Ends: t.ends}
	if speech.Chime {
		live.Chime = s.cfg.Chime
	}
	session, err := s.cfg.Air.GoLive(ctx, live)
	if err != nil {
		s.mu.Lock()
		s.coming = ""
		s.mu.Unlock()
		return nil, fmt.Errorf("speak live: %w", errors.Join(err, mic.Close()))
	}
	t.session = session
	s.mu.Lock()
	s.talk, s.coming = t, ""
	s.mu.Unlock()
	go t.run()
	return t, nil
}

// reserve says who has the studio, and gives it to by when nobody has.
func (s *Studio) reserve(by string) (who string, busy bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.talk != nil {
		return s.talk.speech.By, true
	}
	if s.coming != "" {
		return s.coming, true
	}
	if s.coming = by; by == "" {
		s.coming = "?"
	}
	return "", false
}

func (s *Studio) ended(t *Talk) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.talk == t {
		s.talk = nil
	}
}

// taped says that a tape is not written any more.
func (s *Studio) taped(id string) {
	s.mu.Lock()
	delete(s.taping, id)
	s.mu.Unlock()
	s.nudge()
}

// Run takes what was said into the library, what an earlier run left behind
// included, until ctx ends; a talk that is under way then is ended.
func (s *Studio) Run(ctx context.Context) error {
	tick := time.NewTicker(keepEvery)
	defer tick.Stop()
	for {
		s.cfg.Beat()
		s.keep(ctx)
		select {
		case <-ctx.Done():
			s.leave()
			return nil
		case <-s.wake:
		case <-tick.C:
		}
	}
}

// studioLeave is how long what is under way may take to end as the process goes
// down; a tape that is not whole then is taken in at the next start.
const studioLeave = time.Second

// leave ends what is under way.
func (s *Studio) leave() {
	s.mu.Lock()
	t := s.talk
	s.mu.Unlock()
	if t == nil {
		return
	}
	t.End(scheduler.ReasonRestart)
	patience := time.After(studioLeave)
	select {
	case <-t.done:
	case <-patience:
		return
	}
	if tape := t.taper(); tape != nil {
		select {
		case <-tape.done:
		case <-patience:
		}
	}
}

// keep takes in every tape that nobody writes.
func (s *Studio) keep(ctx context.Context) {
	notes, err := s.cfg.Tapes.Tapes()
	s.tell("", err)
	for _, note := range notes {
		s.mu.Lock()
		busy := s.taping[note.ID]
		s.mu.Unlock()
		if !busy && ctx.Err() == nil {
			s.tell(note.ID, s.keepOne(ctx, note))
			s.cfg.Beat()
		}
	}
}

// orphanAfter is how long a tape waits for the as-run row that should name it.
const orphanAfter = 24 * time.Hour

// keepOne takes one tape in and names it in the as-run.
func (s *Studio) keepOne(ctx context.Context, note recordings.TapeNote) error {
	err := s.cfg.Tapes.KeepTape(ctx, note, func(r recordings.Recording) error {
		err := s.cfg.Names.NameRecording(ctx, note.Occurrence, scheduler.PartLive, r.ID)
		if errors.Is(err, fs.ErrNotExist) && s.cfg.Now().Sub(note.Began) > orphanAfter {
			s.cfg.Log.Warn("what was said live is in the library, but the as-run has no row for it", "occurrence", note.Occurrence, "recording", r.ID)
			return nil
		}
		return err
	})
	var refused recordings.Refused
	switch {
	case errors.As(err, &refused):
		s.cfg.Log.Info("what was said live holds no sound and is not kept", "occurrence", note.Occurrence, "err", err)
		err = nil
	case errors.Is(err, fs.ErrNotExist):
		s.soon(note.ID) // its row is being written
	}
	if err == nil {
		delete(s.tries, note.ID)
	}
	return err
}

// soon looks at a tape once more in a moment; after some times the minute of Run
// is soon enough.
func (s *Studio) soon(id string) {
	if s.tries[id]++; s.tries[id] <= 5 {
		time.AfterFunc(2*time.Second, s.nudge)
	}
}

// nudge lets Run look at the tapes.
func (s *Studio) nudge() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// tell logs a trouble of a tape once.
func (s *Studio) tell(tape string, err error) {
	if err == nil {
		delete(s.told, tape)
		return
	}
	if s.told[tape] != err.Error() {
		s.told[tape] = err.Error()
		s.cfg.Log.Warn("what was said live is not in the library yet", "tape", tape, "err", err)
	}
}
