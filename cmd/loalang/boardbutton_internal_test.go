package main

import (
	"testing"
	"time"

	"loalang/audio"
	"loalang/hardware"
	"loalang/playout"
	"loalang/scheduler"
)

// The LED says that an emergency sounds of one that does, and of nothing else.
func TestTheLEDSaysWhatIsHeard(t *testing.T) {
	now := time.Date(2026, 11, 26, 5, 0, 0, 0, time.UTC)
	raised := func(ago time.Duration, sounds bool, faults ...playout.EmergencyFault) playout.ActiveEmergency {
		return playout.ActiveEmergency{Emergency: scheduler.Emergency{Raised: now.Add(-ago)}, Sounding: sounds, Faults: faults}
	}
	fault := func(code string) playout.EmergencyFault { return playout.EmergencyFault{Code: code} }
	trusted := hardware.ClockState{Trust: hardware.Synced}
	for name, c := range map[string]struct {
		air    playout.Air
		down   bool // the card is away
		broken bool
		want   hardware.LEDState
	}{
		"Nothing":           {playout.Air{Clock: trusted}, false, false, hardware.LEDReady},
		"Plays":             {playout.Air{Clock: trusted, OnAir: &playout.OnAir{}}, false, false, hardware.LEDPlaying},
		"NoTime":            {playout.Air{OnAir: &playout.OnAir{}}, false, false, hardware.LEDClock},
		"Broken":            {playout.Air{Clock: trusted}, false, true, hardware.LEDFault},
		"NoCard":            {playout.Air{Clock: trusted}, true, true, hardware.LEDNoCard},
		"Sounds":            {playout.Air{Emergencies: []playout.ActiveEmergency{raised(time.Minute, true)}}, false, true, hardware.LEDEmergency},
		"OneOfTwoSounds":    {playout.Air{Emergencies: []playout.ActiveEmergency{raised(time.Minute, false, fault(playout.TroubleWaiting)), raised(0, true)}}, false, false, hardware.LEDEmergency},
		"WithoutACard":      {playout.Air{Emergencies: []playout.ActiveEmergency{raised(time.Minute, false, fault(playout.TroubleDevice))}}, true, false, hardware.LEDNoCard},
		"AmplifierOff":      {playout.Air{Clock: trusted, Emergencies: []playout.ActiveEmergency{raised(time.Second, false, fault(playout.TroubleAmplifier))}}, false, false, hardware.LEDFault},
		"Bypassed":          {playout.Air{Clock: trusted, Emergencies: []playout.ActiveEmergency{raised(time.Minute, false, fault(playout.TroubleBypass))}}, false, false, hardware.LEDFault},
		"WaitsForItsWords":  {playout.Air{Clock: trusted, Emergencies: []playout.ActiveEmergency{raised(5*time.Second, false)}}, false, false, hardware.LEDReady},
		"NeverBegan":        {playout.Air{Clock: trusted, Emergencies: []playout.ActiveEmergency{raised(time.Minute, false)}}, false, false, hardware.LEDFault},
		"RaisedByOtherTime": {playout.Air{Clock: trusted, Emergencies: []playout.ActiveEmergency{raised(-time.Hour, false)}}, false, false, hardware.LEDFault},
	} {
		t.Run(name, func(t *testing.T) {
			c.air.At, c.air.Output = now, audio.OutputState{Up: !c.down}
			if n := len(c.air.Emergencies); n > 0 {
				c.air.Emergency = &c.air.Emergencies[n-1].Emergency
			}
			if got := ledState(c.air, c.broken); got != c.want {
				t.Errorf("shows %s, want %s", got, c.want)
			}
		})
	}
}
