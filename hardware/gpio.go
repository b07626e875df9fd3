package hardware

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The flags and the one request number of <linux/gpio.h> that x/sys lacks.
const (
	gpioFlagActiveLow = 1 << 1
	gpioFlagOutput    = 1 << 3
	gpioGetChipInfo   = 0x8044b401
)

// consumer is how our lines show in gpioinfo.
const consumer = "loalang"

// gpioKernel is the character device as seen by this driver; the zero
// GPIO uses the real one. Tests put their own in its place.
type gpioKernel interface {
	// ioctl does one request on the file open at fd.
	ioctl(fd uintptr, request uintptr, arg unsafe.Pointer) error
}

type realGPIO struct{}

func (realGPIO) ioctl(fd, request uintptr, arg unsafe.Pointer) error {
	for {
		_, _, errno := unix.Syscall(unix.SYS_IOCTL, fd, request, uintptr(arg))
		if errno == 0 {
			return nil
		}
		if errno != unix.EINTR {
			return errno
		}
	}
}

// GPIO finds and requests lines through the kernel's character device, version
// 2 (Linux 5.10 and newer). The zero value looks in /dev.
type GPIO struct {
	Dev    string // folder of the gpiochip files; empty: /dev
	kernel gpioKernel
}

// GPIOChip names one chip.
type GPIOChip struct {
	Path  string // /dev/gpiochip0
	Name  string // gpiochip0
	Label string // pinctrl-bcm2711
	Lines int
}

func (g GPIO) dev() string {
	if g.Dev == "" {
		return "/dev"
	}
	return g.Dev
}

func (g GPIO) sys() gpioKernel {
	if g.kernel == nil {
		return realGPIO{}
	}
	return g.kernel
}

// Chips lists the chips by path. Symbolic links, such as the Raspberry Pi's
// gpiochip4, name a chip twice and are left out; GPIOChip.Is knows them. A chip that does not answer
// hides no other: the error joins what is wrong with each, beside those that do.
func (g GPIO) Chips() ([]GPIOChip, error) {
	paths, err := filepath.Glob(filepath.Join(g.dev(), "gpiochip*"))
	if err != nil {
		return nil, fmt.Errorf("list GPIO chips: %w", err)
	}
	sort.Strings(paths)
	var chips []GPIOChip
	var faults []error
	for _, path := range paths {
		if info, err := os.Lstat(path); err != nil || info.Mode()&os.ModeSymlink != 0 {
			continue
		}
		var raw unix.GPIOChipInfo
		switch err := g.ask(path, gpioGetChipInfo, unsafe.Pointer(&raw)); {
		case errors.Is(err, os.ErrPermission):
			faults = append(faults, fmt.Errorf("ask %s: %w: add the user that runs this to the group that owns it (usermod -aG gpio)", path, err))
		case err != nil:
			faults = append(faults, fmt.Errorf("ask %s: %w", path, err))
		default:
			chips = append(chips, GPIOChip{Path: path, Name: text(raw.Name[:]), Label: text(raw.Label[:]), Lines: int(raw.Lines)})
		}
	}
	return chips, errors.Join(faults...)
}

// ask opens a chip for one request.
func (g GPIO) ask(path string, request uintptr, arg unsafe.Pointer) error {
	f, err := os.OpenFile(path, os.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	return g.control(f, request, arg)
}

// control does a request without File.Fd, which would make the file blocking.
func (g GPIO) control(f *os.File, request uintptr, arg unsafe.Pointer) error {
	conn, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	if err := conn.Control(func(fd uintptr) { failed = g.sys().ioctl(fd, request, arg) }); err != nil {
		return err
	}
	return failed
}

// text is what stands before the first NUL.
func text(raw []byte) string {
	s, _, _ := bytes.Cut(raw, []byte{0})
	return string(s)
}

// find turns a line's number or device-tree name into its number on a chip.
func (g GPIO) find(chip GPIOChip, line string) (uint32, error) {
	if n, err := strconv.ParseUint(line, 10, 32); err == nil {
		if int(n) >= chip.Lines {
			return 0, fmt.Errorf("%s has %d lines, not %d: %w", chip.Name, chip.Lines, n, ErrNoLine)
		}
		return uint32(n), nil
	}
	for n := range chip.Lines {
		info := unix.GPIOV2LineInfo{Offset: uint32(n)}
		if err := g.ask(chip.Path, unix.GPIO_V2_GET_LINEINFO_IOCTL, unsafe.Pointer(&info)); err != nil {
			return 0, fmt.Errorf("ask %s line %d: %w", chip.Name, n, err)
		}
		if text(info.Name[:]) == line {
			return uint32(n), nil
		}
	}
	return 0, fmt.Errorf("%s has no line named %q: %w", chip.Name, line, ErrNoLine)
}

// GPIOLine is one requested output line. Its methods may be called from any
// goroutine.
type GPIOLine struct {
	gpio GPIO
	file *os.File
	name string

	wasRead atomic.Bool // it can be read

	mu  sync.Mutex // what is set and what is read back belong together
	on  bool       // what was set last
	odd int        // how many looks in a row found another level
}

// RequestOutput takes one line as an output that is OFF from the first moment:
// the kernel sets level and direction in one step. chip is a name as GPIOChip.Is
// takes it, such as gpiochip0, line its number or its device-tree name such as GPIO17. The error
// names who holds a busy line.
func (g GPIO) RequestOutput(chip, line string, activeLow bool) (*GPIOLine, error) {
	found, err := g.chip(chip)
	if err != nil {
		return nil, err
	}
	offset, err := g.find(found, line)
	if err != nil {
		return nil, err
	}
	return g.request(found, offset, line, outputOff(activeLow))
}

// outputOff is an output with the logical value 0, which is OFF also when the line is
// active low.
func outputOff(activeLow bool) (c unix.GPIOV2LineConfig) {
	c.Flags = gpioFlagOutput
	if activeLow {
		c.Flags |= gpioFlagActiveLow
	}
	c.Num_attrs = 1
	c.Attrs[0].Attr.Id = unix.GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES
	c.Attrs[0].Mask = 1
	return c
}

// request takes a line as it is configured.
func (g GPIO) request(found GPIOChip, offset uint32, line string, config unix.GPIOV2LineConfig) (*GPIOLine, error) {
	request := unix.GPIOV2LineRequest{Num_lines: 1, Config: config}
	request.Offsets[0] = offset
	copy(request.Consumer[:len(request.Consumer)-1], consumer)
	if err := g.ask(found.Path, unix.GPIO_V2_GET_LINE_IOCTL, unsafe.Pointer(&request)); err != nil {
		return nil, fmt.Errorf("request %s line %s: %w", found.Name, line, g.busy(found, offset, err))
	}
	name := fmt.Sprintf("%s:%s", found.Name, line)
	// Events are waited for by the runtime, which Close interrupts; of an output nothing is read.
	if err := unix.SetNonblock(int(request.Fd), true); err != nil {
		return nil, errors.Join(fmt.Errorf("request %s: %w", name, err), unix.Close(int(request.Fd)))
	}
	return &GPIOLine{gpio: g, file: os.NewFile(uintptr(request.Fd), name), name: name}, nil
}

// Is says whether a chip goes by a name: its own, its file, its label, or a link to its file,
// be it beside that or named by its whole path.
func (c GPIOChip) Is(name string) bool {
	return c.Name == name || c.Path == name || c.Label == name || c.linked(name)
}

// linked says whether a name is that of a link to the chip's file. A Raspberry Pi 5 has one,
// gpiochip4, since a kernel gave that chip another number; a rule of udev may make others, so
// that a chip on USB keeps its name.
func (c GPIOChip) linked(name string) bool {
	if !filepath.IsAbs(name) {
		name = filepath.Join(filepath.Dir(c.Path), name)
	}
	led, err := os.Stat(name)
	if err != nil || c.Path == "" {
		return false
	}
	is, err := os.Stat(c.Path)
	return err == nil && os.SameFile(led, is)
}

// headers are the chips with the pins of a Raspberry Pi's header, by label, and the names that
// mean them whatever their number is: that of a Pi 5 was 4, became 0 with kernel 6.6.45 and
// another with 6.12.96, and to the chips that have those numbers else nobody can wire anything.
var headers = map[string][]string{
	"pinctrl-rp1":     {"gpiochip0", "gpiochip4"}, // Pi 5
	"pinctrl-bcm2711": {"gpiochip0"},              // Pi 4
	"pinctrl-bcm2835": {"gpiochip0"},              // those before
}

// ChipOf is the chip that a setting means by a name; found is false where there is none.
func ChipOf(chips []GPIOChip, name string) (c GPIOChip, found bool) {
	for _, is := range []func(GPIOChip) bool{
		func(c GPIOChip) bool { return slices.Contains(headers[c.Label], name) },
		func(c GPIOChip) bool { return c.Is(name) },
	} {
		if i := slices.IndexFunc(chips, is); i >= 0 {
			return chips[i], true
		}
	}
	return GPIOChip{}, false
}

func (g GPIO) chip(name string) (GPIOChip, error) {
	chips, err := g.Chips()
	if c, found := ChipOf(chips, name); found {
		return c, nil
	}
	var known []string
	for _, c := range chips {
		known = append(known, fmt.Sprintf("%s (%s)", c.Name, c.Label))
	}
	switch {
	case err != nil: // it may be the one asked for
		return GPIOChip{}, err
	case len(known) == 0:
		return GPIOChip{}, fmt.Errorf("this machine has no GPIO chip: leave amp-chip empty for a simulated amplifier (%w)", ErrNoLine)
	}
	return GPIOChip{}, fmt.Errorf("no GPIO chip %q: use one of %s (%w)", name, strings.Join(known, ", "), ErrNoLine)
}

// busy names the holder of a busy line.
func (g GPIO) busy(chip GPIOChip, offset uint32, err error) error {
	if !errors.Is(err, unix.EBUSY) {
		return err
	}
	info := unix.GPIOV2LineInfo{Offset: offset}
	if g.ask(chip.Path, unix.GPIO_V2_GET_LINEINFO_IOCTL, unsafe.Pointer(&info)) != nil {
		return err
	}
	holder := strconv.Quote(text(info.Consumer[:]))
	if holder == `""` {
		holder = "a program or driver that gives no name"
	}
	return fmt.Errorf("held by %s: %w: end it, or wire the relay to another line", holder, err)
}

// Set drives the line: true is ON, whichever level that is.
func (l *GPIOLine) Set(on bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	values := unix.GPIOV2LineValues{Mask: 1}
	if on {
		values.Bits = 1
	}
	if err := l.gpio.control(l.file, unix.GPIO_V2_LINE_SET_VALUES_IOCTL, unsafe.Pointer(&values)); err != nil {
		return fmt.Errorf("set %s: %w", l.name, err)
	}
	if l.on != on {
		l.on, l.odd = on, 0 // what was read before says nothing of this level
	}
	return nil
}

// oddLooks is how many looks in a row must find another level than was set: a pin that
// drives much is slow to rise.
const oddLooks = 2

// unreadLooks is how many looks in a row must fail before a line is given back for another:
// a contactor and the inrush behind it disturb the bus of an expander for a moment, and
// what is on stays on meanwhile.
const unreadLooks = 3

// gone says of an error that no further try helps: the kernel has taken the chip away, or
// the line is not ours any more. ENXIO does not say so: of many I2C adapters it is one byte
// that nobody acknowledged.
func gone(err error) bool {
	return errors.Is(err, unix.ENODEV) || errors.Is(err, unix.EBADF) || errors.Is(err, os.ErrClosed)
}

// blind says of an error of Get that this output cannot be read back at all: its chip has
// outputs alone, as a latch or a relay driver on I2C, and the kernel says so by EIO.
func (l *GPIOLine) blind(err error) bool { return errors.Is(err, unix.EIO) && !l.wasRead.Load() }

// Check says whether the line can be read still, and is as it was set: something else
// may hold its pin. Of one that nobody can read back it says nothing: Set tells of a fault.
// That a read failed says nothing of the next: whoever asks has patience, see unreadLooks.
func (l *GPIOLine) Check() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	is, err := l.Get()
	if err != nil {
		if l.blind(err) {
			return nil
		}
		return err
	}
	if is == l.on {
		l.odd = 0
		return nil
	}
	if l.odd++; l.odd < oddLooks {
		return nil
	}
	return fmt.Errorf("%s was switched %s, and its pin is %s (%w): look for a short, a wrong pull, or something else that drives this pin", l.name, onOff(l.on), onOff(is), errLevel)
}

// Get reads the line back; it stays an output.
func (l *GPIOLine) Get() (bool, error) {
	values := unix.GPIOV2LineValues{Mask: 1}
	if err := l.gpio.control(l.file, unix.GPIO_V2_LINE_GET_VALUES_IOCTL, unsafe.Pointer(&values)); err != nil {
		return false, fmt.Errorf("read %s: %w", l.name, err)
	}
	l.wasRead.Store(true)
	return values.Bits&1 == 1, nil
}

// Close sets the line OFF and gives it back; the pin then falls to its pull, so
// relays are wired such that a released pin means OFF.
func (l *GPIOLine) Close() error {
	offErr := l.Set(false)
	return errors.Join(offErr, l.file.Close())
}
