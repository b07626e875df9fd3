package speaker

import (
	"context"
	"io"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

const (
	// tapChunk is how much PCM the child writes at a time, 40 ms: both sides wake for each, and a
	// pipe takes no more than 4096 bytes whole.
	tapChunk = 4 * 960
	// earSize is how much PCM waits for one listener, 2 s.
	earSize = 2 * 96000
	// tapPipe is how much waits between child and parent, 0.68 s.
	tapPipe = 64 << 10
)

// ears hands the PCM of the child in charge to everybody who listens.
type ears struct {
	mu     sync.Mutex
	all    map[*ear]struct{}
	turned func() // called without mu when the first came or the last went: ask listening
	closed bool
}

func newEars(turned func()) *ears { return &ears{all: map[*ear]struct{}{}, turned: turned} }

// ear is one listener: a ring of bytes that loses its oldest.
type ear struct {
	ears *ears
	stop func() bool

	mu     sync.Mutex
	wake   *sync.Cond
	ring   []byte
	from   int // of the oldest byte
	filled int
	closed bool
}

// open adds a listener until ctx ends or it is closed.
func (e *ears) open(ctx context.Context) (*ear, error) {
	listener := &ear{ears: e, ring: make([]byte, earSize)}
	listener.wake = sync.NewCond(&listener.mu)
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return nil, ErrEnded
	}
	e.all[listener] = struct{}{}
	first := len(e.all) == 1
	listener.stop = context.AfterFunc(ctx, listener.end)
	e.mu.Unlock()
	if first {
		e.turned()
	}
	return listener, nil
}

// hear gives PCM to every listener. It never waits for one.
func (e *ears) hear(pcm []byte) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for listener := range e.all {
		listener.put(pcm)
	}
}

// close ends every listener with io.EOF.
func (e *ears) close() {
	e.mu.Lock()
	e.closed = true
	var all []*ear
	for listener := range e.all {
		all = append(all, listener)
	}
	e.mu.Unlock()
	for _, listener := range all {
		_ = listener.Close() // never fails
	}
}

// listening says whether anybody does.
func (e *ears) listening() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.all) > 0
}

func (e *ears) leave(listener *ear) {
	e.mu.Lock()
	_, there := e.all[listener]
	delete(e.all, listener)
	last := there && len(e.all) == 0
	e.mu.Unlock()
	if last {
		e.turned()
	}
}

// put appends PCM, an even number of bytes, over the oldest when full.
func (l *ear) put(pcm []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if drop := l.filled + len(pcm) - len(l.ring); drop > 0 {
		l.from = (l.from + drop) % len(l.ring)
		l.filled -= drop
	}
	at := (l.from + l.filled) % len(l.ring)
	n := copy(l.ring[at:], pcm)
	copy(l.ring, pcm[n:])
	l.filled += len(pcm)
	l.wake.Signal()
}

// Read blocks until there is sound; io.EOF after Close, the end of the context,
// or the end of the Output.
func (l *ear) Read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.filled == 0 && !l.closed {
		l.wake.Wait()
	}
	if l.filled == 0 {
		return 0, io.EOF
	}
	n := min(len(p), l.filled)
	first := copy(p[:n], l.ring[l.from:])
	copy(p[first:n], l.ring)
	l.from = (l.from + n) % len(l.ring)
	l.filled -= n
	return n, nil
}

// Close ends the listening; calls after the first do nothing.
func (l *ear) Close() error {
	l.stop()
	l.end()
	return nil
}

func (l *ear) end() {
	l.mu.Lock()
	l.closed = true
	l.wake.Broadcast()
	l.mu.Unlock()
	l.ears.leave(l)
}

// tapEnds makes the pipe of a child: our end to read, theirs to write.
func tapEnds() (ours, theirs *os.File, err error) {
	ours, theirs, err = os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	if conn, err := ours.SyscallConn(); err == nil {
		// A smaller pipe than asked drops sooner, nothing worse.
		_ = conn.Control(func(fd uintptr) { _, _ = unix.FcntlInt(fd, unix.F_SETPIPE_SZ, tapPipe) })
	}
	return ours, theirs, nil
}

// follow reads a child's pipe until the child is gone. heard is asked for each
// chunk whether this child is the one in charge.
func (e *ears) follow(pipe *os.File, heard func() bool) {
	defer closeFile(pipe)
	buf := make([]byte, 4*tapChunk)
	odd := 0
	for {
		n, err := pipe.Read(buf[odd:])
		n += odd
		odd = n % 2
		if heard() {
			e.hear(buf[:n-odd])
		}
		copy(buf, buf[n-odd:n])
		if err != nil {
			return
		}
	}
}
