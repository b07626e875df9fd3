package playout

import (
	"time"

	"loalang/audio"
	"loalang/proof"
)

// provedWithin is how long a row that ended waits for its verdict.
const provedWithin = time.Minute

// Lost is something that is not heard though it is being sent.
type Lost struct {
	Occurrence string
	Title      string
	As         Heard // HeardSilent or HeardWrong
	Since      time.Time
	Began      audio.Instant // Since on CLOCK_MONOTONIC, for how long it is: the clock may be set
}

// unproved is a row that ended and has no verdict yet.
type unproved struct {
	row   AsRun
	ended audio.Instant
	alarm *alarm // whose row it is; nil: of an item
}

// noWitness is what a Player without a monitor input has.
type noWitness struct{}

func (noWitness) Sounds(string, string, audio.Instant, bool) {}
func (noWitness) Rests(string, string, audio.Instant)        {}
func (noWitness) Over(string, audio.Instant)                 {}

// awaitProof keeps a row that ended until its verdict comes; al is the alarm whose it is,
// or nil. It may be called from any goroutine, with Player.mu held or not.
func (p *Player) awaitProof(row AsRun, al *alarm) {
	if len(row.Airings) == 0 {
		return
	}
	now := p.cfg.Mono()
	p.proving.Lock()
	for occurrence, u := range p.unproved {
		if now.Sub(u.ended) > provedWithin {
			delete(p.unproved, occurrence)
		}
	}
	row.Airings = append([]Airing(nil), row.Airings...)
	p.unproved[row.Occurrence] = unproved{row, now, al}
	p.proving.Unlock()
	p.cfg.Witness.Over(row.Occurrence, now)
}

// redated lets a row that waits for its verdict have the times that were put right.
func (p *Player) redated(row AsRun) {
	p.proving.Lock()
	defer p.proving.Unlock()
	if u, there := p.unproved[row.Occurrence]; there {
		u.row = row
		p.unproved[row.Occurrence] = u
	}
}

// Proved takes in the verdict on an occurrence: the row gets it, whatever became of the
// database. It may be called from any goroutine, and waits for the Player.
func (p *Player) Proved(occurrence string, r proof.Result) {
	if p.calibrated(occurrence, r) {
		return
	}
	p.do(func() {
		p.proving.Lock()
		u, there := p.unproved[occurrence]
		delete(p.unproved, occurrence)
		p.proving.Unlock()
		if !there {
			return
		}
		row := p.attest(u, r)
		for i := range p.misdated {
			if p.misdated[i].row.Occurrence == occurrence {
				p.misdated[i].row.attest(r)
			}
		}
		p.cfg.Log.Info("occurrence proved", "occurrence", occurrence, "heard", row.Heard, "score", r.Score, "share", r.Share, "level", r.Level, "why", r.Why)
	})
}

// attest has the row of what ended get its verdict, and returns it. That of an alarm may
// still learn which recording a message became, so both go into one row.
func (p *Player) attest(u unproved, r proof.Result) AsRun {
	if u.alarm == nil {
		u.row.attest(r)
		p.book.record(u.row)
		return u.row
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	u.alarm.row.attest(r)
	p.recordAlarm(u.alarm)
	return u.alarm.snapshot()
}

// attest writes a verdict into a row. That nothing was sent, or to no card, the output
// knows better.
func (a *AsRun) attest(r proof.Result) {
	a.Proof = &r
	if a.Heard != HeardSilent {
		a.Heard = Heard(r.Verdict)
	}
}

// titleAnywhere is the title of an occurrence, an emergency or a drill that sounds.
func (p *Player) titleAnywhere(occurrence string) string {
	if title := p.titleOf(occurrence); title != "" {
		return title
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, al := range p.alarms {
		if al.row.Occurrence == occurrence {
			return al.row.Title
		}
	}
	if d := p.drilling; d != nil && d.occ.ID == occurrence {
		return d.occ.Title
	}
	return ""
}

// LostNow takes in that an occurrence is lost while it sounds, or in another way than
// before, or with nil that it is not any more. An emergency over a programme is an
// occurrence of its own: both may be lost.
func (p *Player) LostNow(occurrence string, l *proof.Loss) {
	p.do(func() {
		var lost *Lost
		if l != nil {
			began := audio.Instant(l.Since)
			lost = &Lost{Occurrence: occurrence, Title: p.titleAnywhere(occurrence), As: Heard(l.As), Since: p.wall(began), Began: began}
			p.cfg.Log.Error("what is being sent is not heard", "occurrence", occurrence, "as", l.As, "since", lost.Since)
		} else if p.items[occurrence] != nil {
			p.cfg.Log.Info("what is being sent is heard again", "occurrence", occurrence)
		}
		p.mu.Lock()
		if lost == nil {
			delete(p.lost, occurrence)
		} else {
			if p.lost[occurrence] == nil {
				p.losses++
			}
			p.lost[occurrence] = lost
		}
		p.mu.Unlock()
		p.changed()
	})
}

// lostLast is the loss that began last of those that go on; nil: nothing is lost. Player.mu
// is held.
func (p *Player) lostLast() (last *Lost) {
	for _, l := range p.lost {
		if last == nil || l.Began > last.Began || l.Began == last.Began && l.Occurrence < last.Occurrence {
			last = l
		}
	}
	return last
}
