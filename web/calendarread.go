package web

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"

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
	// Fault is why it cannot be taken, in one English sentence; nil: it can. It is a
	// calendar.RuleError when its recurrence is what cannot be read.
	Fault error
}

// ReadCalendar reads an iCalendar file (RFC 5545) for a place in loc: each event
// in order of its first appearance, also those that cannot be taken. Changed and
// cancelled single times (RECURRENCE-ID) become exceptions of their event. The
// error is a sentence about the file as a whole. It is pure and saves nothing.
func ReadCalendar(data []byte, loc *time.Location) ([]CalendarEvent, error) {
	if len(data) > MaxCalendarFile {
		return nil, fmt.Errorf("the file is larger than %d MiB: choose a shorter stretch of the calendar", MaxCalendarFile>>20)
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) || !bytes.Contains(bytes.ToUpper(data), []byte("BEGIN:VCALENDAR")) {
		return nil, errors.New("the file is no calendar: choose one that ends in .ics")
	}
	if bytes.Count(bytes.ToUpper(data), []byte("BEGIN:VEVENT")) > MaxCalendarEvents {
		return nil, fmt.Errorf("the calendar has more than %d events: choose a shorter stretch of it", MaxCalendarEvents)
	}
	cal, err := ics.ParseCalendar(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("the calendar cannot be read: %w", err)
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
	out := CalendarEvent{UID: e.Id(), Title: oneLine(textOf(e, ics.ComponentPropertySummary)), Text: textOf(e, ics.ComponentPropertyDescription)}
	switch {
	case out.UID == "":
		out.Fault = errors.New("the event has no UID, so that it could not be known again")
	case g.twice:
		out.Fault = errors.New("two events have the same UID")
	case g.master == nil:
		out.Fault = errors.New("only changes of the event are in the file, not the event itself")
	case strings.EqualFold(valueOf(e, ics.ComponentPropertyStatus), string(ics.ObjectStatusCancelled)):
		out.Fault = errors.New("the event is cancelled")
	case out.Title == "":
		out.Fault = errors.New("the event has no title (SUMMARY)")
	default:
		out.Rule, out.Fault = calendar.ParseRule(strings.Join(r.lines(g), "\n"))
		out.AllDay = out.Fault == nil && out.Rule.Form().AllDay
	}
	return out
}

func first(list []*ics.VEvent) *ics.VEvent {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

// lines writes what says when an event comes as the text of a Rule.
func (r *calendarReader) lines(g *eventGroup) []string {
	var out []string
	for _, p := range g.master.Properties {
		switch name := strings.ToUpper(p.IANAToken); name {
		case "DTSTART", "RRULE", "RDATE", "EXDATE":
			out = append(out, r.line(name, p.BaseProperty))
		}
	}
	for _, e := range g.changed {
		out = append(out, r.line("EXDATE", e.GetProperty(ics.ComponentPropertyRecurrenceId).BaseProperty))
		if begin := e.GetProperty(ics.ComponentPropertyDtStart); begin != nil && !strings.EqualFold(valueOf(e, ics.ComponentPropertyStatus), string(ics.ObjectStatusCancelled)) {
			out = append(out, r.line("RDATE", begin.BaseProperty))
		}
	}
	return out
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
