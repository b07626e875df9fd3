package playout

import (
	"time"

	"loalang/audio"
)

// CauseResting is the cause of what began late because the amplifier had to stay off for
// a moment before it could be switched on again.
const CauseResting = "resting"

const (
	// keepKeyed is the gap across which the amplifier stays on.
	keepKeyed = 30 * time.Second
	// gapHolder has the amplifier on across a gap, for what nobody keys for yet.
	gapHolder = "what comes next"
	// gapPatience is for how long behind the instant of its keying that is waited for:
	// a claim that the disk holds up, a plan that was made anew.
	gapPatience = 5 * time.Second
)

// Expect takes in when the next occurrence is due that the plan has not handed over
// yet; zero: none is. It is handed over some seconds ahead, which is later than the
// amplifier would go off behind what sounds before it. It may be called from any
// goroutine, and waits for the Player.
func (p *Player) Expect(due time.Time) {
	p.do(func() {
		p.expected = due
		p.bridge()
	})
}

// bridge keeps the amplifier on across a short gap: for an item that has its place, one
// whose claim is under way, a drill, and what the plan will hand over. It does nothing
// while the amplifier is off.
func (p *Player) bridge() {
	if p.isLeaving() || !p.power.held() && !p.power.live() {
		return
	}
	now, until := p.cfg.Mono(), audio.Instant(0)
	await := func(key audio.Instant) {
		if end := key.Add(gapPatience); key.Sub(now) < keepKeyed && end > now {
			until = max(until, end)
		}
	}
	for _, it := range p.items {
		switch {
		case it.keyed:
		case it.cued():
			if it.keyAt.Sub(now) < keepKeyed {
				p.keyFor(it)
			}
		case !it.ready:
			await(p.keyBefore(p.instant(it.occ.Due)))
		}
	}
	if key, waits := p.drillKeys(); waits {
		await(key)
	}
	if !p.expected.IsZero() {
		await(p.keyBefore(p.instant(p.expected)))
	}
	p.keepOn(until)
}

// keepOn has the amplifier on until an instant though nothing has it keyed; zero: no
// longer.
func (p *Player) keepOn(until audio.Instant) {
	was := p.gapUntil
	p.gapUntil = until
	switch {
	case was == 0 && until != 0:
		_ = p.power.hold(gapHolder, nil) // one that does not answer is tried again, and told of
	case was != 0 && until == 0:
		p.power.release(gapHolder)
	}
}

// awaitsRest says whether an item begins late because the amplifier must stay off still.
func (p *Player) awaitsRest(it *item) bool {
	return !it.atOnce() && p.power.resting(nil) > keyMargin && it.want.Add(joined) < p.cfg.Mono().Add(p.ahead())
}

// lapsing says whether the amplifier is on for its tail alone.
func (p *Player) lapsing() bool { return !p.power.held() && p.power.live() }

// handOn lets go of a hold behind a look at what comes next, which belongs to the loop.
// It may be called from any goroutine and returns at once.
func (p *Player) handOn(who string) {
	p.side.Go(func() {
		released := p.do(func() {
			p.bridge()
			p.power.release(who)
		})
		if !released {
			p.power.release(who)
		}
	})
}
