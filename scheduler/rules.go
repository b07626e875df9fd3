package scheduler

import (
	"slices"
	"time"

	"loalang/scheduler/calendar"
)

// Rules are what a village lays down for its loudspeakers besides the hours in
// which sound is allowed. The zero value rules nothing. ClassEmergency is exempt
// from all of it.
type Rules struct {
	// Model names the rules that these were made from, as people are shown it; empty:
	// they were written here. It changes nothing.
	Model    string
	Quiet    []Window // stretches in which nothing sounds although the hours allow it
	Limits   []Limit  // of several on one day the strictest holds
	Holidays []Holiday
	Mourning []Mourning
	Volumes  []VolumeRule // of several the softest holds
	// FreeRelays says that what is relayed of a higher station is not counted by the
	// Limits and not held to them.
	FreeRelays bool
	// Music is what is silent on days of mourning; empty: DefaultMusic. Voices,
	// and the chime that announces them, are no music.
	Music []Music
}

// Ruled says whether the village rules anything: hours, or any of its Rules.
func (v Village) Ruled() bool {
	r := v.Rules
	return len(v.Allowed)+len(r.Quiet)+len(r.Limits)+len(r.Holidays)+len(r.Mourning) > 0
}

// Limit is how much may be broadcast on days of the week. A broadcast is what
// sounds in one slot on one day, its opening and closing included; what has an
// exact time outside the slots is a broadcast of its own.
type Limit struct {
	Days      Weekdays      // zero: every day
	Broadcast time.Duration // of sound in one broadcast; 0: no limit
	Day       time.Duration // of sound in one civil day; 0: no limit
	Times     int           // broadcasts a day; 0: no limit
}

// HolidayCalendar says by which calendar a holiday falls.
type HolidayCalendar string

// The calendars of a Holiday.
const (
	Solar HolidayCalendar = "solar"
	Lunar HolidayCalendar = "lunar" // the Vietnamese one
)

// HolidayRule says what holds on a holiday.
type HolidayRule string

// The rules of a Holiday.
const (
	AsSunday HolidayRule = "sunday" // hours, quiet stretches and limits of a Sunday
	OwnHours HolidayRule = "hours"  // its own hours, no quiet stretches, the limits of its weekday
	NoSound  HolidayRule = "silent" // nothing sounds
)

// Holiday is one or more days on which other hours hold.
type Holiday struct {
	Name     string
	Calendar HolidayCalendar // empty: Solar
	// Year is that of a holiday that comes once; 0: it comes every year. Of a lunar
	// one it is the lunar year, named after the solar year in which it begins.
	Year       int
	Month, Day int
	// Length is how many days it takes, 1..MaxHoliday; 0 is read as 1.
	Length int
	Rule   HolidayRule // empty: AsSunday
	Hours  []Window    // of OwnHours; their Days do not count
}

// Mourning is a time without music, from the first to the last civil day.
type Mourning struct {
	Name        string // "Quốc tang"
	From, Until Date   // inclusive
}

// Music is what is silent on days of mourning.
type Music string

// The kinds of Music.
const (
	MusicBed    Music = "bed"    // music under the voices; these air without it
	MusicJingle Music = "jingle" // what opens and closes a slot
	MusicRelay  Music = "relay"  // a station that is relayed: nobody knows what it plays
)

// Musics lists every Music.
func Musics() []Music { return []Music{MusicBed, MusicJingle, MusicRelay} }

// DefaultMusic is what mourning silences where a village does not say: what a
// higher station plays in such days it answers for itself.
func DefaultMusic() []Music { return []Music{MusicBed, MusicJingle} }

// Silences says whether a kind of music is silent on days of mourning.
func (r Rules) Silences(m Music) bool {
	music := r.Music
	if len(music) == 0 {
		music = DefaultMusic()
	}
	return slices.Contains(music, m)
}

// limit is the strictest of what is laid down for a weekday.
func (r Rules) limit(day time.Weekday) (all Limit) {
	for _, l := range r.Limits {
		if !l.Days.Has(day) {
			continue
		}
		all.Broadcast = strictest(all.Broadcast, l.Broadcast)
		all.Day = strictest(all.Day, l.Day)
		all.Times = strictest(all.Times, l.Times)
	}
	return all
}

// strictest is the lower of two limits, of which 0 is none.
func strictest[T int | time.Duration](a, b T) T {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// rule is what holds on a holiday; empty on a day that is none.
func (h *Holiday) rule() HolidayRule {
	if h != nil && h.Rule == "" {
		return AsSunday
	}
	if h == nil {
		return ""
	}
	return h.Rule
}

// days is how many days it takes.
func (h Holiday) days() int { return max(h.Length, 1) }

// begins is the first day of the holiday that begins in a year of its calendar;
// false when it does not come then, such as 29 February.
func (h Holiday) begins(year int) (calendar.Date, bool) {
	if h.Year != 0 && h.Year != year {
		return calendar.Date{}, false
	}
	if h.Calendar == Lunar {
		return lunarDay(year, h.Month, h.Day)
	}
	d := calendar.Date{Year: year, Month: time.Month(h.Month), Day: h.Day}
	return d, d.Valid()
}

// holidays are those of the civil days from first to last. Where two meet, the
// stricter holds: silence, then own hours.
func (r Rules) holidays(first, last calendar.Date) map[calendar.Date]Holiday {
	if len(r.Holidays) == 0 {
		return nil
	}
	all := map[calendar.Date]Holiday{}
	for _, h := range r.Holidays {
		// A lunar year begins and ends in the next solar one.
		for year := first.Year - 1; year <= last.Year; year++ {
			d, comes := h.begins(year)
			if !comes {
				continue
			}
			for range h.days() {
				known, met := all[d]
				if d.Compare(first) >= 0 && d.Compare(last) <= 0 && (!met || strictness(h.rule()) > strictness(known.rule())) {
					all[d] = h
				}
				d = d.AddDays(1)
			}
		}
	}
	return all
}

func strictness(r HolidayRule) int {
	return slices.Index([]HolidayRule{AsSunday, OwnHours, NoSound}, r)
}

// mourns are the stretches of mourning, merged, in order of time.
func (r Rules) mourns(loc *time.Location) []span {
	var all []span
	for _, m := range r.Mourning {
		all = append(all, span{calendar.At(calendar.Date(m.From), 0, loc), calendar.At(calendar.Date(m.Until).AddDays(1), 0, loc)})
	}
	return merge(all)
}
