package speaker_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loalang/audio"
	"loalang/audio/speaker"
)

func contextWithCancel() (context.Context, context.CancelFunc) {
	return context.WithCancel(context.Background())
}

// roomyBuffer is the largest that an output asks for.
const roomyBuffer = 160 * time.Millisecond

// roomy gives the card a buffer that a busy machine does not run dry: these
// tests are about what happens, not about how fast.
func roomy(c *speaker.Config) { c.Buffer = roomyBuffer }

// near fails unless two instants are within 50 ms: far enough for a busy
// machine, near enough to tell one period from ten. Benchmarks measure.
func near(t testing.TB, what string, got, want audio.Instant) {
	t.Helper()
	if off := got.Sub(want); off.Abs() > 50*time.Millisecond {
		t.Errorf("%s %v from its instant", what, off)
	}
}

func TestOutputPlays(t *testing.T) { onCard(t, outputPlays) }

func outputPlays(t *trial) {
	card := newRuler(t, 32)
	r := start(t, "default", roomy)
	up := r.waitFor(audio.DeviceUp, "")
	if up.Device == "" {
		t.Error("DeviceUp does not name the device")
	}
	f := tone(t, 200*time.Millisecond, 0.5)
	at := in(time.Second + 123457*time.Nanosecond)
	for _, c := range []audio.Cue{
		{ID: "chime", At: at},
		{ID: "voice", After: "chime", Gap: 300 * time.Millisecond},
		{ID: "tail", After: "voice", Gain: -6},
	} {
		c.File = f
		if err := r.Cue(c); err != nil {
			t.Fatal(err)
		}
	}
	f.Close() // the Output has its own
	for i, id := range []string{"chime", "voice", "tail"} {
		began, over := r.waitFor(audio.Started, id), r.waitFor(audio.Ended, id)
		near(t, id, began.At, at.Add([]time.Duration{0, 500 * time.Millisecond, 700 * time.Millisecond}[i]))
		if over.Cause != audio.Completed || over.Frames != 9600 {
			t.Errorf("%s ended %+v", id, over)
		}
	}
	st := r.State()
	if !st.Up || !st.Audible || st.ChildPID == 0 || st.Latency == 0 || st.ChildRSS == 0 || st.Restarts != 0 {
		t.Errorf("state %+v", st)
	}
	r.stop()
	onsets := card.onsets(t, 100*time.Millisecond)
	if len(onsets) != 2 {
		t.Fatalf("heard %d sounds, want chime, and voice with tail", len(onsets))
	}
	near(t, "chime was heard", onsets[0], at)
	near(t, "voice was heard", onsets[1], at.Add(500*time.Millisecond))
	runs, _ := card.runs(t)
	for _, run := range runs {
		for i := range run.samples {
			if run.samples[i] != run.right[i] {
				t.Fatalf("frame %d is %d left and %d right, want both channels alike", i, run.samples[i], run.right[i])
			}
		}
	}
}

func TestOutputRoutesToOneChannel(t *testing.T) { onCard(t, outputRoutes) }

func outputRoutes(t *trial) {
	card := newRuler(t, 32)
	r := start(t, "default", func(c *speaker.Config) { roomy(c); c.Routing = speaker.Routing{1, 0} })
	r.waitFor(audio.DeviceUp, "")
	if err := r.Cue(audio.Cue{ID: "a", File: tone(t, 100*time.Millisecond, 0.5), At: in(500 * time.Millisecond)}); err != nil {
		t.Fatal(err)
	}
	r.waitFor(audio.Ended, "a")
	r.stop()
	var left, right int
	runs, _ := card.runs(t)
	for _, run := range runs {
		for i := range run.samples {
			left, right = max(left, int(run.samples[i])), max(right, int(run.right[i]))
		}
	}
	if left < 10000 || right != 0 {
		t.Errorf("peaks %d left, %d right; want sound on the left only", left, right)
	}
}

func TestOutputRefuses(t *testing.T) {
	r := start(t, "null", nil)
	r.waitFor(audio.DeviceUp, "")
	f := tone(t, time.Second, 0.1)
	for _, c := range []struct {
		name string
		cue  audio.Cue
		says string
	}{
		{"no ID", audio.Cue{File: f, At: in(time.Second)}, "ID"},
		{"long ID", audio.Cue{ID: strings.Repeat("x", 300), File: f, At: 1}, "ID"},
		{"no file", audio.Cue{ID: "a", At: in(time.Second)}, "no file"},
		{"no instant", audio.Cue{ID: "a", File: f}, "needs an instant"},
		{"follows nobody", audio.Cue{ID: "a", File: f, After: "b"}, "not there"},
		{"thunder", audio.Cue{ID: "a", File: f, At: in(time.Second), Gain: 100}, "gain"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := r.Cue(c.cue); !errors.Is(err, speaker.ErrCue) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("Cue = %v, want ErrCue that says %q", err, c.says)
			}
		})
	}
	for _, c := range []struct {
		name  string
		alarm audio.Alarm
	}{
		{"no ID", audio.Alarm{Cycle: []audio.AlarmPart{{File: f}}}},
		{"no cycle", audio.Alarm{ID: "a"}},
		{"no siren", audio.Alarm{ID: "a", Cycle: []audio.AlarmPart{{}}}},
		{"over already", audio.Alarm{ID: "a", Cycle: []audio.AlarmPart{{File: f}}, Until: 1}},
	} {
		t.Run("alarm with "+c.name, func(t *testing.T) {
			if err := r.Raise(c.alarm); !errors.Is(err, speaker.ErrCue) {
				t.Errorf("Raise = %v, want ErrCue", err)
			}
		})
	}
	if err := errors.Join(r.Stop("nobody"), r.Lower("nobody")); err != nil {
		t.Errorf("unknown IDs: %v, want them ignored", err)
	}
}

// TestOutputTellsOfBadFiles: what only the child can see ends as an event.
func TestOutputTellsOfBadFiles(t *testing.T) {
	r := start(t, "null", nil)
	r.waitFor(audio.DeviceUp, "")
	garbage := someFile(t)
	if _, err := garbage.WriteString("this is no WAV file, however long one looks at it"); err != nil {
		t.Fatal(err)
	}
	pipe, _, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer pipe.Close()
	for id, f := range map[string]*os.File{"garbage": garbage, "empty": someFile(t), "pipe": pipe} {
		if err := r.Cue(audio.Cue{ID: id, File: f, At: in(time.Second)}); err != nil {
			t.Fatal(err)
		}
		if ev := r.waitFor(audio.Ended, id); ev.Cause != audio.Unread || ev.Detail == "" {
			t.Errorf("%s: %+v, want it unread, and why", id, ev)
		}
		if err := r.Raise(audio.Alarm{ID: id, Cycle: []audio.AlarmPart{{File: f}}}); err != nil {
			t.Fatal(err)
		}
		if ev := r.waitFor(audio.AlarmOff, id); ev.Cause != audio.Unread || ev.Detail == "" {
			t.Errorf("alarm of %s: %+v, want it unread, and why", id, ev)
		}
	}
	if err := r.Cue(audio.Cue{ID: "late", File: tone(t, time.Second, 0.1), At: in(-time.Second)}); err != nil {
		t.Fatal(err)
	}
	if ev := r.waitFor(audio.Ended, "late"); ev.Cause != audio.TooLate {
		t.Errorf("a cue in the past: %+v, want too late", ev)
	}
}

func TestOutputStops(t *testing.T) {
	r := start(t, "null", nil)
	r.waitFor(audio.DeviceUp, "")
	f := tone(t, 5*time.Second, 0.1)
	for _, c := range []audio.Cue{{ID: "on", At: in(200 * time.Millisecond)}, {ID: "next", After: "on"}, {ID: "later", At: in(time.Hour)}} {
		c.File = f
		if err := r.Cue(c); err != nil {
			t.Fatal(err)
		}
	}
	r.waitFor(audio.Started, "on")
	if err := r.Stop(); err != nil {
		t.Fatal(err)
	}
	seen := map[string]audio.Event{}
	for len(seen) < 3 {
		ev := r.wait("three ends", func(ev audio.Event) bool { return ev.Kind == audio.Ended })
		seen[ev.ID] = ev
	}
	for id, ev := range seen {
		if ev.Cause != audio.Stopped {
			t.Errorf("%s: %+v, want stopped", id, ev)
		}
	}
	if n := seen["on"].Frames; n <= 0 || n >= 5*48000 {
		t.Errorf("%d frames of the one that sounded", n)
	}
}

func TestOutputAlarm(t *testing.T) { onCard(t, outputAlarm) }

func outputAlarm(t *trial) {
	card := newRuler(t, 32)
	siren := tone(t, 300*time.Millisecond, 0.9)
	r := start(t, "default", func(c *speaker.Config) { roomy(c); c.Siren = siren })
	r.waitFor(audio.DeviceUp, "")
	if err := r.Cue(audio.Cue{ID: "news", File: tone(t, 2*time.Second, 0.1), At: in(500 * time.Millisecond)}); err != nil {
		t.Fatal(err)
	}
	r.waitFor(audio.Started, "news")
	message := tone(t, 400*time.Millisecond, 0.5)
	if err := r.Raise(audio.Alarm{ID: "flood", Repeat: 2, Cycle: []audio.AlarmPart{{Name: "siren"}, {File: message, Gap: 100 * time.Millisecond, Name: "vi"}}}); err != nil {
		t.Fatal(err)
	}
	message.Close()
	on := r.waitFor(audio.AlarmOn, "flood")
	words := r.wait("the message's part", func(ev audio.Event) bool { return ev.Kind == audio.PartOn && ev.Part == "vi" })
	off := r.waitFor(audio.AlarmOff, "flood")
	over := r.waitFor(audio.Ended, "news")
	if off.Cause != audio.Completed || off.Frames != 2*800*48 {
		t.Errorf("alarm ended %+v, want two whole cycles of 800 ms", off)
	}
	if over.Cause != audio.Completed || over.Frames != 2*48000 {
		t.Errorf("news ended %+v, want every frame of it played", over)
	}
	near(t, "the message's first frame", words.At, on.At.Add(400*time.Millisecond))
	if words.ID != "flood" || words.Frames != 400*48 {
		t.Errorf("part = %+v, want the whole message of the flood", words)
	}
	near(t, "the end of the alarm", off.At, on.At.Add(1600*time.Millisecond))
	r.stop()
	loud := audio.Instant(0)
	runs, _ := card.runs(t)
	for _, run := range runs {
		for i, v := range run.samples {
			if loud == 0 && v > 20000 {
				loud = run.when(i)
			}
		}
	}
	near(t, "the siren was heard", loud, on.At)
}

// TestOutputAlarmJoins: the message joins the siren, and
// Lower ends both at once.
func TestOutputAlarmJoins(t *testing.T) {
	siren := tone(t, 200*time.Millisecond, 0.9)
	r := start(t, "null", func(c *speaker.Config) { c.Siren = siren })
	r.waitFor(audio.DeviceUp, "")
	if err := r.Raise(audio.Alarm{ID: "x", Cycle: []audio.AlarmPart{{}}}); err != nil {
		t.Fatal(err)
	}
	r.waitFor(audio.AlarmOn, "x")
	if err := r.Raise(audio.Alarm{ID: "x", Cycle: []audio.AlarmPart{{}, {File: tone(t, 100*time.Millisecond, 0.5)}}, Repeat: 1}); err != nil {
		t.Fatal(err)
	}
	if off := r.waitFor(audio.AlarmOff, "x"); off.Cause != audio.Completed || (off.Frames-300*48)%(200*48) != 0 {
		t.Errorf("alarm ended %+v, want sirens and one whole cycle with the message", off)
	}
	if err := r.Raise(audio.Alarm{ID: "y", Cycle: []audio.AlarmPart{{}}, Until: in(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	r.waitFor(audio.AlarmOn, "y")
	if err := r.Lower("y"); err != nil {
		t.Fatal(err)
	}
	if off := r.waitFor(audio.AlarmOff, "y"); off.Cause != audio.Stopped {
		t.Errorf("lowered alarm ended %+v", off)
	}
}

func TestOutputWritesFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "air.wav")
	r := start(t, "file:"+path, nil)
	r.waitFor(audio.DeviceUp, "")
	if r.State().Audible {
		t.Error("a file is not audible")
	}
	if err := r.Cue(audio.Cue{ID: "a", File: tone(t, 300*time.Millisecond, 0.5), At: in(300 * time.Millisecond)}); err != nil {
		t.Fatal(err)
	}
	r.waitFor(audio.Ended, "a")
	r.stop()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	clip, _, err := audio.ReadWAV(f, info.Size())
	if err != nil || clip.Peak() < 0.4 {
		t.Errorf("the file has peak %v, %v; want the tone in it", clip.Peak(), err)
	}
}

func TestOutputListens(t *testing.T) {
	r := start(t, "null", nil)
	r.waitFor(audio.DeviceUp, "")
	ear, err := r.Listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer ear.Close()
	if err := r.Cue(audio.Cue{ID: "a", File: tone(t, 500*time.Millisecond, 0.5), At: in(300 * time.Millisecond)}); err != nil {
		t.Fatal(err)
	}
	heard := 0
	buf := make([]byte, 2)
	for range 3 * 48000 {
		if _, err := io.ReadFull(ear, buf); err != nil {
			t.Fatal(err)
		}
		if v := int16(buf[0]) | int16(buf[1])<<8; v > 10000 {
			heard++
		}
		if heard > 1000 {
			return
		}
	}
	t.Errorf("three seconds of listening have %d loud frames, want the tone", heard)
}
