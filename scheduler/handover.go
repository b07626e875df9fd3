package scheduler

import (
	"maps"
	"slices"
	"time"
)

// early is how much sooner than armed an occurrence may be handed over: a clock
// that is being slewed reads a little less than the timer waited.
const early = 100 * time.Millisecond

// handOver gives the Stage what is due by the plan. What was due before now
// goes by its misfire once more, for the plan may be old; in a plan from before
// the restart it waits for the book, for it may have aired.
func (d *duty) handOver(now time.Time) {
	for _, o := range d.ahead {
		if o.Due.Add(-d.lead).After(now.Add(early)) {
			return // in order of Due
		}
		if _, done := d.done[o.ID]; done || !d.trusted && !o.Immediate || !d.built && o.Due.Before(now) {
			continue
		}
		if decision := o.Misfire.Decide(o.Due, now, false); !decision.Air {
			d.omit(o, decision.Reason)
			continue
		}
		d.done[o.ID] = o.past(o.End(), "")
		d.held[o.ID] = o
		o = d.belated(o, now)
		delete(d.blamed, o.ID)
		delete(d.lacked, o.ID)
		d.stale = true // the published plan must soon cease to promise it
		d.cfg.Stage.Play(o)
	}
}

// announce tells when what is still here is due next, without drills that leave the
// amplifier off. What is due already and still here is held back on purpose.
func (d *duty) announce(now time.Time) {
	next := time.Time{}
	for _, o := range d.ahead { // in order of Due
		if _, done := d.done[o.ID]; !done && o.Due.After(now) && (o.Drill == nil || o.Drill.Keys()) && (d.trusted || o.Immediate) {
			next = o.Due
			break
		}
	}
	if !next.Equal(d.next) {
		d.next = next
		d.cfg.Next(next)
	}
}

// past is the row of o that is still on its way to the book.
func (o Occurrence) past(end time.Time, cause string) Past {
	return Past{Occurrence: o.ID, Due: o.Due, End: end, Class: o.Class, Schedule: o.Schedule, Slot: o.Slot, Nominal: o.Nominal, Cause: cause, Exempt: o.exempt()}
}

// omit tells the Stage, once, that an occurrence will not air, with the reason
// that was known first.
func (d *duty) omit(o Occurrence, r Reason) {
	if _, done := d.done[o.ID]; done {
		return
	}
	if d.hasty(o, d.cfg.Now()) {
		return
	}
	if b, known := d.blamed[o.ID]; known && r.forWantOfTime() && b.reason.Code != ReasonTooLate {
		r = b.reason
	} else if was, known := d.lacked[o.ID]; known && r.late() {
		r = was
	}
	delete(d.lacked, o.ID)
	d.done[o.ID] = o.past(o.Due, r.Code)
	delete(d.blamed, o.ID)
	d.stale = true
	d.cfg.Stage.Omit(o, r)
}

// forWantOfTime says whether a reason only tells that there was no time left:
// what took the time is the better answer.
func (r Reason) forWantOfTime() bool {
	return r.late() || r.Code == ReasonSlotFull || r.Code == ReasonOverlap
}

// late says whether a reason only tells that it was too late, for itself or for the
// hours of the place.
func (r Reason) late() bool {
	switch r.Code {
	case ReasonOutsideHours, ReasonQuiet, ReasonHoliday:
		return r.By > 0 // see builder.outrun
	}
	return r.Code == ReasonTooLate
}

// accuse notes why planned occurrences whose instant has come are still here:
// the board was off, the clock unknown, or the clock jumped over them; and what stood
// in the way of the others as theirs came, which may be gone before they are over.
func (d *duty) accuse(now time.Time) {
	for _, om := range d.plan.Omissions {
		if o := om.Occurrence; !o.Due.After(now) && !om.Reason.forWantOfTime() {
			if _, known := d.lacked[o.ID]; !known {
				d.lacked[o.ID] = om.Reason
			}
		}
	}
	for _, o := range d.plan.Occurrences {
		if o.Due.After(now) {
			return // in order of Due
		}
		d.blame(o)
	}
}

func (d *duty) blame(o Occurrence) {
	_, done := d.done[o.ID]
	_, known := d.blamed[o.ID]
	if done || known {
		return
	}
	reason := Reason{Code: ReasonTooLate}
	switch {
	case o.Due.Before(d.started):
		reason.Code = d.off(o.Due)
	case !d.trusted:
		reason.Code = ReasonClock
	}
	if code := d.leapt(o.Due); code != "" && (code == ReasonAsleep || reason.Code == ReasonTooLate) {
		reason.Code = code
	}
	d.blamed[o.ID] = blame{occ: o, reason: reason}
}

// off is why nobody was there at an instant before this Run began.
func (d *duty) off(at time.Time) string {
	if d.cfg.UpSince == nil {
		return ReasonPower
	}
	if since := d.cfg.UpSince(); since.IsZero() || at.Before(since) {
		return ReasonPower
	}
	return ReasonRestart
}

// close omits what the plan says can no longer air. What lies outside a
// schedule's validity was never promised in its slots and leaves no row.
func (d *duty) close(now time.Time) {
	written := map[string]bool{}
	if !d.built { // the plan is from before the restart
		for _, p := range d.book.Past {
			written[p.Occurrence] = true
		}
	}
	for _, om := range d.plan.Omissions {
		o, code := om.Occurrence, om.Reason.Code
		final := om.Final
		if final.IsZero() { // published before the restart, older than the book reaches
			final = o.Nominal.Add(lookback)
		}
		if written[o.ID] || final.After(now) || o.Slot != "" && (code == ReasonExpired || code == ReasonNotYetValid) {
			continue
		}
		if om.Reason.late() && (o.Due.Before(d.started) || d.leapt(o.Due) != "") {
			d.blame(o) // nobody wrote of it when it was due: nobody was there, or there was no such time
		}
		d.omit(o, om.Reason)
	}
}

// absent omits what was due and is named by the new plan no more.
func (d *duty) absent() {
	named := make(map[string]bool, len(d.plan.Occurrences)+len(d.plan.Omissions))
	for _, o := range d.plan.Occurrences {
		named[o.ID] = true
	}
	for _, om := range d.plan.Omissions {
		named[om.Occurrence.ID] = true
	}
	for _, p := range d.book.Past {
		delete(d.blamed, p.Occurrence) // the Stage has its row
		named[p.Occurrence] = true
	}
	living := map[string]bool{"": true} // the frame of a slot has no schedule
	for _, s := range d.book.Schedules {
		living[s.ID] = s.Deleted.IsZero()
	}
	for _, x := range d.book.Drills {
		living[x.ID] = x.Deleted.IsZero()
	}
	for _, id := range slices.Sorted(maps.Keys(d.blamed)) {
		b := d.blamed[id]
		switch {
		case named[id]:
		case !living[b.occ.Schedule]:
			d.omit(b.occ, Reason{Code: ReasonWithdrawn})
		default:
			d.omit(b.occ, b.reason)
		}
	}
}
