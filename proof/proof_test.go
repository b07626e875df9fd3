package proof_test

import (
	"math"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"loalang/proof"
)

// stage feeds both streams of a broadcast to a Trial as they would come.
type stage struct {
	sent, heard       proof.Track
	toSent, toHeard   *proof.Analyser
	now               time.Duration
	trial             *proof.Trial
	losses            []proof.Verdict // as they were told
	lossAt            time.Duration
	began             time.Duration
	lost              bool
	withoutSent, mute bool // that stream gives nothing
}

func newStage(g proof.Gate) *stage {
	s := &stage{toSent: proof.NewAnalyser(), toHeard: proof.NewAnalyser(), now: time.Hour, trial: proof.NewTrial(g, 0, false)}
	s.run(make([]int16, 48000), make([]int16, 48000)) // a second in which nothing is
	s.began = s.now
	return s
}

// run lets both streams come, 40 ms at a time.
func (s *stage) run(sent, heard []int16) {
	const piece = 1920
	for i := 0; i < max(len(sent), len(heard)); i += piece {
		s.now += 40 * time.Millisecond
		if !s.withoutSent {
			s.sent.Write(s.now, s.toSent.Write(nil, part(sent, i, piece)))
		}
		if !s.mute {
			s.heard.Write(s.now, s.toHeard.Write(nil, part(heard, i, piece)))
		}
		s.trial.Advance(&s.sent, &s.heard)
		if l := s.trial.Loss(); (l != nil) != s.lost {
			if s.lost = l != nil; s.lost {
				s.losses = append(s.losses, l.As)
				s.lossAt = s.now
			}
		}
	}
}

// part is a piece of sound, with silence behind its end.
func part(x []int16, at, n int) []int16 {
	out := make([]int16, n)
	if at < len(x) {
		copy(out, x[at:])
	}
	return out
}

// broadcast sends something, hears something else, and judges.
func (s *stage) broadcast(sent, heard []int16) proof.Result {
	s.trial.Sounds("voice", s.now)
	s.trial.End(s.now + time.Duration(len(sent))*time.Second/48000)
	s.run(sent, heard)
	s.run(nil, make([]int16, 4*48000))
	return s.trial.Result(&s.sent, &s.heard)
}

// gate is that of an amplifier whose sound comes at −20 dB, with crosstalk at −50 dB.
func gate(t testing.TB, x []float64) proof.Gate {
	t.Helper()
	sample := func(db float64) proof.Result {
		return newStage(proof.Gate{}).broadcast(card(x), card(gain(x, db)))
	}
	on, off := sample(-20), sample(-50)
	g := proof.Gate{Off: off.Level, On: on.Level, Sent: on.Sent}
	if err := g.Check(); err != nil {
		t.Fatal(err)
	}
	return g
}

// condition is what becomes of an announcement on its way to the monitor input.
type condition struct {
	name string
	want proof.Verdict
	some bool    // ten of the forty tell enough of it, unless LOALANG_FIGURES is set
	down float64 // dB by which it is turned down before it is sent
	make func(x, other []float64, r *rand.Rand) []float64
}

func conditions() []condition {
	snr := func(db float64) func(x, _ []float64, r *rand.Rand) []float64 {
		return func(x, _ []float64, r *rand.Rand) []float64 {
			return noise(gain(delay(x, .1+.4*r.Float64()), -20), rms(x)*.1*math.Pow(10, -db/20), r)
		}
	}
	return []condition{
		{"0.5 s late, at −30 dB", proof.Heard, true, 0, func(x, _ []float64, r *rand.Rand) []float64 { return noise(gain(delay(x, .5), -30), 1e-4, r) }},
		{"1.9 s late, inverted", proof.Heard, true, 0, func(x, _ []float64, r *rand.Rand) []float64 {
			y := gain(delay(x, 1.9), -10)
			for i := range y {
				y[i] = -y[i]
			}
			return noise(y, 1e-4, r)
		}},
		{"noise 20 dB below", proof.Heard, true, 0, snr(20)},
		{"noise 10 dB below", proof.Heard, true, 0, snr(10)},
		{"noise 5 dB below", proof.Heard, false, 0, snr(5)},
		{"hum as loud as speech", proof.Heard, true, 0, func(x, _ []float64, r *rand.Rand) []float64 {
			return noise(hum(gain(delay(x, .3), -20), .12*rms(x)), 1e-4, r)
		}},
		{"clipped by 20 dB", proof.Heard, true, 0, func(x, _ []float64, r *rand.Rand) []float64 {
			return noise(gain(clipped(gain(delay(x, .5), 20)), -6), 1e-3, r)
		}},
		{"clipped by 34 dB", proof.Heard, true, 0, func(x, _ []float64, r *rand.Rand) []float64 {
			return noise(gain(clipped(gain(delay(x, .5), 34)), -6), 1e-3, r)
		}},
		{"echo of 0.6 s", proof.Heard, true, 0, func(x, _ []float64, r *rand.Rand) []float64 {
			return noise(gain(echo(delay(x, .2), .6, r), -20), 3e-4, r)
		}},
		{"echo of 1.5 s, noise 10 dB below", proof.Heard, true, 0, func(x, _ []float64, r *rand.Rand) []float64 {
			return noise(gain(echo(delay(x, .2), 1.5, r), -20), .03*rms(x), r)
		}},
		{"clocks 300 ppm apart", proof.Heard, true, 0, func(x, _ []float64, r *rand.Rand) []float64 {
			return noise(stretch(gain(delay(x, .4), -20), 1.0003), 3e-4, r)
		}},
		{"amplifier off: the floor", proof.Silent, false, 0, func(x, _ []float64, r *rand.Rand) []float64 {
			return noise(make([]float64, len(x)+3*rate), 1e-4, r)
		}},
		{"amplifier off: crosstalk at −50 dB", proof.Silent, false, 0, func(x, _ []float64, r *rand.Rand) []float64 {
			return gain(delay(x, .3), -50)
		}},
		{"amplifier off: hum", "", true, 0, func(x, _ []float64, r *rand.Rand) []float64 {
			return noise(hum(make([]float64, len(x)+3*rate), .01), 1e-4, r)
		}},
		{"amplifier off: loud noise", "", true, 0, func(x, _ []float64, r *rand.Rand) []float64 {
			return noise(make([]float64, len(x)+3*rate), .1, r)
		}},
		{"another announcement", proof.Wrong, false, 0, func(x, other []float64, r *rand.Rand) []float64 {
			y := gain(delay(other, .3), -10)
			for len(y) < len(x)+3*rate {
				y = append(y, gain(other, -10)...)
			}
			return noise(y, 1e-4, r)
		}},
		{"the same, 4 to 7 s off", proof.Wrong, false, 0, func(x, _ []float64, r *rand.Rand) []float64 {
			k := min(int((4+3*r.Float64())*rate), len(x)-4*rate) // less than 4 s off it would be heard
			return noise(gain(delay(append(append([]float64(nil), x[k:]...), x...), 0), -10), 1e-4, r)
		}},
		{"music", proof.Wrong, false, 0, func(x, _ []float64, r *rand.Rand) []float64 { return music(len(x)+3*rate, r) }},
		{"turned down to −60 dB", proof.Heard, true, 22, func(x, _ []float64, r *rand.Rand) []float64 {
			return noise(gain(delay(x, .5), -20), 1e-4, r)
		}},
		{"turned down to −66 dB, noise 6 dB above", proof.NotMeasured, true, 28, func(x, _ []float64, r *rand.Rand) []float64 {
			return noise(gain(delay(x, .5), -20), 1e-3, r)
		}},
	}
}

// Forty announcements in every condition: what is right is heard down to noise 5 dB
// below it, with the amplifier off nothing is, and what is wrong in at most one of 200.
func TestFortyAnnouncements(t *testing.T) {
	all := spoken(t)
	g := gate(t, all[0])
	wrongs, wrongHeard := 0, 0
	for _, c := range conditions() {
		r := rand.New(rand.NewPCG(1, 2))
		count := map[proof.Verdict]int{}
		least, most, sum := 1.0, -1.0, 0.0
		of := 0
		for i, x := range all {
			if c.some && os.Getenv("LOALANG_FIGURES") == "" && i%4 > 0 {
				continue
			}
			of++
			other := all[(i+1+r.IntN(len(all)-1))%len(all)]
			x = gain(x, -c.down)
			res := newStage(g).broadcast(card(x), card(c.make(x, other, r)))
			count[res.Verdict]++
			least, most, sum = min(least, res.Score), max(most, res.Score), sum+res.Score
		}
		t.Logf("%-34s score %.2f (%.2f to %.2f)  %v", c.name, sum/float64(of), least, most, count)
		switch {
		case c.want == proof.Heard && count[proof.Heard] != of:
			t.Errorf("%s: %v of %d", c.name, count, of)
		case (c.want == proof.Silent || c.want == "") && count[proof.Heard] > 0:
			t.Errorf("%s was heard: %v", c.name, count)
		case c.want == proof.NotMeasured && count[proof.Heard]+count[proof.NotMeasured] != of:
			t.Errorf("%s: a good broadcast is told as %v", c.name, count)
		case c.want == proof.Silent && count[proof.Silent] != of:
			t.Errorf("%s is not told as silent: %v", c.name, count)
		case c.want == proof.Wrong:
			wrongs, wrongHeard = wrongs+of, wrongHeard+count[proof.Heard]
		}
	}
	if wrongHeard*200 > wrongs {
		t.Errorf("what was wrong was heard %d times of %d", wrongHeard, wrongs)
	}
}

// The amplifier dies in the middle: that is told within 12 s, and the verdict is
// silent, with the seconds that were lost.
func TestLostInMidBroadcast(t *testing.T) {
	all := spoken(t)
	var long []float64
	for _, x := range all[:5] {
		long = append(long, x...)
	}
	half := len(long) / 2
	came := append(gain(long[:half], -20), gain(long[half:], -50)...)
	s := newStage(gate(t, all[0]))
	res := s.broadcast(card(long), card(noise(came, 1e-4, rand.New(rand.NewPCG(3, 4)))))
	died := s.began + time.Duration(half)*time.Second/rate
	if len(s.losses) != 1 || s.losses[0] != proof.Silent || s.lossAt < died || s.lossAt > died+12*time.Second {
		t.Errorf("told %v, %v after the amplifier died", s.losses, s.lossAt-died)
	}
	if want := time.Duration(len(long)-half) * time.Second / rate; res.Verdict != proof.Silent || (res.Lost-want).Abs() > 9*time.Second || math.Abs(res.Share-.5) > .12 {
		t.Errorf("%+v; %v were lost", res, want)
	}
}

// A card that comes back with another delay is found again.
func TestAnotherLagIsFound(t *testing.T) {
	all := spoken(t)
	long := append(append(append(append([]float64(nil), all[0]...), all[1]...), all[2]...), all[3]...)
	half := len(long) / 2
	came := append(gain(long[:half], -20), make([]float64, rate*6/10)...)
	came = append(came, gain(long[half:], -20)...)
	res := newStage(gate(t, all[0])).broadcast(card(long), card(noise(came, 1e-4, rand.New(rand.NewPCG(3, 4)))))
	if res.Verdict != proof.Heard || res.Share > .99 {
		t.Errorf("%+v", res)
	}
}

func TestWhatIsNotMeasured(t *testing.T) {
	all := spoken(t)
	g := gate(t, all[0])
	x := all[0]
	for name, c := range map[string]struct {
		want proof.Why
		run  func() proof.Result
	}{
		"the monitor gives nothing": {proof.NoMonitor, func() proof.Result {
			s := newStage(g)
			s.mute = true
			return s.broadcast(card(x), card(x))
		}},
		"no gate": {proof.Uncalibrated, func() proof.Result { return newStage(proof.Gate{}).broadcast(card(x), card(x)) }},
		"too short": {proof.TooShort, func() proof.Result {
			return newStage(g).broadcast(card(x[:2*rate]), card(x[:2*rate]))
		}},
		"nothing was sent": {proof.NothingSent, func() proof.Result {
			return newStage(g).broadcast(make([]int16, 8*48000), make([]int16, 8*48000))
		}},
	} {
		if r := c.run(); r.Verdict != proof.NotMeasured || r.Why != c.want {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// A programme that is turned down until the noise of the input covers it is not measured: a
// good broadcast is told as silent by nothing but its volume. What can be told is told.
func TestTooSoftForTheNoiseIsNotMeasured(t *testing.T) {
	all := spoken(t)
	x := all[0]
	for name, c := range map[string]struct {
		gate        proof.Gate
		sent, noise float64   // dB: of what is sent against full programme, and of the noise
		heard       []float64 // behind an amplifier that brings what is sent by 36 dB softer
		want        proof.Verdict
		why         proof.Why
	}{
		"faint, and quiet":                {proof.AloneGate(-54, -18, 0), -8, -100, gain(x, -44), proof.Heard, ""},
		"fainter than any band":           {proof.AloneGate(-54, -18, 0), -20, -100, gain(x, -56), proof.NotMeasured, proof.TooSoft},
		"faint under noise":               {proof.AloneGate(-54, -18, 0), -20, -64, gain(x, -56), proof.NotMeasured, proof.TooSoft},
		"dead, and the noise might cover": {proof.AloneGate(-54, -18, 0), -20, -70, gain(x, -150), proof.NotMeasured, proof.TooSoft},
		"dead, and it would not cover":    {proof.AloneGate(-54, -18, 0), -20, -90, gain(x, -150), proof.Silent, ""},
		"dead, and not turned down":       {proof.AloneGate(-54, -18, 0), 0, -55, gain(x, -150), proof.Wrong, ""},
		"noise as when it was off":        {proof.Gate{Off: -66, On: -54, Sent: -18}, -10, -62, gain(x, -150), proof.NotMeasured, proof.TooSoft},
		"crosstalk as when it was off":    {proof.Gate{Off: -66, On: -54, Sent: -18}, -4, -100, gain(x, -56), proof.Silent, ""},
		"another announcement":            {proof.AloneGate(-40, -18, 0), 0, -80, gain(all[7], -22), proof.Wrong, ""},
	} {
		t.Run(name, func(t *testing.T) {
			came := noise(delay(c.heard, .3), math.Pow(10, c.noise/20), rand.New(rand.NewPCG(5, 6)))
			s := newStage(c.gate)
			if r := s.broadcast(card(gain(x, c.sent)), card(came)); r.Verdict != c.want || r.Why != c.why {
				t.Errorf("%+v", r)
			}
			if c.want == proof.NotMeasured && len(s.losses) > 0 {
				t.Errorf("it was told as lost: %v", s.losses)
			}
		})
	}
}
