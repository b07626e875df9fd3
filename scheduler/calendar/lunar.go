package calendar

import (
	"fmt"
	"strconv"
	"strings"
)

// The years of the Vietnamese lunar calendar that this package knows. It counts
// by the 105th meridian (UTC+7), which Vietnam has done since 1 January 1968;
// before that the north counted by UTC+8 and the south by its own rules.
const (
	FirstLunarYear = 1968
	LastLunarYear  = 2199
)

// The first and the last civil day with a lunar date here. The first days of
// 1968 belong to the lunar year 1967.
var (
	firstLunarDay = Date{Year: FirstLunarYear, Month: 1, Day: 1}
	lastLunarDay  = Date{Year: LastLunarYear, Month: 12, Day: 31}
)

// Lunar is a date of the Vietnamese lunar calendar (âm lịch). Month counts from
// 1 (Giêng) to 12 (Chạp), Day from 1 (mùng 1) to 29 or 30. The year is named
// by the civil year in which its Tết lies: 23 tháng Chạp of 2026 is a day of
// January 2027. The zero Lunar is no date.
type Lunar struct {
	Year, Month, Day int
	Leap             bool // of the leap month that follows Month (tháng nhuận)
}

// String prints "15/6/2025", or "15/6/2025+" in the leap month after the sixth.
func (l Lunar) String() string {
	s := fmt.Sprintf("%d/%d/%d", l.Day, l.Month, l.Year)
	if l.Leap {
		s += "+"
	}
	return s
}

// ParseLunar reads day/month/year as String prints it; the + of a leap month
// may also stand behind the month, "15/6+/2025". Whether there is such a day is
// for ToSolar to say. The error is a DateError.
func ParseLunar(text string) (Lunar, error) {
	bad := DateError{Code: DateForm, Text: text}
	rest, atEnd := strings.CutSuffix(strings.TrimSpace(text), "+")
	parts := strings.Split(rest, "/")
	if len(parts) != 3 {
		return Lunar{}, bad
	}
	month, atMonth := strings.CutSuffix(parts[1], "+")
	if atEnd && atMonth {
		return Lunar{}, bad
	}
	l := Lunar{Leap: atEnd || atMonth}
	for i, into := range []*int{&l.Day, &l.Month, &l.Year} {
		number := []string{parts[0], month, parts[2]}[i]
		n, err := strconv.ParseUint(number, 10, 16)
		if err != nil || len(number) > 4 {
			return Lunar{}, bad
		}
		*into = int(n)
	}
	return l, nil
}

// ToLunar is the lunar date of a civil day from 1968-01-01 to 2199-12-31, as
// day by day since midnight in Vietnam. The error is a DateError. It may be
// called from any goroutine.
func ToLunar(d Date) (Lunar, error) {
	switch {
	case !d.Valid():
		return Lunar{}, DateError{Code: DateNone, Text: d.String()}
	case d.Compare(firstLunarDay) < 0 || d.Compare(lastLunarDay) > 0:
		return Lunar{}, DateError{Code: DateRange, Text: d.String(), Limit: firstLunarDay.String() + "–" + lastLunarDay.String()}
	}
	return lunarOf(dayNumber(d)), nil
}

// ToSolar is the civil day of a lunar date. The error is a DateError, also for
// the 30th of a month of 29 days and for a leap month that the year lacks.
func ToSolar(l Lunar) (Date, error) {
	m, err := monthOf(l)
	if err != nil {
		return Date{}, err
	}
	if l.Day < 1 || l.Day > m.length {
		return Date{}, DateError{Code: DateNone, Text: l.String(), Limit: strconv.Itoa(m.length)}
	}
	d := dayDate(m.first + l.Day - 1)
	if d.Compare(firstLunarDay) < 0 {
		return Date{}, rangeError(l)
	}
	return d, nil
}

// LunarMonthLength is how many days a lunar month has, 29 or 30. The error is a
// DateError when the year has no such month.
func LunarMonthLength(year, month int, leap bool) (int, error) {
	m, err := monthOf(Lunar{Year: year, Month: month, Day: 1, Leap: leap})
	return m.length, err
}

// LeapMonth is the month of a lunar year that is followed by a leap month, 0 in
// a year without one. The error is a DateError.
func LeapMonth(year int) (int, error) {
	if year < FirstLunarYear-1 || year > LastLunarYear {
		return 0, rangeError(Lunar{Year: year, Month: 1, Day: 1})
	}
	for _, m := range lunarYearOf(year).months {
		if m.leap {
			return m.number, nil
		}
	}
	return 0, nil
}

// monthOf finds the month of a lunar date.
func monthOf(l Lunar) (month, error) {
	if l.Year < FirstLunarYear-1 || l.Year > LastLunarYear {
		return month{}, rangeError(l)
	}
	for _, m := range lunarYearOf(l.Year).months {
		if m.number == l.Month && m.leap == l.Leap {
			return m, nil
		}
	}
	return month{}, DateError{Code: DateNone, Text: l.String()}
}

func rangeError(l Lunar) error {
	return DateError{Code: DateRange, Text: l.String(), Limit: fmt.Sprintf("%d–%d", FirstLunarYear, LastLunarYear)}
}

// lunarOf is the lunar date of a day number within the range of lunar years.
func lunarOf(day int) Lunar {
	year := dayDate(day).Year
	y := lunarYearOf(year)
	if day < y.months[0].first {
		year--
		y = lunarYearOf(year)
	}
	i := len(y.months) - 1
	for y.months[i].first > day {
		i--
	}
	m := y.months[i]
	return Lunar{Year: year, Month: m.number, Leap: m.leap, Day: day - m.first + 1}
}

// Codes of DateError.
const (
	DateForm  = "date-form"  // not written as a date is
	DateNone  = "date-none"  // no such day in the calendar
	DateRange = "date-range" // outside the years that are known
)

// DateError says what is wrong with one date. Code is stable and for others to
// word; Error is an English sentence for a command line and a log.
type DateError struct {
	Code  string
	Text  string // the date as it was given
	Limit string // what is known, or the last day of the month; may be empty
}

func (e DateError) Error() string {
	switch e.Code {
	case DateRange:
		return fmt.Sprintf("%q lies outside what the lunar calendar knows (%s)", e.Text, e.Limit)
	case DateNone:
		if e.Limit != "" {
			return fmt.Sprintf("there is no %s: the month has %s days", e.Text, e.Limit)
		}
		return fmt.Sprintf("there is no %s in the calendar", e.Text)
	default:
		return fmt.Sprintf("%q is no date: write year-month-day (2026-11-25), or day/month/year with a + for a leap month (15/6/2025+)", e.Text)
	}
}
