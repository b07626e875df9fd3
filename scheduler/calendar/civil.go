package calendar

import (
	"cmp"
	"fmt"
	"time"
)

const secondsPerDay = MinutesPerDay * 60

// Civil is what a wall clock and the calendar beside it show: a date and the
// seconds since local midnight, 0 to 86399, without a zone.
type Civil struct {
	Date   Date
	Second int
}

// CivilOf is what the clocks in loc show at the instant t; parts of a second are
// dropped.
func CivilOf(t time.Time, loc *time.Location) Civil {
	t = t.In(loc)
	return Civil{Date: DateOf(t, loc), Second: t.Hour()*3600 + t.Minute()*60 + t.Second()}
}

// In is the instant of c in loc, by the rules of At.
func (c Civil) In(loc *time.Location) time.Time {
	return At(c.Date, c.Second/60, loc).Add(time.Duration(c.Second%60) * time.Second)
}

// IsZero says whether c is no time.
func (c Civil) IsZero() bool { return c == Civil{} }

// Compare orders civil times: -1 when c is before d, 0 when they are the same,
// 1 when c is after d.
func (c Civil) Compare(d Civil) int {
	return cmp.Or(c.Date.Compare(d.Date), cmp.Compare(c.Second, d.Second))
}

// String prints "2026-11-25T05:30:00", as it stands in an occurrence's ID.
func (c Civil) String() string {
	return fmt.Sprintf("%sT%02d:%02d:%02d", c.Date, c.Second/3600, c.Second/60%60, c.Second%60)
}

// basic prints "20261125T053000", as iCalendar does.
func (c Civil) basic() string {
	return fmt.Sprintf("%04d%02d%02dT%02d%02d%02d", c.Date.Year, int(c.Date.Month), c.Date.Day, c.Second/3600, c.Second/60%60, c.Second%60)
}
