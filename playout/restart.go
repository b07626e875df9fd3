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
	// row becomes durable, and a power cut from then on costs a notice that is due
	// before the board is back.
	markAhead = time.Second
	// outlastPatience is how long whoever raises or stops an emergency waits for
	// the disk.
	outlastPatience = time.Second
	// slotPatience is how far back a plan still decides what was promised in a slot.
	slotPatience = 24 * time.Hour
)

// keepAlarm makes an emergency durable behind its sound.
func (p *Player) keepAlarm(row AsRun, e scheduler.Emergency) {
	p.keepActive()
	p.seenNow() // the database may take its time
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
	seen := life{Seen: p.cfg.Now().UTC(), Trusted: p.cfg.Clock().Trusted()}
	for _, al := range p.alarms {
		seen.Left = al.deadline.Sub(p.cfg.Mono())
		p.vault.sounding(al.e, seen, al.snapshot(), al.reach.kept())
	}
	p.mu.Unlock()
	p.vault.write()
}

// outlast waits until what was done to emergencies would survive a power cut: it
// is acknowledged then. A disk that hangs keeps nobody waiting for long.
func (p *Player) outlast() {
	done := make(chan struct{})
	p.side.Go(func() {
		defer close(done)
		p.keepActive()
	})
	timer := time.NewTimer(outlastPatience)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
		p.cfg.Log.Error("an emergency was acknowledged before it was durable: the disk is slow")
	}
}

// afterRestart raises again the emergencies that are still alive, and begins to
// settle what the last run of this process left open.
func (p *Player) afterRestart(ctx context.Context) {
	p.pickUp()
	if alive := p.vault.open(ctx, p.cfg.Now(), p.cfg.Clock().Trusted()); len(alive) > 0 {
		rows, err := p.book.unfinished(ctx, p.cfg.Village)
		if err != nil {
			p.cfg.Log.Error("an emergency may go on in a new row", "err", err)
		}
		for _, k := range alive {
			p.raiseAgain(k, rows)
		}
	}
	if e := p.vault.lastEnded(); e != nil {
		p.mu.Lock()
		p.over(*e)
		p.mu.Unlock()
	}
	p.side.Go(func() { p.vault.tend(ctx) })
	p.side.Go(func() { p.inherit(ctx) })
}

// raiseAgain goes on with an emergency that a restart interrupted, for what is
// left of its life: it gets further airings in the same row.
func (p *Player) raiseAgain(k kept, rows []AsRun) {
	row := p.alarmRow(k.Emergency)
	row.Updated = time.Time{} // any earlier row is the one to go on with
	rows = append(slices.Clone(rows), k.Row)
	if spooled, ok := p.book.spooled(row.Occurrence); ok {
		rows = append(rows, spooled)
	}
	for _, old := range rows {
		if old.Occurrence == row.Occurrence && old.Updated.After(row.Updated) {
			row = old
		}
	}
	row, crashed := p.asMarked(row)
	row.Updated = later(row.Updated, row.Created)
	row.Airings = slices.Clone(row.Airings) // the vault, or who read them, has the others
	row.Outcome, row.Cause = "", ""         // as the process went down it was cut
	trusted := p.cfg.Clock().Trusted()
	left := k.Life.left(p.cfg.Now(), trusted)
	al := &alarm{e: k.Emergency, row: row, deadline: p.cfg.Mono().Add(left)}
	al.reach.resume(k.Reach, row.sounded()-k.Row.sounded())
	al.heard = al.reach.Heard > 0
	if !trusted && k.Life.Trusted {
		al.doubt = k.Life
	}
	if err := p.raise(al); err != nil {
		p.cfg.Log.Error("an emergency could not go on after a restart", "emergency", k.ID, "err", err)
		return
	}
	if crashed { // its claim says nothing of the end of what was interrupted
		p.mu.Lock()
		p.recordAlarm(al) // which goes on meanwhile, or was stopped
		p.mu.Unlock()
	}
	p.cfg.Log.Info("emergency raised again after a restart", "emergency", k.ID, "left", left)
}

// judgeAlarms looks again at what went on after a restart with the clock
// unknown: once the time is known, so is how much life there is left.
func (p *Player) judgeAlarms() {
	if !p.cfg.Clock().Trusted() {
		return
	}
	var over []string
	var shorter []*alarm
	p.mu.Lock()
	for _, al := range p.alarms {
		if al.doubt == (life{}) || !al.e.Ended.IsZero() {
			continue
		}
		left := al.doubt.left(p.cfg.Now(), true)
		al.doubt = life{}
		if left <= 0 {
			over = append(over, al.e.ID)
			continue
		}
		al.deadline = min(al.deadline, p.cfg.Mono().Add(left))
		p.await(al)
		shorter = append(shorter, al)
	}
	p.mu.Unlock()
	p.shorten(over, shorter)
}

// shorten ends emergencies that are over and tells the output of the new end of
// others.
func (p *Player) shorten(over []string, shorter []*alarm) {
	for _, id := range over {
		if err := p.lowerOne(id, "", scheduler.ReasonExpired); err != nil {
			p.cfg.Log.Error("an emergency that is over could not be stopped", "emergency", id, "err", err)
		}
	}
	for _, al := range shorter {
		p.join(al)
	}
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
			if p.cfg.Settled != nil {
				p.cfg.Settled()
			}
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

// settleRows ends every row that a power cut, or a crash of this program, left: what
// sounded is cut, and its airing has no end unless the program alone crashed; of an
// emergency that somebody stopped the end was kept; what did not sound may still
// air, or is missed.
func (p *Player) settleRows(ctx context.Context, rows []AsRun) {
	released, why := false, scheduler.ReasonPower
	if p.cfg.Restarted {
		why = scheduler.ReasonRestart
	}
	for _, row := range rows {
		if p.sounds(row.Occurrence) {
			continue
		}
		row, crashed := p.asMarked(row)
		end, stopped := p.vault.stopped(row.Occurrence)
		switch {
		case stopped && len(row.Airings) == 0:
			row.Outcome, row.Cause, row.By = Withdrawn, end.cause, end.by
		case stopped:
			row.Outcome, row.Cause, row.By = StoppedBy, end.cause, end.by
		case crashed:
			row.Outcome, row.Cause = Cut, CauseCrash
		case len(row.Airings) > 0:
			row.Outcome, row.Cause = Cut, why
		case (row.untouched() || p.tooSoon(row)) && mayStillAir(row, p.cfg.Now()):
			row.Deleted = p.cfg.Now().UTC()
			released = true
			p.cfg.Log.Info("an occurrence may air after all: the restart came before its sound", "occurrence", row.Occurrence)
		default:
			row.Outcome, row.Cause = Missed, why
		}
		p.book.put(ctx, row)
	}
	if released && p.cfg.Released != nil {
		p.cfg.Released()
	}
}

// tooSoon says whether a row that was keyed has not sounded for certain: its
// instant is yet to come.
func (p *Player) tooSoon(row AsRun) bool {
	return !row.Alarmed() && row.Outcome == "" && len(row.Airings) == 0 &&
		p.cfg.Clock().Trusted() && p.cfg.Now().Before(row.Due)
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
		if it.cued() && it.row.Keyed.IsZero() && it.keyAt.Add(-markAhead) <= now {
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
		if it.cued() && it.row.Keyed.IsZero() {
			wait = min(wait, it.keyAt.Add(-markAhead).Sub(p.cfg.Mono()))
		}
	}
	return max(wait, 0)
}

// silentSoFar says whether surely nothing of an item has sounded, nor will once
// the output is told to stop it.
func (p *Player) silentSoFar(it *item) bool {
	return it.endAs == "" && len(it.row.Airings) == 0 && !it.begun() &&
		(!it.cued() || it.startAt > p.cfg.Mono().Add(soon))
}

// putBack lets go of an item as the process goes down before anything of it has
// sounded: its row stays open, and the next run decides.
func (p *Player) putBack(it *item) {
	p.silence(it)
	for _, pt := range it.all() {
		if pt.file != nil {
			_ = pt.file.Close() // read only
		}
		delete(p.cues, pt.cue)
	}
	delete(p.items, it.occ.ID)
	p.power.release(it.occ.ID)
}
