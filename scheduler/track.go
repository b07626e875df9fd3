package scheduler

import (
	"slices"
	"time"
)

// track is the one programme of an Output: what holds it and when.
type track struct {
	gap  time.Duration // silence between two occurrences
	busy []busy        // in order of time, never overlapping
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
	behind *busy         // what pushed it last; nil when nothing did
	by     time.Duration // how far that pushed it
}

// wish is what is looked for on a track: length of sound that begins in
// [from, to], all of it within hours.
type wish struct {
	from, to time.Time
	length   time.Duration
	hours    hours
}

// take marks a stretch that must be free, or that lies over others already
// past: those are joined.
func (t *track) take(b busy) {
	i, _ := slices.BinarySearchFunc(t.busy, b.from, func(x busy, at time.Time) int { return x.from.Compare(at) })
	if i > 0 && t.busy[i-1].to.After(b.from) {
		i--
		b.from = t.busy[i].from
	}
	j := i
	for ; j < len(t.busy) && t.busy[j].from.Before(b.to); j++ {
		b.to = later(b.to, t.busy[j].to)
	}
	t.busy = slices.Replace(t.busy, i, j, b)
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
		held := *met
		s = seat{at: next, behind: &held, by: next.Sub(at)}
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
