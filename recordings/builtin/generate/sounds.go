package main

import "math"

// The notes, in hertz. All lie above 180 Hz, where a horn begins to sound.
const (
	c4 = 261.626
	g4 = 391.995
	a4 = 440.0
	c5 = 523.251
	d5 = 587.330
	e5 = 659.255
	g5 = 783.991
)

// partial is one sine of an instrument's tone.
type partial struct {
	ratio    float64 // of the note's frequency
	strength float64
	decay    float64 // seconds to 1/e
}

// bars sound like a vibraphone: the fourth partial gives the warmth, a short
// tenth the touch of the mallet.
func bars() []partial {
	return []partial{{1, 1, 0.85}, {2, 0.12, 0.5}, {4, 0.28, 0.35}, {10, 0.05, 0.06}}
}

// strings sound like a plucked zither.
func strings() []partial {
	return []partial{{1, 1, 0.9}, {2, 0.55, 0.7}, {3, 0.32, 0.5}, {4, 0.2, 0.35}, {5, 0.12, 0.25}, {6, 0.08, 0.18}, {8, 0.04, 0.1}}
}

// note is one struck tone.
type note struct {
	at       float64 // seconds
	hz       float64
	strength float64
}

// play mixes notes into a piece of so many seconds, with 8 ms of attack and
// silence at the very end.
func play(seconds float64, instrument []partial, notes []note) []float64 {
	x := make([]float64, int(math.Round(seconds*rate)))
	for _, n := range notes {
		start := int(math.Round(n.at * rate))
		for i := start; i < len(x); i++ {
			t := float64(i-start) / rate
			attack := math.Min(1, t/0.008)
			var y float64
			for _, p := range instrument {
				y += float64(p.strength * math.Exp(-t/p.decay) * math.Sin(2*math.Pi*n.hz*p.ratio*t))
			}
			x[i] += float64(n.strength * attack * y)
		}
	}
	fade(x, 0.4)
	return x
}

// fade lets the last seconds go to zero along a raised cosine.
func fade(x []float64, seconds float64) {
	n := int(seconds * rate)
	for i := range n {
		x[len(x)-n+i] *= 0.5 + 0.5*math.Cos(math.Pi*float64(i+1)/float64(n))
	}
}

func chime() ([]float64, error) {
	x := play(2.5, bars(), []note{{0, g4, 0.9}, {0.42, c5, 0.95}, {0.84, e5, 1}})
	return levelled(x, -18, momentary)
}

// opening climbs the pentatonic scale that the region's songs are made of.
func opening() ([]float64, error) {
	x := play(6, strings(), []note{
		{0, g4, 0.8},
		{0.4, a4, 0.8},
		{0.8, c5, 0.9},
		{1.2, d5, 0.9},
		{1.6, e5, 1},
		{2.2, d5, 0.8},
		{2.6, e5, 0.9},
		{3.0, g5, 1},
		{3.8, c4, 0.6},
		{3.83, g4, 0.6},
		{3.86, c5, 0.7},
		{3.89, e5, 0.8},
	})
	return levelled(x, -18, integrated)
}

// closing comes down the same scale and rests on its ground note.
func closing() ([]float64, error) {
	x := play(4, strings(), []note{
		{0, g5, 0.9},
		{0.4, e5, 0.9},
		{0.8, d5, 0.85},
		{1.2, c5, 0.85},
		{1.8, c4, 0.7},
		{1.83, g4, 0.6},
		{1.86, c5, 0.7},
	})
	return levelled(x, -18, integrated)
}

// siren sweeps from 450 to 1100 Hz and back in 10 s. The mean pitch is turned
// by a hair so that a cycle holds a whole number of waves: its end then meets
// its beginning in phase, in every harmonic.
func siren() ([]float64, error) {
	const seconds, low, high = 10, 450.0, 1100.0
	pitch := func(i int) float64 {
		up := 0.5 - 0.5*math.Cos(2*math.Pi*float64(i)/(seconds*rate))
		return low * math.Pow(high/low, up)
	}
	waves := 0.0
	for i := range seconds * rate {
		waves += pitch(i) / rate
	}
	turn := math.Round(waves) / waves
	x := make([]float64, seconds*rate)
	phase := 0.0
	for i := range x {
		for h, strength := range []float64{1, 0.5, 0.35, 0.2, 0.12, 0.08} {
			x[i] += float64(strength * math.Sin(2*math.Pi*float64(h+1)*phase))
		}
		phase += float64(turn * pitch(i) / rate)
	}
	return levelled(x, -12, integrated)
}
