package speaker_test

import (
	"errors"
	"math"
	"syscall"
	"testing"
	"time"

	"loalang/audio"
	"loalang/audio/speaker"
)

// TestTurnIsHeardAndKept: a tone becomes 12 dB softer while it sounds, a new child plays as
// softly, and what is out of bounds is refused.
func TestTurnIsHeardAndKept(t *testing.T) {
	r := start(t, "null", nil)
	r.waitFor(audio.DeviceUp, "")
	f := tone(t, 30*time.Second, 0.5)
	defer f.Close()
	if err := r.Cue(audio.Cue{ID: "a", At: in(time.Second), File: f}); err != nil {
		t.Fatal(err)
	}
	r.waitFor(audio.Started, "a")
	level := func(what string, want float64) {
		t.Helper()
		var got float64
		for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
			if got = float64(r.State().Levels.RMS); math.Abs(got-want) < 1 {
				return
			}
		}
		t.Fatalf("%s: it sounds at %.1f dBFS, want %.1f", what, got, want)
	}
	level("as it is", -9)
	if err := r.Turn(-12); err != nil {
		t.Fatal(err)
	}
	level("turned down", -21)
	if err := syscall.Kill(r.State().ChildPID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	r.waitFor(audio.Ended, "a")
	r.waitFor(audio.DeviceUp, "")
	again := tone(t, 30*time.Second, 0.5)
	defer again.Close()
	if err := r.Cue(audio.Cue{ID: "b", At: in(time.Second), File: again}); err != nil {
		t.Fatal(err)
	}
	r.waitFor(audio.Started, "b")
	level("by another child", -21)
	if err := r.Turn(0); err != nil {
		t.Fatal(err)
	}
	level("turned up", -9)
	for _, wrong := range []audio.Decibels{audio.Softest - 1, audio.Loudest + 1, audio.Decibels(math.NaN())} {
		if err := r.Turn(wrong); !errors.Is(err, speaker.ErrCue) {
			t.Errorf("%v dB: %v", wrong, err)
		}
	}
}
