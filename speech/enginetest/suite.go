package enginetest

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"loalang/speech"
)

// Subject is an Engine with texts that it can speak.
type Subject struct {
	Engine   speech.Engine
	Language string // one that it speaks
	Short    string // one or two words in that language
	Long     string // at least five times as long
}

// Run tries s against everything that the contract of speech.Engine promises.
func Run(t *testing.T, s Subject) {
	t.Helper()
	t.Run("Name", s.name)
	t.Run("Voices", s.voices)
	t.Run("EveryVoiceSpeaks", s.everyVoice)
	t.Run("LongerTextSoundsLonger", s.longer)
	t.Run("HostileTexts", s.hostile)
	t.Run("NoWords", s.noWords)
	t.Run("NoVoice", s.noVoice)
	t.Run("Cancelled", s.cancelled)
	t.Run("CancelledInTheMiddle", s.cancelledInTheMiddle)
	t.Run("BrokenWriter", s.brokenWriter)
	t.Run("SeveralAtOnce", s.severalAtOnce)
}

// Sound is a spoken WAV taken apart.
type Sound struct {
	Rate   int
	Frames []int16
}

// Parse takes a WAV apart and fails the test unless it is exactly what an Engine
// may write: plain PCM, 16 bits, mono, every size true to the byte.
func Parse(t *testing.T, raw []byte) Sound {
	t.Helper()
	le := binary.LittleEndian
	if len(raw) < 44 || string(raw[:4]) != "RIFF" || string(raw[8:16]) != "WAVEfmt " || string(raw[36:40]) != "data" {
		t.Fatalf("%d bytes beginning %.48q are no plain WAV", len(raw), raw)
	}
	if got := int(le.Uint32(raw[4:])) + 8; got != len(raw) {
		t.Errorf("the RIFF size says %d bytes, there are %d", got, len(raw))
	}
	if got := int(le.Uint32(raw[40:])) + 44; got != len(raw) {
		t.Errorf("the data size says %d bytes, there are %d", got, len(raw))
	}
	rate := int(le.Uint32(raw[24:]))
	if format, channels, bits := le.Uint16(raw[20:]), le.Uint16(raw[22:]), le.Uint16(raw[34:]); format != 1 || channels != 1 || bits != 16 {
		t.Errorf("format %d with %d channels of %d bits, want 1, 1, 16", format, channels, bits)
	}
	if bytes, block := le.Uint32(raw[28:]), le.Uint16(raw[32:]); int(bytes) != 2*rate || block != 2 {
		t.Errorf("%d bytes a second in blocks of %d at %d Hz", bytes, block, rate)
	}
	if rate < 8000 || rate > 48000 {
		t.Errorf("rate = %d Hz, want 8000 to 48000", rate)
	}
	s := Sound{Rate: rate}
	for at := 44; at+1 < len(raw); at += 2 {
		s.Frames = append(s.Frames, int16(le.Uint16(raw[at:])))
	}
	return s
}

// loudest is the largest amplitude of s.
func (s Sound) loudest() int {
	peak := 0
	for _, f := range s.Frames {
		peak = max(peak, int(f), -int(f))
	}
	return peak
}

func (s Subject) say(t *testing.T, text string) Sound {
	t.Helper()
	var b bytes.Buffer
	if err := s.Engine.Synthesize(t.Context(), speech.Request{Text: text, Language: s.Language}, &b); err != nil {
		t.Fatalf("synthesize %.30q: %v", text, err)
	}
	return Parse(t, b.Bytes())
}

func (s Subject) name(t *testing.T) {
	first, err := s.Engine.Name(t.Context())
	if err != nil || first == "" {
		t.Fatalf("name = %q, %v", first, err)
	}
	if again, err := s.Engine.Name(t.Context()); again != first || err != nil {
		t.Errorf("name = %q, %v the second time, %q the first", again, err, first)
	}
}

func (s Subject) voices(t *testing.T) {
	voices, err := s.Engine.Voices(t.Context())
	if err != nil || len(voices) == 0 {
		t.Fatalf("voices = %v, %v", voices, err)
	}
	seen, speaks := map[string]bool{}, false
	for _, v := range voices {
		if v.ID == "" || v.Language == "" || v.Name == "" || seen[v.ID] {
			t.Errorf("voice %+v is incomplete or there twice", v)
		}
		seen[v.ID] = true
		speaks = speaks || v.Language == s.Language
	}
	if !speaks {
		t.Errorf("no voice for %q", s.Language)
	}
}

func (s Subject) everyVoice(t *testing.T) {
	voices, err := s.Engine.Voices(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range voices {
		var b bytes.Buffer
		r := speech.Request{Text: s.Short, Voice: v.ID, Language: v.Language}
		if err := s.Engine.Synthesize(t.Context(), r, &b); err != nil {
			t.Errorf("%s: %v", v.ID, err)
			continue
		}
		if got := Parse(t, b.Bytes()).loudest(); got < 300 {
			t.Errorf("%s: the loudest frame is %d, that is silence", v.ID, got)
		}
	}
}

func (s Subject) longer(t *testing.T) {
	short, long := s.say(t, s.Short), s.say(t, s.Long)
	if len(long.Frames) < 2*len(short.Frames) {
		t.Errorf("%d frames for the long text, %d for the short", len(long.Frames), len(short.Frames))
	}
}

// hostile texts are spoken as text, never obeyed.
func (s Subject) hostile(t *testing.T) {
	whole := len(s.say(t, s.Short).Frames)
	for name, text := range map[string]string{
		"Option":     "-2",
		"LongOption": "--help " + s.Short,
		"Phonemes":   "[[" + s.Short + "]]",
		"Nested":     "[[[" + s.Short + "]]]",
		"Markup":     "<speak><break time=\"60s\"/>" + s.Short + "</speak>",
		"Shell":      "$(sleep 9); `id` | " + s.Short,
		"Newlines":   "\n\n" + s.Short + "\r\n\n",
		"NUL":        s.Short + "\x00" + s.Short,
		"Ragged":     s.Short + "\xff\xfe",
	} {
		if got := len(s.say(t, text).Frames); got < whole/4 || got > 60*whole {
			t.Errorf("%s: %d frames, %d for the words alone", name, got, whole)
		}
	}
}

func (s Subject) noWords(t *testing.T) {
	for _, text := range []string{"", " \n\t", "...", "-", "?!", "[[]]", "\x00", "🎉"} {
		var b bytes.Buffer
		err := s.Engine.Synthesize(t.Context(), speech.Request{Text: text, Language: s.Language}, &b)
		if !errors.Is(err, speech.ErrNoWords) || b.Len() > 0 {
			t.Errorf("synthesize %q = %v with %d bytes, want ErrNoWords and none", text, err, b.Len())
		}
	}
}

func (s Subject) noVoice(t *testing.T) {
	for name, r := range map[string]speech.Request{
		"Language":         {Text: s.Short, Language: "zxx"},
		"NoLanguage":       {Text: s.Short},
		"Voice":            {Text: s.Short, Language: s.Language, Voice: "nobody:at-all"},
		"VoiceAsOption":    {Text: s.Short, Language: s.Language, Voice: "--help"},
		"VoiceAsPath":      {Text: s.Short, Language: s.Language, Voice: "../../etc/passwd"},
		"VoiceWrongTongue": {Text: s.Short, Language: "zxx", Voice: s.anyVoice(t)},
	} {
		if err := s.Engine.Synthesize(t.Context(), r, io.Discard); !errors.Is(err, speech.ErrNoVoice) {
			t.Errorf("%s: synthesize = %v, want ErrNoVoice", name, err)
		}
	}
}

func (s Subject) anyVoice(t *testing.T) string {
	t.Helper()
	voices, err := s.Engine.Voices(t.Context())
	if err != nil || len(voices) == 0 {
		t.Fatalf("voices = %v, %v", voices, err)
	}
	return voices[0].ID
}

func (s Subject) cancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := s.Engine.Synthesize(ctx, speech.Request{Text: s.Short, Language: s.Language}, io.Discard)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("synthesize = %v, want the context's end", err)
	}
}

// cancelledInTheMiddle ends a text that takes seconds as soon as it has begun.
func (s Subject) cancelledInTheMiddle(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	var b bytes.Buffer
	ended := make(chan error, 1)
	go func() {
		ended <- s.Engine.Synthesize(ctx, speech.Request{Text: strings.Repeat(s.Long+" ", 200), Language: s.Language}, &b)
	}()
	select {
	case err := <-ended:
		if !errors.Is(err, context.DeadlineExceeded) || b.Len() > 0 {
			t.Errorf("synthesize = %v with %d bytes, want the context's end and none", err, b.Len())
		}
	case <-time.After(20 * time.Second):
		t.Fatal("it goes on")
	}
}

// errBroken is what a full disk would say.
var errBroken = errors.New("no space left")

type broken struct{}

// Write fails.
func (broken) Write([]byte) (int, error) { return 0, errBroken }

func (s Subject) brokenWriter(t *testing.T) {
	err := s.Engine.Synthesize(t.Context(), speech.Request{Text: s.Short, Language: s.Language}, broken{})
	if !errors.Is(err, errBroken) {
		t.Errorf("synthesize = %v, want the writer's error", err)
	}
}

func (s Subject) severalAtOnce(t *testing.T) {
	alone := [2]Sound{s.say(t, s.Short), s.say(t, s.Long)}
	var all sync.WaitGroup
	for n := range 20 {
		all.Go(func() {
			var b bytes.Buffer
			text := [2]string{s.Short, s.Long}[n%2]
			if err := s.Engine.Synthesize(t.Context(), speech.Request{Text: text, Language: s.Language}, &b); err != nil {
				t.Errorf("synthesize beside others: %v", err)
				return
			}
			// Engines with noise in them differ by a little, mixed-up ones by a lot.
			got, want := (b.Len()-44)/2, len(alone[n%2].Frames)
			if got < want*8/10 || got > want*12/10 {
				t.Errorf("%d frames beside others, %d alone", got, want)
			}
		})
	}
	all.Wait()
}
