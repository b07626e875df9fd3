package lab

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"loalang/lab/job"
)

// Machine is a virtual machine that emulates every instruction (TCG): it runs wherever
// QEMU does, /dev/kvm or not.
type Machine struct {
	Kernel   Kernel
	Init     string   // the first process, built for the machine's architecture
	Modules  []string // names of modules that are loaded; what they need comes by itself
	ModArgs  map[string]string
	Job      job.Job  // its Modules and Address are filled in
	Root     string   // image of its root; what the machine writes to it is gone with it
	Data     string   // address of the disk that is kept, as QEMU takes it; empty: none
	Port     int      // of this machine's loopback that leads to port 8080 of the machine; 0: none
	Memory   int      // MB; 0: 768
	More     []string // arguments of QEMU
	Dir      string   // for its sockets and its first file system
	Watchdog string   // what a bite does: poweroff, reset; empty: poweroff

	cmd   *exec.Cmd
	lines chan string
	ended chan struct{}
	mu    sync.Mutex
	told  []string
	beat  time.Time // of the last job.Beat; zero: none yet
	still bool      // the kernel told lostTimer
}

// serialPort is the kernel's name of the serial line by architecture.
var serialPort = map[string]string{"amd64": "ttyS0", "arm64": "ttyAMA0"}

// Start starts the machine, also anew after its end. It ends with ctx, by Kill, or when its job is done.
func (m *Machine) Start(ctx context.Context) error {
	if err := m.prepare(); err != nil {
		return err
	}
	m.told, m.beat, m.still = nil, time.Time{}, false
	root := "if=none,id=root,format=raw,readonly=on,file=" + m.Root
	if len(m.Job.Become) > 0 {
		root = "if=none,id=root,format=raw,snapshot=on,file=" + m.Root
	}
	args := []string{
		"-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-smp", "2", "-m", strconv.Itoa(max(m.Memory, 768)),
		"-kernel", m.Kernel.Image, "-initrd", m.initrd(), "-serial", "stdio", "-rtc", "base=utc",
		"-append", "console=" + serialPort[m.Kernel.Arch] + " quiet panic=-1 tsc=reliable no_timer_check nowatchdog rdinit=/init",
		"-qmp", "unix:" + m.monitor() + ",server=on,wait=off",
		"-drive", root, "-device", "virtio-blk-pci,drive=root",
	}
	program := "qemu-system-x86_64"
	switch m.Kernel.Arch {
	case "amd64":
		bite := m.Watchdog
		if bite == "" {
			bite = "poweroff"
		}
		args = append(args, "-M", "q35,accel=tcg", "-cpu", "max", "-device", "i6300esb", "-action", "watchdog="+bite)
	case "arm64":
		program = "qemu-system-aarch64"
		args = append(args, "-M", "virt,gic-version=2", "-cpu", "cortex-a53")
	}
	if m.Data != "" {
		args = append(args, "-drive", "if=none,id=data,format=raw,cache=writeback,file="+m.Data, "-device", "virtio-blk-pci,drive=data")
	}
	if m.Port != 0 {
		args = append(args, "-netdev", fmt.Sprintf("user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:%d-:8080", m.Port), "-device", "virtio-net-pci,netdev=net,romfile=")
	}
	m.cmd = exec.CommandContext(ctx, program, append(args, m.More...)...)
	out, err := m.cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("start a machine: %w", err)
	}
	m.cmd.Stderr = m.cmd.Stdout
	if err := m.cmd.Start(); err != nil {
		return fmt.Errorf("start a machine: %w", err)
	}
	m.lines, m.ended = make(chan string, 10000), make(chan struct{})
	go m.read(out)
	return nil
}

func (m *Machine) initrd() string  { return filepath.Join(m.Dir, "initrd") }
func (m *Machine) monitor() string { return filepath.Join(m.Dir, "qmp") }

// prepare writes the first file system.
func (m *Machine) prepare() error {
	var a Archive
	a.Node("/dev/console", 5, 1)
	if err := a.PutFile("/init", m.Init, 0o755); err != nil {
		return err
	}
	files, err := m.Kernel.Files(append([]string{"virtio_pci", "virtio_blk", "ext4", "crc32c_generic"}, m.Modules...)...)
	if err != nil {
		return err
	}
	m.Job.Modules = nil
	for _, file := range files {
		name := "/mod/" + filepath.Base(file)
		if err := a.PutFile(name, file, 0o600); err != nil {
			return err
		}
		m.Job.Modules = append(m.Job.Modules, job.Module{File: name, Args: m.ModArgs[strings.TrimSuffix(filepath.Base(file), ".ko")]})
	}
	m.Job.Root = "/dev/vda"
	if m.Data != "" {
		m.Job.Data = "/dev/vdb"
	}
	if m.Port != 0 {
		m.Job.Address = "10.0.2.15"
	}
	raw, err := json.Marshal(m.Job)
	if err != nil {
		return fmt.Errorf("write a machine's job: %w", err)
	}
	a.Put(job.File, 0o600, raw)
	return a.Write(m.initrd())
}

// boots is how often Boot starts a machine that does not come to its first process.
const boots = 4

// Boot starts the machine and gives the instant, by its own clock, at which its first
// process began. An emulated machine may lose its timer on a host that is at work: it is
// started anew when it is silent for three minutes.
func (m *Machine) Boot(ctx context.Context) (began time.Time, err error) {
	for range boots {
		if err = m.Start(ctx); err != nil {
			return began, err
		}
		within, end := context.WithTimeout(ctx, 3*time.Minute)
		var text string
		text, err = m.Line(within, job.Began)
		end()
		if err == nil {
			nanos, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
			if err != nil {
				return began, fmt.Errorf("read when a machine began: %w", err)
			}
			return time.Unix(0, nanos), nil
		}
		m.Kill()
		if ctx.Err() != nil {
			break
		}
	}
	return began, err
}

// escape is what a firmware writes to move the cursor.
var escape = regexp.MustCompile(`\x1b[^a-zA-Z]*[a-zA-Z]`)

// read takes in the serial line until the machine ends.
func (m *Machine) read(out io.Reader) {
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	begun := "" // of a line into which a beat fell
	for lines.Scan() {
		line := begun + strings.TrimRight(escape.ReplaceAllString(lines.Text(), ""), "\r")
		var beat bool
		if begun, beat = strings.CutSuffix(line, job.Beat); beat {
			m.mu.Lock()
			m.beat = time.Now()
			m.mu.Unlock()
			continue
		}
		begun = ""
		m.mu.Lock()
		m.told = append(m.told, line)
		m.still = m.still || strings.Contains(line, lostTimer)
		m.mu.Unlock()
		select {
		case m.lines <- line:
		default: // nobody reads: Told has it
		}
	}
	_ = m.cmd.Wait() // a machine that is killed ends with that
	close(m.lines)
	close(m.ended)
}

// Told is everything on the serial line so far.
func (m *Machine) Told() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return strings.Join(m.told, "\n")
}

// errOff is the end of a machine.
var errOff = errors.New("the machine is off")

// Line waits for a line that begins with prefix and gives the rest of it.
func (m *Machine) Line(ctx context.Context, prefix string) (string, error) {
	for {
		select {
		case line, on := <-m.lines:
			if !on {
				return "", fmt.Errorf("wait for %q: %w", prefix, errOff)
			}
			if rest, found := strings.CutPrefix(line, prefix); found {
				return rest, nil
			}
		case <-ctx.Done():
			return "", fmt.Errorf("wait for %q: %w", prefix, ctx.Err())
		}
	}
}

// ErrStalled is a machine whose first process beats no more, or whose kernel misses the timer
// of a processor: the emulation stands. A program that hangs in it is not that.
var ErrStalled = errors.New("the machine stands still")

// lostTimer is what the kernel says when an emulated processor lost its timer: what waits on that
// processor sleeps for ever, while the first process may beat on the other.
const lostTimer = "kthread timer wakeup didn't happen"

// stallAfter is how long a machine that has beaten once may be without a beat.
const stallAfter = 12 * job.BeatEvery

// Wait waits until the machine is off. The error is ErrStalled when it stands still.
func (m *Machine) Wait(ctx context.Context) error {
	look := time.NewTicker(job.BeatEvery)
	defer look.Stop()
	for {
		select {
		case <-m.ended:
			return nil
		case <-ctx.Done():
			return fmt.Errorf("wait for the end of a machine: %w", ctx.Err())
		case now := <-look.C:
			if m.stalled(now) {
				return fmt.Errorf("wait for the end of a machine: %w", ErrStalled)
			}
		}
	}
}

func (m *Machine) stalled(now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.still || !m.beat.IsZero() && now.Sub(m.beat) > stallAfter
}

// Kill takes the machine's power.
func (m *Machine) Kill() {
	_ = m.cmd.Process.Kill() // it may be off already
	<-m.ended
}

// Order gives QEMU an order of its monitor (QMP), such as device_del with the argument
// id.
func (m *Machine) Order(order string, arguments Object) error {
	conn, err := net.DialTimeout("unix", m.monitor(), 5*time.Second)
	if err != nil {
		return fmt.Errorf("order %s: %w", order, err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second)) // a socket has one
	replies := json.NewDecoder(conn)
	var greeting Object
	if err := replies.Decode(&greeting); err != nil {
		return fmt.Errorf("order %s: %w", order, err)
	}
	for _, o := range []Object{{"execute": "qmp_capabilities"}, {"execute": order, "arguments": arguments}} {
		if err := json.NewEncoder(conn).Encode(o); err != nil {
			return fmt.Errorf("order %s: %w", order, err)
		}
		for {
			var reply Object
			if err := replies.Decode(&reply); err != nil {
				return fmt.Errorf("order %s: %w", order, err)
			}
			if reply["error"] != nil {
				return fmt.Errorf("order %s: %v", order, reply["error"])
			}
			if _, done := reply["return"]; done {
				break // what lies between are events
			}
		}
	}
	return nil
}

// Events tells the names of QEMU's events (QMP), such as WATCHDOG, until the machine is off; the
// channel is closed then. While it tells them there is nobody for Order to speak to.
func (m *Machine) Events() (<-chan string, error) {
	conn, err := net.DialTimeout("unix", m.monitor(), 5*time.Second)
	if err != nil {
		return nil, fmt.Errorf("hear of events: %w", err)
	}
	if err := json.NewEncoder(conn).Encode(Object{"execute": "qmp_capabilities"}); err != nil {
		return nil, errors.Join(fmt.Errorf("hear of events: %w", err), conn.Close())
	}
	names := make(chan string, 1000) // more than a machine has in its life
	go func() {
		defer close(names)
		defer func() { _ = conn.Close() }()
		for told := json.NewDecoder(conn); ; {
			var o Object
			if told.Decode(&o) != nil { // it is off
				return
			}
			if name := o.Text("event"); name != "" {
				names <- name
			}
		}
	}()
	return names, nil
}

// FreePort is a port of the loopback that nobody uses now.
func FreePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// HasQEMU says whether a machine of that architecture can be had. The error wraps
// ErrNoLab.
func HasQEMU(arch string) error {
	program := map[string]string{"amd64": "qemu-system-x86_64", "arm64": "qemu-system-aarch64"}[arch]
	if _, err := exec.LookPath(program); err != nil {
		return fmt.Errorf("%w: no %s: run make lab-setup", ErrNoLab, program)
	}
	if _, err := os.Stat("/usr/sbin/mkfs.ext4"); err != nil {
		return fmt.Errorf("%w: no mkfs.ext4: run make lab-setup", ErrNoLab)
	}
	return nil
}
