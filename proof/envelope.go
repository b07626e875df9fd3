package proof

import (
	"math"
	"time"
)

// envelopePoints is how many points an Envelope has at most.
const envelopePoints = 240

// The bytes of an Envelope: half decibels above Nothing, and what nobody knows.
const (
	unknownPoint = 255
	pointsPerDB  = 2
)

// outline is the power of any length of sound in few points: when it is full, two
// become one.
type outline struct {
	points [envelopePoints]struct {
		power float64
		count int
	}
	step int64 // hops of a point
	hops int64
}

func (o *outline) put(f Frame) {
	if o.step == 0 {
		o.step = 5
	}
	if o.hops == o.step*envelopePoints {
		for i := range envelopePoints / 2 {
			a, b := o.points[2*i], o.points[2*i+1]
			o.points[i].power, o.points[i].count = a.power+b.power, a.count+b.count
		}
		clear(o.points[envelopePoints/2:])
		o.step *= 2
	}
	p := &o.points[o.hops/o.step]
	o.hops++
	if f.known() {
		p.power += float64(f.power)
		p.count++
	}
}

func (o *outline) bytes() []byte {
	if o.hops == 0 {
		return nil
	}
	out := make([]byte, (o.hops+o.step-1)/o.step)
	for i := range out {
		p := o.points[i]
		if out[i] = unknownPoint; p.count > 0 {
			out[i] = byte(math.Round((decibels(p.power, p.count) - Nothing) * pointsPerDB))
		}
	}
	return out
}

// Envelopes is the outline of what was sent and of what was heard of it, side by side:
// the lag is taken out. Each has at most 240 points.
type Envelopes struct {
	Step  time.Duration `json:"step"` // that one point is about
	Sent  []byte        `json:"sent"`
	Heard []byte        `json:"heard"`
}

// Level is the mean power that a byte of Envelopes stands for, in dB of full scale; ok
// is false where nobody knows.
func Level(point byte) (dB float64, ok bool) {
	return float64(point)/pointsPerDB + Nothing, point != unknownPoint
}
