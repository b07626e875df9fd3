package playout

import (
	"slices"
	"strings"
	"time"

	"loalang/audio"
	"loalang/scheduler"
)

const (
	// CauseCrash is the cause of an airing that ended because this program did,
	// and of a row that this interrupted.
	CauseCrash = "crash"
	// maxCrashes is how often an item is picked up: what crashed this program each
	// time may be the cause of it.
	maxCrashes = 3
	// underrunDoubt is how much less may have left the card than the time says, for
	// each time it ran dry: the output takes up its line again within that.
	underrunDoubt = 100 * time.Millisecond
	// crashDoubt is kept off what is said to have left the card: what converting
	// between the instants of the output and ours costs.
	crashDoubt = 5 * time.Millisecond
)

// mark writes down what is on the air, after each thing that happened, and says
// whether it should be called again within pulseEvery.
func (p *Player) mark() (pulse bool) {
	if p.bookmark.dir == "" {
		return false
	}
	var items []markedItem
	alarms, pulse := p.markedAlarms()
	for _, it := range p.items {
		if it.row.untouched() {
			continue // it is given back to the plan
		}
		items = append(items, it.marked())
		pulse = pulse || it.anySounding()
	}
	for occurrence, row := range p.closing {
		if !p.book.waiting(occurrence) {
			delete(p.closing, occurrence)
			continue
		}
		items = append(items, markedItem{Occurrence: scheduler.Occurrence{ID: occurrence}, Row: row})
		pulse = true // to look again
	}
	slices.SortFunc(items, func(a, b markedItem) int {
		if c := a.Row.Due.Compare(b.Row.Due); c != 0 {
			return c
		}
		return strings.Compare(a.Occurrence.ID, b.Occurrence.ID)
	})
	now := p.cfg.Mono()
	p.bookmark.keep(now, items, alarms)
	if pulse {
		p.bookmark.beat(now)
	}
	return pulse
}

// goesOn is mark where only time has passed: what is on the air was written down as
// it is now. It says false when mark has to look.
func (p *Player) goesOn() bool {
	p.mu.Lock()
	others := len(p.alarms) > 0 || p.drilling != nil || len(p.concluded) > 0 // change under other hands
	p.mu.Unlock()
	if others || len(p.closing) > 0 || p.bookmark.failing {
		return false
	}
	p.bookmark.beat(p.cfg.Mono())
	return true
}

// marked is how far the item has come.
func (it *item) marked() markedItem {
	m := markedItem{
		Occurrence: it.occ, Row: it.row, Begins: it.startAt, Hurt: it.hurt, Went: it.went,
		EndAs: it.endAs, EndBy: it.endBy, EndCause: it.endCause, Crashes: it.crashes, Reach: it.reach,
	}
	m.Row.Airings = slices.Clone(it.row.Airings)
	for i := range it.parts {
		m.Parts = append(m.Parts, it.parts[i].marked())
	}
	if it.bed != nil && it.bed.airing >= 0 {
		bed := it.bed.marked()
		m.Bed = &bed
	}
	return m
}

func (pt *part) marked() markedPart {
	return markedPart{
		Part: pt.Part, Mute: pt.mute, Passed: pt.passed, Ended: pt.ended, Cause: pt.cause, Skipped: pt.done, Told: pt.told, Started: pt.started, Airing: pt.airing, Unheard: pt.unheard,
	}
}

// part is the part as it was.
func (mp markedPart) part() part {
	return part{
		Part: mp.Part, airing: mp.Airing, told: mp.Told, done: mp.Skipped, unheard: mp.Unheard,
		ended: mp.Ended, cause: mp.Cause, started: mp.Started, mute: mp.Mute, passed: mp.Passed,
	}
}

// pickUp goes on with what a crash of this process interrupted, each by its rule.
// It is the first thing that a Player does.
func (p *Player) pickUp() {
	now := p.cfg.Mono()
	left, ok := p.bookmark.read(now)
	if !ok {
		return
	}
	for _, m := range left.Items {
		if m.Row.Outcome != "" { // it was over, and its row on its way
			p.book.record(m.Row)
			continue
		}
		p.pickUpItem(m, left.At)
	}
	for _, m := range left.Alarms {
		p.pickUpAlarm(m, left.At)
	}
}

// pickUpItem takes over an item as it was at the instant of the crash.
func (p *Player) pickUpItem(m markedItem, crash audio.Instant) {
	it := &item{
		occ: m.Occurrence, rung: rungOf(m.Occurrence), row: m.Row, hurt: m.Hurt, went: m.Went, endAs: m.EndAs, endBy: m.EndBy, endCause: m.EndCause,
		crashes: m.Crashes + 1, startAt: m.Begins, reach: m.Reach,
	}
	it.reach.sum(crash, nil)
	it.reach.rest()
	for i, mp := range m.Parts {
		it.parts = append(it.parts, mp.part())
		if mp.Started != 0 {
			p.closeCrashed(it, &it.parts[i], crash)
		}
		it.parts[i].done += it.parts[i].told
		it.parts[i].told = 0
	}
	if m.Bed != nil {
		p.pickUpBed(it, m.Bed.part(), crash)
	}
	p.seen[it.occ.ID], p.items[it.occ.ID] = it.occ.Due, it
	if len(it.row.Airings) > 0 {
		p.blame(it, CauseCrash)
	}
	p.cfg.Log.Info("an occurrence was interrupted by a crash of this program", "occurrence", it.occ.ID, "ago", p.cfg.Mono().Sub(crash), "times", it.crashes)
	p.decideCrashed(it, crash)
}

// pickUpBed ends the airing of the music, which goes on from there.
func (p *Player) pickUpBed(it *item, bed part, crash audio.Instant) {
	if bed.started != 0 {
		p.closeCrashed(it, &bed, crash)
	}
	if length := audio.Rate.N(bed.Length); length > 0 {
		it.bedFrom = (bed.done + bed.told) % length
	}
}

// closeCrashed ends an airing with what had left the card for certain. How the amplifier
// is now says nothing of what was on then.
func (p *Player) closeCrashed(it *item, pt *part, crash audio.Instant) {
	a := &it.row.Airings[pt.airing]
	doubt := crashDoubt + time.Duration(a.Underruns)*underrunDoubt
	frames := max(0, audio.Rate.N(crash.Sub(pt.started)-doubt))
	if pt.Kind != scheduler.PartBed { // that is repeated
		frames = min(frames, max(0, audio.Rate.N(pt.Length)-pt.done-pt.told))
	}
	p.endAiring(it, pt, pt.started.Add(audio.Rate.D(frames)), frames, CauseCrash)
}

// decideCrashed applies the item's rule.
func (p *Player) decideCrashed(it *item, crash audio.Instant) {
	from := it.unfinished()
	begun := len(it.row.Airings) > 0
	rule := it.rule()
	switch {
	case it.endAs != "":
		p.finish(it, it.endAs, it.endCause)
	case from == len(it.parts):
		p.complete(it)
	case begun && (rule == scheduler.Drop || it.occ.Kind == KindLive):
		p.finish(it, Cut, CauseCrash)
	case it.crashes > maxCrashes:
		p.fail(it, CauseCrash)
	default:
		if rule == scheduler.Restart {
			from = 0
			for i := range it.parts {
				it.parts[i].done = 0
			}
		}
		if begun {
			it.latest = crash.Add(p.grace(it))
		}
		p.book.record(it.row)
		p.openAgain(it, from)
	}
}

// unfinished is the first part that has not come to its end.
func (it *item) unfinished() int {
	for i, pt := range it.parts {
		over := pt.over() || pt.ended && pt.cause == audio.Completed || pt.done > 0 && audio.Rate.D(pt.done) >= pt.Length-crashDoubt
		if !over {
			return i
		}
	}
	return len(it.parts)
}

// openAgain opens the parts that are left and goes on with them.
func (p *Player) openAgain(it *item, from int) {
	var parts []scheduler.Part
	for _, pt := range it.parts[from:] {
		parts = append(parts, pt.Part)
	}
	p.side.Go(func() {
		files, err := p.open(it.occ, parts)
		if !p.do(func() { p.goOn(it, from, files, err) }) {
			files.close()
		}
	})
}

// goOn places what is left of an item that a crash interrupted.
func (p *Player) goOn(it *item, from int, files opened, err error) {
	switch {
	case p.items[it.occ.ID] != it: // stopped meanwhile
		files.close()
		return
	case err != nil:
		p.cfg.Log.Error("an occurrence cannot go on after a crash", "occurrence", it.occ.ID, "err", err)
		p.fail(it, unopened(it))
		return
	}
	p.adopt(it, from, files)
	for i := range it.parts[:from] {
		it.parts[i].ended = true
		if it.parts[i].passed == "" {
			it.parts[i].cause = audio.Completed
		}
	}
	p.holdDue(it)
	it.from, it.want, it.ready = from, max(it.startAt, p.cfg.Mono()), true
	p.arrange()
}
