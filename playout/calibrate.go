package playout

import (
	"context"
	"errors"
	"fmt"
	"time"

	"loalang/audio"
	"loalang/hardware"
	"loalang/proof"
	"loalang/scheduler"
)

const (
	// calibrateLead is how long before it sounds the sound of a calibration is cued.
	calibrateLead = 500 * time.Millisecond
	// calibrateLook is how often it is looked whether anything wants the output.
	calibrateLook = 200 * time.Millisecond
	// calibrateMost bounds a calibration, whatever happens.
	calibrateMost = 2 * time.Minute
	// calibrateHolder is for whom the amplifier is on.
	calibrateHolder = "calibration"
)

// The causes for which a calibration is refused: codes that web words.
const (
	CalibrateNear      = "too-near"    // hardly louder with the amplifier on
	CalibrateUnheard   = "not-heard"   // with the amplifier on the monitor hears something else
	CalibrateUnsent    = "not-sent"    // the sound did not leave the mixer
	CalibrateMonitor   = "no-monitor"  // nothing comes from the monitor input
	CalibrateDevice    = "no-device"   // there is no sound card
	CalibrateBusy      = "busy"        // something sounds, or is about to
	CalibrateHours     = "hours"       // the place forbids sound now
	CalibrateClock     = "clock"       // it may; nobody knows the hour
	CalibrateAmplifier = "amplifier"   // the amplifier could not be switched
	CalibrateBroken    = "interrupted" // something came up meanwhile
	CalibrateFaint     = "too-faint"   // nothing is off to compare with, and hardly anything is heard
	CalibrateControl   = "control"     // nobody knows where the volume control stands
)

// Calibration is one attempt to find the level at which the amplifier is on.
type Calibration struct {
	scheduler.Owned           // Created: when it was asked for
	By              string    // who asked
	Ended           time.Time // zero: it waits, or is under way
	Cause           string    // why it was refused, a code; empty: the Gate holds
	Gate            proof.Gate
	Setup           MonitorSetup // with what; it holds for nothing else
	Score           float64      // how well the sound was known again with the amplifier on
}

// Refused is the error of a calibration that found no gate.
type Refused struct {
	Cause string // a code
	Err   error  // nil: the code says it all
}

// Error implements error.
func (r Refused) Error() string {
	if r.Err == nil {
		return "calibrate: " + r.Cause
	}
	return "calibrate: " + r.Cause + ": " + r.Err.Error()
}

// Unwrap is what happened.
func (r Refused) Unwrap() error { return r.Err }

// CalibrationSound is what a calibration plays.
type CalibrationSound struct {
	Recording string
	Length    time.Duration
}

// Calibrate plays a sound twice, with the amplifier off and on, and finds the gate
// between what the monitor input hears of both. Where off is no softer than on, because
// nothing can be switched off or because what is off hisses, the gate knows on alone. It
// gives way to everything else, and always leaves the amplifier to those who hold it. What
// it measured comes back with a Refused too. It blocks; one at a time.
func (p *Player) Calibrate(ctx context.Context, sound CalibrationSound) (g proof.Gate, score float64, err error) {
	if !p.calibrating.TryLock() {
		return g, 0, Refused{Cause: CalibrateBusy}
	}
	defer p.calibrating.Unlock()
	ctx, cancel := context.WithTimeout(ctx, calibrateMost)
	defer cancel()
	if !p.isIdle() || p.power.live() {
		return g, 0, Refused{Cause: CalibrateBusy}
	}
	off, err := p.sample(ctx, sound, "off")
	if err != nil {
		return g, 0, err
	}
	defer p.power.release(calibrateHolder)
	if err := p.keyToCalibrate(ctx); err != nil {
		return g, 0, err
	}
	on, err := p.sample(ctx, sound, "on")
	if err != nil {
		return g, 0, err
	}
	g, err = gateOf(off, on, p.power.constant())
	return g, on.Score, err
}

// keyToCalibrate switches the amplifier on and waits until sound is safe: also for one that
// must rest first, since it was just on.
func (p *Player) keyToCalibrate(ctx context.Context) error {
	if err := p.power.hold(calibrateHolder, nil); err != nil && !errors.Is(err, hardware.ErrResting) {
		return Refused{CalibrateAmplifier, err}
	}
	if err := p.hush(ctx, p.power.settling()); err != nil {
		return err
	}
	if !p.power.live() {
		_, zones := p.power.failing(calibrateHolder)
		return Refused{CalibrateAmplifier, fmt.Errorf("it is off; zones %q", zones)}
	}
	return nil
}

// gateOf is the gate between a sound with the amplifier off and on; constant says that
// nothing was off.
func gateOf(off, on proof.Result, constant bool) (proof.Gate, error) {
	g := proof.Gate{Off: off.Level, On: on.Level, Sent: on.Sent, Fader: on.Fader}
	err := g.Check()
	var near *proof.NearError
	// Crosstalk is the sound itself: what was off must have been something else.
	alone := on.Score >= proof.Threshold && (constant || off.Score < proof.Threshold)
	if errors.As(err, &near) && alone {
		g = proof.AloneGate(on.Level, on.Sent, on.Fader)
		err = g.Check()
	}
	var faint *proof.FaintError
	switch {
	case errors.As(err, &near):
		return g, Refused{CalibrateNear, err}
	case errors.As(err, &faint):
		return g, Refused{CalibrateFaint, err}
	case err != nil:
		return g, Refused{CalibrateMonitor, err}
	case on.Score < proof.Threshold:
		return g, Refused{Cause: CalibrateUnheard}
	}
	return g, nil
}

// isIdle says whether nothing sounds nor is on its way.
func (p *Player) isIdle() bool {
	answer := make(chan bool, 1)
	if !p.do(func() { answer <- len(p.items) == 0 }) {
		return false
	}
	select {
	case idle := <-answer:
		p.mu.Lock()
		defer p.mu.Unlock()
		return idle && len(p.alarms) == 0 && p.drilling == nil
	case <-p.done:
		return false
	}
}

// hush waits, and ends early when something wants the output.
func (p *Player) hush(ctx context.Context, span time.Duration) error {
	over := time.NewTimer(span)
	defer over.Stop()
	look := time.NewTicker(calibrateLook)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return Refused{CalibrateBroken, ctx.Err()}
		case <-over.C:
			return nil
		case <-look.C:
			if !p.isIdle() {
				return Refused{Cause: CalibrateBroken}
			}
		}
	}
}

// sample plays the sound once and has it measured.
func (p *Player) sample(ctx context.Context, sound CalibrationSound, name string) (r proof.Result, err error) {
	id := "calibration/" + name + "/" + p.cfg.NewID()
	result := make(chan proof.Result, 1)
	p.proving.Lock()
	p.samples[id] = result
	p.proving.Unlock()
	defer func() {
		p.proving.Lock()
		delete(p.samples, id)
		p.proving.Unlock()
	}()
	file, err := p.cfg.Library.PlayCopy(ctx, sound.Recording)
	if err != nil {
		return r, Refused{CalibrateUnsent, fmt.Errorf("open the sound: %w", err)}
	}
	defer file.Close() //nolint:errcheck // it was only read
	at := p.cfg.Mono().Add(calibrateLead)
	if err := p.cfg.Output.Cue(audio.Cue{ID: id, File: file, At: at}); err != nil {
		return r, Refused{CalibrateUnsent, err}
	}
	p.cfg.Witness.Sounds(id, "sound", at, true)
	end := at.Add(sound.Length)
	err = p.hush(ctx, end.Sub(p.cfg.Mono()))
	if err != nil {
		err = errors.Join(err, p.cfg.Output.Stop(id))
	}
	if name == "off" && p.power.live() && err == nil {
		err = Refused{Cause: CalibrateBroken}
	}
	p.cfg.Witness.Over(id, end)
	if err != nil {
		return r, err
	}
	select {
	case r = <-result:
	case <-ctx.Done():
		return r, Refused{CalibrateBroken, ctx.Err()}
	}
	return r, judgeSample(r)
}

// judgeSample refuses what was not measured; what the sample sounds like is not asked.
func judgeSample(r proof.Result) error {
	switch r.Why {
	case proof.NoMonitor, proof.TooShort:
		return Refused{Cause: CalibrateMonitor}
	case proof.NothingSent:
		return Refused{Cause: CalibrateUnsent}
	case proof.Bypassed:
		return Refused{Cause: CalibrateUnheard} // that of its own microphone
	}
	return nil
}

// calibrated hands a result to the calibration that waits for it.
func (p *Player) calibrated(id string, r proof.Result) bool {
	p.proving.Lock()
	defer p.proving.Unlock()
	waits, there := p.samples[id]
	if there {
		waits <- r
	}
	return there
}
