package web

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"
)

// icalProperty is one property of an iCalendar file. Names are upper case.
type icalProperty struct {
	name, value string
	params      map[string]string // the first value of each, without quotes
}

// icalEvent is a VEVENT of a file, without what is nested in it (alarms).
type icalEvent struct {
	props  []icalProperty
	method string // METHOD of its calendar, upper case
	old    bool   // its calendar is a vCalendar 1.0
	torn   string // the first line of it that cannot be read; empty: none
}

// icalFile is what is read of a file: the events of all its calendars in order,
// and the time zones that it defines.
type icalFile struct {
	events []*icalEvent
	zones  map[string]*icalZone // by TZID
}

// get is a property of the event, the first of its name.
func (e *icalEvent) get(name string) (icalProperty, bool) {
	for _, p := range e.props {
		if p.name == name {
			return p, true
		}
	}
	return icalProperty{}, false
}

// value is a property as it stands, empty without it.
func (e *icalEvent) value(name string) string {
	p, _ := e.get(name)
	return strings.TrimSpace(p.value)
}

// text is a property of text with its escapes undone.
func (e *icalEvent) text(name string) string {
	p, _ := e.get(name)
	return strings.TrimSpace(icalUnescape.Replace(p.value))
}

// icalUnescape undoes the escapes of TEXT (RFC 5545 section 3.3.11).
var icalUnescape = strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\N`, "\n", `\,`, ",", `\;`, ";")

// readICal reads content lines and components (RFC 5545 sections 3.1 and 3.4) as
// programs really write them: names in any case, line ends of any kind, characters
// cut in two by folding, several calendars in one file. A line of an event that
// cannot be read is a fault of that event, a component that is not closed one of the
// file. The error is a CalendarFault.
func readICal(data []byte) (icalFile, error) {
	f := icalParser{icalFile: icalFile{zones: map[string]*icalZone{}}}
	lines := icalLines(data)
	begin := 0
	for begin < len(lines) && !strings.EqualFold(strings.TrimSpace(string(lines[begin])), "BEGIN:VCALENDAR") {
		begin++
	}
	if begin == len(lines) {
		return f.icalFile, CalendarFault{Code: "no-calendar"}
	}
	for _, line := range lines[begin:] {
		if !utf8.Valid(line) {
			return f.icalFile, CalendarFault{Code: "encoding"}
		}
		if err := f.line(string(line)); err != nil {
			return f.icalFile, err
		}
	}
	if len(f.open) > 0 {
		return f.icalFile, CalendarFault{Code: "torn"}
	}
	return f.icalFile, nil
}

// icalLines unfolds a file, byte by byte, for a fold may stand within a character.
func icalLines(data []byte) [][]byte {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	data = bytes.ReplaceAll(data, []byte("\r"), []byte("\n"))
	var out [][]byte
	for line := range bytes.SplitSeq(data, []byte("\n")) {
		switch {
		case len(line) == 0:
		case (line[0] == ' ' || line[0] == '\t') && len(out) > 0:
			out[len(out)-1] = append(out[len(out)-1], line[1:]...)
		default:
			out = append(out, bytes.Clone(line))
		}
	}
	return out
}

// icalParser keeps where in a file its reader is.
type icalParser struct {
	icalFile
	open   []string // the components around, the outermost first
	method string
	old    bool
	event  *icalEvent // nil: outside of one
	zone   *icalZone
	shift  *icalShift
}

func (f *icalParser) line(line string) error {
	p, ok := parseICalLine(line)
	switch {
	case ok && p.name == "BEGIN":
		f.open = append(f.open, strings.ToUpper(strings.TrimSpace(p.value)))
		return f.begin()
	case ok && p.name == "END":
		name := strings.ToUpper(strings.TrimSpace(p.value))
		if len(f.open) == 0 || f.open[len(f.open)-1] != name {
			return CalendarFault{Code: "torn"}
		}
		f.end(name)
		f.open = f.open[:len(f.open)-1]
	case len(f.open) == 0: // between calendars
	default:
		f.property(p, ok, line)
	}
	return nil
}

func (f *icalParser) begin() error {
	switch within := strings.Join(f.open, "/"); within {
	case "VCALENDAR":
		f.method, f.old = "", false
	case "VCALENDAR/VEVENT":
		if len(f.events) >= MaxCalendarEvents {
			return CalendarFault{"too-many", strconv.Itoa(MaxCalendarEvents)}
		}
		f.event = &icalEvent{method: f.method, old: f.old}
		f.events = append(f.events, f.event)
	case "VCALENDAR/VTIMEZONE":
		f.zone = &icalZone{}
	case "VCALENDAR/VTIMEZONE/STANDARD", "VCALENDAR/VTIMEZONE/DAYLIGHT":
		f.zone.shifts = append(f.zone.shifts, icalShift{})
		f.shift = &f.zone.shifts[len(f.zone.shifts)-1]
	}
	if len(f.open) > icalDepth {
		return CalendarFault{Code: "torn"}
	}
	return nil
}

// icalDepth is how deep components may be nested: an alarm of an event is the third.
const icalDepth = 16

func (f *icalParser) end(name string) {
	switch {
	case name == "VEVENT" && len(f.open) == 2:
		f.event = nil
	case name == "VTIMEZONE" && len(f.open) == 2:
		if f.zone.id != "" {
			f.zones[f.zone.id] = f.zone
		}
		f.zone = nil
	case len(f.open) == 3:
		f.shift = nil
	}
}

// property files a property where it belongs; those of components that are of no use
// here are passed over.
func (f *icalParser) property(p icalProperty, ok bool, line string) {
	switch {
	case f.event != nil && len(f.open) == 2 && !ok:
		if f.event.torn == "" {
			f.event.torn = shortLine(line)
		}
	case f.event != nil && len(f.open) == 2:
		f.event.props = append(f.event.props, p)
	case f.shift != nil && len(f.open) == 3:
		f.shift.property(p)
	case f.zone != nil && len(f.open) == 2:
		f.zone.property(p)
	case len(f.open) == 1 && p.name == "METHOD":
		f.method = strings.ToUpper(strings.TrimSpace(p.value))
	case len(f.open) == 1 && p.name == "VERSION":
		f.old = strings.TrimSpace(p.value) == "1.0"
	}
}

// shortLine keeps what a sentence quotes of a line short.
func shortLine(line string) string {
	r := []rune(oneLine(line))
	if len(r) > 30 {
		r = append(r[:30], '…')
	}
	return string(r)
}

// parseICalLine reads name *(";" param "=" value *("," value)) ":" value.
func parseICalLine(line string) (icalProperty, bool) {
	at := strings.IndexAny(line, ";:")
	if at <= 0 {
		return icalProperty{}, false
	}
	p := icalProperty{name: strings.ToUpper(strings.TrimSpace(line[:at]))}
	for _, c := range p.name {
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') && !strings.ContainsRune("-_.", c) {
			return icalProperty{}, false
		}
	}
	rest := line[at:]
	for strings.HasPrefix(rest, ";") {
		name, after, found := strings.Cut(rest[1:], "=")
		if !found || strings.ContainsAny(name, ":;") {
			return icalProperty{}, false
		}
		value, left, err := icalParam(after)
		if err != nil {
			return icalProperty{}, false
		}
		if p.params == nil {
			p.params = map[string]string{}
		}
		if name = strings.ToUpper(strings.TrimSpace(name)); p.params[name] == "" {
			p.params[name] = value
		}
		rest = left
	}
	if !strings.HasPrefix(rest, ":") {
		return icalProperty{}, false
	}
	p.value = rest[1:]
	return p, p.name != ""
}

var errNoParam = errors.New("no parameter")

// icalParam reads the values of a parameter and gives the first, and what follows.
func icalParam(s string) (first, rest string, err error) {
	for n := 0; ; n++ {
		var value string
		if strings.HasPrefix(s, `"`) {
			end := strings.IndexByte(s[1:], '"')
			if end < 0 {
				return "", "", errNoParam
			}
			value, s = s[1:end+1], s[end+2:]
		} else {
			end := strings.IndexAny(s, `;:,"`)
			if end < 0 {
				return "", "", errNoParam
			}
			value, s = s[:end], s[end:]
		}
		if n == 0 {
			first = strings.TrimSpace(value)
		}
		if !strings.HasPrefix(s, ",") {
			return first, s, nil
		}
		s = s[1:]
	}
}
