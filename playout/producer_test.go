package playout_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"loalang/playout"
	"loalang/recordings"
	"loalang/scheduler"
	"loalang/speech"
)

// studio is a Producer with everything around it faked.
type studio struct {
	mu       sync.Mutex
	drafts   map[string]scheduler.Rendition
	known    map[string]string
	stored   map[string]recordings.Recording
	spoken   int
	engine   error
	library  error
	revision error
	shut     error // what the database answers
	ready    int
}

func newStudio() *studio {
	return &studio{drafts: map[string]scheduler.Rendition{}, known: map[string]string{}, stored: map[string]recordings.Recording{}}
}

func (s *studio) producer() *playout.Producer {
	return playout.NewProducer(playout.ProducerConfig{
		Village: "un-ta", Drafts: s, Cache: s, Words: &book{}, Promises: &book{}, Engine: (*engine)(s), Urgent: (*engine)(s), Library: s,
		Now: time.Now, Done: func() { s.mu.Lock(); s.ready++; s.mu.Unlock() },
		Log: slog.New(slog.DiscardHandler),
	})
}

func (s *studio) Waiting(context.Context, string, time.Time) ([]scheduler.Rendition, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shut != nil {
		return nil, s.shut
	}
	var rs []scheduler.Rendition
	for _, r := range s.drafts {
		if r.State == scheduler.Spoken || r.State == scheduler.Recorded {
			rs = append(rs, r)
		}
	}
	return rs, nil
}

func (s *studio) SaveRendition(_ context.Context, r scheduler.Rendition) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.revision != nil {
		return s.revision
	}
	s.drafts[r.ID] = r
	return nil
}

func (s *studio) SpokenBefore(_ context.Context, key string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id, ok := s.known[key]; ok {
		return id, nil
	}
	return "", fs.ErrNotExist
}

func (s *studio) RememberSpoken(_ context.Context, key, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known[key] = id
	return nil
}

func (s *studio) Import(_ context.Context, r io.Reader, about recordings.About) (recordings.Recording, error) {
	raw, err := io.ReadAll(r)
	if err != nil {
		return recordings.Recording{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.library != nil {
		return recordings.Recording{}, s.library
	}
	rec := recordings.Recording{ID: fmt.Sprintf("%x", raw), Title: about.Title, Kind: about.Kind, Length: 3 * time.Second}
	s.stored[rec.ID] = rec
	return rec, nil
}

func (s *studio) Fleeting(_ context.Context, r io.Reader) (*os.File, error) {
	f, err := os.CreateTemp("", "fleeting")
	if err != nil {
		return nil, err
	}
	_, err = io.Copy(f, r)
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	return f, errors.Join(err, os.Remove(f.Name()))
}

func (s *studio) Recording(_ context.Context, id string) (recordings.Recording, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if rec, ok := s.stored[id]; ok {
		return rec, nil
	}
	return recordings.Recording{}, recordings.ErrNotFound
}

func (s *studio) draft(id string) scheduler.Rendition {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.drafts[id]
}

// engine speaks by writing the text.
type engine studio

func (e *engine) Name(context.Context) (string, error) { return "fake 1", e.engineErr() }

func (e *engine) engineErr() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.engine
}

func (e *engine) Voices(context.Context) ([]speech.Voice, error) {
	return []speech.Voice{{ID: "fake:vi", Language: "vi"}, {ID: "fake:south", Language: "vi"}}, nil
}

func (e *engine) Synthesize(_ context.Context, r speech.Request, w io.Writer) error {
	if strings.TrimSpace(r.Text) == "" {
		return speech.ErrNoWords
	}
	if r.Language != "vi" {
		return speech.ErrNoVoice
	}
	e.mu.Lock()
	e.spoken++
	e.mu.Unlock()
	_, err := io.WriteString(w, r.Text)
	return err
}

func TestProduce(t *testing.T) {
	broken := errors.New("ffmpeg: killed")
	tests := map[string]struct {
		draft  scheduler.Rendition
		change func(*studio)
		state  scheduler.RenditionState
		fault  string
	}{
		"OK":        {draft: scheduler.Rendition{State: scheduler.Spoken, Language: "vi", SpokenText: "Kính mời bà con"}, state: scheduler.Ready},
		"Take":      {draft: scheduler.Rendition{State: scheduler.Recorded, Language: "pcc", Recording: "take"}, state: scheduler.Ready},
		"TakeGone":  {draft: scheduler.Rendition{State: scheduler.Recorded, Recording: "gone"}, state: scheduler.Recorded, fault: playout.FaultGone},
		"NoVoice":   {draft: scheduler.Rendition{State: scheduler.Spoken, Language: "pcc", SpokenText: "x"}, state: scheduler.Spoken, fault: playout.FaultNoVoice},
		"NoWords":   {draft: scheduler.Rendition{State: scheduler.Spoken, Language: "vi", SpokenText: " "}, state: scheduler.Spoken, fault: playout.FaultNoWords},
		"NoEngine":  {draft: scheduler.Rendition{State: scheduler.Spoken, Language: "vi", SpokenText: "x"}, change: func(s *studio) { s.engine = speech.ErrNoEngine }, state: scheduler.Spoken, fault: playout.FaultNoEngine},
		"TooLong":   {draft: scheduler.Rendition{State: scheduler.Spoken, Language: "vi", SpokenText: "x"}, change: func(s *studio) { s.engine = speech.ErrTooLong }, state: scheduler.Spoken, fault: playout.FaultTooLong},
		"DiskFull":  {draft: scheduler.Rendition{State: scheduler.Spoken, Language: "vi", SpokenText: "x"}, change: func(s *studio) { s.library = recordings.ErrDiskFull }, state: scheduler.Spoken, fault: playout.FaultDisk},
		"NoFFmpeg":  {draft: scheduler.Rendition{State: scheduler.Spoken, Language: "vi", SpokenText: "x"}, change: func(s *studio) { s.library = recordings.ErrNoFFmpeg }, state: scheduler.Spoken, fault: playout.FaultNoImport},
		"LongVoice": {draft: scheduler.Rendition{State: scheduler.Spoken, Language: "vi", SpokenText: "x"}, change: func(s *studio) { s.library = recordings.Refused{Code: recordings.TooLong} }, state: scheduler.Spoken, fault: playout.FaultTooLong},
		"VoiceDisk": {draft: scheduler.Rendition{State: scheduler.Spoken, Language: "vi", SpokenText: "x"}, change: func(s *studio) { s.engine = syscall.ENOSPC }, state: scheduler.Spoken, fault: playout.FaultDisk},
		"NoLibrary": {draft: scheduler.Rendition{State: scheduler.Spoken, Language: "vi", SpokenText: "x"}, change: func(s *studio) { s.library = broken }, state: scheduler.Spoken, fault: playout.FaultProduce},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStudio()
				s.stored["take"] = recordings.Recording{ID: "take", Length: 7 * time.Second}
				tt.draft.ID = "r1"
				s.drafts["r1"] = tt.draft
				if tt.change != nil {
					tt.change(s)
				}
				ctx, cancel := context.WithCancel(t.Context())
				done := make(chan error, 1)
				go func() { done <- s.producer().Run(ctx) }()
				synctest.Wait()
				got := s.draft("r1")
				if got.State != tt.state || got.Fault != tt.fault {
					t.Errorf("rendition = %q fault %q, want %q fault %q", got.State, got.Fault, tt.state, tt.fault)
				}
				if ready := tt.state == scheduler.Ready; ready != (got.Length > 0) || ready != (s.ready == 1) {
					t.Errorf("length %s, told %d times", got.Length, s.ready)
				}
				cancel()
				if err := <-done; err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestProducerTriesAgainAfterAMinute(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStudio()
		s.engine = speech.ErrNoEngine
		s.drafts["r1"] = scheduler.Rendition{Owned: scheduler.Owned{ID: "r1"}, State: scheduler.Spoken, Language: "vi", SpokenText: "x"}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		p := s.producer()
		go func() { _ = p.Run(ctx) }()
		synctest.Wait()
		s.mu.Lock()
		s.engine = nil
		s.mu.Unlock()
		time.Sleep(61 * time.Second)
		synctest.Wait()
		if got := s.draft("r1"); got.State != scheduler.Ready || got.Fault != "" {
			t.Errorf("rendition = %+v, want ready without fault", got)
		}
	})
}

func TestRenditionThatChangedMeanwhileIsNoError(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStudio()
		s.revision = scheduler.ErrRevision
		s.drafts["r1"] = scheduler.Rendition{Owned: scheduler.Owned{ID: "r1"}, State: scheduler.Spoken, Language: "vi", SpokenText: "x"}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		p := s.producer()
		go func() { _ = p.Run(ctx) }()
		synctest.Wait()
		s.mu.Lock()
		s.revision = nil
		s.mu.Unlock()
		p.Changed()
		synctest.Wait()
		if got := s.draft("r1"); got.State != scheduler.Ready {
			t.Errorf("rendition = %q, want ready", got.State)
		}
	})
}

// The same words are spoken once; another voice or another text is spoken anew.
func TestVoiceCacheKnowsTextAndVoice(t *testing.T) {
	s := newStudio()
	p := s.producer()
	ask := func(voice, text string) playout.Said {
		t.Helper()
		rec, err := p.Voice(t.Context(), "vi", voice, text)
		if err != nil {
			t.Fatal(err)
		}
		return rec
	}
	first := ask("", "Kính mời bà con")
	if again := ask("", "Kính mời bà con"); again.ID != first.ID || s.spoken != 1 {
		t.Errorf("the same text was spoken %d times", s.spoken)
	}
	ask("fake:south", "Kính mời bà con")
	ask("", "Kính mời toàn thể bà con")
	if s.spoken != 3 {
		t.Errorf("spoken %d times, want 3: another voice, another text", s.spoken)
	}
	if first.Title != "Kính mời bà con" || first.Kind != recordings.Speech {
		t.Errorf("recording = %+v", first)
	}
	if first.By == "" || first.InsteadOf != "" {
		t.Errorf("spoken by %q instead of %q", first.By, first.InsteadOf)
	}
}

func TestVoiceIsSpokenAgainWhenTheLibraryLostIt(t *testing.T) {
	s := newStudio()
	p := s.producer()
	rec, err := p.Voice(t.Context(), "vi", "", "một")
	if err != nil {
		t.Fatal(err)
	}
	delete(s.stored, rec.ID)
	if _, err := p.Voice(t.Context(), "vi", "", "một"); err != nil || s.spoken != 2 {
		t.Errorf("spoken %d times, err %v; want it spoken again", s.spoken, err)
	}
}

func TestSpokenOnlyWithAVoice(t *testing.T) {
	p := newStudio().producer()
	if _, err := p.Spoken(t.Context(), "pcc", "x"); !errors.Is(err, speech.ErrNoVoice) {
		t.Errorf("Giáy is spoken: %v, want ErrNoVoice", err)
	}
	if text, err := p.Spoken(t.Context(), "vi", "Xin chào"); err != nil || text == "" {
		t.Errorf("Vietnamese = %q %v", text, err)
	}
}

// The words of an emergency do not wait for the library or its index.
func TestAloudPassesTheLibraryBy(t *testing.T) {
	s := newStudio()
	s.library = recordings.ErrDiskFull
	p := s.producer()
	if _, err := p.Voice(t.Context(), "vi", "", "Chạy ngay"); !errors.Is(err, recordings.ErrDiskFull) {
		t.Fatalf("the library takes it: %v", err)
	}
	f, err := p.Aloud(t.Context(), "vi", "Chạy ngay")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	raw, err := io.ReadAll(f)
	if err != nil || string(raw) != "Chạy ngay" || len(s.known) > 0 || len(s.stored) > 0 {
		t.Errorf("spoken %q, %v; remembered %v, stored %v", raw, err, s.known, s.stored)
	}
	if f, err := p.Aloud(t.Context(), "pcc", "Chạy ngay"); !errors.Is(err, speech.ErrNoVoice) || f != nil {
		t.Errorf("in Giáy = %v, %v", f, err)
	}
}

// A database that is away for days is told once, and its return once.
func TestProducerTellsOnceOfADatabaseThatIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStudio()
		s.shut = errors.New("locked")
		var told strings.Builder
		cfg := playout.ProducerConfig{
			Village: "un-ta", Drafts: s, Cache: s, Words: &book{}, Promises: &book{}, Engine: (*engine)(s), Urgent: (*engine)(s), Library: s,
			Now: time.Now, Done: func() {}, Log: slog.New(slog.NewTextHandler(&told, nil)),
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			if err := playout.NewProducer(cfg).Run(ctx); err != nil {
				t.Error(err)
			}
		}()
		time.Sleep(10 * time.Minute)
		s.mu.Lock()
		s.shut = nil
		s.mu.Unlock()
		time.Sleep(10 * time.Minute)
		cancel()
		<-done
		if bad, good := strings.Count(told.String(), "cannot be read"), strings.Count(told.String(), "can be read again"); bad != 1 || good != 1 {
			t.Errorf("told %d times that it is away and %d times that it is back, want once each:\n%s", bad, good, told.String())
		}
	})
}

// stuckDrafts hangs once it is told to.
type stuckDrafts struct {
	*studio
	hangs atomic.Bool
	until chan struct{}
}

func (d *stuckDrafts) Waiting(ctx context.Context, village string, now time.Time) ([]scheduler.Rendition, error) {
	if d.hangs.Load() {
		<-d.until
	}
	return d.studio.Waiting(ctx, village, now)
}

// A producer that hung was noticed by nobody, and no text became speech any more: it beats,
// but not while it hangs.
func TestTheProducerBeatsUnlessItHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStudio()
		d := &stuckDrafts{studio: s, until: make(chan struct{})}
		var beats atomic.Int64
		p := playout.NewProducer(playout.ProducerConfig{
			Village: "un-ta", Drafts: d, Cache: s, Words: &book{}, Promises: &book{}, Engine: (*engine)(s), Urgent: (*engine)(s), Library: s,
			Now: time.Now, Done: func() {}, Beat: func() { beats.Add(1) }, Log: slog.New(slog.DiscardHandler),
		})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- p.Run(ctx) }()
		time.Sleep(10*time.Minute + time.Second)
		if n := beats.Load(); n < 10 {
			t.Errorf("%d beats in ten minutes", n)
		}
		d.hangs.Store(true)
		time.Sleep(2 * time.Minute)
		n := beats.Load()
		time.Sleep(3 * time.Hour)
		if beats.Load() != n {
			t.Error("it beats though it hangs")
		}
		d.hangs.Store(false)
		close(d.until)
		time.Sleep(2 * time.Minute)
		if beats.Load() == n {
			t.Error("it does not beat though it goes on")
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// A text that is too long was once spoken anew each minute for as long as its
// announcement was valid, and kept the others waiting.
func TestWhatIsTooLongIsSpokenOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStudio()
		s.library = recordings.Refused{Code: recordings.TooLong}
		s.drafts["r"] = scheduler.Rendition{Owned: scheduler.Owned{ID: "r"}, State: scheduler.Spoken, Language: "vi", SpokenText: "rất dài"}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- s.producer().Run(ctx) }()
		time.Sleep(10 * time.Minute)
		s.mu.Lock()
		if s.spoken != 1 || s.drafts["r"].Fault != playout.FaultTooLong {
			t.Errorf("spoken %d times, fault %q; want once and %q", s.spoken, s.drafts["r"].Fault, playout.FaultTooLong)
		}
		s.library = nil
		s.drafts["r"] = scheduler.Rendition{Owned: scheduler.Owned{ID: "r"}, State: scheduler.Spoken, Language: "vi", SpokenText: "ngắn"}
		s.mu.Unlock()
		time.Sleep(2 * time.Minute)
		if r := s.draft("r"); r.State != scheduler.Ready {
			t.Errorf("the shorter text is %q with fault %q, want it ready", r.State, r.Fault)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}
