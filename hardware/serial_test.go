package hardware_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"loalang/hardware"
	"loalang/hardware/uecp"
)

// modem records what the outputs of a serial port were told.
type modem struct {
	mu     sync.Mutex
	told   []string
	fail   error
	closed bool
	hangs  chan struct{} // each output waits until it is closed; nil: for nothing
}

func (m *modem) set(what string, on bool) error {
	if m.hangs != nil {
		<-m.hangs
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return m.fail
	}
	m.told = append(m.told, fmt.Sprint(what, on))
	return nil
}

func (m *modem) SetRTS(on bool) error { return m.set("rts ", on) }
func (m *modem) SetDTR(on bool) error { return m.set("dtr ", on) }

func (m *modem) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	return nil
}

// breaks has every later command fail.
func (m *modem) breaks(with error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fail = with
}

// so is what it was told till now, and whether it is closed.
func (m *modem) so() (told []string, closed bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.told), m.closed
}

// modems are the ports that were opened, in their order.
type modems struct {
	mu  sync.Mutex
	all []*modem
}

func (m *modems) open(string) (hardware.Modem, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.all = append(m.all, &modem{})
	return m.all[len(m.all)-1], nil
}

func (m *modems) opened() []*modem {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.all)
}

// pinOf takes an output.
func pinOf(t *testing.T, ports *hardware.Serial, path string, pin hardware.SerialPin) slowLine {
	t.Helper()
	l, err := ports.Pin(path, pin)
	if err != nil {
		t.Fatal(err)
	}
	return l.(slowLine)
}

// switchPin switches an output, and waits until it is.
func switchPin(t *testing.T, l slowLine, on bool) {
	t.Helper()
	if err := l.Set(on); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the output is switched", func() bool {
		done, err := l.Answered()
		return done && err == nil
	})
}

// Both outputs of a port are lines of their own; the port goes with the last of them.
func TestSerialPins(t *testing.T) {
	var all modems
	ports := hardware.FakeModems(all.open)
	rts, dtr := pinOf(t, ports, "/dev/ttyUSB0", hardware.RTS), pinOf(t, ports, "/dev/ttyUSB0", hardware.DTR)
	switchPin(t, rts, true)
	switchPin(t, dtr, true)
	m := all.opened()
	if len(m) != 1 {
		t.Fatalf("the port was opened %d times", len(m))
	}
	err := rts.Close()
	if _, closed := m[0].so(); err != nil || closed {
		t.Errorf("%v, closed %v: the other output is in use", err, closed)
	}
	err = dtr.Close()
	told, closed := m[0].so()
	if err != nil || !closed {
		t.Errorf("%v, closed %v", err, closed)
	}
	if want := []string{"rts true", "dtr true", "rts false", "dtr false"}; !slices.Equal(told, want) {
		t.Errorf("told %v, want %v", told, want)
	}
}

// An adapter that is pulled out is opened anew for the next line, also while another
// line of it is in use.
func TestPulledSerialPort(t *testing.T) {
	var all modems
	ports := hardware.FakeModems(all.open)
	rts, dtr := pinOf(t, ports, "/dev/ttyUSB0", hardware.RTS), pinOf(t, ports, "/dev/ttyUSB0", hardware.DTR)
	switchPin(t, rts, true)
	all.opened()[0].breaks(unix.EIO)
	if err := rts.Close(); !errors.Is(err, unix.EIO) {
		t.Errorf("close = %v", err)
	}
	switchPin(t, pinOf(t, ports, "/dev/ttyUSB0", hardware.RTS), true)
	m := all.opened()
	if len(m) != 2 {
		t.Fatalf("%d ports", len(m))
	}
	if told, _ := m[1].so(); !slices.Equal(told, []string{"rts true"}) {
		t.Errorf("told %v", told)
	}
	_ = dtr.Close()
	_, first := m[0].so()
	if _, second := m[1].so(); !first || second {
		t.Error("the wrong port was closed")
	}
}

// A port that was told not to (stty -hupcl) drops its outputs all the same when the program
// that keys a transmitter by them is killed.
func TestOutputsOfAPortDropWhenItIsClosed(t *testing.T) {
	d := newDevice(t)
	port, err := os.OpenFile(d.path, os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer port.Close()
	fd := int(port.Fd())
	was, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	told := *was
	told.Cflag &^= unix.HUPCL
	if err := unix.IoctlSetTermios(fd, unix.TCSETS, &told); err != nil {
		t.Fatal(err)
	}
	if err := hardware.DropOnClose(fd); err != nil {
		t.Fatal(err)
	}
	is, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if told.Cflag |= unix.HUPCL; err != nil || *is != told {
		t.Errorf("it is %+v, want %+v (%v)", is, told, err)
	}
}

func TestMissingSerialPort(t *testing.T) {
	_, err := (&hardware.Serial{}).Pin(filepath.Join(t.TempDir(), "ttyUSB0"), hardware.RTS)
	if hardware.TroubleOf(err) != hardware.TroubleAbsent || !strings.Contains(err.Error(), "plug the adapter in") {
		t.Errorf("pin = %v", err)
	}
}

// device is what is behind a serial port: the other end of a pty.
type device struct {
	t      *testing.T
	master *os.File
	path   string

	mu      sync.Mutex
	heard   []byte
	answer  string // to each piece that arrives
	command string // of which nth are to be heard before anything is answered
	nth     int
}

// newDevice opens a pty and listens to it.
func newDevice(t *testing.T) *device {
	t.Helper()
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Skipf("no pty on this machine: mount devpts (%v)", err)
	}
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	d := &device{t: t, master: os.NewFile(uintptr(fd), "ptmx"), path: fmt.Sprintf("/dev/pts/%d", n)}
	// The first to open a pty sets it up: without echo, or the device hears itself.
	t.Cleanup(func() { d.master.Close() })
	return d
}

// listen takes in what arrives until the pty is gone.
func (d *device) listen() {
	go func() {
		piece := make([]byte, 256)
		for {
			n, err := d.master.Read(piece)
			if err != nil && !errors.Is(err, unix.EIO) || errors.Is(err, io.EOF) {
				return
			}
			if err != nil { // nobody has the other end open
				time.Sleep(5 * time.Millisecond)
				continue
			}
			d.mu.Lock()
			d.heard = append(d.heard, piece[:n]...)
			answer := d.answer
			if strings.Count(string(d.heard), d.command) < d.nth {
				answer = ""
			}
			d.mu.Unlock()
			if answer != "" {
				_, _ = d.master.WriteString(answer)
			}
		}
	}()
}

func (d *device) said() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return string(d.heard)
}

// until waits for what arrived to satisfy what.
func (d *device) until(what string, is func(string) bool) {
	d.t.Helper()
	for range 2000 {
		if is(d.said()) {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	d.t.Fatalf("the device heard %q: no %s", d.said(), what)
}

func script(t *testing.T, path string, change ...func(*hardware.ScriptConfig)) *hardware.Script {
	t.Helper()
	cfg := hardware.ScriptConfig{Path: path, Baud: 9600, Repeat: 3, Every: time.Millisecond, ReplyWithin: 5 * time.Second}
	for text, into := range map[string]*hardware.Template{`A1\r`: &cfg.On, `A0\r`: &cfg.Off, `Z{nn}=1\r`: &cfg.ZoneOn, `Z{nn}=0\r`: &cfg.ZoneOff} {
		var err error
		if *into, err = hardware.ParseTemplate(text); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range change {
		c(&cfg)
	}
	return hardware.NewScript(&hardware.Serial{}, cfg)
}

// Each command goes over the line as often as it is to be repeated, for two zones over
// one port; a line that is closed is off.
func TestScriptOverAPty(t *testing.T) {
	d := newDevice(t)
	s := script(t, d.path)
	three, err := s.Line(3)
	if err != nil {
		t.Fatal(err)
	}
	d.listen()
	all, err := s.Line(hardware.AllZones)
	if err != nil {
		t.Fatal(err)
	}
	if err := three.Set(true); err != nil {
		t.Fatal(err)
	}
	d.until("zone 3 three times", func(s string) bool { return s == "Z03=1\rZ03=1\rZ03=1\r" })
	if err := all.Set(true); err != nil {
		t.Fatal(err)
	}
	d.until("everything three times", func(s string) bool { return strings.HasSuffix(s, "A1\rA1\rA1\r") })
	if err := errors.Join(three.Close(), all.Close()); err != nil {
		t.Error(err)
	}
	d.until("both off", func(s string) bool { return strings.HasSuffix(s, "Z03=0\rZ03=0\rZ03=0\rA0\rA0\rA0\r") })
	if err := three.Set(true); !errors.Is(err, hardware.ErrClosed) {
		t.Errorf("set after close = %v", err)
	}
}

// Off overtakes the repetitions of on: the last command is what was last wanted.
func TestScriptIsOvertaken(t *testing.T) {
	d := newDevice(t)
	s := script(t, d.path, func(c *hardware.ScriptConfig) { c.Every = time.Hour })
	l, err := s.Line(1)
	if err != nil {
		t.Fatal(err)
	}
	d.listen()
	_ = l.Set(true)
	d.until("on", func(s string) bool { return s == "Z01=1\r" })
	_ = l.Set(false)
	d.until("off", func(s string) bool { return s == "Z01=1\rZ01=0\r" })
}

// A device that answers is well, one that does not is told of, with what it said.
func TestScriptAsksForAReply(t *testing.T) {
	d := newDevice(t)
	s := script(t, d.path, func(c *hardware.ScriptConfig) {
		c.Reply, c.Repeat, c.ReplyWithin = regexp.MustCompile(`OK`), 1, 200*time.Millisecond
	})
	l, err := s.Line(1)
	if err != nil {
		t.Fatal(err)
	}
	d.listen()
	check := l.(interface{ Check() error }).Check
	d.mu.Lock()
	d.answer = "ERR 7\r"
	d.mu.Unlock()
	_ = l.Set(true)
	for range 2000 {
		if check() != nil {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	if err := check(); err == nil || !strings.Contains(err.Error(), "ERR 7") || hardware.TroubleOf(err) != hardware.TroubleMute {
		t.Fatalf("check = %v, want what the device said", err)
	}
	d.mu.Lock()
	d.answer = "OK\r"
	d.mu.Unlock()
	if err := l.Set(true); err != nil {
		t.Error(err)
	}
	for range 2000 {
		if check() == nil {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	if err := check(); err != nil {
		t.Errorf("check = %v after the device answered", err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

// Commands for an encoder are packed into frames that count up.
func TestScriptByUECP(t *testing.T) {
	d := newDevice(t)
	s := script(t, d.path, func(c *hardware.ScriptConfig) {
		c.UECP = &uecp.Frame{Site: 341, Encoder: 21}
		c.ZoneOn, _ = hardware.ParseUECP("TA=1")
		c.ZoneOff, _ = hardware.ParseUECP("TA=0")
	})
	l, err := s.Line(1)
	if err != nil {
		t.Fatal(err)
	}
	d.listen()
	_ = l.Set(true)
	d.until("three frames", func(s string) bool { return strings.Count(s, "\xFF") == 3 })
	for i, raw := range strings.SplitAfter(d.said(), "\xFF")[:3] {
		f, err := uecp.Decode([]byte(raw))
		if err != nil || f.Site != 341 || f.Encoder != 21 || int(f.Sequence) != i+1 || string(f.Message) != "\x03\x00\x00\x03" {
			t.Errorf("frame %d = %+v, %v", i, f, err)
		}
	}
}
