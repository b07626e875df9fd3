package calendar_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"loalang/scheduler/calendar"
)

// TestLunarRulesAgainstEveryDay looks at each day by itself: a lunar rule names it
// exactly when the lunar date of the day less the offset has the month and the day that
// the rule says, leap months and short months included.
func TestLunarRulesAgainstEveryDay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		months := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) calendar.MonthName {
			return calendar.MonthName{Number: rapid.IntRange(1, 12).Draw(t, "month"), Leap: rapid.IntRange(0, 4).Draw(t, "leap") == 0}
		}), 0, 4, rapid.ID[calendar.MonthName]).Draw(t, "months")
		days := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) int {
			n := rapid.IntRange(1, 30).Draw(t, "n")
			if rapid.Bool().Draw(t, "from the end") {
				return -n
			}
			return n
		}), 1, 4, rapid.ID[int]).Draw(t, "days")
		offset := rapid.IntRange(-40, 40).Draw(t, "offset")
		begin := calendar.Date{Year: rapid.IntRange(1970, 2095).Draw(t, "year"), Month: 3, Day: 1}
		var names []string
		for _, m := range months {
			names = append(names, m.String())
		}
		text := fmt.Sprintf("DTSTART:%sT053000\nRRULE:RSCALE=VIETNAMESE;FREQ=%s;BYMONTHDAY=%s;OFFSET=%d", strings.ReplaceAll(begin.String(), "-", ""),
			rapid.SampledFrom([]string{"MONTHLY", "YEARLY", "DAILY"}).Draw(t, "freq"), strings.Trim(strings.ReplaceAll(fmt.Sprint(days), " ", ","), "[]"), offset)
		if len(names) > 0 {
			text += ";BYMONTH=" + strings.Join(names, ",")
		}
		r, err := calendar.ParseRule(text)
		if err != nil {
			return // such a leap month never comes
		}
		end := begin.AddDays(1200)
		named := map[calendar.Date]bool{}
		for _, m := range r.Between(calendar.At(begin, 0, time.UTC), calendar.At(end, 0, time.UTC), time.UTC) {
			named[m.Civil.Date] = true
		}
		for d := begin; d.Compare(end) < 0; d = d.AddDays(1) {
			l, err := calendar.ToLunar(d.AddDays(-offset))
			if err != nil {
				t.Fatal(err)
			}
			length, err := calendar.LunarMonthLength(l.Year, l.Month, l.Leap)
			if err != nil {
				t.Fatal(err)
			}
			want := (slices.Contains(days, l.Day) || slices.Contains(days, l.Day-length-1)) &&
				(len(months) == 0 || slices.Contains(months, calendar.MonthName{Number: l.Month, Leap: l.Leap}))
			if named[d] != want {
				t.Fatalf("%s\n%s, %s less the offset: named %v", text, d, l, named[d])
			}
		}
	})
}

// TestSkipBackwardOnTheLastDayAsked: a day that a month lacks at its beginning is the last
// day of the month before, also when nobody asks for more than that day.
func TestSkipBackwardOnTheLastDayAsked(t *testing.T) {
	vietnam := place(t, "Asia/Ho_Chi_Minh")
	for _, freq := range []string{"MONTHLY", "YEARLY;BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12"} {
		r := rule(t, "DTSTART:20260101T053000\nRRULE:RSCALE=VIETNAMESE;FREQ="+freq+";BYMONTHDAY=-30;SKIP=BACKWARD")
		begin, end := calendar.Date{Year: 2026, Month: 1, Day: 1}, calendar.Date{Year: 2031, Month: 1, Day: 1}
		whole := days(r.Between(calendar.At(begin, 0, vietnam), calendar.At(end, 0, vietnam), vietnam))
		var each []string
		for d := begin; d.Compare(end) < 0; d = d.AddDays(1) {
			for _, m := range r.Between(calendar.At(d, 0, vietnam), calendar.At(d.AddDays(1), 0, vietnam), vietnam) {
				each = append(each, days([]calendar.Moment{m}))
			}
		}
		if got := strings.Join(each, " "); got != whole || len(each) < 55 {
			t.Errorf("%s: day by day %d\n%s\nat once\n%s", freq, len(each), got, whole)
		}
	}
}

// TestNextOfDatesAlone: dates that were added are found from however far back.
func TestNextOfDatesAlone(t *testing.T) {
	r := rule(t, "DTSTART:20261202T190000\nRDATE:20261205T190000,20261120T190000")
	if got := days(r.Next(time.Time{}, 9, time.UTC)); got != "2026-11-20T19:00 2026-12-02T19:00 2026-12-05T19:00" {
		t.Errorf("from the year 1: %s", got)
	}
	if got := days(r.Next(instant(t, "2026-12-03T00:00:00Z"), 9, time.UTC)); got != "2026-12-05T19:00" {
		t.Errorf("from the middle: %s", got)
	}
}

// TestEndsAreWithin: UNTIL is the last time, not the first that is too late, however it
// is told, and COUNT counts what airs, moved by the offset or not.
func TestEndsAreWithin(t *testing.T) {
	vietnam := place(t, "Asia/Ho_Chi_Minh")
	for _, tt := range []struct{ name, text, want string }{
		{"OK", "DTSTART:20261125T053000\nRRULE:FREQ=DAILY;UNTIL=20261126T053000", "2026-11-25T05:30 2026-11-26T05:30"},
		{"a day", "DTSTART:20261125T053000\nRRULE:FREQ=DAILY;UNTIL=20261126", "2026-11-25T05:30 2026-11-26T05:30"},
		{"an instant", "DTSTART:20261125T053000\nRRULE:FREQ=DAILY;UNTIL=20261125T223000Z", "2026-11-25T05:30 2026-11-26T05:30"},
		{"a second too early", "DTSTART:20261125T053000\nRRULE:FREQ=DAILY;UNTIL=20261125T222959Z", "2026-11-25T05:30"},
		{"whole days", "DTSTART;VALUE=DATE:20261125\nRRULE:FREQ=DAILY;UNTIL=20261126", "2026-11-25 2026-11-26"},
		{"moved by an offset", "DTSTART:20261201T053000\nRRULE:RSCALE=VIETNAMESE;FREQ=MONTHLY;BYMONTHDAY=15;OFFSET=-2;UNTIL=20261221", "2026-12-21T05:30"},
		{"counted with an offset", "DTSTART:20261122T053000\nRRULE:RSCALE=VIETNAMESE;FREQ=MONTHLY;BYMONTHDAY=15;OFFSET=-2;COUNT=2", "2026-12-21T05:30 2027-01-20T05:30"},
		{"counted over a leap month", "DTSTART:20250601T053000\nRRULE:RSCALE=VIETNAMESE;FREQ=MONTHLY;BYMONTHDAY=1;COUNT=3", "2025-06-25T05:30 2025-07-25T05:30 2025-08-23T05:30"},
		{"each other lunar month", "DTSTART:20250601T053000\nRRULE:RSCALE=VIETNAMESE;FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=1;COUNT=2", "2025-07-25T05:30 2025-09-22T05:30"},
		{"before the leap month, two days earlier", "DTSTART:20250601T053000\nRRULE:RSCALE=VIETNAMESE;FREQ=YEARLY;BYMONTH=6L;BYMONTHDAY=1;OFFSET=-2;COUNT=1", "2025-07-23T05:30"},
		{"counted several times a day", "DTSTART:20261125T113000\nRRULE:FREQ=DAILY;BYHOUR=5,11,17;COUNT=3", "2026-11-25T11:30 2026-11-25T17:30 2026-11-26T05:30"},
		{"an exception counts", "DTSTART:20261125T053000\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE:20261126T053000", "2026-11-25T05:30 2026-11-27T05:30"},
		{"a market every five days", "DTSTART:20201231T053000\nRRULE:FREQ=DAILY;INTERVAL=5;UNTIL=20210110", "2020-12-31T05:30 2021-01-05T05:30 2021-01-10T05:30"},
	} {
		if got := days(rule(t, tt.text).Next(time.Time{}.AddDate(1900, 0, 0), 9, vietnam)); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// TestCountOfDaysMovedBack: however a count is reached, it is that of the pattern without
// one.
func TestCountOfDaysMovedBack(t *testing.T) {
	vietnam := place(t, "Asia/Ho_Chi_Minh")
	for _, text := range []string{
		"RSCALE=VIETNAMESE;FREQ=MONTHLY;BYMONTHDAY=-30;SKIP=BACKWARD", "RSCALE=VIETNAMESE;FREQ=MONTHLY;BYMONTHDAY=30;SKIP=FORWARD", "RSCALE=VIETNAMESE;FREQ=YEARLY;BYMONTHDAY=-30,1;SKIP=BACKWARD",
		"RSCALE=VIETNAMESE;FREQ=MONTHLY;BYMONTHDAY=1,15;OFFSET=-2", "RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=-31;SKIP=BACKWARD",
	} {
		for d := (calendar.Date{Year: 2026, Month: 1, Day: 3}); d.Year == 2026; d = d.AddDays(1) {
			head := "DTSTART:" + strings.ReplaceAll(d.String(), "-", "") + "T053000\nRRULE:" + text
			all := strings.Fields(days(rule(t, head).Next(instant(t, "2026-01-01T00:00:00Z"), 6, vietnam)))
			for n := range all {
				got := days(rule(t, fmt.Sprintf("%s;COUNT=%d", head, n+1)).Next(instant(t, "2026-01-01T00:00:00Z"), 1000, vietnam))
				if got != strings.Join(all[:n+1], " ") {
					t.Fatalf("%s: %d of them are\n%s\nnot\n%s", head, n+1, got, strings.Join(all[:n+1], " "))
				}
			}
		}
	}
}
