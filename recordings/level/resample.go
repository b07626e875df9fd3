package level

const (
	resampleUp   = 3
	resampleDown = 2
	resampleTaps = 32
)

// Resampler turns 32 kHz into 48 kHz, three frames out of two. The filter
// (windowed sinc, 32 frames, Kaiser β 9) is flat to 13 kHz and takes images
// down by 90 dB, for speech that ends at 7.5 kHz with room to spare. Frame 0
// stays frame 0: there is no delay.
type Resampler struct {
	taps  [resampleUp][resampleTaps]float64
	frame [resampleTaps]float64
	in    int64
	out   int64
}

// NewResampler makes one.
func NewResampler() *Resampler {
	r := &Resampler{}
	for p := range r.taps {
		var sum float64
		for j := range resampleTaps {
			x := float64(j-(resampleTaps/2-1)) - float64(p)/resampleUp
			r.taps[p][j] = sinc(x) * kaiser(x/(resampleTaps/2), 9)
			sum += r.taps[p][j]
		}
		for j := range r.taps[p] {
			r.taps[p][j] /= sum
		}
	}
	return r
}

// Process appends to dst what src makes ready.
func (r *Resampler) Process(dst, src []float32) []float32 {
	for _, x := range src {
		dst = r.step(dst, float64(x))
	}
	return dst
}

// Flush appends the frames still to come. All in all n frames make 3n/2,
// rounded up. The resampler is spent afterwards.
func (r *Resampler) Flush(dst []float32) []float32 {
	last := (r.in*resampleUp + resampleDown - 1) / resampleDown
	want := len(dst) + int(last-r.out)
	for len(dst) < want {
		dst = r.step(dst, 0)
	}
	return dst[:want]
}

func (r *Resampler) step(dst []float32, x float64) []float32 {
	copy(r.frame[:], r.frame[1:])
	r.frame[resampleTaps-1] = x
	r.in++
	n := r.in - 1 - resampleTaps/2 // frame[resampleTaps/2-1] is frame n
	for n >= 0 && r.out*resampleDown/resampleUp == n {
		h := &r.taps[r.out*resampleDown%resampleUp]
		var y float64
		for j, v := range r.frame {
			y += h[j] * v
		}
		dst = append(dst, float32(y))
		r.out++
	}
	return dst
}
