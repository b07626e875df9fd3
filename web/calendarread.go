package web

import (
	"bytes"
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"

	"loalang/scheduler"
	"loalang/scheduler/calendar"
)

// The bounds of a calendar that is read.
const (
	MaxCalendarFile   = 1 << 20 // bytes
	MaxCalendarEvents = 10000
)

// CalendarEvent is what an event of somebody's calendar would become here:
// nothing is saved by reading it.
type CalendarEvent struct {
	UID    string        // as it stands there; the same event has the same again
	Title  string        // one line
	Text   string        // its description, may be empty
	AllDay bool          // it has no time of day: it can only air in slots
	Rule   calendar.Rule // when it comes, with what was moved or cancelled
	Until  calendar.Date // of AllDay: its last day, of several in a row; zero: the one
	Urgent bool          // its PRIORITY is high, 1 to 4
	// Sequence and Modified say which version of the event it is: SEQUENCE, and
	// LAST-MODIFIED, else DTSTAMP; the newest of the event and its single times.
	Sequence  int64
	Modified  time.Time
	Cancelled bool // it was called off; then it has a Fault too
	// Fault is why it cannot be taken; nil: it can. It is a calendar.RuleError when its
	// recurrence is what cannot be read, else a CalendarFault.
	Fault error

	changes  []string // its changed and cancelled single times as EXDATE and RDATE lines
	replaced []string // the times that these replace, each as a DTSTART line
}

// onlyChanges says whether the file has only changed single times of the event.
func (e CalendarEvent) onlyChanges() bool {
	return errors.Is(e.Fault, CalendarFault{Code: "only-changes"})
}

// CalendarFault is what is wrong with a calendar file or an event of it. Code is
// stable, with words "calendar-fault."+Code; Error is the English sentence.
type CalendarFault struct {
	Code  string
	Limit string // may be empty
}

func (f CalendarFault) Error() string { return word(english, "calendar-fault."+f.Code, f.Limit) }

// calendarFault words why a file or an event cannot be taken.
func calendarFault(lang string, err error) string {
	var fault CalendarFault
	var rule calendar.RuleError
	var invalid scheduler.Invalid
	switch {
	case errors.As(err, &fault):
		return word(lang, "calendar-fault."+fault.Code, fault.Limit)
	case errors.As(err, &rule):
		return faultWords(lang, scheduler.Fault{Code: rule.Code, Limit: strings.Join(strings.Fields(rule.Part+" "+rule.Value+" "+rule.Limit), " ")})
	case errors.As(err, &invalid) && len(invalid) > 0:
		return faultWords(lang, invalid[0])
	case errors.Is(err, scheduler.ErrRevision):
		return word(lang, "calendar-fault.meanwhile")
	}
	return word(lang, "problem.internal")
}

// ReadCalendar reads an iCalendar file (RFC 5545) for a place in loc: each event
// in order of its first appearance, also those that cannot be taken. Changed and
// cancelled single times (RECURRENCE-ID) become exceptions of their event. The
// error is a CalendarFault of the file as a whole. It is pure and saves nothing.
func ReadCalendar(data []byte, loc *time.Location) ([]CalendarEvent, error) {
	if len(data) > MaxCalendarFile {
		return nil, CalendarFault{"too-large", strconv.Itoa(MaxCalendarFile >> 20)}
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) || !bytes.Contains(bytes.ToUpper(data), []byte("BEGIN:VCALENDAR")) {
		return nil, CalendarFault{Code: "no-calendar"}
	}
	if bytes.Count(bytes.ToUpper(data), []byte("BEGIN:VEVENT")) > MaxCalendarEvents {
		return nil, CalendarFault{"too-many", strconv.Itoa(MaxCalendarEvents)}
	}
	cal, err := ics.ParseCalendar(bytes.NewReader(data))
	if err != nil {
		return nil, CalendarFault{Code: "torn"}
	}
	r := calendarReader{loc: loc, groups: map[string]*eventGroup{}}
	for _, e := range cal.Events() {
		r.gather(e)
	}
	out := make([]CalendarEvent, 0, len(r.order))
	for _, g := range r.order {
		out = append(out, r.event(g))
	}
	return out, nil
}

// eventGroup is an event and the single times of it that were changed.
type eventGroup struct {
	master  *ics.VEvent
	changed []*ics.VEvent
	twice   bool
}

type calendarReader struct {
	loc    *time.Location
	groups map[string]*eventGroup // by UID
	order  []*eventGroup
}

func (r *calendarReader) gather(e *ics.VEvent) {
	uid := e.Id()
	g := r.groups[uid]
	if g == nil || uid == "" {
		g = &eventGroup{}
		r.groups[uid], r.order = g, append(r.order, g)
	}
	switch {
	case e.GetProperty(ics.ComponentPropertyRecurrenceId) != nil:
		g.changed = append(g.changed, e)
	case g.master != nil:
		g.twice = true
	default:
		g.master = e
	}
}

// event says what an event becomes, and what stands against it.
func (r *calendarReader) event(g *eventGroup) CalendarEvent {
	e := cmp.Or(g.master, first(g.changed))
	out := CalendarEvent{
		UID: e.Id(), Title: oneLine(textOf(e, ics.ComponentPropertySummary)), Text: textOf(e, ics.ComponentPropertyDescription),
		Cancelled: g.master != nil && isCancelled(e),
	}
	out.version(append([]*ics.VEvent{e}, g.changed...))
	out.changes, out.replaced = r.changes(g)
	if n, err := strconv.Atoi(valueOf(e, ics.ComponentPropertyPriority)); err == nil {
		out.Urgent = n >= 1 && n <= 4
	}
	switch {
	case out.UID == "":
		out.Fault = CalendarFault{Code: "no-uid"}
	case g.twice:
		out.Fault = CalendarFault{Code: "twice"}
	case g.master == nil:
		out.Fault = CalendarFault{Code: "only-changes"}
	case out.Cancelled:
		out.Fault = CalendarFault{Code: "cancelled"}
	case out.Title == "":
		out.Fault = CalendarFault{Code: "no-title"}
	default:
		out.Rule, out.Fault = calendar.ParseRule(strings.Join(append(r.lines(g), out.changes...), "\n"))
		out.AllDay = out.Fault == nil && out.Rule.Form().AllDay
		if out.AllDay {
			out.Until = daysUntil(e, out.Rule.Start().Date)
		}
	}
	return out
}

// version finds the newest marks of an event and its single times.
func (e *CalendarEvent) version(all []*ics.VEvent) {
	for _, one := range all {
		if n, err := strconv.ParseInt(valueOf(one, ics.ComponentPropertySequence), 10, 32); err == nil {
			e.Sequence = max(e.Sequence, n)
		}
		text := cmp.Or(valueOf(one, ics.ComponentPropertyLastModified), valueOf(one, ics.ComponentPropertyDtstamp))
		if at, err := time.Parse("20060102T150405Z", text); err == nil && at.After(e.Modified) {
			e.Modified = at
		}
	}
}

// daysUntil is the last day of an event of whole days that lasts longer than one:
// its DTEND is the day after. Zero: it lasts one day.
func daysUntil(e *ics.VEvent, begin calendar.Date) calendar.Date {
	end, err := time.Parse("20060102", valueOf(e, ics.ComponentPropertyDtEnd))
	if err != nil {
		return calendar.Date{}
	}
	last := calendar.DateOf(end, time.UTC).AddDays(-1)
	if last.Compare(begin) <= 0 {
		return calendar.Date{}
	}
	return last
}

func isCancelled(e *ics.VEvent) bool {
	return strings.EqualFold(valueOf(e, ics.ComponentPropertyStatus), string(ics.ObjectStatusCancelled))
}

func first(list []*ics.VEvent) *ics.VEvent {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

// lines writes what says when an event comes as the text of a Rule, without its
// changed single times.
func (r *calendarReader) lines(g *eventGroup) []string {
	var out []string
	for _, p := range g.master.Properties {
		switch name := strings.ToUpper(p.IANAToken); name {
		case "DTSTART", "RRULE", "RDATE", "EXDATE":
			out = append(out, r.line(name, p.BaseProperty))
		}
	}
	return out
}

// changes writes single times that were changed or cancelled as exceptions, and
// which times these replace.
func (r *calendarReader) changes(g *eventGroup) (lines, replaced []string) {
	for _, e := range g.changed {
		was := e.GetProperty(ics.ComponentPropertyRecurrenceId).BaseProperty
		lines, replaced = append(lines, r.line("EXDATE", was)), append(replaced, r.line("DTSTART", was))
		if begin := e.GetProperty(ics.ComponentPropertyDtStart); begin != nil && !isCancelled(e) {
			lines = append(lines, r.line("RDATE", begin.BaseProperty))
		}
	}
	return lines, replaced
}

// line writes a property anew with the one parameter that counts. A zone that is
// the place's own is left out, and so is Windows' name for it.
func (r *calendarReader) line(name string, p ics.BaseProperty) string {
	for key, values := range p.ICalParameters {
		if !strings.EqualFold(key, "TZID") || len(values) == 0 {
			continue
		}
		zone := strings.Trim(values[0], `"`)
		if zone == "SE Asia Standard Time" {
			zone = "Asia/Ho_Chi_Minh"
		}
		if zone != r.loc.String() {
			name += ";TZID=" + strings.NewReplacer(":", "", ";", "", "\n", "").Replace(zone)
		}
	}
	return name + ":" + p.Value
}

// valueOf is a property as it stands, empty without it.
func valueOf(e *ics.VEvent, name ics.ComponentProperty) string {
	if p := e.GetProperty(name); p != nil {
		return p.Value
	}
	return ""
}

// textOf is a property of text with its escapes undone.
func textOf(e *ics.VEvent, name ics.ComponentProperty) string {
	return strings.TrimSpace(ics.FromText(valueOf(e, name)))
}

// Times lists the next times of an event, at most n.
func (e CalendarEvent) Times(now time.Time, n int, loc *time.Location) []calendar.Moment {
	if e.Fault != nil {
		return nil
	}
	return slices.Clip(e.Rule.Next(now, n, loc))
}

// faultCode is the stable code of why a file or an event cannot be taken.
func faultCode(err error) string {
	var fault CalendarFault
	var rule calendar.RuleError
	var invalid scheduler.Invalid
	switch {
	case errors.As(err, &fault):
		return fault.Code
	case errors.As(err, &rule):
		return rule.Code
	case errors.As(err, &invalid) && len(invalid) > 0:
		return invalid[0].Code
	case errors.Is(err, scheduler.ErrRevision):
		return "meanwhile"
	}
	return "internal"
}
