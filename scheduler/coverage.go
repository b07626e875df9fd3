package scheduler

import (
	"cmp"
	"slices"
	"time"

	"loalang/scheduler/calendar"
)

// Coverage is which announcements of a village lack which of its languages.
type Coverage struct {
	Village Village
	Rows    []CoverageRow // that of the next airing first; without one last, the newest first
}

// CoverageRow is one announcement in every language of its village.
type CoverageRow struct {
	Announcement Announcement
	Next         time.Time   // when it airs next by its schedules; zero: no schedule calls for it
	Cells        []Rendition // one for each language of the village, in its order; without an ID there is none yet
}

// Lacking are the languages in which a person must do something before the row's
// announcement can air.
func (r CoverageRow) Lacking() []Rendition {
	return slices.DeleteFunc(slices.Clone(r.Cells), func(c Rendition) bool { return !c.Lacking() })
}

// Lacking says whether a person must do something before r can air: it is not
// there, and not on its way by itself either.
func (r Rendition) Lacking() bool {
	switch r.State {
	case Ready:
		return false
	case Spoken, Recorded:
		return r.Fault != ""
	}
	return true
}

// Cover makes the coverage of a village from its announcements that may still
// air. With a to that is not zero it holds only what airs in [from, to), and Next
// is the first time in it; else everything, and Next is the first from from on.
// The error says that the village's time zone is unknown.
func Cover(v Village, ds []Dossier, slots []Slot, from, to time.Time) (Coverage, error) {
	loc, err := v.Location()
	if err != nil {
		return Coverage{}, err
	}
	var schedules []Schedule
	for _, d := range ds {
		schedules = append(schedules, d.Schedules...)
	}
	next := NextAir(schedules, slots, loc, from)
	c := Coverage{Village: v}
	for _, d := range ds {
		row := CoverageRow{Announcement: d.Announcement, Next: d.valid(next[d.Announcement.ID])}
		if !to.IsZero() && (row.Next.IsZero() || !row.Next.Before(to)) {
			continue
		}
		for _, language := range v.Languages {
			i := slices.IndexFunc(d.Renditions, func(r Rendition) bool { return r.Language == language })
			if i < 0 {
				row.Cells = append(row.Cells, Rendition{Announcement: d.Announcement.ID, Language: language, State: Missing})
				continue
			}
			row.Cells = append(row.Cells, d.Renditions[i])
		}
		c.Rows = append(c.Rows, row)
	}
	slices.SortStableFunc(c.Rows, func(x, y CoverageRow) int {
		if x.Next.IsZero() != y.Next.IsZero() {
			return cmp.Compare(y.Next.UnixMicro(), x.Next.UnixMicro()) // the zero time lies far back
		}
		return cmp.Or(x.Next.Compare(y.Next), y.Announcement.Created.Compare(x.Announcement.Created), cmp.Compare(x.Announcement.ID, y.Announcement.ID))
	})
	return c, nil
}

// valid is an airing that the announcement's validity allows; zero when it does
// not.
func (d Dossier) valid(at time.Time) time.Time {
	if until := d.Announcement.ValidUntil; !until.IsZero() && !at.Before(until) {
		return time.Time{}
	}
	return at
}

// Wanting are the rows that air before an instant and lack a language.
func (c Coverage) Wanting(before time.Time) []CoverageRow {
	return slices.DeleteFunc(slices.Clone(c.Rows), func(r CoverageRow) bool {
		return r.Next.IsZero() || !r.Next.Before(before) || len(r.Lacking()) == 0
	})
}

// nextAirDays is how many days ahead a slot of a schedule is looked for: weekly
// rules come round twice in it.
const nextAirDays = 15

// NextAir is when each announcement of schedules airs next from an instant on,
// as far as the schedules say; conflicts are the plan's business. What was due
// before and is within its grace still counts, and so does a slot that goes on.
func NextAir(schedules []Schedule, slots []Slot, loc *time.Location, from time.Time) map[string]time.Time {
	all := occasions(slots, loc, from, from.AddDate(0, 0, nextAirDays))
	next := make(map[string]time.Time, len(schedules))
	for _, s := range schedules {
		at := s.nextAir(all, from)
		if known := next[s.Announcement]; !at.IsZero() && (known.IsZero() || at.Before(known)) {
			next[s.Announcement] = at
		}
	}
	return next
}

// nextAir is the next instant of s; all are the occasions of the slots, in order.
func (s Schedule) nextAir(all []*occasion, from time.Time) time.Time {
	switch s.Kind {
	case Once, Now:
		if s.misfire().latest(s.At).Before(from) {
			return time.Time{}
		}
		return s.At
	case Slots:
		for _, oc := range all {
			if slices.Contains(s.Slots, oc.slot.ID) && s.onDate(oc.date) && oc.end.After(from) {
				return oc.start
			}
		}
	}
	return time.Time{}
}

const (
	// readingAhead is how long before an airing its recording should be there.
	readingAhead = time.Hour
	// readingLeast is the least time that a reader is given.
	readingLeast = 30 * time.Minute
	// readingUsual is the time for what no schedule calls for yet.
	readingUsual = 24 * time.Hour
)

// ProposeDue is until when a person should be asked to record what airs at
// next (zero: no schedule calls for it): an hour before, if that leaves the
// reader half an hour, else the airing itself.
func ProposeDue(next, now time.Time) time.Time {
	due := next.Add(-readingAhead)
	switch {
	case next.Before(now):
		return now.Add(readingUsual).Truncate(time.Minute)
	case due.Before(now.Add(readingLeast)):
		return next
	}
	return due
}

// Validate checks who is asked to record something, and until when. The error is
// an Invalid with the fields "reader" and "due", or nil.
func (a Assignment) Validate(now time.Time) error {
	var f faults
	f.text(field{name: "reader", text: a.Reader, limit: MaxTitle, required: true, words: true})
	if a.Due.IsZero() {
		f.add("due", FaultRequired, "")
	}
	f.instant("due", a.Due, now)
	return f.err()
}

// DayOf is the civil day of t in loc as instants, [from, to).
func DayOf(t time.Time, loc *time.Location) (from, to time.Time) {
	d := calendar.DateOf(t, loc)
	return calendar.At(d, 0, loc), calendar.At(d.AddDays(1), 0, loc)
}
