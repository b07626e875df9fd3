package yardstick

import (
	"math"
	"math/rand/v2"

	"loalang/audio/level"
)

// Bad is one way in which a recording comes out bad.
type Bad struct {
	Name string
	// Spoil gives what a microphone, a room or a phone makes of clean speech at
	// rate frames per second: one channel, or two. clean is not changed.
	Spoil func(clean []float64, rate int) [][]float64
}

// Bads are the ten ways, "clean" being the first.
func Bads() []Bad {
	one := func(f func(x []float64, rate int)) func([]float64, int) [][]float64 {
		return func(clean []float64, rate int) [][]float64 {
			x := append([]float64(nil), clean...)
			f(x, rate)
			return [][]float64{x}
		}
	}
	return []Bad{
		{"clean", one(func([]float64, int) {})},
		{"−42 LUFS, pink noise", one(func(x []float64, rate int) {
			mix(x, pink(len(x), 2), energy(x)-22)
			amplify(x, -42-Loudness(x, rate))
		})},
		{"−50 LUFS, white noise", one(func(x []float64, rate int) {
			mix(x, white(len(x), 3), energy(x)-25)
			amplify(x, -50-Loudness(x, rate))
		})},
		{"50 Hz hum", one(func(x []float64, rate int) { mix(x, humming(len(x), rate), energy(x)-6) })},
		{"clipped", one(func(x []float64, _ int) {
			amplify(x, 14-20*math.Log10(peak(x)))
			clip(x)
		})},
		{"wind rumble", one(func(x []float64, rate int) { mix(x, wind(len(x), rate, 5), energy(x)+6) })},
		{"reverb", one(func(x []float64, rate int) { ring(x, rate, 0.8, 6) })},
		{"level step of 16 dB", one(func(x []float64, _ int) { amplify(x[len(x)/2:], -16) })},
		{"one channel of two", func(clean []float64, _ int) [][]float64 {
			x := append([]float64(nil), clean...)
			amplify(x, -12)
			y := white(len(x), 8)
			mix(x, white(len(x), 9), -70)
			amplify(y, -70-energy(y))
			return [][]float64{x, y}
		}},
		{"motorbikes", one(func(x []float64, rate int) { mix(x, motorbikes(len(x), rate), energy(x)-8) })},
	}
}

// Loudness is the integrated loudness of x in LUFS.
func Loudness(x []float64, rate int) float64 {
	m := level.NewMeter(rate)
	block := make([]float32, 0, 4096)
	for len(x) > 0 {
		block = block[:0]
		for _, v := range x[:min(len(x), cap(block))] {
			block = append(block, float32(v))
		}
		m.Write(block)
		x = x[len(block):]
	}
	return m.Loudness().Integrated
}

func amplify(x []float64, db float64) {
	g := math.Pow(10, db/20)
	for i := range x {
		x[i] *= g
	}
}

func clip(x []float64) {
	for i := range x {
		x[i] = max(-1, min(1, x[i]))
	}
}

func peak(x []float64) (top float64) {
	for _, v := range x {
		top = max(top, math.Abs(v))
	}
	return top
}

// energy is the mean power of x in dBFS.
func energy(x []float64) float64 {
	var sum float64
	for _, v := range x {
		sum += v * v
	}
	return 10 * math.Log10(sum/float64(len(x))+1e-20)
}

// mix adds noise to x, of so many dBFS in the mean.
func mix(x, noise []float64, db float64) {
	amplify(noise, db-energy(noise))
	for i := range x {
		x[i] += noise[i]
	}
}

func white(n int, seed uint64) []float64 {
	r := rand.New(rand.NewPCG(seed, seed))
	x := make([]float64, n)
	for i := range x {
		x[i] = r.NormFloat64()
	}
	return x
}

// pink is white noise through Paul Kellet's filter, −3 dB for each octave.
func pink(n int, seed uint64) []float64 {
	x := white(n, seed)
	var b [6]float64
	for i, w := range x {
		b[0] = 0.99886*b[0] + w*0.0555179
		b[1] = 0.99332*b[1] + w*0.0750759
		b[2] = 0.96900*b[2] + w*0.1538520
		b[3] = 0.86650*b[3] + w*0.3104856
		b[4] = 0.55000*b[4] + w*0.5329522
		b[5] = -0.7616*b[5] - w*0.0168980
		x[i] = b[0] + b[1] + b[2] + b[3] + b[4] + b[5] + w*0.5362
	}
	return x
}

// humming is a mains hum with its harmonics up to 550 Hz.
func humming(n, rate int) []float64 {
	x := make([]float64, n)
	for k, share := range []float64{1, 0.5, 0.6, 0.2, 0.35, 0.1, 0.2, 0.05, 0.12, 0.03, 0.08} {
		turn := 2 * math.Pi * 50.02 * float64(k+1) / float64(rate)
		for i := range x {
			x[i] += share * math.Sin(turn*float64(i)+float64(k))
		}
	}
	return x
}

// wind is gusts of noise under 120 Hz.
func wind(n, rate int, seed uint64) []float64 {
	x := white(n, seed)
	lows := []*level.Biquad{level.LowPass(rate, 120), level.LowPass(rate, 120)}
	for i := range x {
		for _, l := range lows {
			x[i] = l.Step(x[i])
		}
		gust := math.Sin(2 * math.Pi * float64(i) / float64(rate) / 3.7)
		x[i] *= 0.2 + gust*gust
	}
	return x
}

// ring lets a room of so many seconds to −60 dB ring, its reverberation 6 dB under
// the voice.
func ring(x []float64, rate int, seconds float64, seed uint64) {
	tail := white(int(seconds*float64(rate)), seed)
	var e float64
	for i := range tail {
		t := float64(i) / float64(rate)
		if t < 0.01 {
			tail[i] = 0 // before the first wall
		}
		tail[i] *= math.Pow(10, -3*t/seconds)
		e += tail[i] * tail[i]
	}
	wet := convolve(x, tail)
	g := math.Pow(10, -6.0/20) / math.Sqrt(e)
	for i := range x {
		x[i] += g * wet[i]
	}
}

// motorbikes pass by every five seconds: a motor of 90 Hz with its harmonics and
// the noise of the road, for a second and a half.
func motorbikes(n, rate int) []float64 {
	x := make([]float64, n)
	road := pink(n, 10)
	for i := range x {
		t := float64(i) / float64(rate)
		at := math.Mod(t, 5)
		if at > 1.5 {
			continue
		}
		near := math.Sin(math.Pi * at / 1.5)
		var motor float64
		for k := 1; k <= 8; k++ {
			motor += math.Sin(2*math.Pi*float64(k)*(90*t+3*math.Sin(t))) / float64(k)
		}
		x[i] = near * (motor + 0.5*road[i])
	}
	return x
}

// convolve gives as much of x through h as x is long.
func convolve(x, h []float64) []float64 {
	size := 1
	for size < len(x)+len(h) {
		size *= 2
	}
	a, b := make([]complex128, size), make([]complex128, size)
	for i, v := range x {
		a[i] = complex(v, 0)
	}
	for i, v := range h {
		b[i] = complex(v, 0)
	}
	level.Transform(a)
	level.Transform(b)
	for i := range a {
		a[i] *= b[i]
	}
	level.Transform(a)
	out := make([]float64, len(x))
	for i := range out {
		out[i] = real(a[(size-i)%size]) / float64(size)
	}
	return out
}
