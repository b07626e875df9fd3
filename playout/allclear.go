package playout

import (
	"context"

	"loalang/scheduler"
)

// mute says that an all-clear has no words in any language. Player.mu is held.
func (al *alarm) mute() bool {
	return al.e.AllClear && len(al.row.Airings) == 0 && len(al.said) == 0
}

// endMute ends an all-clear of which nothing will ever be said: it has no siren that
// could sound on. What it replaced is over all the same.
func (p *Player) endMute(al *alarm) {
	p.mu.Lock()
	mute := al.mute()
	p.mu.Unlock()
	if mute {
		p.endAlarm(al.e.ID, scheduler.ReasonNotReady, Missed)
	}
}

// over keeps the last emergency that ended: an all-clear goes where it was heard.
// Player.mu is held.
func (p *Player) over(e scheduler.Emergency) {
	if !e.AllClear && (p.ended == nil || p.ended.ID == e.ID || !p.ended.Ended.After(e.Ended)) {
		p.ended = &e
	}
}

// lastEnded is the one that over keeps, of an earlier run; nil: none is known.
func (v *vault) lastEnded() (last *scheduler.Emergency) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, d := range v.all {
		if e := d.e; !e.AllClear && !e.Ended.IsZero() && (last == nil || e.Ended.After(last.Ended)) {
			last = &e
		}
	}
	return last
}

// End ends one active emergency at once and for good; it returns as Raise does.
// ErrNoEmergency when id is none that is active.
func (p *Player) End(_ context.Context, id, by string) error {
	p.mu.Lock()
	al := p.findAlarm(id)
	if al == nil || !al.e.Ended.IsZero() {
		p.mu.Unlock()
		return ErrNoEmergency
	}
	p.mu.Unlock()
	err := p.lowerOne(id, by, scheduler.ReasonStopped)
	p.outlast()
	return err
}
