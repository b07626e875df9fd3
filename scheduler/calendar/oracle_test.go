package calendar_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/teambition/rrule-go"
	"pgregory.net/rapid"

	"loalang/scheduler/calendar"
)

// some draws a list of numbers, as often as not none, as the value of a part.
func some(t *rapid.T, name string, low, high, most int) string {
	if !rapid.Bool().Draw(t, "has "+name) {
		return ""
	}
	list := rapid.SliceOfNDistinct(rapid.IntRange(low, high).Filter(func(n int) bool { return n != 0 || low == 0 }), 1, most, rapid.ID[int]).Draw(t, name)
	text := strings.Trim(strings.ReplaceAll(fmt.Sprint(list), " ", ","), "[]")
	return ";" + name + "=" + text
}

// drawSolar draws an RRULE that RFC 5545 allows, and its DTSTART.
func drawSolar(t *rapid.T) (start time.Time, text string) {
	freq := rapid.SampledFrom([]string{"YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY"}).Draw(t, "freq")
	start = time.Date(rapid.IntRange(1990, 2030).Draw(t, "year"), 1, rapid.IntRange(1, 366).Draw(t, "day"), rapid.IntRange(0, 23).Draw(t, "hour"), rapid.IntRange(0, 59).Draw(t, "minute"), 0, 0, time.UTC)
	text = fmt.Sprintf("FREQ=%s;INTERVAL=%d", freq, rapid.SampledFrom([]int{1, 1, 1, 2, 3, 5, 7, 12}).Draw(t, "interval"))
	if freq == "MINUTELY" {
		text = fmt.Sprintf("FREQ=%s;INTERVAL=%d", freq, rapid.SampledFrom([]int{15, 20, 45, 90, 1441}).Draw(t, "interval"))
	}
	text += some(t, "BYMONTH", 1, 12, 3)
	counted := false
	switch freq {
	case "YEARLY":
		text += some(t, "BYYEARDAY", -366, 366, 3)
		if !strings.Contains(text, "BYYEARDAY") {
			text += some(t, "BYWEEKNO", -53, 53, 3)
		}
		counted = !strings.Contains(text, "BYWEEKNO")
	case "MONTHLY":
		counted = true
	case "HOURLY", "MINUTELY":
		text += some(t, "BYYEARDAY", -366, 366, 9)
	}
	if freq != "WEEKLY" {
		text += some(t, "BYMONTHDAY", -31, 31, 3)
	}
	if rapid.Bool().Draw(t, "has weekdays") {
		// Plain and counted ones are not mixed: rrule-go takes what both name.
		day := rapid.SampledFrom([]string{"MO", "TU", "WE", "TH", "FR", "SA", "SU"})
		n := ""
		if counted && rapid.Bool().Draw(t, "counted") {
			n = rapid.SampledFrom([]string{"1", "2", "5", "-1", "-2"}).Draw(t, "nth")
		}
		text += ";BYDAY=" + n + strings.Join(rapid.SliceOfNDistinct(day, 1, 3, rapid.ID[string]).Draw(t, "weekdays"), ","+n)
	}
	text += some(t, "BYHOUR", 0, 23, 2)
	if freq != "MINUTELY" {
		text += some(t, "BYMINUTE", 0, 59, 2)
	}
	// rrule-go leaves the days before DTSTART out of a first week, not out of a
	// first month; here the whole week counts, as the whole month does.
	if strings.Contains(text, ";BY") && freq != "WEEKLY" {
		text += some(t, "BYSETPOS", -4, 4, 2)
	}
	if freq != "DAILY" {
		text += ";WKST=" + rapid.SampledFrom([]string{"MO", "SU", "TH"}).Draw(t, "wkst")
	}
	return start, text
}

// TestSameAsRRuleGo compares the times of rules with those of rrule-go, which
// walks from the start where this package leaps.
func TestSameAsRRuleGo(t *testing.T) {
	compared := 0
	rapid.Check(t, func(t *rapid.T) {
		start, text := drawSolar(t)
		if rapid.Bool().Draw(t, "counted out") {
			text += fmt.Sprintf(";COUNT=%d", rapid.IntRange(1, 40).Draw(t, "count"))
		}
		ours, err := calendar.ParseRule("DTSTART:" + start.Format("20060102T150405Z") + "\nRRULE:" + text)
		if err != nil {
			return // never, or too often
		}
		option, err := rrule.StrToROption(text)
		if err != nil {
			t.Skip(err)
		}
		option.Dtstart = start
		theirs, err := rrule.NewRRule(*option)
		if err != nil {
			t.Skip(err)
		}
		from := start.AddDate(0, 0, rapid.IntRange(-10, 3000).Draw(t, "from"))
		to := from.AddDate(0, 0, rapid.IntRange(1, 800).Draw(t, "days"))
		var got, want []string
		for _, m := range ours.Between(from, to, time.UTC) {
			got = append(got, m.At.Format(time.RFC3339))
		}
		for _, at := range theirs.Between(from, to.Add(-time.Second), true) {
			want = append(want, at.Format(time.RFC3339))
		}
		compared += len(want)
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Fatalf("%s from %s\n%s to %s\ngot  %v\nwant %v", text, start, from, to, got, want)
		}
	})
	if compared == 0 {
		t.Error("nothing was compared")
	}
}
