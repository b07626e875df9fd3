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
	Spare        []Rendition // Vietnamese where the village does not list it and it may have to stand for one
}

// Asked are the renditions of the row that somebody was asked to record.
func (r CoverageRow) Asked() []Rendition {
	return slices.DeleteFunc(slices.Concat(r.Cells, r.Spare), func(c Rendition) bool { return c.State != Assigned })
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
	return !r.Waived
}

// Cover makes the coverage of a village from its announcements that may still
// air. With a to that is not zero it holds only what airs in [from, to), and Next
// is the first time on its day; else everything, and Next is the first from from
// on. The error says that the village's time zone is unknown.
func Cover(v Village, ds []Dossier, slots []Slot, from, to time.Time) (Coverage, error) {
	loc, err := v.Location()
	if err != nil {
		return Coverage{}, err
	}
	next, c := newAirings(slots, loc), Coverage{Village: v}
	if !to.IsZero() {
		next.floor, _ = DayOf(from, loc)
	}
	for _, d := range ds {
		row := CoverageRow{Announcement: d.Announcement, Next: next.of(d, from)}
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
		for _, r := range d.Renditions {
			if !slices.Contains(v.Languages, r.Language) && slices.Contains(v.Tongues(), r.Language) {
				row.Spare = append(row.Spare, r)
			}
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

// Wanting are the rows that air before an instant and lack a language.
func (c Coverage) Wanting(before time.Time) []CoverageRow {
	return slices.DeleteFunc(slices.Clone(c.Rows), func(r CoverageRow) bool {
		return r.Next.IsZero() || !r.Next.Before(before) || len(r.Lacking()) == 0
	})
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
