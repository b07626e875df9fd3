package playout

import (
	"cmp"
	"slices"
	"time"

	"loalang/audio"
	"loalang/scheduler"
)

// untilSlack is how far past its latest end an item may reach: what converting
// between the clocks, and the frames of a card, may cost.
const untilSlack = 50 * time.Millisecond

// maxCued is how many cues may wait or sound: half of what the output takes, for
// those that make room have to end there first.
const maxCued = audio.MaxCues / 2

// cued says whether the output holds the newest try of the item, and it is in the
// way of others.
func (it *item) cued() bool { return it.ready && !it.held && !it.aside }

// begun says whether anything of the newest try has sounded or ended: then the
// output alone moves it.
func (it *item) begun() bool {
	if !it.cued() {
		return false
	}
	for i := it.from; i < len(it.parts); i++ {
		if pt := &it.parts[i]; pt.started != 0 || pt.frozen || pt.ended {
			return true
		}
	}
	return false
}

// length is how long the item sounds from the given part on.
func (it *item) length(from int) time.Duration {
	var all time.Duration
	for i := from; i < len(it.parts); i++ {
		if i > from {
			all += it.parts[i].Pause
		}
		all += it.parts[i].Length
	}
	return all
}

// inOrder are the items that fit, by when they begin.
func (p *Player) inOrder(fits func(*item) bool) []*item {
	var all []*item
	for _, it := range p.items {
		if fits(it) {
			all = append(all, it)
		}
	}
	slices.SortFunc(all, func(a, b *item) int {
		return cmp.Or(cmp.Compare(a.startAt, b.startAt), cmp.Compare(a.occ.ID, b.occ.ID))
	})
	return all
}

// earliest is the first instant not before want at which length of sound can
// begin: the cue must arrive, the amplifier settle, and nothing else may sound.
func (p *Player) earliest(want audio.Instant, length time.Duration) audio.Instant {
	ahead := soon
	if !p.power.held() {
		ahead += p.cfg.Amp.State().Settle + keyMargin
	}
	at := max(want, p.cfg.Mono().Add(ahead))
	for _, it := range p.inOrder((*item).cued) {
		if at < it.endAt && at.Add(length) > it.startAt {
			at = it.endAt.Add(between)
		}
	}
	return at
}

// crowd says whether the item must wait because the output has no room for its
// cues, or because another waits for room that comes before it.
func (p *Player) crowd(it *item) bool {
	for _, other := range p.items {
		if other != it && other.crowded && byDue(other, it) < 0 {
			return true
		}
	}
	return len(p.cues) > 0 && len(p.cues)+len(it.parts)-it.from > maxCued
}

// byDue compares items by when the plan has them begin.
func byDue(a, b *item) int {
	return cmp.Or(a.row.Due.Compare(b.row.Due), cmp.Compare(a.occ.ID, b.occ.ID))
}

// place lets the item sound from the given part on, at the first free time from
// want on. Under an alarm it waits for the end of that, and while too many are
// before it for the end of one.
func (p *Player) place(it *item, from int, want audio.Instant) {
	it.from, it.startAt, it.ready = from, want, true
	it.held, it.aside = true, false // it must not stand in its own way
	it.crowded = p.silenced == 0 && p.crowd(it)
	if p.silenced != 0 || it.crowded {
		p.hold(it)
		return
	}
	if !p.free(it, want) {
		p.blame(it, scheduler.ReasonDelayed)
	}
	it.startAt = p.earliest(want, it.length(from))
	it.held = false
	if p.allowed(it) {
		p.cue(it, from)
	}
}

// again is place for what was interrupted: what is cued behind it makes room,
// each behind the one before.
func (p *Player) again(it *item, from int, want audio.Instant) {
	p.moving, it.aside = true, true
	if p.silenced != 0 {
		want = min(want, it.startAt) // it keeps its turn among those that wait
	}
	behind := p.inOrder(func(o *item) bool { return o.cued() && !o.begun() && o.startAt > want })
	for _, o := range behind {
		o.aside = true
	}
	p.place(it, from, want)
	end := audio.Instant(0)
	if p.items[it.occ.ID] == it && it.cued() {
		end = it.endAt
	}
	for _, o := range behind {
		o.aside = false
		if o.startAt < end {
			p.blame(o, scheduler.ReasonDelayed)
			p.takeBack(o)
			p.place(o, o.from, o.startAt)
		}
		if p.items[o.occ.ID] == o {
			end = max(end, o.endAt)
		}
	}
	p.moving = false
	if p.silenced == 0 {
		p.release() // what was given up made room
	}
}

// allowed ends the item when it would now begin beyond its grace, or end beyond
// what its plan allows.
func (p *Player) allowed(it *item) bool {
	if it.startAt > p.latestStart(it) {
		p.fail(it, scheduler.ReasonTooLate)
		return false
	}
	if end := it.startAt.Add(it.length(it.from)); p.beyond(it, end) {
		p.fail(it, it.occ.UntilReason)
		return false
	}
	if !p.permits(it, it.startAt, it.length(it.from)) {
		p.fail(it, scheduler.ReasonOutsideHours)
		return false
	}
	return true
}

// latestStart is the last instant at which the item may begin.
func (p *Player) latestStart(it *item) audio.Instant {
	if it.latest != 0 {
		return it.latest
	}
	due := it.occ.Due
	if it.occ.Immediate {
		due = it.row.Due // as soon as the output could
	}
	return p.instant(due).Add(p.grace(it))
}

// beyond says whether sound that ends then would outlast what the plan allows.
func (p *Player) beyond(it *item, end audio.Instant) bool {
	return !it.occ.Until.IsZero() && end > p.instant(it.occ.Until).Add(untilSlack)
}

// fail ends an item that may not go on: because of what delayed it, when that is
// known.
func (p *Player) fail(it *item, cause string) {
	outcome := Missed
	if len(it.row.Airings) > 0 {
		outcome = Cut
	}
	if cause == scheduler.ReasonTooLate && it.hurt != "" {
		cause = it.hurt
	}
	p.finish(it, outcome, cause)
}

// takeBack lets the output forget the newest try of an item.
func (p *Player) takeBack(it *item) {
	p.silence(it)
	for i := it.from; i < len(it.parts); i++ {
		delete(p.cues, it.parts[i].cue)
		it.parts[i].cue = ""
	}
}

// hold keeps an item from the output until release: under an alarm its instant
// would pass there, and be taken for too late.
func (p *Player) hold(it *item) {
	p.takeBack(it)
	it.held = true
}

// freeze closes the airings that an alarm silences, and holds back what has not
// begun.
func (p *Player) freeze(at audio.Instant) {
	p.silenced = at
	for _, it := range p.inOrder((*item).cued) {
		if !it.begun() {
			p.hold(it)
			continue
		}
		for i := range it.parts {
			pt := &it.parts[i]
			if pt.started == 0 || pt.ended {
				continue
			}
			frames := max(0, audio.Rate.N(at.Sub(pt.started)))
			p.closeAiring(it, pt, at, frames, scheduler.ReasonPreempted)
			pt.frozen = true
			p.book.record(it.row)
		}
		p.limitSilence(it)
	}
	p.show()
}

// limitSilence ends an item under an alarm as soon as it cannot come to its end
// any more within what its plan allows: not a word of it shall follow.
func (p *Player) limitSilence(it *item) {
	if it.occ.Until.IsZero() {
		return
	}
	silenced, spare := p.silenced, p.instant(it.occ.Until).Add(untilSlack).Sub(it.endAt)
	time.AfterFunc(silenced.Add(spare).Sub(p.cfg.Mono()), func() {
		p.do(func() {
			if p.items[it.occ.ID] == it && p.silenced == silenced && it.endAs == "" {
				p.cutShort(it, it.occ.UntilReason)
			}
		})
	})
}

// thaw opens a new airing for what goes on after an alarm, and lets what was
// held back follow. Of what is lost with the output's child nothing goes on.
func (p *Player) thaw(at audio.Instant, lost bool) {
	if p.silenced == 0 {
		return
	}
	frozenFor := at.Sub(p.silenced)
	p.silenced = 0
	for _, it := range p.inOrder((*item).begun) {
		it.endAt = it.endAt.Add(frozenFor)
		for i := range it.parts {
			pt := &it.parts[i]
			if pt.frozen && !lost {
				p.openAiring(it, pt, at)
				p.book.record(it.row)
			}
			pt.frozen = false
		}
		if it.endAs == "" && p.beyond(it, it.endAt) {
			p.cutShort(it, it.occ.UntilReason)
		}
	}
	p.release()
	p.show()
}

// release finds a new place for what was held back, in the order of the plan.
func (p *Player) release() {
	waiting := p.inOrder(func(it *item) bool { return it.held })
	slices.SortFunc(waiting, byDue)
	for _, it := range waiting {
		if p.items[it.occ.ID] != it || !it.held {
			continue // one before it was too late and made room for it
		}
		due, cause := it.startAt, scheduler.ReasonPreempted
		if it.crowded {
			cause = scheduler.ReasonDelayed
		}
		if due < p.cfg.Mono() || !p.free(it, due) {
			p.blame(it, cause)
		}
		p.place(it, it.from, due)
	}
}

// free says whether the item could begin at the instant as far as others go.
func (p *Player) free(it *item, at audio.Instant) bool {
	for _, other := range p.items {
		if other.cued() && at < other.endAt && at.Add(it.length(it.from)) > other.startAt {
			return false
		}
	}
	return true
}

// cutShort ends an item that sounds because it may not go on.
func (p *Player) cutShort(it *item, cause string) {
	it.endAs, it.endCause = Cut, cause
	p.silence(it)
}

// blame remembers the first thing that kept an item from airing as planned.
func (p *Player) blame(it *item, cause string) {
	if it.hurt == "" {
		it.hurt = cause
	}
}
