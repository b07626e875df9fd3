package scheduler

import (
	"slices"
	"time"

	"loalang/scheduler/calendar"
)

// carryOn goes on with what was moved from slots that are over.
func (b *builder) carryOn(s *Schedule, r recurrence) {
	for _, p := range b.history.of[s.ID] {
		if p.Cause != ReasonNextTime || p.sounded() {
			continue
		}
		if _, had := b.past[hopID(p.Occurrence)]; had || b.movedSince(p) {
			continue
		}
		from, before := later(p.Nominal, b.endOf(p)), len(b.omitted)
		lost := &promise{schedule: s, of: r, called: p.Nominal}
		if b.hop(lost, p.Occurrence, from, p.Nominal) == nil && len(b.omitted) == before {
			b.strand(lost, p.Occurrence, from, p.Nominal)
		}
	}
}

// hop promises what found no place in one slot in the next one after from, if
// there is one that day or the next in which it may air and the schedule's own
// next turn is not sooner; nil when there is none. The slot is one of the
// village's, not of the schedule's: to be heard at another hour is better than not
// to be heard.
func (b *builder) hop(lost *promise, id string, from, nominal time.Time) *promise {
	s := lost.schedule
	a := b.about(s.Announcement)
	last, known := b.lastDay(s, id)
	if !known {
		return nil
	}
	own := b.next(lost)
	i, _ := slices.BinarySearchFunc(b.occasions, from, func(oc *occasion, at time.Time) int { return oc.start.Compare(at) })
	for ; i < len(b.occasions); i++ {
		oc := b.occasions[i]
		if oc.date.Compare(last) > 0 || !own.IsZero() && !oc.start.Before(own) {
			return nil
		}
		if !oc.end.After(b.soon) || !b.takes(oc, s, a) {
			continue
		}
		p, before := b.moved(lost, a, oc, id, nominal), len(b.omitted)
		refused := b.revoked(p, a) || b.invalid(p, a) || b.unapproved(p, s) || b.unready(p) || b.waits(p, s)
		beyond := !oc.start.Before(b.to) // a longer plan decides what becomes of it there
		if beyond {
			b.omitted = b.omitted[:before]
		}
		if refused {
			b.promises.give(p)
			return nil
		}
		if !beyond {
			b.admit(p)
		}
		return p
	}
	return nil
}

// lastDay is the last civil day on which what was promised under an ID is moved to
// another slot; false when the ID cannot be read.
func (b *builder) lastDay(s *Schedule, id string) (calendar.Date, bool) {
	_, local, _ := b.parse(id)
	day, err := time.ParseInLocation(time.DateOnly, dateIn(local), time.UTC)
	if err != nil {
		return calendar.Date{}, false
	}
	last := calendar.Date{Year: day.Year(), Month: day.Month(), Day: day.Day()}.AddDays(1)
	if until := calendar.Date(s.Until); !until.IsZero() && until.Compare(last) < 0 {
		last = until
	}
	return last, true
}

// strand explains why what was moved from a slot that is over airs in none: what was
// promised must not vanish when its next slot is taken away, forbidden, or too short
// now. Until the last day it could be in is over, an edit may bring it back.
func (b *builder) strand(lost *promise, id string, from, nominal time.Time) {
	last, known := b.lastDay(lost.schedule, id)
	if !known {
		return
	}
	final := calendar.At(last.AddDays(1), 0, b.loc)
	if final.After(b.to) && b.nextWithin(from, last) {
		return // its slot lies beyond this plan
	}
	a := b.about(lost.schedule.Announcement)
	i, _ := slices.BinarySearchFunc(b.occasions, from, func(oc *occasion, at time.Time) int { return oc.start.Compare(at) })
	at, why := instant{nominal: nominal}, Reason{Code: ReasonNoSlot}
	for ; i < len(b.occasions) && b.occasions[i].date.Compare(last) <= 0; i++ {
		oc := b.occasions[i]
		at, why = instant{nominal: oc.start, occasion: oc}, b.unfit(oc, lost, a)
		if oc.end.After(b.soon) {
			break // the first that could still have been
		}
	}
	p := &promise{schedule: lost.schedule, created: lost.schedule.Created, occasion: at.occasion, of: lost.of, called: lost.called}
	b.notice(&p.occ, lost.schedule, a, at, hopID(id))
	if b.revoked(p, a) || b.unapproved(p, lost.schedule) || b.unready(p) {
		return
	}
	b.omit(p.occ, final, why)
}

// nextWithin says whether a slot begins beyond the plan, on a day up to last.
func (b *builder) nextWithin(from time.Time, last calendar.Date) bool {
	i, _ := slices.BinarySearchFunc(b.occasions, later(from, b.to), func(oc *occasion, at time.Time) int { return oc.start.Compare(at) })
	return i < len(b.occasions) && b.occasions[i].date.Compare(last) <= 0
}

// unfit is why an occasion does not take a notice, see takes.
func (b *builder) unfit(oc *occasion, lost *promise, a *Announcement) Reason {
	length := b.sound(lost.schedule.Announcement).length
	h := b.hoursFor(Subject{a.ID, oc.slot.ID})
	at, ok := h.next(oc.start, length)
	switch {
	case !oc.end.After(b.soon):
		return Reason{Code: ReasonTooLate, By: b.soon.Sub(oc.start)}
	case !a.ValidUntil.IsZero() && oc.start.Add(length).After(a.ValidUntil):
		return Reason{Code: ReasonExpired, Until: a.ValidUntil}
	case oc.slot.Limit > 0 && length > oc.slot.Limit:
		return Reason{Code: ReasonSlotLimit, By: oc.slot.Limit, Until: b.next(lost)}
	case a.Class != ClassEmergency && length <= oc.slot.Length && (!ok || at.Add(length).After(oc.end)):
		return b.unallowed(h, oc.start, length)
	}
	return Reason{Code: ReasonSlotFull, Until: b.next(lost)}
}

// takes says whether a notice could air in an occasion if it were empty.
func (b *builder) takes(oc *occasion, s *Schedule, a *Announcement) bool {
	length := b.sound(s.Announcement).length
	if !oc.end.After(later(s.Created, later(s.Updated, oc.slot.Updated))) || oc.slot.Limit > 0 && length > oc.slot.Limit {
		return false
	}
	if !a.ValidUntil.IsZero() && oc.start.Add(length).After(a.ValidUntil) {
		return false
	}
	if a.Class == ClassEmergency {
		return length <= oc.slot.Length
	}
	at, ok := b.hoursFor(Subject{a.ID, oc.slot.ID}).next(oc.start, length)
	return ok && !at.Add(length).After(oc.end)
}

// moved is the promise of a notice in a slot to which it is moved.
func (b *builder) moved(lost *promise, a *Announcement, oc *occasion, id string, from time.Time) *promise {
	s, p := lost.schedule, b.promises.take()
	*p = promise{created: s.Created, schedule: s, occasion: oc, hop: true, of: lost.of, called: lost.called, nextAt: lost.nextAt}
	b.notice(&p.occ, s, a, instant{nominal: oc.start, occasion: oc}, hopID(id))
	p.occ.Reasons = append(p.occ.Reasons, Reason{Code: ReasonCarried, Occurrence: id, Until: from.UTC()})
	p.hours = b.hoursOfNotice(p)
	return p
}
