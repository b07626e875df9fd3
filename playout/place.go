package playout

import (
	"cmp"
	"slices"
	"time"

	"loalang/audio"
	"loalang/scheduler"
)

const (
	// untilSlack is how far past its latest end an item may reach: what converting
	// between the clocks, and the frames of a card, may cost.
	untilSlack = 50 * time.Millisecond
	// soon is how long before its instant a cue must be handed over, beside the
	// time that sound takes through the output.
	soon = 200 * time.Millisecond
	// committedAhead is how long before its first frame an item is left alone: the
	// output may have begun with it, and has not told yet.
	committedAhead = 100 * time.Millisecond
	// yieldAhead is how long before an instant something is told to be silent by it:
	// its fade, and a late timer.
	yieldAhead = 20 * time.Millisecond
	// endingPatience is how long a cue that was taken back may take up room.
	endingPatience = 5 * time.Second
)

// maxCued is how many cues may wait or sound: half of what the output takes, for
// those that make room have to end there first.
const maxCued = audio.MaxCues / 2

// cued says whether the output holds the newest try of the item.
func (it *item) cued() bool { return it.out }

// begun says whether anything of the newest try has sounded or ended: then the
// output alone moves it.
func (it *item) begun() bool {
	if !it.out {
		return false
	}
	for i := it.from; i < len(it.parts); i++ {
		if pt := &it.parts[i]; pt.started != 0 || pt.frozen || pt.ended {
			return true
		}
	}
	return false
}

// committed says whether the item has begun, as far as anybody can know.
func (p *Player) committed(it *item) bool {
	return it.begun() || it.out && it.startAt <= p.cfg.Mono().Add(committedAhead)
}

// ahead is how long before its first frame a cue is handed over: it must arrive,
// and the amplifier settle.
func (p *Player) ahead() time.Duration {
	return max(soon+p.cfg.Siren.State().Latency, p.power.soonest())
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

// arrange gives everything that has not begun its place, and tells the output
// what has changed. Under an alarm all of it waits.
func (p *Player) arrange() {
	if p.arranging || p.isLeaving() {
		p.rearrange = true
		return
	}
	p.arranging = true
	defer func() { p.arranging = false }()
	for again := true; again; again = p.rearrange {
		p.rearrange = false
		if p.silenced != 0 {
			p.arrangeSilence()
			continue
		}
		if l, ok := p.lay(); ok {
			p.carryOut(l)
		}
	}
	if p.lapsing() {
		p.bridge()
	}
	p.show()
}

// lay finds the places. It says false when that ended an item, which gives
// others another place.
func (p *Player) lay() (*layout, bool) {
	l := p.newLayout()
	for e := l.next(); e != nil; e = l.next() {
		if e.ghost {
			continue
		}
		if e.it.roaming && e.open == 0 {
			e.it.roaming = false
			e.it.row.Due, e.it.due = p.wall(e.at), e.at // "as soon as the output can" is when that is
		}
		if e.it.obstacle = e.obstacle(p); e.front != nil {
			e.it.front = front{e.front.occ.ID, e.front.occ.Title}
		}
		if !p.allowed(e) {
			return nil, false
		}
	}
	slices.SortStableFunc(l.laid, func(a, b *entry) int { return cmp.Compare(a.at, b.at) })
	return l, true
}

// obstacle is the cause that keeps an item from beginning when it should; empty
// when none does.
func (e *entry) obstacle(p *Player) string {
	switch {
	case e.at <= p.dueAt(e.it).Add(joined):
		return ""
	case e.behind || e.it.alarmed:
		return scheduler.ReasonPreempted
	case e.late:
		return scheduler.ReasonDelayed
	}
	return e.it.obstacle // it stays where that moved it
}

// carryOut cues what is laid, the earliest first, as far as the output has room.
// What comes behind the rest of an interrupted item waits until that has its
// place, and what comes behind a live voice until that has ended.
func (p *Player) carryOut(l *layout) {
	full := false
	p.starved = false
	for _, e := range l.laid {
		it := e.it
		if e.ghost {
			full = true
			continue
		}
		full = full || e.open > 0
		if e.replaces != nil && e.replaced == "" {
			if _, e.replaced = e.replaces.yieldAt(e.at); e.replaced == "" && e.replaces.streams() {
				e.replaced = e.replaces.last().cue // its end is an instant, not a frame
			}
		}
		if same := it.out && it.after == e.pred && it.replaces == e.replaced && (e.pred == nil && it.startAt == e.at || it.joinedTo(e.pred)); same && !full {
			it.startAt, it.endAt = e.at, e.at.Add(e.length)
			it.keyAt = p.keyBefore(it.startAt)
			continue
		}
		if it.out {
			p.takeBack(it)
		}
		it.startAt, it.endAt = e.at, e.at.Add(e.length)
		if full = full || e.pred != nil && !e.pred.out || !p.room(len(it.all())-it.from); full {
			it.waited = it.waited || p.silenced == 0
			p.starved = true
			continue
		}
		p.cue(e)
		p.yieldBesides(e)
	}
}

// yieldBesides stops what fades into that which e replaces, in time: a cue names
// only one that gives way to it.
func (p *Player) yieldBesides(e *entry) {
	it, try := e.it, e.it.try
	for _, other := range e.besides {
		fading := other.try
		time.AfterFunc(e.at.Add(-yieldAhead-p.cfg.Siren.State().Latency).Sub(p.cfg.Mono()), func() {
			p.do(func() {
				if p.items[it.occ.ID] == it && it.try == try && it.out && p.items[other.occ.ID] == other && other.try == fading && p.silenced == 0 {
					p.yield(other)
				}
			})
		})
	}
}

// room says whether the output takes so many cues more.
func (p *Player) room(cues int) bool {
	for id, since := range p.ending {
		if p.cfg.Mono().Sub(since) > endingPatience {
			delete(p.ending, id)
		}
	}
	if len(p.cues) == 0 {
		return true
	}
	return len(p.cues)+cues <= maxCued && len(p.cues)+len(p.ending)+cues <= audio.MaxCues
}

// allowed ends the item when it would now begin beyond its grace, or end beyond
// what its plan allows.
func (p *Player) allowed(e *entry) bool {
	it := e.it
	if it.streams() {
		return p.allowedStream(e)
	}
	at := p.soonestOf(e)
	permitted := p.permits(it, at, e.length) // first: it knows until when
	switch end := at.Add(e.length); {
	case at > p.latestStart(it) && !it.roaming:
		p.fail(it, scheduler.ReasonTooLate)
	case p.beyond(it, end):
		p.fail(it, it.occ.UntilReason)
	case !permitted:
		p.fail(it, scheduler.ReasonOutsideHours)
	default:
		return true
	}
	return false
}

// soonestOf is when the item of e may begin at the soonest, as far as anybody can
// know: a live voice ends when its speaker has said all, and not by its limit.
func (p *Player) soonestOf(e *entry) audio.Instant {
	if e.open == 0 {
		return e.at
	}
	it, latest := e.it, p.latestStart(e.it)
	if now := p.cfg.Mono(); it.judged != latest && latest >= now {
		it.judged = latest
		time.AfterFunc(latest.Sub(now)+time.Millisecond, func() {
			p.do(func() {
				if p.items[it.occ.ID] == it && !it.out {
					p.arrange()
				}
			})
		})
	}
	return e.at.Add(-e.open)
}

// latestStart is the last instant at which the item may begin, or go on.
func (p *Player) latestStart(it *item) audio.Instant {
	if it.latest != 0 {
		return it.latest
	}
	if it.occ.Immediate {
		return p.dueAt(it).Add(p.grace(it)) // as soon as the output could
	}
	return p.instant(it.occ.Due).Add(p.grace(it))
}

// beyond says whether sound that ends then would outlast what the plan allows.
func (p *Player) beyond(it *item, end audio.Instant) bool {
	return !it.occ.Until.IsZero() && end > p.instant(it.occ.Until).Add(untilSlack)
}

// fail ends an item that may not go on: because of what delayed it, when that is
// known.
func (p *Player) fail(it *item, cause string) {
	if it.out {
		p.takeBack(it)
	}
	outcome := Missed
	if len(it.row.Airings) > 0 {
		outcome = Cut
	}
	p.blameObstacle(it)
	if cause == scheduler.ReasonTooLate && it.hurt != "" {
		cause = it.hurt
	}
	p.finish(it, outcome, cause)
}

// takeBack lets the output forget the newest try of an item.
func (p *Player) takeBack(it *item) {
	p.silence(it)
	p.leaveBed(it)
	for i := it.from; i < len(it.parts); i++ {
		pt := &it.parts[i]
		if pt.cue != "" && !pt.ended {
			p.ending[pt.cue] = p.cfg.Mono()
		}
		delete(p.cues, pt.cue)
		pt.cue = ""
	}
	it.out, it.after, it.afterCue, it.replaces = false, nil, "", ""
}

// blame remembers the first thing that kept an item from airing as planned. That it
// is late is a cause only where there is no other.
func (p *Player) blame(it *item, cause string) {
	if it.hurt == "" || it.hurt == scheduler.ReasonLate && !it.anyAired() {
		it.hurt = cause
	}
}

// blameObstacle remembers what is in the way of an item that begins or is given
// up.
func (p *Player) blameObstacle(it *item) {
	switch {
	case it.obstacle != "":
		p.blameFront(it, it.obstacle)
	case it.waited && p.cfg.Mono() > p.dueAt(it).Add(joined):
		p.blame(it, scheduler.ReasonDelayed)
	}
}
