package scheduler

import (
	"cmp"
	"slices"
	"time"
)

// settle gives every promise its place on the Output, the higher claim first.
func (b *builder) settle() {
	slices.SortFunc(b.promises, byClaim) // which is total: IDs are unique
	b.plan.Occurrences = slices.Grow(b.plan.Occurrences, len(b.promises))
	for rest := b.promises; len(rest) > 0; {
		p := rest[0]
		b.yield(p.occ.Class)
		if p.occasion == nil {
			b.seat(p)
			rest = rest[1:]
			continue
		}
		n := 1
		for n < len(rest) && rest[n].occasion == p.occasion && rest[n].occ.Class.Rank() == p.occ.Class.Rank() {
			n++
		}
		b.fill(p.occasion, rest[:n])
		rest = rest[n:]
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

// byClaim orders promises by what they may claim: class, exact before slots,
// earlier nominal instant; inside a slot the oldest promise; then ID.
func byClaim(x, y *promise) int {
	if c := cmp.Or(y.occ.Class.Rank()-x.occ.Class.Rank(), inSlot(x)-inSlot(y), x.occ.Nominal.Compare(y.occ.Nominal)); c != 0 {
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
	if p.occ.Slot == "" {
		return 0
	}
	return 1
}

// seat places an exact promise, or one whose slot is over.
func (b *builder) seat(p *promise) {
	s, ok := b.track.earliest(wish{p.from, p.to, p.occ.Length, p.hours})
	if !ok {
		if next, any := p.hours.next(p.from, p.occ.Length); !any || next.After(p.to) {
			b.omit(p.occ, p.end(), b.outside(p, p.from))
			return
		}
		b.omit(p.occ, p.end(), Reason{Code: ReasonOverlap, Occurrence: s.behind.id, By: s.at.Sub(p.occ.Due)})
		return
	}
	o := p.occ
	if late := s.at.Sub(o.Due); p.from.After(o.Due) && !o.Immediate {
		o.Reasons = append(o.Reasons, Reason{Code: ReasonLate, By: late})
	}
	if s.behind != nil {
		o.Reasons = append(o.Reasons, Reason{Code: ReasonDelayed, Occurrence: s.behind.id, By: s.at.Sub(p.from)})
	}
	if o.Misfire.Policy != Skip {
		o.Misfire.Grace = max(p.to.Sub(s.at), leastGrace)
	}
	b.put(o, s.at, p.hours, nil)
}

// put takes the track for o from at on, within the hours that hold for it.
func (b *builder) put(o Occurrence, at time.Time, h hours, oc *occasion) {
	o.Due = at.UTC()
	o.Until, o.UntilReason = h.end(at).UTC(), ReasonOutsideHours
	if valid := b.told[o.Announcement].ValidUntil; !valid.IsZero() && (o.Until.IsZero() || valid.Before(o.Until)) {
		o.Until, o.UntilReason = valid.UTC(), ReasonExpired
	}
	if o.Until.IsZero() {
		o.UntilReason = ""
	}
	b.plan.Occurrences = append(b.plan.Occurrences, o)
	b.track.take(busy{span: span{o.Due, o.End()}, id: o.ID, occasion: oc})
}

// fill places the notices of one class into a slot, behind its opening. The
// opening stands only when a notice comes after it.
func (b *builder) fill(oc *occasion, notices []*promise) {
	if oc.body.IsZero() {
		oc.body = later(oc.start, b.soon)
	}
	opening, wanted := b.frame(oc, Opening)
	if oc.framed || oc.aired || !wanted {
		b.omitFull(oc, b.pour(oc, notices))
		return
	}
	if opening.Length == 0 {
		oc.framed = true
		b.omit(opening, oc.end, Reason{Code: ReasonNotReady})
		b.omitFull(oc, b.pour(oc, notices))
		return
	}
	if s, ok := b.clear(wish{oc.body, oc.end.Add(-opening.Length), opening.Length, b.hours}); ok {
		before, occurrences, body := slices.Clone(b.track.busy), len(b.plan.Occurrences), oc.body
		b.put(opening, s.at, b.hours, oc)
		oc.body = s.at.Add(opening.Length + b.track.gap)
		if left := b.pour(oc, notices); oc.placed > 0 {
			oc.framed = true
			b.omitFull(oc, left)
			return
		}
		b.track.busy, b.plan.Occurrences, oc.body = before, b.plan.Occurrences[:occurrences], body
	}
	left := b.pour(oc, notices)
	if oc.placed > 0 {
		oc.framed = true
		b.omit(opening, oc.end, b.noRoom(oc, opening))
	}
	b.omitFull(oc, left)
}

// pour places what fits between the body's beginning and the closing, and
// returns the rest.
func (b *builder) pour(oc *occasion, notices []*promise) (left []*promise) {
	end := b.lastEnd(oc)
	for _, p := range notices {
		w := wish{later(oc.body, p.from), earlier(end.Add(-p.occ.Length), p.to), p.occ.Length, p.hours}
		s, ok := b.clear(w)
		if !ok {
			left = append(left, p)
			continue
		}
		o := p.occ
		o.Reasons = slices.Clone(o.Reasons)
		if s.behind != nil && s.behind.occasion != oc {
			o.Reasons = append(o.Reasons, Reason{Code: ReasonDelayed, Occurrence: s.behind.id, By: s.by})
		} else if next, _ := p.hours.next(w.from, w.length); next.After(w.from) {
			o.Reasons = append(o.Reasons, Reason{Code: ReasonOutsideHours, Until: next.UTC()})
		}
		// What was promised is the slot: within it, later is not late.
		slack := oc.end.Sub(s.at.Add(o.Length))
		if o.Misfire.Policy == Skip {
			o.Misfire = Misfire{Policy: PlayLate, Grace: slack}
		}
		o.Misfire.Grace = max(o.Misfire.Grace, slack, leastGrace)
		b.put(o, s.at, p.hours, oc)
		oc.placed++
		oc.lastEnd = later(oc.lastEnd, s.at.Add(o.Length))
	}
	return left
}

// lastEnd is until when notices may sound so that the closing still fits.
func (b *builder) lastEnd(oc *occasion) time.Time {
	closing, wanted := b.frame(oc, Closing)
	if !wanted || closing.Length == 0 {
		return oc.end
	}
	at, ok := b.lastClear(wish{oc.body, oc.end.Add(-closing.Length), closing.Length, b.hours})
	if !ok {
		return oc.end
	}
	return at.Add(-b.track.gap)
}

// omitFull explains why notices found no place in their slot.
func (b *builder) omitFull(oc *occasion, left []*promise) {
	for _, p := range left {
		from := later(oc.start, p.from)
		if next, any := p.hours.next(from, p.occ.Length); !any || next.Add(p.occ.Length).After(oc.end) && p.occ.Length <= oc.slot.Length && !next.Equal(from) {
			b.omit(p.occ, oc.end, b.outside(p, from))
			continue
		}
		b.omit(p.occ, oc.end, Reason{Code: ReasonSlotFull, Until: p.next()})
	}
}

// noRoom is why the opening or closing of a slot found no place in it.
func (b *builder) noRoom(oc *occasion, o Occurrence) Reason {
	if next, any := b.hours.next(oc.start, o.Length); !any || next.Add(o.Length).After(oc.end) {
		return Reason{Code: ReasonOutsideHours, Until: next}
	}
	return Reason{Code: ReasonSlotFull}
}

// close puts the closing behind the last notice of a slot.
func (b *builder) close(oc *occasion) {
	if oc.placed == 0 && (!oc.aired || !oc.end.After(b.now)) {
		return
	}
	closing, wanted := b.frame(oc, Closing)
	if !wanted {
		return
	}
	if closing.Length == 0 {
		b.omit(closing, oc.end, Reason{Code: ReasonNotReady})
		return
	}
	from := later(oc.lastEnd.Add(b.track.gap), b.soon)
	to := oc.end.Add(-closing.Length)
	if oc.placed == 0 {
		if to = earlier(to, oc.lastEnd.Add(closingPatience)); from.After(to) {
			b.omit(closing, oc.end, Reason{Code: ReasonTooLate, By: from.Sub(oc.lastEnd)})
			return
		}
	}
	s, ok := b.clear(wish{from, to, closing.Length, b.hours})
	if !ok {
		b.omit(closing, oc.end, b.noRoom(oc, closing))
		return
	}
	b.put(closing, s.at, b.hours, oc)
}
