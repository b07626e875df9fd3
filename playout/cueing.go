package playout

import (
	"fmt"
	"time"

	"loalang/audio"
	"loalang/scheduler"
)

// outlasts is for how long behind its end, as far as that is known, what still sounds
// restarts the guard of the amplifier.
const outlasts = time.Minute

// keyBefore is when to key the amplifier for sound at an instant.
func (p *Player) keyBefore(at audio.Instant) audio.Instant {
	return at.Add(-p.power.state().Settle - keyMargin)
}

// cue hands an item to the output at the place it was given, each of its parts
// behind the one before.
func (p *Player) cue(e *entry) {
	it := e.it
	it.try++
	it.out, it.sounded, it.lost, it.after, it.replaces = true, false, false, e.pred, e.replaced
	it.keyAt = p.keyBefore(it.startAt)
	if e.pred != nil {
		it.afterCue = e.pred.last().cue
	}
	var first audio.Cue
	for i := it.from; i < len(it.parts); i++ {
		pt := &it.parts[i]
		pt.begin(fmt.Sprintf("%s#%d.%d", it.occ.ID, i, it.try))
		c := audio.Cue{ID: pt.cue, File: pt.file, From: pt.done, Spoken: pt.Kind == scheduler.PartVoice || pt.Kind == scheduler.PartFallback}
		switch {
		case i > it.from:
			c.After, c.Gap = it.parts[i-1].cue, pt.Pause
		case e.pred == nil:
			c.At, c.Replaces = e.at, e.replaced
		case e.cross > 0:
			c.After, c.Cross = it.afterCue, e.cross
		default:
			c.After, c.Gap = it.afterCue, p.cfg.Segue
		}
		if i == it.from {
			first = c
		}
		p.cues[pt.cue] = it
		if err := p.cueOne(it, pt, c); err != nil {
			p.cfg.Log.Error("the output refused a cue", "occurrence", it.occ.ID, "err", err)
			pt.ended, pt.cause = true, audio.Lost
		}
	}
	p.cueBed(it, first)
	if it.parts[it.from].ended {
		p.settleLater(it)
	}
}

func (p *Player) cueOne(it *item, pt *part, c audio.Cue) error {
	if !streamed(pt.Part) {
		return p.cfg.Output.Cue(c)
	}
	if it.stopAt == 0 {
		it.stopAt = it.endAt
	}
	p.stopOnTime(it)
	return p.cueStream(it, &c)
}

// settleLater lets an item that the output refused try again: not at once, it
// would be refused again, for ever.
func (p *Player) settleLater(it *item) {
	try := it.try
	time.AfterFunc(retryAfter, func() {
		p.do(func() {
			if p.items[it.occ.ID] == it && it.try == try && it.out {
				p.settle(it)
			}
		})
	})
}

// nextKey is how long until the next amplifier keying; an hour when none is due.
func (p *Player) nextKey() time.Duration {
	wait := time.Hour
	for _, it := range p.items {
		if it.cued() && !it.keyed {
			wait = min(wait, it.keyAt.Sub(p.cfg.Mono()))
		}
	}
	if p.gapUntil != 0 {
		wait = min(wait, p.gapUntil.Sub(p.cfg.Mono()))
	}
	return max(wait, 0)
}

// keyDue keys the amplifier for every item whose time has come. Words that would come
// while it must stay off still wait until it has rested.
func (p *Player) keyDue() {
	now, waits := p.cfg.Mono(), false
	for _, it := range p.items {
		if !it.cued() || it.keyed || it.keyAt > now {
			continue
		}
		if p.power.resting(nil) > keyMargin && !p.committed(it) {
			p.takeBack(it)
			p.blame(it, CauseResting)
			waits = true
			continue
		}
		p.keyFor(it)
	}
	if waits {
		p.arrange()
	}
	if p.gapUntil != 0 {
		p.bridge()
	}
}

// renewItems restarts the guard of the amplifier for what sounds, for one part of it may
// last for hours. What outlasts its end says nothing any more that it should be on.
func (p *Player) renewItems() {
	now := p.cfg.Mono()
	for id, it := range p.items {
		if it.keyed && it.anySounding() && now < it.endAt.Add(outlasts) {
			p.power.renew(id)
		}
	}
}

// renewDrill restarts the guard of the amplifier for a drill that has it on: its words, in
// every language, and its siren may last for longer than that. followDrill bounds it.
func (p *Player) renewDrill() {
	p.mu.Lock()
	d := p.drilling
	p.mu.Unlock()
	if d != nil {
		p.power.renew(drillHolder(d.occ))
	}
}

func (p *Player) keyFor(it *item) {
	it.keyed = true
	if err := p.power.hold(it.occ.ID, nil); err != nil { // it is tried again; OnAir.Faults tells meanwhile
		p.cfg.Log.Error("the amplifier could not be keyed", "occurrence", it.occ.ID, "err", err)
	}
	p.show()
}
