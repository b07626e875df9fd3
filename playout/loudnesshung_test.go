package playout_test

import (
	"slices"
	"testing"
	"time"

	"loalang/hardware"
	"loalang/playout"
	"loalang/scheduler"
)

// A control whose driver hangs costs the loop the seven seconds of one answer: from then on the
// programme is turned digitally, a siren is told that the control is gone, and nothing waits.
func TestLoudnessOfAControlThatHangs(t *testing.T) {
	bubble(t, func(t *testing.T) {
		k := newKnob(t, &slider{fail: hardware.ErrMixerHung, slow: 7 * time.Second})
		k.village.Volume = -8
		k.air("", "", false)
		time.Sleep(8 * time.Second)
		k.air("", "", false)
		if got, s := k.take(), k.l.State(); !slices.Equal(got, []float64{-8}) || !s.Gone || !s.Fitted || s.Fault == "" {
			t.Errorf("digitally %v, %+v", got, s)
		}
		k.fader.slow = 0 // it is refused at once now
		k.person(-12)
		if got := k.take(); !slices.Equal(got, []float64{-12}) {
			t.Errorf("a person turns it: digitally %v", got)
		}
		k.hear(playout.Air{Emergency: &scheduler.Emergency{}})
		if s := k.l.State(); !s.Alarmed || !s.Gone {
			t.Errorf("under the siren: %+v", s)
		}
		k.fader.breaks(nil)
		k.hears(playout.Air{}, time.Second, 2*time.Minute)
		if got, s := k.take(), k.l.State(); !slices.Equal(got, []float64{0}) || s.Gone || s.Fault != "" || s.Level != -18 {
			t.Errorf("its card was plugged anew: digitally %v, %+v", got, s)
		}
	})
}
