package playout

import (
	"fmt"
	"slices"
	"time"

	"loalang/audio"
)

// markedAlarm is an emergency, or a drill that can be heard, of which something has
// sounded, and how far the pass that was under way had come.
type markedAlarm struct {
	Row     AsRun
	Part    string        // empty: nothing of it sounded just then
	Airing  int           // of Row, of that pass
	Started audio.Instant // first frame of that pass
	Length  audio.Frames
	Dry     int // how often the card ran dry under it
}

// markedAlarms is how far emergencies and a drill have come, and whether one of them
// sounds. Those that were concluded join what is on its way to the journal. It
// belongs to the loop.
func (p *Player) markedAlarms() (list []markedAlarm, sounding bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, row := range p.concluded {
		p.closing[row.Occurrence] = row
	}
	p.concluded = nil
	for _, al := range p.alarms {
		if len(al.row.Airings) > 0 {
			list = append(list, al.marked())
			sounding = sounding || al.pass.part != ""
		}
	}
	// What nobody hears of a drill is no airing.
	if d := p.drilling; d != nil && !d.concluded && !d.turn.Silent && len(d.al.row.Airings) > 0 {
		list = append(list, d.al.marked())
		sounding = sounding || d.al.pass.part != ""
	}
	return list, sounding
}

// alarmUnderrun notes that the card ran dry under what sounds.
func (p *Player) alarmUnderrun() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, al := range p.alarms {
		al.pass.dry++ // of no pass it means nothing
	}
	if p.drilling != nil {
		p.drilling.al.pass.dry++
	}
}

// marked needs Player.mu held.
func (al *alarm) marked() markedAlarm {
	return markedAlarm{
		Row: al.snapshot(), Part: al.pass.part, Airing: al.pass.airing,
		Started: al.pass.start, Length: al.pass.length, Dry: al.pass.dry,
	}
}

// check refuses an alarm that points outside itself.
func (m markedAlarm) check() error {
	outside := m.Part != "" && (m.Airing < 0 || m.Airing >= len(m.Row.Airings) || m.Started <= 0)
	if m.Row.Occurrence == "" || outside || m.Length < 0 || m.Dry < 0 {
		return fmt.Errorf("bookmark: the alarm %q makes no sense", m.Row.Occurrence)
	}
	return nil
}

// recordEnd writes the last state of an emergency or a drill; a crash before the
// journal has it does not lose it. Player.mu is held.
func (p *Player) recordEnd(al *alarm) {
	row := al.snapshot()
	p.recordAlarm(al)
	if row.Proof == nil { // a drill has waited for it
		p.awaitProof(row, al)
	}
	if p.bookmark.dir == "" {
		return
	}
	p.concluded = append(p.concluded, row)
	select {
	case p.inbox <- func() {}: // the loop marks what it finds
	default: // it has enough to do, and marks behind it
	}
}

// pickUpAlarm ends the pass that a crash interrupted with what had left the card for
// certain. Whether the emergency goes on is not decided here.
func (p *Player) pickUpAlarm(m markedAlarm, crash audio.Instant) {
	al := alarm{row: m.Row, pass: pass{part: m.Part, airing: m.Airing, start: m.Started, length: m.Length}}
	last, cause := crash.Add(-crashDoubt-time.Duration(m.Dry)*underrunDoubt), audio.Cause(CauseCrash)
	if last.Sub(m.Started) >= audio.Rate.D(m.Length) {
		cause = audio.Completed // a pass stays open until the next part begins
	}
	p.closePass(&al, last, cause)
	p.crashed[al.row.Occurrence] = al.row
	p.cfg.Log.Info("an alarm was interrupted by a crash of this program", "occurrence", al.row.Occurrence, "ago", p.cfg.Mono().Sub(crash))
}

// asMarked is the row as it was at the crash of this program, which is never older
// than what the journal has; ok is false when no crash interrupted it.
func (p *Player) asMarked(row AsRun) (_ AsRun, ok bool) {
	marked, ok := p.crashed[row.Occurrence]
	if !ok {
		return row, false
	}
	marked.Airings = slices.Clone(marked.Airings)
	marked.Updated = later(marked.Updated, row.Updated)
	return marked, true
}
