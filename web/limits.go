package web

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"loalang/scheduler"
)

// limitForm is how the code writes a bound, and the words for it; what its groups
// catch are the words' args, as they are or read by read.
type limitForm struct {
	form *regexp.Regexp
	key  string
	read func(lang, caught string) string
}

// limitForms are tried one after another, each on all of the bound.
var limitForms = []limitForm{
	{regexp.MustCompile(`-?(?:\d+h)?(?:\d+m)?\d+(?:\.\d+)?s\b`), "", durationWords},
	{regexp.MustCompile(`\b(?:mon|tue|wed|thu|fri|sat|sun)(?:, ?(?:mon|tue|wed|thu|fri|sat|sun))*\b`), "", weekdayWords},
	{regexp.MustCompile(`^every day$`), "limit.every-day", nil},
	{regexp.MustCompile(`^(\d+) d$`), "span.days", nil},
	{regexp.MustCompile(`^(?:array length )?>= (.+)$`), "limit.least", nil},
	{regexp.MustCompile(`^(?:array length )?<= (.+)$`), "limit.most", nil},
	{regexp.MustCompile(`^> (\S+)$`), "limit.above", nil},
	{regexp.MustCompile(`^< (\S+)$`), "limit.below", nil},
	{regexp.MustCompile(`^to be a multiple of (\S+)$`), "limit.multiple", nil},
	{regexp.MustCompile(`lunar dates are known from (\S+) to (\S+)$`), "limit.lunar", nil},
	{regexp.MustCompile(`a day of the years (\d+) to (\d+)$`), "limit.years", nil},
	{regexp.MustCompile(`(-?\d+) to (-?\d+), or (-?\d+) to (-?\d+)$`), "limit.from-to-or", nil},
	{regexp.MustCompile(`(-?\d+) to (-?\d+) days$`), "limit.days-from-to", nil},
	{regexp.MustCompile(`(-?\d\S*) to (-?\d\S*)$`), "limit.from-to", nil},
	{regexp.MustCompile(`there is no such day$`), "limit.none", nil},
	{regexp.MustCompile(`a calendar other than (\S+)$`), "limit.other-calendar", nil},
	{regexp.MustCompile(`a rule without RSCALE$`), "limit.no-scale", nil},
	{regexp.MustCompile(`a rule without another BY… part$`), "limit.no-other-part", nil},
	{regexp.MustCompile(`^a leap month \(L\)`), "limit.leap-month", nil},
	{regexp.MustCompile(`^a counted weekday \(BYDAY\)`), "limit.counted-weekday", nil},
}

// limitWords is the bound of a fault as people say it: no technical notation, and
// nothing in another language than theirs.
func limitWords(lang, limit string) string {
	for _, f := range limitForms {
		limit = f.form.ReplaceAllStringFunc(limit, func(found string) string {
			if f.read != nil {
				return f.read(lang, found)
			}
			var args []any
			for _, caught := range f.form.FindStringSubmatch(found)[1:] {
				args = append(args, caught)
			}
			return word(lang, f.key, args...)
		})
	}
	return limit
}

// durationWords words a Go duration; whole minutes are told as such.
func durationWords(lang, text string) string {
	d, err := time.ParseDuration(text)
	if err != nil {
		return text
	}
	if d == time.Minute {
		return word(lang, "span.minutes", 1)
	}
	return phrase{lang: lang}.span(d)
}

func weekdayWords(lang, text string) string {
	days := strings.Split(strings.ReplaceAll(text, " ", ""), ",")
	for i, code := range days {
		days[i] = word(lang, "weekday.short-"+code)
	}
	return strings.Join(days, ", ")
}

// plainDate is a date as programs write it, whether there is such a day or not;
// plainMonthDay is a day of every year.
var (
	plainDate     = regexp.MustCompile(`^(\d{4})-(\d{2})-(\d{2})$`)
	plainMonthDay = regexp.MustCompile(`^(\d{1,2})-(\d{1,2})$`)
)

// dateFault is what is wrong with a date that could not be read: its form, or, told in
// the limit, that there is no such day.
func dateFault(field, text string) scheduler.Fault {
	f := scheduler.Fault{Field: field, Code: scheduler.FaultDate}
	if p := plainDate.FindStringSubmatch(text); p != nil {
		f.Limit = fmt.Sprintf("%s/%s/%s", noZeros(p[3]), noZeros(p[2]), p[1])
	}
	return f
}

// monthDayFault is dateFault for a day of every year, 02-30.
func monthDayFault(text string) scheduler.Fault {
	if p := plainMonthDay.FindStringSubmatch(text); p != nil {
		return scheduler.Fault{Code: scheduler.FaultDate, Limit: noZeros(p[2]) + "/" + noZeros(p[1])}
	}
	return scheduler.Fault{Code: "month-day"}
}

func noZeros(s string) string {
	if s = strings.TrimLeft(s, "0"); s == "" {
		return "0"
	}
	return s
}

// humaDate is the fault of a date whose form huma does not take.
func humaDate(field string, e *huma.ErrorDetail) (scheduler.Fault, bool) {
	text, written := e.Value.(string)
	if !written || !strings.HasPrefix(e.Message, "expected string to be RFC 3339 ") || !plainDate.MatchString(text) {
		return scheduler.Fault{}, false
	}
	return dateFault(field, text), true
}
