package recordings

import "math"

// Wave is the outline of a sound, to be drawn: its highest magnitude in spans of
// equal length, 255 being full scale. It has at most WavePoints entries, and more
// than half as many where the sound lasts a second or longer.
type Wave []byte

// WavePoints is how many points a Wave has at most.
const WavePoints = 480

// Outline takes down the Wave of a sound whose length is not known beforehand. The
// zero value is ready; one goroutine uses it.
type Outline struct {
	tops   []float64 // finished spans
	span   int64     // frames in one
	frames int64     // in the open one
	top    float64   // of the open one
}

// Write goes on with the next frames, of any rate; 1 is full scale.
func (o *Outline) Write(frames []float32) {
	if o.span == 0 {
		o.span = 32
	}
	for _, x := range frames {
		o.top = max(o.top, math.Abs(float64(x)))
		if o.frames++; o.frames < o.span {
			continue
		}
		o.tops, o.frames, o.top = append(o.tops, o.top), 0, 0
		if len(o.tops) == WavePoints {
			for i := range WavePoints / 2 {
				o.tops[i] = max(o.tops[2*i], o.tops[2*i+1])
			}
			o.tops, o.span = o.tops[:WavePoints/2], 2*o.span
		}
	}
}

// Wave is the outline so far.
func (o *Outline) Wave() Wave {
	tops := o.tops
	if o.frames > 0 {
		tops = append(tops[:len(tops):len(tops)], o.top)
	}
	w := make(Wave, len(tops))
	for i, top := range tops {
		w[i] = byte(math.Round(255 * min(1, top)))
	}
	return w
}
