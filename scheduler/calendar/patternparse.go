package calendar

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// numbers says which numbers a list of a pattern may have.
type numbers struct {
	low, high int
	negative  bool // -high to -low as well
}

var partLimits = map[string]numbers{
	"BYSECOND":   {0, 59, false},
	"BYMINUTE":   {0, 59, false},
	"BYHOUR":     {0, 23, false},
	"BYMONTHDAY": {1, 31, true},
	"BYYEARDAY":  {1, 366, true},
	"BYWEEKNO":   {1, 53, true},
	"BYSETPOS":   {1, 366, true},
}

var weekdayCodes = []string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}

// parsePattern reads the value of an RRULE.
func parsePattern(text string) (Pattern, error) {
	p := Pattern{Interval: 1, WeekStart: time.Monday}
	seen := map[string]bool{}
	for part := range strings.SplitSeq(strings.TrimSuffix(text, ";"), ";") {
		name, value, _ := strings.Cut(part, "=")
		name, value = strings.ToUpper(strings.TrimSpace(name)), strings.ToUpper(strings.TrimSpace(value))
		if seen[name] {
			return p, RuleError{Code: RuleTwice, Part: short(name)}
		}
		seen[name] = true
		if err := p.part(name, value); err != nil {
			return p, err
		}
	}
	return p, p.check(seen)
}

func (p *Pattern) part(name, value string) error {
	var err error
	switch name {
	case "FREQ":
		p.Freq = Freq(value)
		if !slices.Contains([]Freq{Secondly, Minutely, Hourly, Daily, Weekly, Monthly, Yearly}, p.Freq) {
			return RuleError{Code: RuleValue, Part: name, Value: short(value)}
		}
	case "INTERVAL":
		p.Interval, err = number(name, value, numbers{1, MaxInterval, false})
	case "COUNT":
		p.Count, err = number(name, value, numbers{1, MaxCount, false})
	case "OFFSET":
		p.Offset, err = offset(value)
	case "UNTIL":
		until, ok := parseStamp(value)
		if !ok {
			return stampError(name, value)
		}
		p.Until = until
	case "WKST":
		i := slices.Index(weekdayCodes, value)
		if i < 0 {
			return RuleError{Code: RuleValue, Part: name, Value: short(value)}
		}
		p.WeekStart = time.Weekday(i)
	case "RSCALE":
		if value != "VIETNAMESE" && value != "GREGORIAN" {
			return RuleError{Code: RuleScale, Part: name, Value: short(value)}
		}
		p.Lunar = value == "VIETNAMESE"
	case "SKIP":
		p.Skip = SkipRule(value)
		if !slices.Contains([]SkipRule{Omit, Backward, Forward}, p.Skip) {
			return RuleError{Code: RuleValue, Part: name, Value: short(value)}
		}
	case "BYDAY":
		p.Weekdays, err = weekdays(value)
	case "BYMONTH":
		p.Months, err = months(value)
	case "BYTIME":
		p.Times, err = times(value)
	default:
		return p.list(name, value)
	}
	return err
}

// list reads a part that is a list of numbers, in order and each once.
func (p *Pattern) list(name, value string) error {
	limit, known := partLimits[name]
	if !known {
		return RuleError{Code: RulePart, Part: short(name)}
	}
	var out []int
	for item := range strings.SplitSeq(value, ",") {
		n, err := number(name, item, limit)
		if err != nil {
			return err
		}
		out = append(out, n)
	}
	slices.Sort(out)
	out = slices.Compact(out)
	switch name {
	case "BYSECOND":
		p.Seconds = out
	case "BYMINUTE":
		p.Minutes = out
	case "BYHOUR":
		p.Hours = out
	case "BYMONTHDAY":
		p.MonthDays = out
	case "BYYEARDAY":
		p.YearDays = out
	case "BYWEEKNO":
		p.Weeks = out
	case "BYSETPOS":
		p.Positions = out
	}
	return nil
}

func number(part, text string, limit numbers) (int, error) {
	n, err := strconv.Atoi(strings.TrimPrefix(strings.TrimSpace(text), "+"))
	if err != nil {
		return 0, RuleError{Code: RuleValue, Part: part, Value: short(text)}
	}
	if n >= limit.low && n <= limit.high || limit.negative && -n >= limit.low && -n <= limit.high {
		return n, nil
	}
	allowed := fmt.Sprintf("%d to %d", limit.low, limit.high)
	if limit.negative {
		allowed += fmt.Sprintf(", or -%d to -%d", limit.high, limit.low)
	}
	return 0, RuleError{Code: RuleRange, Part: part, Value: short(text), Limit: allowed}
}

// offset reads a number of days, also as an iCalendar duration: -2, -P2D.
func offset(value string) (int, error) {
	days := strings.TrimSuffix(strings.Replace(value, "P", "", 1), "D")
	n, err := strconv.Atoi(strings.TrimPrefix(days, "+"))
	switch {
	case err != nil:
		return 0, RuleError{Code: RuleValue, Part: "OFFSET", Value: short(value)}
	case n < -MaxOffset || n > MaxOffset:
		return 0, RuleError{Code: RuleRange, Part: "OFFSET", Value: short(value), Limit: fmt.Sprintf("-%d to %d days", MaxOffset, MaxOffset)}
	}
	return n, nil
}

func weekdays(value string) ([]WeekdayIn, error) {
	var out []WeekdayIn
	for item := range strings.SplitSeq(value, ",") {
		item = strings.TrimSpace(item)
		i := -1
		if len(item) >= 2 {
			i = slices.Index(weekdayCodes, item[len(item)-2:])
		}
		if i < 0 {
			return nil, RuleError{Code: RuleValue, Part: "BYDAY", Value: short(item)}
		}
		day := WeekdayIn{Day: time.Weekday(i)}
		if n := item[:len(item)-2]; n != "" {
			var err error
			if day.N, err = number("BYDAY", n, numbers{1, 55, true}); err != nil {
				return nil, err
			}
		}
		if !slices.Contains(out, day) {
			out = append(out, day)
		}
	}
	slices.SortFunc(out, func(a, b WeekdayIn) int {
		return (int(a.Day)+6)%7 - (int(b.Day)+6)%7 + 100*(a.N-b.N)
	})
	return out, nil
}

// times reads times of day: 0530, or 053015 with seconds.
func times(value string) ([]int, error) {
	var out []int
	for item := range strings.SplitSeq(value, ",") {
		item = strings.TrimSpace(item)
		n, err := strconv.ParseUint(item, 10, 32)
		if err != nil || len(item) != len("0530") && len(item) != len("053015") {
			return nil, RuleError{Code: RuleValue, Part: "BYTIME", Value: short(item)}
		}
		if len(item) == len("0530") {
			n *= 100
		}
		hour, minute, second := int(n/10_000), int(n/100%100), int(n%100)
		if hour > 23 || minute > 59 || second > 59 {
			return nil, RuleError{Code: RuleRange, Part: "BYTIME", Value: short(item), Limit: "0000 to 2359"}
		}
		out = append(out, hour*3600+minute*60+second)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

func months(value string) ([]MonthName, error) {
	var out []MonthName
	for item := range strings.SplitSeq(value, ",") {
		digits, leap := strings.CutSuffix(strings.TrimSpace(item), "L")
		n, err := number("BYMONTH", digits, numbers{1, 12, false})
		if err != nil {
			return nil, err
		}
		if m := (MonthName{Number: n, Leap: leap}); !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	slices.SortFunc(out, func(a, b MonthName) int { return 2*(a.Number-b.Number) + b2i(a.Leap) - b2i(b.Leap) })
	return out, nil
}

// check looks at what the parts are together, as RFC 5545 section 3.3.10 and
// RFC 7529 section 4 have it.
func (p *Pattern) check(seen map[string]bool) error {
	if p.Freq == "" {
		return RuleError{Code: RuleNoFreq}
	}
	if p.Count > 0 && !p.Until.IsZero() {
		return RuleError{Code: RuleCountUntil}
	}
	if !p.Lunar && slices.ContainsFunc(p.Months, func(m MonthName) bool { return m.Leap }) {
		return RuleError{Code: RuleCombination, Part: "a leap month (L)", Limit: "a calendar other than RSCALE=VIETNAMESE"}
	}
	if seen["SKIP"] && !seen["RSCALE"] {
		return RuleError{Code: RuleCombination, Part: "SKIP", Limit: "a rule without RSCALE"}
	}
	freq := "FREQ=" + string(p.Freq)
	dayUnits := p.Freq == Daily || p.Freq == Weekly || p.Freq == Monthly
	switch {
	case seen["BYWEEKNO"] && p.Freq != Yearly:
		return RuleError{Code: RuleCombination, Part: "BYWEEKNO", Limit: freq}
	case seen["BYWEEKNO"] && p.Lunar:
		return RuleError{Code: RuleCombination, Part: "BYWEEKNO", Limit: "RSCALE=VIETNAMESE"}
	case seen["BYYEARDAY"] && dayUnits:
		return RuleError{Code: RuleCombination, Part: "BYYEARDAY", Limit: freq}
	case seen["BYMONTHDAY"] && p.Freq == Weekly:
		return RuleError{Code: RuleCombination, Part: "BYMONTHDAY", Limit: freq}
	case seen["BYSETPOS"] && !slices.ContainsFunc(slices.Collect(maps.Keys(seen)), func(s string) bool { return strings.HasPrefix(s, "BY") && s != "BYSETPOS" }):
		return RuleError{Code: RuleCombination, Part: "BYSETPOS", Limit: "a rule without another BY… part"}
	}
	counted := slices.ContainsFunc(p.Weekdays, func(w WeekdayIn) bool { return w.N != 0 })
	switch {
	case counted && p.Freq != Monthly && p.Freq != Yearly:
		return RuleError{Code: RuleCombination, Part: "a counted weekday (BYDAY)", Limit: freq}
	case counted && seen["BYWEEKNO"]:
		return RuleError{Code: RuleCombination, Part: "a counted weekday (BYDAY)", Limit: "BYWEEKNO"}
	}
	return p.checkTimes(seen)
}

// checkTimes says whether BYTIME may stand here.
func (p *Pattern) checkTimes(seen map[string]bool) error {
	if !seen["BYTIME"] {
		return nil
	}
	for _, other := range []string{"BYHOUR", "BYMINUTE", "BYSECOND"} {
		if seen[other] {
			return RuleError{Code: RuleCombination, Part: "BYTIME", Limit: other}
		}
	}
	if p.Freq.unit() < secondsPerDay {
		return RuleError{Code: RuleCombination, Part: "BYTIME", Limit: "FREQ=" + string(p.Freq)}
	}
	return nil
}
