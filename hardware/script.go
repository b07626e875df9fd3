package hardware

import (
	"context"
	"fmt"
	"os"
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
	// not asked. It is matched with each byte as the letter of that number (Latin-1), so
	// that \xFE is that byte. ReplyWithin is how long it may take.
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

	// turn holds one while a command is sent and its reply is waited for: one command at
	// a time. Whoever has it may use what follows.
	turn chan struct{}
	port bytePort // nil: it is not open
	sent uint8    // frames, for their sequence

	mu    sync.Mutex // never held while anything waits for the device
	is    os.FileInfo
	users int
}

// NewScript prepares a Script; the port is opened with the first command.
func NewScript(serial *Serial, cfg ScriptConfig) *Script {
	cfg.Repeat = max(cfg.Repeat, 1)
	return &Script{cfg: cfg, serial: serial, turn: make(chan struct{}, 1)}
}

// Line is a zone, 1 to 255, or AllZones, as a line, which is told nothing before its
// first Set. It does not block: the port is opened by the line's goroutine. The error is
// that there is no such port, or that this user may not use it. Set returns at once: a
// command takes as long as the device and its repetitions do, and Answered and Check tell
// what became of it.
func (s *Script) Line(zone int) (Line, error) {
	if err := mayOpen(s.cfg.Path); err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.users++
	s.mu.Unlock()
	l := &scriptLine{script: s, zone: zone, wake: make(chan struct{}, 1), done: make(chan struct{})}
	l.ctx, l.stop = context.WithCancel(context.Background())
	go l.run()
	return l, nil
}

// there says whether the port is there, and is the one that was opened. It does not
// block.
func (s *Script) there() error {
	s.mu.Lock()
	was := s.is
	s.mu.Unlock()
	return portThere(s.cfg.Path, was)
}

// open opens the port unless it is. The turn is held.
func (s *Script) open() error {
	if s.port != nil && s.there() != nil {
		s.lost()
	}
	if s.port != nil {
		return nil
	}
	port, err := portBytes(s.cfg.Path, s.cfg.Baud)
	if err != nil {
		return err
	}
	s.port = port
	s.identify(portIs(s.cfg.Path))
	return nil
}

// lost gives a port back that an adapter pulled out has left behind, also when it was
// plugged in again: the next command opens it anew. The turn is held.
func (s *Script) lost() {
	_ = s.port.Close() // it does not answer
	s.port = nil
	s.identify(nil)
}

func (s *Script) identify(is os.FileInfo) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.is = is
}

// command is what switches a zone.
func (s *Script) command(zone int, on bool) []byte {
	t := map[[2]bool]Template{
		{false, true}: s.cfg.On, {false, false}: s.cfg.Off,
		{true, true}: s.cfg.ZoneOn, {true, false}: s.cfg.ZoneOff,
	}[[2]bool{zone != AllZones, on}]
	return t.Bytes(zone)
}

// send writes a command once and waits for its reply, within patience. It waits for its
// turn until ctx ends, and is over soon after that.
func (s *Script) send(ctx context.Context, command []byte, patience time.Duration) error {
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("send to %s: %w", s.cfg.Path, ctx.Err())
	}
	defer func() { <-s.turn }()
	if ctx.Err() != nil { // both were so
		return fmt.Errorf("send to %s: %w", s.cfg.Path, ctx.Err())
	}
	if err := s.open(); err != nil {
		return err
	}
	framed, err := s.framed(command)
	if err != nil {
		return fmt.Errorf("send to %s: %w", s.cfg.Path, err)
	}
	_ = s.port.ResetInputBuffer() // what came before is no answer to this; a port that is gone says so below
	for len(framed) > 0 {
		n, err := s.port.Write(framed)
		if err != nil {
			s.lost()
			return fmt.Errorf("send to %s: %w", s.cfg.Path, err)
		}
		framed = framed[n:]
	}
	if s.cfg.Reply == nil {
		return nil
	}
	return s.answered(ctx, patience)
}

// framed is a command as it goes over the line. The turn is held.
func (s *Script) framed(command []byte) ([]byte, error) {
	if s.cfg.UECP == nil {
		return command, nil
	}
	f := *s.cfg.UECP
	s.sent = s.sent%255 + 1
	f.Sequence, f.Message = s.sent, command
	return f.Encode()
}

// answered reads until the reply is there. The turn is held.
func (s *Script) answered(ctx context.Context, patience time.Duration) error {
	var heard []byte
	piece := make([]byte, 256)
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	for ctx.Err() == nil {
		n, err := s.port.Read(piece) // 0 bytes when it has nothing to say for a moment
		if err != nil {
			s.lost()
			return fmt.Errorf("read from %s: %w", s.cfg.Path, err)
		}
		heard = append(heard, piece[:n]...)
		if s.cfg.Reply.MatchString(latin1(heard)) {
			return nil
		}
		heard = heard[max(0, len(heard)-maxReply):]
	}
	return fmt.Errorf("%s answers %q, not what %s matches: look at the device, its cable and its baud rate", s.cfg.Path, heard, s.cfg.Reply)
}

// latin1 is each byte as the letter of that number: expressions match letters, and what
// is no UTF-8 would match none.
func latin1(raw []byte) string {
	letters := make([]rune, len(raw))
	for i, b := range raw {
		letters[i] = rune(b)
	}
	return string(letters)
}

// close gives the port back with the last line.
func (s *Script) close() error {
	if s.left(1) > 0 {
		return nil
	}
	s.turn <- struct{}{} // nobody is left who would hold it for long
	defer func() { <-s.turn }()
	if s.left(0) > 0 || s.port == nil {
		return nil
	}
	err := s.port.Close()
	s.port = nil
	s.identify(nil)
	return err
}

// left is how many lines are in use when some have gone.
func (s *Script) left(gone int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users -= gone
	return s.users
}
