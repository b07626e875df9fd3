package scheduler

import (
	"slices"
	"time"
)

// span is a stretch of time [from, to).
type span struct{ from, to time.Time }

// hours is when sound is allowed, as merged stretches in order of time; nil
// stretches with always set allow every instant.
type hours struct {
	always  bool
	allowed []span
}

// merge joins stretches that touch or overlap.
func merge(all []span) []span {
	slices.SortFunc(all, func(a, b span) int { return a.from.Compare(b.from) })
	var out []span
	for _, s := range all {
		if n := len(out); n > 0 && !s.from.After(out[n-1].to) {
			if s.to.After(out[n-1].to) {
				out[n-1].to = s.to
			}
			continue
		}
		out = append(out, s)
	}
	return out
}

// holds says whether all of [at, at+length) is allowed.
func (h hours) holds(at time.Time, length time.Duration) bool {
	next, ok := h.next(at, length)
	return ok && next.Equal(at)
}

// next is the first instant not before at from which length of sound is
// allowed; false when there is none in the range that was laid out.
func (h hours) next(at time.Time, length time.Duration) (time.Time, bool) {
	if h.always {
		return at, true
	}
	for i := h.after(at); i < len(h.allowed); i++ {
		s := h.allowed[i]
		start := later(at, s.from)
		if !start.Add(length).After(s.to) {
			return start, true
		}
	}
	return time.Time{}, false
}

// end is when the stretch that allows the instant is over; zero when it does not
// end in the range that was laid out, or the instant is not allowed.
func (h hours) end(at time.Time) time.Time {
	i := h.after(at)
	if i+1 < len(h.allowed) && !at.Before(h.allowed[i].from) {
		return h.allowed[i].to
	}
	return time.Time{}
}

// after is the first stretch that is not over at an instant.
func (h hours) after(at time.Time) int {
	i, _ := slices.BinarySearchFunc(h.allowed, at, func(s span, t time.Time) int {
		if s.to.After(t) {
			return 1
		}
		return -1
	})
	return i
}

// previous is the last instant not after at from which length of sound is
// allowed; false when there is none.
func (h hours) previous(at time.Time, length time.Duration) (time.Time, bool) {
	if h.always {
		return at, true
	}
	for _, s := range slices.Backward(h.allowed[:min(h.after(at)+1, len(h.allowed))]) {
		start := earlier(at, s.to.Add(-length))
		if !start.Before(s.from) {
			return start, true
		}
	}
	return time.Time{}, false
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
