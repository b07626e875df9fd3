package web

import (
	"strconv"
	"strings"
	"time"

	"loalang/scheduler/calendar"
)

// lunarView is the lunar date that stands small beside a civil one. The zero
// view is of a day that the calendar does not know, and shows nothing.
type lunarView struct {
	Short string // "rằm", "mùng 1" or "16/10": fits a seventh of a phone
	Month string // the "/10" at the end of Short, which the narrowest phones leave out
	Long  string // "16 tháng Mười âm lịch"
	Disc  bool   // the 1st or the 15th
}

// lunar is the lunar date of the civil day of t.
func (p phrase) lunar(t time.Time) lunarView {
	return p.lunarOn(calendar.DateOf(t, p.loc))
}

func (p phrase) lunarOn(d calendar.Date) lunarView {
	l, err := calendar.ToLunar(d)
	if err != nil {
		return lunarView{}
	}
	v := lunarView{Short: strconv.Itoa(l.Day) + "/" + strconv.Itoa(l.Month), Disc: l.Day == 1 || l.Day == 15, Long: p.lunarLong(l)}
	v.Month = "/" + strconv.Itoa(l.Month)
	if l.Leap {
		v.Short, v.Month = v.Short+"+", v.Month+"+"
	}
	if v.Disc {
		v.Short, v.Month = p.word("lunar.short-"+strconv.Itoa(l.Day)), ""
	}
	return v
}

// Day is Short without its Month.
func (v lunarView) Day() string { return strings.TrimSuffix(v.Short, v.Month) }

// lunarDay is "mùng 1", "rằm" or "ngày 16".
func (p phrase) lunarDay(day int) string {
	switch {
	case day == 15:
		return p.word("lunar.full")
	case day <= 10:
		return p.word("lunar.early", day)
	}
	return p.word("lunar.day", day)
}

// lunarMonth is "tháng Giêng" or "tháng Sáu nhuận".
func (p phrase) lunarMonth(month int, leap bool) string {
	name := p.word("lunar.month-" + strconv.Itoa(month))
	if leap {
		return p.word("lunar.leap", name)
	}
	return name
}

func (p phrase) lunarLong(l calendar.Lunar) string {
	return p.word("lunar.said", p.lunarDay(l.Day), p.lunarMonth(l.Month, l.Leap))
}
