package calendar

import (
	"cmp"
	"slices"
	"time"
)

// Rule is a recurrence in local civil time: a first time, at most one pattern,
// dates added and dates left out. It is made by ParseRule, never changes and may
// be copied and used from any goroutine. The zero Rule names no time.
type Rule struct {
	start    Civil
	allDay   bool           // the start was a date without a time
	zone     *time.Location // nil: of the place that asks
	written  *Pattern       // as it was given; nil: only dates
	engine   *engine        // of the pattern; nil: only dates
	added    []stamp        // RDATE, in order
	excepted []stamp        // EXDATE, in order
	last     Civil          // of the pattern, of a rule with a COUNT; zero: none
}

// Moment is one time that a Rule names.
type Moment struct {
	Civil Civil     // the nominal civil time, in the rule's zone or the place's
	At    time.Time // the instant at which it comes
}

// Start is the first time that the rule may name (DTSTART).
func (r Rule) Start() Civil { return r.start }

// Zone is the IANA name of the zone the rule counts in, empty when it counts in
// that of the place that asks.
func (r Rule) Zone() string {
	if r.zone == nil {
		return ""
	}
	return r.zone.String()
}

// Between lists the times of the rule at instants in [from, to), in order and
// each once, for a place in loc. Civil times that summer time skips or repeats
// are resolved as At does; where a skipped time falls on the instant of another,
// the other is named. The cost grows with to − from, never with the age of the
// rule. Two neighbouring stretches give together what the whole gives.
func (r Rule) Between(from, to time.Time, loc *time.Location) []Moment {
	if r.start.IsZero() || !from.Before(to) {
		return nil
	}
	if r.zone != nil {
		loc = r.zone
	}
	// A skipped civil day is heard a day late, hence two days of margin.
	first, last := dayNumber(DateOf(from, loc))-2, dayNumber(DateOf(to, loc))+2
	var out []Moment
	for _, c := range r.civil(first, last, loc) {
		at := c.In(loc)
		if !at.Before(from) && at.Before(to) && !r.isExcepted(c, at) {
			out = append(out, Moment{Civil: c, At: at})
		}
	}
	slices.SortFunc(out, func(a, b Moment) int {
		if before := a.At.Compare(b.At); before != 0 {
			return before
		}
		return cmp.Or(b2i(b.real(loc))-b2i(a.real(loc)), a.Civil.Compare(b.Civil))
	})
	return slices.CompactFunc(out, func(a, b Moment) bool { return a.At.Equal(b.At) })
}

// Next lists the first n times of the rule at or after from, fewer when it names
// no more; it looks ahead 400 years at most.
func (r Rule) Next(from time.Time, n int, loc *time.Location) []Moment {
	if r.start.IsZero() {
		return nil
	}
	if begin := At(r.earliest(loc).AddDays(-2), 0, loc); from.Before(begin) {
		from = begin
	}
	var out []Moment
	end := from.AddDate(maxYears, 0, 0)
	for span := 40; len(out) < n && from.Before(end) && !r.overBy(from, loc); span *= 2 {
		to := from.AddDate(0, 0, span)
		out = append(out, r.Between(from, to, loc)...)
		from = to
	}
	return out[:min(n, len(out))]
}

// earliest is the first day on which anything can come.
func (r Rule) earliest(loc *time.Location) Date {
	first := r.start.Date
	for _, s := range r.added {
		if day := s.day(loc); day.Compare(first) < 0 {
			first = day
		}
	}
	return first
}

// overBy says whether nothing can come at or after an instant.
func (r Rule) overBy(at time.Time, loc *time.Location) bool {
	day := DateOf(at, loc).AddDays(-3)
	if slices.ContainsFunc(r.added, func(s stamp) bool { return s.day(loc).Compare(day) >= 0 }) {
		return false
	}
	switch {
	case r.written == nil:
		return r.start.Date.Compare(day) < 0
	case !r.last.IsZero():
		return r.last.Date.Compare(day) < 0
	case !r.written.Until.IsZero():
		return r.written.Until.day(loc).Compare(day) < 0
	default:
		return false
	}
}

// real says whether the clocks in loc show the civil time at the instant.
func (m Moment) real(loc *time.Location) bool { return CivilOf(m.At, loc) == m.Civil }

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// civil lists the civil times on days first to last before exceptions, some
// perhaps twice, in no order.
func (r Rule) civil(first, last int, loc *time.Location) []Civil {
	var out []Civil
	if r.engine == nil {
		out = append(out, r.start)
	} else {
		shift := r.written.Offset
		for _, t := range r.engine.between(first-shift, last-shift) {
			c := Civil{Date: dayDate(t.day + shift), Second: t.second}
			if c.Compare(r.start) < 0 || !r.last.IsZero() && c.Compare(r.last) > 0 || r.written.Until.before(c, loc) {
				continue
			}
			out = append(out, c)
		}
	}
	for _, s := range r.added {
		c := s.civil(loc, r.start.Second)
		if day := dayNumber(c.Date); day >= first && day <= last {
			out = append(out, c)
		}
	}
	return out
}

// isExcepted says whether EXDATE takes a time out.
func (r Rule) isExcepted(c Civil, at time.Time) bool {
	for _, s := range []stamp{{date: true, local: Civil{Date: c.Date}}, {local: c}, {at: at}} {
		if _, found := slices.BinarySearchFunc(r.excepted, s, stamp.compare); found {
			return true
		}
	}
	return false
}
