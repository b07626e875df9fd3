package speaker_test

import (
	"encoding/json"
	"errors"
	"io"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"loalang/audio"
	"loalang/audio/speaker"
)

// one of each kind of message.
func oneOfEach() map[string]*speaker.Message {
	id, on := "flood", true
	return map[string]*speaker.Message{
		"hello":  {Hello: &speaker.Hello{Version: 1, Device: "hw:0", Buffer: time.Second, Routing: speaker.BothChannels(), Siren: true}},
		"cue":    {Cue: &speaker.CueWords{ID: "bản tin#1", At: 5, Gain: -3}},
		"after":  {Cue: &speaker.CueWords{ID: "b", After: "a", Gap: time.Second, Replaces: "c"}},
		"stop":   {Stop: &speaker.StopWords{IDs: []string{"a", "b"}}},
		"all":    {Stop: &speaker.StopWords{}},
		"raise":  {Raise: &speaker.RaiseWord{ID: id, Cycle: []speaker.RaisePart{{Siren: true, Name: "siren"}, {Gap: time.Second, Name: "vi"}}, Repeat: 2, Until: 9}},
		"lower":  {Lower: &id},
		"listen": {Listen: &on},
		"leave":  {Leave: true},
		"up":     {Up: &speaker.Up{Device: "x", Latency: time.Millisecond, RealTime: true}},
		"event":  {Event: &audio.Event{Kind: audio.Ended, ID: "a", At: 7, Frames: 9, Cause: audio.Completed}},
		"status": {Status: &speaker.Status{LastRead: 3, Levels: audio.Levels{RMS: -120, Peak: -120}}},
		"fault":  {Fault: &speaker.Fault{Sentence: "the card is gone"}},
	}
}

func TestMessagesSurviveTheWay(t *testing.T) {
	for name, m := range oneOfEach() {
		t.Run(name, func(t *testing.T) {
			raw, err := m.Encode()
			if err != nil {
				t.Fatal(err)
			}
			got, err := speaker.DecodeMessage(raw)
			if err != nil || !reflect.DeepEqual(got, m) {
				t.Errorf("%s became %+v, %v; want %+v", raw, got, err, m)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	long := strings.Repeat("x", speaker.MaxID+1)
	for _, c := range []struct{ name, raw string }{
		{"nothing", ""},
		{"no JSON", "hello"},
		{"says nothing", "{}"},
		{"says two things", `{"leave":true,"stop":{}}`},
		{"a field of another version", `{"leave":true,"volume":3}`},
		{"two messages", `{"leave":true}{"leave":true}`},
		{"a list", `[]`},
		{"null", `null`},
		{"too long", `{"fault":{"sentence":"` + strings.Repeat("x", speaker.MaxMessage) + `"}}`},
		{"cue without ID", `{"cue":{"id":"","at":1}}`},
		{"cue with long ID", `{"cue":{"id":"` + long + `","at":1}}`},
		{"cue without instant", `{"cue":{"id":"a"}}`},
		{"cue before time began", `{"cue":{"id":"a","at":-5}}`},
		{"cue behind itself", `{"cue":{"id":"a","after":"a"}}`},
		{"cue in place of itself", `{"cue":{"id":"a","at":1,"replaces":"a"}}`},
		{"cue with a gap of a day", `{"cue":{"id":"a","at":1,"gap":86400000000000}}`},
		{"cue with a negative gap", `{"cue":{"id":"a","after":"b","gap":-1}}`},
		{"cue as loud as thunder", `{"cue":{"id":"a","at":1,"gain":200}}`},
		{"alarm without sound", `{"raise":{"id":"a","cycle":[]}}`},
		{"alarm of too many parts", `{"raise":{"id":"a","cycle":[` + strings.Repeat(`{},`, 32) + `{}]}}`},
		{"alarm repeated less than never", `{"raise":{"id":"a","cycle":[{}],"repeat":-1}}`},
		{"alarm with a long gap", `{"raise":{"id":"a","cycle":[{"gap":86400000000000}]}}`},
		{"alarm with a long name of a part", `{"raise":{"id":"a","cycle":[{"name":"` + long + `"}]}}`},
		{"number of another kind", `{"status":{"frames":"many"}}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := speaker.DecodeMessage([]byte(c.raw))
			if !errors.Is(err, speaker.ErrMessage) && !errors.Is(err, speaker.ErrCue) {
				t.Errorf("decode = %+v, %v; want a refusal", m, err)
			}
		})
	}
}

func TestEncodeRefuses(t *testing.T) {
	for name, m := range map[string]*speaker.Message{
		"too long":  {Fault: &speaker.Fault{Sentence: strings.Repeat("x", speaker.MaxMessage)}},
		"no number": {Cue: &speaker.CueWords{ID: "a", At: 1, Gain: audio.Decibels(math.NaN())}},
	} {
		if raw, err := m.Encode(); err == nil {
			t.Errorf("%s: encoded %d bytes, want an error", name, len(raw))
		}
	}
}

func FuzzDecodeMessage(f *testing.F) {
	for _, m := range oneOfEach() {
		raw, err := m.Encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Add([]byte(`{"cue":{"id":"a","at":9223372036854775807,"gap":3600000000000}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := speaker.DecodeMessage(raw)
		if err != nil {
			return
		}
		again, err := m.Encode()
		if err != nil {
			t.Fatalf("%q was understood and cannot be said: %v", raw, err)
		}
		if twin, err := speaker.DecodeMessage(again); err != nil || !reflect.DeepEqual(twin, m) {
			t.Fatalf("%q became %q: %+v, %v", raw, again, twin, err)
		}
	})
}

func TestCheckVersion(t *testing.T) {
	if err := speaker.CheckVersion(speaker.ProtocolVersion); err != nil {
		t.Errorf("our own version is refused: %v", err)
	}
	err := speaker.CheckVersion(speaker.ProtocolVersion + 1)
	if !errors.Is(err, speaker.ErrVersion) || !strings.Contains(err.Error(), "restart loalang") {
		t.Errorf("another version: %v, want ErrVersion that says what to do", err)
	}
}

// pairOf is both ends of a connection.
func pairOf(t *testing.T) (a, b *speaker.Link) {
	t.Helper()
	a, theirs, err := speaker.Pair()
	if err != nil {
		t.Fatal(err)
	}
	if b, err = speaker.NewLink(theirs); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close(); b.Close() })
	return a, b
}

func TestLinkCarriesFiles(t *testing.T) {
	a, b := pairOf(t)
	f := someFile(t)
	if _, err := f.WriteString("sound"); err != nil {
		t.Fatal(err)
	}
	m := (&speaker.Message{Cue: &speaker.CueWords{ID: "a", At: 1}}).With(f)
	if err := a.Send(m); err != nil {
		t.Fatal(err)
	}
	f.Close() // what was sent stays with the other side
	got, err := b.Receive()
	if err != nil || got.Cue == nil || got.Cue.ID != "a" || len(got.Files()) != 1 {
		t.Fatalf("received %+v, %v", got, err)
	}
	raw := make([]byte, 5)
	if _, err := got.Files()[0].ReadAt(raw, 0); err != nil || string(raw) != "sound" {
		t.Errorf("the file holds %q, %v", raw, err)
	}
	if n := len(leaks(t)); n != 1 {
		t.Errorf("%d descriptors of the file, want that which was received", n)
	}
	got.Files()[0].Close()
	if open := leaks(t); len(open) > 0 {
		t.Errorf("left open: %q", open)
	}
}

func TestLinkRefuses(t *testing.T) {
	cue := func() *speaker.Message { return &speaker.Message{Cue: &speaker.CueWords{ID: "a", At: 1}} }
	for _, c := range []struct {
		name string
		m    func(t *testing.T) *speaker.Message
	}{
		{"a cue without its file", func(*testing.T) *speaker.Message { return cue() }},
		{"a cue with two files", func(t *testing.T) *speaker.Message { return cue().With(someFile(t), someFile(t)) }},
		{"a file that belongs to nothing", func(t *testing.T) *speaker.Message {
			return (&speaker.Message{Leave: true}).With(someFile(t))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, b := pairOf(t)
			m := c.m(t)
			if err := a.Send(m); err != nil {
				t.Fatal(err)
			}
			if got, err := b.Receive(); !errors.Is(err, speaker.ErrMessage) {
				t.Errorf("received %+v, %v; want ErrMessage", got, err)
			}
			if open := leaks(t); len(open) != len(m.Files()) {
				t.Errorf("%d files were sent, and open are %q: a refused message leaks", len(m.Files()), open)
			}
		})
	}
}

func TestLinkEnds(t *testing.T) {
	a, b := pairOf(t)
	if err := a.Send(&speaker.Message{Leave: true}); err != nil {
		t.Fatal(err)
	}
	a.Close()
	if m, err := b.Receive(); err != nil || !m.Leave {
		t.Errorf("the last message = %+v, %v; want it before the end", m, err)
	}
	if _, err := b.Receive(); !errors.Is(err, io.EOF) {
		t.Errorf("at the end: %v, want EOF", err)
	}
	if err := b.Send(&speaker.Message{Leave: true}); err == nil || errors.Is(err, speaker.ErrFull) {
		t.Errorf("sending to nobody = %v, want an error of its own", err)
	}
}

// TestLinkNeverBlocks: a side that is stopped must not stop the other.
func TestLinkNeverBlocks(t *testing.T) {
	a, b := pairOf(t)
	var err error
	sent := 0
	for ; err == nil && sent < 100000; sent++ {
		err = a.Send(&speaker.Message{Leave: true})
	}
	if !errors.Is(err, speaker.ErrFull) {
		t.Fatalf("after %d messages: %v, want errFull", sent, err)
	}
	for range sent - 1 {
		if _, err := b.Receive(); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Send(&speaker.Message{Leave: true}); err != nil {
		t.Errorf("after it was read: %v, want room again", err)
	}
}

// TestCauseWords: what crosses the wire is the words of package audio.
func TestCauseWords(t *testing.T) {
	raw, err := json.Marshal(audio.Event{Kind: audio.Ended, Cause: audio.Lost})
	if err != nil || !strings.Contains(string(raw), `"lost"`) {
		t.Errorf("%s, %v", raw, err)
	}
}
