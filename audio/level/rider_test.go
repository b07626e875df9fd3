package level_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"loalang/audio/level"
)

// babble is noise in syllables, four a second, with a pause of half a second
// after every two seconds: what speech is to a meter.
func babble(seconds float64, amplitude float64) []float32 {
	r := rand.New(rand.NewPCG(7, 7))
	frames := make([]float32, int(seconds*48000))
	low := 0.0
	for i := range frames {
		t := float64(i) / 48000
		low += (r.NormFloat64() - low) * 0.15
		if math.Mod(t, 2.5) < 2 {
			frames[i] = float32(amplitude * low * math.Abs(math.Sin(2*math.Pi*2*t)))
		}
	}
	return frames
}

func integratedOf(frames []float32) float64 {
	m := level.NewMeter(48000)
	m.Write(frames)
	return m.Loudness().Integrated
}

func TestRiderBringsVoiceToTheHouseLevel(t *testing.T) {
	for name, amplitude := range map[string]float64{"a phone held far away": 0.05, "about right": 0.3, "shouted": 1.5} {
		t.Run(name, func(t *testing.T) {
			frames := babble(12, amplitude)
			before := integratedOf(frames)
			r := level.NewRider(level.House)
			for rest := frames; len(rest) > 0; rest = rest[min(len(rest), 960):] {
				r.Process(rest[:min(len(rest), 960)])
			}
			after := integratedOf(frames[4*48000:])
			if math.Abs(after-level.House) > 1 {
				t.Errorf("%.1f LUFS became %.1f, want %v ± 1 after 4 s", before, after, level.House)
			}
		})
	}
}

// A pause must not be answered with more and more gain: the next word would be
// far too loud.
func TestRiderKeepsItsGainInAPause(t *testing.T) {
	r := level.NewRider(level.House)
	r.Process(babble(2, 0.1))
	before := r.Gain()
	r.Process(make([]float32, 10*48000))
	if after := r.Gain(); math.Abs(after-before) > 2.1 { // the step under way may still end
		t.Errorf("ten seconds of silence moved the gain from %.1f to %.1f dB", before, after)
	}
}

func TestRiderIsBounded(t *testing.T) {
	r := level.NewRider(level.House)
	bad := []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1))}
	r.Process(bad)
	for _, v := range bad {
		if v != 0 {
			t.Errorf("what is no number became %v", v)
		}
	}
	frames := babble(4, 0.1)
	r.Process(frames)
	for i, v := range frames {
		if v != v {
			t.Fatalf("frame %d is poisoned", i)
		}
	}
	if n := testing.AllocsPerRun(100, func() { r.Process(frames[:960]) }); n != 0 {
		t.Errorf("%v allocations a block", n)
	}
}

func TestDoubler(t *testing.T) {
	const hz, lag = 3000.0, 16
	src := make([]float32, 4800)
	for i := range src {
		src[i] = float32(math.Sin(2 * math.Pi * hz * float64(i) / 24000))
	}
	d := level.NewDoubler()
	var out []float32
	for rest := src; len(rest) > 0; rest = rest[min(len(rest), 479):] {
		out = d.Process(out, rest[:min(len(rest), 479)])
	}
	if len(out) != 2*len(src) {
		t.Fatalf("%d frames became %d", len(src), len(out))
	}
	for i := 200; i < len(out)-200; i++ {
		want := math.Sin(2 * math.Pi * hz * (float64(i) - 2*lag) / 48000)
		if math.Abs(float64(out[i])-want) > 2e-4 {
			t.Fatalf("frame %d is %v, want %v", i, out[i], want)
		}
	}
}
