package audio

import (
	"math"
	"sync"
)

const (
	// sincTaps is how many frames make one of the other clock; half of them lie
	// before it.
	sincTaps = 32
	sincHalf = sincTaps / 2
	// sincPhases is how many places between two frames have coefficients of their
	// own; between those the coefficients are interpolated.
	sincPhases = 512
	// sincBeta shapes the window: what it leaves of the images is under −100 dB up
	// to 19 kHz.
	sincBeta = 10
)

// sinc tells what sound is between its frames: a band-limited interpolator after
// J. O. Smith, "Digital Audio Resampling" (CCRMA, 2002), whose sinc lies under a
// Kaiser window. At a frame it is that frame, bit for bit. It is made for ratios
// within one per cent of 1, where nothing needs to be filtered out.
type sinc struct {
	rows [sincPhases + 1][sincTaps]float32
}

// theSinc is the one sinc of this process. It takes some milliseconds to make.
var theSinc = sync.OnceValue(newSinc)

func newSinc() *sinc {
	s := new(sinc)
	for phase := range s.rows {
		frac := float64(phase) / sincPhases
		var row [sincTaps]float64
		var sum float64
		for j := range row {
			x := float64(j-sincHalf+1) - frac
			row[j] = sincOf(x) * kaiser(x/sincHalf)
			sum += row[j]
		}
		for j := range row {
			s.rows[phase][j] = float32(row[j] / sum)
		}
	}
	return s
}

func sincOf(x float64) float64 {
	switch {
	case x == 0:
		return 1
	case x == math.Trunc(x):
		return 0 // exactly
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

func kaiser(x float64) float64 {
	if x <= -1 || x >= 1 {
		return 0
	}
	return bessel(sincBeta*math.Sqrt(1-x*x)) / bessel(sincBeta)
}

// bessel is the modified Bessel function of the first kind and order zero.
func bessel(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; term > sum*1e-17; k++ {
		term *= (x / 2 / k) * (x / 2 / k)
		sum += term
	}
	return sum
}

// at is the sound at frac, 0 to 1, behind the frame window[sincHalf-1]; window
// holds sincTaps frames. It does not allocate.
func (s *sinc) at(window []int16, frac float64) float32 {
	place := frac * sincPhases
	phase := min(int(place), sincPhases-1)
	a, b := &s.rows[phase], &s.rows[phase+1]
	var x, y float32
	for j, v := range window[:sincTaps] {
		f := float32(v)
		x += f * a[j]
		y += f * b[j]
	}
	return x + float32(place-float64(phase))*(y-x)
}

// ring is the sound at frac behind the frame at, of which buf holds a ring; there
// are those from first up to but not including last, and more of the same beyond
// them. It does not allocate.
func (s *sinc) ring(buf []int16, at Frames, frac float64, first, last Frames) float32 {
	size, from := Frames(len(buf)), at-sincHalf+1
	if i := from % size; from >= first && from+sincTaps <= last && i+sincTaps <= size {
		return s.at(buf[i:i+sincTaps], frac)
	}
	var window [sincTaps]int16
	for j := range window {
		window[j] = buf[min(max(from+Frames(j), first), last-1)%size]
	}
	return s.at(window[:], frac)
}
