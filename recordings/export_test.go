package recordings

import (
	"context"
	"io"
)

// Locked is what a program left that ran behind a lock.
type Locked struct {
	Stderr      string
	Slow, Large bool
	Err         error
}

// RunLocked runs any program behind a lock, as ffmpeg is run, so that tests
// can try the lock itself.
func (s *Sandbox) RunLocked(ctx context.Context, lock Lock, in, out string, program ...string) Locked {
	r := s.run(ctx, lock, locked{in: in, out: out, fileSize: 1 << 20, program: program})
	return Locked{r.stderr, r.slow, r.large, r.err}
}

// RunIdle is RunLocked where everything else on the machine goes before it.
func (s *Sandbox) RunIdle(ctx context.Context, lock Lock, in, out string, program ...string) Locked {
	r := s.run(ctx, lock, locked{in: in, out: out, fileSize: 1 << 20, program: program, idle: true})
	return Locked{r.stderr, r.slow, r.large, r.err}
}

// OpenOutput is openOutput.
var OpenOutput = openOutput

// Look sniffs and inspects a file's bytes as an import does.
func Look(r io.ReaderAt, size int64) (kind string, cut bool, err error) {
	c, err := sniff(r, size)
	if err != nil {
		return "", false, err
	}
	said, err := inspect(r, size, c)
	return string(c), said.cut, err
}

// HoldSandbox takes the one place for ffmpeg, as a long import does.
func (l *Library) HoldSandbox() (release func()) {
	l.sandbox.slot <- struct{}{}
	return func() { <-l.sandbox.slot }
}

// Piped is the command line of a program behind the lock of streams.
func (s *Sandbox) Piped(ctx context.Context, program ...string) ([]string, error) {
	return s.piped(ctx, program...)
}

// Line is the line of imports.
type Line struct{ line line }

// NewLine makes one in which nobody stands.
func NewLine() *Line { return &Line{} }

// Enter is enter.
func (l *Line) Enter(ctx context.Context, about About) (leave func(), err error) {
	return l.line.enter(ctx, about)
}
