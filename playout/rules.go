package playout

import (
	"context"
	"slices"
	"time"

	"loalang/audio"
	"loalang/scheduler"
)

// Changed says that the rules of the village may have been edited: what was
// taken over and has not begun obeys them as they are now, and so does what an
// emergency silences. What sounds comes to its end. It returns at once; while the
// rules cannot be read, those of the plan stand.
func (p *Player) Changed() {
	p.side.Go(func() {
		p.reading.Lock() // the last to read has the newest
		defer p.reading.Unlock()
		patient, cancel := context.WithTimeout(context.Background(), journalPatience)
		defer cancel()
		v, err := p.cfg.Places.Village(patient, p.cfg.Village)
		if err != nil {
			p.cfg.Log.Error("the allowed hours are taken as they were last known", "err", err)
			return
		}
		p.do(func() { p.rule(v) })
	})
}

// rule takes in the rules of the village, and ends what they forbid now.
func (p *Player) rule(v scheduler.Village) {
	p.rules = &v
	for _, it := range p.inOrder((*item).cued) {
		switch {
		case it.endAs != "":
		case it.begun() && p.silenced == 0:
			if p.unexcused(it, v) {
				p.cutShort(it, scheduler.ReasonRevoked)
			}
		case it.begun(): // what is left of it would go on now at the earliest
			if !p.permits(it, p.cfg.Mono(), 0) {
				p.cutShort(it, scheduler.ReasonOutsideHours)
			} else {
				p.limitSilence(it)
			}
		case !p.permits(it, it.startAt, it.rest()):
			p.fail(it, scheduler.ReasonOutsideHours)
		}
	}
	p.arrange()
}

// permits says whether the rules, as they were last read, let length of the item
// sound at an instant, and notes when it must be silent by them: sooner than was
// planned, or later, where the hours were widened while it was held.
func (p *Player) permits(it *item, at audio.Instant, length time.Duration) bool {
	if p.rules == nil || it.occ.Class == scheduler.ClassEmergency {
		return true
	}
	if it.live != nil && !p.cfg.Clock().Trusted() {
		return true // whoever speaks knows the time, the board does not
	}
	until, allowed, err := p.rules.Allows(p.wall(at.Add(untilSlack)), max(0, length-2*untilSlack), subject(it.occ))
	if err != nil {
		p.cfg.Log.Error("the allowed hours are those of the plan", "occurrence", it.occ.ID, "err", err)
		return true
	}
	if allowed {
		p.excuse(it, at, length)
		it.occ.Until, it.occ.UntilReason = it.occ.SilentBy(until)
	}
	return allowed
}

// subject is what an occurrence is to the exceptions of the place.
func subject(o scheduler.Occurrence) scheduler.Subject {
	return scheduler.Subject{Announcement: o.Announcement, Slot: o.Slot}
}

// excuse notes the exceptions that the item needs where it sounds now.
func (p *Player) excuse(it *item, at audio.Instant, length time.Duration) {
	if len(p.rules.Exceptions) == 0 {
		return
	}
	reasons, err := p.rules.Excused(p.wall(at.Add(untilSlack)), max(0, length-2*untilSlack), subject(it.occ))
	if err != nil {
		p.cfg.Log.Error("an exception is not on the as-run", "occurrence", it.occ.ID, "err", err)
	}
	for _, r := range reasons {
		if !slices.ContainsFunc(it.row.Rules, func(known scheduler.Reason) bool { return known.Exception == r.Exception }) {
			it.row.Rules = append(slices.Clone(it.row.Rules), r)
		}
	}
}

// unexcused says whether an item sounds by an exception that was taken back.
func (p *Player) unexcused(it *item, v scheduler.Village) bool {
	return slices.ContainsFunc(it.row.Rules, func(r scheduler.Reason) bool {
		stands := slices.ContainsFunc(v.Exceptions, func(e scheduler.Exception) bool { return e.ID == r.Exception })
		return r.Code == scheduler.ReasonException && !stands && (r.Exempts || !p.permits(it, p.cfg.Mono(), 0))
	})
}
