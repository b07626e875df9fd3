package hardware

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"sync"
	"time"

	"loalang/hardware/uecp"
)

// maxReply is how many bytes of a device's answers are kept to look for a reply.
const maxReply = 4096

// AllZones is the zone of a Script's On and Off.
const AllZones = 0

// ScriptConfig says what is sent to a device behind a serial port, such as an RDS
// encoder whose receivers are switched over the air.
type ScriptConfig struct {
	Path            string
	Baud            int
	On, Off         Template // for everything
	ZoneOn, ZoneOff Template // for one zone, 1 to 255
	// Reply is what the device answers to each command when it has taken it; nil: it is
	// not asked. ReplyWithin is how long it may take.
	Reply       *regexp.Regexp
	ReplyWithin time.Duration
	Repeat      int           // how often a command is sent, at least 1
	Every       time.Duration // from one to the next
	// UECP packs each command into a frame for this address; nil: it is sent as it is.
	UECP *uecp.Frame
}

// Script sends commands to one serial port, whichever zone they are for. Each line of
// it has a goroutine that ends with the line's Close.
type Script struct {
	cfg    ScriptConfig
	serial *Serial

	mu    sync.Mutex // one command at a time
	port  io.ReadWriteCloser
	users int
	sent  uint8 // frames, for their sequence
}

// NewScript prepares a Script; the port is opened with its first line.
func NewScript(serial *Serial, cfg ScriptConfig) *Script {
	cfg.Repeat = max(cfg.Repeat, 1)
	return &Script{cfg: cfg, serial: serial}
}

// Line is a zone, 1 to 255, or AllZones, as a line; it is told to be OFF. Its Set
// returns at once, with what became of the command before: a command takes as long as
// the device and its repetitions do.
func (s *Script) Line(zone int) (Line, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.open(); err != nil {
		return nil, err
	}
	s.users++
	l := &scriptLine{script: s, zone: zone, asked: make(chan bool, 1), done: make(chan struct{})}
	go l.run()
	return l, nil
}

// open opens the port unless it is. s.mu is held.
func (s *Script) open() error {
	if s.port != nil {
		return nil
	}
	port, err := s.serial.bytes(s.cfg.Path, s.cfg.Baud)
	if err != nil {
		return err
	}
	s.port = port
	return nil
}

// lost gives a port back that an adapter pulled out has left behind, also when it was
// plugged in again: the next command opens it anew. s.mu is held.
func (s *Script) lost() {
	_ = s.port.Close() // it does not answer
	s.port = nil
}

// command is what switches a zone.
func (s *Script) command(zone int, on bool) []byte {
	t := map[[2]bool]Template{
		{false, true}: s.cfg.On, {false, false}: s.cfg.Off,
		{true, true}: s.cfg.ZoneOn, {true, false}: s.cfg.ZoneOff,
	}[[2]bool{zone != AllZones, on}]
	return t.Bytes(zone)
}

// send writes a command once and waits for its reply.
func (s *Script) send(command []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.open(); err != nil {
		return err
	}
	if s.cfg.UECP != nil {
		f := *s.cfg.UECP
		s.sent = s.sent%255 + 1
		f.Sequence, f.Message = s.sent, command
		framed, err := f.Encode()
		if err != nil {
			return fmt.Errorf("send to %s: %w", s.cfg.Path, err)
		}
		command = framed
	}
	if _, err := s.port.Write(command); err != nil {
		s.lost()
		return fmt.Errorf("send to %s: %w", s.cfg.Path, err)
	}
	if s.cfg.Reply == nil {
		return nil
	}
	return s.answered()
}

// answered reads until the reply is there. s.mu is held.
func (s *Script) answered() error {
	var heard []byte
	piece := make([]byte, 256)
	for range max(1, int(s.cfg.ReplyWithin/readPatience)) {
		n, err := s.port.Read(piece) // 0 bytes when it has nothing to say for a moment
		if err != nil {
			s.lost()
			return fmt.Errorf("read from %s: %w", s.cfg.Path, err)
		}
		heard = append(heard, piece[:n]...)
		if s.cfg.Reply.Match(heard) {
			return nil
		}
		heard = heard[max(0, len(heard)-maxReply):]
	}
	return fmt.Errorf("%s answers %q, not what %s matches: look at the device, its cable and its baud rate", s.cfg.Path, heard, s.cfg.Reply)
}

// close gives the port back with the last line.
func (s *Script) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.users--; s.users > 0 || s.port == nil {
		return nil
	}
	err := s.port.Close()
	s.port = nil
	return err
}

// scriptLine is one zone of a Script.
type scriptLine struct {
	script *Script
	zone   int
	asked  chan bool // the newest state that was asked for
	done   chan struct{}

	mu     sync.Mutex
	fault  error // of the newest command
	closed bool
}

// Set has the zone switched, and tells what became of the command before.
func (l *scriptLine) Set(on bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return ErrClosed
	}
	select {
	case <-l.asked: // overtaken
	default:
	}
	l.asked <- on
	return l.fault
}

// Check tells what became of the newest command.
func (l *scriptLine) Check() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fault != nil {
		return l.fault
	}
	return portThere(l.script.cfg.Path)
}

// run sends what is asked for, each command as often as it is to be repeated unless
// another overtakes it.
func (l *scriptLine) run() {
	defer close(l.done)
	on, open := <-l.asked
	for open {
		command := l.script.command(l.zone, on)
		overtaken := false
		for n := 0; n < l.script.cfg.Repeat && open && !overtaken; n++ {
			if n > 0 {
				select {
				case on, open = <-l.asked:
					overtaken = true
					continue
				case <-time.After(l.script.cfg.Every):
				}
			}
			l.tell(l.script.send(command))
		}
		if open && !overtaken {
			on, open = <-l.asked
		}
	}
}

func (l *scriptLine) tell(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fault = err
}

// Close sends OFF, as often as it is to be repeated, and waits for that.
func (l *scriptLine) Close() error {
	if !l.end() {
		return nil
	}
	<-l.done
	var off error
	for n := range l.script.cfg.Repeat {
		if n > 0 {
			time.Sleep(l.script.cfg.Every)
		}
		if off = l.script.send(l.script.command(l.zone, false)); off != nil {
			break // who does not answer is not asked again
		}
	}
	return errors.Join(off, l.script.close())
}

// abandon is Close for a device that does not answer: it waits for nothing and sends
// nothing, for what is sent late might overtake what another line sends.
func (l *scriptLine) abandon() {
	if !l.end() {
		return
	}
	go func() {
		<-l.done
		_ = l.script.close() // nothing of it is used any more
	}()
}

// end lets run end; it says false when it was told before.
func (l *scriptLine) end() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return false
	}
	l.closed = true
	select {
	case <-l.asked:
	default:
	}
	close(l.asked)
	return true
}
