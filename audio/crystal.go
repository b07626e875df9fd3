package audio

import (
	"math"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// crystalEvery is the distance of the points that are kept; the oldest of them
	// is a minute old.
	crystalEvery  = Frames(Rate)
	crystalPoints = 64
	// crystalLeast is how many points make a rate.
	crystalLeast = 4
	// crystalStep is a change between two anchors that is no drift: the card ran
	// dry.
	crystalStep = 500 * time.Microsecond
	// maxDrift bounds what is learned: no card's crystal is worse.
	maxDrift = 300e-6
)

// crystal learns by how much the device's clock is wrong, from its anchors: the
// instant at which frame 0 would have left moves when it is.
type crystal struct {
	rate atomic.Uint64 // bits of a float64: seconds lost in each second

	mu     sync.Mutex // never waited for
	last   Instant
	points [crystalPoints]struct {
		f      Frames
		origin Instant
	}
	count int // points since the last step
}

// drift is by how much the device takes longer for a second than a second.
func (c *crystal) drift() float64 { return math.Float64frombits(c.rate.Load()) }

// anchored takes in that frame f leaves when frame 0 would have left at origin.
func (c *crystal) anchored(f Frames, origin Instant) {
	if !c.mu.TryLock() {
		return // the next one is a period away
	}
	defer c.mu.Unlock()
	if off := origin.Sub(c.last); off.Abs() > crystalStep {
		c.count = 0
	}
	c.last = origin
	newest := c.points[(c.count+crystalPoints-1)%crystalPoints]
	if c.count > 0 && f-newest.f < crystalEvery {
		return
	}
	if c.count >= crystalLeast {
		oldest := c.points[max(0, c.count-crystalPoints)%crystalPoints]
		rate := origin.Sub(oldest.origin).Seconds() / Rate.D(f-oldest.f).Seconds()
		c.rate.Store(math.Float64bits(min(max(rate, -maxDrift), maxDrift)))
	}
	c.points[c.count%crystalPoints].f, c.points[c.count%crystalPoints].origin = f, origin
	c.count++
}
