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
	taps   [resampleUp][resampleTaps]float64
	frames []float64 // what is still needed; the first is frame base
	base   int64
	in     int64
	out    int64
}

// NewResampler makes one.
func NewResampler() *Resampler {
	r := &Resampler{frames: make([]float64, resampleTaps/2-1), base: -(resampleTaps/2 - 1)}
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
		r.frames = append(r.frames, float64(x))
	}
	r.in += int64(len(src))
	return r.give(dst, r.in)
}

// Flush appends the frames still to come. All in all n frames make 3n/2,
// rounded up. The resampler is spent afterwards.
func (r *Resampler) Flush(dst []float32) []float32 {
	r.frames = append(r.frames, make([]float64, resampleTaps)...)
	last := (r.in*resampleUp + resampleDown - 1) / resampleDown
	want := len(dst) + int(last-r.out)
	return r.give(dst, r.in+resampleTaps)[:want]
}

// give appends every frame whose neighbours are all among the first end.
func (r *Resampler) give(dst []float32, end int64) []float32 {
	for {
		n, phase := r.out*resampleDown/resampleUp, r.out*resampleDown%resampleUp
		from := n - (resampleTaps/2 - 1)
		if from+resampleTaps > end {
			keep := min(from-r.base, int64(len(r.frames)))
			r.base += keep
			r.frames = r.frames[:copy(r.frames, r.frames[keep:])]
			return dst
		}
		window := r.frames[from-r.base:][:resampleTaps]
		y := window[resampleTaps/2-1] // phase 0 falls on a frame
		if phase > 0 {
			y = dot(&r.taps[phase], window)
		}
		dst = append(dst, float32(y))
		r.out++
	}
}

// dot is four sums side by side, which a processor does at once.
func dot(h *[resampleTaps]float64, x []float64) float64 {
	var a, b, c, d float64
	x = x[:resampleTaps]
	for j := 0; j < resampleTaps; j += 4 {
		a += h[j] * x[j]
		b += h[j+1] * x[j+1]
		c += h[j+2] * x[j+2]
		d += h[j+3] * x[j+3]
	}
	return a + b + c + d
}
