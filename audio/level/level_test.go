package level_test

import (
	"math"
	"testing"

	"loalang/audio/level"
)

func sine(rate int, hz, amplitude, seconds float64) []float32 {
	out := make([]float32, int(seconds*float64(rate)))
	for i := range out {
		out[i] = float32(amplitude * math.Sin(2*math.Pi*hz*float64(i)/float64(rate)))
	}
	return out
}

// The cases of EBU Tech 3341 that concern one channel, at mono weight: a
// stereo tone of the document reads 3.01 LU less here.
func TestMeterReadsTheReferenceTones(t *testing.T) {
	type part struct{ dbfs, seconds float64 }
	cases := []struct {
		name  string
		parts []part
		want  float64
	}{
		{"OK 1 kHz at -23 dBFS", []part{{-23, 20}}, -26.01},
		{"1 kHz at -33 dBFS", []part{{-33, 20}}, -36.01},
		{"relative gate", []part{{-36, 10}, {-23, 60}, {-36, 10}}, -26.01},
		{"absolute gate", []part{{-72, 10}, {-36, 10}, {-23, 60}, {-36, 10}, {-72, 10}}, -26.01},
		{"near the relative gate", []part{{-26, 20}, {-20, 20.1}, {-26, 20}}, -26.01},
		{"shorter than a window", []part{{-20, 0.2}}, -26.02},
	}
	for _, c := range cases {
		for _, rate := range []int{32000, 48000} {
			t.Run(c.name, func(t *testing.T) {
				m := level.NewMeter(rate)
				for _, p := range c.parts {
					m.Write(sine(rate, 1000, math.Pow(10, p.dbfs/20), p.seconds))
				}
				if got := m.Loudness().Integrated; math.Abs(got-c.want) > 0.1 {
					t.Errorf("at %d Hz: %.2f LUFS, want %.2f", rate, got, c.want)
				}
			})
		}
	}
}

func TestMeterRangeOfTwoLevels(t *testing.T) {
	m := level.NewMeter(48000)
	m.Write(sine(48000, 1000, math.Pow(10, -20.0/20), 20))
	m.Write(sine(48000, 1000, math.Pow(10, -30.0/20), 20))
	if got := m.Loudness().Range; math.Abs(got-10) > 1 {
		t.Errorf("range %.2f LU, want 10 (EBU Tech 3342 case 1)", got)
	}
}

func TestMeterOfNothing(t *testing.T) {
	l := level.NewMeter(48000).Loudness()
	if l.Integrated != level.Silent || l.Momentary != level.Silent || l.ShortTerm != level.Silent || l.Range != 0 {
		t.Errorf("nothing reads %+v", l)
	}
}

func TestMeterMomentaryFindsTheLoudPart(t *testing.T) {
	m := level.NewMeter(48000)
	m.Write(make([]float32, 48000))
	m.Write(sine(48000, 1000, 0.1, 0.5))
	m.Write(make([]float32, 24000))
	if got := m.Loudness().Momentary; math.Abs(got-(-23.01)) > 0.1 {
		t.Errorf("momentary %.2f, want -23.0", got)
	}
	if got := m.Loudness().ShortTerm; got != level.Silent {
		t.Errorf("short-term of 2 s is %.2f, want none", got)
	}
}

func TestTruePeakSeesBetweenFrames(t *testing.T) {
	// A quarter of the rate at 45°: every frame is at 0.707, the wave at 1.
	x := make([]float32, 4800)
	for i := range x {
		edge := math.Min(1, math.Min(float64(i), float64(len(x)-1-i))/480)
		x[i] = float32(edge * math.Sin(math.Pi/2*float64(i)+math.Pi/4))
	}
	p := level.NewTruePeak()
	p.Write(x)
	if got := p.DBTP(); math.Abs(got) > 0.1 {
		t.Errorf("true peak %.2f dBTP, want 0", got)
	}
	silent := level.NewTruePeak()
	silent.Write(make([]float32, 100))
	if got := silent.DBTP(); got != level.Silent {
		t.Errorf("silence peaks at %.2f", got)
	}
}

func TestTruePeakCountsTheLastFrame(t *testing.T) {
	p := level.NewTruePeak()
	p.Write(append(make([]float32, 50), 0.5))
	if got := p.Peak(); math.Abs(got-0.5) > 1e-6 {
		t.Errorf("peak %.3f, want 0.5", got)
	}
}

func limit(x []float32, gain, ceiling float64) []float32 {
	l := level.NewLimiter(32000, gain, ceiling)
	var out []float32
	for len(x) > 0 { // uneven blocks: the result must not depend on them
		n := min(len(x), 777)
		out = l.Process(out, x[:n])
		x = x[n:]
	}
	return l.Flush(out)
}

func TestLimiterLeavesQuietSoundAlone(t *testing.T) {
	x := sine(32000, 440, 0.2, 1)
	y := limit(x, 2, 0.8)
	if len(y) != len(x) {
		t.Fatalf("%d frames out of %d", len(y), len(x))
	}
	for i := range x {
		if d := math.Abs(float64(y[i]) - 2*float64(x[i])); d > 1e-6 {
			t.Fatalf("frame %d moved by %g", i, d)
		}
	}
}

func TestLimiterHoldsTheTruePeak(t *testing.T) {
	burst := sine(32000, 900, 0.1, 2)
	for i := 20000; i < 24000; i++ {
		burst[i] *= 10
	}
	click := make([]float32, 32000)
	click[5000], click[5001] = 1, -1
	cases := []struct {
		name  string
		sound []float32
	}{
		{"OK burst", burst},
		{"click", click},
		{"between frames", sine(32000, 7999, 0.9, 1)},
		{"first frame", append([]float32{1}, make([]float32, 100)...)},
		{"shorter than the window", []float32{1, -1, 1}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			y := limit(c.sound, 4, 0.8)
			if len(y) != len(c.sound) {
				t.Fatalf("%d frames out of %d", len(y), len(c.sound))
			}
			p := level.NewTruePeak()
			p.Write(y)
			if got := p.Peak(); got > 0.8*1.01 {
				t.Errorf("peak %.4f over the ceiling of 0.8", got)
			}
			if got := p.Peak(); got < 0.4 {
				t.Errorf("peak %.4f: limited far too much", got)
			}
		})
	}
}

func TestLimiterLetsGo(t *testing.T) {
	x := sine(32000, 900, 0.1, 2)
	for i := 20000; i < 22000; i++ {
		x[i] *= 10
	}
	y := limit(x, 1, 0.5)
	tail := 0.0
	for _, v := range y[22000+16000:] {
		tail = max(tail, math.Abs(float64(v)))
	}
	if tail < 0.099 {
		t.Errorf("half a second after the burst the gain is still %.3f", tail/0.1)
	}
}

func TestResamplerKeepsToneAndTime(t *testing.T) {
	for _, n := range []int{0, 1, 2, 3, 31, 32000, 32001} {
		x := sine(32000, 1000, 0.5, 2)[:n]
		r := level.NewResampler()
		y := r.Flush(r.Process(nil, x))
		if want := (3*n + 1) / 2; len(y) != want {
			t.Fatalf("%d frames became %d, want %d", n, len(y), want)
		}
		for i := 100; i < len(y)-100; i++ {
			want := 0.5 * math.Sin(2*math.Pi*1000*float64(i)/48000)
			if d := math.Abs(float64(y[i]) - want); d > 1e-4 {
				t.Fatalf("frame %d of %d is off by %g", i, n, d)
			}
		}
	}
}

func TestFiltersHalvePowerAtTheirCorner(t *testing.T) {
	cases := []struct {
		name   string
		filter *level.Biquad
		hz     float64
		want   float64
	}{
		{"OK high-pass at its corner", level.HighPass(32000, 180), 180, -3},
		{"high-pass an octave below", level.HighPass(32000, 180), 90, -12.3},
		{"high-pass in the band", level.HighPass(32000, 180), 2000, 0},
		{"low-pass at its corner", level.LowPass(32000, 7500), 7500, -3},
		{"low-pass in the band", level.LowPass(32000, 7500), 1000, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var top float64
			for i, x := range sine(32000, c.hz, 1, 1) {
				if y := c.filter.Step(float64(x)); i > 16000 {
					top = max(top, math.Abs(y))
				}
			}
			if got := 20 * math.Log10(top); math.Abs(got-c.want) > 0.2 {
				t.Errorf("%.2f dB, want %.2f", got, c.want)
			}
		})
	}
}

func BenchmarkMeterMinute(b *testing.B) {
	x := sine(48000, 1000, 0.5, 60)
	for b.Loop() {
		m := level.NewMeter(48000)
		m.Write(x)
	}
}

func BenchmarkLimiterMinute(b *testing.B) {
	x := sine(32000, 1000, 0.5, 60)
	y := make([]float32, 0, len(x)+1000)
	for b.Loop() {
		l := level.NewLimiter(32000, 2, 0.8)
		y = l.Process(y[:0], x)
	}
}

func BenchmarkResamplerMinute(b *testing.B) {
	x := sine(32000, 1000, 0.5, 60)
	y := make([]float32, 0, 2*len(x))
	for b.Loop() {
		y = level.NewResampler().Process(y[:0], x)
	}
}
