package calendar

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ParseRule reads the text of a rule: lines of iCalendar (RFC 5545) that end in
// a line break or in the two characters \n, in any order.
//
//	DTSTART[;TZID=zone|;VALUE=DATE]:20261125T053000
//	RRULE:FREQ=…        at most one; the name may be left out
//	RDATE, EXDATE:…     dates, civil times or instants (…Z), with commas between
//
// RSCALE=VIETNAMESE makes months, days and years of the pattern lunar and SKIP
// says what becomes of days that a month lacks, as in RFC 7529; BYMONTH=5L is a
// leap month. OFFSET=-2 is ours: every time is named two days before, and
// DTSTART, UNTIL, COUNT and EXDATE speak of the times so moved. BYTIME=0530,1700 is
// ours as well: several times of day, which BYHOUR and BYMINUTE would multiply. It
// stands instead of those, in rules of days and above; COUNT counts each time.
//
// DTSTART is needed and is no time of the rule unless the pattern names it. The
// error is a RuleError. Whatever the text, it takes less than a second.
func ParseRule(text string) (Rule, error) { return ParseRuleFrom(text, Civil{}) }

// ParseRuleFrom is ParseRule for a text that may lack a DTSTART: start is then
// the first time that the rule may name.
func ParseRuleFrom(text string, start Civil) (Rule, error) {
	if len(text) > MaxRuleText {
		return Rule{}, RuleError{Code: RuleTooLong, Limit: strconv.Itoa(MaxRuleText)}
	}
	p := ruleParser{rule: Rule{start: start}}
	lines := ruleLines(text)
	if len(lines) == 0 {
		return Rule{}, RuleError{Code: RuleEmpty}
	}
	// The start first: dates are read in its zone.
	slices.SortStableFunc(lines, func(a, b string) int { return b2i(!isStart(a)) - b2i(!isStart(b)) })
	for _, line := range lines {
		if err := p.line(line); err != nil {
			return Rule{}, err
		}
	}
	return p.finish()
}

func isStart(line string) bool { return strings.HasPrefix(strings.ToUpper(line), "DTSTART") }

// ruleLines unfolds and splits a text.
func ruleLines(text string) []string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", `\n`, "\n", `\N`, "\n").Replace(text)
	text = strings.NewReplacer("\n ", "", "\n\t", "").Replace(text)
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// ruleParser gathers a rule line by line.
type ruleParser struct {
	rule    Rule
	started bool
}

func (p *ruleParser) line(line string) error {
	head, value, found := strings.Cut(line, ":")
	if !found {
		head, value = "RRULE", line
	}
	name, params, _ := strings.Cut(head, ";")
	name, value = strings.ToUpper(strings.TrimSpace(name)), strings.TrimSpace(value)
	switch name {
	case "RRULE":
		if p.rule.written != nil {
			return RuleError{Code: RuleTwice, Part: name}
		}
		pattern, err := parsePattern(value)
		p.rule.written = &pattern
		return err
	case "DTSTART":
		return p.start(params, value)
	case "RDATE":
		return p.dates(name, params, value, &p.rule.added)
	case "EXDATE":
		return p.dates(name, params, value, &p.rule.excepted)
	default:
		return RuleError{Code: RulePart, Part: short(name)}
	}
}

func (p *ruleParser) start(params, value string) error {
	if p.started {
		return RuleError{Code: RuleTwice, Part: "DTSTART"}
	}
	p.started = true
	zone, err := zoneOf("DTSTART", params)
	if err != nil {
		return err
	}
	s, ok := parseStamp(value)
	if !ok {
		return stampError("DTSTART", value)
	}
	if !s.at.IsZero() {
		zone, s.local = time.UTC, CivilOf(s.at, time.UTC)
	}
	if s.date {
		zone = nil // a date has no zone
	}
	p.rule.zone, p.rule.start, p.rule.allDay = zone, s.local, s.date
	return nil
}

// zoneOf reads the parameters of a property: the zone, nil without one.
func zoneOf(part, params string) (*time.Location, error) {
	var zone *time.Location
	for param := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(param, "=")
		switch strings.ToUpper(strings.TrimSpace(name)) {
		case "", "VALUE":
		case "TZID":
			loc, err := time.LoadLocation(strings.Trim(value, `"`))
			if err != nil || loc == time.Local || value == "" {
				return nil, RuleError{Code: RuleZone, Part: part, Value: short(value)}
			}
			zone = loc
		default:
			return nil, RuleError{Code: RulePart, Part: short(param)}
		}
	}
	return zone, nil
}

// dates reads the value of RDATE or EXDATE. Civil times of a zone other than
// the rule's become instants.
func (p *ruleParser) dates(part, params, value string, into *[]stamp) error {
	zone, err := zoneOf(part, params)
	if err != nil {
		return err
	}
	for text := range strings.SplitSeq(value, ",") {
		s, ok := parseStamp(strings.TrimSpace(text))
		if !ok {
			return stampError(part, text)
		}
		if zone != nil && !s.date && s.at.IsZero() && zone.String() != p.rule.Zone() {
			s = stamp{at: s.local.In(zone).UTC()}
		}
		if p.rule.zone == time.UTC && !s.at.IsZero() {
			s = stamp{local: CivilOf(s.at, time.UTC)}
		}
		*into = append(*into, s)
		if len(*into) > MaxDates {
			return RuleError{Code: RuleTooMany, Part: part, Limit: strconv.Itoa(MaxDates)}
		}
	}
	return nil
}

// parseStamp reads 20261125, 20261125T053000 or 20261125T053000Z.
func parseStamp(text string) (stamp, bool) {
	text, utc := strings.CutSuffix(strings.ToUpper(text), "Z")
	layout := "20060102T150405"
	date := len(text) == 8 && !utc
	if date {
		layout = "20060102"
	}
	t, err := time.Parse(layout, text)
	if err != nil || len(text) != len(layout) || t.Year() < 1 {
		return stamp{}, false
	}
	if utc {
		return stamp{at: t}, true
	}
	return stamp{date: date, local: CivilOf(t, time.UTC)}, true
}

// stampForm is what a date or a time looks like, whether there is such a one or not.
var stampForm = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})(?:T\d{6}Z?)?$`)

// stampError says why a text is no date or time: there is no such day, or it cannot be
// read.
func stampError(part, text string) error {
	text = strings.ToUpper(strings.TrimSpace(text))
	if p := stampForm.FindStringSubmatch(text); p != nil {
		if _, err := time.Parse("20060102", p[1]+p[2]+p[3]); err != nil {
			return RuleError{Code: RuleRange, Part: part, Value: p[1] + "-" + p[2] + "-" + p[3], Limit: "there is no such day"}
		}
		return RuleError{Code: RuleRange, Part: part, Value: text[len("20060102T"):], Limit: "000000 to 235959"}
	}
	return RuleError{Code: RuleValue, Part: part, Value: short(text)}
}

// finish looks at the rule as a whole.
func (p *ruleParser) finish() (Rule, error) {
	r := p.rule
	if r.start.IsZero() {
		return Rule{}, RuleError{Code: RuleNoStart}
	}
	if !r.start.Date.Valid() {
		return Rule{}, RuleError{Code: RuleRange, Part: "DTSTART", Value: r.start.Date.String(), Limit: "a day of the years 1 to 9999"}
	}
	for _, list := range []*[]stamp{&r.added, &r.excepted} {
		slices.SortFunc(*list, stamp.compare)
		*list = slices.CompactFunc(*list, func(a, b stamp) bool { return a.compare(b) == 0 })
	}
	if r.written == nil {
		return r, nil
	}
	return r, r.follow()
}

// follow makes the pattern ready, and finds its last time when it has a COUNT.
func (r *Rule) follow() error {
	w := r.written
	base := r.start.Date.AddDays(-w.Offset)
	if w.Lunar && (base.Compare(firstLunarDay) < 0 || base.Compare(lastLunarDay) > 0) {
		return RuleError{Code: RuleRange, Part: "DTSTART", Value: r.start.Date.String(), Limit: "lunar dates are known from " + firstLunarDay.String() + " to " + lastLunarDay.String()}
	}
	if w.Until.date || w.Until.at.IsZero() {
		if w.Until.before(Civil{Date: r.start.Date, Second: r.start.Second}, time.UTC) {
			return RuleError{Code: RuleOrder, Part: "UNTIL", Value: w.Until.String()}
		}
	}
	r.engine = newEngine(*w, r.start)
	if r.engine.perDay() > MaxPerDay {
		return RuleError{Code: RuleOften, Limit: strconv.Itoa(MaxPerDay)}
	}
	if _, ever := r.engine.lastOf(1); !ever {
		return RuleError{Code: RuleNever}
	}
	if w.Count > 0 {
		last, whole := r.engine.lastOf(w.Count)
		if whole {
			r.last = Civil{Date: dayDate(last.day + w.Offset), Second: last.second}
		}
	}
	return nil
}

// perDay is how many times at most the pattern comes on one day.
func (e *engine) perDay() int {
	unit := e.Freq.unit()
	if unit == secondsPerDay {
		return len(e.times)
	}
	each := 1
	for _, second := range e.open {
		each = max(each, len(e.within(0, second, unit)))
	}
	reached := (secondsPerDay/unit + e.Interval - 1) / e.Interval
	return min(len(e.open), reached) * each
}

// short keeps what a sentence quotes short.
func short(s string) string {
	const limit = 40
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "") + "…"
}
