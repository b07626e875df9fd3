package audio

import (
	"context"
	"time"
)

// Device is what a Desk's sound leaves through: a card, a file, nothing. Package
// audio/devicetest holds the suite that every Device passes.
type Device interface {
	// Name says in one word or two what is open or will be, for the log.
	Name() string
	// Run opens the device, anchors d, and pulls from d at the device's own pace
	// until ctx ends (nil) or the device is of no more use (why not, in one
	// sentence). It blocks; its goroutines have ended when it returns. One Run at
	// a time; Desk.Run is the caller's.
	Run(ctx context.Context, d *Desk) error
	// Audible says whether people can hear what is pulled.
	Audible() bool
}

// pacePeriod is how much the devices without a card pull at a time, 10 ms.
const pacePeriod = Frames(480)

// tooFast is how much of what was missed may be pulled at once: less than what is
// read ahead.
const tooFast = time.Second

// pace calls pull for block after block of pacePeriod frames, each when its
// first frame leaves by the clock: frame k at start + k/48000. After a stall it
// catches up without losing a frame, not faster than the Desk's readers can read.
// It returns when ctx ends.
func pace(ctx context.Context, clock func() Instant, start Instant, pull func()) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for next := Frames(0); ; next += pacePeriod {
		wait := start.Add(Rate.D(next)).Sub(clock())
		if wait < -tooFast {
			wait = time.Millisecond
		}
		if wait > 0 {
			timer.Reset(wait)
			select {
			case <-ctx.Done():
				return
			case <-timer.C:
			}
		}
		if ctx.Err() != nil {
			return
		}
		pull()
	}
}

// NullDevice pulls in real time and lets nothing be heard: what is left of a
// village without a sound card. Listen-in, cues and the as-run go on.
type NullDevice struct {
	// Clock is CLOCK_MONOTONIC; nil: Monotonic.
	Clock func() Instant
}

// Name is "null".
func (n *NullDevice) Name() string { return "null" }

// Audible is false.
func (n *NullDevice) Audible() bool { return false }

// Run follows the contract of Device; it cannot fail.
func (n *NullDevice) Run(ctx context.Context, d *Desk) error {
	clock := n.Clock
	if clock == nil {
		clock = Monotonic
	}
	start := clock()
	d.Anchor(d.Position(), start)
	var frames [pacePeriod]float32
	pace(ctx, clock, start, func() { d.Pull(frames[:]) })
	return nil
}
