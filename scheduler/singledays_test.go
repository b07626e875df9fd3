package scheduler_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"loalang/scheduler"
	"loalang/scheduler/calendar"
)

// TestEditedRuleKeepsItsSingleTimes: another rule in the place of one keeps what was
// left out and added: single times as single times, days as days.
func TestEditedRuleKeepsItsSingleTimes(t *testing.T) {
	loc := at(t, "2026-11-23 00:00").Location()
	const twice = "DTSTART:20261101T053000\nRRULE:FREQ=DAILY;BYHOUR=5,17"
	tests := []struct{ name, was, is, slot, want string }{
		{"one time of two", twice + "\nEXDATE:20261125T053000", twice + ";UNTIL=20261231T235959", "", "\nEXDATE:20261125T053000"},
		{"both times, one of them new", twice + "\nEXDATE:20261125T053000,20261125T173000", strings.ReplaceAll(twice, "5,17", "5,18"), "", "\nEXDATE:20261125T053000,20261125T183000"},
		{"one time that is no more", twice + "\nEXDATE:20261125T053000", "DTSTART:20261101T173000\nRRULE:FREQ=DAILY", "", "FREQ=DAILY"},
		{"moved on one day", "DTSTART:20261101T053000\nRRULE:FREQ=DAILY\nRDATE:20261125T080000\nEXDATE:20261125T053000", "DTSTART:20261101T060000\nRRULE:FREQ=DAILY", "", "\nRDATE:20261125T080000\nEXDATE:20261125T060000"},
		{"one more time of a day", twice + "\nRDATE:20261125T120000", "DTSTART:20261101T053000\nRRULE:FREQ=DAILY", "", "\nRDATE:20261125T120000"},
		{"one more day", "DTSTART:20261101T053000\nRRULE:FREQ=WEEKLY;BYDAY=MO\nRDATE:20261125T053000", "DTSTART:20261101T060000\nRRULE:FREQ=WEEKLY;BYDAY=MO", "", "\nRDATE:20261125T060000"},
		{"days into slots", twice + "\nRDATE:20261125T120000\nEXDATE:20261130T053000,20261130T173000", "DTSTART;VALUE=DATE:20261101\nRRULE:FREQ=WEEKLY;BYDAY=MO", "chieu", "\nRDATE;VALUE=DATE:20261125\nEXDATE;VALUE=DATE:20261130"},
		{"what is over", twice + "\nRDATE:20261120T120000\nEXDATE:20261121T053000", "DTSTART:20261101T053000\nRRULE:FREQ=DAILY", "", "FREQ=DAILY"},
		{"already passed today", twice + "\nEXDATE:20261123T053000", twice, "", "BYHOUR=5,17"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var slots []string
			if tt.slot != "" {
				slots = append(slots, tt.slot)
			}
			got, err := byRule(t, tt.was).Carry(byRule(t, tt.is, slots...), at(t, "2026-11-23 12:00"), loc)
			if err != nil || !strings.HasSuffix(got.Rule, tt.want) {
				t.Errorf("rule %q, err %v; want …%q", got.Rule, err, tt.want)
			}
		})
	}
}

// TestTenThousandSingleDaysAreCarriedAtOnce: a rule with as many exceptions as may be
// is edited, and previewed at each stroke, without anybody waiting; and more of them
// than may be are refused, not lost.
func TestTenThousandSingleDaysAreCarriedAtOnce(t *testing.T) {
	loc := at(t, "2026-11-23 00:00").Location()
	var dates []string
	for i := range calendar.MaxDates {
		dates = append(dates, time.Date(2026, 11, 24, 0, 30*(i%48), 0, 0, time.UTC).AddDate(0, 0, i/48).Format("20060102T150405"))
	}
	was := byRule(t, fmt.Sprintf("DTSTART:20261101T000000\nRRULE:FREQ=MINUTELY;INTERVAL=30\nEXDATE:%s", strings.Join(dates, ",")))
	began := time.Now()
	is, err := was.Carry(byRule(t, "DTSTART:20261101T000000\nRRULE:FREQ=MINUTELY;INTERVAL=30;UNTIL=20301231T235959"), at(t, "2026-11-23 12:00"), loc)
	if took := time.Since(began); err != nil || strings.Count(is.Rule, ",") != calendar.MaxDates-1 || took > 10*time.Second {
		t.Errorf("%d kept in %v: %v", strings.Count(is.Rule, ",")+1, took, err)
	}
	days := strings.Replace(was.Rule, "FREQ=MINUTELY;INTERVAL=30", "FREQ=DAILY;BYHOUR=5", 1)
	var invalid scheduler.Invalid
	if _, err = byRule(t, days).Carry(byRule(t, "DTSTART:20261101T000000\nRRULE:FREQ=MINUTELY;INTERVAL=5"), at(t, "2026-11-23 12:00"), loc); !errors.As(err, &invalid) || invalid[0].Code != calendar.RuleTooMany {
		t.Errorf("err = %v", err)
	}
}

// TestTimeOfAnHourlyRuleIsPutBack: what was left out of a rule without times of day
// of its own comes back.
func TestTimeOfAnHourlyRuleIsPutBack(t *testing.T) {
	loc := at(t, "2026-11-23 00:00").Location()
	now, on := at(t, "2026-11-23 12:00"), scheduler.Date{Year: 2026, Month: 11, Day: 25}
	hourly := byRule(t, "DTSTART:20261101T000000\nRRULE:FREQ=HOURLY;INTERVAL=4")
	less, err := hourly.LeaveOut(on, 8*3600, now, loc)
	if err != nil || less.Rule == hourly.Rule {
		t.Fatal(less.Rule, err)
	}
	if back, err := less.Include(on, -1, now, loc); err != nil || back.Rule != hourly.Rule {
		t.Errorf("rule %q, err %v", back.Rule, err)
	}
}
