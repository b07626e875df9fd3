package hardware

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"golang.org/x/sys/unix"
)

// More flags of <linux/gpio.h>.
const (
	gpioFlagEdgeRising  = 1 << 4
	gpioFlagEdgeFalling = 1 << 5
)

// gpioEventSize is that of struct gpio_v2_line_event.
const gpioEventSize = 48

// Edge is one change of a contact.
type Edge struct {
	Down bool          // it closed, and did not open
	At   time.Duration // on CLOCK_MONOTONIC, as the kernel stamped it
}

// Contact is an input whose changes are told as they come, debounced. Get does not
// block; Next waits for the next change, from one goroutine at a time, and fails once
// the Contact is closed.
type Contact interface {
	Get() (bool, error)
	Next() (Edge, error)
	Close() error
}

// RequestContact takes one line as an input with a pull, as RequestSense does, that
// tells both edges. debounce is how long it must be still before the kernel tells of a
// change, 0 to a minute: the stamp of the edge is behind it. A kernel that knows no
// debounce refuses.
func (g GPIO) RequestContact(chip, line string, activeLow bool, debounce time.Duration) (*GPIOContact, error) {
	found, err := g.chip(chip)
	if err != nil {
		return nil, err
	}
	offset, err := g.find(found, line)
	if err != nil {
		return nil, err
	}
	config := unix.GPIOV2LineConfig{Flags: gpioFlagInput | gpioFlagEdgeRising | gpioFlagEdgeFalling | gpioFlagPullDown}
	if activeLow {
		config.Flags = gpioFlagInput | gpioFlagEdgeRising | gpioFlagEdgeFalling | gpioFlagPullUp | gpioFlagActiveLow
	}
	if debounce > 0 {
		config.Num_attrs = 1
		config.Attrs[0].Attr.Id = unix.GPIO_V2_LINE_ATTR_ID_DEBOUNCE
		// The kernel's union holds 32 bits of microseconds at its beginning.
		micros := binary.NativeEndian.AppendUint32(nil, uint32(debounce.Microseconds()))
		config.Attrs[0].Attr.Flags = binary.NativeEndian.Uint64(append(micros, 0, 0, 0, 0))
		config.Attrs[0].Mask = 1
	}
	l, err := g.request(found, offset, line, config)
	if err != nil {
		return nil, err
	}
	return &GPIOContact{l}, nil
}

// GPIOContact is one requested input line that tells its edges.
type GPIOContact struct{ line *GPIOLine }

// Get says whether the contact is closed now.
func (c *GPIOContact) Get() (bool, error) { return c.line.Get() }

// Next waits for an edge. Those that come while nobody waits are kept by the kernel, at
// least 16 of them.
func (c *GPIOContact) Next() (Edge, error) {
	var raw [gpioEventSize]byte
	if _, err := io.ReadFull(c.line.file, raw[:]); err != nil {
		return Edge{}, fmt.Errorf("wait for %s: %w", c.line.name, err)
	}
	at := binary.NativeEndian.Uint64(raw[:8])
	switch id := binary.NativeEndian.Uint32(raw[8:12]); id {
	case unix.GPIO_V2_LINE_EVENT_RISING_EDGE:
		return Edge{Down: true, At: time.Duration(at)}, nil
	case unix.GPIO_V2_LINE_EVENT_FALLING_EDGE:
		return Edge{At: time.Duration(at)}, nil
	default:
		return Edge{}, fmt.Errorf("wait for %s: the kernel tells of event %d, which nobody knows: %w", c.line.name, id, errors.ErrUnsupported)
	}
}

// Close gives the line back, and ends Next.
func (c *GPIOContact) Close() error { return c.line.file.Close() }
