package audio

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// PipeSource is the sound that comes through a pipe: 48 kHz s16 mono
// little-endian PCM, until its writer closes it. It is a Source for a Stream.
type PipeSource struct {
	file *os.File
	raw  []byte
	odd  int // bytes of a frame whose rest has not come: 0 or 1, at the start of raw
}

// OpenPipe makes the reading end f of a pipe or socket a Source. The Source owns
// a descriptor of its own; f stays the caller's. The error says that f is
// something else.
func OpenPipe(f *os.File) (*PipeSource, error) {
	st, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("open pipe: %w", err)
	}
	if st.Mode()&(os.ModeNamedPipe|os.ModeSocket) == 0 {
		return nil, fmt.Errorf("open pipe: %w: %s is none; give the reading end of one", ErrNotPipe, f.Name())
	}
	conn, err := f.SyscallConn()
	if err != nil {
		return nil, fmt.Errorf("open pipe: %w", err)
	}
	var own int
	var failed error
	err = conn.Control(func(fd uintptr) {
		if own, failed = unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, 3); failed == nil {
			// Before os.NewFile, which then lets Close end a Read that waits.
			failed = unix.SetNonblock(own, true)
		}
	})
	if err == nil {
		err = failed
	}
	if err != nil {
		return nil, fmt.Errorf("open pipe: %w", err)
	}
	return &PipeSource{file: os.NewFile(uintptr(own), f.Name()), raw: make([]byte, 2*feedChunk)}, nil
}

// Read follows the contract of Source. It blocks until something comes, the
// writer has closed its end, or Close is called, from whichever goroutine.
func (p *PipeSource) Read(dst []float32) (int, error) {
	if len(dst) == 0 {
		return 0, nil
	}
	for {
		n, err := p.file.Read(p.raw[p.odd:min(len(p.raw), 2*len(dst))])
		n += p.odd
		frames := n / 2
		for i := range frames {
			dst[i] = float32(int16(uint16(p.raw[2*i])|uint16(p.raw[2*i+1])<<8)) / fullScale
		}
		if p.odd = n % 2; p.odd == 1 {
			p.raw[0] = p.raw[n-1]
		}
		switch {
		case frames > 0:
			return frames, nil // the error comes again
		case err == io.EOF:
			return 0, io.EOF // half a frame is none
		case err != nil:
			return 0, fmt.Errorf("read the stream: %w", err)
		}
	}
}

// Close closes the pipe and ends a Read that waits.
func (p *PipeSource) Close() error { return p.file.Close() }
