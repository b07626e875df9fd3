package calendar

import "time"

// reading is what the wall clocks of a place make of one civil time.
type reading struct {
	first, last time.Time // the instants at which they show it
	change      time.Time // where they skip it: the instant of the change
	shifted     time.Time // where they skip it: read with the offset before it
}

// At is the instant of an event at a civil time in loc. minute counts from
// local midnight, 0 to MinutesPerDay. A time that summer time skips is read
// with the offset before the change (02:30 sounds at 03:30); of a time that
// comes twice it is the first, as RFC 5545 has it.
func At(d Date, minute int, loc *time.Location) time.Time {
	r := read(d, minute, loc)
	if r.first.IsZero() {
		return r.shifted
	}
	return r.first
}

// From is the instant after which the clocks in loc stay past the civil time:
// the last of two, and the change itself where the time is skipped. A stretch
// from From to To never reads outside its civil bounds.
func From(d Date, minute int, loc *time.Location) time.Time {
	r := read(d, minute, loc)
	if r.first.IsZero() {
		return r.change
	}
	return r.last
}

// To is the first instant at which the clocks in loc have reached the civil
// time: the first of two, and the change itself where the time is skipped.
func To(d Date, minute int, loc *time.Location) time.Time {
	r := read(d, minute, loc)
	if r.first.IsZero() {
		return r.change
	}
	return r.first
}

// read finds the instants by trying every offset in force around the civil
// time. An instant counts when the clock really reads the civil time there.
func read(d Date, minute int, loc *time.Location) reading {
	guess := time.Date(d.Year, d.Month, d.Day, 0, minute, 0, 0, loc)
	if settled(guess) {
		return reading{first: guess, last: guess}
	}
	civil := time.Date(d.Year, d.Month, d.Day, 0, minute, 0, 0, time.UTC)
	var r reading
	for _, z := range zones(guess) {
		t := civil.Add(-z.offset).In(loc)
		if _, offset := t.Zone(); time.Duration(offset)*time.Second != z.offset {
			continue
		}
		if r.first.IsZero() || t.Before(r.first) {
			r.first = t
		}
		if t.After(r.last) {
			r.last = t
		}
	}
	if r.first.IsZero() {
		r.change, r.shifted = gap(civil, loc)
	}
	return r
}

// settled says whether no change of the clocks is near t. No zone ever changed
// its offset by more than a day.
func settled(t time.Time) bool {
	const near = 48 * time.Hour
	start, end := t.ZoneBounds()
	return (start.IsZero() || t.Sub(start) > near) && (end.IsZero() || end.Sub(t) > near)
}

// zone is a stretch of unchanging offset.
type zone struct {
	offset     time.Duration
	start, end time.Time // zero where it is unbounded
}

// zones lists the stretches around t, oldest first: the one before, its own,
// the one after.
func zones(t time.Time) []zone {
	own := zoneAt(t)
	list := make([]zone, 0, 3)
	if !own.start.IsZero() {
		list = append(list, zoneAt(own.start.Add(-1)))
	}
	list = append(list, own)
	if !own.end.IsZero() {
		list = append(list, zoneAt(own.end))
	}
	return list
}

func zoneAt(t time.Time) zone {
	_, offset := t.Zone()
	start, end := t.ZoneBounds()
	return zone{offset: time.Duration(offset) * time.Second, start: start, end: end}
}

// gap finds the change that skips a civil time: before it the clocks have not
// reached the time, from it on they are past it.
func gap(civil time.Time, loc *time.Location) (change, shifted time.Time) {
	around := zones(civil.In(loc))
	for i := 1; i < len(around); i++ {
		at := around[i].start
		if !at.Add(around[i-1].offset).After(civil) && at.Add(around[i].offset).After(civil) {
			return at, civil.Add(-around[i-1].offset).In(loc)
		}
	}
	t := civil.In(loc) // no zone of the IANA data comes here
	return t, t
}
