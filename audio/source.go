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

func closeSource(s Source) error {
	if c, ok := s.(io.Closer); ok {
		return c.Close()
	}
	return nil
}
