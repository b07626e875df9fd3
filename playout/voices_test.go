package playout_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"loalang/playout"
	"loalang/recordings"
	"loalang/scheduler"
	"loalang/speech"
)

// chorister is an engine with one Vietnamese voice, whose sounds name it.
type chorister struct {
	mu    sync.Mutex
	id    string
	err   error
	texts []string
	hangs bool
	model int                      // part of its name
	takes time.Duration            // for a text
	brisk map[string]time.Duration // what some take instead
}

func (c *chorister) Name(context.Context) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return fmt.Sprint(c.id, " ", c.model), nil
}

func (c *chorister) version(n int) { c.mu.Lock(); c.model = n; c.mu.Unlock() }

func (c *chorister) Voices(context.Context) ([]speech.Voice, error) {
	return []speech.Voice{{ID: c.id, Language: "vi", Name: c.id, TakesRate: true, TakesPitch: true}}, nil
}

func (c *chorister) Synthesize(ctx context.Context, r speech.Request, w io.Writer) error {
	c.mu.Lock()
	c.texts = append(c.texts, r.Text)
	err, hangs, takes := c.err, c.hangs, c.takes
	if d, ok := c.brisk[r.Text]; ok {
		takes = d
	}
	c.mu.Unlock()
	time.Sleep(takes)
	if hangs {
		<-ctx.Done()
		return ctx.Err()
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s %d %d %s", c.id, r.Rate, r.Pitch, r.Text)
	return err
}

func (c *chorister) fails(err error) { c.mu.Lock(); c.err = err; c.mu.Unlock() }

// lasts is how long it takes for a text, words for one of them.
func (c *chorister) lasts(d time.Duration) { c.mu.Lock(); c.takes = d; c.mu.Unlock() }

func (c *chorister) words(text string, d time.Duration) {
	c.mu.Lock()
	c.brisk = map[string]time.Duration{text: d}
	c.mu.Unlock()
}

func (c *chorister) asked(text string) (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, t := range c.texts {
		if t == text {
			n++
		}
	}
	return n
}

// chosen are the choices of a village; what is to be spoken anew is in drafts.
type chosen struct {
	*studio
	all   []scheduler.VoiceChoice
	aired map[string]bool      // by recording
	air   map[string]time.Time // when renditions air next, by ID
}

func (c *chosen) VoiceChoices(context.Context, string) ([]scheduler.VoiceChoice, error) {
	return c.all, nil
}

func (c *chosen) Revoiced(_ context.Context, _ string, _, until time.Time) ([]scheduler.Rendition, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var list []scheduler.Rendition
	for _, r := range c.drafts {
		if at, planned := c.air[r.ID]; planned && at.Before(until) {
			continue
		}
		if r.State == scheduler.Ready && r.InsteadOf != "" && !c.aired[r.Recording] {
			list = append(list, r)
		}
	}
	return list, nil
}

// hall is a producer with two engines: a good one and a plain one.
type hall struct {
	*playout.Producer
	good, plain *chorister
	chosen      *chosen
	log         *strings.Builder
}

func newHall() *hall {
	h := &hall{good: &chorister{id: "piper:a"}, plain: &chorister{id: "espeak:vi"}, chosen: &chosen{studio: newStudio(), aired: map[string]bool{}, air: map[string]time.Time{}}, log: &strings.Builder{}}
	s := h.chosen.studio
	log := slog.New(slog.NewTextHandler(h.log, nil))
	h.Producer = playout.NewProducer(playout.ProducerConfig{
		Village: "un-ta", Drafts: s, Cache: s, Words: &book{}, Promises: &book{}, Choices: h.chosen,
		Engine: speech.NewChoir(time.Now, log, h.good, h.plain), Urgent: h.plain, Library: s,
		Now: time.Now, Done: func() { s.mu.Lock(); s.ready++; s.mu.Unlock() }, Log: log,
	})
	return h
}

func (h *hall) draft(r scheduler.Rendition) {
	r.State, r.Language = scheduler.Spoken, "vi"
	h.chosen.mu.Lock()
	h.chosen.drafts[r.ID] = r
	h.chosen.mu.Unlock()
}

func (h *hall) runs(t *testing.T) (end func()) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- h.Run(ctx) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func heard(r scheduler.Rendition) string {
	var raw []byte
	_, _ = fmt.Sscanf(r.Recording, "%x", &raw)
	return string(raw)
}

var exit1 = speech.Fault{Code: speech.Failed, Detail: "exit 1"}

// A voice that fails is stood in for, aloud; once it is back it speaks anew what
// has not aired, and only that, and each sound is of one voice.
func TestFallbackAndRecovery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall()
		h.good.fails(exit1)
		h.draft(scheduler.Rendition{Owned: scheduler.Owned{ID: "r1"}, SpokenText: "một"})
		h.draft(scheduler.Rendition{Owned: scheduler.Owned{ID: "r2"}, SpokenText: "hai"})
		defer h.runs(t)()
		synctest.Wait()
		for id, text := range map[string]string{"r1": "một", "r2": "hai"} {
			r := h.chosen.draft(id)
			if heard(r) != "espeak:vi 0 0 "+text || r.SpokenBy != "espeak:vi" || r.InsteadOf != "piper:a" || r.State != scheduler.Ready {
				t.Errorf("%s: %q, %+v", id, heard(r), r)
			}
		}
		if n := h.good.asked("một") + h.good.asked("hai"); n != 1 {
			t.Errorf("the voice that failed was asked for %d texts, the second within its rest", n)
		}
		tr := h.Troubles()
		if len(tr) != 1 || tr[0].Voice.ID != "piper:a" || tr[0].Instead.ID != "espeak:vi" || tr[0].Fault.Code != speech.Failed || h.Fallbacks()["piper:a"] != 2 {
			t.Errorf("%+v, %v", tr, h.Fallbacks())
		}
		h.chosen.mu.Lock()
		h.chosen.aired[h.chosen.drafts["r2"].Recording] = true
		h.chosen.mu.Unlock()
		h.good.fails(nil)
		time.Sleep(3 * time.Minute)
		synctest.Wait()
		if r := h.chosen.draft("r1"); heard(r) != "piper:a 0 0 một" || r.SpokenBy != "piper:a" || r.InsteadOf != "" || r.State != scheduler.Ready {
			t.Errorf("not aired yet: %q, %+v", heard(r), r)
		}
		if r := h.chosen.draft("r2"); heard(r) != "espeak:vi 0 0 hai" {
			t.Errorf("aired: %q", heard(r))
		}
		if len(h.Troubles()) != 0 {
			t.Errorf("%+v", h.Troubles())
		}
		for _, want := range []string{"a voice does not speak", "speaks instead of another", "a voice speaks again", "spoken anew by its voice"} {
			if strings.Count(h.log.String(), want) != 1 {
				t.Errorf("%q is told %d times: %s", want, strings.Count(h.log.String(), want), h.log)
			}
		}
	})
}

// A text that one voice cannot speak, though it speaks others, is not tried every
// minute for ever.
func TestATextThatItsVoiceCannotSpeakIsTriedSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall()
		h.good.fails(exit1)
		h.draft(scheduler.Rendition{Owned: scheduler.Owned{ID: "r1"}, SpokenText: "một"})
		defer h.runs(t)()
		time.Sleep(24 * time.Hour)
		synctest.Wait()
		if n := h.good.asked("một"); n > 40 {
			t.Errorf("tried %d times in a day", n)
		}
		if r := h.chosen.draft("r1"); r.State != scheduler.Ready {
			t.Errorf("%+v", r)
		}
	})
}

// A voice that had been out for long spoke anew for hours, and what was written meanwhile, and may have aired
// in a quarter of an hour, had no sound until then.
func TestWhatHasNoSoundGoesBeforeWhatIsSpokenAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall()
		h.good.fails(exit1)
		const many = 40
		for i := range many {
			h.draft(scheduler.Rendition{Owned: scheduler.Owned{ID: fmt.Sprint("r", i)}, SpokenText: fmt.Sprint("bản tin ", i)})
		}
		defer h.runs(t)()
		synctest.Wait()
		h.good.lasts(30 * time.Second)
		h.good.words("Xin chào bà con.", 0)
		h.good.fails(nil)
		for h.anew() == 0 {
			time.Sleep(time.Second)
		}
		for id, told := range map[string]bool{"written": true, "tried again": false} {
			h.draft(scheduler.Rendition{Owned: scheduler.Owned{ID: id}, SpokenText: id})
			if told {
				h.Changed()
			}
			time.Sleep(3 * time.Minute)
			if r := h.chosen.draft(id); r.State != scheduler.Ready || r.InsteadOf != "" {
				t.Errorf("%s: %+v, while %d of %d were spoken anew", id, r, h.anew(), many)
			}
		}
		if h.anew() == many {
			t.Error("all was spoken anew: the test shows nothing")
		}
		time.Sleep(many * time.Minute)
		synctest.Wait()
		if h.anew() != many {
			t.Errorf("%d of %d are spoken anew in the end", h.anew(), many)
		}
	})
}

// anew is how many of those that another spoke have their own voice.
func (h *hall) anew() (n int) {
	h.chosen.mu.Lock()
	defer h.chosen.mu.Unlock()
	for id, r := range h.chosen.drafts {
		if strings.HasPrefix(id, "r") && r.State == scheduler.Ready && r.InsteadOf == "" {
			n++
		}
	}
	return n
}

// A notice that is about to air is left to its stand-in, though the voice is back, also
// when the speaking anew began before.
func TestANoticeAboutToAirIsNotSpokenAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall()
		h.good.fails(exit1)
		h.draft(scheduler.Rendition{Owned: scheduler.Owned{ID: "r1"}, SpokenText: "một"})
		h.draft(scheduler.Rendition{Owned: scheduler.Owned{ID: "r2"}, SpokenText: "hai"})
		defer h.runs(t)()
		synctest.Wait()
		h.chosen.mu.Lock()
		h.chosen.air = map[string]time.Time{"r1": time.Now().Add(7 * time.Minute), "r2": time.Now().Add(8 * time.Minute)}
		h.chosen.mu.Unlock()
		h.good.lasts(6 * time.Minute)
		h.good.fails(nil)
		h.good.words("Xin chào bà con.", 0)
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		for id, text := range map[string]string{"r1": "một", "r2": "hai"} {
			if r := h.chosen.draft(id); heard(r) != "espeak:vi 0 0 "+text || r.SpokenBy != "espeak:vi" {
				t.Errorf("%s: %q, %+v", id, heard(r), r)
			}
		}
		if max(h.good.asked("một"), h.good.asked("hai")) < 2 { // whichever came first
			t.Error("it was not even begun: the test shows nothing")
		}
	})
}

// The village's choice says who speaks and how; an author's own voice goes before.
func TestChoiceOfAVillage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall()
		h.chosen.all = []scheduler.VoiceChoice{{Language: "vi", Voice: "espeak:vi", Rate: 120, Pitch: 40}}
		h.draft(scheduler.Rendition{Owned: scheduler.Owned{ID: "r1"}, SpokenText: "một"})
		h.draft(scheduler.Rendition{Owned: scheduler.Owned{ID: "r2"}, SpokenText: "hai", Voice: "piper:a"})
		defer h.runs(t)()
		synctest.Wait()
		if r := h.chosen.draft("r1"); heard(r) != "espeak:vi 120 40 một" || r.InsteadOf != "" {
			t.Errorf("%q, %+v", heard(r), r)
		}
		if r := h.chosen.draft("r2"); heard(r) != "piper:a 120 40 hai" {
			t.Errorf("%q", heard(r))
		}
		h.chosen.all[0].Rate = 150 // another setting is another sound
		if rec, err := h.Voice(t.Context(), "vi", "", "một"); err != nil || heard(scheduler.Rendition{Recording: rec.ID}) != "espeak:vi 150 40 một" {
			t.Errorf("%+v, %v", rec, err)
		}
	})
}

// A chosen voice that no engine has any more is stood in for; one that is asked for
// by hand is refused.
func TestVoiceThatIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall()
		h.chosen.all = []scheduler.VoiceChoice{{Language: "vi", Voice: "old:x"}}
		h.draft(scheduler.Rendition{Owned: scheduler.Owned{ID: "r1"}, SpokenText: "một"})
		h.draft(scheduler.Rendition{Owned: scheduler.Owned{ID: "r2"}, SpokenText: "hai", Voice: "old:y"})
		end := h.runs(t)
		synctest.Wait()
		for id, of := range map[string]string{"r1": "old:x", "r2": "old:y"} {
			if r := h.chosen.draft(id); r.State != scheduler.Ready || r.InsteadOf != of || r.SpokenBy != "piper:a" {
				t.Errorf("%s: %+v", id, r)
			}
		}
		if tr := h.Troubles(); len(tr) != 2 || tr[0].Fault.Code != speech.Undeclared {
			t.Errorf("%+v", tr)
		}
		end()
		if _, err := h.Voice(t.Context(), "vi", "old:x", "ba"); !errors.Is(err, speech.ErrNoVoice) {
			t.Errorf("asked for by hand: %v", err)
		}
		if _, err := h.Try(t.Context(), scheduler.VoiceChoice{Language: "vi", Voice: "old:x"}, "ba"); !errors.Is(err, speech.ErrNoVoice) {
			t.Errorf("tried: %v", err)
		}
	})
}

// Nobody stands in for a voice that is tried.
func TestTryIsStrict(t *testing.T) {
	h := newHall()
	said, err := h.Try(t.Context(), scheduler.VoiceChoice{Language: "vi", Voice: "piper:a", Rate: 99, Pitch: 10}, "một")
	if err != nil || heard(scheduler.Rendition{Recording: said.ID}) != "piper:a 99 10 một" {
		t.Errorf("%+v, %v", said, err)
	}
	h.good.fails(exit1)
	if _, err := h.Try(t.Context(), scheduler.VoiceChoice{Language: "vi", Voice: "piper:a"}, "hai"); err == nil {
		t.Error("somebody stood in")
	}
}

// Whoever waits for a preview hears the next voice in time when the first hangs,
// and what was spoken before is heard though its voice rests.
func TestAHangingVoiceLeavesTimeForTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall()
		if _, err := h.Voice(t.Context(), "vi", "", "cũ"); err != nil {
			t.Fatal(err)
		}
		h.good.hangs = true
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		rec, err := h.Voice(ctx, "vi", "", "một")
		if err != nil || heard(scheduler.Rendition{Recording: rec.ID}) != "espeak:vi 0 0 một" {
			t.Errorf("%+v, %v", rec, err)
		}
		if tr := h.Troubles(); len(tr) != 1 || tr[0].Fault.Code != speech.Slow {
			t.Errorf("%+v", tr)
		}
		if rec, err := h.Voice(ctx, "vi", "", "cũ"); err != nil || heard(scheduler.Rendition{Recording: rec.ID}) != "piper:a 0 0 cũ" {
			t.Errorf("%+v, %v", rec, err)
		}
	})
}

// Faults that are not the engine's stay what they are.
func TestNoFallbackForWhatIsNotTheVoices(t *testing.T) {
	h := newHall()
	h.chosen.library = recordings.ErrDiskFull
	if _, err := h.Voice(t.Context(), "vi", "", "một"); !errors.Is(err, recordings.ErrDiskFull) || len(h.Troubles()) != 0 {
		t.Errorf("%v, %+v", err, h.Troubles())
	}
	h.good.fails(speech.ErrTooLong)
	if _, err := h.Voice(t.Context(), "vi", "", "hai"); !errors.Is(err, speech.ErrTooLong) || h.plain.asked("hai") != 0 {
		t.Errorf("%v", err)
	}
}

// An emergency is spoken by the urgent engine alone.
func TestEmergencyDoesNotWaitForAnEngineOutside(t *testing.T) {
	h := newHall()
	h.good.hangs = true
	f, err := h.Crier().Aloud(t.Context(), "vi", "Chạy ngay")
	if err != nil {
		t.Fatal(err)
	}
	_ = f.Close()
	if _, err := h.Crier().Spoken(t.Context(), "vi", "Chạy ngay"); err != nil {
		t.Error(err)
	}
	rec, err := h.Crier().Voice(t.Context(), "vi", "", "Chạy ngay")
	if err != nil || !strings.HasPrefix(heard(scheduler.Rendition{Recording: rec.ID}), "espeak:vi") {
		t.Errorf("%+v, %v", rec, err)
	}
	if n := h.good.asked("Chạy ngay"); n != 0 {
		t.Errorf("the engine outside was asked %d times", n)
	}
}
