package speaker

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"loalang/audio"
)

// tap is the child's end of the pipe to those who listen in. write runs on the
// path to the card: it never waits for a reader, but drops and counts.
type tap struct {
	pipe    *os.File
	fd      int
	on      atomic.Bool  // somebody listens
	last    atomic.Int64 // Instant of the last write
	dropped atomic.Int64 // chunks
	chunk   []byte
}

func newTap(pipe *os.File) (*tap, error) {
	t := &tap{pipe: pipe, fd: int(pipe.Fd()), chunk: make([]byte, 0, tapChunk)}
	if err := unix.SetNonblock(t.fd, true); err != nil {
		return nil, errors.Join(fmt.Errorf("unblock the tap: %w", err), pipe.Close())
	}
	return t, nil
}

// write takes frames of the sum. A chunk is smaller than PIPE_BUF, so the pipe
// takes it whole or not at all.
func (t *tap) write(frames []int16) {
	t.last.Store(int64(audio.Monotonic()))
	if !t.on.Load() {
		t.chunk = t.chunk[:0]
		return
	}
	for _, v := range frames {
		t.chunk = binary.LittleEndian.AppendUint16(t.chunk, uint16(v))
		if len(t.chunk) == tapChunk {
			t.flush()
		}
	}
}

func (t *tap) flush() {
	if _, err := unix.Write(t.fd, t.chunk); err != nil {
		t.dropped.Add(1)
	}
	t.chunk = t.chunk[:0]
}
