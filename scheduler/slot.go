package scheduler

import (
	"time"

	"loalang/scheduler/calendar"
)

// Slot is a daily window of broadcasting, such as 05:30 for 60 minutes. It has one
// turn on a civil day, to whatever time it is moved: what aired in it airs there no
// more on that day.
type Slot struct {
	Owned
	Name    string // "Buổi sáng"
	Start   TimeOfDay
	Length  time.Duration // what does not fit is moved, and told
	Days    Weekdays
	Opening string // recording that opens the slot; empty: none
	Closing string // recording that closes it; empty: none
	Relays  []SlotRelay
	// Seasons are stretches of the year in which it begins at another time; the first
	// that holds a day counts, at most maxSeasons.
	Seasons []Season
	// DaysOff are single days on which it is not held, or at another time, weekdays
	// and seasons notwithstanding; at most maxDaysOff.
	DaysOff []SlotDay
	// Limit is how much of it notices may take; 0: all of it.
	Limit time.Duration
}

// MonthDay is a day of every year, such as 15/10. 29/2 is the day after 28/2 in
// years that have none.
type MonthDay struct {
	Month time.Month
	Day   int
}

// Season is a stretch of every year, both ends included; one that ends before it
// begins goes over New Year.
type Season struct {
	From, To MonthDay
	Start    TimeOfDay // of the slot in it
}

// SlotDay is one day on which a slot is otherwise than usual.
type SlotDay struct {
	Date  Date
	Off   bool      // it is not held
	Start TimeOfDay // of the slot on that day, unless Off
}

// SlotRelay is a fixed position of a slot, at which a higher station is relayed or
// a recording sounds: exactly one of Station and Recording is set.
type SlotRelay struct {
	Station   string        // ID of a Station
	Recording string        // such as the hymn of the commune
	Offset    time.Duration // from Slot.Start
	Length    time.Duration // of a recording that of the recording, whatever is here
	Fallback  string        // recording that sounds while the station does not; empty: none
	Patience  time.Duration // silence of the station before that; 0: DefaultPatience
	// Keeps says that it stays at its time of day, Slot.Start and Offset, when a
	// season or a day moves the slot: a station's news are at 18:00 all the year.
	Keeps bool
}

// StartOn is when a slot begins on a civil day; false when it is not held then.
func (s Slot) StartOn(d Date) (TimeOfDay, bool) {
	for _, x := range s.DaysOff {
		if x.Date == d {
			return x.Start, !x.Off
		}
	}
	if !s.Days.Has(calendar.Date(d).Weekday()) {
		return 0, false
	}
	for _, season := range s.Seasons {
		if season.Holds(d) {
			return season.Start, true
		}
	}
	return s.Start, true
}

// Holds says whether a civil day lies in the season.
func (s Season) Holds(d Date) bool {
	day, from, to := MonthDay{d.Month, d.Day}.rank(), s.From.rank(), s.To.rank()
	if from <= to {
		return from <= day && day <= to
	}
	return day >= from || day <= to
}

func (d MonthDay) rank() int { return int(d.Month)*32 + d.Day }

// Valid says whether there is such a day, in leap years at least.
func (d MonthDay) Valid() bool { return calendar.Date{Year: 2000, Month: d.Month, Day: d.Day}.Valid() }
