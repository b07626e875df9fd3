package yardstick_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"loalang/recordings/yardstick"
)

// babble is noise with the rhythm of syllables, in which every band rises and
// falls.
func babble(seconds, rate int) []float64 {
	r := rand.New(rand.NewPCG(1, 1))
	x := make([]float64, seconds*rate)
	for i := range x {
		t := float64(i) / float64(rate)
		x[i] = 0.2 * r.NormFloat64() * (0.05 + math.Pow(math.Sin(math.Pi*3.3*t), 2)) * (0.3 + math.Pow(math.Sin(math.Pi*0.7*t), 2))
	}
	return x
}

func noisy(x []float64, amplitude float64) []float64 {
	r := rand.New(rand.NewPCG(2, 2))
	y := make([]float64, len(x))
	for i := range y {
		y[i] = x[i] + amplitude*r.NormFloat64()
	}
	return y
}

func TestSTOIOfTheSameIsOne(t *testing.T) {
	x := babble(6, 16000)
	if got := yardstick.STOI(x, 16000, x, 16000); got < 0.9999 {
		t.Errorf("got %.5f", got)
	}
	quiet, late := make([]float64, len(x)), make([]float64, len(x)+4000)
	for i := range x {
		quiet[i], late[i+4000] = -0.05*x[i], x[i]
	}
	for name, y := range map[string][]float64{"quiet and upside down": quiet, "late": late, "early": x[3200:]} {
		if got := yardstick.STOI(x, 16000, y, 16000); got < 0.93 { // of the early one the beginning is missing
			t.Errorf("%s: %.4f", name, got)
		}
	}
}

func TestSTOIFallsWithNoise(t *testing.T) {
	x := babble(6, 16000)
	before := 1.1
	for _, a := range []float64{0, 0.003, 0.01, 0.03, 0.1, 0.3, 1} {
		got := yardstick.STOI(x, 16000, noisy(x, a), 16000)
		if got >= before || got < -0.05 {
			t.Errorf("noise of %g: %.4f after %.4f", a, got, before)
		}
		before = got
	}
	if before > 0.35 {
		t.Errorf("under noise 20 dB above it the speech is still %.3f", before)
	}
	if got := yardstick.STOI(x, 16000, noisy(make([]float64, len(x)), 1), 16000); math.Abs(got) > 0.35 {
		t.Errorf("noise alone is %.3f", got)
	}
}

func TestResampleKeepsATone(t *testing.T) {
	x := make([]float64, 32000)
	for i := range x {
		x[i] = math.Sin(2 * math.Pi * 1000 * float64(i) / 32000)
	}
	y := yardstick.Resample(x, 32000, 10000)
	for i := 100; i < len(y)-100; i++ {
		if want := math.Sin(2 * math.Pi * 1000 * float64(i) / 10000); math.Abs(y[i]-want) > 0.01 {
			t.Fatalf("frame %d: %.4f, want %.4f", i, y[i], want)
		}
	}
}

func TestBadsAreTheSameEachTime(t *testing.T) {
	x := babble(8, 32000)
	all := yardstick.Bads()
	if len(all) != 10 {
		t.Fatalf("%d ways", len(all))
	}
	for _, b := range all {
		one, two := b.Spoil(x, 32000), b.Spoil(x, 32000)
		for c := range one {
			for i := range one[c] {
				if one[c][i] != two[c][i] || math.IsNaN(one[c][i]) {
					t.Fatalf("%s: frame %d is %g and %g", b.Name, i, one[c][i], two[c][i])
				}
			}
		}
	}
}
