package scheduler

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Turn is what a change makes of one occurrence.
type Turn string

// The turns, the ones that people must see first.
const (
	Lost     Turn = "lost"     // it was to air, and is omitted
	Refused  Turn = "refused"  // it is promised now, and omitted at once
	Gone     Turn = "gone"     // it was to air or was omitted, and is promised no more
	Shifted  Turn = "shifted"  // it airs at another instant, by a second at least
	Added    Turn = "added"    // it is promised now, and airs
	Regained Turn = "regained" // it was omitted, and airs
	Altered  Turn = "altered"  // it airs at its instant, with other sound
)

// turns is the order in which differences are told.
var turns = []Turn{Lost, Refused, Gone, Shifted, Added, Regained, Altered}

// Difference is what one change of the book makes of one occurrence.
type Difference struct {
	Turn       Turn
	Occurrence Occurrence // as it will be; of what is Gone: as it was
	Was        time.Time  // its Due before; zero: it was not to air
	Due        time.Time  // its Due now; zero: it will not air
	Reason     Reason     // why it will not air, or why it did not before
}

// By is how much later it airs; negative: sooner. Zero unless it is Shifted.
func (d Difference) By() time.Duration {
	if d.Was.IsZero() || d.Due.IsZero() {
		return 0
	}
	return d.Due.Sub(d.Was)
}

// leastShift is a move that somebody may notice.
const leastShift = time.Second

// fate is what a plan says of one occurrence.
type fate struct {
	occ    *Occurrence
	reason *Reason   // nil: it airs
	final  time.Time // of an omission
}

// over says whether nothing of it could air any more when the plan was made: it
// is the as-run's business.
func (f fate) over(made time.Time) bool { return f.reason != nil && !f.final.After(made) }

// Compare lists what differs from one plan to another that was made at the same
// instant, as far as both reach: first what is lost, then by turn and instant. It is
// pure. Both plans name an occurrence by the same ID; moves of less than a second
// are none.
func Compare(before, after Plan) []Difference {
	to := earlier(before.To, after.To)
	was, is := before.fates(), after.fates()
	var all []Difference
	for id, f := range is {
		if !f.occ.Nominal.Before(to) || f.over(after.Made) && was[id].occ == nil {
			continue
		}
		if d, ok := turned(was[id], f); ok {
			all = append(all, d)
		}
	}
	for id, f := range was {
		if _, still := is[id]; still || !f.occ.Nominal.Before(to) || f.over(before.Made) {
			continue
		}
		d := Difference{Turn: Gone, Occurrence: *f.occ}
		if f.reason == nil {
			d.Was = f.occ.Due
		} else {
			d.Reason = *f.reason
		}
		all = append(all, d)
	}
	slices.SortFunc(all, func(x, y Difference) int {
		return cmp.Or(slices.Index(turns, x.Turn)-slices.Index(turns, y.Turn), x.at().Compare(y.at()), cmp.Compare(x.Occurrence.ID, y.Occurrence.ID))
	})
	return all
}

// at is the instant by which differences of one turn are ordered.
func (d Difference) at() time.Time {
	switch {
	case !d.Was.IsZero():
		return d.Was
	case !d.Due.IsZero():
		return d.Due
	}
	return d.Occurrence.Nominal
}

// fates indexes a plan by occurrence.
func (p *Plan) fates() map[string]fate {
	all := make(map[string]fate, len(p.Occurrences)+len(p.Omissions))
	for i := range p.Omissions {
		om := &p.Omissions[i]
		all[om.Occurrence.ID] = fate{&om.Occurrence, &om.Reason, om.Final}
	}
	for i := range p.Occurrences {
		all[p.Occurrences[i].ID] = fate{occ: &p.Occurrences[i]}
	}
	return all
}

// turned is what became of one occurrence that is promised now.
func turned(was, is fate) (Difference, bool) {
	d := Difference{Occurrence: *is.occ}
	if was.occ != nil && was.reason == nil {
		d.Was = was.occ.Due
	}
	if is.reason == nil {
		d.Due = is.occ.Due
	} else {
		d.Reason = *is.reason
	}
	switch {
	case is.reason != nil && was.occ == nil:
		d.Turn = Refused
	case is.reason != nil && was.reason == nil:
		d.Turn = Lost
	case is.reason != nil:
		return d, false // omitted before and after
	case was.occ == nil:
		d.Turn = Added
	case was.reason != nil:
		d.Turn, d.Reason = Regained, *was.reason
	case d.By().Abs() >= leastShift:
		d.Turn = Shifted
	case !sameSound(*was.occ, *is.occ):
		d.Turn = Altered
	default:
		return d, false
	}
	return d, true
}

// sameSound says whether two occurrences sound alike.
func sameSound(x, y Occurrence) bool {
	return x.Length == y.Length && x.Title == y.Title && slices.EqualFunc(x.Parts, y.Parts, func(a, b Part) bool {
		return a.Kind == b.Kind && a.Recording == b.Recording && a.Language == b.Language && a.Length == b.Length && a.Pause == b.Pause
	})
}

// Foresee says what a change of the book would make of the plan of [now,
// now+horizon): change gets a copy whose slices are its own and whose elements it
// may replace, but not what those point to. It is pure and costs two plans. The
// error is that of BuildPlan.
func Foresee(now time.Time, horizon time.Duration, book Book, change func(*Book)) ([]Difference, error) {
	before, err := BuildPlan(now, horizon, book)
	if err != nil {
		return nil, fmt.Errorf("plan without the change: %w", err)
	}
	other := book.copied()
	change(&other)
	after, err := BuildPlan(now, horizon, other)
	if err != nil {
		return nil, fmt.Errorf("plan with the change: %w", err)
	}
	return Compare(before, after), nil
}

// copied is the book with slices of its own.
func (b Book) copied() Book {
	b.Slots = slices.Clone(b.Slots)
	b.Stations = slices.Clone(b.Stations)
	b.Announcements = slices.Clone(b.Announcements)
	b.Renditions = slices.Clone(b.Renditions)
	b.Schedules = slices.Clone(b.Schedules)
	b.Past = slices.Clone(b.Past)
	return b
}
