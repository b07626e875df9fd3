package web

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"loalang/scheduler"
	"loalang/scheduler/calendar"
)

// The rhythms that a person chooses from, without knowing what a rule is.
const (
	rhythmDaily      = "daily"
	rhythmWeekly     = "weekly"
	rhythmMonthly    = "monthly"
	rhythmHalfMoon   = "half-moon"   // mùng 1 and rằm
	rhythmLunarMonth = "lunar-month" // a lunar day of each month
	rhythmLunarYear  = "lunar-year"  // a lunar day of the year
	rhythmMarket     = "market"      // every 5, 6 or 7 days
	rhythmText       = "text"        // the rule itself
)

// Bounds of what the form asks.
const (
	maxBefore = 14 // days before
	maxTimes  = 12 // times of day
	lastDay   = 30 // of a lunar month: the last one, whether it has 29 or 30 days
)

// ruleAnswer is what a person answers when something is to be told again and
// again.
type ruleAnswer struct {
	Rhythm     string
	Days       []time.Weekday // weekly
	MonthDays  []int          // monthly; -1 is the last day
	LunarDay   int            // lunar-month and lunar-year
	LunarMonth int            // lunar-year
	Before     int            // days before the lunar day
	Cycle      int            // market
	Start      calendar.Date  // market: a market day; else the first day
	Times      []int          // minutes after midnight, in order and each once; empty: in slots
	From       calendar.Date  // zero: from today on
	Until      calendar.Date  // zero: no end
	Count      int            // zero: no end
	Text       string         // text
}

// text writes the rule that an answer takes; in slots it is one of days alone.
func (a ruleAnswer) text() string {
	if a.Rhythm == rhythmText {
		return a.Text
	}
	parts := []string{a.pattern()}
	start := fmt.Sprintf("%04d%02d%02d", a.Start.Year, int(a.Start.Month), a.Start.Day)
	head, until := "DTSTART;VALUE=DATE:"+start, ""
	if a.Until != (calendar.Date{}) {
		until = fmt.Sprintf("%04d%02d%02d", a.Until.Year, int(a.Until.Month), a.Until.Day)
	}
	if len(a.Times) > 0 {
		head = fmt.Sprintf("DTSTART:%sT%02d%02d00", start, a.Times[0]/60, a.Times[0]%60)
		if len(a.Times) > 1 {
			parts = append(parts, a.clock())
		}
		if until != "" {
			until += "T235959"
		}
	}
	if until != "" {
		parts = append(parts, "UNTIL="+until)
	}
	if a.Count > 0 {
		parts = append(parts, "COUNT="+strconv.Itoa(a.Count*max(len(a.Times), 1)))
	}
	return head + "\nRRULE:" + strings.Join(parts, ";")
}

// clock is the part of the RRULE that says several times of day: BYHOUR where they have
// the same minute, for every calendar program knows it, else BYTIME.
func (a ruleAnswer) clock() string {
	var hours, times []string
	same := true
	for _, t := range a.Times {
		hours, times = append(hours, strconv.Itoa(t/60)), append(times, fmt.Sprintf("%02d%02d", t/60, t%60))
		same = same && t%60 == a.Times[0]%60
	}
	if same {
		return "BYHOUR=" + strings.Join(hours, ",")
	}
	return "BYTIME=" + strings.Join(times, ",")
}

// pattern is the part of the RRULE that says the days.
func (a ruleAnswer) pattern() string {
	lunar := func(rest string) string {
		p := "RSCALE=VIETNAMESE;" + rest
		if a.Before > 0 {
			p += ";OFFSET=" + strconv.Itoa(-a.Before)
		}
		return p
	}
	switch a.Rhythm {
	case rhythmWeekly:
		var days []string
		for _, d := range a.Days {
			days = append(days, strings.ToUpper(d.String()[:2]))
		}
		return "FREQ=WEEKLY;BYDAY=" + strings.Join(days, ",")
	case rhythmMonthly:
		return "FREQ=MONTHLY;BYMONTHDAY=" + commas(a.MonthDays)
	case rhythmHalfMoon:
		return lunar("FREQ=MONTHLY;BYMONTHDAY=1,15")
	case rhythmLunarMonth:
		return lunar("FREQ=MONTHLY;BYMONTHDAY=" + strconv.Itoa(lunarOrLast(a.LunarDay)))
	case rhythmLunarYear:
		return lunar(fmt.Sprintf("FREQ=YEARLY;BYMONTH=%d;BYMONTHDAY=%d", a.LunarMonth, lunarOrLast(a.LunarDay)))
	case rhythmMarket:
		return "FREQ=DAILY;INTERVAL=" + strconv.Itoa(a.Cycle)
	}
	return "FREQ=DAILY"
}

// lunarOrLast is the day as a rule counts it: "the 30th" is the last of its month.
func lunarOrLast(day int) int {
	if day == lastDay {
		return -1
	}
	return day
}

func commas(numbers []int) string {
	var parts []string
	for _, n := range numbers {
		parts = append(parts, strconv.Itoa(n))
	}
	return strings.Join(parts, ",")
}

// ruleAnswer reads the answer of a form; what is wrong with it becomes a fault
// of the form.
func (v *visit) ruleAnswer(f *form) ruleAnswer {
	a := ruleAnswer{Rhythm: f.Get("rhythm"), Text: strings.TrimSpace(f.Get("rule")), Start: calendar.Date(v.civilOf(v.now))}
	switch a.Rhythm {
	case rhythmText:
		if a.Text == "" {
			f.fault("rule", v.word("fault.required"))
		}
		if f.Get("by") != "slot" {
			return a
		}
	case rhythmWeekly:
		for _, d := range weekFromMonday() {
			if slices.Contains(f.Values["rday"], weekdayCode(d)) {
				a.Days = append(a.Days, d)
			}
		}
		if len(a.Days) == 0 {
			f.fault("rhythm", v.word("fault.required"))
		}
	case rhythmMonthly:
		a.MonthDays = v.monthDays(f)
	case rhythmLunarMonth:
		a.LunarDay = v.numberField(f, "lday", 1, lastDay)
	case rhythmLunarYear:
		v.feast(f, &a)
	case rhythmMarket:
		a.Cycle = v.numberField(f, "cycle", 2, 60)
		a.Start = calendar.Date(v.dateField(f, "rstart"))
		if a.Start == (calendar.Date{}) && f.faults["rstart"] == "" {
			f.fault("rstart", v.word("fault.required"))
		}
	case rhythmDaily, rhythmHalfMoon:
	default:
		f.fault("rhythm", v.word("fault.required"))
	}
	if slices.Contains([]string{rhythmHalfMoon, rhythmLunarMonth, rhythmLunarYear}, a.Rhythm) && f.Get("before") != "" {
		a.Before = v.numberField(f, "before", 0, maxBefore)
	}
	if a.Rhythm != rhythmText {
		v.ruleEnd(f, &a)
	}
	if f.Get("by") != "slot" {
		a.Times = v.timesOfDay(f)
	}
	return a
}

// feast reads the lunar day of a year: one of those with a name, "23/12", or
// another.
func (v *visit) feast(f *form, a *ruleAnswer) {
	if n, err := fmt.Sscanf(f.Get("feast"), "%d/%d", &a.LunarDay, &a.LunarMonth); err == nil && n == 2 && a.LunarDay >= 1 && a.LunarDay <= lastDay && a.LunarMonth >= 1 && a.LunarMonth <= 12 {
		return
	}
	a.LunarDay, a.LunarMonth = v.numberField(f, "yday", 1, lastDay), v.numberField(f, "ymonth", 1, 12)
}

// monthDays reads "1, 15".
func (v *visit) monthDays(f *form) []int {
	var days []int
	for _, part := range strings.FieldsFunc(f.Get("mday"), func(r rune) bool { return strings.ContainsRune(" ,;.", r) }) {
		n, err := strconv.Atoi(part)
		if err != nil || n < 1 || n > 31 {
			f.fault("mday", v.word("fault.month-days"))
			return nil
		}
		days = append(days, n)
	}
	if f.Get("mlast") != "" {
		days = append(days, -1)
	}
	if len(days) == 0 {
		f.fault("mday", v.word("fault.month-days"))
	}
	slices.SortFunc(days, func(x, y int) int { return cmp.Compare(uint(x), uint(y)) }) // the last day is the last
	return slices.Compact(days)
}

func (v *visit) numberField(f *form, field string, least, most int) int {
	n, err := strconv.Atoi(strings.TrimSpace(f.Get(field)))
	if err != nil || n < least || n > most {
		f.fault(field, faultWords(v.lang, scheduler.Fault{Code: scheduler.FaultRange, Limit: fmt.Sprintf("%d–%d", least, most)}))
		return least
	}
	return n
}

func (v *visit) ruleEnd(f *form, a *ruleAnswer) {
	a.From, a.Until = calendar.Date(v.dateField(f, "rfrom")), calendar.Date(v.dateField(f, "runtil"))
	if a.Until != (calendar.Date{}) && a.Until.Compare(a.From) < 0 {
		f.fault("runtil", v.word("fault.rule-order"))
	}
	if text := strings.TrimSpace(f.Get("rcount")); text != "" {
		a.Count = v.numberField(f, "rcount", 1, 10_000)
	}
	if a.Count > 0 && a.Until != (calendar.Date{}) {
		f.fault("runtil", v.word("fault.one-of-both"))
	}
}

// timesOfDay reads the times, each once, in order.
func (v *visit) timesOfDay(f *form) []int {
	var times []int
	for _, text := range f.Values["rtime"] {
		if text == "" {
			continue
		}
		t, err := time.Parse("15:04", text)
		if err != nil {
			f.fault("rtime", v.word("fault.date"))
			continue
		}
		times = append(times, t.Hour()*60+t.Minute())
	}
	slices.Sort(times)
	times = slices.Compact(times)
	switch {
	case len(times) == 0 && f.faults["rtime"] == "":
		f.fault("rtime", v.word("fault.required"))
	case len(times) > maxTimes:
		f.fault("rtime", v.word("fault.rule-often", maxTimes))
	}
	return times
}
