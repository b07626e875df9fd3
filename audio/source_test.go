package audio_test

import (
	"testing"
	"time"

	"loalang/audio"
)

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
