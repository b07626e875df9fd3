package hardware

import "unsafe"

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
