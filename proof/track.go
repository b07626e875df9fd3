package proof

import (
	"math"
	"time"
)

const (
	// held is how many Frames a Track keeps, 41 s, a power of two.
	held = 2048
	// settleFrames is over how many of them it is looked how late they come, 2 s: the
	// soonest tells of the sender's clock, or of sound that was lost, all others of who was
	// busy. A Trial looks at nothing that is younger.
	settleFrames = 100
	// slack is by how many hops the sender's clock may be off before that is put right.
	slack = 2
	// repeated is how many hops may be filled with the last Frame, for a clock that is
	// slow; more than that was lost.
	repeated = 5
	// lostFrames is from how many hops on they are taken for lost at once: no pipe holds
	// back so much, 3 s.
	lostFrames = 150
)

// Track is the last 41 s of a stream of sound, as Frames on one grid of hops that
// every Track shares: CLOCK_MONOTONIC divided by Hop. Where a Frame lies follows
// from when it came, so that two streams whose clocks differ stay side by side for
// days.
type Track struct {
	ring        [held]Frame
	late        [held]int32 // by how many hops each came late
	first, next int64       // hops: those in [first, next) are known of
	begun       int64       // the first hop of what came without a break
	running     bool
	soonest     int64 // the least that one came late, in hops, since it was last looked
	since       int64 // Frames since then
	drop        int64 // Frames to leave out: they came too early
}

// hopOf is the hop of an instant of CLOCK_MONOTONIC.
func hopOf(at time.Duration) int64 { return int64(at / Hop) }

// Write takes the Frames that came at an instant of CLOCK_MONOTONIC.
func (t *Track) Write(now time.Duration, frames []Frame) {
	if len(frames) == 0 {
		return
	}
	hop := hopOf(now)
	if !t.running {
		t.running, t.since, t.drop, t.soonest = true, 0, 0, held
		t.skipTo(hop - int64(len(frames)))
		t.begun = t.next
	}
	from := t.next
	for _, f := range frames {
		if t.drop > 0 {
			t.drop--
			continue
		}
		t.put(f)
	}
	t.since += int64(len(frames))
	late := hop - t.next
	for i := max(from, t.next-held); i < t.next; i++ {
		t.late[i%held] = int32(max(late, math.MinInt32))
	}
	t.soonest = min(t.soonest, late)
	switch {
	case late >= lostFrames:
		t.skipTo(hop)
		t.soonest, t.since, t.begun = held, 0, t.next
	case late < 0 && t.next-t.begun <= settleFrames+int64(len(frames)):
		t.pull(-late)
	case t.mend():
	case t.since >= settleFrames:
		t.settle()
	}
}

// mend finds that sound was lost: for 2 s all came late. What came since then lies too early by
// as much, and is put where it belongs, with what nobody knows before it: a card that overran
// would make the rest of a broadcast another sound otherwise, until somebody looked again.
func (t *Track) mend() bool {
	least, from := int64(held), t.next
	for i := t.next - 1; i >= max(t.begun, t.first); i-- {
		late := int64(t.late[i%held])
		if late <= repeated || t.next-i > settleFrames && late < least {
			break
		}
		least, from = min(least, late), i
	}
	if t.next-from < settleFrames {
		return false
	}
	for i := t.next - 1; i >= from; i-- {
		t.ring[(i+least)%held], t.late[(i+least)%held] = t.ring[i%held], t.late[i%held]-int32(least)
	}
	for i := from; i < from+least; i++ {
		t.ring[i%held], t.late[i%held] = missed, 0
	}
	t.next += least
	t.first = max(t.first, t.next-held)
	t.begun, t.soonest, t.since = from+least, held, 0
	return true
}

// pull puts what came since begun so many hops earlier. Nothing comes before it was sent, so that
// what began with a piece that had waited, as behind a speaker that is started anew, lies too late
// by as much.
func (t *Track) pull(hops int64) {
	for i := t.begun; i < t.next; i++ {
		t.ring[(i-hops)%held], t.late[(i-hops)%held] = t.ring[i%held], t.late[i%held]+int32(hops)
	}
	t.begun, t.next = t.begun-hops, t.next-hops
	t.first = min(t.first, t.begun)
	t.soonest = 0
}

// settle puts right what two clocks differ by.
func (t *Track) settle() {
	switch late := t.soonest; {
	case late <= -slack:
		t.drop = -late
	case late >= slack && late <= repeated: // of more mend takes care
		for last := t.at(t.next - 1); late > 0; late-- {
			t.put(last)
		}
	}
	t.soonest, t.since = held, 0
}

// Break says that the stream ended: what comes next began anew.
func (t *Track) Break() { t.running = false }

// skipTo fills with what nobody knows, up to a hop; a hop before that is none.
func (t *Track) skipTo(hop int64) {
	if hop-t.next >= held {
		t.first, t.next = hop, hop
		return
	}
	for t.next < hop {
		t.put(missed)
	}
}

func (t *Track) put(f Frame) {
	t.ring[t.next%held] = f
	t.next++
	t.first = max(t.first, t.next-held)
}

// at is the Frame of a hop, which must be held.
func (t *Track) at(hop int64) Frame {
	if hop < t.first || hop >= t.next {
		return missed
	}
	return t.ring[hop%held]
}
