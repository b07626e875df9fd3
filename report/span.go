package report

import (
	"errors"
	"time"
)

// MostDays is the longest Span: a leap year.
const MostDays = 366

// Faults of a Span.
var (
	ErrDay   = errors.New("not a day or month of the calendar")
	ErrOrder = errors.New("the last day lies before the first")
	ErrLong  = errors.New("more than 366 days")
)

// Span is a stretch of civil days, the last one included. Both are midnight UTC of
// their day: they name days, not instants.
type Span struct{ First, Last time.Time }

// MonthOf is the month in which an instant lies, in its own zone.
func MonthOf(t time.Time) Span {
	first := time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
	return Span{first, first.AddDate(0, 1, -1)}
}

// ParseSpan reads a month, "2026-11", or first and last as days, "2026-11-01"; one
// of them alone is that day. Nothing at all is the month of now, in its zone.
// ErrDay, ErrOrder or ErrLong when it is no such span.
func ParseSpan(month, first, last string, now time.Time) (Span, error) {
	if month != "" && first+last != "" {
		return Span{}, ErrDay
	}
	if month != "" {
		t, err := time.Parse("2006-01", month)
		if err != nil {
			return Span{}, ErrDay
		}
		return MonthOf(t), nil
	}
	if first+last == "" {
		return MonthOf(now), nil
	}
	if first == "" {
		first = last
	}
	if last == "" {
		last = first
	}
	a, errA := time.Parse(time.DateOnly, first)
	b, errB := time.Parse(time.DateOnly, last)
	s := Span{a, b}
	switch {
	case errA != nil || errB != nil:
		return Span{}, ErrDay
	case b.Before(a):
		return Span{}, ErrOrder
	case s.Days() > MostDays:
		return Span{}, ErrLong
	}
	return s, nil
}

// Days is how many there are.
func (s Span) Days() int { return int(s.Last.Sub(s.First)/(24*time.Hour)) + 1 }

// Month says whether it is one whole month.
func (s Span) Month() bool { return s == MonthOf(s.First) }

// In is when it begins and ends in a zone, [from, to).
func (s Span) In(loc *time.Location) (from, to time.Time) {
	midnight := func(day time.Time, on int) time.Time {
		return time.Date(day.Year(), day.Month(), day.Day()+on, 0, 0, 0, 0, loc)
	}
	return midnight(s.First, 0), midnight(s.Last, 1)
}

// Before and After are the spans of the same length beside it: months beside a
// month, as many days beside days.
func (s Span) Before() Span {
	if s.Month() {
		return MonthOf(s.First.AddDate(0, 0, -1))
	}
	return Span{s.First.AddDate(0, 0, -s.Days()), s.First.AddDate(0, 0, -1)}
}

// After is described at Before.
func (s Span) After() Span {
	if s.Month() {
		return MonthOf(s.Last.AddDate(0, 0, 1))
	}
	return Span{s.Last.AddDate(0, 0, 1), s.Last.AddDate(0, 0, s.Days())}
}
