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
