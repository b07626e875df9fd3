package playout

import (
	"cmp"
	"slices"
	"time"

	"loalang/audio"
	"loalang/scheduler"
)

const (
	// joined is how far from the end of another item one may be due and still be
	// joined to it: what converting between the clocks costs, and more.
	joined = 50 * time.Millisecond
	// edge is how far from the end of a part nothing takes over from it: nobody
	// knows to the frame whether the part or the next one would have to give way.
	edge = 30 * time.Millisecond
	// keep is how much later than it could an item may stay where it is cued.
	keep = 500 * time.Millisecond
)

// entry is an item that looks for its place, or what will be left of one that is
// going to be interrupted.
type entry struct {
	it     *item
	ghost  bool // the rest of one that sounds: a place is kept for it
	want   audio.Instant
	length time.Duration

	at       audio.Instant
	pred     *item         // it is joined to the end of that one; nil: it is not
	cross    time.Duration // by which it is joined ahead of that end
	replaces *item         // sounds at that instant, and gives way
	besides  []*item       // do as well: they fade into that one
	replaced string        // its cue that does
	late     bool          // something was in its way
	behind   bool          // that was of a higher rung
	front    *item         // that was it; nil: nothing, or it stays where that moved it
	// open is by how much sooner it would begin if the live voice in its way ended
	// now: nobody knows when that will.
	open time.Duration
}

// block is a stretch of the programme that is taken.
type block struct {
	it       *item
	from, to audio.Instant
	ghost    bool
}

// layout gives a place to everything that has not begun, the higher rung first
// and in it the earlier due. It changes nothing.
type layout struct {
	p      *Player
	now    audio.Instant
	queue  []*entry
	laid   []*entry
	blocks []block // in order of from
}

// newLayout sorts the items into those that are fixed and those that look for a
// place.
func (p *Player) newLayout() *layout {
	l := &layout{p: p, now: p.cfg.Mono()}
	for _, it := range p.items {
		switch {
		case !it.ready:
		case p.committed(it):
			l.block(block{it: it, from: it.startAt, to: it.until(l.now)})
		case it.out || p.mayWait(it):
			e := &entry{it: it, want: it.want, length: it.rest()}
			if it.stopAt != 0 { // as long as it is not over
				e.length = max(0, it.stopAt.Sub(max(it.want, l.now)))
			}
			l.queue = append(l.queue, e)
		}
	}
	slices.SortFunc(l.queue, byClaim)
	return l
}

// byClaim orders what looks for a place.
func byClaim(a, b *entry) int {
	return cmp.Or(cmp.Compare(b.it.rung, a.it.rung), inTurn(a.it, b.it))
}

// inTurn compares items of one rung: the earlier due first, and those that may
// begin at any time when they have found theirs.
func inTurn(a, b *item) int {
	if a.roaming != b.roaming {
		if a.roaming {
			return 1
		}
		return -1
	}
	return cmp.Or(a.row.Due.Compare(b.row.Due), cmp.Compare(a.occ.ID, b.occ.ID))
}

func (l *layout) block(b block) {
	i, _ := slices.BinarySearchFunc(l.blocks, b, func(x, y block) int {
		return cmp.Or(cmp.Compare(x.from, y.from), cmp.Compare(x.it.occ.ID, y.it.occ.ID))
	})
	l.blocks = slices.Insert(l.blocks, i, b)
}

// next lays the first of the queue; nil when there is none left.
func (l *layout) next() *entry {
	if len(l.queue) == 0 {
		return nil
	}
	e := l.queue[0]
	l.queue = l.queue[1:]
	l.seat(e)
	l.waitsFor(e)
	l.preempt(e)
	l.makeWay(e)
	l.laid = append(l.laid, e)
	l.block(block{it: e.it, from: e.at, to: e.at.Add(e.length), ghost: e.ghost})
	return e
}

// seat finds the first instant for e at which nothing of its rung or a higher one
// is in its way, and no equal overtakes another.
func (l *layout) seat(e *entry) {
	if !e.ghost && l.stays(e) {
		return
	}
	soonest := l.now.Add(l.p.ahead())
	e.at = max(e.want, l.inOrder(e))
	if e.ghost {
		soonest = 0
	}
	e.pred = nil
	for _, b := range l.blocks {
		if b.it.rung < e.it.rung || b.it == e.it {
			continue
		}
		at := max(e.at, soonest)
		if e.it.joinedTo(b.it) {
			at = max(e.at, min(soonest, max(b.to, l.now))) // it is cued already, there and nowhere else
		}
		switch {
		case at < b.to && at.Add(e.length) > b.from && !l.makesWay(e, at, b):
			e.join(l.p, b)
			e.behind = e.behind || b.it.rung > e.it.rung
			e.late, e.front = true, b.it
		case at < b.to.Add(joined) && at >= b.to:
			e.join(l.p, b)
		}
	}
	if e.at < soonest && (e.pred == nil || !e.it.joinedTo(e.pred)) {
		e.at, e.pred, e.cross = soonest, nil, 0
	}
}

// waitsFor notes how much of what keeps e waiting is a live voice.
func (l *layout) waitsFor(e *entry) {
	for _, b := range l.blocks {
		if b.it.live == nil || b.it.rung <= e.it.rung || e.want >= b.to || e.at < b.to {
			continue
		}
		e.open = max(0, min(b.to.Sub(max(l.now, b.from)), e.at.Sub(max(l.now, e.want))))
	}
}

// makeWay lets those that are laid already interrupt e, when it begins before them.
func (l *layout) makeWay(e *entry) {
	for _, x := range l.laid {
		if !e.ghost && !x.ghost && x.pred == nil && x.replaces == nil && e.at < x.at && x.at < e.at.Add(e.length+joined) {
			x.replaces = e.it // by which of its cues is known when it has them
		}
	}
}

// makesWay says whether e, which a higher one will interrupt, is to begin all the
// same: what is made as it airs does.
func (l *layout) makesWay(e *entry, at audio.Instant, b block) bool {
	return e.it.rung < b.it.rung && at < b.from && e.it.streams()
}

// join puts e behind a block.
func (e *entry) join(p *Player, b block) {
	e.at, e.pred, e.cross = b.to.Add(p.cfg.Segue), b.it, 0
	if b.ghost || b.it.ending() || b.it.bed != nil || b.it.last().ended {
		e.pred = nil
		return
	}
	if p.cfg.Segue == 0 && p.cfg.Crossfade > 0 && !b.it.streams() && !e.it.streams() {
		e.cross = min(p.cfg.Crossfade, e.length/2, b.it.last().left()/2)
		e.at = b.to.Add(-e.cross)
	}
}

// inOrder is the instant before which e would overtake one of its own rung.
func (l *layout) inOrder(e *entry) audio.Instant {
	if e.it.roaming {
		return 0
	}
	at := audio.Instant(0)
	for _, x := range l.laid {
		if x.it.rung == e.it.rung && x.at > at {
			at = x.at
			e.late = e.late || x.late
			e.behind = e.behind || x.behind
			if x.late {
				e.front = x.it
			}
		}
	}
	return at
}

// stays says whether e is cued at a place that is still as good as any.
func (l *layout) stays(e *entry) bool {
	it := e.it
	if !it.out || it.startAt < l.inOrder(e) {
		return false
	}
	if it.after != nil && (l.p.items[it.after.occ.ID] == it.after || it.after.last().cause != audio.Completed) {
		return false // seat finds the same end to join, or another
	}
	if it.startAt > max(e.want, l.now.Add(l.p.ahead())).Add(keep) {
		return false
	}
	for _, b := range l.blocks {
		if b.it.rung < it.rung || b.it == it {
			continue
		}
		if it.startAt < b.to && it.startAt.Add(e.length) > b.from && !l.makesWay(e, it.startAt, b) {
			return false
		}
	}
	e.at, e.pred = it.startAt, it.after
	return true
}

// preempt finds what gives way to e, and keeps a place for the rest of it.
func (l *layout) preempt(e *entry) {
	if e.ghost {
		return
	}
	for i := range l.blocks {
		b := &l.blocks[i]
		if b.it == e.it || b.ghost || e.at < b.from || e.at >= b.to.Add(edge) {
			continue
		}
		switch {
		case b.it.rung >= e.it.rung && b.it != e.pred:
			continue
		case b.it == e.pred:
			if !b.it.streams() {
				continue
			}
			e.pred = nil // its end is an instant, not a frame of a file
			e.replaces, e.replaced = b.it, b.it.last().cue
			continue
		}
		at, cue := b.it.yieldAt(e.at)
		if e.at = at; cue == "" {
			continue // it is over by then
		}
		if e.replaces != nil {
			e.besides = append(e.besides, e.replaces)
		}
		e.replaces, e.replaced, e.pred = b.it, cue, nil
		l.leaveOver(b, e)
	}
}

// leaveOver keeps a place for what will be left of a block that e cuts.
func (l *layout) leaveOver(b *block, e *entry) {
	rest := &entry{it: b.it, ghost: true, want: e.at, length: b.to.Sub(e.at)}
	end := b.to
	b.to = e.at
	switch {
	case b.it.rule() == scheduler.Drop:
		return
	case b.it.streams(): // its end is an instant
		if rest.length = end.Sub(e.at.Add(e.length)); rest.length <= 0 {
			return
		}
	case b.it.rule() == scheduler.Restart:
		rest.length = b.it.whole()
	}
	i, _ := slices.BinarySearchFunc(l.queue, rest, byClaim)
	l.queue = slices.Insert(l.queue, i, rest)
}
