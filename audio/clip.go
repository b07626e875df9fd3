package audio

import (
	"io"
	"slices"
	"time"
)

// Clip is immutable sound in memory, 48 kHz s16 mono. The zero Clip is empty.
// It may be shared between goroutines.
type Clip struct {
	frames []int16
	peak   float32 // their largest amplitude, 0 to 1
}

// NewClip copies frames into a Clip.
func NewClip(frames []int16) Clip { return Clip{frames: slices.Clone(frames), peak: peakOf(frames)} }

// Len is the number of frames of c.
func (c Clip) Len() Frames { return Frames(len(c.frames)) }

// Length is how long c sounds.
func (c Clip) Length() time.Duration { return Rate.D(c.Len()) }

// At is the frame with index i, 0 ≤ i < Len; others panic.
func (c Clip) At(i Frames) int16 { return c.frames[i] }

// AppendTo appends the frames of c to dst and returns the longer slice.
func (c Clip) AppendTo(dst []int16) []int16 { return append(dst, c.frames...) }

// Peak is the largest amplitude in c, 0 to 1. It was found when c was made: an
// alarm does not wait for it.
func (c Clip) Peak() float32 { return c.peak }

func peakOf(frames []int16) float32 {
	var peak int32
	for _, v := range frames {
		peak = max(peak, int32(v), -int32(v))
	}
	return float32(peak) / fullScale
}

// Source reads c from its start. Every call gives an independent Source; it
// needs no closing.
func (c Clip) Source() Source { return &clipSource{frames: c.frames} }

type clipSource struct {
	frames []int16
}

func (s *clipSource) Read(dst []float32) (int, error) {
	if len(dst) == 0 {
		return 0, nil
	}
	if len(s.frames) == 0 {
		return 0, io.EOF
	}
	n := min(len(dst), len(s.frames))
	for i, v := range s.frames[:n] {
		dst[i] = float32(v) / fullScale
	}
	s.frames = s.frames[n:]
	return n, nil
}

// fullScale is the s16 amplitude that counts as 1.
const fullScale = 32768

// toS16 is the s16 frame nearest to v. What lies beyond full scale is clamped;
// an s16 frame divided by fullScale comes back bit for bit.
func toS16(v float32) int16 {
	v *= fullScale
	switch {
	case v >= fullScale-1:
		return fullScale - 1
	case v <= -fullScale:
		return -fullScale
	case v >= 0:
		return int16(v + 0.5)
	default: // NaN lands here too; its conversion must not depend on the processor
		if v != v {
			return 0
		}
		return int16(v - 0.5)
	}
}
