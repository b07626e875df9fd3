package speaker_test

import (
	"runtime/debug"
	"slices"
	"testing"
	"time"

	"loalang/audio"
	"loalang/audio/speaker"
)

// readings is a function that does what oto does for each period of 3 ms: it reads
// the programme, on which a cue sounds, and the alarm over it.
func readings(t testing.TB, alarmed bool) (read func()) {
	t.Helper()
	ring := speaker.Ring{Period: 144, Buffer: 288}
	desk := audio.NewDesk(audio.DeskOptions{Event: func(audio.Event) {}, Tap: func([]int16) {}})
	programme := speaker.NewReader(desk, ring)
	sound := audio.NewClip(make([]int16, 480_000))
	if err := desk.Cue(audio.DeskCue{ID: "a", Source: sound.Source(), Frames: sound.Len()}); err != nil {
		t.Fatal(err)
	}
	if alarmed {
		if err := desk.Raise(audio.DeskAlarm{ID: "x", Cycle: []audio.DeskAlarmPart{{Clip: sound}}}); err != nil {
			t.Fatal(err)
		}
	}
	siren := programme.Siren()
	dst := make([]byte, 8*ring.Period)
	read = func() {
		if _, err := programme.Read(dst); err != nil {
			t.Fatal(err)
		}
		if !alarmed {
			return
		}
		if n, err := siren.Read(dst); n != len(dst) || err != nil {
			t.Fatalf("the siren gave %d bytes, %v", n, err)
		}
	}
	for range 20 { // the tap and the fades have begun
		read()
	}
	return read
}

// TestReadAllocatesNothing: the collector never has a reason to run because sound
// is playing.
func TestReadAllocatesNothing(t *testing.T) {
	for name, alarmed := range map[string]bool{"programme": false, "alarm": true} {
		t.Run(name, func(t *testing.T) {
			if n := testing.AllocsPerRun(1000, readings(t, alarmed)); n != 0 {
				t.Errorf("%v allocations for each period, want none", n)
			}
		})
	}
}

// TestChildStaysSmall: without clips a child takes at most 15 MB while it plays.
func TestChildStaysSmall(t *testing.T) {
	if info, ok := debug.ReadBuildInfo(); ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		t.Skip("the race detector takes more than the child")
	}
	needRealTime(t)
	newRuler(t, 32)
	r := start(t, "default", nil)
	r.waitFor(audio.DeviceUp, "")
	if err := r.Cue(audio.Cue{ID: "a", File: tone(t, 2*time.Second, 0.5), At: in(500 * time.Millisecond)}); err != nil {
		t.Fatal(err)
	}
	r.waitFor(audio.Ended, "a")
	if st := r.State(); st.ChildRSS == 0 || st.ChildRSS > 15e6 {
		t.Errorf("the child takes %.1f MB, want at most 15", float64(st.ChildRSS)/1e6)
	}
}
