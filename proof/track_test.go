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
