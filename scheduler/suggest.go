package scheduler

import (
	"fmt"
	"slices"
	"time"

	"loalang/scheduler/calendar"
)

// Way is a way out for something that will not air as it was promised.
type Way string

// The ways.
const (
	WayAt      Way = "at"       // at another instant, of a schedule that has one
	WaySlot    Way = "slot"     // in another slot
	WayLater   Way = "later"    // a little later, behind what holds the output
	WayShorten Way = "shorten"  // shorter
	WayValid   Way = "valid"    // with a later end of its validity
	WayThatDay Way = "that-day" // of a rule: this once at another time, all others as they are
	WayTimes   Way = "times"    // of a rule: always at another time of day
	WayDay     Way = "day"      // of a schedule in slots: on a further day
	// WayPriority is with ClassPriority: what is in its way gives way, and airs all the same.
	WayPriority Way = "priority"

	// Ways on which somebody else must go a step.
	WayException Way = "exception" // with an exception from the rule of the place
	WayApprove   Way = "approve"   // once it is approved
	WayRecord    Way = "record"    // once a rendition is ready
)

// Ways lists every Way.
func Ways() []Way {
	return []Way{WayAt, WaySlot, WayLater, WayShorten, WayValid, WayThatDay, WayTimes, WayDay, WayPriority, WayException, WayApprove, WayRecord}
}

// Suggestion is one way out. It was tried on a plan: with it the occurrence airs, or
// its schedule once more than before, and nothing else is lost by it. Of a step that
// another person must go, what was tried is that it was gone.
type Suggestion struct {
	Way      Way
	Schedule Schedule      // as it would be; of WayAt, WaySlot, WayLater, WayThatDay, WayTimes and WayDay. What was Once is in a slot on the day of At only
	At       time.Time     // when it would air first
	Slot     string        // WaySlot: ID of it
	Longest  time.Duration // WayShorten: of the voice in Language, in whole seconds
	Language string        // WayShorten
	Until    time.Time     // WayValid: the earliest end that will do
	Lifts    []Lift        // WayException: the rules that it has to lift
}

// Bounds of a search: each trial costs a plan.
const (
	mostSuggestions = 4
	mostDays        = 7               // that follow
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
	loc     *time.Location
	trials  int
	found   []Suggestion
}

// Suggest looks for ways in which an occurrence that the plan of [now, now+horizon)
// omits would air: at most four, the least change first, and last what only
// another person can do. None when the plan
// does not omit it, or nothing that was tried would help. It is pure and
// costs some forty plans at most, and thirty more where the length of a voice is sought. The
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
	if a.loc, err = book.Village.Location(); err != nil {
		return nil, err
	}
	if err := a.search(); err != nil {
		return nil, err
	}
	step, ok, err := a.asking()
	if err != nil {
		return nil, err
	}
	if ok {
		a.found = append(a.found[:min(len(a.found), mostSuggestions-1)], step)
	}
	return a.found[:min(len(a.found), mostSuggestions)], nil
}

// search asks what may help against the reason.
func (a *adviser) search() error {
	s, there := a.schedule()
	if !there {
		return nil
	}
	var ways []func(Schedule) error
	switch code := a.om.Reason.Code; {
	case code == ReasonExpired:
		ways = append(ways, a.longer)
	case code == ReasonWithdrawn, code == ReasonNotReady, code == ReasonNotApproved, code == ReasonReturned:
		return nil // not a matter of time
	case s.bySlot():
		if ForWantOfRoom(code) {
			ways = append(ways, a.shorterInSlot)
		}
		ways = append(ways, a.slots, a.days, a.priority)
	case s.Kind == Once || s.Kind == Recurring:
		if code == ReasonOverlap {
			ways = append(ways, a.later)
		}
		if code == ReasonSlotBudget || code == ReasonDayBudget {
			ways = append(ways, a.shorter)
		}
		ways = append(ways, a.instants, a.slots, a.priority)
	}
	for _, way := range ways {
		if err := way(s); err != nil {
			return err
		}
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

// with is the plan of the book with another schedule; false when something of another
// announcement is lost by it, or enough was tried.
func (a *adviser) with(s Schedule) (Plan, bool, error) {
	return a.changed(func(b *Book) {
		for i := range b.Schedules {
			if b.Schedules[i].ID == s.ID {
				b.Schedules[i] = s
			}
		}
	})
}

// changed is with for any change of the book. Approval is taken for granted: whoever
// takes a way out asks for it anew.
func (a *adviser) changed(change func(*Book)) (Plan, bool, error) {
	if a.trials++; a.trials > mostTrials {
		return Plan{}, false, nil
	}
	book := a.book.copied()
	change(&book)
	book.approve(a.om.Occurrence.Announcement)
	p, err := BuildPlan(a.now, a.horizon, book)
	if err != nil {
		return p, false, fmt.Errorf("try a suggestion: %w", err)
	}
	for _, d := range Compare(a.base, p) {
		if d.Turn == Lost && (d.Occurrence.Announcement != a.om.Occurrence.Announcement || d.Occurrence.Announcement == "") {
			return p, false, nil
		}
	}
	return p, true, nil
}

// try says when a schedule airs that did not before; false when it airs no more often
// than before, or something else is lost by it.
func (a *adviser) try(s Schedule) (time.Time, bool, error) {
	p, ok, err := a.with(s)
	if err != nil || !ok {
		return time.Time{}, false, err
	}
	before := map[string]bool{}
	for _, o := range a.base.Occurrences {
		before[o.ID] = before[o.ID] || o.Schedule == s.ID
	}
	more, first := -countOf(a.base, s.ID), time.Time{}
	day := calendar.DateOf(a.om.Occurrence.Nominal, a.loc)
	for _, o := range p.Occurrences { // by Due
		if o.Schedule != s.ID {
			continue
		}
		more++
		if before[o.ID] {
			continue
		}
		if first.IsZero() || calendar.DateOf(first, a.loc).Compare(day) < 0 {
			first = o.Due
		}
	}
	return first, more > 0 && !first.IsZero(), nil
}

// countOf is how often a schedule airs.
func countOf(p Plan, schedule string) (n int) {
	for _, o := range p.Occurrences {
		if o.Schedule == schedule {
			n++
		}
	}
	return n
}

// airs says whether the very occurrence that is omitted airs.
func (a *adviser) airs(p Plan) bool {
	return slices.ContainsFunc(p.Occurrences, func(o Occurrence) bool { return o.ID == a.om.Occurrence.ID })
}

// priority lets it go before what holds its place, where that airs all the same.
func (a *adviser) priority(Schedule) error {
	code, o := a.om.Reason.Code, a.om.Occurrence
	if o.Class.Rank() >= ClassPriority.Rank() || code != ReasonOverlap && !ForWantOfRoom(code) {
		return nil
	}
	a.trials = 0
	p, ok, err := a.changed(func(b *Book) {
		for i := range b.Announcements {
			if b.Announcements[i].ID == o.Announcement {
				b.Announcements[i].Class = ClassPriority
			}
		}
	})
	if i := slices.IndexFunc(p.Occurrences, func(x Occurrence) bool { return x.ID == o.ID }); ok && i >= 0 {
		a.found = append(a.found, Suggestion{Way: WayPriority, At: p.Occurrences[i].Due})
	}
	return err
}

// longer asks for an end of its validity behind what was promised.
func (a *adviser) longer(Schedule) error {
	a.trials = 0
	until := a.om.Occurrence.Due.Add(a.om.Occurrence.Length + MaxSlot)
	p, ok, err := a.changed(func(b *Book) {
		for i := range b.Announcements {
			if b.Announcements[i].ID == a.om.Occurrence.Announcement {
				b.Announcements[i].ValidUntil = until
			}
		}
	})
	if ok && a.airs(p) {
		a.found = append(a.found, Suggestion{Way: WayValid, Until: until, At: a.om.Occurrence.Due})
	}
	return err
}
