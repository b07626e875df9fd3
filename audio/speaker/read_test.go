package speaker_test

import (
	"encoding/binary"
	"os"
	"path/filepath"
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

// TestChildReadsAnHourFromItsFile: of a cue 2.7 s are read ahead, whatever its length.
// All of an hour would be 346 MB of locked memory, more than a small board has.
func TestChildReadsAnHourFromItsFile(t *testing.T) {
	if info, ok := debug.ReadBuildInfo(); ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		t.Skip("the race detector takes more than the child")
	}
	needRealTime(t)
	newRuler(t, 32)
	r := start(t, "default", nil)
	r.waitFor(audio.DeviceUp, "")
	hour, length := hourOfSilence(t), audio.Rate.N(time.Hour)
	if err := r.Cue(audio.Cue{ID: "all", File: hour, At: in(500 * time.Millisecond)}); err != nil {
		t.Fatal(err)
	}
	if err := r.Cue(audio.Cue{ID: "end", File: hour, From: length - audio.Rate.N(3*time.Second), At: in(500 * time.Millisecond)}); err != nil {
		t.Fatal(err)
	}
	if end := r.waitFor(audio.Ended, "end"); end.Cause != audio.Completed || end.Frames != audio.Rate.N(3*time.Second) {
		t.Errorf("its last seconds ended as %s after %d frames", end.Cause, end.Frames)
	}
	r.Stop("all")
	if end := r.waitFor(audio.Ended, "all"); end.Cause != audio.Stopped || end.Frames < audio.Rate.N(2*time.Second) {
		t.Errorf("its beginning ended as %s after %d frames", end.Cause, end.Frames)
	}
	if st := r.State(); st.ChildRSS == 0 || st.ChildRSS > 15e6 {
		t.Errorf("the child takes %.1f MB, want at most 15", float64(st.ChildRSS)/1e6)
	}
}

// hourOfSilence is a WAV of an hour that takes no room on the disk.
func hourOfSilence(t testing.TB) *os.File {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "hour.wav"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	size := 2 * int64(audio.Rate.N(time.Hour))
	head := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(36+size))
	head = append(head, "WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x80\xbb\x00\x00\x00\x77\x01\x00\x02\x00\x10\x00data"...)
	head = binary.LittleEndian.AppendUint32(head, uint32(size))
	if _, err := f.Write(head); err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(int64(len(head)) + size); err != nil {
		t.Fatal(err)
	}
	return f
}
