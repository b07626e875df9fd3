package playout

import (
	"context"
	"time"

	"loalang/audio"
)

const (
	// watchLively is how often Watch tells while something sounds.
	watchLively = 100 * time.Millisecond
	// watchCalm is how often it tells otherwise.
	watchCalm = time.Second
)

// Air is what the village hears now. It may be called from any goroutine and
// does not block.
func (p *Player) Air() Air {
	p.mu.Lock()
	defer p.mu.Unlock()
	a := Air{
		Village: p.cfg.Village, At: p.cfg.Now().UTC(),
		DeadAir: p.dead, DeadAirs: p.deadAirs, Lost: p.lostLast(), Losses: p.losses, Output: p.cfg.Siren.State(), Amp: p.power.state(), Clock: p.cfg.Clock(),
	}
	if p.onAir != nil {
		on := *p.onAir
		if on.ends != nil {
			if ends := p.wall(on.ends()); ends.Before(on.Ends) {
				on.Ends = ends
			}
		}
		a.OnAir = &on
	}
	for _, al := range p.alarms {
		if al.e.Ended.IsZero() {
			a.Emergencies = append(a.Emergencies, p.activeEmergency(al))
		}
	}
	if a.OnAir != nil && len(a.Emergencies) == 0 { // an emergency has its own
		a.OnAir.Faults = p.itemFaults(a.OnAir.Occurrence.ID, a.Output)
	}
	if a.Amp.Bypass.On {
		a.Lost = nil // somebody speaks through the amplifier's own microphone: that is told, and is why
	}
	a.Drill, a.Over = p.drillOnAir(), p.ended
	if n := len(a.Emergencies); n > 0 {
		a.Emergency = &a.Emergencies[n-1].Emergency
	}
	return a
}

// activeEmergency describes an alarm. Player.mu is held.
func (p *Player) activeEmergency(al *alarm) ActiveEmergency {
	a := ActiveEmergency{Emergency: al.e, Sounding: al.raised}
	// The clock may have been set since it was raised: its life has not changed.
	if until := p.wall(al.deadline); until.Sub(al.e.Expires).Abs() > time.Second {
		a.Expires = until
	}
	for _, s := range al.said {
		a.Spoken = append(a.Spoken, s.language)
	}
	switch {
	case !p.up:
		a.Faults = append(a.Faults, EmergencyFault{Code: TroubleDevice})
	case !al.raised && p.otherSounds(al):
		a.Faults = append(a.Faults, EmergencyFault{Code: TroubleWaiting})
	}
	a.Sounding = a.Sounding && p.power.powered(alarmHolder(al.e))
	a.Faults = append(a.Faults, p.switchFaults(alarmHolder(al.e), al.e.Zones)...)
	if p.power.bypass().On {
		a.Sounding = false
		a.Faults = append(a.Faults, EmergencyFault{Code: TroubleBypass})
	}
	if p.up && a.Sounding { // else it is told already why nobody hears it
		a.Faults = append(a.Faults, p.lostFaults(al.row.Occurrence)...)
	}
	if al.bereft {
		a.Faults = append(a.Faults, EmergencyFault{Code: TroubleWordless})
	}
	a.Faults = append(a.Faults, al.faults...)
	return a
}

// itemFaults is what keeps an item that sounds from being heard: why nobody hears it, or else
// which loudspeakers are off. Player.mu is held.
func (p *Player) itemFaults(occurrence string, out audio.OutputState) []EmergencyFault {
	switch {
	case !p.up || !out.Up: // a stand-in plays
		return []EmergencyFault{{Code: TroubleDevice}}
	case p.power.bypass().On:
		return []EmergencyFault{{Code: TroubleBypass}}
	case !p.power.powered(occurrence): // also when its keying went well, and it went off by itself
		return p.offFaults(nil)
	}
	if lost := p.lostFaults(occurrence); lost != nil {
		return lost
	}
	return p.switchFaults(occurrence, nil)
}

// lostFaults is what the monitor input tells of what is being sent. Player.mu is held.
func (p *Player) lostFaults(occurrence string) []EmergencyFault {
	switch l := p.lost[occurrence]; {
	case l == nil:
		return nil
	case l.As == HeardWrong:
		return []EmergencyFault{{Code: TroubleOther}}
	}
	return []EmergencyFault{{Code: TroubleUnheard}}
}

// offFaults says that those zones, none for all, are off altogether. What only must stay off
// for a moment is not broken.
func (p *Player) offFaults(zones []string) []EmergencyFault {
	if rests := p.power.resting(zones); rests > 0 {
		return []EmergencyFault{{Code: TroubleResting, Rests: rests}}
	}
	return []EmergencyFault{{Code: TroubleAmplifier}}
}

// switchFaults are what is off of the loudspeakers, of those zones or of all, that who needs.
func (p *Player) switchFaults(who string, needs []string) (faults []EmergencyFault) {
	all, zones := p.power.failing(who)
	if all {
		return p.offFaults(needs)
	}
	for _, zone := range zones {
		f := EmergencyFault{Code: TroubleZone, Zone: zone}
		if f.Rests = p.power.resting([]string{zone}); f.Rests > 0 {
			f.Code = TroubleRestZone
		}
		faults = append(faults, f)
	}
	return faults
}

// otherSounds says whether an alarm beside al has the output. Player.mu is held.
func (p *Player) otherSounds(al *alarm) bool {
	for _, other := range p.alarms {
		if other != al && other.pass.part != "" {
			return true
		}
	}
	return false
}

// Watch delivers Air at each change, ten times a second while something sounds
// and once a second otherwise, until ctx ends; then it closes. A slow reader
// loses the oldest.
func (p *Player) Watch(ctx context.Context) <-chan Air {
	out := make(chan Air, 1)
	go func() {
		defer close(out)
		for {
			p.mu.Lock()
			change := p.change
			p.mu.Unlock()
			a := p.Air()
			select {
			case <-out: // nobody has read the last one: it is old now
			default:
			}
			out <- a
			wait := watchCalm
			if a.OnAir != nil || a.Emergency != nil {
				wait = watchLively
			}
			timer := time.NewTimer(wait)
			select {
			case <-ctx.Done():
				timer.Stop()
				return
			case <-change:
				timer.Stop()
			case <-timer.C:
			}
		}
	}()
	return out
}

// show recomputes what is on air: what sounds, else what the amplifier is keyed
// for.
func (p *Player) show() {
	var on *OnAir
	sounds := false
	for _, it := range p.items {
		if !it.keyed || sounds && !it.anySounding() {
			continue
		}
		candidate := p.describe(it)
		if !sounds && it.anySounding() {
			sounds, on = true, candidate
			continue
		}
		if on == nil || on.Started.IsZero() && (!candidate.Started.IsZero() || candidate.Ends.Before(on.Ends)) {
			on = candidate
		}
	}
	p.mu.Lock()
	p.onAir = on
	p.mu.Unlock()
	p.changed()
}

func (p *Player) describe(it *item) *OnAir {
	on := &OnAir{Occurrence: it.occ}
	if len(it.row.Airings) > 0 {
		on.Started = it.row.Airings[0].Started
	}
	end := max(it.startAt, p.cfg.Mono())
	for i := range it.parts {
		pt := &it.parts[i]
		if pt.started != 0 {
			on.Part, on.Language = it.kindOf(pt), pt.Language
			end = pt.started.Add(pt.left() - audio.Rate.D(pt.told))
		} else if !pt.ended {
			end = end.Add(pt.Pause + pt.left())
		}
	}
	if it.stopAt != 0 {
		end = it.stopAt
	}
	on.By, on.Ends = it.row.By, p.wall(end)
	if it.live != nil {
		on.ends = it.live.ends
	}
	return on
}
