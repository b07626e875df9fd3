package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// lockPatience is how long the lock may outlive a process that was killed: what it
// was starting has its files until it has become another program.
const lockPatience = time.Second

// flockSoon locks f; EWOULDBLOCK when somebody else has it all the time.
func flockSoon(f *os.File) error {
	const every = 20 * time.Millisecond
	for waited := time.Duration(0); ; waited += every {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if !errors.Is(err, unix.EWOULDBLOCK) || waited >= lockPatience {
			return err
		}
		time.Sleep(every)
	}
}

// lock keeps a second `serve` from playing the same plan: the file is locked as
// long as this process lives, also when it is killed.
func (b *board) lock() error {
	name := filepath.Join(b.settings.Data, "serve.lock")
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o640)
	if err != nil {
		return fmt.Errorf("lock the data folder: %w", err)
	}
	err = flockSoon(f)
	if errors.Is(err, unix.EWOULDBLOCK) {
		holder, _ := os.ReadFile(name) // only for the sentence
		return errors.Join(fmt.Errorf("another loalang serve (process %s) uses the data folder %s: end it first, or choose another folder with --data",
			strings.TrimSpace(string(holder)), b.settings.Data), f.Close())
	}
	if err != nil {
		return errors.Join(fmt.Errorf("lock the data folder: %w", err), f.Close())
	}
	b.closers = append(b.closers, f)
	err = f.Truncate(0)
	if err == nil {
		_, err = fmt.Fprintf(f, "%d\n", os.Getpid())
	}
	if err != nil { // it is locked all the same: a full disk must not silence the board
		b.log.Warn("the lock of the data folder does not name this process", "err", err)
	}
	return nil
}
