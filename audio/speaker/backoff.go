package speaker

import (
	"time"

	"loalang/audio"
)

const (
	// quickRestarts is how many restarts may follow each other at once.
	quickRestarts = 3
	// quickSpan is the span in which they are counted, and how long a child must
	// have held its device for its loss to count as a new misfortune.
	quickSpan = 10 * time.Second
	// firstPause is the pause after the quick restarts; it doubles to maxPause.
	firstPause = 500 * time.Millisecond
	maxPause   = 5 * time.Second
	// loosePause is the longest pause behind a child that found its card absent
	// first, and then held it: a plug that is loose is no program that crashes.
	loosePause = 150 * time.Millisecond
)

// backoff decides how soon a child is started again. The zero value is ready.
type backoff struct {
	failures []audio.Instant // since the last calm; the oldest are forgotten
	pause    time.Duration
}

// next is how long to wait after a child ended at now, having held its device
// for held (0: never) after waiting for it for waited (0: it was there). One that
// had to wait for as long as a pause has had its pause.
func (b *backoff) next(now audio.Instant, held, waited time.Duration) time.Duration {
	if held >= quickSpan || held > 0 && waited >= firstPause {
		b.failures, b.pause = nil, 0
	}
	recent := b.failures[:0]
	for _, at := range b.failures {
		if now.Sub(at) < quickSpan {
			recent = append(recent, at)
		}
	}
	b.failures = append(recent, now)
	if b.pause == 0 && len(b.failures) <= quickRestarts {
		return 0
	}
	b.pause = min(max(2*b.pause, firstPause), maxPause)
	if held > 0 && waited > 0 {
		return loosePause
	}
	return b.pause
}

const (
	// dryLimit underruns within drySpan make the next child's buffer larger;
	// dryUrgent do so at once, else it waits for a silent moment.
	dryLimit  = 5
	dryUrgent = 25
	drySpan   = time.Minute
	// maxBuffer is where larger buffers stop helping.
	maxBuffer = 160 * time.Millisecond
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
		if now.Sub(at) < drySpan {
			kept = append(kept, at)
		}
	}
	d.recent = kept
}

// larger says whether a larger buffer is due; silent is true while nothing
// sounds.
func (d *dryness) larger(silent bool) bool {
	return len(d.recent) >= dryUrgent || silent && len(d.recent) >= dryLimit
}

// doubled is the next larger buffer; ok is false when there is none.
func doubled(buffer time.Duration) (time.Duration, bool) {
	next := min(2*buffer, maxBuffer)
	return next, next > buffer
}
