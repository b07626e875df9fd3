package relay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

// inputName is what ALSA calls a device, such as plughw:CARD=Tuner,DEV=0.
var inputName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_:=,.-]{0,79}$`)

// CheckInput says whether name can be a line input's. The error is a Fault.
func CheckInput(name string) error {
	if !inputName.MatchString(name) {
		return fault(NoInput, "%.80q is no ALSA name", name)
	}
	return nil
}

// line is a line input that is being heard by arecord. It is opened when a relay
// begins and closed when it ends: outside its time nothing of a tuner comes into
// the house.
type line struct {
	cancel context.CancelFunc
	pcm    *os.File
	stall  time.Duration
	said   tail // arecord's complaints
	ended  chan struct{}
	close  sync.Once
}

// hear starts arecord on an input.
func (r *Receiver) hear(ctx context.Context, name string) (*line, error) {
	if err := CheckInput(name); err != nil {
		return nil, err
	}
	program := r.Arecord
	if program == "" {
		program = "arecord"
	}
	path, err := exec.LookPath(program)
	if err != nil {
		return nil, fault(NoProgram, "%s", program)
	}
	pcm, stdout, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("make a pipe: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	l := &line{cancel: cancel, pcm: pcm, stall: r.stall(), ended: make(chan struct{})}
	cmd := exec.CommandContext(ctx, path, "-q", "-D", name, "-f", "S16_LE", "-r", "48000", "-c", "1", "-t", "raw")
	if cmd.Env = append([]string{"LC_ALL=C"}, r.Env...); r.Env == nil {
		cmd.Env = append(os.Environ(), "LC_ALL=C")
	}
	cmd.Stdout, cmd.Stderr = stdout, &l.said
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	started := make(chan error)
	go func() {
		// The parent-death signal is sent when the thread that started the program ends.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		_ = stdout.Close()
		started <- err
		if err == nil {
			_ = cmd.Wait() // how it ended says less than what it said
			close(l.ended)
		}
	}()
	if err := <-started; err != nil {
		cancel()
		_ = pcm.Close()
		return nil, fault(NoProgram, "%v", err)
	}
	return l, nil
}

// Read gives PCM as the card does.
func (l *line) Read(p []byte) (int, error) {
	watch := time.AfterFunc(l.stall, func() { _ = l.pcm.SetReadDeadline(past) })
	n, err := l.pcm.Read(p)
	watch.Stop()
	switch {
	case n > 0:
		return n, nil
	case errors.Is(err, os.ErrDeadlineExceeded):
		return 0, fault(Stalled, "the line input gave nothing for %v", l.stall)
	case errors.Is(err, io.EOF):
		<-l.ended
		return 0, fault(NoInput, "%s", complaint(string(l.said.kept)))
	}
	return 0, err
}

// tail keeps the end of what is written to it: arecord complains of each overrun.
type tail struct{ kept []byte }

// Write always takes all.
func (t *tail) Write(p []byte) (int, error) {
	const room = 2 << 10
	t.kept = append(t.kept, p...)
	t.kept = append(t.kept[:0], t.kept[max(0, len(t.kept)-room):]...)
	return len(p), nil
}

// past is before any deadline.
var past = time.Unix(1, 0)

// complaint is the last line that arecord wrote, without its own name and places
// in its source.
func complaint(said string) string {
	lines := strings.Split(strings.TrimSpace(said), "\n")
	last := lines[len(lines)-1]
	if i := strings.LastIndex(last, ": "); i >= 0 && strings.HasPrefix(last, "arecord") {
		last = last[i+2:]
	}
	return last
}

// Close ends arecord and returns when it has ended; one that hangs in the kernel,
// as with a card that was pulled, is left behind after a second.
func (l *line) Close() error {
	l.close.Do(func() {
		l.cancel()
		_ = l.pcm.Close()
		select {
		case <-l.ended:
		case <-time.After(2 * time.Second):
		}
	})
	return nil
}
