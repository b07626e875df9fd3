package recordings

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"loalang/expendable"
)

// ApartDoor is the socket behind which systemd starts the service that locks programs in, on
// an installed board.
const ApartDoor = "/run/loalang-import.sock"

const (
	// wishCap bounds what is asked through the door, in bytes.
	wishCap = 64 << 10
	// wishPatience is how long a connection may take to ask.
	wishPatience = 10 * time.Second
	// wishFiles are standard input, output and error.
	wishFiles = 3
)

// wish is a program that is to be run apart, in bubblewrap's lock.
type wish struct {
	In       string        `json:"in"` // as in locked
	Out      string        `json:"out"`
	FileSize int64         `json:"file_size"` // bytes of one file
	Memory   int64         `json:"memory"`    // bytes of address space
	CPU      time.Duration `json:"cpu"`
	Idle     bool          `json:"idle"`
	Program  []string      `json:"program"`
}

// outcome is how it ended, as a shell says it: 128 and the number of the signal.
type outcome struct {
	Code int `json:"code"`
}

// apart is the command line that asks the door for a program.
func (s *Sandbox) apart(w wish) ([]string, error) {
	self := s.command("apart", s.config.Apart)
	text, err := json.Marshal(w)
	if err != nil {
		return nil, fmt.Errorf("ask for a program apart: %w", err)
	}
	return append(self, s.door(), string(text)), nil
}

// door is the socket.
func (s *Sandbox) door() string {
	if s.config.Door == "" {
		return ApartDoor
	}
	return s.config.Door
}

// AskApart is the inside of the hidden command "apart DOOR WISH": it has a program started behind
// the door with this process's own standard input, output and error, and gives the code
// with which to exit. When this process ends, so does the program.
func AskApart(args []string) (code int, err error) {
	if len(args) != 2 {
		return 1, errors.New(confineSays + "the arguments are: DOOR WISH")
	}
	conn, err := net.DialUnix("unixpacket", nil, &net.UnixAddr{Name: args[0], Net: "unixpacket"})
	if err != nil {
		return 1, fmt.Errorf("%sask the service that opens sound files: %w", confineSays, err)
	}
	defer func() { _ = conn.Close() }()
	rights := unix.UnixRights(0, 1, 2)
	if _, _, err := conn.WriteMsgUnix([]byte(args[1]), rights, nil); err != nil {
		return 1, fmt.Errorf("%sask the service that opens sound files: %w", confineSays, err)
	}
	raw := make([]byte, wishCap)
	n, err := conn.Read(raw)
	if err != nil || n == 0 {
		return 128 + int(syscall.SIGKILL), nil // the service was ended, and with it the program
	}
	var o outcome
	if err := json.Unmarshal(raw[:n], &o); err != nil {
		return 1, fmt.Errorf("%sread how it ended: %w", confineSays, err)
	}
	return o.Code, nil
}

// AnswerApart is the inside of the hidden command "apart --inside", which systemd starts
// for each connection to the door: it runs the program that is asked for in bubblewrap's
// lock, whatever it is, and kills it when who asked is gone.
func AnswerApart(connection *os.File) error {
	taken, err := net.FileConn(connection)
	if err != nil {
		return fmt.Errorf("take over the connection: %w", err)
	}
	conn, ok := taken.(*net.UnixConn)
	if !ok {
		return errors.New("the connection is no socket of this machine")
	}
	defer func() { _ = conn.Close() }()
	w, files, err := hear(conn)
	defer func() {
		for _, f := range files {
			_ = f.Close()
		}
	}()
	if err != nil {
		return err
	}
	code, err := w.run(conn, files)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(outcome{code})
	if err != nil {
		return fmt.Errorf("tell how it ended: %w", err)
	}
	if _, err := conn.Write(raw); err != nil && !errors.Is(err, syscall.EPIPE) {
		return fmt.Errorf("tell how it ended: %w", err)
	}
	return nil
}

// hear reads what is wished, and the three files that come with it.
func hear(conn *net.UnixConn) (w wish, files []*os.File, err error) {
	late := time.AfterFunc(wishPatience, func() { _ = conn.Close() })
	defer late.Stop()
	raw, oob := make([]byte, wishCap), make([]byte, unix.CmsgSpace(4*wishFiles))
	n, m, _, _, err := conn.ReadMsgUnix(raw, oob)
	if err != nil {
		return w, nil, fmt.Errorf("hear what is wished: %w", err)
	}
	messages, err := unix.ParseSocketControlMessage(oob[:m])
	if err != nil {
		return w, nil, fmt.Errorf("take the files: %w", err)
	}
	for _, message := range messages {
		fds, err := unix.ParseUnixRights(&message)
		if err != nil {
			return w, files, fmt.Errorf("take the files: %w", err)
		}
		for _, fd := range fds {
			unix.CloseOnExec(fd)
			files = append(files, os.NewFile(uintptr(fd), "handed over"))
		}
	}
	if len(files) != wishFiles {
		return w, files, fmt.Errorf("%d files came, not %d", len(files), wishFiles)
	}
	if err := json.Unmarshal(raw[:n], &w); err != nil {
		return w, files, fmt.Errorf("read what is wished: %w", err)
	}
	if err := w.check(); err != nil {
		return w, files, err
	}
	return w, files, nil
}

// check refuses what no step of ours asks for.
func (w wish) check() error {
	if len(w.Program) == 0 || !strings.HasPrefix(filepath.Clean(w.Program[0]), "/usr/") {
		return errors.New("the program lies outside /usr")
	}
	for _, path := range []string{w.In, w.Out} {
		if path != noFile && !filepath.IsAbs(path) {
			return fmt.Errorf("%q is no path from the root", path)
		}
	}
	if (w.In == noFile) != (w.Out == noFile) || w.CPU < time.Second || w.Memory <= 0 || w.FileSize < 0 {
		return errors.New("the limits make no sense")
	}
	return nil
}

// limits is the beginning of a command line that bounds what follows.
func (w wish) limits() []string {
	return []string{
		"prlimit", fmt.Sprintf("--cpu=%d", int(w.CPU.Seconds())), fmt.Sprintf("--as=%d", w.Memory),
		fmt.Sprintf("--fsize=%d", w.FileSize), fmt.Sprintf("--nofile=%d", filesCap), "--core=0",
	}
}

// run runs the program until it ends, or who asked is gone.
func (w wish) run(asker io.Reader, files []*os.File) (code int, err error) {
	argv := bubblewrap(locked{in: w.In, out: w.Out}, append(w.limits(), w.Program...))
	if w.Idle {
		argv = append([]string{"nice", "-n", "19"}, argv...)
	}
	cmd := exec.Command(argv[0], argv[1:]...)
	expendable.Mark(cmd)
	cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8"}
	cmd.Dir = "/"
	cmd.Stdin, cmd.Stdout, cmd.Stderr = files[0], files[1], files[2]
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	runtime.LockOSThread() // the parent-death signal is that of this thread
	defer runtime.UnlockOSThread()
	if err := cmd.Start(); err != nil {
		return 0, fmt.Errorf("start bubblewrap: %w", err)
	}
	var over atomic.Bool
	go func() {
		_, _ = asker.Read(make([]byte, 1)) // nothing more is said: this returns when who asked is gone
		if !over.Load() {
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		}
	}()
	err = cmd.Wait()
	over.Store(true)
	return codeOf(err, cmd.ProcessState, w.CPU), nil
}

// codeOf is how a program ended, as a shell says it. What the kernel killed because its
// processor time was used up ended by SIGXCPU.
func codeOf(err error, state *os.ProcessState, cpu time.Duration) int {
	code := state.ExitCode()
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		code = 128 + int(status.Signal())
	}
	if ended(err, syscall.SIGKILL) && state.UserTime()+state.SystemTime() > cpu-cpu/20 {
		code = 128 + int(syscall.SIGXCPU)
	}
	return code
}
