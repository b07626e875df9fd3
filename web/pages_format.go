package web

import (
	"fmt"
	"strings"
	"time"

	"loalang/scheduler"
)

// phrase says dates, times, spans and lists in one language, in the civil time
// of one village.
type phrase struct {
	lang string
	loc  *time.Location
}

func (p phrase) word(code string, args ...any) string { return word(p.lang, code, args...) }

// weekday is "thứ Hai" or "Monday".
func (p phrase) weekday(d time.Weekday) string {
	return p.word("weekday." + weekdayCode(d))
}

// weekdayCode is the stable three-letter name of a weekday, "mon".
func weekdayCode(d time.Weekday) string { return strings.ToLower(d.String()[:3]) }

// date is "thứ Hai 23/11" or "Monday 23 November".
func (p phrase) date(t time.Time) string {
	t = t.In(p.loc)
	if p.lang == english {
		return fmt.Sprintf("%s %d %s", t.Weekday(), t.Day(), t.Month())
	}
	return fmt.Sprintf("%s %d/%d", p.weekday(t.Weekday()), t.Day(), int(t.Month()))
}

// nearby is how many days away a date of another year is still understood without
// its year.
const nearby = 31

// fullOrNear is the date, with its year when that is not the one people think of: an
// expiry a year ahead must not be read as one of the day after tomorrow.
func (p phrase) fullOrNear(t, now time.Time) string {
	t, now = t.In(p.loc), now.In(p.loc)
	if away := daysApart(t, now); t.Year() == now.Year() || max(away, -away) <= nearby {
		return p.date(t)
	}
	return p.withYear(p.date(t), t.Year())
}

// withYear puts a year behind a date that date has made.
func (p phrase) withYear(date string, year int) string {
	if p.lang == english {
		return fmt.Sprintf("%s %d", date, year)
	}
	return fmt.Sprintf("%s/%d", date, year)
}

// day is the date, with "today", "tomorrow" or "yesterday" when it is near now.
func (p phrase) day(t, now time.Time) string {
	switch daysApart(t.In(p.loc), now.In(p.loc)) {
	case 0:
		return p.word("day.today", p.date(t))
	case 1:
		return p.word("day.tomorrow", p.date(t))
	case -1:
		return p.word("day.yesterday", p.date(t))
	}
	return p.fullOrNear(t, now)
}

// daysApart counts the midnights from b to a, both in the same zone.
func daysApart(a, b time.Time) int {
	ay, am, ad := a.Date()
	by, bm, bd := b.Date()
	noonA := time.Date(ay, am, ad, 12, 0, 0, 0, time.UTC)
	noonB := time.Date(by, bm, bd, 12, 0, 0, 0, time.UTC)
	return int(noonA.Sub(noonB).Hours() / 24)
}

// month is "tháng 11 năm 2026" or "November 2026".
func (p phrase) month(t time.Time) string {
	t = t.In(p.loc)
	if p.lang == english {
		return fmt.Sprintf("%s %d", t.Month(), t.Year())
	}
	return fmt.Sprintf("tháng %d năm %d", int(t.Month()), t.Year())
}

// clock is "17:05" on the 24-hour clock.
func (p phrase) clock(t time.Time) string { return t.In(p.loc).Format("15:04") }

// exact is "17:05:00,08": what the as-run measured, to a hundredth.
func (p phrase) exact(t time.Time) string {
	s := t.In(p.loc).Format("15:04:05.00")
	if p.lang == vietnamese {
		return strings.Replace(s, ".", ",", 1)
	}
	return s
}

// at is "17:05, today, Monday 23 November".
func (p phrase) at(t, now time.Time) string {
	return p.word("day.at", p.clock(t), p.day(t, now))
}

// span is a length of time as a person would say it: "0,08 giây", "48 giây",
// "6 phút", "1 giờ 20 phút".
func (p phrase) span(d time.Duration) string {
	d = d.Abs()
	switch {
	case d > 0 && d < 10*time.Millisecond:
		return p.word("span.least")
	case d < 10*time.Second:
		s := fmt.Sprintf("%.2f", d.Seconds())
		s = strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
		if p.lang == vietnamese {
			s = strings.Replace(s, ".", ",", 1)
		}
		return p.word("span.seconds", s)
	case d < 90*time.Second:
		return p.word("span.seconds", int(d.Round(time.Second).Seconds()))
	case d < time.Hour:
		return p.word("span.minutes", int(d.Round(time.Minute).Minutes()))
	case d < 48*time.Hour:
		m := int(d.Round(time.Minute).Minutes())
		if m%60 == 0 {
			return p.word("span.hours", m/60)
		}
		return p.word("span.hours-minutes", m/60, m%60)
	}
	return p.word("span.days", int(d.Round(24*time.Hour).Hours()/24))
}

// length is the play length of a sound: "0:48", "1:02:03". What is shorter
// than half a second is still a second.
func length(d time.Duration) string {
	s := int(d.Round(time.Second).Seconds())
	if s == 0 && d > 0 {
		s = 1
	}
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// list joins words: "a", "a và b", "a, b và c".
func (p phrase) list(items []string) string {
	switch n := len(items); n {
	case 0:
		return ""
	case 1:
		return items[0]
	default:
		return strings.Join(items[:n-1], ", ") + " " + p.word("word.and") + " " + items[n-1]
	}
}

// language is "Tiếng Giáy"; a language without a name is shown by its code.
func (p phrase) language(code string) string {
	if key := "language." + code; hasWord(key) {
		return p.word(key)
	}
	return code
}

// languages lists languages inside a sentence: "tiếng Việt và tiếng Giáy".
func (p phrase) languages(codes []string) string {
	names := make([]string, len(codes))
	for i, c := range codes {
		names[i] = p.lower(p.language(c))
	}
	return p.list(names)
}

// lower puts the first letter in lower case where the language does so inside
// a sentence: Vietnamese "tiếng Việt", but English "Vietnamese".
func (p phrase) lower(s string) string {
	if p.lang != vietnamese {
		return s
	}
	return lower(s)
}

// lower puts the first letter in lower case: words that go on a sentence.
func lower(s string) string {
	if s == "" {
		return s
	}
	r := []rune(s)
	return strings.ToLower(string(r[:1])) + string(r[1:])
}

// upper puts the first letter of a sentence in upper case.
func upper(s string) string {
	if s == "" {
		return s
	}
	r := []rune(s)
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

// reason words a scheduler.Reason with its values.
func (p phrase) reason(r scheduler.Reason, now time.Time) string {
	until := ""
	if !r.Until.IsZero() {
		until = p.at(r.Until, now)
	}
	switch r.Code {
	case scheduler.ReasonOutsideHours, scheduler.ReasonQuiet, scheduler.ReasonHoliday:
		if until == "" {
			return p.word("cause." + r.Code)
		}
	case scheduler.ReasonNextTime:
		if r.Limit != "" {
			return p.word("plan.moved-for", p.word("reason."+r.Limit, "", p.span(r.By), "", r.Count), until)
		}
	}
	return p.word("reason."+r.Code, until, p.span(r.By), p.language(r.Language), r.Count, r.Person, r.Why)
}

// omitted says that an occurrence will not air, and why. What only waits for its
// reading, which a voice makes in seconds and a person may still record, is not
// lost: once its time and its grace are over, it stands in the as-run.
func (p phrase) omitted(o scheduler.Omission, now time.Time) string {
	if o.Reason.Code == scheduler.ReasonNotReady {
		return p.word("plan.not-yet-ready")
	}
	if o.Reason.Code == scheduler.ReasonNotApproved && o.Final.After(now) {
		return p.word("plan.not-yet-approved")
	}
	return p.word("plan.omitted", lower(p.reason(o.Reason, now)))
}

// slotName is "Buổi chiều, 17:00".
func (p phrase) slotName(s scheduler.Slot) string {
	if s.Name == "" {
		return s.Start.String()
	}
	return s.Name + ", " + s.Start.String()
}

// aSlot is the name of a slot within a sentence: Vietnamese ones begin with "Buổi" as a
// rule, and are called one slot, not two.
func (p phrase) aSlot(name string) string {
	switch {
	case p.lang != vietnamese:
		return name
	case strings.HasPrefix(lower(name), "buổi "):
		return lower(name)
	}
	return "buổi " + name
}

// slotNameOn is the same with when it begins on the day of an instant, which a season
// or a day may have moved.
func (p phrase) slotNameOn(s scheduler.Slot, at time.Time) string {
	if start, held := s.StartOn(p.civilOf(at)); held {
		s.Start = start
	}
	return p.slotName(s)
}

// weekdays is "hằng ngày" or "thứ Hai, thứ Tư và thứ Sáu".
func (p phrase) weekdays(w scheduler.Weekdays) string {
	if w == 0 || w == 127 {
		return p.word("word.every-day")
	}
	var names []string
	for _, d := range weekFromMonday() {
		if w.Has(d) {
			names = append(names, p.weekday(d))
		}
	}
	return p.list(names)
}

// weekFromMonday is the week in the order Vietnam counts it.
func weekFromMonday() []time.Weekday {
	return []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}
}

// civil is a scheduler.Date as a date input writes it, "2026-11-23"; the zero
// Date is empty.
func civil(d scheduler.Date) string {
	if d == (scheduler.Date{}) {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// civilOf is the civil date of an instant in the phrase's zone.
func (p phrase) civilOf(t time.Time) scheduler.Date {
	y, m, d := t.In(p.loc).Date()
	return scheduler.Date{Year: y, Month: m, Day: d}
}

// parseCivil reads what a date input writes.
func parseCivil(s string) (scheduler.Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return scheduler.Date{}, err
	}
	return scheduler.Date{Year: t.Year(), Month: t.Month(), Day: t.Day()}, nil
}
