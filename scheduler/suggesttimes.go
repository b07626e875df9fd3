package scheduler

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"loalang/scheduler/calendar"
)

// later lets it wait for what holds the output.
func (a *adviser) later(s Schedule) error {
	if s.misfire().Policy == PlayLate && s.misfire().Grace >= tryGrace {
		return nil
	}
	a.trials = 0
	s.Misfire = Misfire{Policy: PlayLate, Grace: tryGrace}
	at, ok, err := a.try(s)
	if ok {
		a.found = append(a.found, Suggestion{Way: WayLater, Schedule: s, At: at})
	}
	return err
}

// instants looks for the nearest free instant before the promised one and the nearest
// behind it, and at the same time of the days that follow. Of a rule it moves this one time, and where more
// of its times are omitted, all of them.
func (a *adviser) instants(s Schedule) error {
	nominal := a.om.Occurrence.Nominal
	a.trials = 0
	taken := map[bool]bool{} // whether one before, and one behind, is found
	for _, at := range a.around(nominal) {
		if taken[at.Before(nominal)] || !a.free(at) {
			continue
		}
		moved, way, possible := a.moved(s, at)
		if !possible {
			continue
		}
		due, ok, err := a.try(moved)
		if err != nil {
			return err
		}
		if !ok || !due.Equal(at) {
			continue
		}
		if len(taken) == 0 {
			if err := a.always(s, at); err != nil {
				return err
			}
		}
		a.found = append(a.found, Suggestion{Way: way, Schedule: moved, At: due})
		taken[at.Before(nominal)] = true
	}
	return nil
}

// around are the instants worth a trial, the likeliest first. Minutes of a day that
// are spent are no more at another hour of it.
func (a *adviser) around(nominal time.Time) (times []time.Time) {
	code := a.om.Reason.Code
	if next := a.om.Reason.Until; !next.IsZero() {
		times = append(times, next)
	}
	if code != ReasonDayBudget && code != ReasonDayTimes {
		for d := tryEvery; d <= tryAround; d += tryEvery {
			times = append(times, nominal.Add(-d), nominal.Add(d))
		}
	}
	for day := 1; day <= mostDays; day++ {
		times = append(times, nominal.In(a.loc).AddDate(0, 0, day).UTC())
	}
	if code == ReasonNotYetValid {
		times = slices.DeleteFunc(times, func(at time.Time) bool { return at.Before(a.om.Reason.Until) })
	}
	return times
}

// moved is a schedule with the promise in question at another instant; false when its
// rule cannot be changed so.
func (a *adviser) moved(s Schedule, at time.Time) (Schedule, Way, bool) {
	if s.Kind == Once {
		s.At = at.UTC()
		return s, WayAt, true
	}
	was, is := calendar.CivilOf(a.om.Occurrence.Nominal, a.loc), calendar.CivilOf(at, a.loc)
	out, err := s.LeaveOut(Date(was.Date), was.Second, a.now, a.loc)
	if err != nil {
		return s, "", false
	}
	in, err := out.Include(Date(is.Date), is.Second, a.now, a.loc)
	return in, WayThatDay, err == nil
}

// startTime is the time of day of a rule that names it by its start.
var startTime = regexp.MustCompile(`(?m)^(DTSTART[^:\n]*:\d{8}T)\d{6}$`)

// always moves every time of a rule to the time of day of an instant, if more than
// one of them is omitted.
func (a *adviser) always(s Schedule, at time.Time) error {
	missed := 0
	for _, om := range a.base.Omissions {
		if om.Occurrence.Schedule == s.ID && om.Reason.Code == a.om.Reason.Code {
			missed++
		}
	}
	if s.Kind != Recurring || missed < 2 || strings.Contains(s.Rule, "BYHOUR") || strings.Contains(s.Rule, "BYMINUTE") || !startTime.MatchString(s.Rule) {
		return nil
	}
	plain := slices.DeleteFunc(strings.Split(s.Rule, "\n"), func(line string) bool {
		return strings.HasPrefix(line, "EXDATE") || strings.HasPrefix(line, "RDATE")
	})
	text := startTime.ReplaceAllString(strings.Join(plain, "\n"), "${1}"+at.In(a.loc).Format("150405"))
	other, err := s.WithRule(text, a.now, a.loc)
	if err != nil {
		return nil //nolint:nilerr // a rule that cannot come at that time is no way out
	}
	if other, err = s.Carry(other, a.now, a.loc); err != nil {
		return nil //nolint:nilerr // too many single days are no way out either
	}
	first, ok, err := a.try(other)
	if ok {
		a.found = append(a.found, Suggestion{Way: WayTimes, Schedule: other, At: first})
	}
	return err
}

// free says whether neither the plan nor the hours stand in the way at an instant: a
// trial is worth its plan only then.
func (a *adviser) free(at time.Time) bool {
	if !at.After(a.now.Add(a.book.Frame.Lead)) || !at.Before(a.base.To) || a.om.Occurrence.Length <= 0 {
		return false
	}
	if _, allowed, err := a.book.Village.Allows(at, a.om.Occurrence.Length, Subject{a.om.Occurrence.Announcement, a.om.Occurrence.Slot}); err != nil || !allowed {
		return false
	}
	gap, end := a.book.Frame.Gap, at.Add(a.om.Occurrence.Length)
	i, _ := slices.BinarySearchFunc(a.base.Occurrences, at.Add(-MaxSlot), func(o Occurrence, t time.Time) int { return o.Due.Compare(t) })
	for _, o := range a.base.Occurrences[i:] {
		if !o.Due.Before(end.Add(gap)) {
			return true
		}
		if o.End().Add(gap).After(at) {
			return false
		}
	}
	return true
}

// shorter says how long the longest voice may be at an exact time.
func (a *adviser) shorter(Schedule) error {
	longest, there := a.longestVoice()
	if !there {
		return nil
	}
	fits := func(length time.Duration) (bool, error) {
		a.trials = 0 // a search by halves ends by itself
		p, ok, err := a.changed(func(b *Book) { *b = withVoice(*b, a.om.Occurrence.Announcement, longest.Language, length) })
		return ok && a.airs(p), err
	}
	if ok, err := fits(leastVoice); !ok || err != nil {
		return err
	}
	least, most := leastVoice, longest.Length
	for most-least > time.Second {
		middle := (least + (most-least)/2).Truncate(time.Second)
		ok, err := fits(middle)
		if err != nil {
			return err
		}
		if ok {
			least = middle
		} else {
			most = middle
		}
	}
	a.found = append(a.found, Suggestion{Way: WayShorten, At: a.om.Occurrence.Nominal, Longest: least, Language: longest.Language})
	return nil
}

// longestVoice is the longest of the voices of what is omitted.
func (a *adviser) longestVoice() (longest Part, there bool) {
	for _, p := range a.om.Occurrence.Parts {
		if p.Kind == PartVoice && p.Length > longest.Length {
			longest, there = p, true
		}
	}
	return longest, there
}
