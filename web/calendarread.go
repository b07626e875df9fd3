package web

import (
	"cmp"
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

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
	Place  string        // where it takes place, one line, may be empty
	AllDay bool          // it has no time of day: it can only air in slots
	Rule   calendar.Rule // when it comes, with what was moved or cancelled
	Until  calendar.Date // of AllDay: its last day, of several in a row; zero: the one
	Urgent bool          // its PRIORITY is high, 1 to 4
	// Sequence and Modified say which version of the event it is: SEQUENCE, and
	// LAST-MODIFIED, else DTSTAMP; the newest of the event and its single times.
	Sequence  int64
	Modified  time.Time
	Cancelled bool // it was called off; then it has a Fault too
	// Notes are codes of what of it is not taken as it stands, with words
	// "calendar-note."+code.
	Notes []string
	// Fault is why it cannot be taken; nil: it can. It is a calendar.RuleError when its
	// recurrence is what cannot be read, else a CalendarFault.
	Fault error

	changes singleTimes // its changed and cancelled single times
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
		return faultWords(lang, scheduler.RuleFault(rule))
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
	file, err := readICal(data)
	if err != nil {
		return nil, err
	}
	r := calendarReader{loc: loc, zones: file.zones, zonesKnown: map[string]string{"": ""}, groups: map[string]*eventGroup{}}
	for _, e := range file.events {
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
	master  *icalEvent
	changed []*icalEvent
	twice   bool
}

// all is the event, as far as it is there, and its changed times.
func (g *eventGroup) all() []*icalEvent {
	if g.master == nil {
		return g.changed
	}
	return append([]*icalEvent{g.master}, g.changed...)
}

type calendarReader struct {
	loc        *time.Location
	zones      map[string]*icalZone
	zonesKnown map[string]string      // what zoneName found
	groups     map[string]*eventGroup // by UID
	order      []*eventGroup
}

func (r *calendarReader) gather(e *icalEvent) {
	uid := e.value("UID")
	g := r.groups[uid]
	if g == nil || uid == "" {
		g = &eventGroup{}
		r.groups[uid], r.order = g, append(r.order, g)
	}
	_, single := e.get("RECURRENCE-ID")
	switch {
	case single:
		g.changed = append(g.changed, e)
	case g.master == nil:
		g.master = e
	case !reflect.DeepEqual(g.master.props, e.props): // the very same again says nothing new
		g.twice = true
	}
}

// event says what an event becomes, and what stands against it.
func (r *calendarReader) event(g *eventGroup) CalendarEvent {
	all := g.all()
	e := all[0]
	out := CalendarEvent{
		UID: e.value("UID"), Title: oneLine(e.text("SUMMARY")), Text: plainText(e.text("DESCRIPTION")), Place: oneLine(e.text("LOCATION")),
		Cancelled: g.master != nil && !g.twice && e.isCancelled(),
	}
	for _, one := range all {
		if v := versionOf(one); v.newer(out.Sequence, out.Modified) {
			out.Sequence, out.Modified = v.sequence, v.modified
		}
	}
	out.changes = r.changes(g)
	if n, err := strconv.Atoi(e.value("PRIORITY")); err == nil {
		out.Urgent = n >= 1 && n <= 4
	}
	if out.Fault = g.fault(out); out.Fault == nil {
		r.rule(g, &out)
	}
	return out
}

// fault is what stands against an event whatever its times are.
func (g *eventGroup) fault(out CalendarEvent) error {
	for _, e := range g.all() {
		recurrence, _ := e.get("RECURRENCE-ID")
		class := strings.ToUpper(e.value("CLASS"))
		switch {
		case e.old:
			return CalendarFault{Code: "old-format"}
		case e.torn != "":
			return CalendarFault{"torn-event", e.torn}
		case slices.Contains([]string{"REPLY", "COUNTER", "DECLINECOUNTER", "REFRESH"}, e.method):
			return CalendarFault{Code: "answer"}
		case class == "PRIVATE" || class == "CONFIDENTIAL":
			return CalendarFault{Code: "private"}
		case strings.EqualFold(recurrence.params["RANGE"], "THISANDFUTURE"):
			return CalendarFault{Code: "and-later"}
		}
	}
	switch {
	case out.UID == "":
		return CalendarFault{Code: "no-uid"}
	case g.twice:
		return CalendarFault{Code: "twice"}
	case g.master == nil:
		return CalendarFault{Code: "only-changes"}
	case out.Cancelled:
		return CalendarFault{Code: "cancelled"}
	case out.Title == "":
		return CalendarFault{Code: "no-title"}
	}
	return nil
}

// rule reads when an event comes, and notes what of it is not taken as it stands.
func (r *calendarReader) rule(g *eventGroup, out *CalendarEvent) {
	if _, starts := g.master.get("DTSTART"); !starts {
		out.Fault = calendar.RuleError{Code: calendar.RuleNoStart}
		return
	}
	if out.Rule, out.Fault = calendar.ParseRule(strings.Join(r.lines(g.master), "\n")); out.Fault == nil {
		out.Rule, out.Fault = out.changes.applied(out.Rule, r.loc)
	}
	if out.Fault != nil {
		return
	}
	if _, fed := fedBy(out.UID); fed {
		out.Notes = append(out.Notes, "a-plan")
	}
	if slices.ContainsFunc(g.changed, func(e *icalEvent) bool { return !e.isCancelled() && e.saysOther(g.master) }) {
		out.Notes = append(out.Notes, "other-words")
	}
	form := out.Rule.Form()
	if out.AllDay = form.AllDay; !out.AllDay {
		return
	}
	out.Until = daysUntil(g.master, out.Rule.Start().Date)
	if form.Pattern != nil && !out.Until.IsZero() {
		out.Notes = append(out.Notes, "first-day")
	}
}

// saysOther says whether a single time has other words than its event.
func (e *icalEvent) saysOther(master *icalEvent) bool {
	for _, name := range []string{"SUMMARY", "DESCRIPTION", "LOCATION"} {
		if said := e.text(name); said != "" && said != master.text(name) {
			return true
		}
	}
	return false
}

// isCancelled says whether an event or a single time of it was called off.
func (e *icalEvent) isCancelled() bool {
	return strings.EqualFold(e.value("STATUS"), "CANCELLED") || e.method == "CANCEL"
}

// eventVersion is which version of itself an event is.
type eventVersion struct {
	sequence int64
	modified time.Time
}

func versionOf(e *icalEvent) (v eventVersion) {
	if n, err := strconv.ParseInt(e.value("SEQUENCE"), 10, 32); err == nil {
		v.sequence = max(0, n)
	}
	text := cmp.Or(e.value("LAST-MODIFIED"), e.value("DTSTAMP"))
	if at, err := time.Parse("20060102T150405Z", text); err == nil {
		v.modified = at
	}
	return v
}

func (v eventVersion) newer(sequence int64, modified time.Time) bool {
	return v.sequence > sequence || v.sequence == sequence && v.modified.After(modified)
}

// daysUntil is the last day of an event of whole days that lasts longer than one:
// its DTEND is the day after, or its DURATION counts days. Zero: it lasts one day.
func daysUntil(e *icalEvent, begin calendar.Date) calendar.Date {
	last := begin
	if end, err := time.Parse("20060102", e.value("DTEND")); err == nil {
		last = calendar.DateOf(end, time.UTC).AddDays(-1)
	} else if text, found := strings.CutPrefix(strings.ToUpper(e.value("DURATION")), "P"); found {
		for unit, days := range map[string]int{"D": 1, "W": 7} {
			number, counts := strings.CutSuffix(text, unit)
			if n, err := strconv.ParseUint(number, 10, 12); counts && err == nil && n > 0 {
				last = begin.AddDays(int(n)*days - 1)
			}
		}
	}
	if last.Compare(begin) <= 0 {
		return calendar.Date{}
	}
	return last
}

// lines writes what says when an event comes as the text of a Rule, without its
// changed single times.
func (r *calendarReader) lines(e *icalEvent) []string {
	var out []string
	for _, p := range e.props {
		switch p.name {
		case "DTSTART", "RRULE", "RDATE", "EXDATE", "EXRULE":
			out = append(out, r.line(p.name, p))
		}
	}
	return out
}

// line writes a property anew with the one parameter that counts. A zone that is
// the place's own is left out, and of a period only when it begins is kept.
func (r *calendarReader) line(name string, p icalProperty) string {
	value := strings.TrimSpace(p.value)
	if strings.Contains(value, "/") && name == "RDATE" {
		items := strings.Split(value, ",")
		for i, item := range items {
			items[i], _, _ = strings.Cut(item, "/")
		}
		value = strings.Join(items, ",")
	}
	if zone := r.zoneName(p.params["TZID"]); zone != "" {
		name += ";TZID=" + strings.NewReplacer(":", "", ";", "", "\n", "").Replace(zone)
	}
	return name + ":" + value
}

// NoteWords says in a language ("vi" or "en") what of an event is not taken as it
// stands, empty when all is.
func (e CalendarEvent) NoteWords(lang string) string {
	var said []string
	for _, note := range e.Notes {
		said = append(said, word(lang, "calendar-note."+note))
	}
	return strings.Join(said, " ")
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
