package speech

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"loalang/expendable"
)

// alone is a program with an empty environment but for the locale and what more
// says, in a process group of its own, so that what it starts ends with it. A voice may be larger
// than all else on a board: where memory is short it goes first.
func alone(ctx context.Context, path string, args []string, more ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, path, args...)
	expendable.Mark(cmd)
	cmd.Env = append([]string{"LC_ALL=C.UTF-8"}, more...) // no display, no sound server, no secret of ours
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second // of whoever else holds the pipes open
	return cmd
}

// runAlone runs such a program to its end, ends whatever of its group is still
// there, and says what it complained of, at most 4 KiB. What a program puts into a
// group or session of its own is not reached.
func runAlone(cmd *exec.Cmd) (complaint string, err error) {
	var said bytes.Buffer
	cmd.Stderr = &clipped{b: &said, left: 4 << 10}
	err = cmd.Run()
	if cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // mostly nobody is left
	}
	if errors.Is(err, exec.ErrWaitDelay) {
		err = nil // the program itself ended well; a child of it held the pipe
	}
	return strings.TrimSpace(said.String()), err
}

// errFull ends a program that writes more than it may.
var errFull = errors.New("output is longer than allowed")

// capped passes bytes on until left is used up, then fails.
type capped struct {
	w    io.Writer
	left int64
	full bool
	err  error  // of w, the first
	stop func() // called when the limit is passed; may be nil
}

// Write fails with errFull, and keeps failing, once the limit is passed.
func (c *capped) Write(p []byte) (int, error) {
	if c.full || int64(len(p)) > c.left {
		c.full = true
		if c.stop != nil {
			c.stop()
		}
		return 0, errFull
	}
	c.left -= int64(len(p))
	n, err := c.w.Write(p)
	if c.err == nil {
		c.err = err
	}
	return n, err
}

// clipped keeps the beginning and swallows the rest.
type clipped struct {
	b    *bytes.Buffer
	left int
}

// Write never fails.
func (c *clipped) Write(p []byte) (int, error) {
	keep := p[:min(len(p), c.left)]
	c.left -= len(keep)
	c.b.Write(keep)
	return len(p), nil
}
