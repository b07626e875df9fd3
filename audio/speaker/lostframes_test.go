package speaker_test

import (
	"testing"
	"time"

	"loalang/audio"
)

// TestLostFramesSurelyLeft: what the end of a lost cue tells of its frames is never
// more than left the card, and little less: its item is resumed from there.
func TestLostFramesSurelyLeft(t *testing.T) {
	for _, c := range []struct {
		name string
		late time.Duration // how much later than that the card may notice it
		lose func(t testing.TB, card *ruler, r *rig)
	}{
		{"OK unplugged", 0, func(t testing.TB, card *ruler, _ *rig) { card.set(t, "unplugged", true) }},
		{"killed", 0, func(t testing.TB, _ *ruler, r *rig) { kill(t, r.State().ChildPID) }},
		{"frozen", 40 * time.Millisecond, func(t testing.TB, card *ruler, _ *rig) { card.set(t, "frozen", true) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			onCard(t, func(t *trial) {
				card := newRuler(t, 32)
				r := start(t, "default", nil)
				r.waitFor(audio.DeviceUp, "")
				if err := r.Cue(audio.Cue{ID: "a", File: tone(t, 20*time.Second, 0.5), At: in(500 * time.Millisecond)}); err != nil {
					t.Fatal(err)
				}
				began := r.waitFor(audio.Started, "a")
				time.Sleep(1500 * time.Millisecond)
				lost := audio.Monotonic()
				c.lose(t, card, r)
				after := audio.Monotonic()
				over := r.waitFor(audio.Ended, "a")
				least := audio.Rate.N(lost.Sub(began.At) - 250*time.Millisecond)
				most := audio.Rate.N(after.Sub(began.At) + c.late)
				t.Logf("%d frames told, %d left", over.Frames, most)
				if over.Cause != audio.Lost || over.Frames > most || over.Frames < least {
					t.Errorf("a ended %+v, want lost with %d to %d frames", over, least, most)
				}
				r.stop()
			})
		})
	}
}

// TestStandInPlaysNothing: what a stand-in played when the card came back was not
// heard, so that nothing of it counts.
func TestStandInPlaysNothing(t *testing.T) {
	card := newRuler(t, 32)
	card.set(t, "unplugged", true)
	r := start(t, "default", nil)
	r.until("stand-in", func(st audio.OutputState) bool { return st.ChildPID != 0 })
	for id, length := range map[string]time.Duration{"short": 100 * time.Millisecond, "long": 10 * time.Second} {
		if err := r.Cue(audio.Cue{ID: id, File: tone(t, length, 0.5), At: in(300 * time.Millisecond)}); err != nil {
			t.Fatal(err)
		}
	}
	if over := r.waitFor(audio.Ended, "short"); over.Cause != audio.Completed || over.Detail == "" {
		t.Errorf("short ended %+v, want completed, and that nobody heard it", over)
	}
	time.Sleep(500 * time.Millisecond)
	card.set(t, "unplugged", false)
	if over := r.waitFor(audio.Ended, "long"); over.Cause != audio.Lost || over.Frames != 0 {
		t.Errorf("long ended %+v, want lost, with no frame of it", over)
	}
	r.waitFor(audio.DeviceUp, "")
	r.stop()
}
