package web

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"loalang/scheduler"
	"loalang/scheduler/calendar"
)

// dayNames are what people call the days around today, in both languages.
var dayNames = map[string]int{
	"hôm kia": -2, "hôm qua": -1, "qua": -1, "yesterday": -1,
	"hôm nay": 0, "nay": 0, "today": 0,
	"ngày mai": 1, "mai": 1, "tomorrow": 1,
	"ngày kia": 2, "kia": 2, "mốt": 2, "ngày mốt": 2,
}

// DayNames lists what DayCalled reads besides dates, sorted.
func DayNames() []string {
	var names []string
	for name := range dayNames {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// DayCalled reads how a person names a civil day: "mai", "tomorrow", 2026-11-27,
// 27/11/2026, or 27/11, which is the nearest one. False when it is none.
func DayCalled(text string, today scheduler.Date) (scheduler.Date, bool) {
	text = strings.ToLower(strings.Join(strings.Fields(norm.NFC.String(text)), " "))
	base := calendar.Date(today)
	if by, known := dayNames[text]; known {
		return scheduler.Date(base.AddDays(by)), true
	}
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return scheduler.Date{Year: t.Year(), Month: t.Month(), Day: t.Day()}, true
	}
	parts := strings.Split(text, "/")
	var n []int
	for _, part := range parts {
		v, err := strconv.Atoi(part)
		if err != nil || v < 1 || v > 9999 {
			return scheduler.Date{}, false
		}
		n = append(n, v)
	}
	switch len(n) {
	case 3:
		d := calendar.Date{Year: n[2], Month: time.Month(n[1]), Day: n[0]}
		return scheduler.Date(d), d.Valid() && n[2] >= 1970
	case 2:
		return nearestDay(base, n[0], time.Month(n[1]))
	}
	return scheduler.Date{}, false
}

// nearestDay is the day and month in the year in which it is nearest to today.
func nearestDay(today calendar.Date, day int, month time.Month) (best scheduler.Date, found bool) {
	noon := func(d calendar.Date) time.Time { return calendar.At(d, 12*60, time.UTC) }
	var away time.Duration
	for year := today.Year - 1; year <= today.Year+4; year++ { // 29/2 may be that far away
		d := calendar.Date{Year: year, Month: month, Day: day}
		if !d.Valid() {
			continue
		}
		if by := noon(d).Sub(noon(today)).Abs(); !found || by < away {
			best, away, found = scheduler.Date(d), by, true
		}
	}
	return best, found
}
