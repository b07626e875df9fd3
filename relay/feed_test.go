package relay_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"loalang/audio"
	"loalang/relay"
)

// tone is a source of a constant, which no station of these tests sends.
type tone struct {
	left   audio.Frames
	closed *atomic.Int64
}

const toneHeight = 0.25

func (s *tone) Read(dst []float32) (int, error) {
	if s.left == 0 {
		return 0, io.EOF
	}
	n := int(min(s.left, audio.Frames(len(dst))))
	for i := range dst[:n] {
		dst[i] = toneHeight
	}
	s.left -= audio.Frames(n)
	return n, nil
}

func (s *tone) Close() error { s.closed.Add(1); return nil }

// rig is a Feed under test with a server that can do wrong.
type rig struct {
	*relay.Feed
	t       *testing.T
	decoder *plainDecoder
	mode    atomic.Pointer[string] // what the server sends: sound, silence, stall, close, 404
	opened  atomic.Int64           // fallbacks
	closed  atomic.Int64
	pipe    *os.File
}

func (r *rig) set(mode string) { r.mode.Store(&mode) }

// newRig starts a station in a mode, heard ahead for as long as lead.
func newRig(t *testing.T, mode string, lead time.Duration) *rig {
	t.Helper()
	r := &rig{t: t, decoder: &plainDecoder{}}
	r.set(mode)
	music := sound(t, "a.aac", "-c:a", "aac", "-b:a", "96k")
	silence := sound(t, "b.aac", "-af", "volume=0", "-c:a", "aac")
	s := serve(t, map[string]http.HandlerFunc{"/": func(w http.ResponseWriter, q *http.Request) {
		if *r.mode.Load() == "404" {
			http.NotFound(w, q)
			return
		}
		for q.Context().Err() == nil {
			body := music
			switch *r.mode.Load() {
			case "close", "404":
				return
			case "stall":
				time.Sleep(20 * time.Millisecond)
				continue
			case "silence":
				body = silence
			}
			// In pieces of half a second, so that a change is heard soon.
			for at := 0; at < len(body); at += len(body)/16 + 1 {
				if _, err := w.Write(body[at:min(at+len(body)/16+1, len(body))]); err != nil {
					return
				}
				w.(http.Flusher).Flush()
				time.Sleep(430 * time.Millisecond)
			}
		}
	}})
	r.Feed = relay.NewFeed(relay.FeedConfig{
		Receiver: &relay.Receiver{Guard: here, Decoder: r.decoder, Stall: 3 * time.Second},
		Station:  relay.Station{URL: s.URL + "/"},
		Fallback: func(context.Context) (audio.Source, error) {
			r.opened.Add(1)
			return &tone{left: audio.Rate.N(700 * time.Millisecond), closed: &r.closed}, nil
		},
		Patience: time.Second, Now: audio.Monotonic,
	})
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		<-r.Done()
		if r.opened.Load() != r.closed.Load() {
			t.Errorf("%d fallbacks were opened, %d closed", r.opened.Load(), r.closed.Load())
		}
		_ = r.pipe.Close()
	})
	time.Sleep(lead)
	pipe, err := r.Open()
	if err != nil {
		t.Fatal(err)
	}
	r.pipe = pipe
	go func() { _, _ = io.Copy(io.Discard, pipe) }()
	return r
}

// patience is how long a test waits for what must come: far longer than it ever takes,
// since the machine may be busy.
const patience = 2 * time.Minute

// expect waits for the next change.
func (r *rig) expect(want relay.Sounds) relay.Change {
	r.t.Helper()
	select {
	case c := <-r.Changes():
		if c.Gives != want || c.At == 0 {
			r.t.Fatalf("it gives %+v, want %s", c, want)
		}
		return c
	case <-time.After(patience):
		r.t.Fatalf("it never gives %s", want)
		return relay.Change{}
	}
}

// reach waits for a change, past those of a machine that is too busy to decode in time.
func (r *rig) reach(want relay.Sounds, detail string) {
	r.t.Helper()
	for late := time.After(patience); ; {
		select {
		case c := <-r.Changes():
			if c.Gives == want && strings.Contains(c.Detail, detail) {
				return
			}
		case <-late:
			r.t.Fatalf("it never gives %s for %q", want, detail)
		}
	}
}

func TestLostStationIsReplacedAndComesBack(t *testing.T) {
	cases := []struct {
		mode, detail string
	}{
		{"silence", "silent"}, {"stall", "stalled"}, {"close", "over"}, {"404", ""},
	}
	for _, c := range cases {
		t.Run(c.mode, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, "sound", 4*time.Second)
			r.reach(relay.GivesStation, "")
			r.set(c.mode)
			r.reach(relay.GivesFallback, c.detail)
			r.set("sound")
			r.reach(relay.GivesStation, "")
		})
	}
}

func TestKilledDecoderIsReplaced(t *testing.T) {
	t.Parallel()
	r := newRig(t, "sound", 4*time.Second)
	r.expect(relay.GivesStation)
	r.decoder.kill(t)
	first := r.decoder.running()
	for r.decoder.running() == first {
		time.Sleep(50 * time.Millisecond)
	}
}

func TestStationThatIsNotThereAtItsTime(t *testing.T) {
	t.Parallel()
	r := newRig(t, "404", time.Second)
	if c := r.expect(relay.GivesFallback); !strings.Contains(c.Detail, "status") {
		t.Errorf("the reason is %q", c.Detail)
	}
	r.set("sound")
	r.expect(relay.GivesStation)
}

// Whoever comes back has a second of sound at once, and the pipe before has ended.
func TestNewPipeBeginsWithTheLastSecond(t *testing.T) {
	t.Parallel()
	r := newRig(t, "sound", 4*time.Second)
	r.expect(relay.GivesStation)
	var first *os.File
	got := make([]byte, 96000)
	for tries := 1; ; tries++ { // the machine may be busy for one of them
		var err error
		if first, err = r.Open(); err != nil {
			t.Fatal(err)
		}
		defer first.Close()
		before := audio.Monotonic()
		if _, err := io.ReadFull(first, got); err != nil {
			t.Fatal(err)
		}
		took := audio.Monotonic().Sub(before)
		if took <= 900*time.Millisecond {
			break
		}
		if tries == 5 {
			t.Fatalf("a second took %v", took)
		}
	}
	if power(got) < 1e-3 {
		t.Error("it is silent")
	}
	second, err := r.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if _, err := io.Copy(io.Discard, first); err != nil {
		t.Errorf("the first pipe: %v", err)
	}
	if _, err := io.ReadFull(second, got); err != nil {
		t.Error(err)
	}
}

// A reader that stands still, as under an alarm, blocks nobody and costs no memory.
func TestReaderThatStandsStill(t *testing.T) {
	t.Parallel()
	r := newRig(t, "sound", 4*time.Second)
	still, err := r.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer still.Close()
	time.Sleep(4 * time.Second)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, still)
	if err != nil || n > 300<<10 || n < 60<<10 {
		t.Errorf("%d bytes, %v", n, err)
	}
	<-r.Done()
	if _, err := r.Open(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("a closed feed opens: %v", err)
	}
	for range r.Changes() { // it is closed
	}
}

func TestFeedWithoutFallbackSaysThatItGivesNothing(t *testing.T) {
	t.Parallel()
	refused := make(chan struct{})
	f := relay.NewFeed(relay.FeedConfig{
		Receiver: &relay.Receiver{}, Station: relay.Station{URL: "http://127.0.0.1/"}, Patience: time.Second, Now: audio.Monotonic,
		Log: slog.New(&told{message: "relay is not received", once: sync.OnceFunc(func() { close(refused) })}),
	})
	defer f.Close()
	select {
	case <-refused: // opened before, it may say that it is silent, and says so once
	case <-time.After(time.Minute):
		t.Fatal("the address is not judged")
	}
	pipe, err := f.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer pipe.Close()
	if c := <-f.Changes(); c.Gives != relay.GivesNothing || c.Detail != "private: 127.0.0.1" {
		t.Errorf("%+v", c)
	}
	got := make([]byte, 9600)
	if _, err := io.ReadFull(pipe, got); err != nil || power(got) != 0 {
		t.Errorf("it gives no silence: %v", err)
	}
	_ = f.Close()
	<-f.Done()
}

// told calls once when a message is logged.
type told struct {
	message string
	once    func()
}

func (h *told) Enabled(context.Context, slog.Level) bool { return true }
func (h *told) WithAttrs([]slog.Attr) slog.Handler       { return h }
func (h *told) WithGroup(string) slog.Handler            { return h }
func (h *told) Handle(_ context.Context, r slog.Record) error {
	if r.Message == h.message {
		h.once()
	}
	return nil
}

// fakeArecord is a program that takes arecord's arguments.
func fakeArecord(t *testing.T, script string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "arecord")
	if err := os.WriteFile(name, []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestLineInputIsSupervised(t *testing.T) {
	cases := []struct {
		name, script string
		want         relay.Code
	}{
		{"OK hums", `[ "$*" = "-q -D plughw:CARD=Tuner -f S16_LE -r 48000 -c 1 -t raw" ] || exit 1; exec tr '\0' '@' </dev/zero`, ""},
		{"silent", `exec cat /dev/zero`, relay.Silent},
		{"stalls", `exec sleep 60`, relay.Stalled},
		{"not there", `echo "arecord: main:831: audio open error: No such file or directory" >&2; exit 1`, relay.NoInput},
		{"dies", `head -c 10000 /dev/zero`, relay.NoInput},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := &relay.Receiver{Arecord: fakeArecord(t, c.script), Stall: 500 * time.Millisecond}
			found, err := r.Probe(t.Context(), relay.Station{Input: "plughw:CARD=Tuner"})
			if codeOf(t, err) != c.want || c.want == "" && found.Format != "line" {
				t.Errorf("%+v, %v", found, err)
			}
		})
	}
	for _, name := range []string{"-D", "a b", "x;y", "", "plug:'file:/etc/passwd'", "../x"} {
		if err := relay.CheckInput(name); codeOf(t, err) != relay.NoInput {
			t.Errorf("%q: %v", name, err)
		}
	}
	_, err := (&relay.Receiver{Arecord: "no-such-arecord"}).Probe(t.Context(), relay.Station{Input: "default"})
	if codeOf(t, err) != relay.NoProgram {
		t.Error(err)
	}
}

// A tuner's line that dies is opened again.
func TestLineInputThatDiesIsHeardAgain(t *testing.T) {
	t.Parallel()
	count := filepath.Join(t.TempDir(), "count")
	script := `echo x >>` + count + `; head -c 200000 /dev/zero | tr '\0' '@'`
	f := relay.NewFeed(relay.FeedConfig{
		Receiver: &relay.Receiver{Arecord: fakeArecord(t, script), Stall: time.Second},
		Station:  relay.Station{Input: "plughw:CARD=Tuner"}, Patience: time.Second, Now: audio.Monotonic,
	})
	defer func() { _ = f.Close(); <-f.Done() }()
	for deadline := audio.Monotonic().Add(patience); audio.Monotonic() < deadline; time.Sleep(50 * time.Millisecond) {
		if said, err := os.ReadFile(count); err == nil && len(said) >= 4 {
			return
		}
	}
	t.Error("it was not opened again")
}

// listenForEver makes this program hear a line input with an arecord until it is
// killed.
const listenForEver = "LOALANG_TEST_LISTEN"

func listen(arecord string) {
	r := &relay.Receiver{Arecord: arecord}
	pcm, err := r.Receive(context.Background(), relay.Station{Input: "default"})
	if err == nil {
		_, err = io.ReadFull(pcm, make([]byte, 9600))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	select {}
}

// A program that is killed leaves no arecord behind, which would hold the tuner's
// line.
func TestKilledProgramLeavesNoArecord(t *testing.T) {
	t.Parallel()
	note := filepath.Join(t.TempDir(), "pid")
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), listenForEver+"="+fakeArecord(t, "echo $$ >"+note+".new; mv "+note+".new "+note+"; exec cat /dev/zero"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	await := func(what string, is func() bool) {
		t.Helper()
		for deadline := audio.Monotonic().Add(patience); !is(); time.Sleep(20 * time.Millisecond) {
			if audio.Monotonic() > deadline {
				t.Fatal(what)
			}
		}
	}
	pid := ""
	await("arecord does not run", func() bool {
		said, err := os.ReadFile(note)
		pid = strings.TrimSpace(string(said))
		return err == nil
	})
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	await("arecord is left behind", func() bool {
		said, err := os.ReadFile("/proc/" + pid + "/stat")
		return err != nil || strings.Contains(string(said), ") Z ")
	})
}
