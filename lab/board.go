package lab

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Patience is how long is waited for what must come true on a machine that others use
// too. It says nothing of how soon it does.
const Patience = 2 * time.Minute

// Program is the real program, built.
type Program struct{ Path string }

// Build builds the program into a folder, from the root of its module.
func Build(ctx context.Context, root, dir string, env ...string) (Program, error) {
	p := Program{filepath.Join(dir, "loalang")}
	cmd := exec.CommandContext(ctx, "go", "build", "-o", p.Path, "./cmd/loalang")
	cmd.Dir, cmd.Env = root, append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return p, fmt.Errorf("build the program: %w: %s", err, out)
	}
	return p, nil
}

// Run runs one command of the program to its end and gives what it printed.
func (p Program) Run(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, p.Path, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("loalang %s: %w: %s", strings.Join(args[:min(2, len(args))], " "), err, errs.String())
	}
	return strings.TrimSpace(out.String()), nil
}

// Board is a running `loalang serve` on this machine.
type Board struct {
	*Client
	Data string
	Log  *Log

	cmd   *exec.Cmd
	ended chan struct{}
	err   error // once ended is closed
}

// Log keeps the end of what a process told; it may be used from any goroutine.
type Log struct {
	mu  sync.Mutex
	buf []byte
}

// logKept is how many bytes of a log are kept.
const logKept = 256 << 10

// Write takes in some more.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.buf = append(l.buf, p...)
	if over := len(l.buf) - logKept; over > 0 {
		l.buf = append(l.buf[:0], l.buf[over:]...)
	}
	return len(p), nil
}

// String is what is kept.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.buf)
}

// Serve starts the program on a data folder, on a free port of the loopback, and waits
// until it says where it is. env is added to the environment.
func (p Program) Serve(ctx context.Context, data, token string, env []string, flags ...string) (*Board, error) {
	b := &Board{Data: data, Log: &Log{}, ended: make(chan struct{})}
	args := append([]string{"serve", "--data", data, "--listen", "127.0.0.1:0", "--listen-tls", "off", "--clock-trust", "system"}, flags...)
	b.cmd = exec.Command(p.Path, args...)
	b.cmd.Env = append(os.Environ(), env...)
	b.cmd.Stderr = b.Log
	out, err := b.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start the board: %w", err)
	}
	if err := b.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the board: %w", err)
	}
	told := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if url, ok := strings.CutPrefix(lines.Text(), "panel: "); ok {
				told <- strings.TrimSuffix(url, "/")
			}
		}
		b.err = b.cmd.Wait()
		close(b.ended)
	}()
	select {
	case url := <-told:
		b.Client = NewClient(url, token)
		return b, nil
	case <-b.ended:
		return nil, fmt.Errorf("the board ended: %w: %s", b.err, b.Log)
	case <-ctx.Done():
	case <-time.After(Patience):
	}
	b.Kill()
	return nil, fmt.Errorf("the board does not say where it is: %s", b.Log)
}

// PID is the process of serve.
func (b *Board) PID() int { return b.cmd.Process.Pid }

// Alive says whether serve runs.
func (b *Board) Alive() bool {
	select {
	case <-b.ended:
		return false
	default:
		return true
	}
}

// Kill ends serve by SIGKILL and waits for its end. Its children end by themselves.
func (b *Board) Kill() {
	_ = b.cmd.Process.Kill() // it may have ended already
	<-b.ended
}

// Stop ends serve as systemd does; the error says what was wrong with its end.
func (b *Board) Stop() error {
	_ = b.cmd.Process.Signal(syscall.SIGTERM) // it may have ended already
	select {
	case <-b.ended:
	case <-time.After(Patience):
		b.Kill()
		return fmt.Errorf("the board does not end: %s", b.Log)
	}
	var exit *exec.ExitError
	if errors.As(b.err, &exit) {
		return fmt.Errorf("the board ended: %w: %s", b.err, b.Log)
	}
	return b.err
}

// Child is a process below another.
type Child struct {
	PID  int
	Name string   // its comm
	Args []string // its command line
}

// Children are the processes below one, those of children included, as far as they
// can be seen at one glance.
func Children(pid int) []Child {
	var all []Child
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		return nil
	}
	for _, list := range tasks {
		raw, err := os.ReadFile(list)
		if err != nil {
			continue // the thread has ended
		}
		for _, word := range strings.Fields(string(raw)) {
			child, err := strconv.Atoi(word)
			if err != nil {
				continue
			}
			comm, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", child))
			line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", child))
			all = append(all, Child{child, strings.TrimSpace(string(comm)), strings.Split(strings.TrimRight(string(line), "\x00"), "\x00")})
			all = append(all, Children(child)...)
		}
	}
	return all
}

// Weight is what a process takes of the machine.
type Weight struct {
	RSS      float64 // MB, of proc(5) VmRSS
	Own      float64 // MB of it that are no pages of files: those the kernel drops as it likes
	Files    int     // open descriptors, but for those of the database
	Database int     // descriptors of the database and its log: two for each connection
}

// Weigh weighs a process.
func Weigh(pid int) (Weight, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return Weight{}, fmt.Errorf("weigh a process: %w", err)
	}
	var w Weight
	for line := range strings.Lines(string(raw)) {
		name, value, _ := strings.Cut(line, ":")
		var kb float64
		if _, err := fmt.Sscanf(value, "%f kB", &kb); err != nil {
			continue
		}
		switch name {
		case "VmRSS":
			w.RSS = kb / 1024
		case "RssAnon", "RssShmem":
			w.Own += kb / 1024
		}
	}
	files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		return w, fmt.Errorf("weigh a process: %w", err)
	}
	for _, f := range files {
		// What cannot be read was closed meanwhile.
		if name, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%s", pid, f.Name())); err == nil && strings.HasPrefix(filepath.Base(name), "loalang.db") {
			w.Database++
		} else {
			w.Files++
		}
	}
	return w, nil
}
