package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"loalang/scheduler"
	"loalang/scheduler/calendar"
)

// namedExceptions is how many dates that a rule leaves out or adds are named;
// of more their number is told.
const namedExceptions = 3

// ruleWords says a rule as a person would: "mùng 1 và rằm hằng tháng âm lịch, lúc
// 05:30, đến 31/12/2026". where names its slots; empty: its own times count.
func (p phrase) ruleWords(r calendar.Rule, where string, now time.Time) string {
	f := r.Form()
	said := []string{p.ruleDays(f)}
	switch {
	case where != "":
		said = append(said, where)
	case len(f.Times) > 0:
		said = append(said, p.word("rule.at", p.list(clockTimes(f.Times))))
	}
	if f.Zone != "" {
		said = append(said, p.word("rule.zone", f.Zone))
	}
	return strings.Join(slices.Concat(said, p.ruleBounds(f, now), p.ruleExceptions(f)), ", ")
}

// clockTimes prints seconds of the day as "05:30", or "05:30:15" where it matters.
func clockTimes(seconds []int) []string {
	var out []string
	for _, s := range seconds {
		t := scheduler.TimeOfDay(s / 60).String()
		if s%60 != 0 {
			t += fmt.Sprintf(":%02d", s%60)
		}
		out = append(out, t)
	}
	return out
}

// ruleBounds say from when and until when a rule goes.
func (p phrase) ruleBounds(f calendar.Form, now time.Time) []string {
	if f.Pattern == nil {
		return nil
	}
	var said []string
	counted := f.Pattern.Interval > 1 // then the first day says on which days it is
	if counted || f.Start.Date.Compare(calendar.DateOf(now, p.loc)) > 0 {
		said = append(said, p.word("rule.from", p.fullDate(f.Start.Date)))
	}
	switch {
	case f.Pattern.Count > 0:
		said = append(said, p.word("rule.count", f.Pattern.Count))
	case !f.Pattern.Until.IsZero():
		said = append(said, p.word("rule.until", p.fullDate(calendar.StampDay(f.Pattern.Until, p.loc))))
	}
	return said
}

func (p phrase) ruleExceptions(f calendar.Form) []string {
	var said []string
	if n := len(f.Excepted); n > 0 {
		said = append(said, p.exceptionWords("rule.without", f.Excepted))
	}
	if n := len(f.Added); n > 0 && f.Pattern != nil {
		said = append(said, p.exceptionWords("rule.with", f.Added))
	}
	return said
}

func (p phrase) exceptionWords(code string, stamps []calendar.Stamp) string {
	if len(stamps) > namedExceptions {
		return p.word(code+"-many", len(stamps))
	}
	var days []string
	for _, s := range stamps {
		days = append(days, p.fullDate(calendar.StampDay(s, p.loc)))
	}
	return p.word(code, p.list(days))
}

// fullDate is "31/12/2026", or "31 December 2026" in English.
func (p phrase) fullDate(d calendar.Date) string {
	if p.lang == english {
		return fmt.Sprintf("%d %s %d", d.Day, d.Month, d.Year)
	}
	return fmt.Sprintf("%d/%d/%d", d.Day, int(d.Month), d.Year)
}

// ruleDays says on which days a rule comes.
func (p phrase) ruleDays(f calendar.Form) string {
	if f.Pattern == nil {
		days := []string{p.fullDate(f.Start.Date)}
		if n := len(f.Added); n > 0 && n <= namedExceptions {
			for _, s := range f.Added {
				days = append(days, p.fullDate(calendar.StampDay(s, p.loc)))
			}
		} else if n > 0 {
			return p.word("rule.dates", n+1, days[0])
		}
		return p.word("rule.once", p.list(days))
	}
	said := p.usualDays(*f.Pattern)
	if said == "" {
		said = p.anyDays(*f.Pattern)
	}
	switch n := f.Pattern.Offset; {
	case n == -1:
		return p.word("rule.before-one", said)
	case n == 1:
		return p.word("rule.after-one", said)
	case n < 0:
		return p.word("rule.before", -n, said)
	case n > 0:
		return p.word("rule.after", n, said)
	}
	return said
}

// usualDays words what people make; empty when the pattern is none of that.
func (p phrase) usualDays(t calendar.Pattern) string {
	parts := 0
	for _, n := range []int{len(t.Weeks), len(t.YearDays), len(t.Positions)} {
		parts += n
	}
	if parts > 0 {
		return ""
	}
	switch days, weekdays, months := len(t.MonthDays), len(t.Weekdays), len(t.Months); {
	case t.Freq == calendar.Daily && days+weekdays+months == 0:
		return p.every("day", t.Interval)
	case t.Freq == calendar.Weekly && days+months == 0 && weekdays > 0:
		return p.word("rule.of", p.weekdaysIn(t.Weekdays, ""), p.every("week", t.Interval))
	case t.Freq == calendar.Monthly && months == 0 && weekdays == 0 && days > 0:
		return p.word("rule.of", p.monthDaysOf(t), p.every(scaled("month", t), t.Interval))
	case t.Freq == calendar.Monthly && months == 0 && days == 0 && weekdays > 0:
		return p.word("rule.of", p.weekdaysIn(t.Weekdays, "month"), p.every("month", t.Interval))
	case t.Freq == calendar.Yearly && months > 0 && days > 0 && weekdays == 0:
		return p.word("rule.of", p.yearDaysOf(t), p.every(scaled("year", t), t.Interval))
	}
	return ""
}

// scaled is the unit as it is counted: months and years may be lunar ones.
func scaled(unit string, t calendar.Pattern) string {
	if t.Lunar {
		return "lunar-" + unit
	}
	return unit
}

// every is "hằng ngày", or "cứ 5 ngày một lần".
func (p phrase) every(unit string, n int) string {
	if n <= 1 {
		return p.word("rule.every-" + unit)
	}
	return p.word("rule.each-"+unit, n)
}

func (p phrase) monthDaysOf(t calendar.Pattern) string {
	var names []string
	for _, d := range t.MonthDays {
		names = append(names, p.monthDay(d, t.Lunar))
	}
	return p.list(names)
}

// monthDay is "ngày 5", "mùng 5", "ngày cuối tháng".
func (p phrase) monthDay(d int, lunar bool) string {
	switch {
	case d == -1:
		return p.word("rule.last-day")
	case d < 0:
		return p.word("rule.last-days", -d)
	case lunar:
		return p.lunarDay(d)
	}
	return p.word("rule.day", d)
}

// yearDaysOf is "ngày 2 tháng 9", "rằm tháng Bảy"; the last day of tháng Chạp is
// 30 Tết.
func (p phrase) yearDaysOf(t calendar.Pattern) string {
	var names []string
	for _, m := range t.Months {
		if t.Lunar && m == (calendar.MonthName{Number: 12}) && slices.Equal(t.MonthDays, []int{-1}) {
			names = append(names, p.word("rule.new-year-eve"))
			continue
		}
		names = append(names, p.word("rule.day-of-month", p.monthDaysOf(t), p.monthName(m, t.Lunar)))
	}
	return p.list(names)
}

func (p phrase) monthName(m calendar.MonthName, lunar bool) string {
	if lunar {
		return p.lunarMonth(m.Number, m.Leap)
	}
	if p.lang == english {
		return time.Month(m.Number).String()
	}
	return p.word("rule.month", m.Number)
}

// weekdaysIn is "thứ Hai và thứ Năm", or "thứ Hai thứ 1"; in names the month or
// the year in which they are counted.
func (p phrase) weekdaysIn(days []calendar.WeekdayIn, in string) string {
	var names []string
	for _, d := range days {
		name := p.weekday(d.Day)
		switch {
		case d.N == 0 || in == "":
		case d.N == -1:
			name = p.word("rule.last-weekday", name)
		case d.N < 0:
			name = p.word("rule.last-weekdays", name, -d.N)
		case d.N == 1:
			name = p.word("rule.first-weekday", name)
		default:
			name = p.word("rule.nth-weekday", name, p.ordinal(d.N))
		}
		names = append(names, name)
	}
	return p.list(names)
}

// ordinal is "thứ 2"; in English "2nd".
func (p phrase) ordinal(n int) string {
	if p.lang != english {
		return strconv.Itoa(n)
	}
	suffix := "th"
	if n/10%10 != 1 && n%10 >= 1 && n%10 <= 3 {
		suffix = []string{"st", "nd", "rd"}[n%10-1]
	}
	return strconv.Itoa(n) + suffix
}

// anyDays words whatever a rule may hold, part by part.
func (p phrase) anyDays(t calendar.Pattern) string {
	unit := map[calendar.Freq]string{
		calendar.Secondly: "second", calendar.Minutely: "minute", calendar.Hourly: "hour", calendar.Daily: "day",
		calendar.Weekly: "week", calendar.Monthly: scaled("month", t), calendar.Yearly: scaled("year", t),
	}[t.Freq]
	said := []string{p.every(unit, t.Interval)}
	add := func(code string, list []string) {
		if len(list) > 0 {
			said = append(said, p.word(code, p.list(list)))
		}
	}
	var months []string
	for _, m := range t.Months {
		months = append(months, p.monthName(m, t.Lunar))
	}
	add("rule.in-months", months)
	add("rule.in-weeks", numbers(t.Weeks))
	add("rule.on-year-days", numbers(t.YearDays))
	if len(t.MonthDays) > 0 {
		add("rule.on-days", []string{p.monthDaysOf(t)})
	}
	if len(t.Weekdays) > 0 {
		in := ""
		if t.Freq == calendar.Monthly || t.Freq == calendar.Yearly {
			in = "month"
		}
		add("rule.on-days", []string{p.weekdaysIn(t.Weekdays, in)})
	}
	if t.Freq == calendar.Hourly || t.Freq == calendar.Minutely || t.Freq == calendar.Secondly {
		add("rule.in-hours", numbers(t.Hours))
		add("rule.in-minutes", numbers(t.Minutes))
	}
	add("rule.positions", numbers(t.Positions))
	return strings.Join(said, ", ")
}

func numbers(list []int) []string {
	var out []string
	for _, n := range list {
		out = append(out, strings.Replace(strconv.Itoa(n), "-", "−", 1))
	}
	return out
}
