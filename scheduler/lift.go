package scheduler

import (
	"cmp"
	"slices"
	"time"
)

// Lift is a rule of the place that an Exception lifts.
type Lift string

// The rules that may be lifted.
const (
	LiftHours   Lift = "hours"   // the allowed hours, holidays included
	LiftQuiet   Lift = "quiet"   // the quiet stretches
	LiftMinutes Lift = "minutes" // the limits of a broadcast and of a day
	LiftMusic   Lift = "music"   // no music on days of mourning
)

// LiftsThere are lists every Lift.
func LiftsThere() []Lift { return []Lift{LiftHours, LiftQuiet, LiftMinutes, LiftMusic} }

// Bounds of an Exception.
const (
	// MaxException is how long an exception may last: what is meant for longer is a
	// rule of the place.
	MaxException = 31 * 24 * time.Hour
	// leastWords is how many words a reason has at least.
	leastWords = 3
)

// Exception lifts rules of the place in one stretch of time, because somebody
// asked for it, with a reason, and somebody else approved it. It lifts them for
// one Announcement, for one Slot, for what is both, or, where neither is named,
// for whatever sounds. Outside [From, To) it lifts nothing, and with To it is over.
type Exception struct {
	Owned
	Announcement string // ID; empty: any
	Slot         string // ID; empty: any, and what is in no slot
	From, To     time.Time
	Rules        []Lift // that it lifts
	Reason       string
	RequestedBy  string // name of the account or token
	DecidedBy    string // who approved or refused it; empty until then
	Decided      time.Time
	Approved     bool   // by DecidedBy
	Answer       string // what DecidedBy said to it; of a refusal required
	WithdrawnBy  string
	Withdrawn    time.Time // zero while it stands
}

// ExceptionState is how far an Exception has come.
type ExceptionState string

// The states of an Exception.
const (
	ExceptionRequested ExceptionState = "requested"
	ExceptionApproved  ExceptionState = "approved"
	ExceptionRefused   ExceptionState = "refused"
	ExceptionWithdrawn ExceptionState = "withdrawn"
	ExceptionOver      ExceptionState = "over" // its time has passed
)

// State is how far it has come at an instant.
func (e Exception) State(now time.Time) ExceptionState {
	switch {
	case !e.Withdrawn.IsZero() || !e.Deleted.IsZero():
		return ExceptionWithdrawn
	case e.DecidedBy != "" && !e.Approved:
		return ExceptionRefused
	case !e.To.After(now):
		return ExceptionOver
	case e.Approved:
		return ExceptionApproved
	}
	return ExceptionRequested
}

// Lifts says whether it lifts a rule.
func (e Exception) Lifts(l Lift) bool { return slices.Contains(e.Rules, l) }

// stands says whether it lifts anything at all: somebody approved it, and nobody
// took it back.
func (e Exception) stands() bool {
	return e.Approved && e.DecidedBy != "" && e.Reason != "" && e.Withdrawn.IsZero() && e.Deleted.IsZero() && e.From.Before(e.To)
}

// Subject is what would sound, as far as exceptions ask for it.
type Subject struct {
	Announcement string // ID; empty: none, such as the frame of a slot or a live voice
	Slot         string // ID; empty: in no slot
}

// concerns says whether an exception is meant for what would sound.
func (e Exception) concerns(about Subject) bool {
	return (e.Announcement == "" || e.Announcement == about.Announcement) && (e.Slot == "" || e.Slot == about.Slot)
}

// covers says whether all of [from, to) lies in it.
func (e Exception) covers(from, to time.Time) bool { return !from.Before(e.From) && !to.After(e.To) }

// reason tells of the exception on the plan.
func (e Exception) reason() Reason {
	return Reason{Code: ReasonException, Exception: e.ID, Person: e.DecidedBy, Why: e.Reason, Until: e.To.UTC()}
}

// exempts is the same of what airs beyond the limits of minutes.
func (e Exception) exempts() Reason {
	r := e.reason()
	r.Exempts = true
	return r
}

// lifting are the exceptions that stand and are meant for what would sound, in
// order of their beginning.
func lifting(all []Exception, about Subject) (list []Exception) {
	for _, e := range all {
		if e.stands() && e.concerns(about) {
			list = append(list, e)
		}
	}
	slices.SortFunc(list, func(x, y Exception) int { return firstOf(x.From.Compare(y.From), cmp.Compare(x.ID, y.ID)) })
	return list
}
