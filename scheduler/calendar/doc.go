// Package calendar is civil time: dates without a zone, and the instants at
// which a clock on the wall of a place reads a given date and time of day, also
// where summer time skips or repeats an hour.
//
// It is pure: it knows neither the current time nor what a schedule is, and it
// starts no goroutine. Zones come from the caller. The rules for skipped and
// repeated times follow RFC 5545 section 3.3.5.
package calendar
