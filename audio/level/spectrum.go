package level

import (
	"math"
	"math/bits"
	"math/cmplx"
)

// Spectrum turns windows of sound into power over frequency, by a Fourier
// transform of a fixed size. It keeps its tables and its room: one goroutine
// uses one Spectrum.
type Spectrum struct {
	size   int
	window []float64
	turns  []complex128
	room   []complex128
}

// NewSpectrum makes one for windows of size frames, a power of two, weighted
// after Hann.
func NewSpectrum(size int) *Spectrum {
	s := &Spectrum{size: size, window: make([]float64, size), turns: turns(size), room: make([]complex128, size)}
	for i := range s.window {
		s.window[i] = 0.5 - 0.5*math.Cos(2*math.Pi*float64(i)/float64(size))
	}
	return s
}

// Power writes the power of each of the size/2+1 frequencies of frames, of
// which there are size, into dst and returns it; dst may be nil. Entry k lies at
// k × rate / size.
func (s *Spectrum) Power(dst []float64, frames []float64) []float64 {
	for i, x := range frames[:s.size] {
		s.room[i] = complex(x*s.window[i], 0)
	}
	transform(s.room, s.turns)
	dst = dst[:0]
	for _, c := range s.room[:s.size/2+1] {
		dst = append(dst, real(c)*real(c)+imag(c)*imag(c))
	}
	return dst
}

// Transform replaces x, whose length is a power of two, by its discrete Fourier
// transform, after Cooley and Tukey (1965).
func Transform(x []complex128) { transform(x, turns(len(x))) }

func turns(size int) []complex128 {
	t := make([]complex128, size/2)
	for i := range t {
		t[i] = cmplx.Rect(1, -2*math.Pi*float64(i)/float64(size))
	}
	return t
}

func transform(x, turns []complex128) {
	n := len(x)
	shift := 64 - bits.Len(uint(n-1))
	for i := range x {
		if j := int(bits.Reverse64(uint64(i)) >> shift); n > 1 && j > i {
			x[i], x[j] = x[j], x[i]
		}
	}
	for half := 1; half < n; half *= 2 {
		step := n / (2 * half)
		for from := 0; from < n; from += 2 * half {
			for k := range half {
				a, b := x[from+k], x[from+k+half]*turns[k*step]
				x[from+k], x[from+k+half] = a+b, a-b
			}
		}
	}
}
