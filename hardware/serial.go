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

// Serial opens serial ports, and lets the two outputs of one be lines of their own.
// Its methods may be called from any goroutine.
type Serial struct {
	openModem func(path string) (modem, error)                        // nil: the machine's
	openBytes func(path string, baud int) (io.ReadWriteCloser, error) // nil: the machine's

	mu     sync.Mutex
	shared map[string]*sharedModem // by path
}

// sharedModem is an open port and how many lines of it are in use.
type sharedModem struct {
	modem
	users int
}

// SerialPin is an output of a serial port.
type SerialPin string

// The outputs of a serial port that can switch something.
const (
	RTS SerialPin = "rts"
	DTR SerialPin = "dtr"
)

// portModem opens a port with both outputs off. The kernel raises them while it opens
// a port, for some milliseconds: nothing that may open it is kept from that.
func portModem(path string) (modem, error) {
	p, err := serial.Open(path, &serial.Mode{BaudRate: 9600, DataBits: 8, InitialStatusBits: &serial.ModemOutputBits{}})
	if err != nil {
		return nil, portFault(path, err)
	}
	return p, nil
}

func portBytes(path string, baud int) (io.ReadWriteCloser, error) {
	p, err := serial.Open(path, &serial.Mode{BaudRate: baud, DataBits: 8})
	if err != nil {
		return nil, portFault(path, err)
	}
	if err := p.SetReadTimeout(readPatience); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), p.Close())
	}
	return p, nil
}

// portFault turns the library's words into those of the kernel, with what to do.
func portFault(path string, err error) error {
	var fault *serial.PortError
	code := serial.PortErrorCode(-1)
	if errors.As(err, &fault) {
		code = fault.Code()
	}
	switch {
	case code == serial.PortBusy || errors.Is(err, unix.EBUSY):
		return fmt.Errorf("open %s: %w: end the program that uses it", path, unix.EBUSY)
	case code == serial.PortNotFound || errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("open %s: %w: plug the adapter in, or correct its name", path, os.ErrNotExist)
	case code == serial.PermissionDenied || errors.Is(err, os.ErrPermission):
		return fmt.Errorf("open %s: %w: add the user that runs this to the group that owns it (usermod -aG dialout)", path, os.ErrPermission)
	}
	return fmt.Errorf("open %s: %w", path, err)
}

// Pin takes one output of the port at path, which is off then. The kernel lets both
// outputs go up for a moment when the first of them is taken.
func (s *Serial) Pin(path string, pin SerialPin) (Line, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	port := s.shared[path]
	if port == nil {
		open := s.openModem
		if open == nil {
			open = portModem
		}
		opened, err := open(path)
		if err != nil {
			return nil, err
		}
		port = &sharedModem{modem: opened}
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
	set := l.port.SetRTS
	if l.pin == DTR {
		set = l.port.SetDTR
	}
	if err := set(on); err != nil {
		return fmt.Errorf("set %s of %s: %w", l.pin, l.path, err)
	}
	return nil
}

// Check says whether the port is there still.
func (l *serialPin) Check() error { return portThere(l.path) }

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
	return errors.Join(off, l.port.Close())
}

// portThere says whether a port's file is there: that of an adapter goes when it is
// pulled out.
func portThere(path string) error {
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("%s is gone: %w: plug the adapter in again", path, err)
	}
	return nil
}

func (s *Serial) bytes(path string, baud int) (io.ReadWriteCloser, error) {
	if s.openBytes != nil {
		return s.openBytes(path, baud)
	}
	return portBytes(path, baud)
}
