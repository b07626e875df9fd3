package archive

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
)

// ErrNoFile says that something which should be a file is a link, a pipe, a device or a
// folder: a stick may hold anything.
var ErrNoFile = errors.New("it is no ordinary file")

// errTooLong says that a file is longer than what it is taken for can be.
var errTooLong = errors.New("it is longer than it can be")

// openRegular opens a file for reading that may lie on a stick of anybody, and says how
// many bytes it has. A link, a pipe and a device are ErrNoFile: they are never opened, for
// a pipe blocks, a link may lead into the data folder, and some devices act on being opened.
func openRegular(path string) (*os.File, int64, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, 0, err
	}
	if !info.Mode().IsRegular() {
		return nil, 0, fmt.Errorf("open %s: %w", path, ErrNoFile)
	}
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, 0, err
	}
	info, err = f.Stat()
	if err == nil && !info.Mode().IsRegular() { // it was exchanged in between
		err = fmt.Errorf("open %s: %w", path, ErrNoFile)
	}
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, info.Size(), nil
}

// openPlain opens a file like openRegular; whoever names a link means what it leads to.
func openPlain(path string) (*os.File, int64, error) {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	return openRegular(path)
}

// readRegular reads a file like openRegular; errTooLong, before anything is read, when it
// has more than most bytes.
func readRegular(path string, most int64) ([]byte, error) {
	f, size, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read
	if size > most {
		return nil, fmt.Errorf("read %s: %w", path, errTooLong)
	}
	return io.ReadAll(io.LimitReader(f, most))
}
