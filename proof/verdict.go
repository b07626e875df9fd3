package proof

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// Threshold is the score from which on a window, and a whole broadcast, is what was
// sent. Measured on 40 announcements: what was right scored 0.49 or more even in noise
// as loud as itself, what was wrong 0.27 or less.
const Threshold = 0.40

const (
	// goodShare is the part of its windows that must be heard for a broadcast to be.
	goodShare = 0.8
	// sure is the score of a window by which alone a lag is believed.
	sure = 0.5
	// deciding is of how many windows that are loud enough none must be heard for a broadcast to
	// be lost of which most are too soft to tell.
	deciding = 3
	// leastStep is how many dB an amplifier must make, on against off, for a Gate.
	leastStep = 10.0
	// aloneRoom is by how many dB something may be heard softer than at the calibration of a
	// Gate that knows On alone: crosstalk is softer by far.
	aloneRoom = 15.0
	// aloneLeast is the level from which on such a Gate is believed, in dB of full scale: what
	// is softer may be crosstalk itself.
	aloneLeast = -55.0
	// muted is at how many dB a volume control lets nothing through: no control that is in
	// use stands so low.
	muted = Nothing + 1.0
	// apart is by how many dB a sound must stand above the noise to be told from none: down to
	// 5 dB all of them were heard.
	apart = 6.0
	// faintest is the level under which no band can be compared any more, in dB of full scale:
	// all five at their floor make −68 dB.
	faintest = floor + 7 + apart
)

// Verdict says whether a broadcast was heard.
type Verdict string

// The verdicts.
const (
	Heard       Verdict = "yes"
	Silent      Verdict = "silent"
	Wrong       Verdict = "wrong"
	NotMeasured Verdict = "not-measured"
)

// Why is why something was not measured, a code.
type Why string

// The codes of Why.
const (
	NoMonitor    Why = "no-monitor"   // nothing came from the monitor input
	Uncalibrated Why = "uncalibrated" // there is no Gate: crosstalk would count as heard
	Unread       Why = "unread"       // whether there is a Gate could not be read
	Elsewhere    Why = "elsewhere"    // it sounded in zones that the monitor does not hear
	TooShort     Why = "too-short"    // less than 3 s in one piece, or too little to be sure of
	NothingSent  Why = "nothing-sent" // what was sent holds nothing to look for
	TooSoft      Why = "too-soft"     // turned down so far that the noise covers it
	Bypassed     Why = "bypass"       // the amplifier was on its own microphone
)

// Gate tells the amplifier from crosstalk: the levels of one and the same sound with
// the amplifier off and on, and of that sound as it was sent, in dB of full scale.
type Gate struct {
	Off  float64 `json:"off"`
	On   float64 `json:"on"`
	Sent float64 `json:"sent"`
	// Fader is where the volume control behind what was sent stood then, in dB; 0 too
	// where there is none.
	Fader float64 `json:"fader,omitempty"`
	// Alone says that On alone was measured: nothing can be switched off, or what is off
	// hisses, as an FM receiver without its carrier does. Off stands 2·aloneRoom below.
	Alone bool `json:"alone,omitempty"`
}

// AloneGate is that of a sound with the amplifier on, where off tells nothing.
func AloneGate(on, sent, fader float64) Gate {
	return Gate{Off: on - 2*aloneRoom, On: on, Sent: sent, Fader: fader, Alone: true}
}

// Check refuses a Gate whose levels are too near, or no levels. The error is a
// *NearError when the amplifier makes less than 10 dB, a *FaintError when On alone is
// known and hardly heard.
func (g Gate) Check() error {
	for _, v := range []float64{g.On, g.Sent} {
		if !level(v) {
			return fmt.Errorf("a level of %.1f dB is none", v)
		}
	}
	switch {
	case !g.Alone && !level(g.Off):
		return fmt.Errorf("a level of %.1f dB is none", g.Off)
	case math.IsNaN(g.Fader) || math.IsInf(g.Fader, 0):
		return errors.New("nobody knows where the volume control stood")
	case g.Alone && g.On < aloneLeast:
		return &FaintError{g.On}
	case g.On-g.Off < leastStep:
		return &NearError{g.On - g.Off}
	}
	return nil
}

// FaintError says that a sound is heard so softly that it may be crosstalk, where nothing
// can be switched off to compare.
type FaintError struct{ Level float64 } // dB of full scale

// Error implements error.
func (e *FaintError) Error() string {
	return fmt.Sprintf("%.1f dB come from the monitor input; at least %.0f are needed where the amplifier cannot be compared with one that is off", e.Level, aloneLeast)
}

// level says whether a number can be one, in dB of full scale.
func level(v float64) bool { return v >= Nothing && v <= 20 }

// NearError says that a monitor input hears hardly more with the amplifier on than off.
type NearError struct{ Step float64 } // dB

// Error implements error.
func (e *NearError) Error() string {
	return fmt.Sprintf("the amplifier makes %.1f dB at the monitor input; at least %.0f are needed", e.Step, leastStep)
}

// middle is the level between off and on.
func (g Gate) middle() float64 { return (g.On + g.Off) / 2 }

// opens says whether a window is loud enough for an amplifier that is on, measured
// against what was sent and against where the volume control stood: a village may turn
// its programme down by either. Where the control let nothing through, what is heard must be
// as loud as at the calibration: crosstalk is loud beside nothing.
func (g Gate) opens(m match) bool {
	if m.fader <= muted {
		return m.level >= g.middle()
	}
	return m.level-m.sent-g.stood(m) >= g.middle()-g.Sent-g.Fader
}

// stood is where the volume control stood while a window was sent.
func (g Gate) stood(m match) float64 {
	if math.IsNaN(m.fader) {
		return g.Fader
	}
	return m.fader
}

// silent says of a window that was not heard whether there was nothing, rather than
// something else.
func (g Gate) silent(m match) bool { return !g.opens(m) || m.level < g.middle() }

// expected is the level at which a window comes from an amplifier that is on, in dB of full
// scale: that of the calibration, by as much softer as it is turned down.
func (g Gate) expected(m match) float64 {
	return g.On - g.Sent - g.Fader + m.sent + g.stood(m)
}

// covered says of a window that was not known again whether nobody can tell: it is turned
// down to where the noise of the input may cover it, and what is heard is no softer. Under
// what the calibration heard with the amplifier off, and where On alone was measured under
// what such a Gate is believed from, nothing is known of that noise. What a muted control
// lets through is no question of noise.
func (g Gate) covered(m match) bool {
	if g == (Gate{}) || m.score >= Threshold || m.fader <= muted {
		return false
	}
	least := max(faintest, g.Off+apart)
	if g.Alone {
		least = max(faintest, aloneLeast)
	}
	want := g.expected(m)
	return want < least && m.level > want-apart
}

// Result is what became of one broadcast.
type Result struct {
	Verdict Verdict       `json:"verdict"`
	Why     Why           `json:"why,omitempty"`
	Score   float64       `json:"score"`           // mean of its windows, −1 to 1
	Share   float64       `json:"share"`           // of its windows that were heard, 0 to 1
	Windows int           `json:"windows"`         // that were compared
	Missed  int           `json:"missed"`          // of which the monitor gave nothing
	Level   float64       `json:"level"`           // dB of full scale, mean of what was heard
	Sent    float64       `json:"sent"`            // likewise of what was sent
	Fader   float64       `json:"fader,omitempty"` // dB, mean of where the volume control behind it stood
	Lag     time.Duration `json:"lag"`             // by which it was heard later than it was known to be sent
	Lost    time.Duration `json:"lost"`            // in bad stretches of 8 s and more
	// Envelopes is the picture; nil when it is not kept any more.
	Envelopes *Envelopes `json:"-"`
}

// Loss is a broadcast that is lost while it goes on: 8 s in one piece were bad.
type Loss struct {
	As    Verdict // Silent or Wrong
	Since time.Duration
}
