package playout

import "slices"

// noteZones writes down which zones are on while an airing sounds. It is asked when
// the airing begins and ends: a zone that answers late is heard, too.
func (p *Player) noteZones(it *item, airing int) {
	zones, on := p.power.keyed()
	it.powered = it.powered || on
	if p.power.bypass().On {
		it.taken = true
		p.blame(it, TroubleBypass)
	} else {
		it.ours = true
	}
	it.row.Airings[airing].Zones = together(it.row.Airings[airing].Zones, zones)
}

// reached is what became of an item that was played to its end: nobody heard it when the
// amplifier was off, or on its own microphone, all along. Whether keying it went well
// says nothing: a device that is sent commands answers later, or never.
func (it *item) reached(outcome Outcome, cause string) (Outcome, string) {
	switch {
	case len(it.row.Airings) > 0 && !it.powered:
		return Missed, TroubleAmplifier
	case it.taken && !it.ours:
		return Missed, TroubleBypass
	}
	return outcome, cause
}

// Reswitched takes in that the amplifier was put on its own microphone, or back. It may
// be called from any goroutine.
func (p *Player) Reswitched() { p.powered() }

// reaches says whether what sounds of an alarm is heard where it is meant to be. Player.mu
// is held.
func (p *Player) reaches(al *alarm) bool {
	return p.power.powered(alarmHolder(al.e)) && !p.power.bypass().On
}

// noteAlarmZones does the same for what of an emergency sounds. Player.mu is held.
func (p *Player) noteAlarmZones(al *alarm) {
	if al.pass.part == "" {
		return
	}
	zones, _ := p.power.keyed()
	a := &al.row.Airings[al.pass.airing]
	a.Zones = together(a.Zones, zones)
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
