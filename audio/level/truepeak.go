package level

import "math"

const (
	overs = 4  // true peak is looked for at four times the rate
	taps  = 16 // frames that one point between two frames is made of
	lead  = taps/2 - 1
)

// between interpolates the three points between two neighbouring frames.
type between struct {
	taps  [overs - 1][taps]float64
	bound float64 // no point exceeds the largest of its frames by more than this factor
}

// newBetween makes windowed-sinc interpolators (Kaiser, β 7.5).
func newBetween() *between {
	b := &between{}
	for p := range b.taps {
		offset := float64(p+1) / overs
		var sum, abs float64
		for j := range taps {
			x := float64(j-lead) - offset
			b.taps[p][j] = sinc(x) * kaiser(x/(taps/2), 7.5)
			sum += b.taps[p][j]
		}
		for j := range taps {
			b.taps[p][j] /= sum
			abs += math.Abs(b.taps[p][j])
		}
		b.bound = max(b.bound, abs)
	}
	return b
}

// peak is the largest magnitude between frame[lead] (included) and
// frame[lead+1] (excluded).
func (b *between) peak(frame *[taps]float64) float64 {
	top := math.Abs(frame[lead])
	for p := range b.taps {
		h := &b.taps[p]
		var y float64
		for j, x := range frame {
			y += h[j] * x
		}
		top = max(top, math.Abs(y))
	}
	return top
}

// TruePeak finds the highest point of the analogue wave, after the method of
// BS.1770-4 annex 2 (four times oversampled).
type TruePeak struct {
	between *between
	frame   [taps]float64
	loud    int
	top     float64
}

// NewTruePeak makes a meter. It works for every rate.
func NewTruePeak() *TruePeak { return &TruePeak{between: newBetween()} }

// Write looks at the next frames.
func (t *TruePeak) Write(frames []float32) {
	for _, x := range frames {
		t.step(float64(x))
	}
}

func (t *TruePeak) step(x float64) {
	copy(t.frame[:], t.frame[1:])
	t.frame[taps-1] = x
	if math.Abs(x)*t.between.bound > t.top {
		t.loud = taps
	}
	if t.loud > 0 {
		t.loud--
		t.top = max(t.top, t.between.peak(&t.frame))
	}
}

// Peak is the highest magnitude so far, 1 being full scale, the last frames
// included.
func (t *TruePeak) Peak() float64 {
	end := *t // what is still on its way is looked at on a copy
	for range taps {
		end.step(0)
	}
	return end.top
}

// DBTP is Peak in decibels true peak, or Silent.
func (t *TruePeak) DBTP() float64 {
	p := t.Peak()
	if p <= 0 {
		return Silent
	}
	return max(Silent, 20*math.Log10(p))
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

// kaiser is the Kaiser window at x in −1…1.
func kaiser(x, beta float64) float64 {
	if math.Abs(x) > 1 {
		return 0
	}
	return bessel(beta*math.Sqrt(1-x*x)) / bessel(beta)
}

// bessel is I0, by its power series.
func bessel(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1; term > 1e-15*sum; k++ {
		term *= (x / 2) * (x / 2) / float64(k*k)
		sum += term
	}
	return sum
}
