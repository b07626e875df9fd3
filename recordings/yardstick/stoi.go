package yardstick

import (
	"math"
	"math/cmplx"

	"loalang/audio/level"
)

// The constants of STOI: C. H. Taal, R. C. Hendriks, R. Heusdens, J. Jensen, "An
// Algorithm for Intelligibility Prediction of Time–Frequency Weighted Noisy
// Speech", IEEE TASLP 19(7), 2011, doi 10.1109/TASL.2011.2114881.
const (
	stoiRate   = 10000  // Hz
	stoiFrame  = 256    // frames of one window, half of it is new
	stoiSize   = 512    // of its transform
	stoiBands  = 15     // one-third octaves
	stoiLowest = 150.0  // Hz, centre of the lowest
	stoiSpan   = 30     // windows of one segment: 384 ms
	stoiClip   = -15.0  // dB, lower bound of the signal-to-distortion ratio
	stoiRange  = 40.0   // dB under the loudest window: what is quieter is no speech
	longestLag = 2 * 10 // s by which what is heard may come early or late
)

// STOI is how intelligible heard is against clean, 0 to 1, each at its own rate in
// frames per second. What is heard may be shifted and trimmed: it is laid over the
// clean sound first, where the two are most alike.
func STOI(clean []float64, cleanRate int, heard []float64, heardRate int) float64 {
	x, y := Resample(clean, cleanRate, stoiRate), Resample(heard, heardRate, stoiRate)
	x, y = align(x, y)
	x, y = withoutSilence(x, y)
	a, b := thirds(x), thirds(y)
	clip := 1 + math.Pow(10, -stoiClip/20)
	var sum float64
	var n int
	for end := stoiSpan; end <= len(a); end++ {
		for band := range stoiBands {
			sum += similarity(a[end-stoiSpan:end], b[end-stoiSpan:end], band, clip)
			n++
		}
	}
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}

// similarity is the correlation of one band's envelopes over a segment, that of
// the heard one brought to the clean one's energy and clipped.
func similarity(a, b [][stoiBands]float64, band int, clip float64) float64 {
	var ea, eb float64
	for i := range a {
		ea += a[i][band] * a[i][band]
		eb += b[i][band] * b[i][band]
	}
	gain := math.Sqrt(ea / (eb + 1e-20))
	var x, y [stoiSpan]float64
	var mx, my float64
	for i := range a {
		x[i], y[i] = a[i][band], min(b[i][band]*gain, a[i][band]*clip)
		mx += x[i] / stoiSpan
		my += y[i] / stoiSpan
	}
	var xy, xx, yy float64
	for i := range x {
		dx, dy := x[i]-mx, y[i]-my
		xy, xx, yy = xy+dx*dy, xx+dx*dx, yy+dy*dy
	}
	return xy / (math.Sqrt(xx*yy) + 1e-20)
}

// thirds are the magnitudes of one-third octaves of every window.
func thirds(x []float64) [][stoiBands]float64 {
	s := level.NewSpectrum(stoiSize)
	window := hann(stoiFrame)
	// The transform weights with a window of its own size; it is taken back.
	weight := make([]float64, stoiFrame)
	for i := range weight {
		own := 0.5 - 0.5*math.Cos(2*math.Pi*float64(i+stoiFrame/2)/stoiSize)
		weight[i] = window[i] / own
	}
	var lows, highs [stoiBands]int
	for b := range stoiBands {
		centre := stoiLowest * math.Pow(2, float64(b)/3)
		lows[b] = bin(centre * math.Pow(2, -1.0/6))
		highs[b] = bin(centre * math.Pow(2, 1.0/6))
	}
	room, power := make([]float64, stoiSize), []float64(nil)
	var out [][stoiBands]float64
	for at := 0; at+stoiFrame <= len(x); at += stoiFrame / 2 {
		for i := range stoiFrame {
			room[i+stoiFrame/2] = x[at+i] * weight[i]
		}
		power = s.Power(power, room)
		var bands [stoiBands]float64
		for b := range bands {
			for k := lows[b]; k < highs[b]; k++ {
				bands[b] += power[k]
			}
			bands[b] = math.Sqrt(bands[b])
		}
		out = append(out, bands)
	}
	return out
}

func bin(hz float64) int { return int(math.Round(hz * stoiSize / stoiRate)) }

// hann is the window of Matlab's hanning, which is nowhere zero.
func hann(n int) []float64 {
	w := make([]float64, n)
	for i := range w {
		w[i] = 0.5 - 0.5*math.Cos(2*math.Pi*float64(i+1)/float64(n+1))
	}
	return w
}

// withoutSilence takes out of both the windows in which the clean one says
// nothing, and puts the others together again.
func withoutSilence(x, y []float64) (a, b []float64) {
	const hop = stoiFrame / 2
	window := hann(stoiFrame)
	var energies []float64
	top := math.Inf(-1)
	for at := 0; at+stoiFrame <= len(x); at += hop {
		var e float64
		for i := range stoiFrame {
			v := x[at+i] * window[i]
			e += v * v
		}
		db := 10 * math.Log10(e+1e-20)
		energies, top = append(energies, db), max(top, db)
	}
	a, b = make([]float64, len(x)), make([]float64, len(x))
	to := 0
	for n, db := range energies {
		if db < top-stoiRange {
			continue
		}
		for i := range stoiFrame {
			a[to+i] += x[n*hop+i] * window[i]
			b[to+i] += y[n*hop+i] * window[i]
		}
		to += hop
	}
	if to > 0 {
		to += hop
	}
	return a[:to], b[:to]
}

// align lays y over x where their cross-correlation is greatest, and gives both
// the length of x.
func align(x, y []float64) (a, b []float64) {
	size := 1
	for size < len(x)+len(y) {
		size *= 2
	}
	p, q := make([]complex128, size), make([]complex128, size)
	for i, v := range x {
		p[i] = complex(v, 0)
	}
	for i, v := range y {
		q[i] = complex(v, 0)
	}
	level.Transform(p)
	level.Transform(q)
	for i := range p {
		p[i] = cmplx.Conj(p[i]) * q[i] // transformed again this gives the lags, those of y being late from the end
	}
	level.Transform(p)
	best, top := 0, math.Inf(-1)
	for lag := -longestLag * stoiRate; lag <= longestLag*stoiRate; lag++ {
		if lag <= -size/2 || lag >= size/2 {
			continue
		}
		if v := math.Abs(real(p[(size-lag)%size])); v > top {
			best, top = lag, v
		}
	}
	b = make([]float64, len(x))
	for i := range b {
		if j := i + best; j >= 0 && j < len(y) {
			b[i] = y[j]
		}
	}
	return x, b
}
