package hardware

import "unsafe"

// FakeDisk lets tests stand in for the disk that keeps the clock's memory.
func (c *Clock) FakeDisk(replace func(name string, raw []byte) error) { c.replace = replace }

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
