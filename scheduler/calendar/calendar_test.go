package calendar_test

import (
	"testing"
	"testing/quick"
	"time"

	"loalang/scheduler/calendar"
)

func place(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatalf("load zone: %v", err)
	}
	return loc
}

func instant(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// TestCivilTimes reads civil times in zones with and without summer time: the
// recurrence stays at its civil time (libretime#3236, libretime#472).
func TestCivilTimes(t *testing.T) {
	tests := []struct {
		name         string
		zone         string
		date         calendar.Date
		minute       int
		at, from, to string
	}{
		{"OK in Vietnam", "Asia/Ho_Chi_Minh", calendar.Date{2026, 11, 23}, 17 * 60, "2026-11-23T10:00:00Z", "2026-11-23T10:00:00Z", "2026-11-23T10:00:00Z"},
		{"end of the day", "Asia/Ho_Chi_Minh", calendar.Date{2026, 11, 23}, 1440, "2026-11-23T17:00:00Z", "2026-11-23T17:00:00Z", "2026-11-23T17:00:00Z"},
		{"Berlin in winter", "Europe/Berlin", calendar.Date{2026, 1, 5}, 17 * 60, "2026-01-05T16:00:00Z", "2026-01-05T16:00:00Z", "2026-01-05T16:00:00Z"},
		{"Berlin in summer", "Europe/Berlin", calendar.Date{2026, 7, 5}, 17 * 60, "2026-07-05T15:00:00Z", "2026-07-05T15:00:00Z", "2026-07-05T15:00:00Z"},
		{"morning after the change", "Europe/Berlin", calendar.Date{2026, 3, 29}, 5*60 + 30, "2026-03-29T03:30:00Z", "2026-03-29T03:30:00Z", "2026-03-29T03:30:00Z"},
		{"skipped", "Europe/Berlin", calendar.Date{2026, 3, 29}, 2*60 + 30, "2026-03-29T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z"},
		{"first skipped minute", "Europe/Berlin", calendar.Date{2026, 3, 29}, 2 * 60, "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z"},
		{"twice", "Europe/Berlin", calendar.Date{2026, 10, 25}, 2*60 + 30, "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T00:30:00Z"},
		{"skipped midnight", "America/Havana", calendar.Date{2026, 3, 8}, 0, "2026-03-08T05:00:00Z", "2026-03-08T05:00:00Z", "2026-03-08T05:00:00Z"},
		{"skipped after midnight", "America/Havana", calendar.Date{2026, 3, 8}, 15, "2026-03-08T05:15:00Z", "2026-03-08T05:00:00Z", "2026-03-08T05:00:00Z"},
		{"a change of half an hour", "Australia/Lord_Howe", calendar.Date{2026, 10, 4}, 2*60 + 15, "2026-10-03T15:45:00Z", "2026-10-03T15:30:00Z", "2026-10-03T15:30:00Z"},
		{"a whole day skipped", "Pacific/Apia", calendar.Date{2011, 12, 30}, 12 * 60, "2011-12-30T22:00:00Z", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			loc := place(t, tt.zone)
			if got := calendar.At(tt.date, tt.minute, loc); !got.Equal(instant(t, tt.at)) {
				t.Errorf("At = %s, want %s", got.UTC(), tt.at)
			}
			if got := calendar.From(tt.date, tt.minute, loc); !got.Equal(instant(t, tt.from)) {
				t.Errorf("From = %s, want %s", got.UTC(), tt.from)
			}
			if got := calendar.To(tt.date, tt.minute, loc); !got.Equal(instant(t, tt.to)) {
				t.Errorf("To = %s, want %s", got.UTC(), tt.to)
			}
		})
	}
}

// TestAtReadsBack says that a clock at the instant shows the civil time, but
// where the time does not exist, and then it shows one at most a day on.
func TestAtReadsBack(t *testing.T) {
	for _, zone := range []string{"Asia/Ho_Chi_Minh", "Europe/Berlin", "America/Havana", "Australia/Lord_Howe", "Africa/Casablanca", "UTC"} {
		loc := place(t, zone)
		check := func(day uint16, m uint16) bool {
			d := calendar.Date{Year: 2020, Month: 1, Day: 1}.AddDays(int(day) % 5000)
			minute := int(m) % calendar.MinutesPerDay
			at := calendar.At(d, minute, loc)
			shown := at.In(loc)
			if calendar.DateOf(at, loc) == d && shown.Hour()*60+shown.Minute() == minute {
				return !calendar.To(d, minute, loc).After(calendar.From(d, minute, loc))
			}
			before := calendar.To(d, minute, loc).Add(-time.Second).In(loc)
			return shown.Sub(before) < 25*time.Hour && before.Hour()*60+before.Minute() < minute || calendar.DateOf(before, loc).Compare(d) < 0
		}
		if err := quick.Check(check, &quick.Config{MaxCount: 3000}); err != nil {
			t.Errorf("%s: %v", zone, err)
		}
	}
}

func TestDates(t *testing.T) {
	tests := []struct {
		name    string
		date    calendar.Date
		valid   bool
		weekday time.Weekday
		next    string
	}{
		{"OK", calendar.Date{2026, 11, 23}, true, time.Monday, "2026-11-24"},
		{"end of the year", calendar.Date{2026, 12, 31}, true, time.Thursday, "2027-01-01"},
		{"leap day", calendar.Date{2028, 2, 29}, true, time.Tuesday, "2028-03-01"},
		{"no leap day", calendar.Date{2026, 2, 29}, false, time.Sunday, "2026-03-02"},
		{"no such month", calendar.Date{2026, 13, 1}, false, time.Friday, "2027-01-02"},
		{"year 10000", calendar.Date{10000, 1, 1}, false, time.Saturday, "10000-01-02"},
		{"day nought", calendar.Date{2026, 11, 0}, false, time.Saturday, "2026-11-01"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.date.Valid(); got != tt.valid {
				t.Errorf("Valid = %v", got)
			}
			if got := tt.date.Weekday(); got != tt.weekday {
				t.Errorf("Weekday = %s, want %s", got, tt.weekday)
			}
			if got := tt.date.AddDays(1).String(); got != tt.next {
				t.Errorf("AddDays(1) = %s, want %s", got, tt.next)
			}
		})
	}
}

func TestDateOrder(t *testing.T) {
	d := calendar.Date{2026, 11, 30}
	for n, want := range map[int]int{-400: 1, -1: 1, 0: 0, 1: -1, 400: -1} {
		if got := d.Compare(d.AddDays(n)); got != want {
			t.Errorf("Compare with %+d days = %d, want %d", n, got, want)
		}
	}
}

// TestDayListAfterUTCMidnight: the day is the place's, not UTC's
// (libretime#2385, libretime#401).
func TestDayListAfterUTCMidnight(t *testing.T) {
	loc := place(t, "Asia/Ho_Chi_Minh")
	if got := calendar.DateOf(instant(t, "2026-11-23T16:59:59Z"), loc).String(); got != "2026-11-23" {
		t.Errorf("a second before midnight = %s", got)
	}
	if got := calendar.DateOf(instant(t, "2026-11-23T17:00:00Z"), loc).String(); got != "2026-11-24" {
		t.Errorf("midnight = %s", got)
	}
}
