package hardware

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// gpioFlagUsed is the flag of <linux/gpio.h> for a line that somebody has.
const gpioFlagUsed = 1 << 0

// persistParameter is where a Raspberry Pi's driver says whether pins keep their level when
// they are released, below the root of sysfs. One kernel has both drivers: the header of a
// Pi 5 is on the RP1, that of the others on the processor itself.
const persistParameter = "module/%s/parameters/persist_gpio_outputs"

// KeepsOutputs says what the driver of a chip with this label tells of released outputs: that
// they keep their level, so that an amplifier which is on stays on when the program dies.
// told is false where the driver tells nothing. sys is the root of sysfs, /sys.
func KeepsOutputs(sys, label string) (keeps, told bool) {
	driver := ""
	switch {
	case strings.HasPrefix(label, "pinctrl-rp1"):
		driver = "pinctrl_rp1"
	case strings.HasPrefix(label, "pinctrl-bcm"):
		driver = "pinctrl_bcm2835"
	default:
		return false, false
	}
	raw, err := os.ReadFile(filepath.Join(sys, fmt.Sprintf(persistParameter, driver)))
	if err != nil {
		return false, false
	}
	return strings.HasPrefix(strings.TrimSpace(string(raw)), "Y"), true
}

// TryRelease switches a line ON, lets go of it as a program that dies does, and looks
// whether it stays on; then it is OFF. The amplifier is on for some milliseconds.
func (g GPIO) TryRelease(chip, line string, activeLow bool) (stays bool, err error) {
	l, err := g.RequestOutput(chip, line, activeLow)
	if err != nil {
		return false, err
	}
	if err := l.Set(true); err != nil {
		return false, errors.Join(err, l.Close())
	}
	if err := l.file.Close(); err != nil {
		return false, errors.Join(fmt.Errorf("let go of %s: %w", l.name, err), g.SafeState(chip, line, activeLow))
	}
	stays, err = g.peek(chip, line, activeLow)
	return stays, errors.Join(err, g.SafeState(chip, line, activeLow))
}

// peek reads a line without changing what it is.
func (g GPIO) peek(chip, line string, activeLow bool) (bool, error) {
	found, err := g.chip(chip)
	if err != nil {
		return false, err
	}
	offset, err := g.find(found, line)
	if err != nil {
		return false, err
	}
	asIs := unix.GPIOV2LineConfig{}
	if activeLow {
		asIs.Flags = gpioFlagActiveLow
	}
	l, err := g.request(found, offset, line, asIs)
	if err != nil {
		return false, err
	}
	on, err := l.Get()
	return on, errors.Join(err, l.file.Close())
}

// SafeState makes a line OFF and lets go of it: what keeps its level stays OFF.
func (g GPIO) SafeState(chip, line string, activeLow bool) error {
	l, err := g.RequestOutput(chip, line, activeLow)
	if err != nil {
		return err
	}
	return l.Close()
}

// Where is the file of a line's chip and the line's number on it, by whichever names: two
// that are the same are the same pin. It touches nothing.
func (g GPIO) Where(chip, line string) (path string, number uint32, err error) {
	found, err := g.chip(chip)
	if err != nil {
		return "", 0, err
	}
	number, err = g.find(found, line)
	return found.Path, number, err
}

// Look says who uses a line, without touching it: ours when a loalang does, an empty
// holder when nobody does.
func (g GPIO) Look(chip, line string) (holder string, ours bool, err error) {
	found, err := g.chip(chip)
	if err != nil {
		return "", false, err
	}
	offset, err := g.find(found, line)
	if err != nil {
		return "", false, err
	}
	info := unix.GPIOV2LineInfo{Offset: offset}
	if err := g.ask(found.Path, unix.GPIO_V2_GET_LINEINFO_IOCTL, unsafe.Pointer(&info)); err != nil {
		return "", false, fmt.Errorf("ask %s line %s: %w", found.Name, line, err)
	}
	holder = text(info.Consumer[:])
	if holder == "" && info.Flags&gpioFlagUsed != 0 {
		holder = "a program or driver that gives no name"
	}
	return holder, holder == consumer, nil
}
