package speaker

import (
	"io"
	"time"

	"loalang/audio"
)

const (
	// gateFrames is how much is decoded in one go, 85 ms of sound: well under a
	// tenth of a millisecond of work.
	gateFrames = 4096
	// gateRest is the pause behind it.
	gateRest = time.Millisecond
	// gatePatience is how long others wait for one that is being read: who takes longer
	// waits for a disk, and needs no core.
	gatePatience = 20 * time.Millisecond
)

// gate lets the sources of a child be read one at a time and in small pieces.
// Every thread of the child has the same real-time priority: decoding several
// files at once would take all the cores away from the card for longer than its
// buffer lasts.
type gate chan struct{}

func newGate() gate { return make(gate, 1) }

// enter waits until nobody else reads, though not for a disk that hangs. Its answer is
// to be called behind the read.
func (g gate) enter() (leave func()) {
	out := func() { <-g }
	select {
	case g <- struct{}{}:
		return out
	default:
	}
	patience := time.NewTimer(gatePatience)
	defer patience.Stop()
	select {
	case g <- struct{}{}:
		return out
	case <-patience.C:
		return func() {}
	}
}

// slow is source, read through the gate. It still yields more than forty times
// as fast as it is played.
func (g gate) slow(source closable) audio.Source { return &slowSource{source: source, gate: g} }

// closable is a source that has to be closed.
type closable interface {
	audio.Source
	io.Closer
}

type slowSource struct {
	source closable
	gate   gate
	since  int // frames since the last rest
}

// Read follows the contract of audio.Source.
func (s *slowSource) Read(dst []float32) (int, error) {
	if s.since >= gateFrames {
		time.Sleep(gateRest)
		s.since = 0
	}
	leave := s.gate.enter()
	n, err := s.source.Read(dst[:min(len(dst), gateFrames)])
	leave()
	s.since += n
	return n, err
}

// Close closes the source.
func (s *slowSource) Close() error { return s.source.Close() }
