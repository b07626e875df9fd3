package recordings

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// noiseAt is white noise of so many dBFS.
func noiseAt(db float64, frames int) []float32 {
	r := rand.New(rand.NewPCG(1, 2))
	x := make([]float32, frames)
	for i := range x {
		x[i] = float32(math.Pow(10, db/20) * r.NormFloat64())
	}
	return x
}

// talk is speech as a meter sees it: 600 ms at one level, 400 ms at the level of the
// pauses.
func talk(speech, pauses float64, seconds, rate int) []float32 {
	x := noiseAt(pauses, seconds*rate)
	loud := noiseAt(speech, seconds*rate)
	for i := range x {
		if i%rate < rate*6/10 {
			x[i] = loud[i]
		}
	}
	return x
}

func heardOf(x []float32) Heard {
	g := newGauge(playRate)
	for len(x) > 0 {
		n := min(len(x), 4096)
		g.write(append([]float32(nil), x[:n]...))
		x = x[n:]
	}
	return g.read()
}

// Over 0.1 % of a wave at its top is clipped, 0.1 % is not, at full scale and turned
// down afterwards.
func TestClippedFromATenthOfAPercent(t *testing.T) {
	for _, top := range []float32{1, 0.7} {
		for _, c := range []struct {
			cut  int
			want bool
		}{{0, false}, {90, false}, {100, false}, {101, true}, {110, true}} {
			x := noiseAt(-30, 100_000)
			for i := range c.cut {
				x[i*900] = top
			}
			var h histogram
			h.write(x)
			if got := h.clipped() > clippedShare; got != c.want {
				t.Errorf("%d of 100,000 frames at %.1f: %v (%.5f)", c.cut, top, got, h.clipped())
			}
		}
	}
}

// A tone, noise and two tones reach their tops often, and are not clipped.
func TestNothingWholeIsClipped(t *testing.T) {
	tone, two := make([]float32, 48000), make([]float32, 48000)
	for i := range tone {
		tone[i] = float32(0.99 * math.Sin(2*math.Pi*440*float64(i)/48000))
		two[i] = float32(0.49*math.Sin(2*math.Pi*440*float64(i)/48000) + 0.49*math.Sin(2*math.Pi*554*float64(i)/48000))
	}
	for name, x := range map[string][]float32{"tone": tone, "two tones": two, "noise": noiseAt(-13, 100_000)} {
		var h histogram
		h.write(x)
		if share := h.clipped(); share > clippedShare {
			t.Errorf("%s: %.4f", name, share)
		}
	}
}

// Pauses over −35 dBFS in the play copy, or less than 20 dB under the speech, are
// noisy; half a decibel better is not.
func TestNoisyFromItsBounds(t *testing.T) {
	clean := Heard{Margin: 60}
	for _, c := range []struct {
		name           string
		speech, pauses float64
		came           Heard
		hum            bool
		want           bool
	}{
		{"OK pauses at −35.6", -10, -35.6, clean, false, false},
		{"pauses at −34.4", -10, -34.4, clean, false, true},
		{"OK 20.6 dB between", -20, -40.6, clean, false, false},
		{"19.4 dB between", -20, -39.4, clean, false, true},
		{"OK 20.1 dB between as it came", -18, -60, Heard{Margin: 20.1}, false, false},
		{"19.9 dB between as it came", -18, -60, Heard{Margin: 19.9}, false, true},
		{"OK hum between as it came", -18, -60, Heard{Margin: 10}, true, false},
	} {
		after := heardOf(talk(c.speech, c.pauses, 12, playRate))
		r := raw{heard: c.came}
		if c.hum {
			r.hum = []float64{50}
		}
		if got := r.noisy(after); got != c.want {
			t.Errorf("%s: %v, floor %.2f, margin %.2f", c.name, got, after.Floor, after.Margin)
		}
	}
	if (raw{heard: clean}).noisy(Heard{Length: 2900 * time.Millisecond, Floor: -10, Margin: 5}) {
		t.Error("under 3 s there need be no pause")
	}
}
