package web

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// icalZone is a VTIMEZONE of a calendar file.
type icalZone struct {
	id, place string // TZID; X-LIC-LOCATION, an IANA name, may be empty
	shifts    []icalShift
}

// icalShift is a STANDARD or DAYLIGHT of a zone: from when on the clocks show what.
type icalShift struct {
	begins  string // DTSTART as it stands
	offset  string // TZOFFSETTO as it stands
	repeats bool   // it comes again each year
}

func (z *icalZone) property(p icalProperty) {
	switch p.name {
	case "TZID":
		z.id = strings.TrimSpace(p.value)
	case "X-LIC-LOCATION":
		z.place = strings.TrimSpace(p.value)
	}
}

func (s *icalShift) property(p icalProperty) {
	switch p.name {
	case "DTSTART":
		s.begins = strings.TrimSpace(p.value)
	case "TZOFFSETTO":
		s.offset = strings.TrimSpace(p.value)
	case "RRULE", "RDATE":
		s.repeats = true
	}
}

// steady is what the clocks of the zone show, in seconds east of UTC; false when they
// are changed each year, or the zone does not say.
func (z *icalZone) steady() (seconds int, ok bool) {
	latest := icalShift{}
	for i, s := range z.shifts {
		if s.repeats && s.offset != z.shifts[0].offset || z.shifts[0].repeats && s.offset != z.shifts[0].offset {
			return 0, false
		}
		if i == 0 || s.begins > latest.begins {
			latest = s
		}
	}
	return offsetSeconds(latest.offset)
}

// offsetSeconds reads +0700 or -023000.
func offsetSeconds(text string) (seconds int, ok bool) {
	if len(text) != 5 && len(text) != 7 || text[0] != '+' && text[0] != '-' {
		return 0, false
	}
	for i, unit := range []int{3600, 60, 1} {
		if at := 1 + 2*i; at < len(text) {
			n, err := strconv.ParseUint(text[at:at+2], 10, 8)
			if err != nil || n > 59 {
				return 0, false
			}
			seconds += int(n) * unit
		}
	}
	if text[0] == '-' {
		seconds = -seconds
	}
	return seconds, seconds > -24*3600 && seconds < 24*3600
}

// zoneName is the IANA name of a zone of the file, empty for the place's own and for
// one whose clocks agree with the place's. A name that nobody
// knows is given back as it is: the rule refuses it by name.
func (r *calendarReader) zoneName(name string) string {
	if known, ok := r.zonesKnown[name]; ok {
		return known
	}
	found := r.findZone(name)
	if loc, err := time.LoadLocation(found); err == nil && r.agrees(loc) {
		found = ""
	}
	r.zonesKnown[name] = found
	return found
}

func (r *calendarReader) findZone(name string) string {
	candidates := []string{name, windowsZones[name]}
	parts := strings.Split(strings.Trim(name, "/"), "/")
	for n := min(3, len(parts)); n >= 2; n-- { // "/mozilla.org/20050126_1/Asia/Saigon"
		candidates = append(candidates, strings.Join(parts[len(parts)-n:], "/"))
	}
	z := r.zones[name]
	if z != nil {
		candidates = append(candidates, z.place)
	}
	for _, c := range candidates {
		if isZone(c) {
			return c
		}
	}
	if z == nil {
		return name
	}
	seconds, ok := z.steady()
	if !ok {
		return name
	}
	if steady := steadyZone(seconds); r.agrees(time.FixedZone("", seconds)) {
		return r.loc.String()
	} else if steady != "" {
		return steady
	}
	return name
}

func isZone(name string) bool {
	if name == "" || name == "Local" {
		return false
	}
	_, err := time.LoadLocation(name)
	return err == nil
}

// agrees says whether the clocks of a zone and of the place show the same, of now and of
// a generation on: asked in each month, for summer time lasts longer than one.
func (r *calendarReader) agrees(loc *time.Location) bool {
	if loc.String() == r.loc.String() {
		return true
	}
	for month := range 12 * 30 {
		at := time.Date(2020, time.Month(1+month), 15, 0, 0, 0, 0, time.UTC)
		_, theirs := at.In(loc).Zone()
		if _, ours := at.In(r.loc).Zone(); theirs != ours {
			return false
		}
	}
	return true
}

// steadyZone is a zone whose clocks are never changed, empty without one.
func steadyZone(seconds int) string {
	if hours := seconds / 3600; seconds%3600 == 0 && hours >= -12 && hours <= 14 {
		if hours == 0 {
			return "UTC"
		}
		return fmt.Sprintf("Etc/GMT%+d", -hours) // POSIX counts west
	}
	return map[int]string{
		12600: "Asia/Tehran", 16200: "Asia/Kabul", 19800: "Asia/Kolkata", 20700: "Asia/Kathmandu", 23400: "Asia/Yangon", 34200: "Australia/Darwin",
	}[seconds]
}

// windowsZones are names that Outlook and Exchange give zones, as Unicode CLDR
// (windowsZones.xml) has them: those of Asia, and the common ones of elsewhere.
var windowsZones = map[string]string{
	"SE Asia Standard Time": "Asia/Bangkok", "North Asia Standard Time": "Asia/Krasnoyarsk", "Singapore Standard Time": "Asia/Singapore",
	"China Standard Time": "Asia/Shanghai", "Taipei Standard Time": "Asia/Taipei", "Tokyo Standard Time": "Asia/Tokyo", "Korea Standard Time": "Asia/Seoul",
	"Ulaanbaatar Standard Time": "Asia/Ulaanbaatar", "Myanmar Standard Time": "Asia/Yangon", "India Standard Time": "Asia/Kolkata",
	"Nepal Standard Time": "Asia/Kathmandu", "Bangladesh Standard Time": "Asia/Dhaka", "Sri Lanka Standard Time": "Asia/Colombo", "Pakistan Standard Time": "Asia/Karachi",
	"West Asia Standard Time": "Asia/Tashkent", "Arabian Standard Time": "Asia/Dubai", "Arab Standard Time": "Asia/Riyadh", "Iran Standard Time": "Asia/Tehran",
	"Israel Standard Time": "Asia/Jerusalem", "Turkey Standard Time": "Europe/Istanbul", "Russian Standard Time": "Europe/Moscow",
	"W. Australia Standard Time": "Australia/Perth", "AUS Eastern Standard Time": "Australia/Sydney", "AUS Central Standard Time": "Australia/Darwin",
	"E. Australia Standard Time": "Australia/Brisbane", "New Zealand Standard Time": "Pacific/Auckland", "West Pacific Standard Time": "Pacific/Port_Moresby",
	"UTC": "UTC", "Coordinated Universal Time": "UTC", "GMT Standard Time": "Europe/London", "Greenwich Standard Time": "Atlantic/Reykjavik",
	"W. Europe Standard Time": "Europe/Berlin", "Romance Standard Time": "Europe/Paris", "Central Europe Standard Time": "Europe/Budapest",
	"Central European Standard Time": "Europe/Warsaw", "E. Europe Standard Time": "Europe/Chisinau", "FLE Standard Time": "Europe/Kiev", "GTB Standard Time": "Europe/Bucharest",
	"South Africa Standard Time": "Africa/Johannesburg", "Egypt Standard Time": "Africa/Cairo", "E. Africa Standard Time": "Africa/Nairobi",
	"Eastern Standard Time": "America/New_York", "Central Standard Time": "America/Chicago", "Mountain Standard Time": "America/Denver",
	"Pacific Standard Time": "America/Los_Angeles", "Hawaiian Standard Time": "Pacific/Honolulu", "E. South America Standard Time": "America/Sao_Paulo",
}
