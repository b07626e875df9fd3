package calendar

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// String is the rule as ParseRule reads it, in one canonical form: DTSTART,
// RRULE, RDATE and EXDATE on lines of their own, with \n between.
func (r Rule) String() string {
	if r.start.IsZero() {
		return ""
	}
	lines := []string{"DTSTART" + r.startText()}
	if r.written != nil {
		lines = append(lines, "RRULE:"+r.written.String())
	}
	lines = append(lines, dateLines("RDATE", r.added, r.zone)...)
	lines = append(lines, dateLines("EXDATE", r.excepted, r.zone)...)
	return strings.Join(lines, "\n")
}

func (r Rule) startText() string {
	switch {
	case r.allDay:
		return ";VALUE=DATE:" + r.start.basic()[:8]
	case r.zone == time.UTC:
		return ":" + r.start.basic() + "Z"
	case r.zone != nil:
		return ";TZID=" + r.zone.String() + ":" + r.start.basic()
	default:
		return ":" + r.start.basic()
	}
}

// dateLines prints stamps, each kind on a line of its own.
func dateLines(name string, list []stamp, zone *time.Location) []string {
	var local, dates, instants []string
	for _, s := range list {
		switch {
		case !s.at.IsZero():
			instants = append(instants, s.String())
		case s.date:
			dates = append(dates, s.String())
		default:
			text := s.String()
			if zone == time.UTC {
				text += "Z"
			}
			local = append(local, text)
		}
	}
	var out []string
	if local != nil {
		head := name
		if zone != nil && zone != time.UTC {
			head += ";TZID=" + zone.String()
		}
		out = append(out, head+":"+strings.Join(local, ","))
	}
	if dates != nil {
		out = append(out, name+";VALUE=DATE:"+strings.Join(dates, ","))
	}
	if instants != nil {
		out = append(out, name+":"+strings.Join(instants, ","))
	}
	return out
}

// String is the pattern as the value of an RRULE, in canonical order. Of a
// calendar and a skip rule it names what is not the default.
func (p Pattern) String() string {
	var parts []string
	add := func(name, value string) {
		if value != "" {
			parts = append(parts, name+"="+value)
		}
	}
	switch {
	case p.Lunar:
		add("RSCALE", "VIETNAMESE")
	case p.Skip != "" && p.Skip != Omit:
		add("RSCALE", "GREGORIAN")
	}
	add("FREQ", string(p.Freq))
	add("INTERVAL", unless(p.Interval, 1))
	add("BYMONTH", joined(p.Months, MonthName.String))
	add("BYWEEKNO", joined(p.Weeks, strconv.Itoa))
	add("BYYEARDAY", joined(p.YearDays, strconv.Itoa))
	add("BYMONTHDAY", joined(p.MonthDays, strconv.Itoa))
	add("BYDAY", joined(p.Weekdays, WeekdayIn.String))
	add("BYHOUR", joined(p.Hours, strconv.Itoa))
	add("BYMINUTE", joined(p.Minutes, strconv.Itoa))
	add("BYSECOND", joined(p.Seconds, strconv.Itoa))
	add("BYTIME", joined(p.Times, timeText))
	add("BYSETPOS", joined(p.Positions, strconv.Itoa))
	if p.WeekStart != time.Monday {
		add("WKST", weekdayCodes[p.WeekStart])
	}
	if p.Skip != Omit {
		add("SKIP", string(p.Skip))
	}
	add("OFFSET", unless(p.Offset, 0))
	add("COUNT", unless(p.Count, 0))
	if !p.Until.IsZero() {
		add("UNTIL", p.Until.String())
	}
	return strings.Join(parts, ";")
}

// timeText prints seconds after midnight as "0530", with seconds as "053015".
func timeText(second int) string {
	text := fmt.Sprintf("%02d%02d", second/3600, second/60%60)
	if second%60 != 0 {
		text += fmt.Sprintf("%02d", second%60)
	}
	return text
}

// String prints "5", or "5L" for the leap month behind the fifth.
func (m MonthName) String() string {
	if m.Leap {
		return strconv.Itoa(m.Number) + "L"
	}
	return strconv.Itoa(m.Number)
}

// String prints "MO", or "-1MO" for the last Monday.
func (w WeekdayIn) String() string { return unless(w.N, 0) + weekdayCodes[w.Day] }

func unless(n, common int) string {
	if n == common {
		return ""
	}
	return strconv.Itoa(n)
}

func joined[T any](list []T, text func(T) string) string {
	parts := make([]string, len(list))
	for i, x := range list {
		parts[i] = text(x)
	}
	return strings.Join(parts, ",")
}
