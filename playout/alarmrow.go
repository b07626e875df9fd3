package playout

import (
	"context"
	"time"

	"loalang/audio"
	"loalang/scheduler"
)

// PartSiren is the part of an emergency's airing that is the siren.
const PartSiren scheduler.PartKind = "siren"

// alarmPart is what of an alarm a Witness is told of: all of it.
const alarmPart = "alarm"

// pass is one part of an alarm's cycle on its way out of the card.
type pass struct {
	part   string        // empty: none sounds
	airing int           // index in row.Airings
	start  audio.Instant // of its first frame
	length audio.Frames
	dry    int  // how often the card ran dry under it
	here   bool // the Witness was told that it hears it
}

// alarmRow begins the as-run row of an emergency.
func (p *Player) alarmRow(e scheduler.Emergency) AsRun {
	kind := KindEmergency
	if e.AllClear {
		kind = KindAllClear
	}
	row := p.newRow(scheduler.Occurrence{
		ID: AlarmOccurrence(e), Kind: kind, Title: e.Title, Class: scheduler.ClassEmergency,
		Nominal: e.Raised, Due: e.Raised,
	})
	row.Claimed, row.Keyed, row.By, row.Languages = row.Created, row.Created, e.RaisedBy, e.Languages
	return row
}

func (p *Player) rowOf(al *alarm) AsRun {
	p.mu.Lock()
	defer p.mu.Unlock()
	return al.snapshot()
}

// recordAlarm writes the newest state of an alarm's row. The loop, whoever stops it, the
// library and a verdict all change that, each in a goroutine of its own: a copy that one of
// them takes and writes later would undo what another wrote in between. Player.mu is held.
func (p *Player) recordAlarm(al *alarm) { p.book.record(al.row) }

// alarmEvent takes in what the output says of an emergency. What a stand-in for
// the sound card plays was heard by nobody and is no airing.
func (p *Player) alarmEvent(ev audio.Event) {
	p.mu.Lock()
	al := p.findAlarm(ev.ID)
	if al == nil {
		d := p.drilling
		p.mu.Unlock()
		if d != nil && d.id == ev.ID {
			p.drillEvent(d, ev)
		}
		return
	}
	switch ev.Kind {
	case audio.AlarmOn:
		al.raised = p.up
	case audio.PartOn:
		p.partOn(al, ev)
	case audio.AlarmOff:
		p.cfg.Witness.Rests(al.row.Occurrence, alarmPart, ev.At)
		p.closePass(al, ev.At, ev.Cause)
		al.raised = false
		clear(al.open)
	}
	p.recordAlarm(al)
	renewed := ev.Cause == audio.Expired && al.deadline > p.cfg.Mono().Add(time.Second)
	leaving := p.leaving
	p.mu.Unlock()
	switch {
	case ev.Kind != audio.AlarmOff || ev.Cause == audio.Lost || leaving:
	case renewed, p.bereft(al, ev.Cause): // renewed while its last frames were under way
		p.join(al)
	default:
		p.endAlarm(ev.ID, string(ev.Cause), alarmOutcome(ev.Cause))
	}
	p.changed()
}

// partOn begins a pass. All passes of one part since the emergency began to
// sound, or went on, are one airing. Player.mu is held.
func (p *Player) partOn(al *alarm, ev audio.Event) {
	p.closePass(al, ev.At, audio.Completed)
	if !p.up {
		return
	}
	i, known := al.open[ev.Part]
	if !known {
		i = len(al.row.Airings)
		al.open[ev.Part] = i
		al.row.Airings = append(al.row.Airings, p.alarmAiring(al, ev))
	}
	al.row.Airings[i].Ended, al.row.Airings[i].Cause = time.Time{}, ""
	al.pass = pass{part: ev.Part, airing: i, start: ev.At, length: ev.Frames, here: p.power.alarms(p.cfg.MonitorZone, al.e.Zones)}
	if d := al.row.Drill; d == nil || !d.Silent {
		p.cfg.Witness.Sounds(al.row.Occurrence, alarmPart, p.audibleFrom(al, ev.At), al.pass.here)
	}
	if p.listenAlarm(al); al.reach.Fault == "" { // else it is on its way, and tells
		p.hear(al, ev.At)
	}
}

// alarmAiring needs Player.mu held.
func (p *Player) alarmAiring(al *alarm, ev audio.Event) Airing {
	a := Airing{ID: p.cfg.NewID(), Part: PartSiren, Started: p.wall(ev.At)}
	if ev.Part == chimePart {
		a.Part = scheduler.PartChime
	}
	for _, s := range al.said {
		if s.language == ev.Part {
			a.Part, a.Language, a.Recording = scheduler.PartVoice, s.language, s.recording
		}
	}
	return a
}

// closePass ends what of an alarm sounds, at the latest at an instant, and adds
// its frames. Player.mu is held.
func (p *Player) closePass(al *alarm, at audio.Instant, cause audio.Cause) {
	if al.pass.part == "" {
		return
	}
	if al.reach.From != 0 { // how the amplifier is now says nothing of a pass that a crash ended
		p.listenAlarm(al)
		al.reach.sum(p.cfg.Mono(), []int{al.pass.airing})
		al.reach.rest()
	}
	frames := min(al.pass.length, max(0, audio.Rate.N(at.Sub(al.pass.start))))
	a := &al.row.Airings[al.pass.airing]
	a.Zones = al.reach.mostly(al.pass.airing, a.Zones)
	a.Frames += int64(frames)
	a.Ended, a.Cause = later(a.Started, p.wall(al.pass.start.Add(audio.Rate.D(frames)))), string(cause)
	al.pass = pass{}
}

// hear notes when an emergency first sounded with the amplifier on. Player.mu is
// held.
func (p *Player) hear(al *alarm, at audio.Instant) {
	if al.heard {
		return
	}
	al.heard = true
	al.row.Lateness = p.wall(at).Sub(al.row.Due)
}

// powered takes in that the amplifier answers, or does not.
func (p *Player) powered() {
	p.mu.Lock()
	p.listenAlarms()
	p.mu.Unlock()
	p.changed()
	p.wake() // what else is on the air belongs to the loop
}

func alarmOutcome(c audio.Cause) Outcome {
	switch c {
	case audio.Stopped, audio.Replaced:
		return StoppedBy
	case audio.Unread:
		return Cut
	}
	return Played
}

// conclude gives an alarm its one outcome: what nobody can have heard was not
// played, nor was what was heard for less than half of its time. Player.mu is held.
func (p *Player) conclude(al *alarm, outcome Outcome, cause string) {
	sounded := len(al.row.Airings) > 0
	switch {
	case al.mute() && outcome != StoppedBy:
		outcome, cause = Missed, scheduler.ReasonNotReady
	case !sounded && outcome == StoppedBy:
		outcome = Withdrawn
	case !sounded && !p.up:
		outcome, cause = Missed, scheduler.ReasonDevice
	case !sounded && outcome != Cut:
		outcome, cause = Missed, scheduler.ReasonPreempted // others had their turn
	case !sounded:
		outcome = Missed
	case !al.heard:
		outcome, cause = Missed, al.reach.why()
	case outcome == Played || outcome == StoppedBy:
		if as, why, unheard := al.reach.verdict(); unheard {
			outcome, cause = as, why
		}
	}
	al.row.Outcome, al.row.Cause, al.row.Updated = outcome, cause, p.cfg.Now().UTC()
}

// leaveAlarms stops what sounds as the process goes down, waits a moment for the
// output's last word of it, and writes what became of it. What nobody has
// stopped sounds again after the restart.
func (p *Player) leaveAlarms(events <-chan audio.Event) {
	p.mu.Lock()
	alarms := append([]*alarm(nil), p.alarms...)
	p.mu.Unlock()
	for _, al := range alarms {
		al.expiry.Stop()
		al.order.Lock()
		if err := p.cfg.Siren.Lower(al.e.ID); err != nil {
			p.cfg.Log.Error("an emergency could not be stopped", "emergency", al.e.ID, "err", err)
		}
		al.order.Unlock()
	}
	patience := time.NewTimer(leavePatience)
	defer patience.Stop()
	for p.anyPass() && events != nil {
		select {
		case ev, alive := <-events:
			if !alive {
				events = nil
				break
			}
			p.event(context.Background(), ev)
		case <-patience.C:
			events = nil
		}
	}
	p.mu.Lock()
	for _, al := range alarms {
		if p.findAlarm(al.e.ID) != al {
			continue
		}
		if al.e.Ended.IsZero() {
			p.conclude(al, Cut, scheduler.ReasonRestart)
		} else {
			p.conclude(al, StoppedBy, al.endAs)
		}
		p.recordAlarm(al)
		for _, s := range al.said {
			_ = s.file.Close() // read only
		}
	}
	p.mu.Unlock()
	p.keepActive()
}

func (p *Player) anyPass() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, al := range p.alarms {
		if al.pass.part != "" {
			return true
		}
	}
	return false
}

// isOver says whether an alarm has ended.
func (p *Player) isOver(al *alarm) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.findAlarm(al.e.ID) != al
}
