package playout

import (
	"os"
	"time"

	"loalang/audio"
	"loalang/scheduler"
)

// part is one recording of an item.
type part struct {
	scheduler.Part
	file    *os.File
	cue     string        // of the newest try
	done    audio.Frames  // of its file that were heard before this try
	started audio.Instant // of the open airing; zero when none is open
	airing  int           // index of the newest airing in row.Airings; -1: none
	told    audio.Frames  // frames already written to closed airings of this try
	ended   bool          // the newest cue has ended
	unheard bool          // its newest airing began while there was no card
	frozen  bool          // an alarm silences it, and its airing was closed for that
	cause   audio.Cause
	silent  audio.Instant // since when it is silent though it sounds; zero: it is not
	mute    bool          // and that is no pause: the alarm was raised
	passed  string        // it was given up, and what is behind it goes on: a cause; empty: it was not
}

// begin prepares the part for a new try.
func (pt *part) begin(cue string) {
	pt.cue = cue
	pt.ended, pt.frozen, pt.cause, pt.started, pt.told, pt.silent = false, false, "", 0, 0, 0
}

// left is how much of the part a try sounds.
func (pt *part) left() time.Duration { return max(0, pt.Length-audio.Rate.D(pt.done)) }

// rest is how long the item sounds from where its newest try begins.
func (it *item) rest() time.Duration { return it.behind(it.from - 1) }

// behind is how long the parts behind the given one sound, pauses included.
func (it *item) behind(i int) time.Duration {
	var all time.Duration
	for i++; i < len(it.parts); i++ {
		if i > it.from {
			all += it.parts[i].Pause
		}
		all += it.parts[i].left()
	}
	return all + it.bedTail()
}

// whole is how long the item sounds from its beginning.
func (it *item) whole() time.Duration {
	var all time.Duration
	for i := range it.parts {
		if i > 0 {
			all += it.parts[i].Pause
		}
		all += it.parts[i].Length
	}
	return all
}

func (it *item) last() *part { return &it.parts[len(it.parts)-1] }

// joinedTo says whether the newest try begins at the end of another item's.
func (it *item) joinedTo(other *item) bool {
	return it.out && other != nil && it.after == other && it.afterCue == other.last().cue
}

// ending says whether it was told to stop.
func (it *item) ending() bool { return it.endAs != "" || it.yields != "" }

// until is the end of an item that sounds.
func (it *item) until(now audio.Instant) audio.Instant {
	if it.ending() {
		return min(it.endAt, now.Add(committedAhead+edge))
	}
	return it.endAt
}

// yieldAt is the first instant from at on at which it is known which cue of the
// item gives way; empty when all of it is over by then.
func (it *item) yieldAt(at audio.Instant) (when audio.Instant, cue string) {
	for i := it.from; i < len(it.parts); i++ {
		pt := &it.parts[i]
		if pt.ended {
			continue
		}
		end := it.endAt.Add(-it.behind(i))
		if at < end.Add(-edge) {
			return at, pt.cue
		}
		if at < end.Add(edge) {
			at = end.Add(edge)
		}
	}
	return at, ""
}
