package audio

import (
	"math"
	"time"
)

const (
	// stepBand is how far a file may be from where it should be and is played bit
	// for bit, in seconds: more than a card's anchors are off, and so little that
	// two outputs are half a millisecond apart at most.
	stepBand = 200e-6
	// stepPull is by how much the rate is changed for each second of error: of what is
	// wrong a third is left after some 10 s, and a twentieth after 30.
	stepPull = 0.1
	// maxStep bounds how far the rate of a file is changed, 9 cents; a drift of 100
	// parts per million takes a sixth of a cent.
	maxStep = 0.005
	// stepSlew is by how much the rate may change in a second: nobody hears it.
	stepSlew = 500e-6
	// pacedSize is how much of what was made of a file is kept, for an alarm that
	// takes it back: feedHistory, and a block.
	pacedSize = 1 << 14
)

// pacer keeps a file in step with CLOCK_MONOTONIC, whatever the card's crystal
// does: each of its frames leaves within a millisecond of when it would leave a
// card without a fault, so that neighbouring boards that play the same do not
// make an echo. It takes the frames of the file from what was read ahead, and
// puts those of the card into the cue's feed. As long as the file is where it
// should be they are the same; then it changes the rate by as much as the card's
// is wrong. It belongs to the goroutine that pulls the programme.
type pacer struct {
	raw  *feed // the file, as it is read ahead
	desk *Desk
	sinc *sinc

	tied  bool
	lead  Instant // the cue's first device frame as a span, less when its first frame should leave
	at    Frames  // the next frame of raw
	frac  float64 // and how far behind that
	ratio float64 // frames of raw for each of the card; 1 as long as nothing was wrong
}

func newPacer(d *Desk, length Frames) *pacer {
	return &pacer{raw: newFeed(length), desk: d, sinc: theSinc(), ratio: 1}
}

// feed is an empty feed that p fills.
func (p *pacer) feed() *feed {
	f := newFeedOf(pacedSize, forever)
	f.pace = p
	return f
}

// supply puts frames into f until it holds n in all, or no more were read. Once
// the end of the file was read its rate stays what it is, so that the end is
// known to the frame, seconds ahead.
func (p *pacer) supply(f *feed, n Frames) {
	at := Frames(f.written.Load())
	whole := p.raw.total.Load() >= 0 // asked first: then what was read is all there will ever be
	read := Frames(p.raw.written.Load())
	if !whole || at == 0 {
		p.steer(at, n-at)
	}
	if whole && f.total.Load() < 0 {
		f.total.Store(int64(at + p.left(Frames(p.raw.total.Load()))))
	}
	if total := f.total.Load(); total >= 0 {
		n = min(n, Frames(total))
	} else {
		n = min(n, at+p.reach(read))
	}
	size, rawSize := Frames(len(f.buf)), Frames(len(p.raw.buf))
	for ; at < n; at++ {
		if p.ratio == 1 && p.frac == 0 {
			f.buf[at%size] = p.raw.buf[p.at%rawSize]
			p.at++
			continue
		}
		f.buf[at%size] = p.between(read)
		p.frac += p.ratio
		gone := Frames(p.frac)
		p.frac -= float64(gone)
		p.at += gone
	}
	f.written.Store(max(f.written.Load(), int64(n)))
	p.raw.consumed(p.at)
}

// steer sets the rate for n frames of the card from its frame at of the cue on.
func (p *pacer) steer(at, n Frames) {
	if !p.tied || n <= 0 {
		return
	}
	late := Instant(p.desk.origin.Load()) + p.lead
	off := time.Duration(late).Seconds() + (float64(at-p.at)-p.frac)/float64(Rate)
	if p.ratio == 1 && p.frac == 0 && math.Abs(off) <= stepBand {
		return
	}
	goal := 1 + min(max(p.desk.crystal.drift()+stepPull*off, -maxStep), maxStep)
	if at == 0 {
		p.ratio = goal
		return
	}
	most := stepSlew * float64(n) / float64(Rate)
	p.ratio += min(max(goal-p.ratio, -most), most)
}

// left is how many frames the card has yet to play of a file of the given length.
func (p *pacer) left(length Frames) Frames {
	if p.ratio == 1 && p.frac == 0 {
		return length - p.at
	}
	return Frames(math.Ceil((float64(length-p.at) - p.frac) / p.ratio))
}

// reach is how many frames can be made of those that were read.
func (p *pacer) reach(read Frames) Frames {
	if p.ratio == 1 && p.frac == 0 {
		return read - p.at
	}
	// What lies between two frames needs those behind it.
	return max(0, Frames((float64(read-sincHalf-p.at)-p.frac)/p.ratio))
}

// ready is how many frames can be made at once; forever when all are read.
func (p *pacer) ready() Frames {
	if p.raw.total.Load() >= 0 {
		return forever
	}
	return p.reach(Frames(p.raw.written.Load()))
}

// between is the sound at frac behind the next frame; before the first frame and
// behind the last lies more of the same.
func (p *pacer) between(read Frames) int16 {
	return round16(p.sinc.ring(p.raw.buf, p.at, p.frac, 0, read))
}

// length is how many frames the cue will have on the card, as far as is known.
func (p *pacer) length(f *feed) Frames {
	length := p.raw.length()
	if length >= forever {
		return forever
	}
	return Frames(f.written.Load()) + p.left(length)
}

// heard is how many frames of the file are in the first n of f.
func (p *pacer) heard(f *feed, n Frames) Frames {
	total := f.total.Load()
	if total >= 0 && n >= Frames(total) {
		return Frames(p.raw.total.Load())
	}
	back := float64(Frames(f.written.Load())-n) * p.ratio
	return max(0, Frames(math.Round(float64(p.at)+p.frac-back)))
}

// tie notes when a cue should sound that begins at the device frame: at its
// instant, or behind its predecessor by as much as it is on the card. What
// begins late, or after an alarm, is in step with nobody, and keeps its own time.
func (p *programme) tie(c *deskCue, start Frames) {
	if c.pace == nil || !p.d.anchored.Load() {
		return
	}
	should := p.d.instant(start)
	switch due, known := p.d.frame(c.at); {
	case c.pinned:
	case c.after != nil:
		if over := c.after.over(); over != 0 {
			should = over.Add(stretch(start - c.after.end()))
		}
	case c.at != 0 && known && due == start:
		should = c.at
	}
	c.pace.tied, c.pace.lead = true, Instant(stretch(start))-should
}

// stretch is Rate.D for frames of either sign.
func stretch(n Frames) time.Duration {
	if n < 0 {
		return -Rate.D(-n)
	}
	return Rate.D(n)
}

// over is when the last frame of c should have left; 0: nobody knows.
func (c *deskCue) over() Instant {
	f := c.sound.Load()
	if f == nil {
		return c.wasOver
	}
	if c.pace == nil || !c.pace.tied || c.pace.raw.length() >= forever {
		return 0
	}
	return Instant(Rate.D(c.start)) - c.pace.lead + Instant(Rate.D(c.pace.raw.length()))
}
