package speaker_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"loalang/audio"
	"loalang/audio/speaker"
)

// TestOutputSurvivesKill: the child dies in the middle; what sounded is lost and
// said so, what is due later plays on the next child, the alarm comes back.
func TestOutputSurvivesKill(t *testing.T) { onCard(t, outputSurvivesKill) }

func outputSurvivesKill(t *trial) {
	card := newRuler(t, 32)
	siren := tone(t, 200*time.Millisecond, 0.9)
	r := start(t, "default", func(c *speaker.Config) { roomy(c); c.Siren = siren })
	r.waitFor(audio.DeviceUp, "")
	f := tone(t, 3*time.Second, 0.5)
	later := in(9 * time.Second)
	for _, c := range []audio.Cue{{ID: "now", At: in(300 * time.Millisecond)}, {ID: "behind", After: "now"}, {ID: "later", At: later}} {
		c.File = f
		if err := r.Cue(c); err != nil {
			t.Fatal(err)
		}
	}
	began := r.waitFor(audio.Started, "now")
	if err := r.Raise(audio.Alarm{ID: "flood", Cycle: []audio.AlarmPart{{}}, Until: in(7 * time.Second)}); err != nil {
		t.Fatal(err)
	}
	r.waitFor(audio.AlarmOn, "flood")
	time.Sleep(300 * time.Millisecond) // it is told when mixed, and heard a buffer later
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
	t.punctual("the child that plays later", later.Add(-time.Second))
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
func TestOutputUnplugReplug(t *testing.T) { onCard(t, outputUnplugReplug) }

func outputUnplugReplug(t *trial) {
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
	back := in(3 * time.Second)
	if err := r.Cue(audio.Cue{ID: "back", File: tone(t, 100*time.Millisecond, 0.5), At: back}); err != nil {
		t.Fatal(err)
	}
	card.set(t, "unplugged", false)
	r.waitFor(audio.DeviceUp, "")
	if st := r.State(); !st.Up || !st.Audible || strings.Contains(st.Fault, "nothing will be heard") {
		t.Errorf("state with the card back: %+v", st)
	}
	t.punctual("the card", back.Add(-time.Second))
	near(t, "back", r.waitFor(audio.Started, "back").At, back)
	r.stop()
	onsets := card.onsets(t, 100*time.Millisecond)
	if len(onsets) != 1 {
		t.Fatalf("heard %d sounds, want only the one after the card came back", len(onsets))
	}
	near(t, "back was heard", onsets[0], back)
}

// TestLongNoticeWithoutCard: a notice longer than the pauses in which the card was
// looked for by a new child each time once began anew with each, over itself.
func TestLongNoticeWithoutCard(t *testing.T) {
	if testing.Short() {
		t.Skip("takes nine seconds of real time: run without -short")
	}
	card := newRuler(t, 32)
	card.set(t, "unplugged", true)
	r := start(t, "default", roomy)
	r.until("stand-in", func(st audio.OutputState) bool { return st.ChildPID != 0 })
	f := tone(t, 7*time.Second, 0.5)
	if err := r.Cue(audio.Cue{ID: "long", File: f, At: in(500 * time.Millisecond)}); err != nil {
		t.Fatal(err)
	}
	if over := r.waitFor(audio.Ended, "long"); over.Cause != audio.Completed || over.Frames != 7*48000 {
		t.Errorf("long ended %+v, want every frame of it", over)
	}
}

// TestFileGoesOnInTheNextChild: what sounded before a child died stays in the file.
func TestFileGoesOnInTheNextChild(t *testing.T) {
	path := filepath.Join(t.TempDir(), "air.wav")
	r := start(t, "file:"+path, nil)
	r.waitFor(audio.DeviceUp, "")
	f := tone(t, 100*time.Millisecond, 0.5)
	for _, id := range []string{"before", "after"} {
		if err := r.Cue(audio.Cue{ID: id, File: f, At: in(500 * time.Millisecond)}); err != nil {
			t.Fatal(err)
		}
		if over := r.waitFor(audio.Ended, id); over.Cause != audio.Completed {
			t.Fatalf("%s ended %+v", id, over)
		}
		if id == "before" {
			kill(t, r.State().ChildPID)
			r.waitFor(audio.DeviceUp, "")
		}
	}
	r.stop()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	clip, _, err := audio.ReadWAV(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	sounds, silent := 0, 48000
	for i := range clip.Len() {
		if v := clip.At(i); v > -300 && v < 300 {
			silent++
			continue
		}
		if silent > 4800 {
			sounds++
		}
		silent = 0
	}
	if sounds != 2 {
		t.Errorf("%d sounds are in the file, want the one before and the one after", sounds)
	}
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
