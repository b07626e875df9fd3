package proof_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"loalang/proof"
)

// Over three or four seconds chance agrees at one lag of many: what is wrong is not told as
// heard there, and what is right, in noise 5 dB below it, is.
func TestLittleSoundIsHeardForCertain(t *testing.T) {
	all := spoken(t)
	g := gate(t, all[0])
	r := rand.New(rand.NewPCG(9, 2))
	for _, seconds := range []float64{3.2, 4} {
		n := int(seconds * rate)
		wrong, right := map[proof.Verdict]int{}, map[proof.Verdict]int{}
		for k := range 120 {
			x, other := all[k%len(all)], all[(k+1+r.IntN(len(all)-1))%len(all)]
			at := r.IntN(len(x) - n)
			x = x[at : at+n]
			y := gain(other[r.IntN(len(other)/2):], -10)
			for len(y) < len(x)+3*rate {
				y = append(y, gain(other, -10)...)
			}
			wrong[newStage(g).broadcast(card(x), card(noise(y, 1e-4, r))).Verdict]++
			if k < len(all) {
				y = noise(gain(delay(x, .1+.4*r.Float64()), -20), rms(x)*.1*math.Pow(10, -5.0/20), r)
				right[newStage(g).broadcast(card(x), card(y)).Verdict]++
			}
		}
		t.Logf("%.1f s: wrong %v, right %v", seconds, wrong, right)
		if wrong[proof.Heard] > 0 {
			t.Errorf("%.1f s of something else were heard: %v", seconds, wrong)
		}
		if right[proof.Heard] != len(all) {
			t.Errorf("%.1f s that were right: %v", seconds, right)
		}
	}
}

// The board was killed at the beginning of an announcement and its speaker a moment later: one of two
// windows held the interruption, and what was right in all of the rest was "wrong".
func TestAnInterruptionOfLittleSoundIsNotWrong(t *testing.T) {
	all := spoken(t)
	g := gate(t, all[0])
	r := rand.New(rand.NewPCG(9, 4))
	got := map[proof.Verdict]int{}
	for _, x := range all {
		for _, hole := range []float64{.6, .9, 1.2} {
			x := x[:int(5.7*rate)]
			y := gain(delay(x, .1), -20)
			from := int(.7 * rate)
			copy(y[from:], make([]float64, int(hole*rate)))
			// The card was given what came behind it that much later than it is known of.
			y = append(y[:from:from], append(make([]float64, int(.15*rate)), y[from:]...)...)
			got[newStage(g).broadcast(card(x), card(noise(y, 1e-4, r))).Verdict]++
		}
	}
	t.Log(got)
	if got[proof.Wrong] > 0 || got[proof.Heard] < len(all) {
		t.Errorf("%v", got)
	}
}
