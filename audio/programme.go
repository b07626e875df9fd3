package audio

import "sync/atomic"

// MaxCues is how many cues may wait or sound at once on one Output.
const MaxCues = 32

// forsaken is the detail of a cue that ends because its predecessor did.
const forsaken = "the cue before it did not come to its end"

// programme is the bus of the cues. All of it but slots and position belongs to
// the goroutine that pulls the programme.
//
// It mixes lookAhead frames ahead of what it hands out, because the limiter
// looks that far ahead: pos is the next frame to hand out, head the next to mix.
type programme struct {
	d        *Desk
	slots    [MaxCues]atomic.Pointer[deskCue]
	position atomic.Int64 // pos, for others

	pos      Frames
	pulled   Frames // how much the device takes at once
	limiter  *Limiter
	gain     float32 // of the mute under an alarm, moving to its goal by 1/fade per frame
	lift     float32 // takes back what a device has muted by that keeps its volume; else 1
	frozen   bool
	frozenAt Frames  // the first muted frame
	stood    Instant // origin then
	recasted bool    // the cues know of the freeze
	openFrom Frames  // the first frame after the last alarm
	seenTo   Frames  // end of the alarm that was dealt with last
	volume   volume
	scratch  [block]float32
	voices   voices
	energy   energy
}

func (p *programme) head() Frames { return p.pos + lookAhead }

// pull hands out the next frames, at most block of them.
func (p *programme) pull(dst []float32) {
	p.followAlarm()
	head, n := p.head(), Frames(len(dst))
	clear(dst)
	if p.frozen {
		p.wait()
	} else {
		p.prepare(head, n)
	}
	p.mix(dst, head)
	p.volume.apply(dst)
	p.limiter.Process(dst)
	p.mute(dst)
	if p.frozen {
		p.energy.skip(n)
	} else {
		p.energy.add(dst)
	}
	p.d.tap.write(p.pos, dst)
	p.giveBack(dst)
	p.pos += n
	p.tell(p.final())
	p.d.tap.drain(p.pos - settled)
	p.position.Store(int64(p.pos))
}

// final is the frame before which nothing can be taken back any more.
func (p *programme) final() Frames {
	if p.frozen {
		return min(p.frozenAt, p.pos-settled)
	}
	return p.pos - settled
}

// prepare decides what sounds in the block [head, head+n).
func (p *programme) prepare(head, n Frames) {
	for i := range p.slots {
		c := p.slots[i].Load()
		if c == nil {
			continue
		}
		if c.stop.Load() && (c.cause != Stopped || c.cutFade > fade && c.hush.Load()) {
			p.stopCue(i, c, head)
		}
		if c.live != nil && !c.fixed {
			c.live.trim()
		}
		c.wish = 0
		c.supply(head, n)
	}
	for p.startAny(head, n) { // a start may let the next of its chain start
	}
	p.voices.n = 0
	for i := range p.slots {
		if c := p.slots[i].Load(); c != nil {
			c.planEnd(head, n)
			p.voices.note(c, head)
		}
	}
}

func (p *programme) stopCue(slot int, c *deskCue, head Frames) {
	switch {
	case !c.fixed:
		p.finish(slot, c, Stopped, p.pos)
	case c.began < 0:
		c.cut = c.start
		p.finish(slot, c, Stopped, p.pos)
	default:
		c.fadeAway(head, Stopped)
	}
}

// startAny starts what is due in the block, and says whether anything was.
func (p *programme) startAny(head, n Frames) bool {
	any := false
	for i := range p.slots {
		c := p.slots[i].Load()
		if c == nil || c.fixed || c.ended.Load() {
			continue
		}
		earliest := max(head, p.openFrom)
		due, known, doomed := p.due(c, earliest)
		c.expected = forever
		if known {
			c.expected = due
		}
		switch {
		case doomed != "":
			c.detail = forsaken
			p.finish(i, c, doomed, p.pos)
			any = true
		case !known || due >= head+n:
		case due < earliest-tolerance:
			p.finish(i, c, TooLate, p.pos)
			any = true
		default:
			p.startCue(c, max(due, earliest))
			c.supply(head, n)
			any = true
		}
	}
	return any
}

// due is the device frame at which c shall start, earliest the first at which
// it can; doomed is the cause with which it ends because its predecessor did. A
// stream starts when enough of it lies ready, and is never too late.
func (p *programme) due(c *deskCue, earliest Frames) (due Frames, known bool, doomed Cause) {
	due, known, doomed = p.place(c, earliest)
	if c.live == nil || doomed != "" {
		return due, known, doomed
	}
	return max(due, earliest), known && c.live.ready(), ""
}

// place is due for what lies ready.
func (p *programme) place(c *deskCue, earliest Frames) (due Frames, known bool, doomed Cause) {
	switch {
	case c.pinned:
		return c.due, true, ""
	case c.after != nil:
		return c.follow(earliest)
	case c.at == 0:
		return earliest, true, ""
	}
	due, known = p.d.frame(c.at)
	return due, known, ""
}

// follow is where a cue starts that follows another.
func (c *deskCue) follow(earliest Frames) (due Frames, known bool, doomed Cause) {
	a := c.after
	if a.ended.Load() && (a.cause != "" || !a.fixed) {
		return 0, false, a.cause
	}
	if !a.fixed || a.cause != "" || a.end() >= forever {
		return 0, false, ""
	}
	if f := a.sound.Load(); f != nil && f.broken() != "" {
		return 0, false, "" // it will not come to its end
	}
	x := c.crossing(a, earliest)
	a.wish = max(a.wish, x)
	return a.end() + c.gap - x, true, ""
}

func (p *programme) startCue(c *deskCue, start Frames) {
	c.fixed, c.start = true, start
	p.tie(c, start)
	var crossed Frames
	if c.after != nil && !c.pinned {
		crossed = max(0, c.after.end()-start)
	}
	if f := c.sound.Load(); f != nil {
		c.begin(f.length(), crossed)
	}
	if c.bed != nil {
		c.bed.level, c.bed.placed = 0, false
	}
	r := c.replaces
	if r == nil || r.ended.Load() {
		return
	}
	if r.began >= 0 {
		r.fadeAway(start, Replaced)
		return
	}
	if r.fixed {
		r.cut = r.start
	}
	for i := range p.slots {
		if p.slots[i].Load() == r {
			p.finish(i, r, Replaced, p.pos)
		}
	}
}

// mix adds up the cues. Under a mute that has come down to nothing there is
// nothing to add.
func (p *programme) mix(dst []float32, head Frames) {
	if p.frozen && p.gain == 0 {
		return
	}
	n := Frames(len(dst))
	for i := range p.slots {
		c := p.slots[i].Load()
		if c == nil || !c.fixed {
			continue
		}
		if p.frozen {
			c.ghost(head, n)
		}
		c.mix(p, dst, head)
		if !p.frozen {
			c.settleBlock(head, n)
		}
	}
}

// tell reports what has surely left the card: everything before final.
func (p *programme) tell(final Frames) {
	for i := range p.slots {
		c := p.slots[i].Load()
		if c == nil {
			continue
		}
		if c.ended.Load() { // Desk.close was faster
			p.retire(i, c)
			continue
		}
		if !c.fixed {
			continue
		}
		gone := int64(c.playedBy(min(final, p.pos-settled)))
		c.told.Store(max(c.told.Load(), gone)) // behind an alarm it is less for a while: the start has moved
		if !c.started && c.began >= 0 && c.began < final && !c.ended.Load() {
			c.started, c.energy = true, p.energy.upTo(c.began)
			p.d.tell(Event{Kind: Started, ID: c.id, At: p.d.instant(c.began)})
		}
		if c.listener != nil && c.started {
			p.listen(c, final)
		}
		if c.end() <= final {
			p.finish(i, c, c.cause, c.end())
		}
	}
}

// finish ends c with what it has played by the device frame. No cause means
// that it came to its end.
func (p *programme) finish(slot int, c *deskCue, cause Cause, at Frames) {
	frames := Frames(0)
	if c.fixed {
		frames = c.playedBy(at)
	}
	var level Decibels
	if c.started && frames > 0 {
		level = meanLevel(p.energy.upTo(at)-c.energy, frames)
	}
	c.cause = cause
	p.retire(slot, c)
	if cause == "" {
		cause = Completed
	}
	if c.ended.CompareAndSwap(false, true) {
		p.d.tell(Event{Kind: Ended, ID: c.id, At: p.d.instant(at), Frames: frames, Cause: cause, Detail: c.detail, Level: level})
	}
}

// retire lets go of the cue's memory; what a follower needs to know stays.
func (p *programme) retire(slot int, c *deskCue) {
	if c.fixed {
		c.wasOver, c.cut = c.over(), c.end()
	}
	c.sound.Store(nil)
	c.live, c.pace, c.after, c.replaces = nil, nil, nil, nil
	p.slots[slot].Store(nil)
}
