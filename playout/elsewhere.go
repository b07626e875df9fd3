package playout

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
