package calendar

import (
	"cmp"
	"time"
)

// Stamp is a DATE or DATE-TIME of iCalendar: a date, a civil time, or an
// instant. The zero Stamp is none.
type Stamp = stamp

type stamp struct {
	date  bool      // local is a date without a time
	local Civil     // a civil time
	at    time.Time // an instant, in UTC; zero: local counts
}

// IsZero says whether there is no time.
func (s stamp) IsZero() bool { return s == stamp{} }

// String prints the stamp as iCalendar does.
func (s stamp) String() string {
	switch {
	case !s.at.IsZero():
		return s.at.Format("20060102T150405Z")
	case s.date:
		return s.local.basic()[:8]
	default:
		return s.local.basic()
	}
}

// civil is the civil time in loc; a date has the time of day second.
func (s stamp) civil(loc *time.Location, second int) Civil {
	switch {
	case !s.at.IsZero():
		return CivilOf(s.at, loc)
	case s.date:
		return Civil{Date: s.local.Date, Second: second}
	default:
		return s.local
	}
}

// Day is the civil day in loc.
func (s stamp) day(loc *time.Location) Date { return s.civil(loc, 0).Date }

// before says whether s, as an UNTIL, lies before the civil time c in loc. No
// stamp lies before nothing; a date lasts to its end.
func (s stamp) before(c Civil, loc *time.Location) bool {
	switch {
	case s.IsZero():
		return false
	case !s.at.IsZero():
		return s.at.Before(c.In(loc))
	case s.date:
		return s.local.Date.Compare(c.Date) < 0
	default:
		return s.local.Compare(c) < 0
	}
}

// compare orders stamps by kind and time.
func (s stamp) compare(o stamp) int {
	kind := func(x stamp) int { return 2*b2i(!x.at.IsZero()) + b2i(x.date) }
	return cmp.Or(cmp.Compare(kind(s), kind(o)), s.at.Compare(o.at), s.local.Compare(o.local))
}
