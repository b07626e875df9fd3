package scheduler

import (
	"slices"
	"time"
)

// track is the one programme of an Output: what holds it and when.
type track struct {
	gap  time.Duration // silence between two occurrences
	busy []busy        // in order of time, never overlapping; neighbours may be one stretch
}

// busy is a stretch of the track that is taken.
type busy struct {
	span
	id       string    // of the occurrence
	occasion *occasion // of its slot; nil outside slots
}

// seat is a place that was found on a track.
type seat struct {
	at     time.Time
	behind busy          // what pushed it last, if anything did
	pushed bool          // whether anything did
	by     time.Duration // how far that pushed it
}

// wish is what is looked for on a track: length of sound that begins in
// [from, to], all of it within hours.
type wish struct {
	from, to time.Time
	length   time.Duration
	hours    hours
}

// take marks a stretch. Stretches of one occasion that leave nothing but the
// gap between them are joined, under the ID of the last: nothing fits in
// between, and a slot of a hundred notices stays one stretch to look at. What
// overlaps is joined as well.
func (t *track) take(b busy) {
	i, _ := slices.BinarySearchFunc(t.busy, b.from, func(x busy, at time.Time) int { return x.from.Compare(at) })
	if i > 0 && t.joins(t.busy[i-1], b) {
		i--
	}
	j := i
	for ; j < len(t.busy) && (t.joins(t.busy[j], b) || t.joins(b, t.busy[j])); j++ {
		x := t.busy[j]
		b.from = earlier(b.from, x.from)
		if x.to.After(b.to) {
			b.to, b.id, b.occasion = x.to, x.id, x.occasion
		}
	}
	t.busy = slices.Replace(t.busy, i, j, b)
}

// joins says whether y, which begins no sooner than x, is to be joined to it.
func (t *track) joins(x, y busy) bool {
	if x.occasion == y.occasion {
		return !y.from.After(x.to.Add(t.gap)) && !x.from.After(y.from)
	}
	return y.from.Before(x.to) && !x.from.After(y.from)
}

// conflict finds the first stretch that sound at [at, at+length) would meet.
func (t *track) conflict(at time.Time, length time.Duration) *busy {
	i, _ := slices.BinarySearchFunc(t.busy, at.Add(-t.gap), func(x busy, at time.Time) int {
		if x.to.After(at) {
			return 1
		}
		return -1
	})
	if i < len(t.busy) && t.busy[i].from.Before(at.Add(length+t.gap)) {
		return &t.busy[i]
	}
	return nil
}

// earliest finds the first place for w.
func (t *track) earliest(w wish) (seat, bool) {
	s := seat{at: w.from}
	for {
		at, ok := w.hours.next(s.at, w.length)
		if !ok || at.After(w.to) {
			return s, false
		}
		s.at = at
		met := t.conflict(at, w.length)
		if met == nil {
			return s, true
		}
		next := met.to.Add(t.gap)
		s = seat{at: next, behind: *met, pushed: true, by: next.Sub(at)}
	}
}

// latest finds the last place for w.
func (t *track) latest(w wish) (time.Time, bool) {
	at := w.to
	for {
		start, ok := w.hours.previous(at, w.length)
		if !ok || start.Before(w.from) {
			return time.Time{}, false
		}
		met := t.conflict(start, w.length)
		if met == nil {
			return start, true
		}
		at = met.from.Add(-t.gap - w.length)
	}
}

// stretch is the part of a track around a slot, as it was.
type stretch struct {
	before, after int // how many stretches lie before it and after it
	busy          []busy
}

// within keeps what of the track can change while something is taken in [from, to].
func (t *track) within(from, to time.Time) stretch {
	first, _ := slices.BinarySearchFunc(t.busy, from, func(x busy, at time.Time) int {
		if x.to.Add(t.gap).Before(at) {
			return -1
		}
		return 1
	})
	last := first
	for last < len(t.busy) && !t.busy[last].from.After(to.Add(t.gap)) {
		last++
	}
	return stretch{first, len(t.busy) - last, slices.Clone(t.busy[first:last])}
}

// restore makes a part of the track what it was.
func (t *track) restore(s stretch) {
	t.busy = slices.Replace(t.busy, s.before, len(t.busy)-s.after, s.busy...)
}
