package playout

import (
	"slices"
	"time"

	"loalang/audio"
	"loalang/scheduler"
)

// longestInterruption is how long after an interruption by something of a higher
// claim an item may still go on, within its hours: nobody remembers how the
// sentence began.
const longestInterruption = time.Hour

// rule is what becomes of the item when it is interrupted. Opening and closing of
// a slot make no sense afterwards; of what is made as it airs there is nothing to
// resume or repeat, it is joined again.
func (it *item) rule() scheduler.Resumption {
	switch {
	case it.streams():
		return scheduler.Resume
	case it.occ.Interrupted != "":
		return it.occ.Interrupted
	case it.occ.Kind == scheduler.Opening || it.occ.Kind == scheduler.Closing:
		return scheduler.Drop
	}
	return scheduler.Resume
}

// broke goes on with an item of which a part did not come to its end.
func (p *Player) broke(it *item, broken int) {
	pt := &it.parts[broken]
	if streamed(pt.Part) && it.sounded && it.stopAt < p.cfg.Mono().Add(leastStream) && pt.cause != audio.Lost {
		p.finish(it, Played, p.spentCause(it)) // what was due at its end came to its turn
		return
	}
	cause, sounded := pt.cause, it.sounded
	p.takeBack(it) // parts behind the broken one wait for nothing
	now := p.cfg.Mono()
	it.from, it.want = broken, max(now, p.soonest(it))
	if it.yields != "" && cause != audio.Lost {
		cause = audio.Replaced
	}
	it.yields = ""
	switch cause {
	case audio.Unread: // of a stream
		it.want = max(it.want, now.Add(retryAfter))
		p.blame(it, CauseStation)
	case audio.Replaced:
		if sounded {
			p.interrupted(it, scheduler.ReasonPreempted, now.Add(longestInterruption))
		}
	case audio.Lost:
		if again := now.Add(retryAfter); it.want <= again { // else it has not missed anything
			it.want = again
			p.blame(it, scheduler.ReasonDevice)
		}
		if sounded {
			it.lost = true
			p.interrupted(it, scheduler.ReasonDevice, max(it.latest, now.Add(p.grace(it))))
		}
	case audio.TooLate:
		p.blame(it, CauseBusy)
	}
	p.arrange()
}

// soonest is the instant before which the item may not begin: what is lost before
// its time waits for it.
func (p *Player) soonest(it *item) audio.Instant {
	if it.anyAired() || it.atOnce() {
		return 0
	}
	return p.instant(it.occ.Due)
}

// interrupted applies the rule of an item that sounded and was interrupted. It
// may end it.
func (p *Player) interrupted(it *item, cause string, latest audio.Instant) {
	p.blame(it, cause)
	it.cutBy = cause
	it.live.tell(LiveChange{Stage: TalkMuted})
	if it.latest = latest; it.stopAt != 0 {
		it.latest = min(it.latest, it.stopAt.Add(-leastStream))
	}
	rule := it.rule()
	switch rule {
	case scheduler.Drop:
		p.finish(it, Cut, cause)
		return
	case scheduler.Restart:
		p.rewind(it)
	default:
		if it.parts[it.from].left() <= 0 { // it was over to the frame
			it.parts[it.from].cause = audio.Completed
			it.from++
		}
	}
	if it.from == len(it.parts) {
		p.complete(it)
		return
	}
	if cause == scheduler.ReasonPreempted {
		it.went = causeOf[rule]
	}
	if it.lost {
		p.awaitDevice(it)
	}
}

// rewind lets an item begin anew, without what was given up of it.
func (p *Player) rewind(it *item) {
	it.from = 0
	it.parts = slices.DeleteFunc(it.parts, func(pt part) bool {
		if pt.passed == "" {
			return false
		}
		it.lacking = it.lacking || pt.Kind == scheduler.PartVoice
		_ = pt.file.Close() // read only
		return true
	})
	for i := range it.parts {
		it.parts[i].done = 0
	}
}

// causeOf is the cause of a row whose item was interrupted and went on.
var causeOf = map[scheduler.Resumption]string{scheduler.Resume: CauseResumed, scheduler.Restart: CauseRestarted}

// awaitDevice gives up an item that waits for the sound device, when that does
// not come back in time.
func (p *Player) awaitDevice(it *item) {
	latest, try := it.latest, it.try
	time.AfterFunc(keepKeyed, func() {
		p.do(func() {
			if p.items[it.occ.ID] == it && it.lost && it.try == try && !it.out && it.keyed {
				it.keyed = false // it hums for nothing; what goes on keys it again, and waits
				p.power.release(it.occ.ID)
				p.show()
			}
		})
	})
	time.AfterFunc(latest.Sub(p.cfg.Mono())+time.Millisecond, func() {
		p.do(func() {
			if p.items[it.occ.ID] == it && it.lost && it.latest == latest && !it.out {
				p.fail(it, scheduler.ReasonDevice)
			}
		})
	})
}

// mayWait says whether an item that the output does not hold looks for a place:
// what the device was lost under waits for that, rather than be told to nobody.
func (p *Player) mayWait(it *item) bool { return !it.lost || p.up }

// deviceGone lets what the device was lost under wait for that: the output tells of
// its end first, and it was cued again for a stand-in that nobody hears.
func (p *Player) deviceGone() {
	gone := false
	for _, it := range p.inOrder((*item).cued) {
		if it.cutBy == scheduler.ReasonDevice && !it.begun() && it.endAs == "" {
			p.takeBack(it)
			it.lost, gone = true, true
			p.awaitDevice(it)
		}
	}
	if gone {
		p.arrange()
	}
}

// deviceBack lets what was lost go on at once.
func (p *Player) deviceBack() {
	any := false
	for _, it := range p.items {
		if it.lost && !it.out {
			it.want, any = p.cfg.Mono(), true
		}
	}
	if any {
		p.arrange()
	}
}

// yield stops an item so that its rule applies.
func (p *Player) yield(it *item) {
	if it.yields != "" || it.endAs != "" {
		return
	}
	it.yields = scheduler.ReasonPreempted
	it.live.tell(LiveChange{Stage: TalkMuted})
	p.silence(it)
}

// overruled sees to it that nothing of a lower rung sounds under an item that
// began; the output itself ends what that replaces.
func (p *Player) overruled(it *item) {
	try := it.try
	time.AfterFunc(committedAhead+soon, func() {
		p.do(func() {
			if p.items[it.occ.ID] != it || it.try != try || !it.anySounding() {
				return
			}
			for _, other := range p.items {
				if other.rung < it.rung && other.anySounding() && p.silenced == 0 {
					p.yield(other)
				}
			}
		})
	})
}

// freeze closes the airings that an alarm silences, and holds back what has not
// begun.
func (p *Player) freeze(at audio.Instant) {
	p.silenced, p.silencer = at, p.newestAlarm()
	for _, it := range p.inOrder((*item).cued) {
		if !it.begun() {
			p.takeBack(it) // its instant would pass there, and be taken for too late
			continue
		}
		for _, pt := range it.all() {
			if pt.started == 0 || pt.ended {
				continue
			}
			frames := max(0, audio.Rate.N(at.Sub(pt.started)))
			p.closeAiring(it, pt, at, frames, scheduler.ReasonPreempted)
			pt.frozen = true
			p.book.record(it.row)
		}
		p.silencedBy(it)
	}
	p.arrange()
}

// silencedBy applies the rule of an item to an alarm: what goes on from where it
// was is left in the output, which knows the frame.
func (p *Player) silencedBy(it *item) {
	switch {
	case it.endAs != "":
	case it.rule() == scheduler.Drop:
		p.cutShort(it, scheduler.ReasonPreempted)
	case it.rule() == scheduler.Restart || it.streams():
		p.yield(it)
	default:
		p.limitSilence(it)
	}
}

// arrangeSilence lets what an alarm silences give way to what waits and stands
// higher: it goes on behind that.
func (p *Player) arrangeSilence() {
	top := Rung(0)
	for _, it := range p.items {
		if it.ready && !it.out {
			top = max(top, it.rung)
		}
	}
	for _, it := range p.items {
		if it.rung < top && it.begun() {
			p.yield(it)
		}
	}
}

// limitSilence ends an item under an alarm as soon as it cannot come to its end
// any more within what its plan allows: not a word of it shall follow.
func (p *Player) limitSilence(it *item) {
	silenced, spare, cause, until := p.silenced, longestInterruption, scheduler.ReasonPreempted, it.occ.Until
	if !it.occ.Until.IsZero() {
		if s := p.instant(it.occ.Until).Add(untilSlack).Sub(it.endAt); s < spare {
			spare, cause = s, it.occ.UntilReason
		}
	}
	time.AfterFunc(silenced.Add(spare).Sub(p.cfg.Mono()), func() {
		p.do(func() {
			if p.items[it.occ.ID] == it && p.silenced == silenced && it.endAs == "" && it.begun() && it.occ.Until.Equal(until) {
				p.cutShort(it, cause)
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
	for _, it := range p.items {
		if it.ready && !it.out {
			it.alarmed, it.front = true, p.silencer
		}
	}
	for _, it := range p.inOrder((*item).begun) {
		it.endAt = it.endAt.Add(frozenFor)
		for _, pt := range it.all() {
			if pt.frozen && !lost {
				p.openAiring(it, pt, at)
				p.book.record(it.row)
				it.went = CauseResumed
			}
			pt.frozen = false
		}
		if it.endAs == "" && p.beyond(it, it.endAt) {
			p.cutShort(it, it.occ.UntilReason)
		}
	}
	p.arrange()
}

// cutShort ends an item that sounds because it may not go on.
func (p *Player) cutShort(it *item, cause string) {
	it.endAs, it.endCause = Cut, cause
	p.silence(it)
}
