package proof

import "time"

const (
	// held is how many Frames a Track keeps, 41 s, a power of two.
	held = 2048
	// settleFrames is over how many of them it is looked how late they come, 2 s: the
	// soonest tells of the sender's clock, all others of who was busy.
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
	first, next int64 // hops: those in [first, next) are known of
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
	}
	for _, f := range frames {
		if t.drop > 0 {
			t.drop--
			continue
		}
		t.put(f)
	}
	t.since += int64(len(frames))
	late := hop - t.next
	t.soonest = min(t.soonest, late)
	switch {
	case late >= lostFrames:
		t.skipTo(hop)
		t.soonest, t.since = held, 0
	case t.since >= settleFrames:
		t.settle()
	}
}

// settle puts right what two clocks differ by.
func (t *Track) settle() {
	switch late := t.soonest; {
	case late <= -slack:
		t.drop = -late
	case late > repeated:
		t.skipTo(t.next + late)
	case late >= slack:
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
