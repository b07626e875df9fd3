package scheduler

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Way is a way out for something that will not air as it was promised.
type Way string

// The ways.
const (
	WayAt      Way = "at"      // at another instant
	WaySlot    Way = "slot"    // in another slot
	WayLater   Way = "later"   // a little later, behind what holds the output
	WayShorten Way = "shorten" // shorter
	WayValid   Way = "valid"   // with a later end of its validity

	// Ways on which somebody else must go a step; these cannot be tried.
	WayException Way = "exception" // with an exception from the rule of the place
	WayApprove   Way = "approve"   // once it is approved
	WayRecord    Way = "record"    // once a rendition is ready
)

// Suggestion is one way out. But for what only another person can do it was tried on
// a plan: with it the occurrence airs, and nothing else is lost by it.
type Suggestion struct {
	Way      Way
	Schedule Schedule      // as it would be; of WayAt, WaySlot and WayLater
	At       time.Time     // when it would air first
	Slot     string        // WaySlot: ID of it
	Longest  time.Duration // WayShorten: of the voice in Language, in whole seconds
	Language string        // WayShorten
	Until    time.Time     // WayValid: the earliest end that will do
}

// Bounds of a search: each trial costs a plan.
const (
	mostSuggestions = 4
	mostTrials      = 8               // of each way
	tryEvery        = 5 * time.Minute // people say times in such steps
	tryAround       = 3 * time.Hour
	tryGrace        = 30 * time.Minute
)

// adviser looks for ways out of one omission.
type adviser struct {
	now     time.Time
	horizon time.Duration
	book    Book
	base    Plan
	om      Omission
	trials  int
	found   []Suggestion
}

// Suggest looks for ways in which an occurrence that the plan of [now, now+horizon)
// omits would air: at most four, the least change first, and last what only
// another person can do. None when the plan
// does not omit it, or nothing that its author may change would help. It is pure and
// costs some twenty plans at most, and thirty more where the length of a voice is sought. The
// error is that of BuildPlan.
func Suggest(now time.Time, horizon time.Duration, book Book, occurrence string) ([]Suggestion, error) {
	base, err := BuildPlan(now, horizon, book)
	if err != nil {
		return nil, fmt.Errorf("plan before suggesting: %w", err)
	}
	i := slices.IndexFunc(base.Omissions, func(om Omission) bool { return om.Occurrence.ID == occurrence })
	if i < 0 {
		return nil, nil
	}
	a := &adviser{now: now, horizon: horizon, book: book, base: base, om: base.Omissions[i]}
	if err := a.search(); err != nil {
		return nil, err
	}
	if way := asking(a.om.Reason); way != "" {
		a.found = append(a.found[:min(len(a.found), mostSuggestions-1)], Suggestion{Way: way})
	}
	return a.found[:min(len(a.found), mostSuggestions)], nil
}

// asking is the way on which somebody else may help against a reason: who approves,
// who records. Empty when nobody can.
func asking(r Reason) Way {
	switch r.Code {
	case ReasonOutsideHours, ReasonQuiet, ReasonHoliday, ReasonMourning, ReasonSlotBudget, ReasonDayBudget, ReasonDayTimes:
		return WayException
	case ReasonNotApproved, ReasonReturned:
		return WayApprove
	case ReasonNotReady:
		return WayRecord
	}
	return ""
}

// search asks what may help against the reason.
func (a *adviser) search() error {
	s, there := a.schedule()
	if !there {
		return nil
	}
	switch code := a.om.Reason.Code; {
	case code == ReasonExpired:
		return a.longer()
	case code == ReasonWithdrawn, code == ReasonNotReady, code == ReasonNotApproved, code == ReasonReturned:
		return nil // not a matter of time
	case s.Kind == Once:
		if code == ReasonOverlap {
			if err := a.later(s); err != nil {
				return err
			}
		}
		if err := a.instants(s); err != nil {
			return err
		}
		return a.slots(s)
	case s.bySlot():
		if ForWantOfRoom(code) {
			if err := a.shorter(); err != nil {
				return err
			}
		}
		return a.slots(s)
	}
	return nil
}

func (a *adviser) schedule() (Schedule, bool) {
	i := slices.IndexFunc(a.book.Schedules, func(s Schedule) bool { return s.ID == a.om.Occurrence.Schedule })
	if i < 0 {
		return Schedule{}, false
	}
	return a.book.Schedules[i], true
}

// try says when the announcement first airs by another schedule; false when it does
// not or something else is lost by it.
func (a *adviser) try(s Schedule, change func(*Book)) (time.Time, bool, error) {
	if a.trials++; a.trials > mostTrials {
		return time.Time{}, false, nil
	}
	book := a.book.copied()
	for i := range book.Schedules {
		if book.Schedules[i].ID == s.ID {
			book.Schedules[i] = s
		}
	}
	if change != nil {
		change(&book)
	}
	p, err := BuildPlan(a.now, a.horizon, book)
	if err != nil {
		return time.Time{}, false, fmt.Errorf("try a suggestion: %w", err)
	}
	for _, d := range Compare(a.base, p) {
		if d.Turn == Lost && d.Occurrence.Announcement != a.om.Occurrence.Announcement {
			return time.Time{}, false, nil
		}
	}
	for _, o := range p.Occurrences { // by Due
		if o.Schedule == s.ID && !o.Due.Before(earlier(a.om.Occurrence.Nominal, s.At)) {
			return o.Due, true, nil
		}
	}
	return time.Time{}, false, nil
}

// later lets it wait for what holds the output.
func (a *adviser) later(s Schedule) error {
	if s.misfire().Policy == PlayLate && s.misfire().Grace >= tryGrace {
		return nil
	}
	s.Misfire = Misfire{Policy: PlayLate, Grace: tryGrace}
	at, ok, err := a.try(s, nil)
	if ok {
		a.found = append(a.found, Suggestion{Way: WayLater, Schedule: s, At: at})
	}
	return err
}

// instants looks for the nearest free instants around the promised one, and at the
// same time of the next day.
func (a *adviser) instants(s Schedule) error {
	var times []time.Time
	for d := tryEvery; d <= tryAround; d += tryEvery {
		times = append(times, s.At.Add(-d), s.At.Add(d))
	}
	if loc, err := a.book.Village.Location(); err == nil {
		times = append(times, s.At.In(loc).AddDate(0, 0, 1).UTC())
	}
	if next := a.om.Reason.Until; !next.IsZero() {
		times = slices.Insert(times, 0, next)
	}
	a.trials = 0
	sooner, found := false, 0
	for _, at := range times {
		if found == 2 || sooner && at.Before(s.At) || !a.free(at) {
			continue
		}
		moved := s
		moved.At = at.UTC()
		due, ok, err := a.try(moved, nil)
		if err != nil {
			return err
		}
		if ok && due.Equal(moved.At) {
			a.found = append(a.found, Suggestion{Way: WayAt, Schedule: moved, At: due})
			sooner = sooner || at.Before(s.At)
			found++
		}
	}
	return nil
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

// slots looks for another slot with room, the soonest first.
func (a *adviser) slots(s Schedule) error {
	a.trials = 0
	var options []Suggestion
	for _, slot := range a.book.Slots {
		if !slot.Deleted.IsZero() || slices.Contains(s.Slots, slot.ID) {
			continue
		}
		other := s
		if other.Misfire = (Misfire{}); s.Kind == Once {
			other.Kind, other.At = Slots, time.Time{}
		}
		other.Slots = []string{slot.ID}
		if s.bySlot() {
			other.Slots = append(slices.DeleteFunc(slices.Clone(s.Slots), func(id string) bool { return id == a.om.Occurrence.Slot }), slot.ID)
		}
		at, ok, err := a.try(other, nil)
		if err != nil {
			return err
		}
		if ok {
			options = append(options, Suggestion{Way: WaySlot, Schedule: other, At: at, Slot: slot.ID})
		}
	}
	slices.SortFunc(options, func(x, y Suggestion) int { return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.Slot, y.Slot)) })
	a.found = append(a.found, options[:min(len(options), 2)]...)
	return nil
}

// shorter says how long the longest voice may be.
func (a *adviser) shorter() error {
	parts := slices.DeleteFunc(slices.Clone(a.om.Occurrence.Parts), func(p Part) bool { return p.Kind != PartVoice })
	if len(parts) == 0 {
		return nil
	}
	longest := slices.MaxFunc(parts, func(x, y Part) int { return cmp.Compare(x.Length, y.Length) })
	rooms, err := RoomFor(a.now, a.horizon, a.book, a.om.Occurrence.Announcement, longest.Language)
	if err != nil {
		return fmt.Errorf("look for room: %w", err)
	}
	for _, r := range rooms {
		if r.Start.Equal(a.om.Occurrence.Nominal) && r.Left > 0 && r.Left < longest.Length {
			a.found = append(a.found, Suggestion{Way: WayShorten, At: r.Start, Longest: r.Left, Language: longest.Language})
		}
	}
	return nil
}

// longer asks for an end of its validity behind what was promised.
func (a *adviser) longer() error {
	s, _ := a.schedule()
	until := a.om.Occurrence.Due.Add(a.om.Occurrence.Length + MaxSlot)
	_, ok, err := a.try(s, func(b *Book) {
		for i := range b.Announcements {
			if b.Announcements[i].ID == a.om.Occurrence.Announcement {
				b.Announcements[i].ValidUntil = until
			}
		}
	})
	if ok {
		a.found = append(a.found, Suggestion{Way: WayValid, Until: until, At: a.om.Occurrence.Due})
	}
	return err
}
