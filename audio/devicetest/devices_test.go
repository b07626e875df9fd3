package devicetest_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"loalang/audio"
	"loalang/audio/devicetest"
)

func TestNullDevice(t *testing.T) {
	devicetest.Run(t, devicetest.Bench{
		Bubble:    true,
		Tolerance: audio.Rate.D(1),
		Open: func(_ *testing.T, clock func() audio.Instant) devicetest.Subject {
			return devicetest.Subject{Device: &audio.NullDevice{Clock: clock}}
		},
	})
}

func TestFileDevice(t *testing.T) {
	devicetest.Run(t, devicetest.Bench{
		Bubble:    true,
		Tolerance: audio.Rate.D(1),
		Open: func(t *testing.T, clock func() audio.Instant) devicetest.Subject {
			path := filepath.Join(t.TempDir(), "air.wav")
			return devicetest.Subject{
				Device: &audio.FileDevice{Path: path, Clock: clock},
				Heard:  func() ([]devicetest.Stretch, error) { return readAir(path) },
			}
		},
	})
}

// TestNullDeviceOnTheRealClock walks the suite once without a bubble, so that
// its own clockwork is not taken on trust.
func TestNullDeviceOnTheRealClock(t *testing.T) {
	if testing.Short() {
		t.Skip("takes fifteen seconds of real time: run without -short")
	}
	devicetest.Run(t, devicetest.Bench{
		Tolerance: audio.Rate.D(1),
		Open: func(*testing.T, func() audio.Instant) devicetest.Subject {
			return devicetest.Subject{Device: &audio.NullDevice{}}
		},
	})
}

func readAir(path string) ([]devicetest.Stretch, error) {
	text, err := os.ReadFile(path + ".json")
	if err != nil {
		return nil, err
	}
	var start audio.FileStart
	if err := json.Unmarshal(text, &start); err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	clip, _, err := audio.ReadWAV(f, st.Size())
	return []devicetest.Stretch{{At: start.Monotonic, Frames: clip.AppendTo(nil)}}, err
}

func TestSourceSuite(t *testing.T) {
	frames := make([]int16, 5000)
	want := make([]float32, len(frames))
	for i := range frames {
		frames[i] = int16(i*13 - 32000)
		want[i] = float32(frames[i]) / 32768
	}
	clip := audio.NewClip(frames)
	devicetest.Source(t, want, func(*testing.T) audio.Source { return clip.Source() })
}
