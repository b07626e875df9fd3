package speaker

import (
	"time"

	"loalang/audio"
)

// CalmBuffer is the largest that a few underruns lead to; it takes many to go
// beyond.
const CalmBuffer = 20 * time.Millisecond

// How much sound a card shall hold is learned: ADR 13.
const (
	// rareLimit underruns within rareSpan make the buffer larger up to CalmBuffer,
	// while nothing sounds: what runs a silent card dry twice in an hour will tear a
	// hole into a notice. CalmBuffer lets an emergency end within 50 ms of
	// its stop; beyond it that costs more than a rare hole.
	rareLimit = 2
	rareSpan  = time.Hour
	// dryLimit underruns within drySpan make it larger than that; dryUrgent do so at
	// once, even while something sounds.
	dryLimit  = 5
	dryUrgent = 25
	drySpan   = time.Minute
	// maxBuffer is where larger buffers stop helping.
	maxBuffer = 160 * time.Millisecond
	// idleAhead is how far the next cue must be off for the card to be opened anew.
	idleAhead = 10 * time.Second
	// relearnAfter is when half of what was learned is tried again.
	relearnAfter = 7 * 24 * time.Hour
)

// dryness counts underruns and decides when a larger buffer is due. The zero
// value is ready.
type dryness struct {
	seen   int64 // the child's count so far
	recent []audio.Instant
}

// note takes the child's count at now.
func (d *dryness) note(now audio.Instant, count int64) {
	for ; d.seen < count && len(d.recent) < 2*dryUrgent; d.seen++ {
		d.recent = append(d.recent, now)
	}
	d.seen = count
	kept := d.recent[:0]
	for _, at := range d.recent {
		if now.Sub(at) < rareSpan {
			kept = append(kept, at)
		}
	}
	d.recent = kept
}

// larger says whether a larger buffer than this one is due at now. idle is true
// while nothing sounds and nothing is due soon, asked when a person has said what
// the buffer shall be: then rare underruns do not change it.
func (d *dryness) larger(now audio.Instant, buffer time.Duration, idle, asked bool) bool {
	often := 0
	for _, at := range d.recent {
		if now.Sub(at) < drySpan {
			often++
		}
	}
	rare := !asked && buffer < CalmBuffer && len(d.recent) >= rareLimit
	return often >= dryUrgent || idle && (rare || often >= dryLimit)
}

// larger is the next larger buffer; ok is false when there is none.
func larger(buffer time.Duration) (next time.Duration, ok bool) {
	next = 2 * buffer
	if buffer < CalmBuffer {
		next = min(next, CalmBuffer)
	}
	next = min(next, maxBuffer)
	return next, next > buffer
}

// smaller is what is tried again of a buffer that was learned.
func smaller(buffer time.Duration) time.Duration { return max(buffer/2, realTimeBuffer) }

// lesson is a buffer that a card needed.
type lesson struct {
	buffer time.Duration
	at     audio.Instant // when it was learned
}
