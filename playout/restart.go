package playout

import (
	"context"
	"errors"

	"loalang/scheduler"
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

// afterRestart closes what the last run of this process left open and raises
// again the emergencies that are still alive.
func (p *Player) afterRestart(ctx context.Context) {
	alive := map[string]scheduler.Emergency{}
	for _, e := range p.vault.open(ctx, p.cfg.Village, p.cfg.Now()) {
		alive[alarmOccurrence(e)] = e
	}
	p.book.drain(ctx) // a row that only the spool has is unfinished too
	patient, cancel := context.WithTimeout(ctx, journalPatience)
	defer cancel()
	rows, err := p.cfg.Journal.Unfinished(patient, p.cfg.Village)
	if err != nil {
		p.cfg.Log.Error("unfinished as-run rows could not be read", "err", err)
	}
	for _, row := range rows {
		if e, again := alive[row.Occurrence]; again {
			delete(alive, row.Occurrence)
			p.raiseAgain(e, row)
			continue
		}
		p.closeAfterPowerCut(row)
	}
	for _, e := range alive {
		p.raiseAgain(e, p.alarmRow(e))
	}
}

// raiseAgain goes on with an emergency that a restart interrupted: the siren
// gets a further airing in the same row.
func (p *Player) raiseAgain(e scheduler.Emergency, row AsRun) {
	p.cfg.Log.Info("emergency raised again after a restart", "emergency", e.ID)
	p.raise(e, row)
}

// closeAfterPowerCut tells the truth of a row that the power cut left: what
// sounded is cut and its airing has no end; what did not sound is missed.
func (p *Player) closeAfterPowerCut(row AsRun) {
	p.seen[row.Occurrence] = row.Due
	row.Outcome, row.Cause = Missed, scheduler.ReasonPower
	if len(row.Airings) > 0 {
		row.Outcome = Cut
	}
	row.Updated = p.cfg.Now().UTC()
	p.book.record(row)
}
