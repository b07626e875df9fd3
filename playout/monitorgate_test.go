package playout_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"loalang/playout"
	"loalang/proof"
	"loalang/scheduler"
)

// The volume control of the card lies behind what is sent: a village that turns it down in
// the evening is heard all the same, and crosstalk is none the more when it is turned up.
func TestTheMonitorKnowsTheVolumeControl(t *testing.T) {
	for name, c := range map[string]struct {
		at, now, gain float64 // dB: of the control at the calibration and now, and behind all
		known         bool
		want          proof.Verdict
	}{
		"as at the calibration":                  {-5, -5, -2, true, proof.Heard},
		"turned down in the evening":             {-5, -25, -22, true, proof.Heard},
		"turned down, and the amplifier is dead": {-5, -25, -60, true, proof.Silent},
		"turned up, and only crosstalk":          {-25, -5, -18, true, proof.Silent},
		"it does not answer":                     {-5, 0, -2, false, proof.Heard},
		"muted":                                  {-5, -99999.99, -120, true, proof.Silent},
		"muted, and crosstalk":                   {-5, -99999.99, -40, true, proof.Silent},
		"muted, and heard all the same":          {-5, -99999.99, -2, true, proof.Heard},
		"no number":                              {0, math.NaN(), -2, true, proof.Heard},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				r := newListening(t, proof.Gate{Off: -60, On: -26, Sent: -24, Fader: c.at}, func(r *listening) {
					r.gain, r.fader = c.gain, playout.FaderStand{DB: c.now, Known: c.known}
				})
				r.airs("one", 12*time.Second, 32*time.Second)
				res := r.proved["one"]
				if res.Verdict != c.want {
					t.Errorf("%+v", res)
				}
				want := max(c.now, proof.Nothing)
				if math.IsNaN(want) {
					want = 0
				}
				if c.known && math.Abs(res.Fader-want) > .1 {
					t.Errorf("it stood at %v dB, and the verdict says %v", c.now, res.Fader)
				}
				if _, err := json.Marshal(res); err != nil { // so it goes into the logbook
					t.Error(err)
				}
			})
		})
	}
}

// A calibration holds for what it was made with, and says why it does not.
func TestACalibrationHoldsForWhatItWasMadeWith(t *testing.T) {
	for name, c := range map[string]struct {
		made   playout.MonitorSetup
		gauged string
		fader  playout.FaderStand
		want   playout.GateVoid
	}{
		"the same":              {playout.MonitorSetup{Device: aSetup.Device, Capture: "Mic 60%", Control: "Device:Speaker"}, "Mic 60%", playout.FaderStand{Control: "Device:Speaker", Known: true}, ""},
		"older, no control":     {playout.MonitorSetup{}, "", playout.FaderStand{Known: true}, ""},
		"older, with a control": {playout.MonitorSetup{}, "", playout.FaderStand{Control: "Device:Speaker", Known: true}, playout.VoidBefore},
		"older, not yet known":  {playout.MonitorSetup{}, "", playout.FaderStand{Control: "Device:Speaker"}, ""},
		"another card":          {playout.MonitorSetup{Device: "plughw:CARD=Old"}, "", playout.FaderStand{Known: true}, playout.VoidDevice},
		"turned up":             {playout.MonitorSetup{Device: aSetup.Device, Capture: "Mic 60%"}, "Mic 90%", playout.FaderStand{Known: true}, playout.VoidCapture},
		"cannot be read":        {playout.MonitorSetup{Device: aSetup.Device, Capture: "Mic 60%"}, "", playout.FaderStand{Known: true}, ""},
		"another control":       {playout.MonitorSetup{Device: aSetup.Device, Control: "Device:Speaker"}, "", playout.FaderStand{Known: true}, playout.VoidControl},
		"a control unheard yet": {playout.MonitorSetup{Device: aSetup.Device, Control: "Device:Speaker"}, "", playout.FaderStand{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				r := newListening(t, aGate, func(r *listening) { r.kept.Setup, r.gauged, r.fader = c.made, c.gauged, c.fader })
				r.airs("one", 12*time.Second, 22*time.Second)
				s, res := r.monitor.State(), r.proved["one"]
				if s.Void != c.want || (s.Gate == aGate) != (c.want == "") {
					t.Errorf("%+v", s)
				}
				if c.want != "" && (res.Verdict != proof.NotMeasured || res.Why != proof.Uncalibrated) || c.want == "" && res.Verdict != proof.Heard {
					t.Errorf("%+v", res)
				}
			})
		})
	}
}

// What an older version calibrated goes on after the update; what it holds for from then on is
// kept, and asked again where that could not be.
func TestACalibrationOfAnOlderVersionIsAdopted(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newListening(t, aGate, func(r *listening) {
			r.kept = playout.Calibration{Owned: scheduler.Owned{ID: "old", Revision: 2}, By: "Hoa", Gate: aGate}
			r.gauged, r.unkept = "Mic 60%", scheduler.ErrRevision
		})
		r.airs("one", 12*time.Second, 32*time.Second)
		if res := r.proved["one"]; res.Verdict != proof.Heard {
			t.Errorf("%+v", res)
		}
		r.at(70 * time.Second)
		r.set(func() {
			if len(r.adopted) == 0 {
				t.Error("nobody tried to keep it")
			}
			r.unkept, r.kept.Revision = nil, 3
		})
		r.at(190 * time.Second)
		want := playout.Calibration{Owned: scheduler.Owned{ID: "old", Revision: 3}, By: "Hoa", Gate: aGate, Setup: playout.MonitorSetup{Device: aSetup.Device, Capture: "Mic 60%"}}
		r.set(func() {
			if r.kept != want {
				t.Errorf("kept is %+v of %d", r.kept, len(r.adopted))
			}
			r.gauged = "Mic 90%"
		})
		n := len(r.adopted)
		r.at(260 * time.Second)
		if s := r.monitor.State(); s.Void != playout.VoidCapture || len(r.adopted) != n {
			t.Errorf("%+v, asked to keep it %d times", s, len(r.adopted))
		}
	})
}

// Nothing is adopted from a card that gives nothing, for how far it is turned up is not known,
// nor where a volume control is fitted or may be.
func TestWhatIsNotKnownIsNotAdopted(t *testing.T) {
	for name, stand := range map[string]playout.FaderStand{
		"a control": {Control: "Device:Speaker", Known: true}, "a control that does not answer": {Control: "Device:Speaker"}, "not asked yet": {}, "a card that is out": {Known: true},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				r := newListening(t, aGate, func(r *listening) {
					r.kept.Setup, r.fader, r.pulled = playout.MonitorSetup{}, stand, name == "a card that is out"
				})
				r.at(3 * time.Minute)
				if len(r.adopted) > 0 {
					t.Errorf("adopted: %+v", r.adopted)
				}
			})
		})
	}
}

// An input that is turned up while it is being heard voids its calibration within a minute,
// and one that is made then holds.
func TestAnInputIsTurnedUp(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newListening(t, aGate, func(r *listening) { r.kept.Setup.Capture, r.gauged = "Mic 60%", "Mic 60%" })
		r.at(10 * time.Second)
		if s := r.monitor.State(); s.Void != "" {
			t.Fatalf("%+v", s)
		}
		r.set(func() { r.gauged = "Mic 90%" })
		r.at(75 * time.Second)
		if s := r.monitor.State(); s.Void != playout.VoidCapture || s.Gate != (proof.Gate{}) {
			t.Errorf("%+v", s)
		}
		setup, known := r.monitor.Setup(t.Context())
		if !known || setup.Capture != "Mic 90%" {
			t.Errorf("%+v, %v", setup, known)
		}
		r.monitor.Calibrated(playout.Calibration{Gate: aGate, Setup: setup})
		if s := r.monitor.State(); s.Void != "" || s.Gate != aGate {
			t.Errorf("%+v", s)
		}
	})
}

// A gate that the database does not give at the start is asked for again.
func TestAGateThatCannotBeReadIsAskedForAgain(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newListening(t, aGate, func(r *listening) { r.broken = errors.New("database is locked") })
		r.at(8 * time.Second)
		if s := r.monitor.State(); s.Gate != (proof.Gate{}) {
			t.Fatalf("%+v", s)
		}
		r.set(func() { r.broken = nil })
		r.airs("one", 20*time.Second, 32*time.Second)
		if res := r.proved["one"]; res.Verdict != proof.Heard {
			t.Errorf("%+v", res)
		}
	})
}

// What is silent and then something else is told as both, and what was told before stays
// what it was: others read it.
func TestTheMonitorTellsHowItIsLost(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newListening(t, aGate)
		time.AfterFunc(22*time.Second, func() { r.set(func() { r.gain = -70 }) })
		time.AfterFunc(36*time.Second, func() { r.set(func() { r.gain, r.shift = -20, -20*time.Second }) })
		r.airs("one", 12*time.Second, 58*time.Second)
		if got := fmt.Sprint(r.losses); got != "[one silent one wrong one over]" {
			t.Fatalf("told %s", got)
		}
		if r.told[0].As != proof.Silent || r.told[0].Since != r.told[1].Since {
			t.Errorf("%+v, %+v", r.told[0], r.told[1])
		}
	})
}

// What sounds in other zones than the monitor hears is not silent: it is not measured.
func TestWhatSoundsElsewhereIsNotMeasured(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newListening(t, aGate)
		r.set(func() { r.gain = -90 })
		r.at(12 * time.Second)
		r.monitor.Sounds("fire", "alarm", r.instant(12*time.Second), false)
		r.monitor.Sounds("flood", "alarm", r.instant(12*time.Second), true)
		r.at(30 * time.Second)
		r.monitor.Sounds("flood", "alarm", r.instant(30*time.Second), false) // its zone went off
		r.at(50 * time.Second)
		for _, id := range []string{"fire", "flood"} {
			r.monitor.Rests(id, "alarm", r.instant(50*time.Second))
			r.monitor.Over(id, r.instant(50*time.Second))
		}
		r.at(time.Minute)
		if res := r.proved["fire"]; res.Verdict != proof.NotMeasured || res.Why != proof.Elsewhere || res.Envelopes != nil {
			t.Errorf("elsewhere: %+v", res)
		}
		if res := r.proved["flood"]; res.Verdict != proof.Silent || res.Lost > 19*time.Second {
			t.Errorf("here, and then elsewhere: %+v", res)
		}
		if got := fmt.Sprint(r.losses); got != "[flood silent flood over]" {
			t.Errorf("told %s", got)
		}
	})
}
