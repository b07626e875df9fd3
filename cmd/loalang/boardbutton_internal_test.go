package main

import (
	"context"
	"testing"
	"time"

	"loalang/audio"
	"loalang/hardware"
	"loalang/health"
	"loalang/playout"
	"loalang/proof"
	"loalang/scheduler"
	"loalang/store"
)

// The LED says that an emergency sounds of one that does, and of nothing else.
func TestTheLEDSaysWhatIsHeard(t *testing.T) {
	now := time.Date(2026, 11, 26, 5, 0, 0, 0, time.UTC)
	raised := func(ago time.Duration, sounds bool, faults ...playout.EmergencyFault) playout.ActiveEmergency {
		return playout.ActiveEmergency{Emergency: scheduler.Emergency{Raised: now.Add(-ago)}, Sounding: sounds, Faults: faults}
	}
	fault := func(code string) playout.EmergencyFault { return playout.EmergencyFault{Code: code} }
	rests := playout.EmergencyFault{Code: playout.TroubleResting, Rests: 2 * time.Second}
	trusted := hardware.ClockState{Trust: hardware.Synced}
	for name, c := range map[string]struct {
		air    playout.Air
		down   bool // the card is away
		broken bool
		want   hardware.LEDState
	}{
		"Nothing":           {playout.Air{Clock: trusted}, false, false, hardware.LEDReady},
		"Plays":             {playout.Air{Clock: trusted, OnAir: &playout.OnAir{}}, false, false, hardware.LEDPlaying},
		"Drill":             {playout.Air{Clock: trusted, Drill: &playout.Drilling{}}, false, false, hardware.LEDPlaying},
		"SilentDrill":       {playout.Air{Clock: trusted, Drill: &playout.Drilling{Silent: true}}, false, false, hardware.LEDReady},
		"NoTime":            {playout.Air{OnAir: &playout.OnAir{}}, false, false, hardware.LEDClock},
		"Broken":            {playout.Air{Clock: trusted}, false, true, hardware.LEDFault},
		"NoCard":            {playout.Air{Clock: trusted}, true, true, hardware.LEDNoCard},
		"Sounds":            {playout.Air{Emergencies: []playout.ActiveEmergency{raised(time.Minute, true)}}, false, true, hardware.LEDEmergency},
		"OneOfTwoSounds":    {playout.Air{Emergencies: []playout.ActiveEmergency{raised(time.Minute, false, fault(playout.TroubleWaiting)), raised(0, true)}}, false, false, hardware.LEDEmergency},
		"WithoutACard":      {playout.Air{Emergencies: []playout.ActiveEmergency{raised(time.Minute, false, fault(playout.TroubleDevice))}}, true, false, hardware.LEDNoCard},
		"AmplifierOff":      {playout.Air{Clock: trusted, Emergencies: []playout.ActiveEmergency{raised(time.Second, false, fault(playout.TroubleAmplifier))}}, false, false, hardware.LEDFault},
		"Bypassed":          {playout.Air{Clock: trusted, Emergencies: []playout.ActiveEmergency{raised(time.Minute, false, fault(playout.TroubleBypass))}}, false, false, hardware.LEDFault},
		"Rests":             {playout.Air{Clock: trusted, Emergencies: []playout.ActiveEmergency{raised(18*time.Second, false, rests)}}, false, false, hardware.LEDReady},
		"RestsAndMute":      {playout.Air{Clock: trusted, Emergencies: []playout.ActiveEmergency{raised(time.Second, false, rests, fault(playout.TroubleZone))}}, false, false, hardware.LEDFault},
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

// A monitor input that was calibrated and gives nothing for ten minutes, or whose calibration
// holds no more, calls a technician by the LED; one that was never calibrated, or is out for a
// moment, does not.
func TestTheLEDSaysThatTheMonitorIsDeaf(t *testing.T) {
	gate := proof.Gate{Off: -70, On: -30, Sent: -18}
	for name, c := range map[string]struct {
		state *playout.MonitorState
		want  bool
	}{
		"None":           {nil, false},
		"Well":           {&playout.MonitorState{Up: true, Gate: gate}, false},
		"Begins":         {&playout.MonitorState{Gate: gate}, false},
		"Out":            {&playout.MonitorState{Gate: gate, Trouble: playout.MonitorGone}, true},
		"Void":           {&playout.MonitorState{Up: true, Void: playout.VoidCapture}, true},
		"VoidAndOut":     {&playout.MonitorState{Void: playout.VoidCapture, Trouble: playout.MonitorStalled}, true},
		"Unread":         {&playout.MonitorState{Up: true, Unread: true}, true},
		"NeverGauged":    {&playout.MonitorState{Up: true}, false},
		"NeverGaugedOut": {&playout.MonitorState{Trouble: playout.MonitorGone}, false},
	} {
		if got := deaf(c.state); got != c.want {
			t.Errorf("%s: deaf = %v", name, got)
		}
	}
	p := program{err: t.Output()}
	db, err := store.Open(t.Context(), storeConfig(settings{Data: t.TempDir()}, time.Now, p.quietLog()))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	b := &board{
		db: db, clock: hardware.OpenClock(hardware.ClockConfig{Kernel: hardware.Linux{}}), health: health.NewWatch(health.WatchConfig{}),
		monitor: playout.NewMonitor(playout.MonitorConfig{Device: "plughw:CARD=Monitor"}),
	}
	if b.broken(playout.Air{}) {
		t.Fatal("it is broken before anything is")
	}
	b.monitor.Calibrated(playout.Calibration{Gate: gate, Setup: playout.MonitorSetup{Device: "plughw:CARD=Old"}})
	if b.broken(playout.Air{}) {
		t.Error("a calibration that has just gone void is told at once")
	}
	b.deaf.since -= deafGrace + time.Second
	if !b.broken(playout.Air{}) {
		t.Error("after ten minutes nothing is told")
	}
	b.monitor.Calibrated(playout.Calibration{Gate: gate, Setup: playout.MonitorSetup{Device: "plughw:CARD=Monitor"}})
	if b.broken(playout.Air{}) {
		t.Error("it is told of though it was calibrated anew")
	}
}

// A board that does not know the time is a fault of its health, too, and the LED called a
// technician for that, where telling it the time is all there is to do.
func TestTheLEDSaysThatTheTimeIsNotKnown(t *testing.T) {
	p := program{err: t.Output()}
	db, err := store.Open(t.Context(), storeConfig(settings{Data: t.TempDir()}, time.Now, p.quietLog()))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for name, c := range map[string]struct {
		clock health.ClockState
		disk  health.DiskState
		want  hardware.LEDState
	}{
		"Known":        {health.ClockState{Trust: "synced"}, health.DiskState{Free: 8 << 30}, hardware.LEDReady},
		"Unknown":      {health.ClockState{Trust: "unknown"}, health.DiskState{Free: 8 << 30}, hardware.LEDClock},
		"FarAhead":     {health.ClockState{Trust: "unknown", Ahead: true}, health.DiskState{Free: 8 << 30}, hardware.LEDClock},
		"AndADiskIll":  {health.ClockState{Trust: "unknown"}, health.DiskState{ReadOnly: true}, hardware.LEDFault},
		"ADiskIllOnly": {health.ClockState{Trust: "synced"}, health.DiskState{ReadOnly: true}, hardware.LEDFault},
	} {
		t.Run(name, func(t *testing.T) {
			w := health.NewWatch(health.WatchConfig{
				Measure: func(context.Context) health.Measurement {
					return health.Measurement{At: time.Now(), Clock: &c.clock, Disk: &c.disk}
				},
				Limits: health.DefaultLimits(), Now: time.Now, Mono: monotonic, Log: p.quietLog(),
			})
			ctx, stop := context.WithCancel(t.Context())
			stop() // it looks once all the same
			if err := w.Run(ctx); err != nil {
				t.Fatal(err)
			}
			b := &board{db: db, clock: hardware.OpenClock(hardware.ClockConfig{Kernel: hardware.Linux{}}), health: w}
			air := playout.Air{Clock: hardware.ClockState{Trust: hardware.Trust(c.clock.Trust)}, Output: audio.OutputState{Up: true}}
			if got := b.shown(air); got != c.want {
				t.Errorf("shows %s, want %s", got, c.want)
			}
		})
	}
}
