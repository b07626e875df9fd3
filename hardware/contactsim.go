package hardware

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// PipeContact is the twin of a GPIOContact where there is no pin: a named pipe into
// which a test, or a program that has a button of its own, writes 1 as the button goes
// down and 0 as it is let go of. It debounces and stamps as the kernel does.
type PipeContact struct {
	pipe *os.File
	mono func() time.Duration

	mu   sync.Mutex
	down bool

	debounce time.Duration
	raw      chan bool
	ended    chan struct{}
	once     sync.Once
}

// OpenPipe opens the pipe, which must be there, with nobody at its other end.
func OpenPipe(path string, debounce time.Duration, mono func() time.Duration) (*PipeContact, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Mode()&os.ModeNamedPipe == 0 {
		return nil, fmt.Errorf("%s is no named pipe: make one with mkfifo (%w)", path, ErrNoLine)
	}
	// Read and write: its end is not told as the last writer closes.
	f, err := os.OpenFile(path, os.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	c := &PipeContact{pipe: f, mono: mono, debounce: debounce, raw: make(chan bool, 64), ended: make(chan struct{})}
	go c.read()
	return c, nil
}

// read takes in what is written, until the pipe is closed.
func (c *PipeContact) read() {
	defer close(c.raw)
	var b [1]byte
	for {
		if _, err := c.pipe.Read(b[:]); err != nil {
			return
		}
		if b[0] != '0' && b[0] != '1' {
			continue
		}
		select {
		case c.raw <- b[0] == '1':
		case <-c.ended:
			return
		}
	}
}

// Get says whether it is down, debounced.
func (c *PipeContact) Get() (bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.down, nil
}

// Next waits until the button has changed and was still for the debounce.
func (c *PipeContact) Next() (Edge, error) {
	var still <-chan time.Time
	level, _ := c.Get()
	for {
		select {
		case now, alive := <-c.raw:
			if !alive {
				return Edge{}, fmt.Errorf("wait for %s: %w", c.pipe.Name(), errors.Join(io.EOF, os.ErrClosed))
			}
			level, still = now, time.After(c.debounce)
		case <-still:
			still = nil
			c.mu.Lock()
			changed := level != c.down
			c.down = level
			c.mu.Unlock()
			if changed {
				return Edge{Down: level, At: c.mono()}, nil
			}
		}
	}
}

// Close ends Next.
func (c *PipeContact) Close() error {
	c.once.Do(func() { close(c.ended) })
	return c.pipe.Close()
}
