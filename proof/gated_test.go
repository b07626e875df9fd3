package proof_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"loalang/proof"
)

// What began before its gate could be read, as an emergency that goes on at once behind a crash,
// was not measured to its end, and no loss of it was told.
func TestAGateThatComesLateJudgesTheWholeBroadcast(t *testing.T) {
	all := spoken(t)
	g := gate(t, all[0])
	x := append(append(append([]float64(nil), all[0]...), all[1]...), all[2]...)
	for name, c := range map[string]struct {
		came []float64
		at   time.Duration // the gate; 0: it never comes
		gate proof.Gate
		want proof.Verdict
		why  proof.Why
		lost bool
	}{
		"right":           {gain(x, -20), 12 * time.Second, g, proof.Heard, "", false},
		"right, at last":  {gain(x, -20), time.Duration(len(x)) * time.Second / rate, g, proof.Heard, "", false},
		"crosstalk":       {gain(x, -50), 12 * time.Second, g, proof.Silent, "", true},
		"another":         {gain(append(append([]float64(nil), all[5]...), append(all[6], all[7]...)...), -20), 12 * time.Second, g, proof.Wrong, "", true},
		"it never comes":  {gain(x, -20), 0, g, proof.NotMeasured, proof.Unread, false},
		"there is none":   {gain(x, -20), 12 * time.Second, proof.Gate{}, proof.NotMeasured, proof.Uncalibrated, false},
		"none, and later": {gain(x, -50), 12 * time.Second, proof.Gate{}, proof.NotMeasured, proof.Uncalibrated, false},
	} {
		t.Run(name, func(t *testing.T) {
			sent, came := card(x), card(noise(c.came, 1e-4, rand.New(rand.NewPCG(5, 6))))
			whole := newStage(c.gate).broadcast(sent, came)
			s := newStage(proof.Gate{})
			s.trial.Awaits()
			s.trial.Sounds("voice", s.now)
			s.trial.End(s.now + time.Duration(len(x))*time.Second/rate)
			n := int(c.at.Seconds()*25) * 1920 // whole pieces
			s.run(part(sent, 0, n), part(came, 0, n))
			if len(s.losses) > 0 {
				t.Errorf("lost before anybody could say so: %v", s.losses)
			}
			if c.at > 0 {
				s.trial.Gated(c.gate)
			}
			s.run(part(sent, n, len(sent)), part(came, n, len(sent)))
			s.run(nil, make([]int16, 4*48000))
			r := s.trial.Result(&s.sent, &s.heard)
			if r.Verdict != c.want || r.Why != c.why || (len(s.losses) > 0) != c.lost {
				t.Errorf("%+v, told %v", r, s.losses)
			}
			if r.Windows != whole.Windows || r.Share != whole.Share || r.Level != whole.Level {
				t.Errorf("%+v, want what a gate from the beginning makes of it: %+v", r, whole)
			}
			if s.trial.Gated(proof.AloneGate(-20, -18, 0)); s.trial.Result(&s.sent, &s.heard).Verdict != c.want && c.at > 0 {
				t.Error("another gate came, which nobody waited for")
			}
		})
	}
}
