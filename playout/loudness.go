package playout

import (
	"context"
	"log/slog"
	"math"
	"sync"
	"time"

	"loalang/audio"
	"loalang/scheduler"
)

// Fader is the volume control of a sound card. Turning it takes a tenth of a second, never on the way of a sound.
// Faders are comparable: those that are equal turn the same control.
type Fader interface {
	// Fade turns it to so many dB and says what it has become.
	Fade(ctx context.Context, dB float64) (float64, error)
}

// LoudnessConfig is what a Loudness works with.
type LoudnessConfig struct {
	// Turn sets the digital volume of the programme, at once. An emergency has none.
	Turn func(audio.Decibels) error
	// Fader is the control that was chosen, and how many dB it shows when the village is
	// as loud as usual; nil: there is none. It is asked anew each time.
	Fader func() (Fader, float64)
	Place func() scheduler.Village // as last known
	Watch func(context.Context) <-chan Air
	Now   func() time.Time
	Log   *slog.Logger
}

const (
	// fadeAgain is how often a control is set anew that somebody else may have turned.
	fadeAgain = time.Minute
	// fadeSoon is how soon one is set anew that did not answer; the span doubles up to
	// fadeAgain unless a siren sounds.
	fadeSoon = 2 * time.Second
	// faderStep is how much a control may differ from what was asked: its steps are as
	// large.
	faderStep = 3.0
)

// LoudnessState is how loud the programme is made, and by what.
type LoudnessState struct {
	Wanted  int     // dB against how sound is levelled, by the village and the hour
	Fitted  bool    // a control was chosen
	Level   float64 // dB that it shows, of Fitted
	Alarmed bool    // an emergency, or a drill that is heard, has it as loud as usual
	Fault   string  // why the control does not do it; the digital volume does, then
	Gone    bool    // it did not answer when it was last asked: a siren is not turned up either
}

// Loudness keeps the programme as loud as the village wants it at this hour, for what is
// about to sound: by the control of the sound card where one was chosen and answers, else
// digitally. A control is turned between two items and as the amplifier is keyed, before
// the first word; while an emergency sounds, or a drill that is heard, it is as loud as
// usual, and afterwards as it was. One that is chosen no more goes back to where it is as loud
// as usual: it may lie before the next one, and no siren would turn it up again. While the
// clock is unknown the hours have no volume. Nothing ever waits for it. Its methods may be called from any goroutine.
type Loudness struct {
	cfg    LoudnessConfig
	change chan struct{}

	mu    sync.Mutex
	state LoudnessState
	set   loudnessSet
}

// loudnessSet is what was last asked for.
type loudnessSet struct {
	digital int
	turned  bool

	control Fader
	usual   float64       // dB that control shows as loud as usual
	asked   float64       // dB, of control
	alarmed bool          // that was for a siren
	faded   bool          // it answered
	at      time.Time     // of asking; zero: nothing was asked of it since it may have changed
	wait    time.Duration // until it is asked again, of one that did not answer
	known   bool          // it has answered, and its card has not been away since
	level   float64       // dB, the loudest where it may stand then, of known
	left    []leftFader   // were chosen before, and stand where the hour had turned them
}

// leftFader is a control that is chosen no more.
type leftFader struct {
	control Fader
	usual   float64   // dB, to which it is to go back
	at      time.Time // of the last attempt; zero: there was none
}

// due says whether a control is to be turned.
func (s loudnessSet) due(control Fader, target float64, alarmed bool, now time.Time) bool {
	wait := fadeAgain
	if !s.faded {
		if wait = s.wait; alarmed {
			wait = fadeSoon
		}
	}
	begins := alarmed && !s.alarmed // no siren waits for a minute to be over
	return begins || s.at.IsZero() || s.control != control || s.asked != target || now.Sub(s.at).Abs() >= wait
}

// NewLoudness prepares a Loudness; nothing is turned before Run.
func NewLoudness(cfg LoudnessConfig) *Loudness {
	return &Loudness{cfg: cfg, change: make(chan struct{}, 1)}
}

// State is how loud it is.
func (l *Loudness) State() LoudnessState {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state
}

// Stands says which control was chosen, nil for none, and how many dB it shows; known is
// false while nobody knows: nothing was asked of it yet, or it does not answer.
func (l *Loudness) Stands() (control Fader, dB float64, known bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case !l.state.Fitted:
		return nil, 0, l.set.turned
	case !l.set.known:
		return l.set.control, 0, false
	}
	return l.set.control, l.state.Level, true
}

// Changed says that the village, the hours or the control are others. It does not block.
func (l *Loudness) Changed() {
	select {
	case l.change <- struct{}{}:
	default:
	}
}

// Run turns what is to be turned until ctx ends; it returns nil.
func (l *Loudness) Run(ctx context.Context) error {
	airs := l.cfg.Watch(ctx)
	last, heard, told := Air{}, "", false
	for {
		select {
		case <-ctx.Done():
			return nil
		case air, alive := <-airs:
			if !alive {
				return nil
			}
			if air.Output.Up && (!last.Output.Up || air.Output.ChildPID != last.Output.ChildPID) {
				l.forget(true)
			}
			last = air
		case <-l.change:
			told = true
			l.forget(false)
		}
		on := onAirID(last)
		l.apply(ctx, last, told || on != heard)
		heard, told = on, false
	}
}

// forget has the control turned anew at once: it may be another, or stand elsewhere, which
// is certain of one whose card was away.
func (l *Loudness) forget(away bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.set.at, l.set.faded, l.set.wait = time.Time{}, false, 0
	l.set.known = l.set.known && !away
}

// sirens says whether what has no volume sounds.
func sirens(a Air) bool { return a.Emergency != nil || a.Drill != nil && !a.Drill.Silent }

// onAirID names what sounds; nothing for nothing.
func onAirID(a Air) string {
	if a.OnAir == nil {
		return ""
	}
	return a.OnAir.Occurrence.ID
}

// apply turns what differs. In the middle of an item only a person's change counts.
func (l *Loudness) apply(ctx context.Context, air Air, free bool) {
	place, at, class := l.cfg.Place(), l.cfg.Now(), scheduler.ClassNormal
	if air.OnAir != nil {
		class = air.OnAir.Occurrence.Class
		if due := air.OnAir.Occurrence.Due; due.After(at) {
			at = due
		}
	}
	if !air.Clock.Trusted() {
		place.Rules.Volumes = nil // whoever speaks knows the hour, the board does not
	}
	fader, usual := l.cfg.Fader()
	defer l.putBack(ctx) // last: nothing is too loud meanwhile
	l.mu.Lock()
	l.leave(fader)
	l.set.usual = usual
	if air.OnAir == nil || free || !l.set.turned {
		l.state.Wanted = place.VolumeAt(at, class)
	}
	wanted, alarmed := l.state.Wanted, sirens(air)
	l.state.Fitted, l.state.Alarmed = fader != nil, fader != nil && alarmed
	l.state.Gone = l.state.Gone && fader != nil
	set := l.set
	l.mu.Unlock()
	if fader == nil {
		l.digital(wanted, "")
		return
	}
	target := usual
	if !alarmed {
		target += float64(wanted)
	}
	if set.due(fader, target, alarmed, l.cfg.Now()) {
		l.fade(ctx, fader, target, wanted, alarmed)
	}
}

// fade turns the control to target, and digitally what it does not do of wanted. While a
// siren has it, which has no digital volume, a control that fails leaves that as it is.
func (l *Loudness) fade(ctx context.Context, fader Fader, target float64, wanted int, alarmed bool) {
	became, err := fader.Fade(ctx, target)
	fault, rest := "", 0
	l.mu.Lock()
	s := &l.set
	s.known = s.known && s.control == fader
	if s.control != fader || s.asked != target {
		s.wait = 0
	}
	s.control, s.asked, s.alarmed, s.faded, s.at = fader, target, alarmed, err == nil, l.cfg.Now()
	l.state.Gone = err != nil
	switch {
	case err == nil:
		s.known, s.level, s.wait, l.state.Level = true, target, 0, became
		if math.Abs(became-target) > faderStep {
			s.level, fault, rest = became, "the control ends before what is wanted", int(math.Round(target-became))
		}
	case s.known: // it stands where it stood, or has gone there and did not say so
		s.level, rest = max(s.level, target), s.digital
		if !alarmed {
			rest = int(math.Round(target - s.level))
		}
	default:
		rest = wanted
	}
	if err != nil {
		fault, s.wait = err.Error(), min(max(fadeSoon, 2*s.wait), fadeAgain)
	}
	newly := fault != "" && l.state.Fault == ""
	l.mu.Unlock()
	if newly {
		l.cfg.Log.Error("the volume control does not follow: the programme is turned digitally", "wanted", target, "became", became, "err", fault)
	}
	l.digital(rest, fault)
}

// digital turns the programme by so many dB.
func (l *Loudness) digital(dB int, fault string) {
	dB = min(max(dB, scheduler.LeastVolume), scheduler.MostVolume)
	l.mu.Lock()
	same := l.set.turned && l.set.digital == dB
	l.set.digital, l.set.turned = dB, true
	l.state.Fault = fault
	l.mu.Unlock()
	if same {
		return
	}
	if err := l.cfg.Turn(audio.Decibels(dB)); err != nil {
		l.cfg.Log.Error("the programme could not be turned", "dB", dB, "err", err)
	}
}
