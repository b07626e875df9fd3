package playout

import "loalang/audio"

// audibleFrom is from when on the Witness can hear what leaves the card of an alarm at an
// instant: the siren begins with the amplifier, which settles, or must stay off still. What
// nobody can hear is no loss, and no verdict on what follows. Player.mu is held.
func (p *Player) audibleFrom(al *alarm, at audio.Instant) audio.Instant {
	zones := al.e.Zones
	if p.cfg.MonitorZone != "" {
		zones = []string{p.cfg.MonitorZone}
	}
	settle, resting := p.power.readiness(zones)
	if settle+resting == 0 {
		return at
	}
	return max(at, p.cfg.Mono().Add(settle+resting))
}

// joinedFrom is from when on the Witness can hear a programme that sounds from an instant on.
// It goes on as soon as an emergency for other zones is over, and does not wait for a zone
// that must stay off longer than others: the one where the Witness hears joins in. Player.mu
// is held.
func (p *Player) joinedFrom(at audio.Instant) audio.Instant {
	if wait := p.power.joining(p.cfg.MonitorZone); wait > 0 {
		return max(at, p.cfg.Mono().Add(wait))
	}
	return at
}

// heardElsewhere tells the Witness of every emergency that sounds whether it is heard where
// it hears, when that has changed in the middle of a part: another emergency opened the zone
// of the monitor input, or its end has cut it. What is cut there is no loss. One that is
// opened is heard once it has settled.
func (p *Player) heardElsewhere() {
	if p.cfg.MonitorZone == "" {
		return
	}
	settling := p.power.settling()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, al := range p.alarms {
		here := p.power.alarms(p.cfg.MonitorZone, al.e.Zones)
		if al.pass.part == "" || here == al.pass.here {
			continue
		}
		al.pass.here = here
		at := p.cfg.Mono()
		if here {
			at = at.Add(settling)
		}
		p.cfg.Witness.Sounds(al.row.Occurrence, alarmPart, max(at, al.pass.start), here)
	}
}
