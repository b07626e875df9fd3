package playout

import (
	"context"
	"errors"
	"slices"
	"time"

	"loalang/scheduler"
)

const (
	// markAhead is how long before the amplifier is keyed a row says so: in it the
	// row becomes durable, and a restart within it costs the notice.
	markAhead = time.Second
	// slotPatience is how far back a plan still decides what was promised in a slot.
	slotPatience = 24 * time.Hour
)

// keepAlarm makes an emergency durable behind its sound.
func (p *Player) keepAlarm(row AsRun, e scheduler.Emergency) {
	p.vault.put(e)
	p.vault.write()
	if err := p.book.claim(context.Background(), row); err != nil && !errors.Is(err, ErrClaimed) {
		p.cfg.Log.Error("an emergency sounds without a durable row", "emergency", e.ID, "err", err)
	}
	p.saveEmergency(e)
}

func (p *Player) saveEmergency(e scheduler.Emergency) {
	p.vault.put(e)
	p.vault.write()
	p.vault.save(context.Background())
}

// keepActive makes the newest state of what sounds durable.
func (p *Player) keepActive() {
	p.mu.Lock()
	for _, al := range p.alarms {
		p.vault.put(al.e)
	}
	p.mu.Unlock()
	p.vault.write()
}

// afterRestart raises again the emergencies that are still alive, and begins to
// settle what the last run of this process left open.
func (p *Player) afterRestart(ctx context.Context) {
	if alive := p.vault.open(ctx, p.cfg.Village, p.cfg.Now()); len(alive) > 0 {
		rows, err := p.book.unfinished(ctx, p.cfg.Village)
		if err != nil {
			p.cfg.Log.Error("an emergency may go on in a new row", "err", err)
		}
		for _, e := range alive {
			p.raiseAgain(e, rows)
		}
	}
	p.side.Go(func() { p.vault.tend(ctx) })
	p.side.Go(func() { p.inherit(ctx) })
}

// raiseAgain goes on with an emergency that a restart interrupted: the siren
// gets a further airing in the same row.
func (p *Player) raiseAgain(e scheduler.Emergency, rows []AsRun) {
	p.cfg.Log.Info("emergency raised again after a restart", "emergency", e.ID)
	row := p.alarmRow(e)
	row.Updated = time.Time{} // any earlier row is the one to go on with
	if spooled, ok := p.book.spooled(row.Occurrence); ok {
		rows = append(rows, spooled)
	}
	for _, old := range rows {
		if old.Occurrence == row.Occurrence && old.Updated.After(row.Updated) {
			row = old
		}
	}
	row.Updated = later(row.Updated, row.Created)
	p.raise(e, row)
}

// inherit settles the rows of earlier runs as soon as they can be read, or ends
// with ctx.
func (p *Player) inherit(ctx context.Context) {
	tick := time.NewTicker(drainEvery)
	defer tick.Stop()
	complained := false
	for {
		rows, err := p.book.inherited(ctx, p.cfg.Village)
		if err == nil {
			p.settleRows(ctx, rows)
			p.book.bequeathed()
			return
		}
		if !complained && ctx.Err() == nil {
			complained = true
			p.cfg.Log.Error("what the last run left open waits for the database", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// settleRows ends every row that a power cut left: what sounded is cut and its
// airing has no end; what did not sound may still air, or is missed.
func (p *Player) settleRows(ctx context.Context, rows []AsRun) {
	released := false
	for _, row := range rows {
		if p.sounds(row.Occurrence) {
			continue
		}
		switch {
		case len(row.Airings) > 0:
			row.Outcome, row.Cause = Cut, scheduler.ReasonPower
		case row.untouched() && mayStillAir(row, p.cfg.Now()):
			row.Deleted = p.cfg.Now().UTC()
			released = true
			p.cfg.Log.Info("an occurrence may air after all: the restart came before its sound", "occurrence", row.Occurrence)
		default:
			row.Outcome, row.Cause = Missed, scheduler.ReasonPower
		}
		p.book.put(ctx, row)
	}
	if released && p.cfg.Released != nil {
		p.cfg.Released()
	}
}

// sounds says whether an occurrence is an emergency that goes on.
func (p *Player) sounds(occurrence string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.ContainsFunc(p.alarms, func(al *alarm) bool { return al.row.Occurrence == occurrence })
}

// mayStillAir says whether the plan may find a place for what was claimed and
// never keyed. A slot is filled again as long as it lasts, which only the plan
// knows: of what has no place left it says so, and why.
func mayStillAir(row AsRun, now time.Time) bool {
	latest := later(row.Latest, row.Due)
	if row.Slot != "" && row.Kind == scheduler.Notice {
		latest = row.Due.Add(slotPatience)
	}
	return !now.After(latest)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// markDue makes durable, ahead of the amplifier, which items a restart must not
// air again.
func (p *Player) markDue() {
	now := p.cfg.Mono()
	for _, it := range p.items {
		if it.ready && it.row.Keyed.IsZero() && it.keyAt.Add(-markAhead) <= now {
			it.row.Keyed = p.cfg.Now().UTC()
			p.book.record(it.row)
		}
	}
}

// nextMark is how long until markDue has something to do; an hour when nothing
// is due.
func (p *Player) nextMark() time.Duration {
	wait := time.Hour
	for _, it := range p.items {
		if it.ready && it.row.Keyed.IsZero() {
			wait = min(wait, it.keyAt.Add(-markAhead).Sub(p.cfg.Mono()))
		}
	}
	return max(wait, 0)
}

// putBack lets go of an item as the process goes down before anything was
// switched on for it: its row stays open, and the next run decides.
func (p *Player) putBack(it *item) {
	p.silence(it)
	for i := range it.parts {
		if it.parts[i].file != nil {
			_ = it.parts[i].file.Close() // read only
		}
		delete(p.cues, it.parts[i].cue)
	}
	delete(p.items, it.occ.ID)
	p.power.release(it.occ.ID)
}
