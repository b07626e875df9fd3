package audio_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"loalang/audio"
)

// sentence is speech as a gate sees it: harmonics of a voice of 130 Hz in
// syllables, four a second, between which it falls by 20 dB; peak is its amplitude.
func sentence(length time.Duration, peak float64) []float32 {
	x := make([]float32, audio.Rate.N(length))
	for i := range x {
		at := float64(i) / 48000
		var v float64
		for h := 1; h <= 12; h++ {
			v += math.Sin(2*math.Pi*130*float64(h)*at+float64(h*h)) / float64(h)
		}
		syllable := 0.1 + 0.9*math.Abs(math.Sin(2*math.Pi*2*at))
		x[i] = float32(peak / 2 * v * syllable)
	}
	return x
}

// room is the noise of a room.
func room(length time.Duration, level audio.Decibels) []float32 {
	dice := rand.New(rand.NewPCG(1, 2))
	x := make([]float32, audio.Rate.N(length))
	for i := range x {
		x[i] = float32(dice.NormFloat64()) * level.Factor()
	}
	return x
}

func loudness(x []float32) audio.Decibels {
	var sum float64
	for _, v := range x {
		sum += float64(v) * float64(v)
	}
	return audio.Decibels(10 * math.Log10(sum/float64(len(x))+1e-20))
}

// TestGateLetsSpeechThrough: two sentences in a noisy room; between them and
// around them the room is kept out, in them nothing is missing.
func TestGateLetsSpeechThrough(t *testing.T) {
	for _, peak := range []float64{0.5, 0.1, 0.04} {
		x := room(8*time.Second, -58)
		for _, from := range []int{1, 4} {
			for i, v := range sentence(2*time.Second, peak) {
				x[from*48000+i] += v
			}
		}
		dry := slices.Clone(x)
		g := audio.NewGate(audio.GateOptions{})
		turns, was := 0, false
		for i := range x {
			g.Process(x[i : i+1])
			if g.Opened() != was {
				was = !was
				turns++
			}
		}
		if turns != 4 {
			t.Errorf("peak %v: it opened and closed %d times, want two sentences", peak, turns)
		}
		second := func(of []float32, from, to float64) []float32 { return of[int(from*48000):int(to*48000)] }
		for _, quiet := range [][2]float64{{0.1, 0.9}, {3.7, 3.95}, {6.7, 8}} {
			if got := loudness(second(x, quiet[0], quiet[1])); got > -58-35 {
				t.Errorf("peak %v: the room is at %.1f dB from %v s on, want it 35 dB lower than it is", peak, got, quiet[0])
			}
		}
		for _, loud := range [][2]float64{{1.03, 2.95}, {4.03, 5.95}} {
			got, want := loudness(second(x, loud[0], loud[1])), loudness(second(dry, loud[0], loud[1]))
			if math.Abs(float64(got-want)) > 0.1 {
				t.Errorf("peak %v: the sentence is at %.2f dB, want %.2f", peak, got, want)
			}
		}
	}
}

// TestGateDoesNotClick: its gain never jumps.
func TestGateDoesNotClick(t *testing.T) {
	g := audio.NewGate(audio.GateOptions{Open: -40, Close: -46, Attack: 3 * time.Millisecond, Hold: 10 * time.Millisecond, Release: 50 * time.Millisecond, Floor: -60})
	before := float32(-60)
	dice := rand.New(rand.NewPCG(3, 4))
	for k := range 400 {
		loud := float32(0.001)
		if dice.IntN(2) == 0 {
			loud = 0.5
		}
		for i := range 960 {
			v := loud
			if i%2 == 1 {
				v = -v
			}
			frame := []float32{v}
			g.Process(frame)
			gain := frame[0] / v
			if k+i > 0 && (gain-before > 0.025 || before-gain > 0.025) {
				t.Fatalf("its gain jumps from %v to %v", before, gain)
			}
			before = gain
		}
	}
}

func TestGateHysteresis(t *testing.T) {
	tone := func(level audio.Decibels, length time.Duration) []float32 {
		x := make([]float32, audio.Rate.N(length))
		for i := range x {
			x[i] = level.Factor() * float32(math.Sqrt2*math.Sin(2*math.Pi*1000*float64(i)/48000))
		}
		return x
	}
	o := audio.GateOptions{Open: -30, Close: -40, Attack: time.Millisecond, Hold: 100 * time.Millisecond, Release: 10 * time.Millisecond, Floor: -50}
	g := audio.NewGate(o)
	for _, c := range []struct {
		name  string
		frame []float32
		open  bool
	}{
		{"silence", make([]float32, 48000), false},
		{"between the two it stays closed", tone(-35, time.Second), false},
		{"above it opens", tone(-24, 50*time.Millisecond), true},
		{"between the two it stays open", tone(-35, time.Second), true},
		{"quiet for less than the hold time", make([]float32, 4800), true},
		{"and back", tone(-35, 200*time.Millisecond), true},
		{"quiet for longer", make([]float32, 4800+4800), false},
		{"an offset is no voice", flatFloat(0.2, 48000), false},
	} {
		if c.name == "an offset is no voice" {
			g = audio.NewGate(o)
			warm := flatFloat(0.2, 9600) // the jump to it is heard
			g.Process(warm)
		}
		g.Process(c.frame)
		if g.Opened() != c.open {
			t.Errorf("%s: opened %v, want %v", c.name, g.Opened(), c.open)
		}
	}
}

func flatFloat(v float32, n int) []float32 { return slices.Repeat([]float32{v}, n) }

// TestGateIgnoresHum: 50 Hz at the level of speech do not open it.
func TestGateIgnoresHum(t *testing.T) {
	g := audio.NewGate(audio.GateOptions{})
	x := make([]float32, 96000)
	for i := range x {
		x[i] = audio.Decibels(-38).Factor() * float32(math.Sqrt2*math.Sin(2*math.Pi*50*float64(i)/48000))
	}
	g.Process(x)
	if g.Opened() {
		t.Error("hum at −38 dB opened it")
	}
}

func TestGateIsTheSameInPieces(t *testing.T) {
	x := append(room(time.Second, -60), sentence(time.Second, 0.3)...)
	x = append(x, room(time.Second, -60)...)
	x[100], x[70000], x[70001] = float32(math.NaN()), float32(math.Inf(1)), float32(math.NaN())
	whole := slices.Clone(x)
	audio.NewGate(audio.GateOptions{}).Process(whole)
	g := audio.NewGate(audio.GateOptions{})
	for at := 0; at < len(x); at += 37 {
		g.Process(x[at:min(at+37, len(x))])
	}
	if !slices.Equal(x, whole) {
		t.Error("what it does depends on the pieces in which sound comes")
	}
	for i, v := range x {
		if v != v {
			t.Fatalf("frame %d is no number", i)
		}
	}
	if g.Opened() {
		t.Error("one infinite frame keeps it open")
	}
}

func TestGateAllocatesNothing(t *testing.T) {
	g, x := audio.NewGate(audio.GateOptions{}), sentence(10*time.Millisecond, 0.3)
	if n := testing.AllocsPerRun(100, func() { g.Process(x) }); n != 0 {
		t.Errorf("it allocates %v times, want 0", n)
	}
}
