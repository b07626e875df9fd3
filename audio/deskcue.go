package audio

import (
	"context"
	"fmt"
	"math"
	"sync/atomic"
	"time"
)

const (
	// forever is later than any frame, and far from overflow.
	forever = Frames(math.MaxInt64 / 4)
	// fade is the length of the shortest fade, 5 ms: wherever sound is cut.
	fade = Frames(240)
	// tolerance is how late a cue may come and still start at once, 20 ms.
	tolerance = Frames(960)
	// patience is how long a cue may find nothing to read before it ends, 0.5 s.
	patience = Frames(24000)
	// maxGain keeps a slip of the pen from becoming a scream.
	maxGain Decibels = 24
)

// DeskCue is one Source to sound on the programme at an exact instant.
type DeskCue struct {
	ID     string // unique among the cues that have not ended
	Source Source // the Desk closes it when it is an io.Closer, unless Cue returned an error
	// Frames is the length of Source. Less is played when Source ends early,
	// never more. 0: as long as Source lasts; a cue After this one then needs
	// the end of Source to come into the 2 s that are read ahead.
	Frames Frames
	// At is when the first frame leaves the card. 0: at the next frame. With
	// After set it is ignored.
	At Instant
	// After is the ID of a cue: this one starts Gap after that one's end,
	// wherever that one was moved. When that one does not come to its end, this
	// one ends with the same cause.
	After string
	Gap   time.Duration // 0 or more
	Gain  Decibels      // at most 24
	// Cross, FadeIn, FadeOut, Bed, Stream and Spoken are as in Cue. A bed's Source
	// has no end.
	Cross           time.Duration
	FadeIn, FadeOut time.Duration
	Bed             *Duck
	Stream          *Stream
	Spoken          bool
	// Replaces is the ID of a cue that ends with a fade when this one starts.
	// An ID that is not there is ignored.
	Replaces string
}

func (c DeskCue) validate() error {
	switch {
	case c.ID == "":
		return fmt.Errorf("%w: it has no ID", ErrBadCue)
	case c.Source == nil:
		return fmt.Errorf("%w %s: it has no source", ErrBadCue, c.ID)
	case c.Frames < 0 || c.Frames >= forever:
		return fmt.Errorf("%w %s: its length of %d frames is out of range", ErrBadCue, c.ID, c.Frames)
	case c.Gap < 0:
		return fmt.Errorf("%w %s: its gap is negative", ErrBadCue, c.ID)
	case c.Cross < 0 || c.FadeIn < 0 || c.FadeOut < 0:
		return fmt.Errorf("%w %s: one of its fades is negative", ErrBadCue, c.ID)
	case c.Cross > 0 && c.Gap > 0:
		return fmt.Errorf("%w %s: it has both a gap and a crossfade; one excludes the other", ErrBadCue, c.ID)
	case !(c.Gain <= maxGain):
		return fmt.Errorf("%w %s: its gain of %v dB is more than %v", ErrBadCue, c.ID, c.Gain, maxGain)
	case c.Stream != nil && (c.Stream.Buffer <= 0 || c.Stream.Buffer > maxStreamBuffer || c.Frames != 0 || c.Bed != nil):
		return fmt.Errorf("%w %s: a stream has a buffer of more than 0 and at most %v, no length, and is no bed", ErrBadCue, c.ID, maxStreamBuffer)
	case c.Bed != nil && c.Bed.validate() != nil:
		return fmt.Errorf("bed %s: %w", c.ID, c.Bed.validate())
	case c.After == c.ID || c.Replaces == c.ID:
		return fmt.Errorf("%w %s: it refers to itself", ErrBadCue, c.ID)
	}
	return nil
}

// deskCue is a DeskCue on its way. The first block is fixed, the second shared,
// the third belongs to the goroutine that pulls the programme; callers may read
// it after ended turned true.
type deskCue struct {
	id       string
	serial   int64
	gain     float32
	at       Instant
	gap      Frames
	after    *deskCue
	replaces *deskCue

	sound atomic.Pointer[feed] // nil once nobody reads it any more
	stop  atomic.Bool
	hush  atomic.Bool  // and within 5 ms, whatever its FadeOut
	ended atomic.Bool  // its Ended was told
	told  atomic.Int64 // frames that have surely left the card

	live    *stream // of a stream; nil once nobody reads it any more
	pace    *pacer  // of a file, likewise
	fixed   bool    // start is known
	pinned  bool    // due is known, after does not matter any more
	due     Frames  // device frame at which a pinned cue starts
	start   Frames  // device frame of its frame 0, moved by stalls and alarms
	began   Frames  // device frame at which its first frame was mixed; −1: none yet
	started bool    // its Started was told
	take    Frames  // to be mixed in this block
	stall   Frames  // frames of this block that pass before what could not be read
	dry     Frames  // stalls in a row
	holes   holes   // for which start was moved
	cut     Frames  // device frame at which it ends, before its length
	cause   Cause   // why it is cut
	detail  string
	wasOver Instant // what over was, once nobody reads the sound any more
	shape
	bed      *bed      // nil: a voice
	listener *listener // nil: it may be silent
	expected Frames    // device frame at which it will start, as far as is known; else forever
	energy   uint64    // of the programme before began
}

// newDeskCue makes a cue of c, and what a reader has to do for it.
func newDeskCue(c DeskCue, serial int64, d *Desk) (*deskCue, reading) {
	cue := &deskCue{
		id: c.ID, serial: serial, expected: forever, gain: c.Gain.Factor(),
		at: c.At, gap: Rate.N(c.Gap), began: -1, cut: forever,
		shape: shape{cross: Rate.N(c.Cross), fadeIn: Rate.N(c.FadeIn), fadeOut: Rate.N(c.FadeOut)},
	}
	cue.bed = newBed(c.Bed)
	if c.Spoken {
		cue.listener = new(listener)
	}
	if c.Stream != nil {
		cue.live = newStream(*c.Stream, &d.programme.pulled)
		cue.sound.Store(newFeedOf(streamSize, forever))
		return cue, reading{source: c.Source, ended: &cue.ended, live: cue.live}
	}
	cue.pace = newPacer(d, c.Frames)
	cue.sound.Store(cue.pace.feed())
	return cue, reading{source: c.Source, ended: &cue.ended, raw: cue.pace.raw}
}

// reading is what a reader has to do: to fill live or raw with source until the
// cue has ended. A cue that is remembered for those After it holds none of these.
type reading struct {
	source Source
	ended  *atomic.Bool
	live   *stream
	raw    *feed
}

// run reads, and closes the source.
func (r reading) run(ctx context.Context) error {
	if r.live != nil {
		return r.live.run(ctx, r.source, r.ended)
	}
	return r.raw.run(ctx, r.source, r.ended)
}

// end is the device frame after its last one, as far as is known; forever or
// more when it is not.
func (c *deskCue) end() Frames {
	f := c.sound.Load()
	if f == nil {
		return c.cut
	}
	return min(c.start+f.length()+c.stall, c.cut)
}

// playedBy is how many of its frames lie before the device frame: those of its
// file, of a stream those of the device.
func (c *deskCue) playedBy(frame Frames) Frames {
	if c.began < 0 {
		return 0
	}
	n := c.before(min(frame, c.end()))
	if f := c.sound.Load(); f != nil && f.pace != nil {
		return f.pace.heard(f, n)
	}
	return n
}

// before is how many of its frames lie before the device frame, though what was
// missing later has moved start.
func (c *deskCue) before(frame Frames) Frames {
	return max(0, frame-c.start+c.holes.behind(frame))
}

// holes are the last silences in a cue for what could not be read in time: more
// than there are, as a rule, in what an alarm can take back.
type holes [8]struct{ at, n Frames } // the newest first

// add notes n frames of silence from the device frame at on.
func (h *holes) add(at, n Frames) {
	if n == 0 {
		return
	}
	if h[0].at+h[0].n != at {
		copy(h[1:], h[:])
		h[0].at, h[0].n = at, 0
	}
	h[0].n += n
}

// behind is how much of them lies behind the device frame.
func (h *holes) behind(frame Frames) Frames {
	var n Frames
	for _, one := range h {
		n += max(0, min(one.n, one.at+one.n-frame))
	}
	return n
}

// window is the part of the block [head, head+n) in which c sounds.
func (c *deskCue) window(head, n Frames) (from, to Frames) {
	from = max(head, c.start)
	return from, max(from, min(head+n, c.end()))
}

// supply finds out how much of the block [head, head+n) can be read.
func (c *deskCue) supply(head, n Frames) {
	c.take, c.stall = 0, 0
	f := c.sound.Load()
	if f == nil || !c.fixed {
		return
	}
	from, to := c.window(head, n)
	if to == from {
		return
	}
	if c.live != nil {
		c.live.supply(f, to-c.start)
	} else {
		c.pace.supply(f, to-c.start)
	}
	whole := f.total.Load() >= 0 // asked first: then available is all there will ever be
	c.take = min(to-from, f.available(from-c.start))
	if !whole && c.take < to-from {
		c.stall = head + n - from - c.take // it goes on with the next block
	}
	if c.take > 0 {
		c.dry = 0
		if c.began < 0 {
			c.began = from
		}
	}
}

// settleBlock moves c on after the block [head, head+n) was mixed.
func (c *deskCue) settleBlock(head, n Frames) {
	f := c.sound.Load()
	if f == nil || !c.fixed {
		return
	}
	from, _ := c.window(head, n)
	pos := from - c.start + c.take
	f.consumed(pos)
	c.holes.add(from+c.take, c.stall)
	c.start += c.stall
	c.dry += c.stall
	c.stall = 0
	if c.dry >= patience && c.cause == "" && c.live == nil {
		c.cut, c.cause, c.detail = c.start+pos, Unread, "nothing could be read from its file in time"
	}
	if why := f.broken(); why != "" && c.cause == "" {
		c.cut, c.cause, c.detail = c.start+f.length(), Unread, why
	}
}

// mix adds what supply found to dst, the block from head on.
func (c *deskCue) mix(p *programme, dst []float32, head Frames) {
	f := c.sound.Load()
	if f == nil || c.take == 0 {
		return
	}
	from, to := c.window(head, Frames(len(dst)))
	dst = dst[from-head : from-head+min(to-from, c.take)]
	x := p.scratch[:len(dst)]
	f.render(x, from-c.start, c.gain/fullScale)
	c.sculpt(x, from-c.start, f)
	switch {
	case c.bed != nil && p.frozen:
		c.bed.hold(x)
	case c.bed != nil:
		muted := min(max(0, p.openFrom-from), Frames(len(x))) // sounded before the alarm already
		c.bed.hold(x[:muted])
		c.bed.lower(x[muted:], from+muted, &p.voices)
	}
	if c.listener != nil && !p.frozen {
		c.listener.hear(x, from)
	}
	for i, v := range x {
		dst[i] += v
	}
}

// render is the frames from pos on, scaled.
func (f *feed) render(x []float32, pos Frames, scale float32) {
	size := Frames(len(f.buf))
	at := pos % size
	for i := range x {
		x[i] = float32(f.buf[at]) * scale
		if at++; at == size {
			at = 0
		}
	}
}
