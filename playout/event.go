package playout

import (
	"cmp"
	"context"
	"slices"
	"time"

	"loalang/audio"
	"loalang/scheduler"
)

// event takes in what the output reports.
func (p *Player) event(ctx context.Context, ev audio.Event) {
	switch ev.Kind {
	case audio.Started:
		p.partStarted(ev)
	case audio.Ended:
		p.partEnded(ev)
	case audio.Underrun:
		p.underrun()
	case audio.DeadAir:
		p.wentSilent(ev)
	case audio.AliveAgain:
		p.soundsAgain(ev)
	case audio.Silenced:
		p.freeze(ev.At)
	case audio.Unsilenced:
		p.thaw(ev.At, ev.Cause == audio.Lost)
	case audio.AlarmOn, audio.PartOn, audio.AlarmOff:
		p.alarmEvent(ev)
	case audio.DeviceUp:
		p.isUp(true)
		p.deviceBack()
		p.cfg.Log.Info("the output is open", "device", ev.Device)
		p.changed()
	case audio.DeviceDown:
		p.isUp(false)
		p.deviceGone()
		p.cfg.Log.Error("the output is gone", "device", ev.Device, "cause", ev.Cause, "detail", ev.Detail)
		p.changed()
	}
}

// isUp notes whether the output holds its device.
func (p *Player) isUp(up bool) {
	p.mu.Lock()
	p.up = up
	p.mu.Unlock()
}

// partOf finds the item and the part of a cue of their newest try.
func (p *Player) partOf(cue string) (*item, *part) {
	it := p.cues[cue]
	if it == nil {
		return nil, nil
	}
	for _, pt := range it.all() {
		if pt.cue == cue {
			return it, pt
		}
	}
	return nil, nil
}

func (p *Player) partStarted(ev audio.Event) {
	it, pt := p.partOf(ev.ID)
	if it == nil {
		return
	}
	if !it.keyed { // sound without power would be a lie: key now, late
		p.keyFor(it)
	} else {
		p.power.renew(it.occ.ID) // each part restarts the guard of the amplifier
	}
	if pt.unheard = !p.up; pt.unheard { // a stand-in plays: listen-in has it, the village does not
		p.blame(it, scheduler.ReasonDevice)
	}
	it.row.Heard = it.heard()
	if pt != it.bed {
		p.began(it, pt, ev.At)
	}
	first := len(it.row.Airings) == 0
	p.openAiring(it, pt, ev.At)
	p.given(it, pt, ev.At)
	if first {
		it.row.Lateness = it.row.Airings[0].Started.Sub(it.promised())
		if it.due != 0 { // the clock may have been set since
			it.row.Lateness = ev.At.Sub(it.due)
		}
		if it.row.Late() {
			p.blame(it, CauseBusy) // nothing else was in its way
			it.lateBy = it.hurt
		}
		p.cfg.Log.Info("occurrence started", "occurrence", it.occ.ID, "late", it.row.Lateness)
	}
	p.book.record(it.row)
	p.show()
}

// began takes in when a part of an item really began.
func (p *Player) began(it *item, pt *part, at audio.Instant) {
	i := slices.IndexFunc(it.parts, func(other part) bool { return other.cue == pt.cue })
	expected := it.endAt
	defer func() {
		if moved := it.endAt.Sub(expected); moved > edge {
			p.arrange() // it came late: what is due behind it, and not joined to it, makes room
		}
	}()
	if it.endAt = at.Add(pt.left() + it.behind(i)); it.stopAt != 0 {
		it.endAt = it.stopAt
	}
	it.live.began(pt.Kind)
	if it.sounded {
		return
	}
	it.sounded, it.startAt, it.cutBy = true, at, ""
	p.blameObstacle(it)
	it.obstacle, it.waited, it.alarmed = "", false, false
	p.overruled(it)
}

// heard is what is known of the newest airing of each part.
func (it *item) heard() Heard {
	for _, pt := range it.parts {
		if pt.unheard || pt.mute {
			return HeardSilent
		}
	}
	return NotMeasured
}

// promised is when the item should have begun: a place in a slot is one of many,
// an exact instant is not, and after the end of its slot all are late.
func (it *item) promised() time.Time {
	belated := slices.ContainsFunc(it.occ.Reasons, func(r scheduler.Reason) bool { return r.Code == scheduler.ReasonLate })
	if it.occ.Kind == scheduler.Notice && !it.occ.Immediate && (it.occ.Slot == "" || belated) {
		return it.row.Nominal
	}
	return it.row.Due
}

// kindOf is what a part gives now.
func (it *item) kindOf(pt *part) scheduler.PartKind {
	if streamed(pt.Part) && it.gives != "" {
		return it.gives
	}
	return pt.Kind
}

func (p *Player) openAiring(it *item, pt *part, at audio.Instant) {
	it.reach.sum(p.cfg.Mono(), it.sounding()) // of the others
	pt.started = at
	pt.airing = len(it.row.Airings)
	it.row.Airings = append(it.row.Airings, Airing{
		ID: p.cfg.NewID(), Part: it.kindOf(pt), Recording: pt.Recording, Language: pt.Language, For: pt.For,
		Started: p.wall(at),
	})
	if !pt.unheard {
		p.cfg.Witness.Sounds(it.occ.ID, it.row.Airings[pt.airing].ID, p.joinedFrom(at), true) // a programme is for all zones
	}
	p.listen(it)
}

func (p *Player) closeAiring(it *item, pt *part, at audio.Instant, frames audio.Frames, cause audio.Cause) {
	p.listen(it)
	it.reach.sum(p.cfg.Mono(), it.sounding())
	a := &it.row.Airings[pt.airing]
	a.Zones = it.reach.mostly(pt.airing, a.Zones)
	p.endAiring(it, pt, at, frames, cause)
	if len(it.sounding()) == 0 {
		it.reach.rest()
	}
}

// endAiring is closeAiring for what was noted already of the zones that were on.
func (p *Player) endAiring(it *item, pt *part, at audio.Instant, frames audio.Frames, cause audio.Cause) {
	a := &it.row.Airings[pt.airing]
	// Two readings of the clocks differ by some microseconds.
	a.Ended, a.Frames, a.Cause = later(a.Started, p.wall(at).Add(-it.asleep)), int64(frames), string(cause)
	p.cfg.Witness.Rests(it.occ.ID, a.ID, at)
	pt.started = 0
	pt.told += frames
}

func (p *Player) partEnded(ev audio.Event) {
	delete(p.ending, ev.ID)
	it, pt := p.partOf(ev.ID)
	if it == nil {
		if p.starved {
			p.arrange() // there is room now
		}
		return
	}
	delete(p.cues, ev.ID)
	pt.ended, pt.frozen, pt.cause = true, false, ev.Cause
	if pt.started != 0 {
		p.closeAiring(it, pt, ev.At, max(0, ev.Frames-pt.told), ev.Cause)
		it.row.Airings[pt.airing].Level = ev.Level
		p.book.record(it.row)
	}
	p.heardOut(pt)
	if !pt.unheard && !streamed(pt.Part) {
		pt.done += ev.Frames
	}
	if pt == it.bed {
		p.bedEnded(it)
	}
	p.settle(it)
}

// settle decides what becomes of an item after one of its parts ended.
func (p *Player) settle(it *item) {
	broken := -1
	for i, pt := range it.parts {
		if !pt.ended {
			if broken < 0 {
				p.fadeBed(it)
				p.show()
				return // still on its way
			}
			continue
		}
		if pt.cause != audio.Completed && !pt.over() && broken < 0 {
			broken = i
		}
	}
	if (it.endAs != "" || broken < 0) && p.fadeBed(it) {
		return
	}
	if it.endAs != "" {
		p.finish(it, it.endAs, it.endCause)
		return
	}
	switch {
	case broken < 0 && it.streams():
		p.ranOut(it)
	case broken < 0:
		p.complete(it)
	case it.parts[broken].givenUp() && !streamed(it.parts[broken].Part):
		p.passOver(it, broken)
	default:
		p.broke(it, broken)
	}
}

// playedCause is what is worth telling of an item that was played to its end.
func (it *item) playedCause() string {
	if it.row.Late() && it.lateBy != "" { // that it went on after an interruption its airings say
		return it.lateBy
	}
	return cmp.Or(it.went, it.hurt, string(audio.Completed))
}

func (p *Player) underrun() {
	for _, it := range p.items {
		for _, pt := range it.all() {
			if pt.started != 0 {
				it.row.Airings[pt.airing].Underruns++
			}
		}
	}
	p.alarmUnderrun()
}
