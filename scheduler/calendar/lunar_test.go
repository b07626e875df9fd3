package calendar_test

import (
	"errors"
	"testing"

	"loalang/scheduler/calendar"
)

func TestLunarDates(t *testing.T) {
	tests := []struct {
		name  string
		solar calendar.Date
		lunar string
	}{
		{"OK", calendar.Date{2026, 11, 25}, "17/10/2026"},
		{"Tết 2026", calendar.Date{2026, 2, 17}, "1/1/2026"},
		{"Tết Mậu Thân in the north", calendar.Date{1968, 1, 29}, "1/1/1968"},
		{"a month before China's in 1985", calendar.Date{1985, 1, 21}, "1/1/1985"},
		{"a day before China's in 2007", calendar.Date{2007, 2, 17}, "1/1/2007"},
		{"a day before China's in 2030", calendar.Date{2030, 2, 2}, "1/1/2030"},
		{"leap month", calendar.Date{2025, 7, 25}, "1/6/2025+"},
		{"the month before a leap month", calendar.Date{2025, 6, 25}, "1/6/2025"},
		{"last day of a year of 29 days", calendar.Date{2025, 1, 28}, "29/12/2024"},
		{"leap eleventh month", calendar.Date{2033, 12, 22}, "1/11/2033+"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l, err := calendar.ToLunar(tt.solar)
			if err != nil || l.String() != tt.lunar {
				t.Errorf("ToLunar(%s) = %s, %v, want %s", tt.solar, l, err, tt.lunar)
			}
			parsed, err := calendar.ParseLunar(tt.lunar)
			if err != nil || parsed != l {
				t.Errorf("ParseLunar(%q) = %v, %v", tt.lunar, parsed, err)
			}
			if d, err := calendar.ToSolar(parsed); err != nil || d != tt.solar {
				t.Errorf("ToSolar(%s) = %s, %v, want %s", parsed, d, err, tt.solar)
			}
		})
	}
}

func TestBadLunarDates(t *testing.T) {
	for _, tt := range []struct{ name, text, code string }{
		{"a 30th of 29 days", "30/12/2024", calendar.DateNone},
		{"a leap month the year lacks", "1/6/2026+", calendar.DateNone},
		{"month 13", "1/13/2026", calendar.DateNone},
		{"day nought", "0/1/2026", calendar.DateNone},
		{"before 1968", "1/1/1967", calendar.DateRange},
		{"year 9999", "1/1/9999", calendar.DateRange},
		{"no date", "mùng 1", calendar.DateForm},
		{"two pluses", "1/6+/2025+", calendar.DateForm},
		{"negative", "-1/6/2025", calendar.DateForm},
		{"empty", "", calendar.DateForm},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l, err := calendar.ParseLunar(tt.text)
			if err == nil {
				_, err = calendar.ToSolar(l)
			}
			var bad calendar.DateError
			if !errors.As(err, &bad) || bad.Code != tt.code || bad.Error() == "" {
				t.Errorf("%q: %v, want %s", tt.text, err, tt.code)
			}
		})
	}
}

// TestEveryDayBothWays goes through every day that has a lunar date: each comes
// back, and each follows the one before.
func TestEveryDayBothWays(t *testing.T) {
	d, end := calendar.Date{1968, 1, 1}, calendar.Date{2199, 12, 31}
	before, err := calendar.ToLunar(d)
	if err != nil {
		t.Fatal(err)
	}
	for d = d.AddDays(1); d.Compare(end) <= 0; d = d.AddDays(1) {
		l, err := calendar.ToLunar(d)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := calendar.ToSolar(l); err != nil || back != d {
			t.Fatalf("%s is %s, which is %s (%v)", d, l, back, err)
		}
		length, err := calendar.LunarMonthLength(before.Year, before.Month, before.Leap)
		if err != nil || length != 29 && length != 30 {
			t.Fatalf("%s: a month of %d days: %v", before, length, err)
		}
		if next := before.Day + 1; before.Day < length && l.Day != next || before.Day == length && l.Day != 1 {
			t.Fatalf("%s follows %s", l, before)
		}
		before = l
	}
}
