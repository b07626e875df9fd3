package level

import "math"

// Biquad is a second-order filter in transposed direct form II. The zero value
// is silent; use HighPass, LowPass or the filters inside Meter.
type Biquad struct {
	b0, b1, b2, a1, a2 float64
	z1, z2             float64
}

// Step filters one frame.
func (f *Biquad) Step(x float64) float64 {
	y := f.b0*x + f.z1
	f.z1 = f.b1*x - f.a1*y + f.z2
	f.z2 = f.b2*x - f.a2*y
	return y
}

// HighPass is a Butterworth high-pass of second order at corner hertz, the
// formula of the Audio EQ Cookbook (Bristow-Johnson) that ffmpeg's highpass
// uses as well.
func HighPass(rate int, corner float64) *Biquad {
	sin, cos := math.Sincos(2 * math.Pi * corner / float64(rate))
	alpha := sin / math.Sqrt2
	return normalised([3]float64{(1 + cos) / 2, -(1 + cos), (1 + cos) / 2}, [3]float64{1 + alpha, -2 * cos, 1 - alpha})
}

// LowPass is the low-pass that belongs to HighPass.
func LowPass(rate int, corner float64) *Biquad {
	sin, cos := math.Sincos(2 * math.Pi * corner / float64(rate))
	alpha := sin / math.Sqrt2
	return normalised([3]float64{(1 - cos) / 2, 1 - cos, (1 - cos) / 2}, [3]float64{1 + alpha, -2 * cos, 1 - alpha})
}

// headShelf is the first stage of BS.1770's K-weighting. The standard gives
// coefficients for 48 kHz only; these are the analogue parameters behind them
// (as libebur128 publishes them), so that any rate can be measured.
func headShelf(rate int) *Biquad {
	const corner, gain, q = 1681.974450955533, 3.999843853973347, 0.7071752369554196
	k := math.Tan(math.Pi * corner / float64(rate))
	vh := math.Pow(10, gain/20)
	vb := math.Pow(vh, 0.4996667741545416)
	return normalised(
		[3]float64{vh + vb*k/q + k*k, 2 * (k*k - vh), vh - vb*k/q + k*k},
		[3]float64{1 + k/q + k*k, 2 * (k*k - 1), 1 - k/q + k*k})
}

// lowCut is the second stage of K-weighting, from the same source. Its
// numerator is left at 1, −2, 1 as the standard has it.
func lowCut(rate int) *Biquad {
	const corner, q = 38.13547087602444, 0.5003270373238773
	k := math.Tan(math.Pi * corner / float64(rate))
	a0 := 1 + k/q + k*k
	return &Biquad{b0: 1, b1: -2, b2: 1, a1: 2 * (k*k - 1) / a0, a2: (1 - k/q + k*k) / a0}
}

// KWeighting is the filter of BS.1770 before a loudness meter.
type KWeighting struct{ shelf, cut *Biquad }

// NewKWeighting is a KWeighting for rate frames per second.
func NewKWeighting(rate int) *KWeighting {
	return &KWeighting{shelf: headShelf(rate), cut: lowCut(rate)}
}

// Step filters one frame.
func (k *KWeighting) Step(x float64) float64 { return k.cut.Step(k.shelf.Step(x)) }

func normalised(b, a [3]float64) *Biquad {
	return &Biquad{b0: b[0] / a[0], b1: b[1] / a[0], b2: b[2] / a[0], a1: a[1] / a[0], a2: a[2] / a[0]}
}
