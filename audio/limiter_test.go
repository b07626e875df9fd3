package audio_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"loalang/audio"
)

// limited is x through a fresh Limiter, its latency taken out again.
func limited(x []float32, ceiling audio.Decibels) []float32 {
	l := audio.NewLimiter(ceiling)
	y := append(append([]float32{}, x...), make([]float32, l.Latency())...)
	for rest := y; len(rest) > 0; {
		n := min(len(rest), 333)
		l.Process(rest[:n])
		rest = rest[n:]
	}
	return y[l.Latency():]
}

func TestLimiterLeavesWhatIsBelowAlone(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	top := audio.Decibels(-1).Factor()
	x := make([]float32, 100000)
	for i := range x {
		x[i] = (2*random.Float32() - 1) * top
	}
	x[500], x[501] = top, -top // at the ceiling is not above it
	for i, v := range limited(x, -1) {
		if v != x[i] {
			t.Fatalf("frame %d is %v, want %v bit for bit", i, v, x[i])
		}
	}
}

func TestLimiterHoldsTheCeiling(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for _, c := range []struct {
		name  string
		sound func(i int) float32
	}{
		{"noise at +12 dB", func(int) float32 { return 8*random.Float32() - 4 }},
		{"a single peak", func(i int) float32 { return map[bool]float32{true: 5, false: 0.1}[i == 5000] }},
		{"a peak in the first frame", func(i int) float32 { return map[bool]float32{true: -5, false: 0.1}[i == 0] }},
		{"a burst", func(i int) float32 { return map[bool]float32{true: 2, false: 0.5}[i > 3000 && i < 9000] }},
		{"sine at +6 dB", func(i int) float32 { return 2 * float32(math.Sin(float64(i)/7)) }},
		{"peaks of all heights", func(i int) float32 { return float32(i%97) / 30 }},
		{"infinite", func(i int) float32 { return float32(math.Inf(i%3 - 1)) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := make([]float32, 20000)
			for i := range x {
				x[i] = c.sound(i)
			}
			top := audio.Decibels(-1).Factor()
			for i, v := range limited(x, -1) {
				if !(v <= top && v >= -top) {
					t.Fatalf("frame %d of %v is %v, want at most %v", i, x[i], v, top)
				}
			}
		})
	}
}

func TestLimiterComesBack(t *testing.T) {
	x := make([]float32, 96000)
	for i := range x {
		x[i] = 0.5
	}
	x[1000] = 4
	y := limited(x, -1)
	if y[800] != 0.5 {
		t.Errorf("the gain came down %d frames early", 200)
	}
	if y[1000] < 0.88 {
		t.Errorf("the peak is %v, want close below the ceiling", y[1000])
	}
	if y[1100] > 0.2 {
		t.Errorf("the sound is %v just behind the peak, want ducked", y[1100])
	}
	if y[95000] != 0.5 {
		t.Errorf("the sound is %v two seconds behind the peak, want 0.5 bit for bit", y[95000])
	}
	for i := 900; i < 1000; i++ {
		if d := y[i] - y[i+1]; i != 999 && (d > 0.01 || d < 0) {
			t.Fatalf("the gain falls by %v from frame %d to the next, want a slope", d, i)
		}
	}
}

func TestLimiterTakesNoNumberForSilence(t *testing.T) {
	x := []float32{0.25, float32(math.NaN()), 0.25}
	if y := limited(x, -1); y[0] != 0.25 || y[1] != 0 || y[2] != 0.25 {
		t.Errorf("Process = %v, want 0.25, 0, 0.25", y)
	}
}

func TestLimiterIgnoresACeilingAboveFullScale(t *testing.T) {
	if y := limited([]float32{3}, 6); y[0] > 1 {
		t.Errorf("Process = %v with a ceiling of +6 dB, want at most 1", y[0])
	}
}

func TestMeter(t *testing.T) {
	sine := func(i int) float32 { return 0.5 * float32(math.Sin(2*math.Pi*1000*float64(i)/48000)) }
	for _, c := range []struct {
		name      string
		sound     func(i int) float32
		rms, peak float64
	}{
		{"OK", sine, -9.03, -6.02},
		{"silence", func(int) float32 { return 0 }, -120, -120},
		{"full scale", func(i int) float32 { return float32(1 - 2*(i%2)) }, 0, 0},
		{"negative peak", func(i int) float32 { return map[bool]float32{true: -0.5}[i == 100] }, -42.83, -6.02},
		{"below the scale", func(int) float32 { return 1e-9 }, -120, -120},
		{"no number", func(int) float32 { return float32(math.NaN()) }, -120, -120},
	} {
		t.Run(c.name, func(t *testing.T) {
			var m audio.Meter
			x := make([]float32, 4800)
			for i := range x {
				x[i] = c.sound(i)
			}
			if m.Write(x[:4799]) {
				t.Error("Write = true before the window was full")
			}
			if l := m.Levels(); l.RMS != -120 || l.Peak != -120 {
				t.Errorf("Levels = %v before the first window, want −120", l)
			}
			if !m.Write(x[4799:]) {
				t.Error("Write = false for the frame that fills the window")
			}
			l := m.Levels()
			if math.Abs(float64(l.RMS)-c.rms) > 0.01 || math.Abs(float64(l.Peak)-c.peak) > 0.01 {
				t.Errorf("Levels = %v, want RMS %v, peak %v", l, c.rms, c.peak)
			}
		})
	}
}

func TestMeterForgetsTheWindowBefore(t *testing.T) {
	var m audio.Meter
	loud := make([]float32, 4800)
	for i := range loud {
		loud[i] = 1
	}
	m.Write(append(loud, make([]float32, 9600)...))
	if l := m.Levels(); l.RMS != -120 {
		t.Errorf("Levels = %v two silent windows later, want −120", l)
	}
}
