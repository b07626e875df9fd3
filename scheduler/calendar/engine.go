package calendar

import (
	"cmp"
	"math"
	"slices"
)

// How far behind its start a pattern is followed. After 400 years the Gregorian
// calendar begins anew; what comes several times a day would take too long.
const (
	maxYears      = 400
	maxYearsFiner = 200
)

// tick is one time of a pattern: a day number and a second of the day.
type tick struct{ day, second int }

func (t tick) compare(u tick) int {
	return cmp.Or(cmp.Compare(t.day, u.day), cmp.Compare(t.second, u.second))
}

// engine lists the times of one pattern for any stretch of days, without
// walking there from the start.
type engine struct {
	Pattern     // effective
	scale       scale
	start       tick  // less the offset; periods are counted from it
	times       []int // seconds of the day, in order; of Daily and above
	open        []int // seconds of the day, in order, at which allowed units begin; below Daily
	first, last int   // days it may name, bounds of the calendar and of maxYears
}

func newEngine(p Pattern, start Civil) *engine {
	start.Date = start.Date.AddDays(-p.Offset)
	e := &engine{Pattern: p.effective(start), start: tick{dayNumber(start.Date), start.Second}}
	var years [2]int
	if p.Lunar {
		e.scale, years = lunarScale{}, [2]int{FirstLunarYear, LastLunarYear}
	} else {
		e.scale, years = solarScale{}, [2]int{1, 9999}
	}
	e.first = max(e.start.day, dayNumber(Date{Year: years[0], Month: 1, Day: 1}))
	reach := maxYears
	if p.Freq.unit() < secondsPerDay {
		reach = maxYearsFiner
		e.open = e.openUnits()
	}
	e.last = dayNumber(Date{Year: min(start.Date.Year+reach, years[1]), Month: 12, Day: 31})
	e.times = e.Times
	if p.Freq.unit() == secondsPerDay && e.times == nil {
		for _, h := range e.Hours {
			for _, m := range e.Minutes {
				for _, s := range e.Seconds {
					e.times = append(e.times, h*3600+m*60+s)
				}
			}
		}
		slices.Sort(e.times)
	}
	return e
}

// between lists the times on days first to last, in order and each once.
func (e *engine) between(first, last int) []tick {
	first, last = max(first, e.first), min(last, e.last)
	if first > last {
		return nil
	}
	var out []tick
	keep := func(list []tick) {
		for _, t := range e.pick(list) {
			if t.day >= first && t.day <= last {
				out = append(out, t)
			}
		}
	}
	switch e.Freq {
	case Yearly:
		e.years(first, last, keep)
	case Monthly:
		e.months(first, last, keep)
	case Weekly:
		e.weeks(first, last, keep)
	case Daily:
		e.daily(first, last, keep)
	default:
		e.finer(first, last, keep)
	}
	slices.SortFunc(out, tick.compare)
	return slices.Compact(out)
}

// pick applies BYSETPOS to what one period gives.
func (e *engine) pick(list []tick) []tick {
	if len(e.Positions) == 0 || len(list) == 0 {
		return list
	}
	slices.SortFunc(list, tick.compare)
	list = slices.Compact(list)
	var out []tick
	for _, p := range e.Positions {
		if p < 0 {
			p += len(list) + 1
		}
		if p >= 1 && p <= len(list) {
			out = append(out, list[p-1])
		}
	}
	return out
}

// due says whether the n-th period after the one of the start counts.
func (e *engine) due(n int) bool { return n >= 0 && n%e.Interval == 0 }

// years goes through the years that touch the days first to last; a day that
// Forward moves may come from the year before, one that Backward moves from the next.
func (e *engine) years(first, last int, keep func([]tick)) {
	begin, from, to := e.scale.yearOf(e.start.day), e.scale.yearOf(first)-1, e.scale.yearOf(last+1)
	for y := max(begin, from); y <= to; y++ {
		if !e.due(y - begin) {
			continue
		}
		year := e.scale.year(y)
		keep(e.at(e.chosen(e.named(year), year, len(e.Months) == 0)))
	}
}

// months goes through the months that touch the days first to last.
func (e *engine) months(first, last int, keep func([]tick)) {
	_, begin := place(e.scale, e.start.day)
	for y := e.scale.yearOf(first - 32); y <= e.scale.yearOf(last+1); y++ {
		year := e.scale.year(y)
		named := e.named(year)
		for _, m := range named {
			if m.first+m.length < first || m.first > last+1 {
				continue
			}
			// Of solar and lunar months alike: no month is half a month off.
			n := int(math.Round(float64(m.first-begin.first) / e.scale.monthLength()))
			if e.due(n) {
				keep(e.at(e.chosen([]month{m}, year, false)))
			}
		}
	}
}

// named is the months of a year that BYMONTH lets through, in order.
func (e *engine) named(year yearOfMonths) []month {
	if len(e.Months) == 0 {
		return year.months
	}
	var out []month
	for i, m := range year.months {
		if slices.Contains(e.Months, MonthName{m.number, m.leap}) {
			out = append(out, m)
			continue
		}
		next := i+1 < len(year.months) && year.months[i+1].leap
		before := i > 0 && year.months[i-1].number == m.number-1
		if e.Skip == Backward && !m.leap && !next && slices.Contains(e.Months, MonthName{m.number, true}) ||
			e.Skip == Forward && before && !year.months[i-1].leap && slices.Contains(e.Months, MonthName{m.number - 1, true}) {
			out = append(out, m)
		}
	}
	return out
}

// chosen is the days of some months of one period that the pattern names.
// ofYear says that counted weekdays count within the year.
func (e *engine) chosen(months []month, year yearOfMonths, ofYear bool) []int {
	var out []int
	for _, m := range months {
		for _, day := range e.monthDays(m) {
			if e.onWeekday(day, m, year, ofYear) && e.onYearDay(day, year) && e.inWeek(day) {
				out = append(out, day)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// monthDays is the days of a month that BYMONTHDAY names, all without one.
func (e *engine) monthDays(m month) []int {
	var out []int
	if len(e.MonthDays) == 0 {
		for day := m.first; day < m.first+m.length; day++ {
			out = append(out, day)
		}
		return out
	}
	for _, n := range e.MonthDays {
		if n < 0 {
			n += m.length + 1
		}
		switch {
		case n >= 1 && n <= m.length:
			out = append(out, m.first+n-1)
		case n > m.length && e.Skip == Backward:
			out = append(out, m.first+m.length-1)
		case n > m.length && e.Skip == Forward:
			out = append(out, m.first+m.length)
		case n < 1 && e.Skip == Backward:
			out = append(out, m.first-1)
		case n < 1 && e.Skip == Forward:
			out = append(out, m.first)
		}
	}
	return out
}

// at sets the times of day on the days.
func (e *engine) at(days []int) []tick {
	out := make([]tick, 0, len(days)*len(e.times))
	for _, day := range days {
		for _, s := range e.times {
			out = append(out, tick{day, s})
		}
	}
	return out
}

// lastOf is the count-th time of the pattern, the zero tick when it names fewer.
// Nothing that is named lies before the start.
func (e *engine) lastOf(count int) (tick, bool) {
	for from, span := e.first, 40; from <= e.last; from, span = from+span, span*2 {
		list := e.between(from, from+span-1)
		for len(list) > 0 && list[0].compare(e.start) < 0 {
			list = list[1:]
		}
		if count <= len(list) {
			return list[count-1], true
		}
		count -= len(list)
	}
	return tick{}, false
}
