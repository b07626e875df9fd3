package proof

import (
	"math"
	"time"
)

const (
	// Rate is the frames a second of what an Analyser takes.
	Rate = 48000
	// Hop is how much sound one Frame is about.
	Hop = 20 * time.Millisecond
	// Bands is how many bands a Frame has.
	Bands = 5
	// Nothing is the level of digital silence, in dB of full scale.
	Nothing = -120

	decimation = 6 // 48 kHz to 8 kHz
	slow       = Rate / decimation
	hopFrames  = slow / 50
)

// edges are those of the bands, in Hz: what a horn plays and a telephone would.
var edges = [Bands + 1]float64{250, 500, 900, 1500, 2300, 3500}

// Frame is the mean power of 20 ms of sound, in each band and altogether.
type Frame struct {
	band  [Bands]float32 // dB of full scale
	power float32        // of all bands together, full scale is 1; negative: nobody knows
	fader float32        // dB, of what stands between here and the amplifier; 0: nothing does; NaN: as at the calibration
}

// Faded is f behind a volume control that stands at so many dB: no measurement, but what is
// known of its way. A Gate compares it. A control that is muted says −99,999.99 dB: it counts
// as Nothing, so that its powers can be reckoned with. What is no number is 0.
func (f Frame) Faded(dB float64) Frame {
	if math.IsNaN(dB) {
		dB = 0
	}
	f.fader = float32(min(max(dB, Nothing), -Nothing))
	return f
}

// FadedAsCalibrated is f behind a volume control of which nobody knows where it stands: it
// counts as where it stood at the calibration, whichever that will be.
func (f Frame) FadedAsCalibrated() Frame {
	f.fader = float32(math.NaN())
	return f
}

// missed is a Frame of which nobody knows what was heard.
var missed = Frame{power: -1}

// known says whether anything is known of f.
func (f Frame) known() bool { return f.power >= 0 }

// biquad is a filter of the second order, transposed direct form II.
type biquad struct{ b0, b2, a1, a2, z1, z2 float32 }

func (q *biquad) run(x float32) float32 {
	y := q.b0*x + q.z1
	q.z1 = q.z2 - q.a1*y
	q.z2 = q.b2*x - q.a2*y
	return y
}

// bandPass is that of R. Bristow-Johnson's "Cookbook formulae for audio EQ biquad
// filter coefficients", with 0 dB at its middle.
func bandPass(low, high float64) biquad {
	middle := math.Sqrt(low * high)
	w := 2 * math.Pi * middle / slow
	alpha := math.Sin(w) * (high - low) / (2 * middle)
	a0 := 1 + alpha
	return biquad{b0: float32(alpha / a0), b2: float32(-alpha / a0), a1: float32(-2 * math.Cos(w) / a0), a2: float32((1 - alpha) / a0)}
}

// Analyser turns 48 kHz s16 mono into Frames.
//
// It decimates by a cascaded integrator-comb of the second order (E. Hogenauer, "An
// economical class of digital filters for decimation and interpolation", 1981), which
// takes two additions a frame where a sharper filter takes a Raspberry Pi's time. It is
// 6 dB down at the upper edge, and what folds back is 10 dB down at least: both streams
// suffer the same.
type Analyser struct {
	sums    [2]int64 // integrators; they wrap, and the combs undo it
	last    [2]int64 // what the combs take off
	phase   int
	filters [Bands][2]biquad
	energy  [Bands]float32
	n       int
}

// NewAnalyser makes one that has heard silence.
func NewAnalyser() *Analyser {
	a := &Analyser{}
	for i := range a.filters {
		band := bandPass(edges[i], edges[i+1])
		a.filters[i] = [2]biquad{band, band}
	}
	return a
}

// Write takes sound and appends the Frames that it completes to out.
func (a *Analyser) Write(out []Frame, sound []int16) []Frame {
	one, two, phase := a.sums[0], a.sums[1], a.phase
	for _, v := range sound {
		one += int64(v)
		two += one
		if phase++; phase < decimation {
			continue
		}
		phase = 0
		first := two - a.last[0]
		second := first - a.last[1]
		a.last = [2]int64{two, first}
		if a.put(float32(second) / (decimation * decimation * 32768)) {
			out = append(out, a.frame())
		}
	}
	a.sums, a.phase = [2]int64{one, two}, phase
	return out
}

// put takes one frame at 8 kHz and says whether a hop is full.
func (a *Analyser) put(y float32) bool {
	// A filter that rings out would work with denormal numbers, a hundred times as slow.
	y += 1e-9
	for i := range a.filters {
		f := &a.filters[i]
		v := f[1].run(f[0].run(y))
		a.energy[i] += v * v
	}
	a.n++
	return a.n == hopFrames
}

func (a *Analyser) frame() (f Frame) {
	for i, e := range a.energy {
		f.band[i] = float32(10 * math.Log10(float64(e)/hopFrames+1e-12))
		f.power += e / hopFrames
	}
	a.energy, a.n = [Bands]float32{}, 0
	return f
}

// Level is the power of f in dB of full scale, no less than Nothing; Nothing too where
// nobody knows.
func (f Frame) Level() float64 { return decibels(float64(max(0, f.power)), 1) }
