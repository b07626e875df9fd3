package scheduler

import "time"

// promise screens one instant: what cannot air whatever the Output does is
// omitted at once, the rest will look for a place.
func (b *builder) promise(s *Schedule, r recurrence, in instant, newer bool) {
	a, id := b.about(s.Announcement), b.idOf(s, in)
	if p, past := b.past[id]; past {
		if in.occasion != nil && p.sounded() && p.Slot == "" { // a row of before there were fields to find it by
			b.heard(in.occasion, p)
		}
		return
	}
	if in.occasion != nil && !in.occasion.end.After(later(s.Created, later(s.Updated, in.occasion.slot.Updated))) {
		return // over before it was promised
	}
	p := b.promises.take()
	*p = promise{created: s.Created, schedule: s, occasion: in.occasion, round: in.round, of: r, called: in.nominal}
	b.notice(&p.occ, s, a, in, id)
	p.hours = b.hoursOfNotice(p)
	if hop, gone := b.history.hopped[id]; gone {
		b.omit(p.occ, p.occ.Nominal, Reason{Code: ReasonNextTime, Occurrence: hop.Occurrence, Until: hop.Nominal})
		b.promises.give(p)
		return
	}
	if b.revoked(p, a) || b.invalid(p, a) || b.unapproved(p, s) || b.unready(p) || b.waits(p, s) || b.missed(p, newer) || b.forbidden(p) {
		b.promises.give(p)
		return
	}
	b.admit(p)
}

// hoursOfNotice is when a promise may sound.
func (b *builder) hoursOfNotice(p *promise) hours {
	if p.occ.Class == ClassEmergency {
		return hours{always: true}
	}
	return b.hoursFor(Subject{p.occ.Announcement, p.occ.Slot})
}

// admit lets a promise look for its place.
func (b *builder) admit(p *promise) {
	rank := p.occ.Class.Rank()
	if p.occasion == nil {
		b.exact[rank] = append(b.exact[rank], p)
		return
	}
	p.occasion.waiting[rank] = append(p.occasion.waiting[rank], p)
}

// omit explains why o will not air.
func (b *builder) omit(o Occurrence, final time.Time, r Reason) bool {
	o.Reasons = nil
	r.Until = utc(r.Until)
	om := b.omissions.take()
	*om = Omission{Occurrence: o, Reason: r, Final: final.UTC()}
	b.omitted = append(b.omitted, om)
	return true
}

// end is when the promise is over: nothing of it can air from then on.
func (p *promise) end() time.Time {
	if p.occasion != nil {
		return p.occasion.end
	}
	return p.occ.Misfire.latest(p.occ.Due)
}

// revoked omits what was taken back.
func (b *builder) revoked(p *promise, a *Announcement) bool {
	gone := earliestSet(a.Withdrawn, a.Deleted)
	if a.ID != "" && gone.IsZero() {
		return false
	}
	if a.ID != "" && !p.occ.Nominal.Before(gone.Add(b.horizon)) {
		return true // never published as coming, so nothing to explain
	}
	return b.omit(p.occ, p.occ.Nominal, Reason{Code: ReasonWithdrawn})
}

// invalid omits what lies outside the announcement's validity, and bounds the
// rest by it.
func (b *builder) invalid(p *promise, a *Announcement) bool {
	first, last := p.occ.Due, p.occ.Due
	if p.occasion != nil {
		last = later(first, p.occasion.end.Add(-p.occ.Length))
	}
	if !a.ValidFrom.IsZero() && a.ValidFrom.After(last) {
		return b.omit(p.occ, p.occ.Nominal, Reason{Code: ReasonNotYetValid, Until: a.ValidFrom})
	}
	p.from = later(first, a.ValidFrom)
	p.to = p.occ.Misfire.latest(p.occ.Due)
	if p.occasion != nil {
		p.to = later(p.to, p.occasion.end)
	}
	if a.ValidUntil.IsZero() {
		return false
	}
	if end := a.ValidUntil.Add(-p.occ.Length); end.Before(p.from) || !a.ValidUntil.After(first) {
		if p.occasion != nil && !p.occ.Nominal.Before(a.ValidUntil.Add(b.horizon)) {
			return true // long over, so nothing to explain
		}
		return b.omit(p.occ, p.occ.Nominal, Reason{Code: ReasonExpired, Until: a.ValidUntil})
	} else if end.Before(p.to) {
		p.to = end
	}
	return false
}

// unready omits what has nothing to sound.
func (b *builder) unready(p *promise) bool {
	if b.sound(p.occ.Announcement).ready() {
		return false
	}
	return b.omit(p.occ, p.end(), Reason{Code: ReasonNotReady})
}

// missed asks the misfire about what should have begun already. A slot that
// goes on is not missed: it is filled again.
func (b *builder) missed(p *promise, newer bool) bool {
	over := p.occasion == nil || !p.occasion.end.After(b.now)
	if !over || !b.soon.After(p.from) {
		return false
	}
	d := p.occ.Misfire.Decide(p.occ.Due, b.soon, newer)
	if d.Air && p.round > 0 { // to hear it once is what is worth being late
		d = Decision{Reason: Reason{Code: ReasonTooLate, By: b.soon.Sub(p.occ.Due)}}
	}
	if !d.Air {
		return b.omit(p.occ, p.occ.Nominal, d.Reason)
	}
	if p.occasion != nil {
		p.late, p.occasion = true, nil
		p.to = earlier(p.to, p.occ.Misfire.latest(p.occ.Due))
	}
	p.from = later(p.from, b.soon)
	if p.from.After(p.to) {
		return b.omit(p.occ, p.occ.Nominal, Reason{Code: ReasonTooLate, By: b.soon.Sub(p.occ.Due)})
	}
	return false
}

// forbidden omits an exact promise that lies outside the allowed hours: it is
// not quietly moved to another time.
func (b *builder) forbidden(p *promise) bool {
	if p.occasion != nil || p.late || p.hours.holds(p.occ.Due, p.occ.Length) {
		return false
	}
	return b.omit(p.occ, p.occ.Nominal, b.outside(p, p.occ.Due))
}

// outside is the reason of what the hours forbid at an instant.
func (b *builder) outside(p *promise, at time.Time) Reason {
	return b.unallowed(p.hours, at, p.occ.Length)
}
