package scheduler

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"loalang/scheduler/calendar"
)

// Bounds of the rules of a place.
const (
	MaxHoliday  = 31  // days of one holiday
	MaxRules    = 100 // entries of one kind of rule
	MaxOwnHours = 2   // stretches of a holiday with its own hours
	maxMourning = 366 // days of one mourning
	maxTimes    = 100 // broadcasts a day
)

// rules checks what a village rules besides its hours.
func (f *faults) rules(r Rules) {
	f.text(field{name: "model", text: r.Model, limit: MaxTitle})
	for name, n := range map[string]int{"quiet": len(r.Quiet), "limits": len(r.Limits), "holidays": len(r.Holidays), "mourning": len(r.Mourning), "volumes": len(r.Volumes)} {
		if n > MaxRules {
			f.add(name, FaultManyRules, strconv.Itoa(MaxRules))
		}
	}
	f.stretches("quiet", r.Quiet)
	for i, l := range r.Limits {
		f.limit(entry("limits", i), l)
	}
	for i, h := range r.Holidays {
		f.holiday(entry("holidays", i), h)
	}
	for i, m := range r.Mourning {
		f.mourning(entry("mourning", i), m)
	}
	f.volumes(r.Volumes)
	for _, m := range r.Music {
		if !slices.Contains(Musics(), m) {
			f.add("music", FaultUnknown, string(m))
		}
	}
}

// stretches checks windows one by one.
func (f *faults) stretches(list string, all []Window) {
	for i, w := range all {
		if w.From < 0 || w.To > endOfDay || w.Days > everyDay {
			f.add(entry(list, i), FaultRange, "00:00–24:00")
		} else if w.From >= w.To {
			f.add(entry(list, i), FaultOrder, "")
		}
	}
}

func (f *faults) limit(name string, l Limit) {
	const day = calendar.MinutesPerDay * time.Minute
	switch {
	case l.Days > everyDay, l.Broadcast < 0, l.Day < 0, l.Times < 0, l.Broadcast > day, l.Day > day, l.Times > maxTimes:
		f.add(name, FaultRange, "0–"+strconv.Itoa(calendar.MinutesPerDay))
	case l.Broadcast == 0 && l.Day == 0 && l.Times == 0:
		f.add(name, FaultRequired, "")
	case l.Broadcast > 0 && l.Day > 0 && l.Broadcast > l.Day:
		f.add(name, FaultDayBelow, "")
	}
}

func (f *faults) holiday(name string, h Holiday) {
	f.text(field{name: name, text: h.Name, limit: MaxTitle, required: true, words: true})
	longest := 31
	switch h.Calendar {
	case "", Solar:
		if !h.everComes() {
			longest = 0
		}
	case Lunar:
		longest = 30
	default:
		f.add(name, FaultUnknown, string(h.Calendar))
	}
	if h.Month < 1 || h.Month > 12 || h.Day < 1 || h.Day > longest || h.Year != 0 && (h.Year < firstLunarYear || h.Year > lastLunarYear) {
		f.add(name, FaultDate, strconv.Itoa(h.Day)+"/"+strconv.Itoa(h.Month)+yearText(h.Year))
	}
	if h.Length < 0 || h.Length > MaxHoliday {
		f.add(name, FaultRange, "1–"+strconv.Itoa(MaxHoliday))
	}
	switch h.rule() {
	case AsSunday, NoSound:
	case OwnHours:
		if len(h.Hours) == 0 {
			f.add(name, FaultRequired, "")
		} else if len(h.Hours) > MaxOwnHours {
			f.add(name, FaultManyRules, strconv.Itoa(MaxOwnHours))
		}
		before := len(*f)
		f.stretches(name, h.Hours)
		for i := range (*f)[before:] {
			(*f)[before+i].Field = name
		}
	default:
		f.add(name, FaultUnknown, string(h.Rule))
	}
}

// everComes says whether there is such a day in its year, or in a leap year.
func (h Holiday) everComes() bool {
	year := h.Year
	if year == 0 {
		year = 2028
	}
	return calendar.Date{Year: year, Month: time.Month(h.Month), Day: h.Day}.Valid()
}

// firstLunarYear and lastLunarYear are those of which the lunar days are known.
const firstLunarYear, lastLunarYear = calendar.FirstLunarYear, calendar.LastLunarYear

func yearText(year int) string {
	if year == 0 {
		return ""
	}
	return "/" + strconv.Itoa(year)
}

func (f *faults) mourning(name string, m Mourning) {
	f.text(field{name: name, text: m.Name, limit: MaxTitle, required: true, words: true})
	from, until := calendar.Date(m.From), calendar.Date(m.Until)
	switch {
	case !from.Valid() || !until.Valid():
		f.add(name, FaultDate, "")
	case until.Compare(from) < 0:
		f.add(name, FaultOrder, "")
	case until.Compare(from.AddDays(maxMourning)) > 0:
		f.add(name, FaultRange, "1–"+strconv.Itoa(maxMourning))
	}
}

// Validate checks an exception as somebody asks for it. The error is an Invalid,
// or nil.
func (e Exception) Validate(now time.Time) error {
	var f faults
	f.text(field{name: "reason", text: e.Reason, limit: MaxText / 10, required: true, lines: true, words: true})
	if n := len(strings.Fields(e.Reason)); n > 0 && n < leastWords {
		f.add("reason", FaultFewWords, strconv.Itoa(leastWords))
	}
	if e.From.IsZero() {
		f.add("from", FaultRequired, "")
	}
	if e.To.IsZero() {
		f.add("to", FaultRequired, "")
	}
	f.instant("to", e.To, now)
	switch {
	case e.From.IsZero() || e.To.IsZero():
	case !e.From.Before(e.To):
		f.add("to", FaultOrder, "")
	case e.To.Sub(e.From) > MaxException:
		f.add("to", FaultRange, strconv.Itoa(int(MaxException/(24*time.Hour))))
	}
	if len(e.Rules) == 0 {
		f.add("rules", FaultRequired, "")
	}
	for i, l := range e.Rules {
		if !slices.Contains(LiftsThere(), l) || slices.Contains(e.Rules[:i], l) {
			f.add("rules", FaultUnknown, string(l))
		}
	}
	return f.err()
}

// CheckAnswer checks what somebody says who approves or refuses an exception: a
// refusal says why. The error is an Invalid, or nil.
func CheckAnswer(approve bool, answer string) error {
	var f faults
	f.text(field{name: "answer", text: answer, limit: MaxTitle, required: !approve, words: true})
	return f.err()
}
