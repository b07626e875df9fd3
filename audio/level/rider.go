package level

import "math"

const (
	// riderRate is the rate of what a Rider hears, frames a second.
	riderRate = 48000
	// riderStep is how often the gain is thought over, 100 ms.
	riderStep = 4800
	// riderSteps is how much voice the loudness is taken from, 3 s.
	riderSteps = 30
	// riderFloor is the loudness below which a step is no voice, LUFS.
	riderFloor = -50.0
	// riderUp and riderDown are how fast the gain moves, dB a step: 4 and 10 dB a
	// second. The first second of voice finds its level five times as fast.
	riderUp, riderDown = 0.4, 1.0
	riderFirst         = 10
	riderHaste         = 5
	// riderLeast and riderMost bound the gain, dB.
	riderLeast, riderMost = -18.0, 24.0
)

// House is the loudness of everything that airs, in LUFS.
const House = -18.0

// Rider brings 48 kHz sound of unknown level towards a loudness while it passes, as a
// hand on the fader does: it measures the last 3 s of voice (ITU-R BS.1770-4,
// steps of 100 ms, those under −50 LUFS and those 10 LU under the mean left out)
// and moves its gain by at most 4 dB a second up and 10 dB a second down, five
// times that in the first second. Pauses do not move it. It adds no delay; a
// Limiter belongs behind it. Process does not allocate.
type Rider struct {
	target float64
	weight *KWeighting
	sum    float64 // of squares in this step
	frames int     // of this step
	power  [riderSteps]float64
	heard  int     // steps of voice so far
	gain   float64 // dB, reached at the end of this step
	factor float64 // amplitude, now
	slope  float64 // of factor, a frame
}

// NewRider is a Rider towards target LUFS; House is usual. It begins with a
// gain of 0 dB.
func NewRider(target float64) *Rider {
	return &Rider{target: target, weight: NewKWeighting(riderRate), factor: 1}
}

// Gain is the gain that the next frame gets, in dB.
func (r *Rider) Gain() float64 { return 20 * math.Log10(r.factor) }

// Process changes frames in place. Frames that are no numbers count as silence.
func (r *Rider) Process(frames []float32) {
	for i, x := range frames {
		v := float64(x)
		if !(v >= -1e6 && v <= 1e6) { // it would stay in the filters for ever
			v = 0
		}
		k := r.weight.Step(v)
		r.sum += k * k
		frames[i] = float32(v * r.factor)
		r.factor += r.slope
		if r.frames++; r.frames == riderStep {
			r.think()
		}
	}
}

// think sets the gain for the next step.
func (r *Rider) think() {
	mean := r.sum / riderStep
	r.sum, r.frames = 0, 0
	r.factor, r.slope = math.Pow(10, r.gain/20), 0
	if LUFS(mean) < riderFloor {
		return
	}
	r.power[r.heard%riderSteps] = mean
	r.heard++
	up, down := riderUp, riderDown
	if r.heard <= riderFirst {
		up, down = up*riderHaste, down*riderHaste
	}
	goal := min(max(r.target-r.loudness(), riderLeast), riderMost)
	r.gain += min(max(goal-r.gain, -down), up)
	r.slope = (math.Pow(10, r.gain/20) - r.factor) / riderStep
}

// loudness is that of the voice remembered, gated 10 LU below its mean.
func (r *Rider) loudness() float64 {
	known := r.power[:min(r.heard, riderSteps)]
	gate := 0.0
	for range 2 {
		var sum float64
		n := 0
		for _, p := range known {
			if p > gate {
				sum += p
				n++
			}
		}
		gate = sum / float64(n) / 10
	}
	return LUFS(gate * 10)
}
