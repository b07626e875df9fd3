package calendar

import (
	"slices"
	"time"
)

// StampDay is the civil day of a stamp in loc.
func StampDay(s Stamp, loc *time.Location) Date { return s.day(loc) }

// StampCivil is the civil time of a stamp in loc; timed is false of a date, which
// has no time of day.
func StampCivil(s Stamp, loc *time.Location) (c Civil, timed bool) {
	return s.civil(loc, 0), !s.date
}

// place is where the rule counts for a place in loc.
func (r Rule) place(loc *time.Location) *time.Location {
	if r.zone != nil {
		return r.zone
	}
	return loc
}

// Names says whether the rule names a civil time.
func (r Rule) Names(c Civil, loc *time.Location) bool {
	at := c.In(r.place(loc))
	return slices.ContainsFunc(r.Between(at, at.Add(time.Second), loc), func(m Moment) bool { return m.Civil == c })
}

// Without is the rule that does not name a civil time: it is no longer added, or
// it is left out (EXDATE).
func (r Rule) Without(c Civil, loc *time.Location) Rule {
	zone := r.place(loc)
	r.added = slices.DeleteFunc(slices.Clone(r.added), func(s stamp) bool { return s.civil(zone, r.start.Second) == c })
	if r.Names(c, loc) {
		r.excepted = with(r.excepted, r.stampOf(c))
	}
	return r
}

// With is the rule that names a civil time: it is no longer left out, or it is
// added (RDATE). A date that was left out comes back with all its times.
func (r Rule) With(c Civil, loc *time.Location) Rule {
	zone := r.place(loc)
	r.excepted = slices.DeleteFunc(slices.Clone(r.excepted), func(s stamp) bool {
		return s.civil(zone, c.Second) == c
	})
	if !r.Names(c, loc) {
		r.added = with(r.added, r.stampOf(c))
	}
	return r
}

// Changed is the rule that does not name the civil times out and names those of
// in, as Without and With would have it one by one, but in one go for thousands.
// What is in both is named.
func (r Rule) Changed(out, in []Civil, loc *time.Location) Rule {
	zone := r.place(loc)
	drop, bring, back := map[Civil]bool{}, map[Civil]bool{}, map[Date]bool{}
	for _, c := range out {
		drop[c] = true
	}
	for _, c := range in {
		bring[c], back[c.Date] = true, true
		delete(drop, c)
	}
	r.added = slices.DeleteFunc(slices.Clone(r.added), func(s stamp) bool { return drop[s.civil(zone, r.start.Second)] })
	r.excepted = slices.DeleteFunc(slices.Clone(r.excepted), func(s stamp) bool { return s.date && back[s.local.Date] || bring[s.civil(zone, 0)] })
	for _, m := range r.among(out, loc) {
		if drop[m.Civil] {
			r.excepted = append(r.excepted, r.stampOf(m.Civil))
		}
	}
	for _, m := range r.among(in, loc) {
		delete(bring, m.Civil)
	}
	for c := range bring {
		r.added = append(r.added, r.stampOf(c))
	}
	slices.SortFunc(r.added, stamp.compare)
	slices.SortFunc(r.excepted, stamp.compare)
	return r
}

// among lists what the rule names from the first of some civil times to the last,
// with a day of margin for times that summer time skips.
func (r Rule) among(list []Civil, loc *time.Location) []Moment {
	if len(list) == 0 {
		return nil
	}
	zone := r.place(loc)
	first, last := slices.MinFunc(list, Civil.Compare), slices.MaxFunc(list, Civil.Compare)
	return r.Between(first.In(zone).AddDate(0, 0, -1), last.In(zone).AddDate(0, 0, 1), loc)
}

// stampOf is a civil time as the rule's dates are written.
func (r Rule) stampOf(c Civil) stamp {
	if r.allDay && c.Second == r.start.Second {
		return stamp{date: true, local: Civil{Date: c.Date}}
	}
	return stamp{local: c}
}

// with is a copy of list with s in its place.
func with(list []stamp, s stamp) []stamp {
	i, _ := slices.BinarySearchFunc(list, s, stamp.compare)
	return slices.Insert(slices.Clone(list), i, s)
}

// Last is the last civil time that the rule names, or one no earlier; false when
// it goes on without an end.
func (r Rule) Last(loc *time.Location) (last Civil, ends bool) {
	for _, s := range r.added {
		if c := s.civil(r.place(loc), r.start.Second); c.Compare(last) > 0 {
			last = c
		}
	}
	var end Civil
	switch {
	case r.written == nil:
		end = r.start
	case !r.last.IsZero():
		end = r.last
	case !r.written.Until.IsZero():
		end = r.written.Until.civil(r.place(loc), secondsPerDay-1)
	default:
		return Civil{}, false
	}
	if end.Compare(last) > 0 {
		last = end
	}
	return last, true
}
