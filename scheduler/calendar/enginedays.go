package calendar

import (
	"slices"
	"time"
)

// onWeekday says whether a day is one of BYDAY. A number counts within the year
// or the month; a day that Forward moved counts within the month it came from.
func (e *engine) onWeekday(day int, m month, year yearOfMonths, ofYear bool) bool {
	if len(e.Weekdays) == 0 {
		return true
	}
	begin, end := m.first, m.first+m.length
	if ofYear {
		begin, end = year.months[0].first, year.end()
	}
	w := weekday(day)
	for _, on := range e.Weekdays {
		if on.Day == w && (on.N == 0 || on.N == (day-begin)/7+1 || on.N == -((end-1-day)/7+1)) {
			return true
		}
	}
	return false
}

// onYearDay says whether a day is one of BYYEARDAY.
func (e *engine) onYearDay(day int, year yearOfMonths) bool {
	begin, end := year.months[0].first, year.end()
	return len(e.YearDays) == 0 || slices.Contains(e.YearDays, day-begin+1) || slices.Contains(e.YearDays, day-end)
}

// inWeek says whether a day lies in one of the weeks BYWEEKNO. A week belongs to
// the solar year that holds most of it.
func (e *engine) inWeek(day int) bool {
	if len(e.Weeks) == 0 {
		return true
	}
	monday := e.weekOf(day)*7 + e.weekBase()
	year := dayDate(monday + 3).Year
	first, next := e.firstWeek(year), e.firstWeek(year+1)
	n := e.weekOf(day) - first + 1
	return slices.Contains(e.Weeks, n) || slices.Contains(e.Weeks, n-1-(next-first))
}

// firstWeek is the week that holds the fourth of January.
func (e *engine) firstWeek(year int) int {
	return e.weekOf(dayNumber(Date{Year: year, Month: time.January, Day: 4}))
}

// weekBase is the day number on which week 0 begins.
func (e *engine) weekBase() int {
	return (int(e.WeekStart)-int(time.Thursday)+7)%7 - 7 // 1970-01-01 was a Thursday
}

// weekOf counts weeks that begin on WKST.
func (e *engine) weekOf(day int) int { return floorDiv(day-e.weekBase(), 7) }

// weeks goes through the weeks that touch the days first to last.
func (e *engine) weeks(first, last int, keep func([]tick)) {
	begin := e.weekOf(e.start.day)
	for w := e.weekOf(first); w <= e.weekOf(last); w++ {
		if !e.due(w - begin) {
			w += e.ahead(w - begin)
			continue
		}
		var days []int
		for day := w*7 + e.weekBase(); day < (w+1)*7+e.weekBase(); day++ {
			if e.holds(day) {
				days = append(days, day)
			}
		}
		keep(e.at(days))
	}
}

// ahead is how many periods more than one may be passed over before the next
// that counts.
func (e *engine) ahead(n int) int {
	if n < 0 {
		return -n - 1
	}
	return e.Interval - n%e.Interval - 1
}

// daily goes through the days first to last.
func (e *engine) daily(first, last int, keep func([]tick)) {
	for day := first; day <= last; day++ {
		if !e.due(day - e.start.day) {
			day += e.ahead(day - e.start.day)
			continue
		}
		if e.holds(day) {
			keep(e.at([]int{day}))
		}
	}
}

// holds says whether the limits of a pattern by days let a day through, where
// they only limit: in weekly patterns and finer ones.
func (e *engine) holds(day int) bool {
	if len(e.Weekdays) > 0 && !slices.ContainsFunc(e.Weekdays, func(w WeekdayIn) bool { return w.Day == weekday(day) }) {
		return false
	}
	if len(e.Months)+len(e.MonthDays)+len(e.YearDays) == 0 {
		return true
	}
	year, m := place(e.scale, day)
	if len(e.Months) > 0 && !slices.ContainsFunc(e.named(year), func(n month) bool { return n == m }) {
		return false
	}
	return (len(e.MonthDays) == 0 || slices.Contains(e.MonthDays, day-m.first+1) || slices.Contains(e.MonthDays, day-m.first-m.length)) &&
		e.onYearDay(day, year)
}

// finer goes through the hours, minutes or seconds of the days first to last:
// whichever is less, those that interval reaches or those that the lists allow.
func (e *engine) finer(first, last int, keep func([]tick)) {
	unit := e.Freq.unit()
	perDay := secondsPerDay / unit
	begin := e.start.day*perDay + e.start.second/unit
	for day := first; day <= last; day++ {
		if !e.holds(day) {
			continue
		}
		if len(e.open) <= perDay/e.Interval {
			for _, second := range e.open {
				if e.due(day*perDay + second/unit - begin) {
					keep(e.within(day, second, unit))
				}
			}
			continue
		}
		n := day * perDay
		if n < begin || (n-begin)%e.Interval != 0 {
			n += e.ahead(n-begin) + 1
		}
		for ; n < (day+1)*perDay; n += e.Interval {
			keep(e.within(day, (n-day*perDay)*unit, unit))
		}
	}
}

// openUnits lists the seconds of the day at which the hours, minutes or seconds
// begin that the lists allow.
func (e *engine) openUnits() []int {
	var out []int
	unit := e.Freq.unit()
	for second := 0; second < secondsPerDay; second += unit {
		if len(e.within(0, second, unit)) > 0 {
			out = append(out, second)
		}
	}
	return out
}

// within is the times of one hour, minute or second that begins at a second of
// the day.
func (e *engine) within(day, second, unit int) []tick {
	if !allows(e.Hours, second/3600) || unit <= 60 && !allows(e.Minutes, second/60%60) || unit == 1 && !allows(e.Seconds, second%60) {
		return nil
	}
	minutes, seconds := []int{0}, []int{0}
	if unit > 60 {
		minutes = e.Minutes
	}
	if unit > 1 {
		seconds = e.Seconds
	}
	var out []tick
	for _, m := range minutes {
		for _, s := range seconds {
			out = append(out, tick{day, second + m*60 + s})
		}
	}
	return out
}

func allows(list []int, n int) bool { return len(list) == 0 || slices.Contains(list, n) }

// weekday is the day of the week of a day number.
func weekday(day int) time.Weekday {
	return time.Weekday(((day+int(time.Thursday))%7 + 7) % 7)
}

func floorDiv(a, b int) int {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
