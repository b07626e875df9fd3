package calendar

import (
	"cmp"
	"fmt"
	"time"
)

// MinutesPerDay is the end of a civil day as a time of day. The clock may show
// fewer or more minutes on a day of change; this is what a wall clock counts.
const MinutesPerDay = 24 * 60

// Date is a civil date of the Gregorian calendar without a zone. The zero Date
// is no date.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf is the date that a wall clock in loc shows at the instant t.
func DateOf(t time.Time, loc *time.Location) Date {
	y, m, d := t.In(loc).Date()
	return Date{Year: y, Month: m, Day: d}
}

// Valid says whether d exists in the calendar, in the years 1 to 9999.
func (d Date) Valid() bool {
	return d.Year >= 1 && d.Year <= 9999 && d.AddDays(0) == d
}

// IsZero says whether d is no date.
func (d Date) IsZero() bool { return d == Date{} }

// AddDays is the date n days later; n may be negative. An impossible date is
// brought into the calendar first, as time.Date does.
func (d Date) AddDays(n int) Date {
	y, m, day := time.Date(d.Year, d.Month, d.Day+n, 0, 0, 0, 0, time.UTC).Date()
	return Date{Year: y, Month: m, Day: day}
}

// Weekday is the day of the week of d.
func (d Date) Weekday() time.Weekday {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Weekday()
}

// Compare orders dates: -1 when d is before e, 0 when they are the same, 1
// when d is after e.
func (d Date) Compare(e Date) int {
	return cmp.Or(cmp.Compare(d.Year, e.Year), cmp.Compare(d.Month, e.Month), cmp.Compare(d.Day, e.Day))
}

// String prints "2026-11-23".
func (d Date) String() string {
	if y, m, day := d.Year, int(d.Month), d.Day; y >= 1000 && y <= 9999 && m >= 1 && m <= 12 && day >= 1 && day <= 31 {
		return string([]byte{
			'0' + byte(y/1000), '0' + byte(y/100%10), '0' + byte(y/10%10), '0' + byte(y%10),
			'-', '0' + byte(m/10), '0' + byte(m%10), '-', '0' + byte(day/10), '0' + byte(day%10),
		})
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// dayNumber counts the days of a civil date from 1970-01-01, which is 0.
func dayNumber(d Date) int {
	return int(time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// dayDate is the civil date of a day number.
func dayDate(n int) Date {
	y, m, d := time.Unix(int64(n)*86400, 0).UTC().Date()
	return Date{Year: y, Month: m, Day: d}
}
