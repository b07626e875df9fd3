package playout

import (
	"context"
	"time"

	"loalang/audio"
	"loalang/scheduler"
)

// Stop ends an occurrence that sounds, or keeps one from sounding for which the
// amplifier is already due. ErrNotOnAir when it is neither.
func (p *Player) Stop(ctx context.Context, occurrence, by string) error {
	if p.breakDrill(func(d *drill) bool { return d.occ.ID == occurrence }, drillEnd{outcome: StoppedBy, cause: scheduler.ReasonStopped, by: by}) {
		return nil
	}
	return p.end(ctx, by, StoppedBy, func(it *item) bool { return it.occ.ID == occurrence })
}

// Withdraw ends whatever of an announcement sounds or is about to. ErrNotOnAir
// when nothing does.
func (p *Player) Withdraw(ctx context.Context, announcement, by string) error {
	p.do(func() { p.revoke(announcement) })
	return p.end(ctx, by, Withdrawn, func(it *item) bool { return it.occ.Announcement == announcement })
}

// Reinstate lets an announcement air again that was taken back a moment ago, and is
// approved now. It returns at once.
func (p *Player) Reinstate(announcement string) {
	p.do(func() { delete(p.revoked, announcement) })
}

// Unschedule ends whatever of a schedule sounds or is about to, since the
// schedule was removed. ErrNotOnAir when nothing does.
func (p *Player) Unschedule(ctx context.Context, schedule, by string) error {
	p.do(func() { p.revoke(schedule) })
	if p.breakDrill(func(d *drill) bool { return d.occ.Schedule == schedule }, drillEnd{outcome: Withdrawn, cause: scheduler.ReasonWithdrawn, by: by}) {
		return nil
	}
	return p.end(ctx, by, Withdrawn, func(it *item) bool { return it.occ.Schedule == schedule })
}

// revokedFor is how long what was taken back is refused: the plan that names it
// may be handed over until a new one is made.
const revokedFor = time.Minute

func (p *Player) revoke(id string) {
	now := p.cfg.Mono() // whatever is done to the clock meanwhile
	for old, at := range p.revoked {
		if now.Sub(at) > revokedFor {
			delete(p.revoked, old)
		}
	}
	p.revoked[id] = now
}

// takenBack says whether an occurrence was handed over by a plan that did not
// know yet that it was taken back.
func (p *Player) takenBack(o scheduler.Occurrence) bool {
	for _, id := range []string{o.Announcement, o.Schedule} {
		if at, revoked := p.revoked[id]; revoked && p.cfg.Mono().Sub(at) <= revokedFor {
			return true
		}
	}
	return false
}

func (p *Player) end(ctx context.Context, by string, as Outcome, which func(*item) bool) error {
	answer, cause := make(chan error, 1), string(audio.Stopped)
	if as == Withdrawn {
		cause = scheduler.ReasonWithdrawn // nobody pressed stop: a report tells the two apart
	}
	asked := p.do(func() {
		found := ErrNotOnAir
		for _, it := range p.items {
			if which(it) {
				p.stopItem(it, by, as, cause)
				found = nil
			}
		}
		answer <- found
	})
	if !asked {
		return ErrNotOnAir
	}
	select {
	case err := <-answer:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
