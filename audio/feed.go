package audio

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"time"
)

const (
	// feedSize is how much of a cue is held in memory at most, 2.7 s: what is
	// read ahead, and feedHistory.
	feedSize = Frames(1 << 17)
	// feedHistory is how far back a cue may be taken when an alarm freezes it;
	// more than settled, the look-ahead, a fade and a block together.
	feedHistory = Frames(9600)
	// feedChunk is how much is read at a time.
	feedChunk = 1024
	// feedPeriod is how often a reader looks for room.
	feedPeriod = 100 * time.Millisecond
)

// feed is the sound of a cue between its reader goroutine, which fills it, and
// the goroutine that pulls the programme, which reads it. Neither waits for the
// other.
type feed struct {
	buf     []int16
	written atomic.Int64 // frames, by the reader
	keep    atomic.Int64 // the oldest frame that may be read again, by the puller
	total   atomic.Int64 // frames there are; −1 until the end was seen
	fault   string       // why the source ended; empty at its true end; set before total
	limit   Frames       // what the cue wants of the source
	pace    *pacer       // what fills it, when that is no reader
}

// newFeed makes room for a cue of length frames, 0 when that is not known.
func newFeed(length Frames) *feed {
	size, limit := feedSize, forever
	if length > 0 {
		size, limit = min(length, feedSize), length
	}
	return newFeedOf(size, limit)
}

func newFeedOf(size, limit Frames) *feed {
	f := &feed{buf: make([]int16, size), limit: limit}
	f.total.Store(-1)
	return f
}

// run reads source into f until its end, the end of ctx, or until ended says
// that nobody wants it any more. It closes the source.
func (f *feed) run(ctx context.Context, source Source, ended *atomic.Bool) error {
	tick := time.NewTicker(feedPeriod)
	defer tick.Stop()
	scratch := make([]float32, feedChunk)
	for !ended.Load() && f.fill(source, scratch) {
		select {
		case <-ctx.Done():
			return closeSource(source)
		case <-tick.C:
		}
	}
	return closeSource(source)
}

// fill reads until there is no more room (true) or no more source (false).
func (f *feed) fill(source Source, scratch []float32) bool {
	for {
		written := Frames(f.written.Load())
		room := Frames(len(f.buf)) - (written - Frames(f.keep.Load()))
		if written == f.limit {
			f.total.Store(int64(written))
			return false
		}
		if room < min(Frames(len(scratch)), f.limit-written) {
			return true
		}
		n, err := source.Read(scratch[:min(Frames(len(scratch)), f.limit-written)])
		if n == 0 && err == nil {
			err = io.ErrNoProgress // a source that breaks its contract must not spin here
		}
		f.put(written, scratch[:n])
		if err != nil {
			if !errors.Is(err, io.EOF) {
				f.fault = err.Error() // worded here: the puller must not allocate
			}
			f.total.Store(f.written.Load())
			return false
		}
	}
}

func (f *feed) put(at Frames, frames []float32) {
	size := Frames(len(f.buf))
	i := at % size
	for _, v := range frames {
		f.buf[i] = toS16(v)
		if i++; i == size {
			i = 0
		}
	}
	f.written.Store(int64(at) + int64(len(frames)))
}

// length is how many frames the cue will have, as far as is known; forever
// when nothing is.
func (f *feed) length() Frames {
	if n := f.total.Load(); n >= 0 {
		return Frames(n)
	}
	if f.pace != nil {
		return f.pace.length(f)
	}
	return f.limit
}

// broken says why the source ended before its time; empty when it did not.
func (f *feed) broken() string {
	if f.pace != nil {
		return f.pace.raw.broken()
	}
	if f.total.Load() < 0 {
		return ""
	}
	return f.fault
}

// available is how many frames can be read from pos on.
func (f *feed) available(pos Frames) Frames {
	return max(0, Frames(f.written.Load())-pos)
}

// ready is how many frames from pos on wait for nothing; forever when those are
// all there will ever be.
func (f *feed) ready(pos Frames) Frames {
	if f.pace != nil {
		return f.available(pos) + f.pace.ready()
	}
	whole := f.total.Load() >= 0 // asked first: then available is all
	n := f.available(pos)
	if whole {
		return forever
	}
	return n
}

// consumed lets go of what lies more than feedHistory before pos.
func (f *feed) consumed(pos Frames) {
	if old := int64(pos - feedHistory); old > f.keep.Load() {
		f.keep.Store(old)
	}
}
