package playout

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"loalang/scheduler"
)

// keepAlarm makes an emergency durable behind its sound.
func (p *Player) keepAlarm(row AsRun, e scheduler.Emergency) {
	p.keepActive()
	if err := p.book.claim(context.Background(), row); err != nil && !errors.Is(err, ErrClaimed) {
		p.cfg.Log.Error("an emergency sounds without a durable row", "emergency", e.ID, "err", err)
	}
	p.saveEmergency(e)
}

func (p *Player) saveEmergency(e scheduler.Emergency) {
	p.keepActive()
	ctx, cancel := context.WithTimeout(context.Background(), journalPatience)
	defer cancel()
	if err := p.cfg.Emergencies.SaveEmergency(ctx, e); err != nil {
		p.cfg.Log.Error("an emergency could not be saved", "emergency", e.ID, "err", err)
	}
}

// keepActive writes the active emergencies to a fsynced file.
func (p *Player) keepActive() {
	p.keep.Lock()
	defer p.keep.Unlock() // held over the write: an older state must not overtake a newer
	p.mu.Lock()
	active := make([]scheduler.Emergency, 0, len(p.alarms))
	for _, al := range p.alarms {
		active = append(active, al.e)
	}
	p.mu.Unlock()
	raw, err := json.Marshal(active)
	if err == nil {
		err = p.book.spool.write(activeFile, raw)
	}
	if err != nil {
		p.cfg.Log.Error("the active emergencies could not be kept for a restart", "err", err)
	}
}

// afterRestart closes what the last run of this process left open and raises
// again the emergencies that are still alive.
func (p *Player) afterRestart(ctx context.Context) {
	alive := p.resumable(ctx)
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
	e.Supersedes = "" // what it replaced did not survive the restart
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

// resumable reads the emergencies that were active and have not expired, by the
// occurrence of their row.
func (p *Player) resumable(ctx context.Context) map[string]scheduler.Emergency {
	now := p.cfg.Now()
	byID := map[string]scheduler.Emergency{}
	patient, cancel := context.WithTimeout(ctx, journalPatience)
	defer cancel()
	saved, err := p.cfg.Emergencies.ActiveEmergencies(patient, p.cfg.Village, now)
	if err != nil {
		p.cfg.Log.Error("active emergencies could not be read", "err", err)
	}
	for _, e := range saved {
		byID[e.ID] = e
	}
	for _, dir := range p.cfg.Spool {
		for _, e := range readActive(filepath.Join(dir, activeFile), p.cfg.Log.Error) {
			if known, twice := byID[e.ID]; e.Village == p.cfg.Village && (!twice || known.Ended.IsZero()) {
				byID[e.ID] = e // what anybody knows to be ended stays ended
			}
		}
	}
	alive := map[string]scheduler.Emergency{}
	for _, e := range byID {
		if e.ActiveAt(now) {
			alive[alarmOccurrence(e)] = e
		}
	}
	return alive
}

func readActive(name string, complain func(string, ...any)) []scheduler.Emergency {
	raw, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var active []scheduler.Emergency
	if err == nil {
		err = json.Unmarshal(raw, &active)
	}
	if err != nil {
		complain("the file of active emergencies is unreadable", "file", name, "err", err)
	}
	return active
}
