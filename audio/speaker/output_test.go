package speaker_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"loalang/audio"
	"loalang/audio/speaker"
)

func contextWithCancel() (context.Context, context.CancelFunc) {
	return context.WithCancel(context.Background())
}

// roomy gives the card a buffer that a busy machine does not run dry: these
// tests are about what happens, not about how fast.
func roomy(c *speaker.Config) { c.Buffer = 100 * time.Millisecond }

// near fails unless two instants are within 50 ms: far enough for a busy
// machine, near enough to tell one period from ten. Benchmarks measure.
func near(t *testing.T, what string, got, want audio.Instant) {
	t.Helper()
	if off := got.Sub(want); off.Abs() > 50*time.Millisecond {
		t.Errorf("%s %v from its instant", what, off)
	}
}

func TestOutputPlays(t *testing.T) {
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

func TestOutputRoutesToOneChannel(t *testing.T) {
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

func TestOutputAlarm(t *testing.T) {
	card := newRuler(t, 32)
	siren := tone(t, 300*time.Millisecond, 0.9)
	r := start(t, "default", func(c *speaker.Config) { roomy(c); c.Siren = siren })
	r.waitFor(audio.DeviceUp, "")
	if err := r.Cue(audio.Cue{ID: "news", File: tone(t, 2*time.Second, 0.1), At: in(500 * time.Millisecond)}); err != nil {
		t.Fatal(err)
	}
	r.waitFor(audio.Started, "news")
	message := tone(t, 400*time.Millisecond, 0.5)
	if err := r.Raise(audio.Alarm{ID: "flood", Repeat: 2, Cycle: []audio.AlarmPart{{}, {File: message, Gap: 100 * time.Millisecond}}}); err != nil {
		t.Fatal(err)
	}
	message.Close()
	on, off := r.waitFor(audio.AlarmOn, "flood"), r.waitFor(audio.AlarmOff, "flood")
	over := r.waitFor(audio.Ended, "news")
	if off.Cause != audio.Completed || off.Frames != 2*800*48 {
		t.Errorf("alarm ended %+v, want two whole cycles of 800 ms", off)
	}
	if over.Cause != audio.Completed || over.Frames != 2*48000 {
		t.Errorf("news ended %+v, want every frame of it played", over)
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

// TestOutputAlarmJoins: the message joins the siren from its next cycle on, and
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

// TestOutputSurvivesKill: the child dies in the middle; what sounded is lost and
// said so, what is due later plays on the next child, the alarm comes back.
func TestOutputSurvivesKill(t *testing.T) {
	card := newRuler(t, 32)
	siren := tone(t, 200*time.Millisecond, 0.9)
	r := start(t, "default", func(c *speaker.Config) { roomy(c); c.Siren = siren })
	r.waitFor(audio.DeviceUp, "")
	f := tone(t, 3*time.Second, 0.5)
	later := in(3 * time.Second)
	for _, c := range []audio.Cue{{ID: "now", At: in(300 * time.Millisecond)}, {ID: "behind", After: "now"}, {ID: "later", At: later}} {
		c.File = f
		if err := r.Cue(c); err != nil {
			t.Fatal(err)
		}
	}
	began := r.waitFor(audio.Started, "now")
	if err := r.Raise(audio.Alarm{ID: "flood", Cycle: []audio.AlarmPart{{}}, Until: in(1500 * time.Millisecond)}); err != nil {
		t.Fatal(err)
	}
	r.waitFor(audio.AlarmOn, "flood")
	first := r.State().ChildPID
	kill(t, first)
	lost := r.waitFor(audio.Ended, "now")
	// The event comes 100 ms after the mix; with this large a buffer that is
	// before the sound.
	if heard := audio.Monotonic().Sub(began.At); lost.Cause != audio.Lost || lost.At < began.At || lost.Frames > audio.Rate.N(max(0, heard)) {
		t.Errorf("now ended %+v, began %v", lost, began.At)
	}
	if off := r.waitFor(audio.AlarmOff, "flood"); off.Cause != audio.Lost {
		t.Errorf("the alarm ended %+v, want lost", off)
	}
	if ev := r.waitFor(audio.Ended, "behind"); ev.Cause != audio.Lost {
		t.Errorf("behind ended %+v, want lost", ev)
	}
	r.waitFor(audio.DeviceDown, "")
	r.waitFor(audio.DeviceUp, "")
	r.waitFor(audio.AlarmOn, "flood")
	if off := r.waitFor(audio.AlarmOff, "flood"); off.Cause != audio.Expired {
		t.Errorf("the alarm ended %+v, want expired", off)
	}
	near(t, "later", r.waitFor(audio.Started, "later").At, later)
	if st := r.State(); st.ChildPID == first || st.Restarts != 1 || !st.Up {
		t.Errorf("state %+v after one restart", st)
	}
	if over := r.waitFor(audio.Ended, "later"); over.Cause != audio.Completed {
		t.Errorf("later ended %+v", over)
	}
	r.stop()
	if onsets := card.onsets(t, 100*time.Millisecond); len(onsets) < 3 {
		t.Errorf("heard %d sounds, want both alarms and the later cue", len(onsets))
	}
}

// TestOutputUnplugReplug: the card goes and comes back. In between everything
// goes on unheard, and says so.
func TestOutputUnplugReplug(t *testing.T) {
	card := newRuler(t, 32)
	r := start(t, "default", roomy)
	r.waitFor(audio.DeviceUp, "")
	card.set(t, "unplugged", true)
	down := r.waitFor(audio.DeviceDown, "")
	if down.Detail == "" {
		t.Error("DeviceDown does not say why")
	}
	st := r.until("stand-in", func(st audio.OutputState) bool { return !st.Up && st.ChildPID != 0 })
	if st.Audible || st.Device != "" || !strings.Contains(st.Fault, "nothing will be heard") {
		t.Errorf("state without a card: %+v", st)
	}
	ear, err := r.Listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Cue(audio.Cue{ID: "unheard", File: tone(t, 100*time.Millisecond, 0.5), At: in(300 * time.Millisecond)}); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(ear, make([]byte, 48000)); err != nil {
		t.Errorf("listening in without a card: %v", err)
	}
	ear.Close()
	if ev := r.waitFor(audio.Ended, "unheard"); ev.Cause != audio.Completed {
		t.Errorf("unheard: %+v", ev)
	}
	back := in(7 * time.Second) // the card is looked for every five
	if err := r.Cue(audio.Cue{ID: "back", File: tone(t, 100*time.Millisecond, 0.5), At: back}); err != nil {
		t.Fatal(err)
	}
	card.set(t, "unplugged", false)
	r.waitFor(audio.DeviceUp, "")
	if st := r.State(); !st.Up || !st.Audible || strings.Contains(st.Fault, "nothing will be heard") {
		t.Errorf("state with the card back: %+v", st)
	}
	near(t, "back", r.waitFor(audio.Started, "back").At, back)
	r.stop()
	onsets := card.onsets(t, 100*time.Millisecond)
	if len(onsets) != 1 {
		t.Fatalf("heard %d sounds, want only the one after the card came back", len(onsets))
	}
	near(t, "back was heard", onsets[0], back)
}

// TestOutputFrozenCard: a card that hangs gives no error; only its reads stop.
func TestOutputFrozenCard(t *testing.T) {
	card := newRuler(t, 32)
	r := start(t, "default", roomy)
	r.waitFor(audio.DeviceUp, "")
	first := r.State().ChildPID
	card.set(t, "frozen", true)
	down := r.waitFor(audio.DeviceDown, "")
	if !strings.Contains(down.Detail, "took no sound") {
		t.Errorf("down because %q, want because reading stopped", down.Detail)
	}
	card.set(t, "frozen", false)
	r.waitFor(audio.DeviceUp, "")
	if r.State().ChildPID == first {
		t.Error("the child that hung is still there")
	}
	if err := syscall.Kill(first, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("the process that hung: %v, want it gone", err)
	}
}

// TestOutputStoppedChild: a child that does not run at all sends nothing.
func TestOutputStoppedChild(t *testing.T) {
	r := start(t, "null", nil)
	r.waitFor(audio.DeviceUp, "")
	pid := r.State().ChildPID
	if pid <= 0 {
		t.Fatal("no child")
	}
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	r.waitFor(audio.DeviceDown, "")
	r.waitFor(audio.DeviceUp, "")
}

func TestOutputWithoutCard(t *testing.T) {
	for _, c := range []struct {
		name, state, device, says string
	}{
		{"gone", "unplugged", "default", "is not there"},
		{"busy", "busy", "default", "held by another program"},
		{"a name that is not there", "", "plughw:CARD=Nobody", "card Nobody"},
	} {
		t.Run(c.name, func(t *testing.T) {
			card := newRuler(t, 32)
			if c.state != "" {
				card.set(t, c.state, true)
			}
			r := start(t, c.device, roomy)
			st := r.until("stand-in", func(st audio.OutputState) bool { return st.ChildPID != 0 })
			if st.Up || st.Audible || !strings.Contains(st.Fault, "nothing will be heard") || !strings.Contains(st.Fault, c.says) {
				t.Errorf("state %+v; want it to say %q", st, c.says)
			}
			r.stop()
			if runs, _ := card.runs(t); len(runs) != 0 {
				t.Error("the card was played on")
			}
		})
	}
}

// TestOutputOpensNoOtherCard: oto alone would play on any PCM it finds.
func TestOutputOpensNoOtherCard(t *testing.T) {
	screen := newRuler(t, 32)
	conf, err := os.ReadFile(os.Getenv("ALSA_CONFIG_PATH"))
	if err != nil {
		t.Fatal(err)
	}
	other := strings.Replace(string(conf), "pcm.!default", "pcm.screen", 1) +
		"pcm.!default { type plug slave.pcm { type hw card \"Nobody\" } }\n"
	path := filepath.Join(t.TempDir(), "asound.conf")
	if err := os.WriteFile(path, []byte(other), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("ALSA_CONFIG_PATH", path)
	r := start(t, "default", roomy)
	r.until("stand-in", func(st audio.OutputState) bool { return st.ChildPID != 0 && !st.Up })
	r.stop()
	if runs, _ := screen.runs(t); len(runs) != 0 {
		t.Error("another PCM was played on")
	}
	r = start(t, "screen", roomy) // it works when it is asked for
	r.waitFor(audio.DeviceUp, "")
	r.stop()
	if runs, _ := screen.runs(t); len(runs) == 0 {
		t.Error("the PCM asked for was not played on")
	}
}

// TestOutputLearnsThePeriod: asking 10 ms of a card that gives no less than 21 ms
// periods is mostly silence unless the period is learnt.
func TestOutputLearnsThePeriod(t *testing.T) {
	card := newRuler(t, 1024)
	r := start(t, "default", func(c *speaker.Config) { c.Buffer = 10 * time.Millisecond })
	r.waitFor(audio.DeviceUp, "")
	if got, want := r.State().Latency, audio.Rate.D(3*1024); got != want {
		t.Errorf("latency %v, want three periods of the card, %v", got, want)
	}
	at := in(700 * time.Millisecond)
	if err := r.Cue(audio.Cue{ID: "a", File: tone(t, time.Second, 0.5), At: at}); err != nil {
		t.Fatal(err)
	}
	r.waitFor(audio.Ended, "a")
	r.stop()
	onsets := card.onsets(t, 10*time.Millisecond)
	if len(onsets) == 0 {
		t.Fatal("nothing was heard")
	}
	near(t, "heard", onsets[0], at)
	if runs, _ := card.runs(t); runs[0].period != 1024 || len(onsets) != len(runs) {
		t.Errorf("%d onsets in %d runs of period %d: there are holes", len(onsets), len(runs), runs[0].period)
	}
}

// TestOutputWrongRate: ALSA's own null PCM takes everything at once.
func TestOutputWrongRate(t *testing.T) {
	newRuler(t, 32)
	path := filepath.Join(t.TempDir(), "asound.conf")
	if err := os.WriteFile(path, []byte("pcm.!default { type null }\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("ALSA_CONFIG_PATH", path)
	r := start(t, "default", nil)
	r.until("fault of the rate", func(st audio.OutputState) bool { return strings.Contains(st.Fault, "keeps wrong time") })
}

// TestOutputAsksForMore: a card that keeps running dry gets a larger buffer, and
// the state says so. The child is stopped for longer than its buffer lasts.
func TestOutputAsksForMore(t *testing.T) {
	newRuler(t, 32)
	r := start(t, "default", func(c *speaker.Config) { c.Buffer = 20 * time.Millisecond })
	r.waitFor(audio.DeviceUp, "")
	grown := func(st audio.OutputState) bool { return st.Up && strings.Contains(st.Fault, "40ms") }
	for range 40 {
		st := r.State()
		if grown(st) {
			break
		}
		if st.ChildPID > 0 { // else it is just being replaced, and 0 would be all of us
			syscall.Kill(st.ChildPID, syscall.SIGSTOP)
			time.Sleep(70 * time.Millisecond)
			syscall.Kill(st.ChildPID, syscall.SIGCONT)
		}
		time.Sleep(300 * time.Millisecond)
	}
	st := r.until("larger buffer", grown)
	if !strings.Contains(st.Fault, "ran dry") || st.Latency < 55*time.Millisecond {
		t.Errorf("state %+v; want it to say that the card ran dry, and a larger latency", st)
	}
}

// TestChildDiesWithParent: kill -9 of the parent leaves no child behind. The
// parent here is a process of its own, made of this test binary.
func TestChildDiesWithParent(t *testing.T) {
	if os.Getenv("SPEAKER_TEST_PARENT") != "" {
		r := start(t, "null", nil)
		r.waitFor(audio.DeviceUp, "")
		fmt.Fprintf(os.Stderr, "child %d\n", r.State().ChildPID)
		select {}
	}
	parent, child := startParent(t)
	if err := parent.Kill(); err != nil {
		t.Fatal(err)
	}
	for range 400 {
		if err := syscall.Kill(child, 0); errors.Is(err, syscall.ESRCH) {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Errorf("the child %d lives 2 s after its parent", child)
}

// TestChildWithoutCapabilities: refused priority is said, and the buffer larger.
func TestChildWithoutCapabilities(t *testing.T) {
	setpriv := needProgram(t, "setpriv", "util-linux")
	newRuler(t, 32)
	r := start(t, "default", func(c *speaker.Config) {
		c.Command = append([]string{setpriv, "--bounding-set=-sys_nice,-ipc_lock,-sys_resource", "--inh-caps=-sys_nice,-ipc_lock,-sys_resource"}, c.Command...)
	})
	up := r.waitFor(audio.DeviceUp, "")
	st := r.State()
	if st.RealTime || !strings.Contains(st.Fault, "no real-time priority") || st.Latency < 80*time.Millisecond {
		t.Errorf("state %+v, up %+v; want no real time, said so, and a larger buffer", st, up)
	}
}

func TestVersionsMustAgree(t *testing.T) {
	r := start(t, "null", func(c *speaker.Config) { c.Command = []string{self(t), "oldspeaker"} })
	st := r.until("refusal", func(st audio.OutputState) bool { return strings.Contains(st.Fault, "version 999") })
	if st.Up || !strings.Contains(st.Fault, "restart loalang") {
		t.Errorf("state %+v", st)
	}
}

func TestChildNeedsParent(t *testing.T) {
	err := speaker.Main(t.Context(), "null")
	if !errors.Is(err, speaker.ErrNotChild) || !strings.Contains(err.Error(), "loalang serve") {
		t.Errorf("Main by hand = %v, want ErrNotChild that says what to start", err)
	}
}

func TestNewOutputRefuses(t *testing.T) {
	ok := speaker.Config{Command: []string{"x"}, Device: "null", Log: slog.New(slog.DiscardHandler)}
	for _, c := range []struct {
		name   string
		change func(*speaker.Config)
	}{
		{"injection", func(c *speaker.Config) { c.Device = "hw:0;rm" }},
		{"space", func(c *speaker.Config) { c.Device = "a b" }},
		{"path", func(c *speaker.Config) { c.Device = "../x" }},
		{"no command", func(c *speaker.Config) { c.Command = nil }},
		{"no log", func(c *speaker.Config) { c.Log = nil }},
		{"silent routing", func(c *speaker.Config) { c.Routing = speaker.Routing{0, -1} }},
		{"buffer of a minute", func(c *speaker.Config) { c.Buffer = time.Minute }},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := ok
			c.change(&cfg)
			if _, err := speaker.NewOutput(cfg); err == nil {
				t.Error("NewOutput took it")
			}
		})
	}
}

// TestOutputEnds: after Run nothing is left: no descriptor, no goroutine (see
// TestMain), no cue without its end, and every call says so.
func TestOutputEnds(t *testing.T) {
	siren := tone(t, 100*time.Millisecond, 0.5)
	f := tone(t, time.Second, 0.1)
	cycle := func() {
		r := start(t, "null", func(c *speaker.Config) { c.Siren = siren })
		r.waitFor(audio.DeviceUp, "")
		ear, err := r.Listen(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []audio.Cue{{ID: "on", At: in(150 * time.Millisecond)}, {ID: "never", At: in(time.Hour)}} {
			c.File = f
			if err := r.Cue(c); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.Raise(audio.Alarm{ID: "x", Cycle: []audio.AlarmPart{{}, {File: f}}}); err != nil {
			t.Fatal(err)
		}
		r.waitFor(audio.AlarmOn, "x")
		kill(t, r.State().ChildPID)
		r.waitFor(audio.DeviceUp, "")
		r.stop()
		ends := map[string]int{}
		for ev := range r.told {
			r.events = append(r.events, ev)
		}
		for _, ev := range r.events {
			if ev.Kind == audio.Ended {
				ends[ev.ID]++
			}
		}
		if ends["on"] != 1 || ends["never"] != 1 {
			t.Errorf("ends %v, want one of each cue; events %+v", ends, r.events)
		}
		if _, err := io.ReadAll(ear); err != nil {
			t.Error(err)
		}
		for _, err := range []error{
			r.Cue(audio.Cue{ID: "a", File: f, At: in(time.Second)}), r.Stop(), r.Lower("x"),
			r.Raise(audio.Alarm{ID: "a", Cycle: []audio.AlarmPart{{File: f}}}),
		} {
			if !errors.Is(err, speaker.ErrEnded) {
				t.Errorf("after the end: %v, want ErrEnded", err)
			}
		}
	}
	cycle()
	before := openFiles(t)
	for range 3 {
		cycle()
	}
	after := openFiles(t)
	for range 200 { // the last words of a killed child are read by a goroutine of their own
		if after <= before {
			return
		}
		time.Sleep(5 * time.Millisecond)
		after = openFiles(t)
	}
	t.Errorf("%d files open, %d before three more lives: %v", after, before, fileNames(t))
}
