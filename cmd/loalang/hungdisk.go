package main

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"time"
)

const (
	// hungFrom is from when on a disk hangs that does not take a byte. It lies below the time between
	// two looks of the watchdog, so that the second knows.
	hungFrom = 5 * time.Second
	// hungAfter is how long what waited for the disk may take to come round once it answers.
	hungAfter = databasePatience
)

// hungDisk tells a program that hangs from one that waits for its disk. A card that is stuck, or an SSD
// of which the bus is being reset, holds a write for minutes, and nothing ends a process that waits
// there: not a watchdog either, which would silence the siren and leave the amplifier on, and
// whose new program would find the lock held. So it is waited for.
type hungDisk struct {
	ask  func()               // writes to the disk; it returns when that has answered, by an error too
	mono func() time.Duration // a clock that nobody sets

	mu       sync.Mutex
	answered chan struct{} // nil: it is not asked
	since    time.Duration // when it was
	until    time.Duration // so long what waited for it may need
}

// takesAByte is the question: one byte into a file of the folder, which lies on the disk when it returns.
func takesAByte(dir string) func() {
	return func() {
		f, err := os.OpenFile(filepath.Join(dir, ".answers"), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
		if err != nil {
			return // that is an answer
		}
		_, err = f.Write([]byte{1})
		_ = errors.Join(err, f.Sync(), f.Close(), os.Remove(f.Name())) // and so is this
	}
}

// hangs says whether the disk has not answered for hungFrom, or has done so only now after having hung. It returns
// at once: the first time it only asks.
func (d *hungDisk) hangs() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.mono()
	if d.answered == nil {
		answered := make(chan struct{})
		d.answered, d.since = answered, now
		go func() { // nothing ends it before the disk does
			defer close(answered)
			d.ask()
			d.mu.Lock()
			defer d.mu.Unlock()
			if at := d.mono(); at-d.since >= hungFrom {
				d.until = at + hungAfter
			}
		}()
		return now < d.until
	}
	select {
	case <-d.answered:
		d.answered = nil
		return now < d.until
	default:
		return now-d.since >= hungFrom
	}
}
