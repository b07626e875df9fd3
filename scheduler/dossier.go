package scheduler

import (
	"slices"
	"time"

	"loalang/scheduler/calendar"
)

// Dossier is an Announcement with everything that belongs to it.
type Dossier struct {
	Announcement Announcement
	Renditions   []Rendition // in the village's order of languages
	Schedules    []Schedule  // living ones, oldest first
	Turns        []string    // IDs of its occurrences of late that had their turn, where they are asked for
}

// MayAir says whether anything of d may still begin to sound at now or later:
// it was not taken back, is not past its validity, and a schedule may still call
// for it, or none was made yet. done names the schedules of one instant whose
// occurrence has had its outcome. Civil days are read in loc, the village's zone.
func (d Dossier) MayAir(now time.Time, loc *time.Location, done map[string]bool) bool {
	a := d.Announcement
	if !a.Deleted.IsZero() || !a.Withdrawn.IsZero() || !a.ValidUntil.IsZero() && !a.ValidUntil.After(now) {
		return false
	}
	return len(d.Schedules) == 0 || slices.ContainsFunc(d.Schedules, func(s Schedule) bool { return !s.over(now, loc) && (!done[s.ID] || s.repeats()) })
}

// over says whether every instant of s has passed, with its grace.
func (s Schedule) over(now time.Time, loc *time.Location) bool {
	switch s.Kind {
	case Once, Now:
		return s.misfire().latest(s.At).Before(now)
	case Slots, Recurring:
		return s.Until != Date{} && calendar.Date(s.Until).Compare(calendar.DateOf(now, loc)) < 0
	}
	return false // a kind of a later version
}

// Retold are the renditions of d once its text is another, each as Retell says:
// old is what the text was, and read makes of the new one what a voice reads in a
// language.
func (d Dossier) Retold(old string, read func(language string) string) []Rendition {
	rs := slices.Clone(d.Renditions)
	for i := range rs {
		rs[i] = rs[i].Retell(Wording(old), Wording(d.Announcement.Text), read)
	}
	return rs
}
