package main_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestCalendarCommand prints what the commands promise, byte for byte.
func TestCalendarCommand(t *testing.T) {
	tests := []struct {
		name string
		args []string
		code int
		want string
	}{
		{"OK", []string{"lunar", "2025-07-25", "2026-11-25"}, 0, "2025-07-25\t1/6/2025+\n2026-11-25\t17/10/2026\n"},
		{"solar", []string{"solar", "15/6/2025+", "15/6/2025", "15/6+/2025"}, 0, "2025-08-08\n2025-07-09\n2025-08-08\n"},
		{"good ones beside a bad one", []string{"lunar", "2025-13-01", "2026-11-25"}, 2, "2026-11-25\t17/10/2026\n"},
		{"nothing of the years before", []string{"lunar", "1967-12-31", "2200-01-01", "1968-01-01"}, 2, "1968-01-01\t2/12/1967\n"},
		{"no such lunar day", []string{"solar", "30/12/2025", "1/6/2026+", "29/12/2025"}, 2, "2026-02-16\n"},
		{"next", []string{"next", "FREQ=WEEKLY;BYDAY=WE", "-n", "2", "--from", "2026-11-25T05:30"}, 0, "2026-11-25T05:30:00+07:00\n2026-12-02T05:30:00+07:00\n"},
		{"next with a name", []string{"next", "RRULE:FREQ=DAILY;INTERVAL=5", "-n", "2", "--from", "2026-11-24T22:00:00Z"}, 0, "2026-11-25T05:00:00+07:00\n2026-11-30T05:00:00+07:00\n"},
		{"next of properties", []string{"next", `DTSTART:20260101T053000\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE:20260102T053000`, "--from", "2026-01-01"}, 0, "2026-01-01T05:30:00+07:00\n2026-01-03T05:30:00+07:00\n"},
		{"next of lunar days", []string{"next", "RSCALE=VIETNAMESE;FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=-1", "-n", "2", "--from", "2025-01-01"}, 0, "2025-01-28T00:00:00+07:00\n2026-02-16T00:00:00+07:00\n"},
		{"next elsewhere", []string{"next", "FREQ=DAILY", "-n", "2", "--from", "2026-03-28T02:30", "--zone", "Europe/Berlin"}, 0, "2026-03-28T02:30:00+01:00\n2026-03-29T03:30:00+02:00\n"},
		{"nothing comes any more", []string{"next", `DTSTART:20200101\nRRULE:FREQ=DAILY;COUNT=3`, "--from", "2026-01-01"}, 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, _, code := loalang(t, "", append([]string{"calendar"}, tt.args...)...)
			if code != tt.code || out != tt.want {
				t.Errorf("exit %d, %q; want %d, %q", code, out, tt.code, tt.want)
			}
		})
	}
}

// TestCalendarOfEveryDay sends every day that the lunar calendar knows through standard
// input and back: each comes home.
func TestCalendarOfEveryDay(t *testing.T) {
	var days, lunar strings.Builder
	for d := time.Date(1968, 1, 29, 0, 0, 0, 0, time.UTC); d.Year() < 2200; d = d.AddDate(0, 0, 1) {
		fmt.Fprintln(&days, d.Format(time.DateOnly))
	}
	out, errs, code := loalang(t, days.String(), "calendar", "lunar", "-")
	if code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	for line := range strings.Lines(out) {
		_, date, _ := strings.Cut(line, "\t")
		lunar.WriteString(date)
	}
	if out, errs, code = loalang(t, lunar.String(), "calendar", "solar", "-"); code != 0 || out != days.String() {
		t.Errorf("exit %d: %s; %d bytes for %d", code, errs, len(out), days.Len())
	}
}

// TestCalendarOfManyBadDates names a few and counts the rest.
func TestCalendarOfManyBadDates(t *testing.T) {
	_, errs, code := loalang(t, strings.Repeat("30/2 \n", 1000), "calendar", "lunar", "-")
	if code != 2 || !strings.Contains(errs, "and 990 more") || len(errs) > 2000 {
		t.Errorf("exit %d: %s", code, errs)
	}
}

// TestCalendarNextReadsALongRule: a rule with 10,000 exceptions is longer than an
// argument may be, so it comes by standard input; one more is refused.
func TestCalendarNextReadsALongRule(t *testing.T) {
	days := func(n int) string {
		text := "DTSTART:20270101T053000\r\nRRULE:FREQ=DAILY\r\nEXDATE:"
		for i := range n {
			text += time.Date(2027, 1, 1+i, 5, 30, 0, 0, time.UTC).Format("20060102T150405,")
		}
		return strings.TrimSuffix(text, ",") + "\r\n"
	}
	if out, errs, code := loalang(t, days(10000), "calendar", "next", "-", "-n", "1", "--from", "2027-01-01"); code != 0 || out != "2054-05-19T05:30:00+07:00\n" {
		t.Errorf("code %d, %q %q", code, out, errs)
	}
	if out, errs, code := loalang(t, days(10001), "calendar", "next", "-"); code != 2 || out != "" || !strings.Contains(errs, "EXDATE") {
		t.Errorf("one too many: code %d, %q %q", code, out, errs)
	}
	if _, errs, code := loalang(t, strings.Repeat("x", 2<<20), "calendar", "next", "-"); code != 2 || len(errs) > 300 {
		t.Errorf("two megabytes: code %d, %q", code, errs)
	}
	if _, errs, code := loalang(t, "", "calendar", "next", "-"); code != 2 || !strings.Contains(errs, "empty") {
		t.Errorf("nothing: code %d, %q", code, errs)
	}
}
