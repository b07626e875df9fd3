package speaker

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"loalang/audio"
)

// openFilePatience is how long the first bytes of a file may take before the cues
// behind it go on without it.
const openFilePatience = time.Second

// errHangs: a file whose first bytes do not come.
var errHangs = errors.New("its file cannot be read: the disk does not answer")

// cueing are the cues whose files have yet to be opened, in the order in which they
// came: a cue may follow one before it. A disk that hangs must not keep an alarm or a
// stop from the Desk, so it is done beside the path of messages.
type cueing struct {
	open func(q cue, f *os.File) (audio.DeskCue, error) // takes f over
	more chan struct{}                                  // holds a token while there may be some

	mu    sync.Mutex
	queue []*toOpen
	over  bool // nothing is opened any more
}

// toOpen is one of them.
type toOpen struct {
	cue     cue
	file    *os.File
	stopped bool // and told so
}

func newCueing(g gate) *cueing { return &cueing{open: g.openCue, more: make(chan struct{}, 1)} }

// add takes a cue and its file. It does not block.
func (w *cueing) add(q cue, f *os.File) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over {
		closeFile(f)
		return
	}
	w.queue = append(w.queue, &toOpen{cue: q, file: f})
	select {
	case w.more <- struct{}{}:
	default:
	}
}

// first is the one to be opened next; nil: there is none.
func (w *cueing) first() *toOpen {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.queue) == 0 {
		return nil
	}
	return w.queue[0]
}

// end closes what has not been opened.
func (w *cueing) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over = true
	for _, t := range w.queue {
		closeFile(t.file)
	}
	w.queue = nil
}

// stop ends the cues with these IDs, or all, that the Desk has not got yet, and then
// those that it has.
func (c *child) stop(ids []string) {
	w := c.cues
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, t := range w.queue {
		if !t.stopped && (len(ids) == 0 || slices.Contains(ids, t.cue.ID)) {
			t.stopped = true
			c.event(audio.Event{Kind: audio.Ended, ID: t.cue.ID, At: audio.Monotonic(), Cause: audio.Stopped})
		}
	}
	c.desk.Stop(ids...)
}

// openCues opens what comes until ctx ends.
func (c *child) openCues(ctx context.Context) {
	defer c.cues.end()
	for {
		for t := c.cues.first(); t != nil && ctx.Err() == nil; t = c.cues.first() {
			words, err := c.cues.begin(t)
			c.hand(t, words, err)
		}
		select {
		case <-c.cues.more:
		case <-ctx.Done():
			return
		}
	}
}

// begin opens the file of t. Of one that hangs it lets go; when it comes after all it is
// closed.
func (w *cueing) begin(t *toOpen) (audio.DeskCue, error) {
	type result struct {
		words audio.DeskCue
		err   error
	}
	opened := make(chan result, 1)
	go func() {
		words, err := w.open(t.cue, t.file)
		opened <- result{words, err}
	}()
	patience := time.NewTimer(openFilePatience)
	defer patience.Stop()
	select {
	case r := <-opened:
		return r.words, r.err
	case <-patience.C:
	}
	go func() {
		if r := <-opened; r.err == nil {
			shut(r.words.Source)
		}
	}()
	return audio.DeskCue{}, fmt.Errorf("%w (waited for %v)", errHangs, openFilePatience)
}

// hand gives t to the Desk, unless it was stopped or could not be opened.
func (c *child) hand(t *toOpen, words audio.DeskCue, err error) {
	w := c.cues
	w.mu.Lock()
	defer w.mu.Unlock()
	w.queue = w.queue[1:]
	if err == nil && t.stopped {
		shut(words.Source)
	}
	if t.stopped {
		return
	}
	if err == nil {
		if err = c.desk.Cue(words); err != nil {
			shut(words.Source)
		}
	}
	if err != nil {
		c.refuse(t.cue.ID, err)
	}
}

// shut closes a source that was only read: there is nothing to lose.
func shut(s audio.Source) {
	if c, ok := s.(closable); ok {
		_ = c.Close()
	}
}

// openCue makes of a cue and its file, or pipe, what the Desk understands. Files are
// read through the gate. With an error nothing is open.
func (g gate) openCue(q cue, f *os.File) (audio.DeskCue, error) {
	words := deskCue(q)
	if q.Stream != nil {
		source, err := audio.OpenPipe(f)
		closeFile(f)
		if err == nil { // else a nil pointer would hide in the interface
			words.Source = source
		}
		return words, err
	}
	source, err := audio.OpenSource(f)
	if err != nil {
		closeFile(f)
		return words, err
	}
	if q.Bed != nil {
		loop := source.Loop()
		loop.From(q.From)
		words.Source = g.slow(loop)
	} else {
		source.From(q.From)
		words.Source, words.Frames = g.slow(source), source.Frames()
	}
	return words, nil
}
