package hardware

import (
	"errors"
	"fmt"
	"io"
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
	if err := dropOnClose(fd); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: have its outputs off when it is closed: %w", path, err), p.Close())
	}
	return outputs{p, fd}, nil
}

// dropOnClose has the kernel switch both outputs of a port off when it is closed, also behind
// a program that was killed: nothing else would switch a transmitter off then. A port is so
// unless somebody told it otherwise (stty -hupcl), and what it was told stays until its
// adapter is pulled out.
func dropOnClose(fd int) error {
	t, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return err
	}
	t.Cflag |= unix.HUPCL
	return unix.IoctlSetTermios(fd, unix.TCSETS, t)
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
