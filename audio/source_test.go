package audio_test

import (
	"math"
	"testing"
	"time"

	"loalang/audio"
	"loalang/audio/devicetest"
)

func TestSilence(t *testing.T) {
	devicetest.Source(t, make([]float32, 3001), func(*testing.T) audio.Source { return audio.Silence(3001) })
}

func TestAmplify(t *testing.T) {
	clip := counted(3001)
	want := make([]float32, clip.Len())
	for i := range want {
		want[i] = float32(clip.At(audio.Frames(i))) / 32768 * audio.Decibels(-6).Factor()
	}
	devicetest.Source(t, want, func(*testing.T) audio.Source { return audio.Amplify(clip.Source(), -6) })
}

func TestFaded(t *testing.T) {
	for _, c := range []struct {
		name           string
		total, in, out audio.Frames
		at             map[int]float32
	}{
		{"OK", 1000, 240, 240, map[int]float32{0: 0, 120: 0.5, 240: 1, 500: 1, 759: 1, 879: 0.5, 999: 0}},
		{"in only", 1000, 100, 0, map[int]float32{0: 0, 50: 0.5, 100: 1, 999: 1}},
		{"out only", 1000, 0, 100, map[int]float32{0: 1, 899: 1, 949: 0.5, 999: 0}},
		{"longer than the sound", 100, 500, 500, map[int]float32{0: 0, 25: 0.25, 99: 0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := make([]float32, c.total)
			s := audio.Faded(flat(c.total, 16384).Source(), c.total, c.in, c.out)
			if n, err := s.Read(want); n != int(c.total) || err != nil {
				t.Fatalf("Read = %d, %v", n, err)
			}
			for i, g := range c.at {
				if math.Abs(float64(want[i]-g/2)) > 1e-6 {
					t.Errorf("frame %d is %v, want %v", i, want[i], g/2)
				}
			}
			devicetest.Source(t, want, func(*testing.T) audio.Source {
				return audio.Faded(flat(c.total, 16384).Source(), c.total, c.in, c.out)
			})
		})
	}
}

func TestWrappersCloseWhatTheyWrap(t *testing.T) {
	s := loud(10, nil)
	for _, w := range []audio.Source{audio.Amplify(s, -6), audio.Faded(audio.Amplify(s, 0), 10, 1, 1)} {
		if err := w.(interface{ Close() error }).Close(); err != nil {
			t.Error(err)
		}
	}
	if n := s.closed.Load(); n != 2 {
		t.Errorf("the source was closed %d times, want 2", n)
	}
	if err := audio.Amplify(audio.Silence(1), 0).(interface{ Close() error }).Close(); err != nil {
		t.Errorf("Close of a wrapper around what cannot be closed = %v", err)
	}
}

func TestClip(t *testing.T) {
	frames := []int16{1, -32768, 3}
	c := audio.NewClip(frames)
	frames[0] = 99
	if c.At(0) != 1 || c.Len() != 3 || c.Length() != audio.Rate.D(3) || c.Peak() != 1 {
		t.Errorf("the clip is %v, %d frames, %v, peak %v", c, c.Len(), c.Length(), c.Peak())
	}
	got := c.AppendTo([]int16{7})
	got[1] = 55
	if len(got) != 4 || got[0] != 7 || c.At(0) != 1 {
		t.Errorf("AppendTo = %v, clip %v", got, c)
	}
	if (audio.Clip{}).Peak() != 0 || (audio.Clip{}).Len() != 0 {
		t.Error("the zero Clip is not empty")
	}
}

func TestRate(t *testing.T) {
	for _, c := range []struct {
		name string
		d    time.Duration
		n    audio.Frames
	}{
		{"OK", time.Second, 48000},
		{"a frame", 20834 * time.Nanosecond, 1},
		{"less than half a frame", 10416 * time.Nanosecond, 0},
		{"more than half a frame", 10417 * time.Nanosecond, 1},
		{"a year", 365 * 24 * time.Hour, 365 * 24 * 3600 * 48000},
	} {
		t.Run(c.name, func(t *testing.T) {
			if n := audio.Rate.N(c.d); n != c.n {
				t.Errorf("N(%v) = %d, want %d", c.d, n, c.n)
			}
			if n := audio.Rate.N(audio.Rate.D(c.n)); n != c.n {
				t.Errorf("N(D(%d)) = %d, want the same", c.n, n)
			}
		})
	}
}

func TestMonotonicRuns(t *testing.T) {
	a := audio.Monotonic()
	b := audio.Monotonic()
	if a <= 0 || b < a || b.Sub(a) < 0 || a.Add(b.Sub(a)) != b {
		t.Errorf("Monotonic = %d, then %d", a, b)
	}
}
