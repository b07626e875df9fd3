package playout

import (
	"slices"
	"time"
)

// sounding are the airings of an item that are open.
func (it *item) sounding() (open []int) {
	for _, pt := range it.all() {
		if pt.started != 0 {
			open = append(open, pt.airing)
		}
	}
	return open
}

// listen takes in whether what sounds of an item is heard, and where: a zone that answers
// late is heard, too.
func (p *Player) listen(it *item) {
	open := it.sounding()
	if len(open) == 0 {
		return
	}
	now, a := p.cfg.Mono(), p.audience(it.occ.ID)
	it.reach.look(now, a, open)
	for _, i := range open {
		it.row.Airings[i].Zones = together(it.row.Airings[i].Zones, a.zones)
	}
	if a.fault == TroubleBypass || a.fault != "" && it.reach.lost(now) >= glimpse {
		p.blame(it, a.fault)
	}
}

// listenAll is listen for everything that sounds. It belongs to the loop.
func (p *Player) listenAll() {
	p.hearing = false
	for _, it := range p.items {
		p.listen(it)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.listenAlarms()
}

// listenAgain sees to it that what sounds is looked at in a moment. It belongs to the loop.
func (p *Player) listenAgain() {
	switch {
	case p.hearing || !p.audible():
		return
	case p.ear == nil:
		p.ear = time.AfterFunc(reachEvery, p.wake)
	default:
		p.ear.Reset(reachEvery)
	}
	p.hearing = true
}

// wake has the loop look who hears what sounds, as soon as it can. It may be called from any
// goroutine and does not block.
func (p *Player) wake() {
	select {
	case p.switched <- struct{}{}:
	default: // it is about to
	}
}

// audible says whether there is anything to listen to. It belongs to the loop.
func (p *Player) audible() bool {
	for _, it := range p.items {
		if it.reach.From != 0 {
			return true
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.drilling != nil && p.drilling.al.reach.From != 0 ||
		slices.ContainsFunc(p.alarms, func(al *alarm) bool { return al.reach.From != 0 })
}

// Reswitched takes in that the amplifier was put on its own microphone, or back. It may
// be called from any goroutine.
func (p *Player) Reswitched() { p.powered() }

// listenAlarms is listenAll for emergencies and a drill. Player.mu is held.
func (p *Player) listenAlarms() {
	for _, al := range p.alarms {
		p.listenAlarm(al)
		if al.pass.part != "" && al.reach.Fault == "" {
			p.hear(al, max(al.pass.start, p.cfg.Mono()))
		}
	}
	if p.drilling != nil {
		p.listenAlarm(&p.drilling.al)
	}
}

// listenAlarm is listen for what of an emergency sounds. Player.mu is held.
func (p *Player) listenAlarm(al *alarm) {
	if al.pass.part == "" {
		return
	}
	now := p.audience(alarmHolder(al.e))
	if al.resting && now.fault == TroubleAmplifier {
		now.fault = CauseResting
	}
	al.reach.look(p.cfg.Mono(), now, []int{al.pass.airing})
	a := &al.row.Airings[al.pass.airing]
	a.Zones = together(a.Zones, now.zones)
}

// Zones are the loudspeakers that were on while something of it sounded, in the order
// in which they were; none where all are one, or nobody heard it.
func (a AsRun) Zones() []string {
	var all []string
	for _, g := range a.Airings {
		all = together(all, g.Zones)
	}
	return all
}

// together is a with what of b it lacks; a is not written to.
func together(a, b []string) []string {
	all := slices.Clone(a)
	for _, z := range b {
		if !slices.Contains(all, z) {
			all = append(all, z)
		}
	}
	return all
}
