package report_test

import (
	"errors"
	"testing"
	"time"

	"loalang/report"
)

func TestParseSpan(t *testing.T) {
	now := time.Date(2026, time.December, 1, 3, 0, 0, 0, hanoi) // still November in UTC
	cases := []struct {
		name, month, first, last string
		from, to                 string
		err                      error
	}{
		{"OK", "2026-11", "", "", "2026-11-01", "2026-11-30", nil},
		{"a leap month", "2028-02", "", "", "2028-02-01", "2028-02-29", nil},
		{"nothing: the village's month", "", "", "", "2026-12-01", "2026-12-31", nil},
		{"days", "", "2026-11-03", "2026-11-09", "2026-11-03", "2026-11-09", nil},
		{"one day", "", "2026-11-03", "", "2026-11-03", "2026-11-03", nil},
		{"the last alone", "", "", "2026-11-03", "2026-11-03", "2026-11-03", nil},
		{"a leap year", "", "2028-01-01", "2028-12-31", "2028-01-01", "2028-12-31", nil},
		{"no month", "2026-13", "", "", "", "", report.ErrDay},
		{"no day", "", "2026-02-30", "", "", "", report.ErrDay},
		{"both", "2026-11", "2026-11-01", "", "", "", report.ErrDay},
		{"backwards", "", "2026-11-09", "2026-11-03", "", "", report.ErrOrder},
		{"too long", "", "2027-01-01", "2028-01-02", "", "", report.ErrLong},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s, err := report.ParseSpan(c.month, c.first, c.last, now)
			if !errors.Is(err, c.err) {
				t.Fatal(err)
			}
			if err == nil && (s.First.Format(time.DateOnly) != c.from || s.Last.Format(time.DateOnly) != c.to) {
				t.Error(s)
			}
		})
	}
}

// A day is as long as the village's clocks say, not 24 hours.
func TestSpanInAZoneThatChangesItsClocks(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("no time zones here: apt-get install tzdata")
	}
	s, err := report.ParseSpan("", "2026-10-25", "", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if from, to := s.In(berlin); to.Sub(from) != 25*time.Hour {
		t.Error(from, to)
	}
}

func TestSpansBeside(t *testing.T) {
	month := report.MonthOf(time.Date(2026, time.December, 9, 0, 0, 0, 0, time.UTC))
	if got := month.After(); got != report.MonthOf(time.Date(2027, time.January, 1, 0, 0, 0, 0, time.UTC)) {
		t.Error(got)
	}
	if got := month.After().Before(); got != month {
		t.Error(got)
	}
	week, err := report.ParseSpan("", "2026-11-02", "2026-11-08", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if got := week.Before(); got.Days() != 7 || !got.Last.Equal(week.First.AddDate(0, 0, -1)) || got.After() != week {
		t.Error(got)
	}
}
