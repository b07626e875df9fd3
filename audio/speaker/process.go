package speaker

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"

	"loalang/audio"
)

// childFile is the descriptor at which a child finds its end of the socket pair.
const childFile = 3

// process is one child process.
type process struct {
	link *link
	pid  int
	// kill ends it as hard as it gets; it does not wait.
	kill func()
	// exited is closed when the process is gone. A process in state D is not
	// gone even when killed.
	exited chan struct{}
	// ended says how; to be read after exited is closed.
	ended error
}

// startProcess runs argv with one end of a new socket pair. What it writes to
// standard error is logged. The process dies when this one does.
func startProcess(argv []string, say func(pid int, line string)) (*process, error) {
	ours, theirs, err := pair()
	if err != nil {
		return nil, err
	}
	defer closeFile(theirs)
	words, theirWords, err := os.Pipe()
	if err != nil {
		_ = ours.close() // the error above is the one to tell
		return nil, fmt.Errorf("make a pipe: %w", err)
	}
	defer closeFile(theirWords)
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.ExtraFiles = []*os.File{theirs} // becomes childFile
	cmd.Stderr = theirWords
	// A process group of its own: Ctrl-C at a terminal is for the parent, which
	// lets the child fade out.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	p := &process{link: ours, exited: make(chan struct{})}
	started := make(chan error, 1)
	go p.live(cmd, started)
	if err := <-started; err != nil {
		closeFile(words)
		_ = ours.close() // the error above is the one to tell
		return nil, fmt.Errorf("start %s: %w", argv[0], err)
	}
	p.pid = cmd.Process.Pid
	p.kill = func() { _ = cmd.Process.Kill() } // fails only when it is gone already
	go pass(words, func(line string) { say(p.pid, line) })
	return p, nil
}

// live starts the process and stays with it on one OS thread: the parent-death
// signal is sent when the thread that started the process ends.
func (p *process) live(cmd *exec.Cmd, started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := cmd.Start()
	started <- err
	if err != nil {
		return
	}
	p.ended = cmd.Wait()
	close(p.exited)
}

// pass hands on what a child says on standard error, line by line, until it is
// gone.
func pass(words *os.File, say func(line string)) {
	defer closeFile(words)
	lines := bufio.NewReaderSize(words, 4096)
	t := talk{say: say}
	defer t.rest()
	for {
		line, _, err := lines.ReadLine()
		if len(line) > 0 {
			t.line(audio.Monotonic(), string(line))
		}
		if err != nil {
			return
		}
	}
}
