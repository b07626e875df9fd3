package audio

import (
	"errors"
	"fmt"
	"io"
	"math"
)

// loopJoin is how long the end of a Loop fades into its beginning, 50 ms.
const loopJoin = Frames(2400)

// Loop is a Source without end: a sound that is repeated. Its end fades into
// its beginning over 50 ms, or half of it where it is shorter, with constant
// power however alike the two are: the gains cos and sin of an equal-power fade
// are divided by √(1 + 2·r·cos·sin), where r is the correlation of both (M. Fink,
// M. Holters, U. Zölzer, "Signal-matched power-complementary cross-fading",
// DAFx 2016). One goroutine uses it. It is an io.Closer.
type Loop struct {
	length, join Frames
	again        func(from Frames) Source // another reading of the sound
	close        func() error

	source Source // nil: none is open
	at     Frames // of the next frame in the sound
	head   []float32
	alike  float32 // r of head and tail, 0 to 1
	err    error   // latched
}

// Loop is c without end.
func (c Clip) Loop() *Loop {
	return newLoop(c.Len(), func(from Frames) Source { return &clipSource{frames: c.frames[from:]} }, func() error { return nil })
}

// Loop is the file without end, from its first frame on; it takes s over, which
// is not to be used any more.
func (s *WAVSource) Loop() *Loop {
	return newLoop(s.Frames(), func(from Frames) Source {
		pass := &WAVSource{file: s.file, info: s.info}
		pass.From(from)
		return pass
	}, s.Close)
}

func newLoop(length Frames, again func(Frames) Source, closing func() error) *Loop {
	return &Loop{length: length, join: min(loopJoin, length/2), again: again, close: closing}
}

// From leaves out the n frames that sounded already, 0 or more, those of every
// repetition included. It is called before the first Read.
func (l *Loop) From(n Frames) {
	if l.length == 0 {
		return
	}
	if n >= l.length { // each further pass lacks the frames that the join took
		n = l.join + (n-l.length)%(l.length-l.join)
	}
	l.at = max(n, 0)
}

// Read follows the contract of Source. What cannot be read to its end is broken:
// it gives no EOF.
func (l *Loop) Read(dst []float32) (int, error) {
	if len(dst) == 0 {
		return 0, nil
	}
	if l.err == nil && l.source == nil {
		l.err = l.begin()
	}
	if l.err != nil {
		return 0, l.err
	}
	if l.at == l.length {
		l.source, l.at = l.again(l.join), l.join
	}
	n, err := l.source.Read(dst[:min(Frames(len(dst)), l.length-l.at)])
	if err != nil {
		l.err = broken(err)
		return 0, l.err
	}
	l.blend(dst[:n])
	l.at += Frames(n)
	return n, nil
}

// begin learns the beginning and the end, and opens the first pass.
func (l *Loop) begin() error {
	if l.length == 0 {
		return fmt.Errorf("loop: %w", io.ErrUnexpectedEOF)
	}
	l.head = make([]float32, l.join)
	tail := make([]float32, l.join)
	if err := errors.Join(readFull(l.again(0), l.head), readFull(l.again(l.length-l.join), tail)); err != nil {
		return err
	}
	l.alike = correlation(l.head, tail)
	l.source = l.again(l.at)
	return nil
}

// blend fades the beginning into x, the frames from l.at on, where they are of
// the end.
func (l *Loop) blend(x []float32) {
	tail := l.length - l.join
	for i := max(0, tail-l.at); i < Frames(len(x)); i++ {
		k := l.at + i - tail
		in, out := swell(k, l.join), swell(l.join-1-k, l.join)
		power := float32(math.Sqrt(float64(1 + 2*l.alike*in*out)))
		x[i] = float32(x[i]*out)/power + float32(l.head[k]*in)/power
	}
}

// Close closes what is repeated.
func (l *Loop) Close() error { return l.close() }

func readFull(s Source, dst []float32) error {
	for len(dst) > 0 {
		n, err := s.Read(dst)
		if err != nil {
			return broken(err)
		}
		dst = dst[n:]
	}
	return nil
}

// broken is err of a reading that should have gone on.
func broken(err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("loop: %w", err)
}

// correlation says how alike two sounds are, 0 when they are not or opposed.
func correlation(a, b []float32) float32 {
	var ab, aa, bb float64
	for i := range a {
		x, y := float64(a[i]), float64(b[i])
		ab, aa, bb = ab+x*y, aa+x*x, bb+y*y
	}
	if aa == 0 || bb == 0 {
		return 0
	}
	return float32(min(1, max(0, ab/math.Sqrt(aa*bb))))
}
