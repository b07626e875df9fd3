package playout

import (
	"errors"
	"slices"
	"sync"

	"loalang/recordings"
)

// tapeQueue is how many pieces of sound wait for a slow disk, some 20 s.
const tapeQueue = 1000

// taper takes down what airs, in a goroutine of its own, since the disk may hang.
type taper struct {
	studio *Studio
	note   recordings.TapeNote
	pieces chan []int16
	done   chan struct{}

	mu     sync.Mutex
	taped  Taped
	closed bool
}

// newTaper begins one for the occurrence of a live voice.
func (s *Studio) newTaper(occurrence string, speech Speech) *taper {
	t := &taper{
		studio: s, pieces: make(chan []int16, tapeQueue), done: make(chan struct{}), taped: TapedYes,
		note: recordings.TapeNote{
			ID: s.cfg.NewID(), Occurrence: occurrence, Began: s.cfg.Now().UTC(),
			About: recordings.About{Title: speech.Title, Kind: recordings.Take, Village: s.cfg.Village, By: speech.By},
		},
	}
	s.mu.Lock()
	s.taping[t.note.ID] = true
	s.mu.Unlock()
	go t.run()
	return t
}

// take queues a piece; it never waits.
func (t *taper) take(frames []int16) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed || t.taped != TapedYes {
		return
	}
	select {
	case t.pieces <- slices.Clone(frames):
	default:
		t.taped = TapedFail // the disk hangs: what is on it is kept
	}
}

// end lets the taper write what waits, in its own time.
func (t *taper) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.closed {
		t.closed = true
		close(t.pieces)
	}
}

func (t *taper) state() Taped {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.taped
}

func (t *taper) fail(err error) {
	why := TapedFail
	if errors.Is(err, recordings.ErrDiskFull) {
		why = TapedFull
	}
	t.mu.Lock()
	t.taped = why
	t.mu.Unlock()
	t.studio.cfg.Log.Error("what airs live is not taken down", "by", t.note.About.By, "err", err)
}

func (t *taper) run() {
	defer close(t.done)
	defer t.studio.taped(t.note.ID)
	tape, err := t.studio.cfg.Tapes.NewTape(t.note)
	if err != nil {
		t.fail(err)
	}
	for piece := range t.pieces {
		if err != nil {
			continue
		}
		if err = tape.Write(piece); err != nil {
			t.fail(err)
		}
	}
	if tape == nil {
		return
	}
	if err := tape.Close(); err != nil {
		t.studio.cfg.Log.Error("a tape could not be ended", "err", err)
	}
}
