package archive

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
)

func parent(path string) string { return filepath.Dir(path) }
func base(path string) string   { return filepath.Base(path) }

// syncEvery is after how many bytes what was written goes to the disk, so that the fsync
// of somebody else never waits for a whole archive.
const syncEvery = 4 << 20

// syncing is a file whose bytes go to the disk as they come, and out of memory again:
// a backup must not drive the play copies out of it.
type syncing struct {
	f    *os.File
	open int64 // written since the last sync
	at   int64
}

// Write implements io.Writer.
func (s *syncing) Write(p []byte) (int, error) {
	n, err := s.f.Write(p)
	s.open, s.at = s.open+int64(n), s.at+int64(n)
	if err != nil || s.open < syncEvery {
		return n, err
	}
	s.open = 0
	if err := unix.Fdatasync(int(s.f.Fd())); err != nil {
		return n, err
	}
	_ = unix.Fadvise(int(s.f.Fd()), 0, s.at, unix.FADV_DONTNEED) // only a hint
	return n, nil
}

// SyncFolder makes what was renamed in a folder durable.
func SyncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) {
		err = nil // FAT under some drivers knows no such thing
	}
	return errors.Join(err, d.Close())
}

// NoRoom says that a disk has too little room; it also is syscall.ENOSPC.
type NoRoom struct{ Need, Free int64 } // bytes

// Error says what to do.
func (n NoRoom) Error() string {
	return fmt.Sprintf("there is no room: %d MB are needed, %d MB are free; delete old backups there, or name another disk", (n.Need+1<<20-1)>>20, n.Free>>20)
}

// Is makes it the same as ENOSPC.
func (NoRoom) Is(target error) bool { return target == error(syscall.ENOSPC) }

// Room is NoRoom when the disk of a folder cannot take so many bytes and leave 16 MiB free.
func Room(dir string, need int64) error {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return fmt.Errorf("ask for free space: %w", err)
	}
	free := int64(s.Bavail) * int64(s.Bsize)
	if need += 16 << 20; free < need {
		return NoRoom{need, free}
	}
	return nil
}

// SameDisk says whether two files or folders lie on one file system.
func SameDisk(a, b string) (bool, error) {
	var x, y unix.Stat_t
	if err := unix.Stat(a, &x); err != nil {
		return false, fmt.Errorf("look at %s: %w", a, err)
	}
	if err := unix.Stat(b, &y); err != nil {
		return false, fmt.Errorf("look at %s: %w", b, err)
	}
	return x.Dev == y.Dev, nil
}

// drained reads r to its end.
func drained(r io.Reader, buf []byte) error {
	_, err := io.CopyBuffer(io.Discard, struct{ io.Reader }{r}, buf)
	return err
}
