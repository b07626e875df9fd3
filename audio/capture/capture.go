package capture

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

var (
	// ErrName says that something is no name of an ALSA device.
	ErrName = errors.New("no ALSA name")
	// ErrProgram says that arecord is not there, or cannot be started.
	ErrProgram = errors.New("no program that records")
	// ErrStalled says that a card which is open gives nothing.
	ErrStalled = errors.New("the input gave nothing")
	// ErrEnded says that arecord ended: its card is not there, is held by somebody, or
	// was pulled. Its own words follow.
	ErrEnded = errors.New("the input ended")
)

// name is what ALSA calls a device, such as plughw:CARD=Tuner,DEV=0.
var name = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_:=,.-]{0,79}$`)

// CheckName says whether something can be the name of an ALSA device; ErrName if not.
func CheckName(device string) error {
	if !name.MatchString(device) {
		return fmt.Errorf("%w: %.80q", ErrName, device)
	}
	return nil
}

// Config says what is heard.
type Config struct {
	Device  string        // what CheckName takes
	Program string        // empty: arecord
	Env     []string      // nil: that of this process
	Stall   time.Duration // after how long without sound a card has stalled

	wait func(*exec.Cmd) error // nil: its Wait
}

// Input is a card's input that is being heard: 48 kHz s16 mono little-endian. Read may
// be called from one goroutine at a time, Close from any.
type Input struct {
	device string
	cancel context.CancelFunc
	pcm    *os.File
	stall  time.Duration
	said   tail // arecord's complaints
	ended  chan struct{}
	close  sync.Once
}

// Open starts arecord, until ctx ends or the Input is closed. That the card is not there
// is told by the first Read. ErrName and ErrProgram are told at once, and ErrHung while
// one that was closed before hangs on the device: another would hang beside it.
func Open(ctx context.Context, cfg Config) (*Input, error) {
	if err := CheckName(cfg.Device); err != nil {
		return nil, err
	}
	if hung(cfg.Device) {
		return nil, ErrHung
	}
	if cfg.wait == nil {
		cfg.wait = (*exec.Cmd).Wait
	}
	program := cfg.Program
	if program == "" {
		program = "arecord"
	}
	path, err := exec.LookPath(program)
	if err != nil {
		return nil, fmt.Errorf("%w: %s", ErrProgram, program)
	}
	pcm, stdout, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("make a pipe: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	in := &Input{device: cfg.Device, cancel: cancel, pcm: pcm, stall: cfg.Stall, ended: make(chan struct{})}
	cmd := exec.CommandContext(ctx, path, "-q", "-D", cfg.Device, "-f", "S16_LE", "-r", "48000", "-c", "1", "-t", "raw")
	if cmd.Env = append([]string{"LC_ALL=C"}, cfg.Env...); cfg.Env == nil {
		cmd.Env = append(os.Environ(), "LC_ALL=C")
	}
	cmd.Stdout, cmd.Stderr = stdout, &in.said
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	if err := in.start(cmd, stdout, cfg.wait); err != nil {
		cancel()
		_ = pcm.Close()
		return nil, fmt.Errorf("%w: %w", ErrProgram, err)
	}
	return in, nil
}

// start runs cmd from a thread of its own.
func (in *Input) start(cmd *exec.Cmd, stdout *os.File, wait func(*exec.Cmd) error) error {
	started := make(chan error)
	go func() {
		// The parent-death signal is sent when the thread that started the program ends.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		_ = stdout.Close()
		started <- err
		if err == nil {
			_ = wait(cmd) // how it ended says less than what it said
			close(in.ended)
		}
	}()
	return <-started
}

// Read gives PCM as the card does. ErrStalled when it gave nothing for so long,
// ErrEnded when arecord is gone.
func (in *Input) Read(p []byte) (int, error) {
	watch := time.AfterFunc(in.stall, func() { _ = in.pcm.SetReadDeadline(past) })
	n, err := in.pcm.Read(p)
	watch.Stop()
	switch {
	case n > 0:
		return n, nil
	case errors.Is(err, os.ErrDeadlineExceeded):
		return 0, fmt.Errorf("%w for %v", ErrStalled, in.stall)
	case errors.Is(err, io.EOF):
		if !in.over(endPatience) { // a card that lets go of nothing holds it on its way out
			return 0, fmt.Errorf("%w: arecord has closed its sound and does not end", ErrStalled)
		}
		return 0, fmt.Errorf("%w: %s", ErrEnded, complaint(string(in.said.kept)))
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

// Close ends arecord and returns when it has ended; one that hangs in the kernel, as
// with a card that was pulled, is left behind after two seconds. Until it has ended
// Open gives ErrHung.
func (in *Input) Close() error {
	in.close.Do(func() {
		in.cancel()
		_ = in.pcm.Close()
		if !in.over(endPatience) {
			leave(in)
		}
	})
	return nil
}
