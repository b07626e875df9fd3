package audio

import (
	"math"
	"sync/atomic"
)

// Softest and Loudest bound the volume of a programme, in dB against how it was
// levelled: at Softest a village still hears it, and at Loudest the limiter still keeps it
// below the ceiling. An alarm has no volume.
const (
	Softest Decibels = -20
	Loudest Decibels = 6
)

// turnStep is how far the volume moves in each frame, of full scale: from nothing to
// full in 50 ms, so that no step of it clicks.
const turnStep = 1.0 / 2400

// volume is the gain of the whole programme before its limiter. Whoever turns it may be
// any goroutine; the rest belongs to the one that pulls.
type volume struct {
	goal atomic.Uint32 // bits of the factor to be reached; 0: nobody has turned it
	at   float32       // the factor that is reached
}

// turn sets the goal; what is out of bounds is brought within them, NaN to 0 dB.
func (v *volume) turn(gain Decibels) {
	if math.IsNaN(float64(gain)) {
		gain = 0
	}
	v.goal.Store(math.Float32bits(min(max(gain, Softest), Loudest).Factor()))
}

// apply turns dst towards the goal, frame by frame.
func (v *volume) apply(dst []float32) {
	goal := math.Float32frombits(v.goal.Load())
	if goal == 0 || v.at == goal && goal == 1 {
		return
	}
	for i := range dst {
		if v.at < goal {
			v.at = min(goal, v.at+turnStep)
		} else {
			v.at = max(goal, v.at-turnStep)
		}
		dst[i] *= v.at
	}
}

// Turn sets the volume of the programme, in dB, at most Loudest and at least Softest,
// which it comes to within 0.1 s of what is pulled. Alarms stay as loud as they are. It may
// be called from any goroutine and does not block.
func (d *Desk) Turn(gain Decibels) { d.programme.volume.turn(gain) }
