package playout

import (
	"context"
	"math"
	"time"

	"loalang/audio"
	"loalang/scheduler"
)

const (
	// clockApart is how far wall and monotonic time may part between two looks before
	// somebody set the clock: NTP slews by less.
	clockApart = 100 * time.Millisecond
	// sightEvery is how often the clock is looked at while something is under way.
	sightEvery = time.Second
	// tooEarly is how much longer than when it was handed over an item waits here, after
	// the clock went back: what is due later is given back to the plan.
	tooEarly = time.Minute
	// clocksWithin is how long reading wall and monotonic time may take to count as one instant,
	// clockReadings how often that is tried; the tightest counts where it never comes about.
	clocksWithin  = 100 * time.Microsecond
	clockReadings = 10
)

// clockSight is the clocks at one look.
type clockSight struct {
	now   time.Time
	mono  audio.Instant
	slept time.Duration
}

func (p *Player) sight() clockSight {
	now, mono := p.clocks()
	return clockSight{now, mono, p.cfg.Slept()}
}

// clocks reads wall and monotonic time together. On a machine that others use, too, the program
// may have to wait between the two readings: that is no clock that was set.
func (p *Player) clocks() (now time.Time, mono audio.Instant) {
	tightest := time.Duration(math.MaxInt64)
	for range clockReadings {
		before := p.cfg.Mono()
		at := p.cfg.Now()
		if took := p.cfg.Mono().Sub(before); took < tightest {
			tightest, now, mono = took, at, before.Add(took/2)
		}
		if tightest <= clocksWithin {
			break
		}
	}
	return now, mono
}

// nextSight is how long until the clocks should be looked at; an hour when nothing
// is under way.
func (p *Player) nextSight() time.Duration {
	if len(p.items) > 0 {
		return sightEvery
	}
	return time.Hour
}

// minded takes in that somebody set the clock, or that the machine slept, since the
// last look. What sounds goes on by the monotonic clock; what is written of it is
// put right; it says whether there was any of that.
func (p *Player) minded() bool {
	last, now := p.seenClock, p.sight()
	p.seenClock = now
	asleep := max(0, now.slept-last.slept)
	set := now.now.Round(0).Sub(last.now.Round(0)) - now.mono.Sub(last.mono) - asleep
	if asleep > clockApart {
		p.wakes(asleep)
	}
	if set.Abs() > clockApart {
		p.clockSet(set)
	}
	if asleep <= clockApart && set.Abs() <= clockApart {
		return false
	}
	p.arrange()
	return true
}

// clockSet puts right the times of what sounds and finds the instants anew at which
// the rest is due. What sounded by a wrong clock was as late, or as early, as that
// was wrong, but for what was asked for at once.
func (p *Player) clockSet(by time.Duration) {
	p.cfg.Log.Info("the clock was set while the player runs", "by", by)
	p.redateEnded(by)
	if by < 0 {
		p.forgetAhead()
	}
	for _, it := range p.items {
		if !it.anyAired() {
			p.dueAnew(it)
			continue
		}
		it.wasSet = true
		redate(&it.row, it.occ.Immediate, by)
		if it.row.Late() && it.lateBy == "" {
			it.lateBy = scheduler.ReasonClockSet
		}
		if !it.occ.Immediate && by.Abs() > LateAfter {
			p.blame(it, scheduler.ReasonClockSet)
		}
		p.book.record(it.row)
	}
	p.mu.Lock()
	for _, al := range p.alarms {
		moved(al.row.Airings, by)
	}
	if p.drilling != nil {
		moved(p.drilling.al.row.Airings, by)
	}
	p.redateLosses()
	p.mu.Unlock()
}

// forgetAhead lets be handed over again what is still to come: the clock of before may
// have given it up.
func (p *Player) forgetAhead() {
	for id, due := range p.seen {
		if p.items[id] == nil && due.After(p.cfg.Now()) {
			delete(p.seen, id)
		}
	}
}

// dueAnew is for what has not begun: it is due at an hour of the day.
func (p *Player) dueAnew(it *item) {
	if it.occ.Immediate || !it.ready || p.committed(it) {
		return
	}
	if it.out {
		p.takeBack(it)
	}
	if it.want = p.instant(it.occ.Due); p.giveBack(it) {
		return
	}
	if p.cfg.Mono() > it.want.Add(LateAfter) {
		p.blame(it, scheduler.ReasonClockSet)
	}
}

// Recall gives an occurrence back to the plan, which was edited since it was handed
// over. What has begun, or may have, goes on. It returns at once.
func (p *Player) Recall(o scheduler.Occurrence) {
	p.do(func() {
		if it := p.items[o.ID]; it != nil && !it.anyAired() && !p.committed(it) {
			p.letGo(it)
		}
	})
}

// giveBack lets go of an item that is due much later, since the clock went back: the
// plan names it again when its time comes, or never, if that was a wrong one.
func (p *Player) giveBack(it *item) bool {
	if it.occ.Immediate || it.anyAired() || it.want.Sub(p.cfg.Mono())-it.ahead < tooEarly {
		return false
	}
	p.cfg.Log.Info("an occurrence is given back to the plan: the clock went back", "occurrence", it.occ.ID, "due", it.occ.Due)
	p.letGo(it)
	return true
}

// letGo drops an item that may be handed over again.
func (p *Player) letGo(it *item) {
	p.putBack(it)
	delete(p.seen, it.occ.ID)
	row := it.row
	row.Deleted = p.cfg.Now().UTC()
	p.side.Go(func() {
		p.book.put(context.Background(), row)
		if p.cfg.Released != nil {
			p.cfg.Released()
		}
	})
	p.arrange()
}

// moved shifts what was written by the clock of before.
func moved(airings []Airing, by time.Duration) {
	for i := range airings {
		a := &airings[i]
		a.Started = a.Started.Add(by)
		if !a.Ended.IsZero() {
			a.Ended = a.Ended.Add(by)
		}
	}
}

// wakes takes in that the machine slept. An emergency is that much closer to its
// end. What sounded goes on after a nap; when its grace is over nobody remembers how
// its sentence began, and it was cut.
func (p *Player) wakes(asleep time.Duration) {
	p.cfg.Log.Warn("the machine was suspended while it was on duty", "for", asleep)
	for _, it := range p.items { // first: the end of one finds a place for others
		p.blame(it, scheduler.ReasonAsleep)
		if !it.anyAired() {
			p.dueAnew(it)
		}
	}
	for _, it := range p.items {
		if it.anyAired() && asleep > p.grace(it) {
			it.asleep = asleep
			p.stopItem(it, "", Cut, scheduler.ReasonAsleep)
		}
	}
	var over []string
	var shorter []*alarm
	p.mu.Lock()
	for _, al := range p.alarms {
		if !al.e.Ended.IsZero() {
			continue
		}
		al.deadline = al.deadline.Add(-asleep)
		if al.deadline <= p.cfg.Mono() {
			over = append(over, al.e.ID)
			continue
		}
		p.await(al)
		shorter = append(shorter, al)
	}
	p.mu.Unlock()
	p.shorten(over, shorter)
}
