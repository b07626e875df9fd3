package relay

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// pipeRoom is what a pipe holds: more than rejoin, and what a reader misses while
// it is away for a moment. Most kernels let anybody ask for a megabyte.
const pipeRoom = 256 << 10

// errFull says that the reader is behind; nothing was written.
var errFull = errors.New("the pipe is full")

// sink is the writing end of a pipe that never waits for its reader.
type sink struct {
	file *os.File
	raw  syscall.RawConn
}

func newSink() (*os.File, *sink, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, nil, fmt.Errorf("make a pipe: %w", err)
	}
	raw, err := w.SyscallConn()
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("make a pipe: %w", err), r.Close(), w.Close())
	}
	// Refused, it holds 64 KiB: 0.7 s.
	_ = raw.Control(func(fd uintptr) { _, _ = unix.FcntlInt(fd, unix.F_SETPIPE_SZ, pipeRoom) })
	return r, &sink{file: w, raw: raw}, nil
}

// write writes b, of at most 4096 bytes, or nothing of it: pipes keep such pieces
// whole.
func (s *sink) write(b []byte) (n int, err error) {
	refused := s.raw.Write(func(fd uintptr) bool {
		n, err = unix.Write(int(fd), b)
		return true // whatever came of it: it does not wait
	})
	switch {
	case refused != nil:
		return 0, refused
	case errors.Is(err, unix.EAGAIN), errors.Is(err, unix.EINTR):
		return 0, errFull
	}
	return n, err
}

func (s *sink) close() error { return s.file.Close() }

// recent is the newest second of what was given.
type recent struct {
	blocks [50][2 * blockFrames]byte
	filled int
	at     int // of the oldest
}

func (r *recent) put(b []byte) {
	if r.filled < len(r.blocks) {
		copy(r.blocks[(r.at+r.filled)%len(r.blocks)][:], b)
		r.filled++
		return
	}
	copy(r.blocks[r.at][:], b)
	r.at = (r.at + 1) % len(r.blocks)
}

// each goes from the oldest to the newest.
func (r *recent) each(do func([]byte)) {
	for i := range r.filled {
		do(r.blocks[(r.at+i)%len(r.blocks)][:])
	}
}
