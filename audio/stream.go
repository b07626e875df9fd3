package audio

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"time"
)

const (
	// maxStreamBuffer bounds Stream.Buffer.
	maxStreamBuffer = 2 * time.Second
	// leastHeld is the least that is held of a stream, whatever is asked: 10 ms on
	// top of what a device pulls at once.
	leastHeld = 2 * fade
	// streamSpare is room in the ring of a stream for what comes in a burst, 1 s.
	streamSpare = Frames(Rate)
	// maxSteer bounds how far the rate of a stream is steered.
	maxSteer = 0.005
	// steerPull is by how much the rate is changed for each second that too much
	// or too little lies ready: what is wrong is put right within some 20 s, so
	// slowly that nobody hears it. steerLearn is by how much that changes what is
	// known of the sender's clock, each second; it damps the two together
	// critically.
	steerPull  = 0.05
	steerLearn = steerPull * steerPull / 4
	// steerRest is how far from its goal a stream may be and is left alone, 0.5 ms.
	steerRest = Frames(24)
	// peakSpan is the span over which the highest filling is looked for, 0.5 s; two
	// of them are kept. A sender that was held up lowers the filling, and brings it
	// back to where it was in one go: only its highest tells of its clock.
	peakSpan = Frames(24000)
	// streamSize is how much of what a stream gave is kept, for an alarm that takes
	// it back.
	streamSize = 1 << 14
)

// stream is a source that is made as it airs. Its reader's goroutine fills a ring
// with what the sender gives at the sender's pace; the goroutine that pulls the
// programme takes it out at the card's, and puts the result into the cue's feed,
// from where it is mixed like that of a file. Neither waits for the other.
type stream struct {
	in      []int16
	written atomic.Int64           // frames that came, by the reader
	keep    atomic.Int64           // the oldest that is still read, by the puller
	whole   atomic.Bool            // no more will come
	fault   atomic.Pointer[string] // why, when that was no true end; set before whole

	// Of the puller.
	sinc   *sinc
	pulled *Frames // how much the device takes at once
	wanted Frames  // Stream.Buffer
	most   Frames  // Stream.Most; 0: twice what is held
	hold   Frames  // what is held: wanted, or what the device needs
	at     Frames  // the next frame of in
	frac   float64 // and how far behind that
	ratio  float64 // frames of in for each frame of the device
	drift  float64 // of the sender's clock, as far as it is known
	gain   float32 // follows what is left by 1/fade for each frame
	dry    bool    // it ran out, and is filling again
	old    Frames  // from where it fades to at
	across Frames  // how many frames of that fade are left
	peak   [2]Frames
	seen   Frames // frames since the newer peak began
}

func newStream(s Stream, pulled *Frames) *stream {
	wanted := Rate.N(s.Buffer)
	return &stream{
		in: make([]int16, 2*wanted+streamSpare), sinc: theSinc(), pulled: pulled,
		wanted: wanted, most: max(0, Rate.N(s.Most)), hold: max(wanted, leastHeld), ratio: 1,
	}
}

// run reads source into the ring until its end, the end of ctx, or until ended
// says that nobody wants it any more. It closes the source, and thereby ends a
// Read that waits for sound.
func (s *stream) run(ctx context.Context, source Source, ended *atomic.Bool) error {
	reading, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.read(reading, source)
	}()
	tick := time.NewTicker(feedPeriod)
	defer tick.Stop()
	for !ended.Load() {
		select {
		case <-done:
			return closeSource(source)
		case <-ctx.Done():
			err := closeSource(source)
			<-done
			return err
		case <-tick.C:
		}
	}
	cancel()
	err := closeSource(source)
	<-done
	return err
}

// read fills the ring as the sound comes.
func (s *stream) read(ctx context.Context, source Source) {
	scratch := make([]float32, feedChunk)
	for ctx.Err() == nil {
		written := s.written.Load()
		room := int64(len(s.in)) - (written - s.keep.Load())
		if room <= 0 { // nobody pulls
			time.Sleep(feedPeriod / 20)
			continue
		}
		n, err := source.Read(scratch[:min(int64(len(scratch)), room)])
		if n == 0 && err == nil {
			err = io.ErrNoProgress // a source that breaks its contract must not spin here
		}
		for i, v := range scratch[:n] {
			s.in[(written+int64(i))%int64(len(s.in))] = toS16(v)
		}
		s.written.Store(written + int64(n))
		if err != nil {
			if !errors.Is(err, io.EOF) && ctx.Err() == nil {
				words := err.Error()
				s.fault.Store(&words)
			}
			s.whole.Store(true)
			return
		}
	}
}

// ready says whether the stream may begin to sound.
func (s *stream) ready() bool {
	return s.whole.Load() || Frames(s.written.Load())-s.at >= s.hold
}

// trim lets go of what came too early: while the stream is not heard, only the
// newest is held.
func (s *stream) trim() {
	if s.whole.Load() {
		return
	}
	s.hold = max(s.wanted, leastHeld, *s.pulled+fade)
	if newest := Frames(s.written.Load()) - s.hold; newest > s.at {
		s.at, s.frac = newest, 0
	}
	s.across, s.gain, s.dry = 0, 0, true
	s.forgetPeaks()
	s.letGo()
}

// supply puts frames into f until it holds n in all, or no more came.
func (s *stream) supply(f *feed, n Frames) {
	at := Frames(f.written.Load())
	if total := f.total.Load(); total >= 0 {
		n = min(n, Frames(total))
	}
	if at >= n {
		return
	}
	whole := s.whole.Load() // asked first: then what is written is all there will ever be
	written := Frames(s.written.Load())
	s.hold = max(s.wanted, leastHeld, *s.pulled+fade)
	if !whole {
		s.steer(written-s.at, n-at)
		if s.dry && s.left(written, false) < s.hold/2 {
			return
		}
	}
	s.dry = false
	at += s.render(f, at, min(n-at, s.reach(written, whole)), written, whole)
	f.written.Store(int64(at))
	s.letGo()
	switch {
	case whole:
		if why := s.fault.Load(); why != nil {
			f.fault = *why
		}
		f.total.Store(int64(at + s.reach(written, true)))
	case at < n:
		s.dry, s.gain = true, 0
	}
}

// reach is how many frames for the device are left.
func (s *stream) reach(written Frames, whole bool) Frames {
	if whole { // from here on one for one: the end is known to the frame
		s.ratio = 1
	}
	return Frames(float64(s.left(written, whole)) / s.ratio)
}

// left is how many frames can still be read from at on.
func (s *stream) left(written Frames, whole bool) Frames {
	if whole {
		return written - s.at
	}
	return max(0, written-s.at-sincHalf) // what lies between two needs those behind it
}

// steer sets the ratio by how much lies ready, and drops what is too much.
func (s *stream) steer(filled, n Frames) {
	if filled > s.limit() && s.across == 0 {
		s.old, s.across = s.at, fade
		s.at += filled - s.hold
		filled = s.hold
		s.forgetPeaks()
	}
	s.peak[0] = max(s.peak[0], filled)
	if s.seen += n; s.seen >= peakSpan {
		s.peak[0], s.peak[1], s.seen = 0, s.peak[0], 0
	}
	off := max(s.peak[0], s.peak[1]) - s.hold
	switch {
	case s.peak[1] == 0: // not known yet
		return
	case off > steerRest:
		off -= steerRest
	case off < -steerRest:
		off += steerRest
	default:
		off = 0
	}
	seconds := float64(off) / float64(Rate)
	if steer := steerPull*seconds + s.drift; steer > -maxSteer && steer < maxSteer {
		s.drift += steerLearn * seconds * float64(n) / float64(Rate)
	}
	s.ratio = 1 + min(max(steerPull*seconds+s.drift, -maxSteer), maxSteer)
}

// limit is how much may lie ready.
func (s *stream) limit() Frames {
	if s.most == 0 {
		return 2 * s.hold
	}
	return max(s.most, s.hold+4*fade)
}

func (s *stream) forgetPeaks() { s.peak, s.seen = [2]Frames{}, 0 }

// render puts n frames into f from at on, and returns n.
func (s *stream) render(f *feed, at, n, written Frames, whole bool) Frames {
	const step = 1 / float32(fade)
	size := Frames(len(f.buf))
	for i := range n {
		v := s.between(s.at, written)
		if s.across > 0 {
			v += (s.between(s.old, written) - v) * float32(s.across) * step
		}
		// It comes in over 5 ms, and has gone before the ring is empty.
		s.gain = min(s.gain+step, 1, float32(s.left(written, whole))*step)
		f.buf[(at+i)%size] = round16(v * s.gain)
		s.advance()
	}
	return n
}

func (s *stream) advance() {
	s.frac += s.ratio
	gone := Frames(s.frac)
	s.frac -= float64(gone)
	s.at += gone
	if s.across > 0 {
		s.across--
		s.old += gone
	}
}

// between is the sound at frac behind the frame.
func (s *stream) between(frame, written Frames) float32 {
	size := Frames(len(s.in))
	if s.frac == 0 {
		return float32(s.in[frame%size])
	}
	return s.sinc.ring(s.in, frame, s.frac, 0, written)
}

// letGo frees what is not read any more.
func (s *stream) letGo() {
	oldest := s.at
	if s.across > 0 {
		oldest = s.old
	}
	s.keep.Store(max(s.keep.Load(), int64(oldest-sincTaps)))
}

// round16 is v, in units of s16, as one.
func round16(v float32) int16 { return toS16(v / fullScale) }

// rewind takes back what a stream gave from frame n on: it sounded under an
// alarm, and is gone.
func (c *deskCue) rewind(n Frames) {
	f := c.sound.Load()
	if c.live == nil || f == nil {
		return
	}
	f.written.Store(max(0, min(f.written.Load(), int64(n))))
	f.total.Store(-1)
	c.live.trim()
}
