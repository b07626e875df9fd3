package proof_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"loalang/proof"
)

// Minutes on end with clocks a hundredth apart, worse than any card, and pieces that come late: both streams stay
// side by side, and all of it is heard.
func TestClocksThatDiffer(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	var sent, heard proof.Track
	a, b := proof.NewAnalyser(), proof.NewAnalyser()
	trial := proof.NewTrial(proof.Gate{Off: -80, On: -20, Sent: -20}, 0, true)
	loud := func(at int) float64 { // a syllable each eighth of a second
		x := math.Sin(float64(at/6000)*12.9898) * 43758.5453
		return 0.02 + 0.3*(x-math.Floor(x))
	}
	piece := func(from int, out []int16) []int16 {
		out = out[:0]
		for i := range 4800 {
			out = append(out, int16(20000*loud(from+i)*math.Sin(float64(from+i)*0.13)))
		}
		return out
	}
	buf := make([]int16, 0, 4800)
	now, late := time.Hour, time.Hour
	owed := 0.0
	trial.Sounds("voice", now)
	for n := range 5 * 600 { // five minutes
		now += 100 * time.Millisecond
		sound := piece(4800*n, buf)
		sent.Write(now, a.Write(nil, sound))
		owed += 4800 * 0.01 // this clock is slow: it takes so much less
		late = max(late, now+time.Duration(r.IntN(60))*time.Millisecond)
		heard.Write(late, b.Write(nil, sound[int(owed):]))
		owed -= math.Floor(owed)
		trial.Advance(&sent, &heard)
	}
	trial.End(now)
	if res := trial.Result(&sent, &heard); res.Verdict != proof.Heard || res.Share < .97 || res.Lost > 0 {
		t.Errorf("%+v", res)
	}
}

// A gate whose levels are too near is refused with what was found.
func TestGates(t *testing.T) {
	for name, c := range map[string]struct {
		gate proof.Gate
		near bool
		ok   bool
	}{
		"OK":         {proof.Gate{Off: -70, On: -30, Sent: -18}, false, true},
		"near":       {proof.Gate{Off: -35, On: -30, Sent: -18}, true, false},
		"the other":  {proof.Gate{Off: -30, On: -70, Sent: -18}, true, false},
		"no number":  {proof.Gate{Off: math.NaN(), On: -30, Sent: -18}, false, false},
		"no control": {proof.Gate{Off: -70, On: -30, Sent: -18, Fader: math.NaN()}, false, false},
		"muted":      {proof.Gate{Off: -70, On: -30, Sent: -18, Fader: math.Inf(-1)}, false, false},
	} {
		err := c.gate.Check()
		_, near := err.(*proof.NearError) //nolint:errorlint // it is not wrapped
		if (err == nil) != c.ok || near != c.near {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// broken is a broadcast of so many seconds, most of them heard: in its midst interrupt takes over, from
// a frame on, and gives how much of it it brought.
func broken(t *testing.T, x []float64, g proof.Gate, r *rand.Rand, interrupt func(s *stage, sent, came []int16) int) proof.Verdict {
	t.Helper()
	sent, came := card(x), card(noise(gain(delay(x, .2), -20), 1e-4, r))
	n := len(sent)
	cut := (n/4 + r.IntN(n/2)) / 1920 * 1920
	s := newStage(g)
	s.trial.Sounds("voice", s.now)
	s.trial.End(s.now + time.Duration(n)*time.Second/48000)
	s.run(sent[:cut], came[:cut])
	cut += interrupt(s, sent[cut:], came[cut:])
	s.run(sent[cut:], came[cut:])
	s.run(nil, make([]int16, 4*48000))
	return s.trial.Result(&s.sent, &s.heard).Verdict
}

// The monitor input lost a moment of a broadcast, as a card does that overruns on a busy machine.
// Until somebody looked how late the rest came it lay too early, and what was right was "wrong".
func TestAnOverrunIsNoOtherSound(t *testing.T) {
	all := spoken(t)
	g := gate(t, all[0])
	r := rand.New(rand.NewPCG(5, 6))
	for _, seconds := range []float64{4.5, 6, 8} {
		for _, lost := range []time.Duration{120 * time.Millisecond, 160 * time.Millisecond, 240 * time.Millisecond, 360 * time.Millisecond} {
			got := map[proof.Verdict]int{}
			for k := 0; k < len(all); k += 2 {
				got[broken(t, all[k][:int(seconds*rate)], g, r, func(s *stage, sent, _ []int16) int {
					n := int(lost.Seconds() * 48000)
					s.mute = true
					s.run(sent[:n], nil)
					s.mute = false
					return n
				})]++
			}
			if got[proof.Heard] != 20 {
				t.Errorf("%.1f s of which %s were lost: %v", seconds, lost, got)
			}
		}
	}
}

// What was sent began anew in the midst of a broadcast, with a piece that had waited, as behind a
// speaker that was killed: it lay too late until somebody looked, and what was right was "wrong".
func TestASpeakerThatIsStartedAnewIsNoOtherSound(t *testing.T) {
	all := spoken(t)
	g := gate(t, all[0])
	r := rand.New(rand.NewPCG(7, 8))
	for _, waited := range []time.Duration{80 * time.Millisecond, 200 * time.Millisecond, 320 * time.Millisecond} {
		got := map[proof.Verdict]int{}
		for k := 0; k < len(all); k += 2 {
			got[broken(t, all[k][:8*rate], g, r, func(s *stage, sent, came []int16) int {
				const gone = 4 * 1920
				n := gone + int(waited.Seconds()*48000)
				s.sent.Break()
				s.withoutSent = true
				s.run(nil, came[:n])
				s.withoutSent = false
				for i := gone; i < n; i += 960 { // what had waited, at once
					s.sent.Write(s.now, s.toSent.Write(nil, sent[i:min(i+960, n)]))
				}
				return n
			})]++
		}
		if got[proof.Heard] != 20 {
			t.Errorf("begun anew with what had waited for %s: %v", waited, got)
		}
	}
}
