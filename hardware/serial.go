package hardware

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"go.bug.st/serial"
	"golang.org/x/sys/unix"
)

// readPatience is how long one look for a reply takes.
const readPatience = 50 * time.Millisecond

// modem is a serial port of which only its outputs are used.
type modem interface {
	SetRTS(on bool) error
	SetDTR(on bool) error
	Close() error
}

// bytePort is a serial port that bytes go over. Read comes back without any when none
// has come for readPatience.
type bytePort interface {
	io.ReadWriteCloser
	// ResetInputBuffer forgets what has come and was not read.
	ResetInputBuffer() error
}

// Serial opens serial ports, and lets the two outputs of one be lines of their own.
// Its methods may be called from any goroutine.
type Serial struct {
	openModem func(path string) (modem, error) // nil: the machine's

	mu     sync.Mutex
	shared map[string]*sharedModem // by path
}

// sharedModem is an open port and how many lines of it are in use.
type sharedModem struct {
	users int         // guarded by Serial.mu
	is    os.FileInfo // what was opened; nil: nobody knows

	mu   sync.Mutex // one output at a time: both are one word of the port's
	port modem
	shut bool
}

// set switches one output, and leaves the other as it is.
func (m *sharedModem) set(pin SerialPin, on bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.shut {
		return ErrClosed
	}
	if pin == DTR {
		return m.port.SetDTR(on)
	}
	return m.port.SetRTS(on)
}

// shutUp closes the port.
func (m *sharedModem) shutUp() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.shut = true
	return m.port.Close()
}

// SerialPin is an output of a serial port.
type SerialPin string

// The outputs of a serial port that can switch something.
const (
	RTS SerialPin = "rts"
	DTR SerialPin = "dtr"
)

// outputs are those of an open port. The library would read both, change one and write
// both: the kernel can change one.
type outputs struct {
	serial.Port
	fd int
}

// SetRTS switches RTS alone.
func (o outputs) SetRTS(on bool) error { return o.set(unix.TIOCM_RTS, on) }

// SetDTR switches DTR alone.
func (o outputs) SetDTR(on bool) error { return o.set(unix.TIOCM_DTR, on) }

func (o outputs) set(bit int, on bool) error {
	if on {
		return unix.IoctlSetPointerInt(o.fd, unix.TIOCMBIS, bit)
	}
	return unix.IoctlSetPointerInt(o.fd, unix.TIOCMBIC, bit)
}

// portModem opens a port with both outputs off. The kernel raises them while it opens
// a port, for some milliseconds: nothing that may open it is kept from that.
func portModem(path string) (modem, error) {
	p, fd, err := openPort(path, &serial.Mode{BaudRate: 9600, DataBits: 8, InitialStatusBits: &serial.ModemOutputBits{}})
	if err != nil {
		return nil, err
	}
	return outputs{p, fd}, nil
}

func portBytes(path string, baud int) (bytePort, error) {
	p, _, err := openPort(path, &serial.Mode{BaudRate: baud, DataBits: 8})
	if err != nil {
		return nil, err
	}
	if err := p.SetReadTimeout(readPatience); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), p.Close())
	}
	return p, nil
}

// Pin takes one output of the port at path, which is off then. The kernel lets both
// outputs go up for a moment when the first of them is taken.
func (s *Serial) Pin(path string, pin SerialPin) (Line, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	port := s.shared[path]
	if port == nil || port.is != nil && portThere(path, port.is) != nil { // an adapter that was plugged in again is another one
		open := s.openModem
		if open == nil {
			open = portModem
		}
		opened, err := open(path)
		if err != nil {
			return nil, err
		}
		port = &sharedModem{port: opened, is: portIs(path)}
		if s.shared == nil {
			s.shared = map[string]*sharedModem{}
		}
		s.shared[path] = port
	}
	port.users++
	return &serialPin{serial: s, path: path, pin: pin, port: port}, nil
}

// serialPin is one output as a line.
type serialPin struct {
	serial *Serial
	path   string
	pin    SerialPin
	port   *sharedModem
}

// Set switches the output.
func (l *serialPin) Set(on bool) error {
	if err := l.port.set(l.pin, on); err != nil {
		return fmt.Errorf("set %s of %s: %w", l.pin, l.path, err)
	}
	return nil
}

// Check says whether the port is there still, and is the one that was opened.
func (l *serialPin) Check() error { return portThere(l.path, l.port.is) }

// Close switches the output off, and gives the port back with its last line.
func (l *serialPin) Close() error {
	off := l.Set(false)
	l.serial.mu.Lock()
	defer l.serial.mu.Unlock()
	if l.port.users--; l.port.users > 0 {
		if off != nil && l.serial.shared[l.path] == l.port {
			delete(l.serial.shared, l.path) // it was pulled: the next line opens it anew
		}
		return off
	}
	if l.serial.shared[l.path] == l.port {
		delete(l.serial.shared, l.path)
	}
	return errors.Join(off, l.port.shutUp())
}
