package scheduler

import (
	"fmt"
	"slices"
	"time"

	"loalang/scheduler/calendar"
)

// span is a stretch of time [from, to).
type span struct{ from, to time.Time }

// hours is when sound is allowed, as merged stretches in order of time; nil
// stretches with always set allow every instant.
type hours struct {
	always  bool
	allowed []span
}

// newHours lays the windows of a village out over the civil days around
// [from, to). Outside that range nothing is allowed, so ask for enough.
func newHours(windows []Window, loc *time.Location, from, to time.Time) hours {
	if len(windows) == 0 {
		return hours{always: true}
	}
	var all []span
	last := calendar.DateOf(to, loc).AddDays(1)
	for d := calendar.DateOf(from, loc).AddDays(-1); d.Compare(last) <= 0; d = d.AddDays(1) {
		for _, w := range windows {
			if !w.Days.Has(d.Weekday()) {
				continue
			}
			s := span{calendar.From(d, int(w.From), loc), calendar.To(d, int(w.To), loc)}
			if s.from.Before(s.to) {
				all = append(all, s)
			}
		}
	}
	return hours{allowed: merge(all)}
}

// Allows says whether sound of a length that begins at an instant stays within
// the allowed hours of the village, and when the stretch that allows it is over;
// until is zero when that is further away than anything is planned. The error
// says that its time zone is unknown.
func (v Village) Allows(at time.Time, length time.Duration) (until time.Time, allowed bool, err error) {
	loc, err := v.Location()
	if err != nil {
		return time.Time{}, false, fmt.Errorf("allowed hours of %s: load time zone: %w", v.Key, err)
	}
	h := newHours(v.Allowed, loc, at, at.Add(lookahead))
	return h.end(at), h.holds(at, length), nil
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
	i, _ := slices.BinarySearchFunc(h.allowed, at, func(s span, t time.Time) int {
		if s.to.After(t) {
			return 1
		}
		return -1
	})
	for ; i < len(h.allowed); i++ {
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
	for i, s := range h.allowed {
		if !at.Before(s.from) && at.Before(s.to) && i+1 < len(h.allowed) {
			return s.to
		}
	}
	return time.Time{}
}

// previous is the last instant not after at from which length of sound is
// allowed; false when there is none.
func (h hours) previous(at time.Time, length time.Duration) (time.Time, bool) {
	if h.always {
		return at, true
	}
	for _, s := range slices.Backward(h.allowed) {
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
