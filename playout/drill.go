package playout

import (
	"cmp"
	"context"
	"errors"
	"os"
	"sync"
	"time"

	"loalang/audio"
	"loalang/scheduler"
)

const (
	// drillWait is how often a drill looks whether the output is free.
	drillWait = time.Second
	// drillSpare is how much longer than it should take a drill may take until it is
	// given up: the output has not told how it ended.
	drillSpare = 10 * time.Second
	// drillMute is the gain of a silent drill, the lowest that an output takes: the
	// loudest frame is then less than half the least step of 16 bits.
	drillMute audio.Decibels = -120
)

// CauseDrill is the cause of a drill of which a step failed; the steps say which.
const CauseDrill = "drill-failed"

// Drilling is a drill that has begun.
type Drilling struct {
	Occurrence string
	Title      string
	Silent     bool
	By         string
	Started    time.Time
}

// drill is one test of the emergency path on its way. A goroutine of its own
// carries it through; Player.mu guards what is said to be.
type drill struct {
	id   string // of its alarm, which is none of Player.alarms
	occ  scheduler.Occurrence
	turn scheduler.DrillTurn
	ctx  context.Context // ends when something breaks it, and with the Player
	quit context.CancelFunc

	order sync.Mutex // keeps what the output is told in order; locked before Player.mu

	// Player.mu guards the rest.
	al        alarm // its row and its passes; it is raised by nobody
	end       drillEnd
	begun     bool
	sounded   bool // all of it did: what follows changes nothing of that
	concluded bool
	called    audio.Instant // the output was asked to begin
	began     time.Time
	first     audio.Instant // frame of its first part
	off       chan audio.Cause
}

// drillEnd is how something from outside ended a drill; zero: nothing did.
type drillEnd struct {
	outcome   Outcome
	cause, by string
}

func anyDrill(*drill) bool { return true }

func drillHolder(o scheduler.Occurrence) string { return "drill " + o.ID }

// begunDrill needs Player.mu held.
func begunDrill(d *drill) bool { return d.begun && !d.sounded }

// takeDrill begins with a drill that was handed over. It belongs to the loop.
func (p *Player) takeDrill(o scheduler.Occurrence) {
	if _, taken := p.seen[o.ID]; taken {
		return
	}
	p.forget()
	if p.takenBack(o) {
		p.omit(o, scheduler.Reason{Code: scheduler.ReasonWithdrawn})
		return
	}
	p.mu.Lock()
	busy := p.drilling != nil
	p.mu.Unlock()
	if busy {
		return // it is handed over again, until its grace is over
	}
	p.seen[o.ID] = o.Due
	d := &drill{id: "drill " + p.cfg.NewID(), occ: o, turn: *o.Drill, off: make(chan audio.Cause, 4)}
	d.al = alarm{e: scheduler.Emergency{Languages: d.turn.Languages, Text: cmp.Or(d.turn.Before, d.turn.After)}, row: p.newRow(o), open: map[string]int{}}
	d.al.row.Claimed, d.al.row.Latest, d.al.row.By = p.cfg.Now().UTC(), o.Due.Add(o.Misfire.Grace).UTC(), d.turn.By
	d.al.row.Drill = &DrillResult{Silent: d.turn.Silent}
	d.ctx, d.quit = p.during(nil)
	p.mu.Lock()
	p.drilling = d
	p.mu.Unlock()
	p.side.Go(func() { p.carryDrill(d) })
}

// carryDrill goes through a drill from its claim to its result.
func (p *Player) carryDrill(d *drill) {
	defer d.quit()
	defer func() {
		p.mu.Lock()
		if p.drilling == d {
			p.drilling = nil
		}
		p.mu.Unlock()
		p.changed()
		p.do(p.bridge) // the amplifier may be on for it alone
	}()
	began := p.cfg.Mono()
	err := p.book.claim(d.ctx, d.al.row)
	if errors.Is(err, ErrClaimed) {
		return
	}
	p.step(d, stepped(StepRecord, err, DrillUnkept), p.cfg.Mono().Sub(began))
	p.tryCallers(d)
	p.tryButton(d)
	p.tryVault(d)
	words := p.drillWords(d)
	words.chime = p.drillChime(d)
	defer words.close()
	if p.freeForDrill(d) {
		p.performDrill(d, words)
	}
	p.concludeDrill(d)
}

// freeForDrill waits for the drill's time and then for a free output, at most
// for its grace: a drill gives way to everything. It says false when it does not
// begin.
func (p *Player) freeForDrill(d *drill) bool {
	for {
		now := p.cfg.Now()
		wait := d.occ.Due.Sub(now)
		if wait <= 0 {
			if now.Sub(d.occ.Due) > max(d.occ.Misfire.Grace, LateAfter) {
				p.endDrill(d, drillEnd{outcome: Missed, cause: scheduler.ReasonPreempted})
				return false
			}
			if wait = drillWait; p.idle() {
				if wait = p.restsFor(d); wait == 0 {
					return true
				}
			}
		}
		wait = min(wait, drillWait)
		select {
		case <-d.ctx.Done():
			return false
		case <-time.After(wait):
		}
	}
}

// restsFor is how long a drill must wait until all that it switches on can be on: what was
// just on and must stay off still is no fault.
func (p *Player) restsFor(d *drill) time.Duration {
	if rest := p.power.rest(); rest > 0 && d.turn.Keys() {
		return rest + time.Millisecond
	}
	return 0
}

// drillKeys is when the drill that has not begun switches the amplifier on, as far as anybody
// can know; false: there is none that does. It belongs to the loop.
func (p *Player) drillKeys() (at audio.Instant, waits bool) {
	p.mu.Lock()
	d := p.drilling
	waits = d != nil && !d.begun && !d.concluded && d.end == (drillEnd{}) && d.turn.Keys()
	p.mu.Unlock()
	if !waits {
		return 0, false
	}
	now := p.cfg.Mono()
	at = p.instant(d.occ.Due)
	if at < now && len(p.items) > 0 {
		return 0, false // it gives way: who knows for how long
	}
	return max(at, now), true
}

// idle says whether nothing sounds and nothing is about to.
func (p *Player) idle() bool {
	answer := make(chan bool, 1)
	if !p.do(func() {
		p.mu.Lock()
		alarms := len(p.alarms)
		p.mu.Unlock()
		answer <- len(p.items) == 0 && alarms == 0 && p.silenced == 0
	}) {
		return false
	}
	select {
	case free := <-answer:
		return free
	case <-p.done:
		return false
	}
}

// endDrill notes how a drill ended from outside; the first to say so counts.
func (p *Player) endDrill(d *drill, end drillEnd) {
	p.mu.Lock()
	if d.end == (drillEnd{}) {
		d.end = end
	}
	p.mu.Unlock()
	d.quit()
}

// breakDrill ends the drill that fits at once, and says whether there was one.
// which is called with Player.mu held.
func (p *Player) breakDrill(which func(*drill) bool, end drillEnd) bool {
	p.mu.Lock()
	d := p.drilling
	fits := d != nil && d.end == (drillEnd{}) && which(d)
	if fits {
		d.end = end
	}
	p.mu.Unlock()
	if !fits {
		return false
	}
	d.order.Lock() // the output may be about to take it over
	err := p.cfg.Siren.Lower(d.id)
	d.order.Unlock()
	if err != nil {
		p.cfg.Log.Error("a drill could not be stopped", "occurrence", d.occ.ID, "err", err)
	}
	d.quit()
	return true
}

// beginDrill hands the drill's cycle to the output, unless something ended it.
func (p *Player) beginDrill(d *drill, a audio.Alarm) error {
	d.order.Lock()
	defer d.order.Unlock()
	p.mu.Lock()
	if d.end != (drillEnd{}) || p.leaving || len(p.alarms) > 0 {
		if d.end == (drillEnd{}) {
			d.end = drillEnd{outcome: Missed, cause: scheduler.ReasonPreempted}
		}
		p.mu.Unlock()
		return context.Canceled
	}
	d.begun, d.called, d.began = true, p.cfg.Mono(), p.cfg.Now().UTC()
	d.al.row.Keyed = d.began
	p.recordAlarm(&d.al)
	p.mu.Unlock()
	p.changed()
	return p.cfg.Siren.Raise(a)
}

// drillEvent takes in what the output says of a drill.
func (p *Player) drillEvent(d *drill, ev audio.Event) {
	p.mu.Lock()
	switch ev.Kind {
	case audio.PartOn:
		p.partOn(&d.al, ev)
		if d.first == 0 && p.up {
			d.first = ev.At
		}
	case audio.AlarmOff:
		p.cfg.Witness.Rests(d.al.row.Occurrence, alarmPart, ev.At)
		p.closePass(&d.al, ev.At, ev.Cause)
		select {
		case d.off <- ev.Cause:
		default: // it was told already
		}
	}
	if !d.turn.Silent { // what nobody hears is no airing
		p.recordAlarm(&d.al)
	}
	p.mu.Unlock()
	p.changed()
}

// drillOnAir needs Player.mu held.
func (p *Player) drillOnAir() *Drilling {
	d := p.drilling
	if d == nil || !d.begun || d.sounded || d.concluded {
		return nil
	}
	return &Drilling{Occurrence: d.occ.ID, Title: d.occ.Title, Silent: d.turn.Silent, By: d.turn.By, Started: d.began}
}

// leaveDrill stops a drill as the process goes down. One that had not begun may
// in the next run.
func (p *Player) leaveDrill() {
	if !p.breakDrill(anyDrill, drillEnd{outcome: Cut, cause: scheduler.ReasonRestart}) {
		return
	}
	p.mu.Lock()
	d := p.drilling
	begun := d != nil && d.begun
	if d != nil && !begun {
		d.concluded = true // its row stays open
	}
	p.mu.Unlock()
	if begun {
		p.concludeDrill(d)
	}
}

// concludeDrill gives a drill its one outcome. What began and broke off was cut
// when somebody heard it; a drill of which a step failed was not passed.
func (p *Player) concludeDrill(d *drill) {
	p.mu.Lock()
	if d.concluded {
		p.mu.Unlock()
		return
	}
	d.concluded = true
	row := &d.al.row
	p.closePass(&d.al, p.cfg.Mono(), audio.Stopped)
	if d.turn.Silent {
		row.Airings = nil
	}
	heard := len(row.Airings) > 0
	outcome, cause := Played, string(audio.Completed)
	switch {
	case d.end != (drillEnd{}) && !d.sounded:
		outcome, cause, row.By = d.end.outcome, d.end.cause, d.end.by
		if outcome == Cut && !d.begun {
			outcome = Missed
		}
		if outcome == StoppedBy && !d.begun {
			outcome = Withdrawn
		}
		if outcome == Withdrawn && d.begun {
			outcome = StoppedBy
		}
		if row.By == "" {
			row.By = d.turn.By
		}
	case !row.Drill.Passed():
		outcome, cause = Missed, CauseDrill
		if heard {
			outcome = Cut
		}
	}
	row.Outcome, row.Cause, row.Updated = outcome, cause, p.cfg.Now().UTC()
	if d.first != 0 {
		row.Lateness = d.began.Sub(row.Due)
	}
	p.recordEnd(&d.al)
	p.mu.Unlock()
	p.cfg.Log.Info("drill ended", "occurrence", d.occ.ID, "outcome", outcome, "cause", cause)
	p.changed()
}

// drillWords are the words of a drill, spoken into memory.
type drillWords struct {
	languages     []string
	before, after []saying
	chime         *os.File // nil: none
}

func (w drillWords) close() {
	if w.chime != nil {
		_ = w.chime.Close() // read only
	}
	for _, s := range append(append([]saying(nil), w.before...), w.after...) {
		_ = s.file.Close() // read only
	}
}

// length is how long a play copy sounds.
func playLength(f *os.File) time.Duration {
	info, err := f.Stat()
	if err != nil {
		return 0
	}
	const header, width = 44, 2
	return audio.Rate.D(audio.Frames(max(0, info.Size()-header) / width))
}
