package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"loalang/health"
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
	name := folder(b.settings.Data).lock()
	f, err := openLock(name)
	if err != nil {
		return fmt.Errorf("lock the data folder: %w", err)
	}
	err = flockSoon(f)
	if errors.Is(err, unix.EWOULDBLOCK) {
		holder, _ := os.ReadFile(name) // only for the sentence
		pid, _, _ := strings.Cut(string(holder), "\n")
		return errors.Join(fmt.Errorf("another loalang serve (process %s) uses the data folder %s: end it first, or choose another folder with --data",
			strings.TrimSpace(pid), b.settings.Data), f.Close())
	}
	if err != nil {
		return errors.Join(fmt.Errorf("lock the data folder: %w", err), f.Close())
	}
	b.closers = append(b.closers, f)
	err = f.Truncate(0)
	if err == nil {
		_, err = fmt.Fprintf(f, "%d\n", os.Getpid())
	}
	if err != nil { // it is locked all the same: a full or read-only disk must not silence the board
		b.log.Warn("the lock of the data folder does not name this process", "err", err)
	}
	return nil
}

// openLock opens the file of the lock, also on a disk that takes no more writes: it can be
// locked all the same, and the board must start.
func openLock(name string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o640)
	if takesNothing(err) {
		return os.Open(name)
	}
	return f, err
}

// takesNothing says whether an error is that of a disk which is read-only, or fails.
func takesNothing(err error) bool { return errors.Is(err, unix.EROFS) || health.IllDisk(err) }

// noteAddress writes behind the lock where this serve answers, for `loalang doctor`.
func noteAddress(f folder, addr string, log *slog.Logger) {
	file, err := os.OpenFile(f.lock(), os.O_WRONLY|os.O_APPEND, 0)
	if err == nil {
		_, err = fmt.Fprintf(file, "http://%s\n", reachable(addr))
		err = errors.Join(err, file.Close())
	}
	if err != nil {
		log.Warn("doctor will not find this serve", "err", err)
	}
}

// running says whether a serve uses a data folder, and where it answers, which is empty
// when that is not known. The error is that nobody can tell.
func running(f folder) (is bool, address string, err error) {
	file, err := os.Open(f.lock())
	if errors.Is(err, fs.ErrNotExist) {
		return false, "", nil
	}
	if err != nil {
		return false, "", err
	}
	defer func() { _ = file.Close() }() // it is only looked at
	err = unix.Flock(int(file.Fd()), unix.LOCK_SH|unix.LOCK_NB)
	if err == nil {
		return false, "", nil // and the lock goes with the file
	}
	if !errors.Is(err, unix.EWOULDBLOCK) {
		return false, "", err
	}
	raw, err := os.ReadFile(f.lock())
	if err != nil {
		return true, "", nil //nolint:nilerr // that it runs is known
	}
	_, address, _ = strings.Cut(strings.TrimSpace(string(raw)), "\n")
	return true, address, nil
}
