package speech_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"loalang/speech"
	"loalang/speech/enginetest"
	"loalang/speech/enginetest/standin"
)

// singer is an engine with one Vietnamese voice that speaks, or fails.
type singer struct {
	id    string
	err   error
	asked int
}

func (s *singer) Name(context.Context) (string, error) { return s.id + " 1", nil }

func (s *singer) Voices(context.Context) ([]speech.Voice, error) {
	return []speech.Voice{{ID: s.id, Language: "vi", Name: s.id}}, nil
}

func (s *singer) Synthesize(_ context.Context, _ speech.Request, w io.Writer) error {
	s.asked++
	if s.err != nil {
		return s.err
	}
	_, err := io.WriteString(w, s.id)
	return err
}

func TestChoirConformance(t *testing.T) {
	e := needEspeak(t)
	d := declared(t)
	exec := newExec(t, speech.ExecConfig{Declared: d, Command: standin.Command("wav")})
	c := speech.NewChoir(time.Now, slog.New(slog.DiscardHandler), exec, e)
	enginetest.Run(t, enginetest.Subject{
		Engine: c, Language: "vi", Short: "xin chào",
		Long: "Kính mời bà con đến nhà văn hóa thôn họp lúc mười chín giờ ngày mai. Đề nghị bà con đến đông đủ.",
	})
	voices, err := c.Voices(t.Context())
	if err != nil || voices[0].ID != "piper:vi" || len(voices) < 4 {
		t.Errorf("%+v, %v", voices, err)
	}
}

func choirOf(t *testing.T, engines ...speech.Engine) (*speech.Choir, *bytes.Buffer) {
	t.Helper()
	var said bytes.Buffer
	log := slog.New(slog.NewTextHandler(&said, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
	return speech.NewChoir(time.Now, log, engines...), &said
}

func TestChoirCast(t *testing.T) {
	c, _ := choirOf(t, &singer{id: "a:1"}, &singer{id: "b:1"}, &singer{id: "c:1"})
	names := func(wanted string) (order string, has bool) {
		cast, has, err := c.Cast(t.Context(), "vi", wanted)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range cast {
			order += s.ID + " "
		}
		return order, has
	}
	for wanted, want := range map[string]string{"": "a:1 b:1 c:1 ", "b:1": "b:1 a:1 c:1 ", "gone:1": "a:1 b:1 c:1 "} {
		if got, has := names(wanted); got != want || has != (wanted != "gone:1") {
			t.Errorf("%q: %q, %v", wanted, got, has)
		}
	}
	if _, _, err := c.Cast(t.Context(), "pcc", ""); !errors.Is(err, speech.ErrNoVoice) {
		t.Errorf("a language nobody speaks: %v", err)
	}
	if _, _, err := speech.NewChoir(time.Now, slog.New(slog.DiscardHandler)).Cast(t.Context(), "vi", ""); !errors.Is(err, speech.ErrNoVoice) {
		t.Errorf("nobody at all: %v", err)
	}
}

// A voice that fails rests, longer each time; it is told once, and comes back by
// itself.
func TestChoirRestsAndRecovers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := &singer{id: "a:1", err: speech.Fault{Code: speech.Failed, Detail: "exit 1"}}, &singer{id: "b:1"}
		c, said := choirOf(t, a, b)
		voice := speech.Voice{ID: "a:1", Language: "vi", Name: "a:1"}
		since := time.Now()
		c.Failed(voice, speech.Fault{Code: speech.Failed, Detail: "exit 1"})
		c.Stood(speech.Voice{ID: "b:1"}, voice)
		c.Stood(speech.Voice{ID: "b:1"}, voice)
		tr := c.Troubles()
		if len(tr) != 1 || tr[0].Voice.ID != "a:1" || tr[0].Fault.Code != speech.Failed || tr[0].Instead.ID != "b:1" || !tr[0].Since.Equal(since) {
			t.Fatalf("%+v", tr)
		}
		if n := c.Fallbacks()["a:1"]; n != 2 {
			t.Errorf("%d fallbacks", n)
		}
		rests := func() time.Duration {
			from := time.Now()
			for c.Resting("a:1") {
				time.Sleep(time.Second)
			}
			return time.Since(from)
		}
		if got := rests(); got != 30*time.Second {
			t.Errorf("rests %v first", got)
		}
		if got := c.Probe(t.Context()); len(got) != 0 || a.asked != 1 || b.asked != 0 {
			t.Errorf("%v, asked %d and %d", got, a.asked, b.asked)
		}
		if got := rests(); got != time.Minute {
			t.Errorf("rests %v then", got)
		}
		a.err = nil
		if got := c.Probe(t.Context()); len(got) != 1 || len(c.Troubles()) != 0 {
			t.Errorf("%v, %v", got, c.Troubles())
		}
		c.Probe(t.Context())
		if a.asked != 2 {
			t.Errorf("asked %d times, the last for nothing", a.asked)
		}
		c.Failed(voice, speech.Fault{Code: speech.Failed}) // words it speaks, texts not: it is no new illness
		if got := rests(); got != 2*time.Minute {
			t.Errorf("rests %v after a text failed again", got)
		}
		c.Spoke(voice)
		if got := strings.Count(said.String(), "a voice does not speak"); got != 2 {
			t.Errorf("told %d times: %s", got, said)
		}
		for _, want := range []string{"speaks instead of another", "voice=b:1 instead_of=a:1", "a voice speaks again", `exit 1`} {
			if !strings.Contains(said.String(), want) {
				t.Errorf("the log does not say %q: %s", want, said)
			}
		}
	})
}

// Without a voice asked for, the next of the language speaks; a voice asked for
// speaks or nobody does.
func TestChoirFallsBackUnlessToldNotTo(t *testing.T) {
	a := &singer{id: "a:1", err: speech.Fault{Code: speech.Unreachable}}
	c, _ := choirOf(t, a, &singer{id: "b:1"})
	var b bytes.Buffer
	if err := c.Synthesize(t.Context(), speech.Request{Text: "x", Language: "vi"}, &b); err != nil || b.String() != "b:1" {
		t.Errorf("%q, %v", b.String(), err)
	}
	if err := c.Synthesize(t.Context(), speech.Request{Text: "x", Language: "vi", Voice: "a:1"}, &b); !errors.Is(err, speech.ErrNoEngine) {
		t.Errorf("%v", err)
	}
	a.err = speech.ErrNoWords // no fault of the engine
	if err := c.Synthesize(t.Context(), speech.Request{Text: "?", Language: "vi"}, &b); !errors.Is(err, speech.ErrNoWords) {
		t.Errorf("%v", err)
	}
}

// Every preview needs names and voices: the engines are asked once a minute for them,
// and again as soon as one fails.
func TestChoirAsksEnginesSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &counted{singer: singer{id: "a:1"}}
		c, _ := choirOf(t, a)
		preview := func(times int) {
			for range times {
				cast, _, err := c.Cast(t.Context(), "vi", "")
				if err != nil {
					t.Fatal(err)
				}
				if name, err := c.NameOf(t.Context(), cast[0]); err != nil || name != "a:1 1" {
					t.Fatalf("%q, %v", name, err)
				}
			}
		}
		want := func(n int, when string) {
			t.Helper()
			if a.named != n || a.listed != n {
				t.Errorf("%s: asked %d times for its name and %d for its voices, want %d", when, a.named, a.listed, n)
			}
		}
		preview(20)
		want(1, "twenty previews")
		time.Sleep(time.Minute)
		preview(20)
		want(2, "a minute later")
		c.Failed(speech.Voice{ID: "b:1"}, speech.Fault{Code: speech.Failed})
		preview(1)
		want(3, "after a failure")
		a.away = speech.ErrNoEngine
		time.Sleep(time.Minute)
		if _, _, err := c.Cast(t.Context(), "vi", ""); !errors.Is(err, speech.ErrNoEngine) {
			t.Errorf("an engine that went away: %v", err)
		}
		a.away = nil
		preview(1) // what failed is not remembered
	})
}

// counted is a singer that counts what it is asked.
type counted struct {
	singer
	named, listed int
	away          error
}

func (c *counted) Name(ctx context.Context) (string, error) {
	c.named++
	return c.singer.Name(ctx)
}

func (c *counted) Voices(ctx context.Context) ([]speech.Voice, error) {
	c.listed++
	if c.away != nil {
		return nil, c.away
	}
	return c.singer.Voices(ctx)
}
