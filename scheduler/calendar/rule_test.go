package calendar_test

import (
	"strings"
	"testing"
	"time"

	"loalang/scheduler/calendar"
)

func rule(t testing.TB, text string) calendar.Rule {
	t.Helper()
	r, err := calendar.ParseRule(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return r
}

// days lists the civil times of moments, without ":00" and a midnight.
func days(moments []calendar.Moment) string {
	var out []string
	for _, m := range moments {
		out = append(out, strings.TrimSuffix(strings.TrimSuffix(m.Civil.String(), ":00"), "T00:00"))
	}
	return strings.Join(out, " ")
}

func TestRules(t *testing.T) {
	vietnam := place(t, "Asia/Ho_Chi_Minh")
	tests := []struct{ name, text, want string }{
		{"OK", "DTSTART:20261125T053000\nRRULE:FREQ=DAILY", "2026-11-25T05:30 2026-11-26T05:30 2026-11-27T05:30"},
		{"one time", "DTSTART:20261125T053000", "2026-11-25T05:30"},
		{"mùng 1 and rằm", `DTSTART:20261125T053000\nRSCALE=VIETNAMESE;FREQ=MONTHLY;BYMONTHDAY=1,15`, "2026-12-09T05:30 2026-12-23T05:30 2027-01-08T05:30"},
		{"30 Tết", "DTSTART:20241001\nRRULE:RSCALE=VIETNAMESE;FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=-1", "2025-01-28 2026-02-16 2027-02-05"},
		{"two days before 23 tháng Chạp", "DTSTART:20261101\nRRULE:RSCALE=VIETNAMESE;FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=23;OFFSET=-2", "2027-01-28 2028-01-17 2029-02-04"},
		{"leap month", "DTSTART:20200101\nRRULE:RSCALE=VIETNAMESE;FREQ=YEARLY;BYMONTH=6L;BYMONTHDAY=15", "2025-08-08 2036-08-06 2055-08-07"},
		{"leap month or the one after", "DTSTART:20240101\nRRULE:RSCALE=VIETNAMESE;FREQ=YEARLY;BYMONTH=6L;BYMONTHDAY=1;SKIP=FORWARD", "2024-08-04 2025-07-25 2026-08-13"},
		{"leap month or the one before", "DTSTART:20240101\nRRULE:RSCALE=VIETNAMESE;FREQ=YEARLY;BYMONTH=6L;BYMONTHDAY=1;SKIP=BACKWARD", "2024-07-06 2025-07-25 2026-07-14"},
		{"the 30th or the day before", "DTSTART:20260217\nRRULE:RSCALE=VIETNAMESE;FREQ=MONTHLY;BYMONTHDAY=30;SKIP=BACKWARD", "2026-03-18 2026-04-16 2026-05-16"},
		{"the 31st or the day after", "DTSTART:20260101\nRRULE:RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=31;SKIP=FORWARD", "2026-01-31 2026-03-01 2026-03-31"},
		{"market every fifth day", "DTSTART:20261125T043000\nRRULE:FREQ=DAILY;INTERVAL=5", "2026-11-25T04:30 2026-11-30T04:30 2026-12-05T04:30"},
		{"COUNT", "DTSTART:20261125T053000\nRRULE:FREQ=DAILY;COUNT=2", "2026-11-25T05:30 2026-11-26T05:30"},
		{"COUNT of lunar days", "DTSTART:20261209\nRRULE:RSCALE=VIETNAMESE;FREQ=MONTHLY;BYMONTHDAY=1,15;COUNT=2", "2026-12-09 2026-12-23"},
		{"UNTIL by date", "DTSTART:20261125T053000\nRRULE:FREQ=DAILY;UNTIL=20261126", "2026-11-25T05:30 2026-11-26T05:30"},
		{"UNTIL by instant", "DTSTART:20261125T053000\nRRULE:FREQ=DAILY;UNTIL=20261125T223000Z", "2026-11-25T05:30 2026-11-26T05:30"},
		{"EXDATE by time", "DTSTART:20261125T053000\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE:20261126T053000", "2026-11-25T05:30 2026-11-27T05:30"},
		{"EXDATE by date", "DTSTART:20261125T053000\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE;VALUE=DATE:20261126", "2026-11-25T05:30 2026-11-27T05:30"},
		{"EXDATE by instant", "DTSTART:20261125T053000\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE:20261125T223000Z", "2026-11-25T05:30 2026-11-27T05:30"},
		{"RDATE", "DTSTART:20261125T053000\nRRULE:FREQ=DAILY;COUNT=1\nRDATE:20270101T180000", "2026-11-25T05:30 2027-01-01T18:00"},
		{"last Friday", "DTSTART:20261125\nRRULE:FREQ=MONTHLY;BYDAY=-1FR", "2026-11-27 2026-12-25 2027-01-29"},
		{"last working day", "DTSTART:20261125\nRRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2026-11-30 2026-12-31 2027-01-29"},
		{"a zone of its own", "DTSTART;TZID=Europe/Berlin:20261023T120000\nRRULE:FREQ=WEEKLY;COUNT=2", "2026-10-23T12:00 2026-10-30T12:00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := rule(t, tt.text)
			if got := days(r.Next(time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), 3, vietnam)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if again := rule(t, r.String()); again.String() != r.String() {
				t.Errorf("%q is read as %q", r, again)
			}
		})
	}
}
