package recordings

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"loalang/expendable"
)

// Lock is a way of locking ffmpeg in.
type Lock string

// The locks, the stronger one first.
const (
	AnyLock    Lock = ""                     // the first of the following that works here
	Bubblewrap Lock = "bubblewrap"           // namespaces: no network, no files but the input and a folder for the output
	Apart      Lock = "a service of its own" // the same namespaces, made by a service that may make them
	Landlock   Lock = "landlock"             // Landlock and seccomp, where namespaces are refused
)

// SandboxConfig says how ffmpeg is locked in. The zero value is right for a
// board.
type SandboxConfig struct {
	// Lock allows one lock only; AnyLock tries them in their order.
	Lock Lock
	// FFmpeg is the program; empty: ffmpeg of the PATH. It must lie under /usr,
	// the only folder of programs that the locks show.
	FFmpeg string
	// Confine starts this program so that it hands its further arguments to
	// the function Confine. Empty: this executable with the argument "confine".
	Confine []string
	// Apart starts this program so that it hands its further arguments to the function
	// AskApart. Empty: this executable with the argument "apart".
	Apart []string
	// Door is the socket of the service that locks programs in apart; empty: ApartDoor.
	Door string
	// Wall is how long one step may take; 0: four minutes. Steps on sound that
	// is already ours have five times that.
	Wall time.Duration
}

// Sandbox runs ffmpeg behind a lock, one step at a time, and never without
// one. It may be used from any goroutine.
type Sandbox struct {
	config SandboxConfig
	slot   chan struct{} // one step at a time: a board has few cores and little memory

	mu   sync.Mutex
	lock Lock // what the probe found; AnyLock before
}

const (
	stderrCap = 64 << 10
	// killedAtMost is how often ffmpeg is started when it is killed each time: a machine
	// short of memory may have room a moment later.
	killedAtMost = 3
	memoryCap    = 1500000000 // of address space
	cpuCap       = 2 * time.Minute
	filesCap     = 64
	defaultWall  = 4 * time.Minute
)

// NewSandbox makes a Sandbox. Nothing is started before the first step or
// Probe.
func NewSandbox(c SandboxConfig) *Sandbox {
	if c.Wall == 0 {
		c.Wall = defaultWall
	}
	return &Sandbox{config: c, slot: make(chan struct{}, 1)}
}

// Probe finds the lock that works on this machine and starts ffmpeg once
// behind it. A success is remembered; after a failure the next call tries
// again, so that nothing need be restarted when the technician has installed
// what was missing. The errors are ErrNoFFmpeg and ErrNoSandbox.
func (s *Sandbox) Probe(ctx context.Context) (Lock, error) { return s.probeIn(ctx, "") }

// probeIn is Probe with its files in a folder; "" is that of the system for
// temporary files.
func (s *Sandbox) probeIn(ctx context.Context, dir string) (Lock, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lock != AnyLock {
		return s.lock, nil
	}
	ffmpeg, err := s.ffmpeg()
	if err != nil {
		return AnyLock, err
	}
	var faults []string
	for _, lock := range []Lock{Bubblewrap, Apart, Landlock} {
		if s.config.Lock != AnyLock && s.config.Lock != lock {
			continue
		}
		err := s.probe(ctx, dir, lock, ffmpeg)
		if err == nil {
			s.lock = lock
			return lock, nil
		}
		if errors.Is(err, errNoFolder) {
			return AnyLock, err
		}
		if ctx.Err() != nil {
			return AnyLock, fmt.Errorf("probe %s: %w", lock, ctx.Err())
		}
		faults = append(faults, fmt.Sprintf("%s: %v", lock, err))
	}
	return AnyLock, fmt.Errorf("%w (%s)", ErrNoSandbox, strings.Join(faults, "; "))
}

// errNoFolder says that a probe had nowhere to write, which is no lock's fault.
var errNoFolder = errors.New("make a folder for trying ffmpeg")

// probe runs "ffmpeg -version" behind lock with an input and an output folder
// as a real step has them.
func (s *Sandbox) probe(ctx context.Context, within string, lock Lock, ffmpeg string) error {
	dir, err := os.MkdirTemp(within, "loalang-probe-")
	if err != nil {
		return fmt.Errorf("%w: %w", errNoFolder, err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	in, out := filepath.Join(dir, "in"), filepath.Join(dir, "out")
	if err := errors.Join(os.WriteFile(in, nil, 0o600), os.Mkdir(out, 0o700)); err != nil {
		return fmt.Errorf("%w: %w", errNoFolder, err)
	}
	r := s.run(ctx, lock, locked{in: in, out: out, fileSize: 1 << 20, program: []string{ffmpeg, "-v", "error", "-version"}})
	if r.err != nil {
		return fmt.Errorf("%w: %s", r.err, lastLine(r.stderr))
	}
	return nil
}

// ffmpeg is the absolute path of the program.
func (s *Sandbox) ffmpeg() (string, error) {
	name := s.config.FFmpeg
	if name == "" {
		name = "ffmpeg"
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", ErrNoFFmpeg
	}
	if !strings.HasPrefix(path, "/usr/") {
		if path, err = filepath.EvalSymlinks(path); err != nil || !strings.HasPrefix(path, "/usr/") {
			return "", fmt.Errorf("%w (%s lies outside /usr, which the lock does not show)", ErrNoFFmpeg, name)
		}
	}
	return path, nil
}

// step is one run of ffmpeg.
type step struct {
	in       string   // file to read; its name never comes from an uploader
	out      string   // folder to write to; nothing else lies in it
	fileSize int64    // bytes that one output file may have
	input    []string // switches before -i
	output   []string // switches and the name of the file behind it
	urgent   bool     // it waits for no other step
	ours     bool     // the input is sound of our own making: five times the time, for slow boards
	idle     bool     // everything else on the machine goes before it
}

// do waits for its turn and runs ffmpeg behind the lock. A run that ended
// badly gives a result with err, and no error of its own: what that means is
// for the caller to say.
func (s *Sandbox) do(ctx context.Context, st step) (result, error) {
	lock, err := s.probeIn(ctx, filepath.Dir(st.out)) // st.out has room, or nothing has
	if err != nil {
		return result{}, err
	}
	ffmpeg, err := s.ffmpeg()
	if err != nil {
		return result{}, err
	}
	if !st.urgent {
		select {
		case s.slot <- struct{}{}:
			defer func() { <-s.slot }()
		case <-ctx.Done():
			return result{}, fmt.Errorf("wait for ffmpeg: %w", ctx.Err())
		}
	}
	seen := "file:/in"
	if lock == Landlock {
		seen = "file:" + st.in
	}
	program := []string{
		ffmpeg, "-hide_banner", "-nostats", "-nostdin", "-y",
		"-max_alloc", "67108864", "-threads", "1", "-filter_threads", "1",
	}
	program = append(program, st.input...)
	program = append(program, "-i", seen)
	program = append(program, st.output...)
	var r result
	for range killedAtMost {
		r = s.run(ctx, lock, locked{in: st.in, out: st.out, fileSize: st.fileSize, program: program, patient: st.ours, idle: st.idle})
		if !r.killed || ctx.Err() != nil {
			break
		}
	}
	if r.killed && ctx.Err() == nil {
		return result{}, fmt.Errorf("run ffmpeg: %w", ErrKilled)
	}
	if ctx.Err() != nil {
		return result{}, fmt.Errorf("run ffmpeg: %w", ctx.Err())
	}
	if r.unstarted {
		s.forget() // what the probe found has been removed since: the next step looks again
		return result{}, fmt.Errorf("start ffmpeg behind %s: %w", lock, r.err)
	}
	if r.err != nil && r.said("Permission denied") {
		return result{}, fmt.Errorf("lock ffmpeg in: %w", ErrForeign)
	}
	if r.err != nil && foreign(r.stderr) {
		return result{}, fmt.Errorf("lock ffmpeg in: %w: %s", r.err, lastLine(r.stderr))
	}
	return r, nil
}

// forget makes the next step probe again.
func (s *Sandbox) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lock = AnyLock
}

// foreign says whether the words come from the lock and not from ffmpeg.
func foreign(stderr string) bool {
	first, _, _ := strings.Cut(stderr, "\n")
	return strings.HasPrefix(first, "bwrap: ") || strings.HasPrefix(first, "prlimit: ") || strings.Contains(first, confineSays)
}

// locked is a program with all that it may touch.
type locked struct {
	in, out  string
	fileSize int64
	program  []string
	patient  bool // five times the time
	idle     bool // the lowest priority
}

// result is what a run left.
type result struct {
	stderr    string // its first 64 KiB
	slow      bool   // it was ended by the wall or the processor limit
	large     bool   // it was ended by the limit on the size of a file
	killed    bool   // somebody else ended it, which says nothing of its input
	unstarted bool   // the machine could not start it, whatever its input
	err       error
}

// said says whether the program itself complained in these words. Indented lines
// are what it found in its input, a title for example.
func (r result) said(words string) bool {
	for line := range strings.Lines(r.stderr) {
		if !strings.HasPrefix(line, " ") && strings.Contains(line, words) {
			return true
		}
	}
	return false
}

func (s *Sandbox) run(ctx context.Context, lock Lock, l locked) result {
	cpu, wall := cpuCap, s.config.Wall
	if l.patient {
		cpu, wall = 5*cpu, 5*wall
	}
	w := wish{In: l.in, Out: l.out, FileSize: l.fileSize, Memory: memoryCap, CPU: cpu, Idle: l.idle, Program: l.program}
	argv, err := s.lockedBy(lock, w)
	if err != nil {
		return result{err: err, unstarted: true}
	}
	if l.idle {
		argv = append([]string{"nice", "-n", "19"}, argv...)
	}
	within, cancel := context.WithTimeout(ctx, wall)
	defer cancel()
	said := &capped{room: stderrCap}
	cmd := exec.CommandContext(within, argv[0], argv[1:]...)
	expendable.Mark(cmd)
	cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8"}
	cmd.Dir = l.out
	cmd.Stderr = said
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 10 * time.Second // a busy board is slow to close what its programs wrote to
	// The parent-death signal is sent when the thread that started the program
	// ends, and other goroutines may end the threads that they run on.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err = cmd.Run()
	r := result{
		stderr: said.kept.String(), err: err, unstarted: cmd.Process == nil && within.Err() == nil,
		slow: within.Err() != nil || ended(err, syscall.SIGXCPU),
	}
	r.large = ended(err, syscall.SIGXFSZ) || r.said("File too large")
	if ended(err, syscall.SIGKILL) && within.Err() == nil {
		// The kernel ends by the same signal what has used up its processor time.
		used := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		r.slow = r.slow || used > cpu-cpu/20
		r.killed = !r.slow
	}
	return r
}

// ended says whether a program was ended by sig; bubblewrap and shells report
// it as 128 + sig.
func ended(err error, sig syscall.Signal) bool {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return false
	}
	status, ok := exit.Sys().(syscall.WaitStatus)
	return ok && (status.Signaled() && status.Signal() == sig || status.ExitStatus() == 128+int(sig))
}

// lockedBy is the command line of a program behind a lock.
func (s *Sandbox) lockedBy(lock Lock, w wish) ([]string, error) {
	inside := append(w.limits(), w.Program...)
	switch lock {
	case Landlock:
		confine := s.command("confine", s.config.Confine)
		return append(append(confine, w.In, w.Out, "--"), inside...), nil
	case Apart:
		return s.apart(w)
	default:
		return bubblewrap(locked{in: w.In, out: w.Out}, inside), nil
	}
}

// command is how this program starts itself with a hidden command, also behind nice, and where an
// update of the package has taken its file away; or what stands for that.
func (s *Sandbox) command(name string, instead []string) []string {
	if len(instead) > 0 {
		return append([]string(nil), instead...)
	}
	return []string{expendable.Itself(), name}
}

// bubblewrap is the command line that shows a program /usr, its input as /in
// and a folder as /out, unless it has only its pipes, and nothing else of this
// machine: no network, no other processes, no environment.
func bubblewrap(l locked, inside []string) []string {
	argv := []string{
		"bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL",
		"--ro-bind", "/usr", "/usr",
		"--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64", "--symlink", "usr/bin", "/bin",
		"--ro-bind", "/etc/alternatives", "/etc/alternatives",
		"--tmpfs", "/tmp", "--proc", "/proc", "--dev", "/dev",
		"--clearenv", "--setenv", "PATH", "/usr/bin",
	}
	if l.out == noFile {
		argv = append(argv, "--chdir", "/tmp")
	} else {
		argv = append(argv, "--ro-bind", l.in, "/in", "--bind", l.out, "/out", "--chdir", "/out")
	}
	return append(argv, inside...)
}

// capped keeps the first bytes written to it and lets the rest go by, so that
// a decoder that complains thousands of times neither blocks nor fills memory.
type capped struct {
	kept bytes.Buffer // not embedded: its ReadFrom would take everything
	room int
}

// Write keeps what there is room for and always takes all.
func (c *capped) Write(p []byte) (int, error) {
	keep := min(len(p), c.room)
	c.room -= keep
	c.kept.Write(p[:keep])
	return len(p), nil
}

func lastLine(s string) string {
	s = strings.TrimSpace(s)
	if i := strings.LastIndexByte(s, '\n'); i >= 0 {
		s = s[i+1:]
	}
	return s
}
