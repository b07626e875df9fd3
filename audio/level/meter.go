package level

import (
	"math"
	"slices"
)

// Silent is the loudness of a sound with nothing above the absolute gate of
// −70 LUFS.
const Silent = -120.0

// Loudness is what a Meter read. All figures but Range are LUFS, or Silent.
type Loudness struct {
	Integrated float64 // BS.1770-4, both gates
	Momentary  float64 // loudest 400 ms
	ShortTerm  float64 // loudest 3 s; Silent when the sound is shorter
	Range      float64 // LRA of EBU Tech 3342, LU
	Frames     int64
}

// Meter measures loudness after ITU-R BS.1770-4 and EBU Tech 3341/3342. It
// keeps one number per 100 ms and never the sound.
type Meter struct {
	weighting *KWeighting
	step      int64 // frames in 100 ms
	frames    int64
	sum       float64
	steps     []float64 // mean square of each 100 ms
}

// NewMeter makes a meter for mono sound of rate frames per second. The rate
// must be a multiple of 10.
func NewMeter(rate int) *Meter {
	return &Meter{weighting: NewKWeighting(rate), step: int64(rate / 10)}
}

// Write measures the next frames.
func (m *Meter) Write(frames []float32) {
	for _, x := range frames {
		y := m.weighting.Step(float64(x))
		m.sum += y * y
		m.frames++
		if m.frames%m.step == 0 {
			m.steps = append(m.steps, m.sum/float64(m.step))
			m.sum = 0
		}
	}
}

// Loudness is the reading so far. A sound shorter than 400 ms is taken as if
// silence filled it up to there; otherwise a last piece under 100 ms counts
// only for Momentary.
func (m *Meter) Loudness() Loudness {
	l := Loudness{Frames: m.frames, Integrated: Silent, Momentary: Silent, ShortTerm: Silent}
	whole := m.steps
	open := slices.Clone(whole)
	if m.frames%m.step != 0 {
		open = append(open, m.sum/float64(m.step))
	}
	for len(open) < 4 {
		open = append(open, 0)
	}
	if len(whole) < 4 {
		whole = open
	}
	for _, p := range windows(open, 4) {
		l.Momentary = max(l.Momentary, LUFS(p))
	}
	l.Integrated = integrated(windows(whole, 4))
	short := windows(whole, 30)
	for _, p := range short {
		l.ShortTerm = max(l.ShortTerm, LUFS(p))
	}
	l.Range = loudnessRange(short)
	return l
}

// windows are the means of every n neighbouring steps: windows of n × 100 ms
// that move on by 100 ms.
func windows(steps []float64, n int) []float64 {
	var out []float64
	for i := 0; i+n <= len(steps); i++ {
		out = append(out, mean(steps[i:i+n]))
	}
	return out
}

func mean(p []float64) float64 {
	var sum float64
	for _, x := range p {
		sum += x
	}
	return sum / float64(len(p))
}

// LUFS is the loudness of K-weighted mono sound of that mean square, or Silent.
func LUFS(power float64) float64 {
	if !(power > 0) { // NaN is no loudness either
		return Silent
	}
	return max(Silent, -0.691+10*math.Log10(power))
}

func power(loudness float64) float64 { return math.Pow(10, (loudness+0.691)/10) }

// above keeps the windows louder than the gate.
func above(p []float64, gate float64) []float64 {
	var out []float64
	for _, x := range p {
		if x > gate {
			out = append(out, x)
		}
	}
	return out
}

// integrated gates twice: at −70 LUFS, then 10 LU below what is left.
func integrated(blocks []float64) float64 {
	loud := above(blocks, power(-70))
	if len(loud) == 0 {
		return Silent
	}
	loud = above(loud, mean(loud)/10)
	return LUFS(mean(loud))
}

// loudnessRange is the distance of the 10th and the 95th percentile of the 3 s
// windows above −70 LUFS and above 20 LU below their mean (EBU Tech 3342).
func loudnessRange(short []float64) float64 {
	loud := above(short, power(-70))
	if len(loud) == 0 {
		return 0
	}
	loud = above(loud, mean(loud)/100)
	slices.Sort(loud)
	at := func(q float64) float64 { return LUFS(loud[int(math.Round(q*float64(len(loud)-1)))]) }
	return at(0.95) - at(0.10)
}
