package audio

import (
	"math"
	"time"
)

// GateOptions is how a Gate decides. The zero GateOptions stands for SpeechGate.
type GateOptions struct {
	// Open is the level, full scale 0, above which the gate opens, Close the one
	// below which it closes again; between the two it stays as it is. A Close above
	// Open counts as Open.
	Open, Close Decibels
	// Attack is how long it takes to open, Release to close.
	Attack, Release time.Duration
	// Hold is for how long it must have been quiet before the gate begins to
	// close, so that no pause between two words closes it.
	Hold time.Duration
	// Floor is the gain of the closed gate, below 0.
	Floor Decibels
	// Ahead is by how much the gate holds the sound back, so that it is open when
	// what opens it comes: the soft beginning of a word is heard.
	Ahead time.Duration
}

// SpeechGate lets a voice at a microphone through and keeps the room out while
// nobody speaks.
var SpeechGate = GateOptions{
	Open: -42, Close: -48, Attack: 3 * time.Millisecond, Hold: 350 * time.Millisecond,
	Release: 150 * time.Millisecond, Floor: -40,
}

const (
	// gateHum is the corner in hertz of the high-pass through which a Gate listens:
	// neither the hum of the mains nor the offset of a cheap converter is a voice.
	gateHum = 120
	// gateRise and gateFall are how fast the level that a Gate sees follows what
	// grows and what fades. The second bridges two periods of the deepest voice.
	gateRise = time.Millisecond
	gateFall = 25 * time.Millisecond
)

// Gate is a noise gate for speech: a level with hysteresis opens it, and a hold
// time keeps it open between words. It is the classic design (U. Zölzer, DAFX,
// "Dynamic range control"), with a gain that moves as an exponential, in decibels
// in its release, so that it is not heard to work. It adds no
// delay but Ahead: without that the first milliseconds of what opens it come in with
// the attack.
//
// One goroutine uses a Gate; Process does not allocate.
type Gate struct {
	open, shut  float32 // squares
	attack      float32 // share of the way left that is gone each frame
	release     float32 // factor each frame
	floor       float32
	hold, quiet int // frames: wanted, and passed

	corner, rise, fall float32
	before, high       float32 // the last frame, and what the high-pass made of it
	level              float32 // a square
	opened             bool
	gain               float32
	held               []float32 // ring: what is held back, the oldest at at
	at                 int
}

// NewGate is a closed Gate.
func NewGate(o GateOptions) *Gate {
	if o == (GateOptions{}) {
		o = SpeechGate
	}
	g := &Gate{
		open: square(o.Open.Factor()), shut: square(min(o.Close, o.Open).Factor()),
		attack: approach(o.Attack), floor: min(o.Floor, 0).Factor(), hold: int(Rate.N(max(o.Hold, 0))), held: make([]float32, Rate.N(max(o.Ahead, 0))),
		rise: approach(gateRise), fall: approach(gateFall),
		corner: float32(math.Exp(-2 * math.Pi * gateHum / float64(Rate))),
	}
	// It is shut when it has fallen by as much as it falls.
	g.release = float32(math.Pow(float64(g.floor), 1/max(1, float64(Rate.N(o.Release)))))
	g.gain = g.floor
	return g
}

func square(x float32) float32 { return x * x }

// approach is the share of the way to its goal that something goes each frame that
// has gone 95 % of it after d.
func approach(d time.Duration) float32 {
	return float32(1 - math.Exp(-3/max(1, float64(Rate.N(d)))))
}

// Opened says whether the gate is open, or closes only because it is quiet since
// less than the hold time.
func (g *Gate) Opened() bool { return g.opened }

// Process gates frames in place. What it does is the same in whatever pieces the
// sound comes. Frames that are no numbers count as silence.
func (g *Gate) Process(frames []float32) {
	for i, v := range frames {
		if v != v {
			v = 0
		}
		g.hear(v)
		if g.opened {
			g.gain += (1 - g.gain) * g.attack
		} else {
			g.gain = max(g.floor, g.gain*g.release)
		}
		frames[i] = g.delay(v) * g.gain
	}
}

// delay is the frame that v comes behind by Ahead.
func (g *Gate) delay(v float32) float32 {
	if len(g.held) == 0 {
		return v
	}
	old := g.held[g.at]
	g.held[g.at] = v
	if g.at++; g.at == len(g.held) {
		g.at = 0
	}
	return old
}

// hear follows the level and decides.
func (g *Gate) hear(v float32) {
	v = min(max(v, -16), 16) // an infinite frame must not open it for ever
	g.high = g.corner * (g.high + v - g.before)
	g.before = v
	now := square(g.high)
	if now > g.level {
		g.level += (now - g.level) * g.rise
	} else {
		g.level += (now - g.level) * g.fall
	}
	switch {
	case g.level > g.open:
		g.opened, g.quiet = true, 0
	case g.level > g.shut:
		g.quiet = 0
	case g.opened:
		if g.quiet++; g.quiet > g.hold {
			g.opened = false
		}
	}
}
