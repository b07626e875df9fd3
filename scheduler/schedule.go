package scheduler

import (
	"fmt"
	"time"
)

// TimeOfDay is a civil time of day in minutes after local midnight, 0..1440.
// 1440 is the end of the day and is legal only as the end of a Window.
type TimeOfDay int

// String prints "05:30".
func (t TimeOfDay) String() string {
	if t < 0 || t > 99*60+59 {
		return fmt.Sprintf("%02d:%02d", int(t)/60, int(t)%60)
	}
	h, m := byte(t/60), byte(t%60)
	return string([]byte{'0' + h/10, '0' + h%10, ':', '0' + m/10, '0' + m%10})
}

// Weekdays is a set of weekdays; bit 1<<time.Sunday is Sunday. Zero means
// every day.
type Weekdays uint8

// Has reports whether the set holds d; the zero set holds every day.
func (w Weekdays) Has(d time.Weekday) bool { return w == 0 || w&(1<<d) != 0 }

// Date is a civil date without a zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// Window is a stretch of the day in which sound is allowed. From < To; a
// stretch over midnight is two windows.
type Window struct {
	From, To TimeOfDay
	Days     Weekdays
}

// DefaultPatience is how long a relayed station may be lost or silent before
// its fallback sounds.
const DefaultPatience = 5 * time.Second

// Station is a higher station that may be relayed: only those that are listed
// here are.
type Station struct {
	Owned
	Name string // "Đài Tiếng nói Việt Nam, VOV1"
	// URL is an http or https address of a stream or a playlist. Empty: Input is set.
	URL string
	// Input is the ALSA name of a line input, a tuner's. Empty: URL is set.
	Input string
}

// Kind says how a Schedule names its instants.
type Kind string

// The kinds of Schedule.
const (
	Once      Kind = "once"      // at one exact instant
	Now       Kind = "now"       // as soon as the output can; each press makes a Schedule
	Slots     Kind = "slots"     // in the named slots, from day to day
	Recurring Kind = "recurring" // by a Rule: at its times, or in the named slots on its days
)

// Schedule says when an Announcement airs.
type Schedule struct {
	Owned
	Announcement string // ID
	Kind         Kind
	At           time.Time // Once: the instant. Now: when the button was pressed
	Slots        []string  // Slots and Recurring: IDs of slots; the announcement airs PerSlot times in each
	Days         Weekdays  // Slots: on which weekdays
	// From and Until are the first and last civil day of Slots, inclusive; zero:
	// open. Of Recurring, Until is the last day of a Rule that ends, as Recur found it.
	From, Until Date
	// PerSlot is how often it airs in each slot, 1..MaxPerSlot; 0: once. PerDay is how
	// often at most on one civil day, up to MaxPerDay; 0: in every slot.
	PerSlot, PerDay int
	// Rule is the canonical text of the calendar.Rule of Recurring. With Slots it
	// says the days and its times of day do not matter; without, it says exact civil
	// times in the village's zone. Empty of other kinds.
	Rule string
	// Since is from when on the Rule promises anything: when it was made or last
	// changed. An exception leaves it as it is. Zero of other kinds.
	Since       time.Time
	Misfire     Misfire
	Interrupted Resumption // empty: Resume
	CreatedBy   string
}

// Policy says what becomes of an Occurrence whose instant has passed.
type Policy string

// The policies of a Misfire.
const (
	Skip     Policy = "skip"     // never late
	PlayLate Policy = "late"     // within the grace, from the start
	Coalesce Policy = "coalesce" // within the grace, and of several missed ones only the newest
)

// Misfire is the rule for an Occurrence whose instant has passed.
type Misfire struct {
	Policy Policy
	Grace  time.Duration // how late is still worth hearing
}
