package audio

// followAlarm freezes and thaws the programme as the alarm's bus says.
func (p *programme) followAlarm() {
	to := Frames(p.d.alarms.to.Load())
	if !p.frozen && to != p.seenTo {
		p.freeze(Frames(p.d.alarms.from.Load()))
		p.seenTo = to
	}
	if p.frozen {
		to = Frames(p.d.alarms.to.Load())
		p.seenTo = to
		if to < forever && p.gain == 0 { // an alarm shorter than the mute lets that come down first
			p.thaw(max(p.head(), to))
		}
	}
}

// freeze mutes the programme from the device frame on. Frames that were pulled
// already but sound under the alarm are taken back.
func (p *programme) freeze(from Frames) {
	heard := min(max(from, p.pos-settled, p.openFrom), p.pos)
	from = max(heard, p.openFrom) // what has not gone on yet stays where it stood
	p.tell(from)
	p.energy.takeBack(heard)
	p.d.tap.ramp(heard, p.pos, p.gain)
	muted := max(0, p.gain-float32(p.pos-heard)/float32(fade))
	if muted > 0 {
		p.lift *= p.gain / muted
	}
	p.gain = muted
	p.frozen, p.frozenAt, p.recasted = true, from, false
	p.stood = Instant(p.d.origin.Load())
	p.d.tell(Event{Kind: Silenced, At: p.d.instant(from)})
}

// thaw lets the programme go on at the device frame.
func (p *programme) thaw(at Frames) {
	shift := at - p.frozenAt
	p.recast()
	for i := range p.slots {
		c := p.slots[i].Load()
		if c == nil {
			continue
		}
		if !c.fixed {
			c.pin(p.frozenAt, shift)
			continue
		}
		played := c.before(p.frozenAt)
		c.rewind(played)
		if c.pace != nil { // as long by the card's clock as by its own
			c.pace.lead -= Instant(p.d.origin.Load()) - p.stood
		}
		c.start, c.holes = at-played, holes{}
		if c.cut < forever {
			c.cut += shift
		}
		if c.began >= p.frozenAt {
			c.began = -1
		}
		c.dry = 0
		if c.bed != nil {
			c.bed.placed = false
		}
		if c.listener != nil {
			c.listener.rest(at)
		}
	}
	p.frozen, p.openFrom, p.lift = false, at, 1
	p.d.tell(Event{Kind: Unsilenced, At: p.d.instant(at)})
}

// pin fixes when a cue starts whose predecessor ended before the alarm: the
// rest of its gap comes after the alarm.
func (c *deskCue) pin(frozenAt, shift Frames) {
	if c.pinned && c.due >= frozenAt {
		c.due += shift
	}
	if c.pinned || c.after == nil || !c.after.ended.Load() {
		return
	}
	if due, known, _ := c.follow(0); known {
		c.pinned, c.due = true, due
		if due >= frozenAt {
			c.due += shift
		}
	}
}

// recast draws the consequences of a freeze for each cue, once the mute has come
// down: until then all is still heard. What began behind the first muted frame has
// not begun after all, and what was fading to its end there has come to it.
func (p *programme) recast() {
	if p.recasted {
		return
	}
	p.recasted = true
	for i := range p.slots {
		c := p.slots[i].Load()
		if c == nil || !c.fixed || c.start < p.frozenAt || c.began >= 0 && c.began < p.frozenAt {
			continue
		}
		c.fixed, c.began, c.start = false, -1, 0
		c.out, c.thirst, c.holes = 0, 0, holes{}
		c.rewind(0)
		if c.replaces != nil {
			c.replaces.unfade(p.frozenAt)
		}
	}
	for i := range p.slots {
		c := p.slots[i].Load()
		if c == nil || !c.fixed {
			continue
		}
		if f := c.sound.Load(); f != nil && c.start+f.length()-c.out >= p.frozenAt {
			c.out = 0 // it has not begun to fade after all
		}
		if c.cutFade > 0 {
			p.finish(i, c, c.cause, p.frozenAt)
		}
	}
}

// wait ends, under an alarm, what is stopped and what comes too late.
func (p *programme) wait() {
	if p.gain == 0 {
		p.recast()
	}
	for i := range p.slots {
		c := p.slots[i].Load()
		switch {
		case c == nil || c.ended.Load():
		case c.fixed && p.gain > 0: // it is still heard
		case c.stop.Load():
			p.finish(i, c, Stopped, p.frozenAt)
		case c.live != nil && p.gain == 0 && p.runOn(i, c):
		case c.fixed:
		case c.after != nil:
			if _, _, doomed := c.follow(p.head()); doomed != "" {
				c.detail = forsaken
				p.finish(i, c, doomed, p.frozenAt)
			}
		case c.at != 0 && !c.pinned && c.live == nil:
			if due, known := p.d.frame(c.at); known && due < p.pos-tolerance {
				p.finish(i, c, TooLate, p.pos)
			}
		}
	}
}

// runOn lets a stream pass unheard under an alarm, and ends it when it has; it
// says whether that was all there is to do.
func (p *programme) runOn(slot int, c *deskCue) bool {
	c.live.trim()
	if !c.fixed {
		return false // it may yet lose its predecessor
	}
	if c.live.whole.Load() {
		c.cut = p.frozenAt
		p.finish(slot, c, "", p.frozenAt)
	}
	return true
}

// ghost supplies a frozen cue for the fade only: nothing of it counts.
func (c *deskCue) ghost(head, n Frames) {
	began, dry := c.began, c.dry
	c.supply(head, n)
	c.began, c.dry, c.stall = began, dry, 0
}

// mute moves the gain towards where it should be and applies it.
func (p *programme) mute(dst []float32) {
	if !p.frozen && p.gain == 1 {
		return
	}
	const step = 1 / float32(fade)
	for i := range dst {
		switch {
		case p.frozen:
			p.gain = max(0, p.gain-step)
		case p.pos+Frames(i) >= p.openFrom:
			p.gain = min(1, p.gain+step)
		}
		dst[i] *= p.gain
	}
}

// giveBack is for the device that could not come down to nothing before these
// frames: it keeps the volume it has come to while the Desk fades out the rest.
func (p *programme) giveBack(dst []float32) {
	if p.lift == 1 {
		return
	}
	for i := range dst {
		dst[i] *= p.lift
	}
	if p.frozen && p.gain == 0 {
		p.lift = 1
	}
}
