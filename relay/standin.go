package relay

import (
	"context"
	"errors"
	"io"
	"log/slog"

	"loalang/audio"
)

// standInRest is for how many blocks a fallback that failed is left alone: 5 s.
const standInRest = 250

// standIn has the fallback ready before it is wanted, and again at its end. It is
// opened where nobody waits for that: the copy that airs may have to be made again
// first. All but that belongs to one goroutine.
type standIn struct {
	open    func(context.Context) (audio.Source, error) // nil: there is none
	log     *slog.Logger
	opened  chan audio.Source // nil: it could not be
	opening bool
	rest    int
	cancel  context.CancelFunc
	ctx     context.Context
}

func newStandIn(open func(context.Context) (audio.Source, error), log *slog.Logger) *standIn {
	s := &standIn{open: open, log: log, opened: make(chan audio.Source, 1)}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	if open != nil {
		s.start()
	}
	return s
}

func (s *standIn) start() {
	s.opening = true
	go func() {
		source, err := s.open(s.ctx)
		if err != nil {
			if s.ctx.Err() == nil {
				s.log.Error("the recording that stands in for a station cannot be opened", "err", err)
			}
			source = nil
		}
		s.opened <- source
	}()
}

// take gives the fallback from its beginning, and does not wait: nil while there is
// none. It is asked once for each block.
func (s *standIn) take() audio.Source {
	switch {
	case s.open == nil:
		return nil
	case s.rest > 0:
		s.rest--
		return nil
	case !s.opening:
		s.start()
	}
	select {
	case source := <-s.opened:
		if s.opening = false; source == nil {
			s.rest = standInRest
			return nil
		}
		s.start()
		return source
	default:
		return nil
	}
}

// close lets go of what is ready.
func (s *standIn) close() {
	s.cancel()
	if s.opening {
		closeSource(<-s.opened)
		s.opening = false
	}
}

func closeSource(s audio.Source) {
	if c, ok := s.(io.Closer); ok {
		_ = c.Close() // it was only read
	}
}

// read fills dst with the fallback, which begins again at its end. One that cannot
// be read is left alone for a while; what is missing is silent.
func (m *mix) read(dst []float32) {
	for failed := 0; len(dst) > 0 && failed < 2 && m.ready(); {
		n, err := m.fallback.Read(dst)
		dst = dst[n:]
		if err == nil {
			continue
		}
		if !errors.Is(err, io.EOF) {
			m.standIn.log.Error("the recording that stands in for a station cannot be read", "err", err)
		}
		closeSource(m.fallback)
		m.fallback = nil
		if failed++; n > 0 && errors.Is(err, io.EOF) {
			failed = 0
		}
		if failed == 2 {
			m.standIn.rest = standInRest
		}
	}
	clear(dst)
}

// ready has the fallback open, if it can be.
func (m *mix) ready() bool {
	if m.fallback == nil {
		m.fallback = m.standIn.take()
	}
	return m.fallback != nil
}

func (m *mix) close() {
	closeSource(m.fallback)
	m.fallback = nil
	m.standIn.close()
}
