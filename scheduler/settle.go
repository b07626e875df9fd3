package scheduler

import (
	"cmp"
	"slices"
	"time"
)

// settle gives every promise its place on the Output, the higher claim first.
func (b *builder) settle() {
	for rank := classes - 1; rank >= 0; rank-- {
		exact := b.exact[rank]
		slices.SortStableFunc(exact, byClaim)
		seat := func(until func(p *promise) bool) {
			for len(exact) > 0 && until(exact[0]) {
				b.yield(exact[0].occ.Class)
				b.seat(exact[0])
				exact = exact[1:]
			}
		}
		seat(func(p *promise) bool { return inSlot(p) == 0 })
		for _, oc := range b.occasions {
			if len(oc.waiting[rank])+len(oc.repeats) == 0 {
				continue
			}
			seat(func(p *promise) bool { return p.occ.Nominal.Before(oc.start) })
			b.fill(oc, rank)
		}
		seat(func(*promise) bool { return true })
	}
	b.yield("")
	for _, oc := range b.occasions {
		b.close(oc)
	}
}

// yield puts on the track what sounds now and does not give way to a class: the
// loudspeaker interrupts what is lower, and goes on with it afterwards.
func (b *builder) yield(to Class) {
	b.sounding = slices.DeleteFunc(b.sounding, func(p Past) bool {
		stands := p.Class == "" || p.Class.Rank() >= to.Rank()
		if stands {
			b.track.take(busy{span: span{p.Due, p.End}, id: p.Occurrence})
		}
		return stands
	})
}

// byClaim orders promises of one class outside slots by what they may claim: exact
// before those of slots that are over, earlier nominal instant; of a slot the oldest
// promise; then ID.
func byClaim(x, y *promise) int {
	if c := cmp.Or(inSlot(x)-inSlot(y), x.occ.Nominal.Compare(y.occ.Nominal)); c != 0 {
		return c
	}
	if inSlot(x) == 1 {
		if c := cmp.Or(cmp.Compare(x.occ.Slot, y.occ.Slot), x.created.Compare(y.created)); c != 0 {
			return c
		}
	}
	return cmp.Compare(x.occ.ID, y.occ.ID)
}

// inSlot is 0 for what has an exact instant and 1 for what was promised in a
// slot, over or not.
func inSlot(p *promise) int {
	if p.occ.Slot == "" || p.occ.Kind == Fixed {
		return 0
	}
	return 1
}

// seat places an exact promise, or one whose slot is over.
func (b *builder) seat(p *promise) {
	s, short, ok := b.afford(p.occ, wish{p.from, p.to, p.occ.Length, p.hours}, nil, b.track.earliest)
	if short.Code != "" {
		b.omit(p.occ, p.end(), short)
		return
	}
	if !ok {
		if next, any := p.hours.next(p.from, p.occ.Length); !any || next.After(p.to) {
			b.omit(p.occ, p.end(), b.outrun(p))
			return
		}
		b.omit(p.occ, p.end(), Reason{Code: ReasonOverlap, Occurrence: s.behind.id, By: s.at.Sub(p.occ.Due)})
		return
	}
	o := p.occ
	if late := s.at.Sub(o.Due); p.from.After(o.Due) && !o.Immediate {
		o.Reasons = append(o.Reasons, Reason{Code: ReasonLate, By: late})
	}
	if s.pushed {
		o.Reasons = append(o.Reasons, Reason{Code: ReasonDelayed, Occurrence: s.behind.id, By: s.at.Sub(p.from)})
	}
	if o.Misfire.Policy != Skip {
		o.Misfire.Grace = max(p.to.Sub(s.at), leastGrace)
	}
	b.put(o, s.at, p.hours, nil)
	if o.Kind == Fixed {
		p.holder.fixedEnd = later(p.holder.fixedEnd, s.at.Add(o.Length).UTC())
	}
	if p.late {
		b.history.standing[o.Schedule] = b.history.standing[o.Schedule].heard(o.Nominal, s.at)
		if p.schedule.PerDay > 0 {
			b.history.days[scheduleDay{o.Schedule, b.dayOf(o.Nominal)}]++
		}
	}
}

// outrun is the reason of what comes to its place when the hours allow it no more. By
// is how late that is where they allowed it as it was due: then something made it late.
func (b *builder) outrun(p *promise) Reason {
	r := b.outside(p, p.from)
	if p.from.Equal(b.soon) && p.from.After(p.occ.Due) && p.hours.holds(p.occ.Due, p.occ.Length) {
		r.By = b.soon.Sub(p.occ.Due)
	}
	return r
}

// put takes the track for o from at on, within the hours that hold for it.
func (b *builder) put(o Occurrence, at time.Time, h hours, oc *occasion) {
	o.Due = at.UTC()
	o = b.rule(o, oc)
	o.Expires = utc(b.about(o.Announcement).ValidUntil)
	o.Until, o.UntilReason = o.SilentBy(h.end(at))
	b.keepPlaced(o)
	b.track.take(busy{span: span{o.Due, o.End()}, id: o.ID, occasion: oc})
}

// keepPlaced takes o into the plan.
func (b *builder) keepPlaced(o Occurrence) {
	placed := b.occurrences.take()
	*placed = o
	b.placed = append(b.placed, placed)
}
