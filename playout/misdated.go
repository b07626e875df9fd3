package playout

import (
	"time"

	"loalang/audio"
	"loalang/scheduler"
)

// misdatedFor is how long what ended by a doubtful clock is put right when that is
// set again.
const misdatedFor = 24 * time.Hour

// misdated is a row that ended while the clock was other than when it began: it has
// the times of the later one. When that is set again, mostly back, so are they. What
// was due a minute ago would else be said to have ended tomorrow, or yesterday.
type misdated struct {
	row       AsRun
	immediate bool // its Due goes with the clock
	ended     audio.Instant
}

// redate moves the times of what sounded by the clock of before.
func redate(row *AsRun, immediate bool, by time.Duration) {
	moved(row.Airings, by)
	if immediate {
		row.Due = row.Due.Add(by)
		return
	}
	row.Lateness += by
}

// doubtDates remembers an item that has ended and under which the clock was set.
func (p *Player) doubtDates(it *item) {
	if it.wasSet {
		p.misdated = append(p.misdated, misdated{it.row, it.occ.Immediate, p.cfg.Mono()})
	}
}

// redateEnded puts right, once, what ended since the clock was last set.
func (p *Player) redateEnded(by time.Duration) {
	for _, m := range p.misdated {
		if p.cfg.Mono().Sub(m.ended) > misdatedFor {
			continue
		}
		m.row.Airings = append([]Airing(nil), m.row.Airings...) // the logbook may hold the others
		redate(&m.row, m.immediate, by)
		if m.row.Lateness.Abs() > LateAfter && m.row.Cause == string(audio.Completed) {
			m.row.Cause = scheduler.ReasonClockSet
		}
		p.book.record(m.row)
		p.redated(m.row)
		p.closing[m.row.Occurrence] = m.row
	}
	p.misdated = nil
}

// redateLosses tells by the clock as it is now since when something is silent or lost.
// Player.mu is held; who has an Air keeps what it has.
func (p *Player) redateLosses() {
	if p.dead != nil {
		d := *p.dead
		d.Since = p.wall(d.Began)
		p.dead = &d
	}
	for occurrence, l := range p.lost {
		with := *l
		with.Since = p.wall(with.Began)
		p.lost[occurrence] = &with
	}
}
