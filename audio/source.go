package audio

import "io"

// Source is a stream of mono frames at 48 kHz, full scale ±1. One goroutine
// reads it from its start to its end, once. Read may block on a file; it is
// never called on the path to the card.
//
// With len(dst) > 0, Read returns one of
//
//	n > 0, nil      dst[:n] holds the next n ≤ len(dst) frames
//	0, io.EOF       no frame is left; every later call says the same
//	0, err          the source is broken; every later call says the same
//
// and never 0, nil, nor frames together with an error. With len(dst) = 0 it
// returns 0, nil and changes nothing. It writes nothing behind dst[:n].
//
// A Source that is also an io.Closer is closed by whoever took it over, once.
type Source interface {
	Read(dst []float32) (n int, err error)
}

// Silence is a Source of n frames of silence.
func Silence(n Frames) Source { return &silence{left: n} }

type silence struct {
	left Frames
}

func (s *silence) Read(dst []float32) (int, error) {
	if len(dst) == 0 {
		return 0, nil
	}
	if s.left <= 0 {
		return 0, io.EOF
	}
	n := int(min(Frames(len(dst)), s.left))
	clear(dst[:n])
	s.left -= Frames(n)
	return n, nil
}

// Amplify is s with its amplitude changed by gain. Closing it closes s, when s
// can be closed.
func Amplify(s Source, gain Decibels) Source {
	return &amplified{source: s, factor: gain.Factor()}
}

type amplified struct {
	source Source
	factor float32
}

func (a *amplified) Read(dst []float32) (int, error) {
	n, err := a.source.Read(dst)
	for i := range dst[:n] {
		dst[i] *= a.factor
	}
	return n, err
}

func (a *amplified) Close() error { return closeSource(a.source) }

// Faded is s with a linear fade over its first in and its last out frames. It
// needs to know total, the length of s; a fade longer than s is cut short.
// Closing it closes s, when s can be closed.
func Faded(s Source, total, in, out Frames) Source {
	return &faded{source: s, total: total, in: min(in, total), out: min(out, total)}
}

type faded struct {
	source         Source
	at             Frames // of the next frame
	total, in, out Frames
}

func (f *faded) Read(dst []float32) (int, error) {
	n, err := f.source.Read(dst)
	for i := range dst[:n] {
		dst[i] *= f.gain()
		f.at++
	}
	return n, err
}

func (f *faded) gain() float32 {
	g := float32(1)
	if f.at < f.in {
		g = float32(f.at) / float32(f.in)
	}
	if left := f.total - 1 - f.at; left < f.out {
		g = min(g, float32(max(left, 0))/float32(f.out))
	}
	return g
}

func (f *faded) Close() error { return closeSource(f.source) }

func closeSource(s Source) error {
	if c, ok := s.(io.Closer); ok {
		return c.Close()
	}
	return nil
}
