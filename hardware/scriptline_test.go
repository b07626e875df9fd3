package hardware_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"loalang/hardware"
)

// asking is a script whose commands are answered with OK, or should be.
func asking(t *testing.T, d *device, change ...func(*hardware.ScriptConfig)) *hardware.Script {
	t.Helper()
	return script(t, d.path, append([]func(*hardware.ScriptConfig){func(c *hardware.ScriptConfig) {
		c.Reply, c.Repeat, c.ReplyWithin = regexp.MustCompile(`OK`), 1, 200*time.Millisecond
	}}, change...)...)
}

// answers has the device answer each piece that arrives from now on.
func (d *device) answers(with string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.answer = with
}

// answersFrom has the device answer from the nth command on that it hears, whenever it
// hears that.
func (d *device) answersFrom(nth int, command, with string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.answer, d.command, d.nth = with, command, nth
}

// says has the device say something by itself.
func (d *device) says(what string) {
	d.t.Helper()
	if _, err := d.master.WriteString(what); err != nil {
		d.t.Fatal(err)
	}
}

// slowLine is a line that is told of later what became of its Set.
type slowLine interface {
	hardware.Line
	Check() error
	Answered() (bool, error)
}

func lineOf(t *testing.T, s *hardware.Script, zone int) slowLine {
	t.Helper()
	l, err := s.Line(zone)
	if err != nil {
		t.Fatal(err)
	}
	return l.(slowLine)
}

// eventually waits for something to be so.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for range 2000 {
		if is() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("not within ten seconds: " + what)
}

func relayOn(s *hardware.Script, zone int) *hardware.Relay {
	return hardware.Rack{Script: s}.Relay(hardware.Switch{Script: true, Zone: zone, Settle: -1, Tail: -1}, ampConfig)
}

// While a device is silent to one zone, the relays of the others are had, keyed and
// looked at without waiting for it: an emergency does all three.
func TestNobodyWaitsForASilentDevice(t *testing.T) {
	d := newDevice(t)
	s := asking(t, d, func(c *hardware.ScriptConfig) { c.ReplyWithin = 3 * time.Second })
	first := relayOn(s, 1)
	d.listen()
	if err := first.Key(); err != nil {
		t.Fatal(err)
	}
	d.until("a command", func(s string) bool { return s != "" })
	began := time.Now()
	second := relayOn(s, 2)
	for _, r := range []*hardware.Relay{first, second} {
		if err := r.Key(); err != nil {
			t.Error(err)
		}
		r.State()
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("it took %v while the device had three seconds to answer", took)
	}
}

// A relay behind a device that does not answer is not on, says so until a command was
// answered, and is on when one was.
func TestRelayBehindASilentDevice(t *testing.T) {
	d := newDevice(t)
	r := relayOn(asking(t, d), 1)
	d.listen()
	if err := r.Key(); err != nil {
		t.Fatal(err) // nobody knows yet
	}
	eventually(t, "it is silent", func() bool {
		a := r.State()
		if a.Keyed {
			t.Fatalf("it is on, and nothing has answered: %+v", a)
		}
		return a.Trouble == hardware.TroubleMute
	})
	for until := time.Now().Add(6 * time.Second); time.Now().Before(until); time.Sleep(2 * time.Millisecond) { // the line is opened anew within
		if a := r.State(); a.Keyed || a.Fault == "" {
			t.Fatalf("nothing has answered, and it is %+v", a)
		}
	}
	d.answers("OK\r")
	eventually(t, "it answers", func() bool { a := r.State(); return a.Keyed && a.Fault == "" })
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

// A device that needs most of its time is waited for by the clock, however many pieces
// its answer comes in.
func TestReplyIsWaitedForByTheClock(t *testing.T) {
	d := newDevice(t)
	l := lineOf(t, asking(t, d, func(c *hardware.ScriptConfig) { c.ReplyWithin = time.Second }), 1)
	d.listen()
	_ = l.Set(true)
	d.until("the command", func(s string) bool { return s != "" })
	for range 40 {
		d.says(".")
		time.Sleep(5 * time.Millisecond)
	}
	d.says("OK\r")
	eventually(t, "it is told", func() bool { done, _ := l.Answered(); return done || l.Check() != nil })
	if err := l.Check(); err != nil {
		t.Error(err)
	}
}

// What a device said before a command is no answer to it.
func TestStaleReplyIsNoAnswer(t *testing.T) {
	d := newDevice(t)
	l := lineOf(t, asking(t, d), 1)
	d.listen()
	d.answers("OK\r")
	_ = l.Set(true)
	eventually(t, "the first is answered", func() bool { done, _ := l.Answered(); return done })
	d.answers("")
	d.says("OK\r")
	time.Sleep(50 * time.Millisecond)
	_ = l.Set(false)
	eventually(t, "the second is not", func() bool { return l.Check() != nil })
	if done, err := l.Answered(); done || err == nil {
		t.Errorf("answered = %v, %v", done, err)
	}
}

// Bytes from 80 on, such as the FE of a frame, are matched as they are.
func TestReplyOfAnyBytes(t *testing.T) {
	d := newDevice(t)
	l := lineOf(t, asking(t, d, func(c *hardware.ScriptConfig) { c.Reply = regexp.MustCompile(`\xFE(?s:.*)\x18\x01\x00(?s:.*)\xFF`) }), 1)
	d.listen()
	d.answers("\xFE\x55\x55\x01\x03\x18\x01\x00\xAB\xCD\xFF")
	_ = l.Set(true)
	eventually(t, "it is told", func() bool { done, _ := l.Answered(); return done || l.Check() != nil })
	if err := l.Check(); err != nil {
		t.Error(err)
	}
}

// A repetition that is not answered keeps none of the others from being sent, and one
// answer is enough.
func TestOneAnsweredRepetitionIsEnough(t *testing.T) {
	d := newDevice(t)
	r := relayOn(asking(t, d, func(c *hardware.ScriptConfig) { c.Repeat, c.Every = 4, 300*time.Millisecond }), 1)
	d.listen()
	eventually(t, "off is sent four times", func() bool { return d.said() == strings.Repeat("Z01=0\r", 4) })
	d.answersFrom(3, "Z01=1", "OK\r")
	if err := r.Key(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "two were not answered", func() bool { a := r.State(); return a.Trouble == hardware.TroubleMute || a.Keyed })
	if a := r.State(); a.Missing || a.Keyed {
		t.Errorf("nothing was answered yet: %+v", a)
	}
	eventually(t, "on", func() bool { a := r.State(); return a.Keyed && a.Fault == "" })
	if said := d.said(); strings.Count(said, "Z01=0") != 4 {
		t.Errorf("the line was opened anew: %q", said)
	}
}

// A child of this process has no descriptor of a port: it would keep the port's name in
// use, and could write to the transmitter.
func TestChildrenHaveNoPort(t *testing.T) {
	d := newDevice(t)
	l := lineOf(t, script(t, d.path), 1)
	d.listen()
	_ = l.Set(true)
	d.until("a command", func(s string) bool { return s != "" })
	found := 0
	fds, err := filepath.Glob("/proc/self/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range fds {
		if to, err := os.Readlink(name); err != nil || to != d.path {
			continue
		}
		found++
		fd, err := strconv.ParseUint(filepath.Base(name), 10, 31)
		if err != nil {
			t.Fatal(err)
		}
		if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err != nil || flags&unix.FD_CLOEXEC == 0 {
			t.Errorf("descriptor %d of the port is inherited (%#x, %v)", fd, flags, err)
		}
	}
	if found == 0 {
		t.Error("no descriptor of the port was found")
	}
}

// A port that takes its time to be opened keeps no child of this process from beginning:
// the speaker is one.
func TestOpeningAPortHoldsNoChildBack(t *testing.T) {
	d := newDevice(t)
	l := lineOf(t, script(t, d.path), 1)
	d.listen()
	syscall.ForkLock.Lock() // as a child that begins does
	defer syscall.ForkLock.Unlock()
	_ = l.Set(true)
	d.until("a command", func(s string) bool { return s != "" })
}

// One command that is not answered says nothing of what is on: it is told to be on as soon
// as the line is opened anew, and rests only once it was told to be off.
func TestAnUnansweredCommandIsNoTimeOff(t *testing.T) {
	d := newDevice(t)
	cfg, began := ampConfig, time.Now()
	cfg.MinOff, cfg.Fresh = time.Hour, true
	cfg.Mono = func() time.Duration { return time.Hour + time.Since(began) }
	r := hardware.Rack{Script: asking(t, d)}.Relay(hardware.Switch{Script: true, Zone: 1, Settle: -1, Tail: -1}, cfg)
	d.listen()
	d.answers("OK\r")
	if err := r.Key(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "on", func() bool { return r.State().Keyed })
	d.answers("")
	heard := len(d.said())
	if err := r.Key(); err != nil { // as each half minute while something sounds
		t.Fatal(err)
	}
	eventually(t, "it is silent", func() bool { return r.State().Missing })
	if a := r.State(); a.Keyed || a.Resting != 0 {
		t.Errorf("nobody knows whether it is on: %+v", a)
	}
	d.answers("OK\r")
	eventually(t, "on again", func() bool { return r.State().Keyed })
	if said := d.said()[heard:]; strings.Contains(said, "Z01=0") {
		t.Errorf("it was told to be off: %q", said)
	}
	d.answers("")
	_ = r.Key()
	eventually(t, "it is silent again", func() bool { return r.State().Missing })
	eventually(t, "it is told again", func() bool { return !r.State().Missing })
	if err := r.Unkey(); err != nil {
		t.Fatal(err)
	}
	if err := r.Key(); !errors.Is(err, hardware.ErrResting) {
		t.Errorf("key = %v, want ErrResting: it may have been on until now", err)
	}
}

// status is a port whose outputs are one word that is read, changed and written.
type status struct {
	mu   sync.Mutex
	word int
}

func (s *status) change(bit int, on bool) error {
	s.mu.Lock()
	word := s.word
	s.mu.Unlock()
	for range 10 {
		runtime.Gosched()
	}
	if word &^= bit; on {
		word |= bit
	}
	s.mu.Lock()
	s.word = word
	s.mu.Unlock()
	return nil
}

func (s *status) SetRTS(on bool) error { return s.change(unix.TIOCM_RTS, on) }
func (s *status) SetDTR(on bool) error { return s.change(unix.TIOCM_DTR, on) }
func (s *status) Close() error         { return nil }

// Two transmitters on one adapter are switched at the same moment, and both follow.
func TestTwoOutputsOfOneAdapterAtOnce(t *testing.T) {
	s := &status{}
	ports := hardware.FakeModems(func(string) (hardware.Modem, error) { return s, nil })
	var lines []slowLine
	for _, pin := range []hardware.SerialPin{hardware.RTS, hardware.DTR} {
		lines = append(lines, pinOf(t, ports, "/dev/ttyUSB0", pin))
	}
	for n := range 2000 {
		on := n%2 == 0
		var both sync.WaitGroup
		for _, l := range lines {
			both.Go(func() {
				_ = l.Set(on)
				for done := false; !done; done, _ = l.Answered() {
					runtime.Gosched()
				}
			})
		}
		both.Wait()
		if want := map[bool]int{true: unix.TIOCM_RTS | unix.TIOCM_DTR}[on]; s.word != want {
			t.Fatalf("try %d: the outputs are %#x, want %#x", n, s.word, want)
		}
	}
}

// An adapter that was pulled out and is back under the same name, within the second
// between two looks, is another one.
func TestAdapterThatIsBackIsOpenedAnew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ttyUSB0")
	plug := func() {
		t.Helper()
		if err := os.WriteFile(path+".new", nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(path+".new", path); err != nil {
			t.Fatal(err)
		}
	}
	plug()
	var all modems
	ports := hardware.FakeModems(all.open)
	l := pinOf(t, ports, path, hardware.RTS)
	if err := l.Check(); err != nil {
		t.Error(err)
	}
	plug()
	if err := l.Check(); hardware.TroubleOf(err) != hardware.TroubleAbsent {
		t.Errorf("check = %v", err)
	}
	again := pinOf(t, ports, path, hardware.RTS)
	switchPin(t, again, true)
	if opened := len(all.opened()); opened != 2 || again.Check() != nil {
		t.Errorf("%d ports were opened, %v", opened, again.Check())
	}
}
