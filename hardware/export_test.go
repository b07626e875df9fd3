package hardware

import (
	"os/exec"
	"time"
	"unsafe"
)

// FakeDisk lets tests stand in for the disk that keeps the clock's memory.
func (c *Clock) FakeDisk(replace func(name string, raw []byte) error) { c.replace = replace }

// FakeRun lets tests stand in for the run of amixer.
func (m Mixer) FakeRun(run func(*exec.Cmd) error) Mixer {
	m.execute = run
	return m
}

// FakeKernel lets tests stand in for the kernel's GPIO requests.
func (g GPIO) FakeKernel(do func(request uintptr, arg unsafe.Pointer) error) GPIO {
	g.kernel = fakeGPIO(do)
	return g
}

type fakeGPIO func(request uintptr, arg unsafe.Pointer) error

func (f fakeGPIO) ioctl(_, request uintptr, arg unsafe.Pointer) error { return f(request, arg) }

// The numbers of <linux/gpio.h>, for the tests.
const (
	GPIOFlagActiveLow = gpioFlagActiveLow
	GPIOFlagOutput    = gpioFlagOutput
	GPIOGetChipInfo   = gpioGetChipInfo
)

// FakeModems lets tests stand in for serial ports of which the outputs are used.
func FakeModems(open func(path string) (Modem, error)) *Serial {
	began := time.Now()
	return &Serial{Mono: func() time.Duration { return time.Since(began) }, openModem: func(path string) (modem, error) { return open(path) }}
}

// DropOnClose has the outputs of the port at fd go off when it is closed.
func DropOnClose(fd int) error { return dropOnClose(fd) }

// Modem is what a Serial asks of such a port.
type Modem = modem

// NewPump is a line behind a charge pump.
func NewPump(l Line) Line { return &pump{line: l} }

// ReadTogether is how Linux reads the kernel's clocks, here by a function that stands in for them.
var ReadTogether = readTogether
