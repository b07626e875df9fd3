package proof

import (
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
	// leastStep is how many dB an amplifier must make, on against off, for a Gate.
	leastStep = 10.0
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
	TooShort     Why = "too-short"    // less than 3 s in one piece
	NothingSent  Why = "nothing-sent" // what was sent holds nothing to look for
)

// Gate tells the amplifier from crosstalk: the levels of one and the same sound with
// the amplifier off and on, and of that sound as it was sent, in dB of full scale.
type Gate struct {
	Off  float64 `json:"off"`
	On   float64 `json:"on"`
	Sent float64 `json:"sent"`
}

// Check refuses a Gate whose levels are too near, or no levels. The error is a
// *NearError when the amplifier makes less than 10 dB.
func (g Gate) Check() error {
	for _, v := range []float64{g.Off, g.On, g.Sent} {
		if math.IsNaN(v) || v < Nothing || v > 20 {
			return fmt.Errorf("a level of %.1f dB is none", v)
		}
	}
	if g.On-g.Off < leastStep {
		return &NearError{g.On - g.Off}
	}
	return nil
}

// NearError says that a monitor input hears hardly more with the amplifier on than off.
type NearError struct{ Step float64 } // dB

// Error implements error.
func (e *NearError) Error() string {
	return fmt.Sprintf("the amplifier makes %.1f dB at the monitor input; at least %.0f are needed", e.Step, leastStep)
}

// middle is the level between off and on.
func (g Gate) middle() float64 { return (g.On + g.Off) / 2 }

// opens says whether a window is loud enough for an amplifier that is on, measured
// against what was sent: a village may turn its programme down.
func (g Gate) opens(m match) bool { return m.level-m.sent >= g.middle()-g.Sent }

// silent says of a window that was not heard whether there was nothing, rather than
// something else.
func (g Gate) silent(m match) bool { return !g.opens(m) || m.level < g.middle() }

// Result is what became of one broadcast.
type Result struct {
	Verdict Verdict       `json:"verdict"`
	Why     Why           `json:"why,omitempty"`
	Score   float64       `json:"score"`   // mean of its windows, −1 to 1
	Share   float64       `json:"share"`   // of its windows that were heard, 0 to 1
	Windows int           `json:"windows"` // that were compared
	Missed  int           `json:"missed"`  // of which the monitor gave nothing
	Level   float64       `json:"level"`   // dB of full scale, mean of what was heard
	Sent    float64       `json:"sent"`    // likewise of what was sent
	Lag     time.Duration `json:"lag"`     // by which it was heard later than it was known to be sent
	Lost    time.Duration `json:"lost"`    // in bad stretches of 8 s and more
	// Envelopes is the picture; nil when it is not kept any more.
	Envelopes *Envelopes `json:"-"`
}

// Loss is a broadcast that is lost while it goes on: 8 s in one piece were bad.
type Loss struct {
	As    Verdict // Silent or Wrong
	Since time.Duration
}
