package main

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"loalang/scheduler"
)

// The allowed hours on a command line are rules, joined by commas; a rule is
// stretches of the day joined by "+", behind the weekdays for which it is meant:
// "mon-fri=05:00-11:30+13:30-21:00,sun=06:00-20:00". Without weekdays it is
// meant for every day.

// week is the names of the weekdays, Monday first.
var week = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// weekday is the day of a place in week.
func weekday(i int) time.Weekday { return time.Weekday((i + 1) % len(week)) }

const everyDay scheduler.Weekdays = 1<<7 - 1

// hours prints windows so that parseHours reads them again.
func hours(windows []scheduler.Window) string {
	if len(windows) == 0 {
		return "always"
	}
	var rules []string
	for i, w := range windows {
		span, days := w.From.String()+"-"+w.To.String(), daysText(w.Days)
		switch {
		case days == "":
			rules = append(rules, span)
		case i > 0 && w.Days == windows[i-1].Days:
			rules[len(rules)-1] += "+" + span
		default:
			rules = append(rules, days+"="+span)
		}
	}
	return strings.Join(rules, ",")
}

// daysText prints weekdays as "mon-fri+sun"; nothing for every day.
func daysText(days scheduler.Weekdays) string {
	if days == 0 || days&everyDay == everyDay {
		return ""
	}
	var parts []string
	for i := 0; i < len(week); i++ {
		first := i
		for i < len(week) && days.Has(weekday(i)) {
			i++
		}
		switch i - first {
		case 0:
		case 1:
			parts = append(parts, week[first])
		default:
			parts = append(parts, week[first]+"-"+week[i-1])
		}
	}
	return strings.Join(parts, "+")
}

// parseHours reads rules; "always" is no window.
func parseHours(s string) ([]scheduler.Window, error) {
	if strings.TrimSpace(s) == "always" {
		return nil, nil
	}
	var windows []scheduler.Window
	for rule := range strings.SplitSeq(s, ",") {
		names, spans, ok := strings.Cut(strings.TrimSpace(rule), "=")
		if !ok {
			names, spans = "", names
		}
		days, err := parseDays(names, ok)
		if err != nil {
			return nil, err
		}
		for span := range strings.SplitSeq(spans, "+") {
			from, to, _ := strings.Cut(span, "-")
			begin, beginOK := parseTimeOfDay(from)
			end, endOK := parseTimeOfDay(to)
			if !beginOK || !endOK || begin >= end {
				return nil, fmt.Errorf("--allowed %q: write stretches such as 05:00-21:00, from earlier to later, 24:00 for the end of the day, or always", span)
			}
			windows = append(windows, scheduler.Window{From: begin, To: end, Days: days})
		}
	}
	return windows, nil
}

// parseDays reads "mon-fri+sun"; zero is every day. A stretch may go over the
// end of the week.
func parseDays(s string, given bool) (scheduler.Weekdays, error) {
	var days scheduler.Weekdays
	if !given {
		return days, nil
	}
	for part := range strings.SplitSeq(s, "+") {
		first, last, ok := strings.Cut(strings.ToLower(strings.TrimSpace(part)), "-")
		if !ok {
			last = first
		}
		i, j := slices.Index(week, first), slices.Index(week, last)
		if i < 0 || j < 0 {
			return 0, fmt.Errorf("--allowed %q: write weekdays such as mon-fri or sat+sun before the =", s)
		}
		for ; ; i = (i + 1) % len(week) {
			days |= 1 << weekday(i)
			if i == j {
				break
			}
		}
	}
	if days == everyDay {
		days = 0
	}
	return days, nil
}

var timeOfDay = regexp.MustCompile(`^ *([0-9]{1,2}):([0-5][0-9]) *$`)

// parseTimeOfDay reads "05:30"; "24:00" is the end of the day.
func parseTimeOfDay(s string) (scheduler.TimeOfDay, bool) {
	m := timeOfDay.FindStringSubmatch(s)
	if m == nil {
		return 0, false
	}
	hour, _ := strconv.Atoi(m[1]) // two digits
	minute, _ := strconv.Atoi(m[2])
	total := scheduler.TimeOfDay(60*hour + minute)
	return total, total <= 24*60
}
