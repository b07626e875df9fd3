package web

import (
	"strings"
	"time"

	"loalang/scheduler"
	"loalang/scheduler/calendar"
)

// feedSuffix ends the UIDs of the feeds of this system, behind the village's key.
const feedSuffix = ".loalang"

// feedUID names an occurrence in the feed of a village.
func feedUID(occurrence, village string) string { return occurrence + "@" + village + feedSuffix }

// fedBy is the key of the village whose feed an event comes from; false: it comes from
// somewhere else.
func fedBy(uid string) (string, bool) {
	rest, ours := strings.CutSuffix(uid, feedSuffix)
	at := strings.LastIndexByte(rest, '@')
	if !ours || at < 0 || at == len(rest)-1 {
		return "", false
	}
	return rest[at+1:], true
}

// ownPlan refuses what the village's own feed tells: it is on the plan already, and
// would air a second time.
func ownPlan(e CalendarEvent, village string) error {
	if key, fed := fedBy(e.UID); fed && key == village {
		return CalendarFault{Code: "own-plan"}
	}
	return nil
}

// FaultAt is why an event cannot be taken at an instant, in a place in loc: its Fault,
// or that it is over, or too far ahead. Nil: it can, as far as nothing of the village
// stands against it.
func (e CalendarEvent) FaultAt(now time.Time, loc *time.Location) error {
	if e.Fault != nil {
		return e.Fault
	}
	next := e.Rule.Next(e.countsFrom(now, loc), 1, loc)
	lasting := e.lasts() && e.Until.Compare(calendar.DateOf(now, loc)) >= 0
	far := scheduler.FarFuture(now)
	switch {
	case len(next) == 0 && !lasting:
		return CalendarFault{Code: "past"}
	case e.Rule.Start().In(loc).After(far), !lasting && e.Rule.Form().Pattern == nil && next[0].At.After(far):
		return scheduler.Invalid{{Field: "at", Code: scheduler.FaultFarFuture, Limit: far.UTC().Format(time.DateOnly)}}
	}
	return nil
}

// countsFrom is from when on the times of an event are ahead: those of whole days are
// all of today.
func (e CalendarEvent) countsFrom(now time.Time, loc *time.Location) time.Time {
	if !e.AllDay {
		return now
	}
	return calendar.At(calendar.DateOf(now, loc), 0, loc)
}

// lasts says whether the event is several whole days in a row, once.
func (e CalendarEvent) lasts() bool {
	return e.AllDay && !e.Until.IsZero() && e.Rule.Form().Pattern == nil
}

// CalendarFaultWords says in a language ("vi" or "en") why a file or an event cannot
// be taken, in one sentence.
func CalendarFaultWords(lang string, err error) string { return calendarFault(lang, err) }
