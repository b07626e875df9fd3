package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// pipeLook is how often is looked whether somebody reads a named pipe.
const pipeLook = 50 * time.Millisecond

// writeTo lets write fill the file of that name. A regular file, or one that is
// not there yet, is written whole or not at all; a link stays and what it leads
// to is written; a device or named pipe is written straight into.
func writeTo(ctx context.Context, name string, write func(io.Writer) error) error {
	target := name
	if real, err := filepath.EvalSymlinks(name); err == nil {
		target = real
	}
	info, err := os.Lstat(target)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = replace(target, 0o644, write) // what people made themselves is theirs to share
	case err != nil:
	case info.IsDir():
		err = errors.New("it is a folder: name a file in it")
	case info.Mode().Type() == fs.ModeSymlink: // leads to nothing yet: the kernel follows it
		err = pour(ctx, target, os.O_CREATE|os.O_TRUNC, write)
	case info.Mode().IsRegular():
		err = replace(target, info.Mode().Perm(), write)
	default:
		err = pour(ctx, target, 0, write)
	}
	return targetError(name, err)
}

// targetError words what may be wrong with a name to write to; what went wrong
// with the words themselves stays as it is.
func targetError(name string, err error) error {
	var path *fs.PathError // others are of what was written
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("write %s: the folder %s does not exist: make it first", name, filepath.Dir(name))
	case errors.As(err, &path):
		return fmt.Errorf("write %s: %w", name, path.Err)
	}
	return err
}

// replace puts a new file in the place of an old one when it is whole.
func replace(name string, mode fs.FileMode, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".loalang-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone after the rename
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Chmod(f.Name(), mode)
		if errors.Is(err, fs.ErrPermission) { // a file just made is ours, but on a stick without owners
			err = nil
		}
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	return err
}

// pour writes into what is there. A named pipe is waited for until somebody
// reads it; the end of ctx ends that, and a write that nobody takes.
func pour(ctx context.Context, name string, flags int, write func(io.Writer) error) error {
	f, err := os.OpenFile(name, os.O_WRONLY|syscall.O_NONBLOCK|flags, 0o644)
	for ; errors.Is(err, syscall.ENXIO); f, err = os.OpenFile(name, os.O_WRONLY|syscall.O_NONBLOCK|flags, 0o644) {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pipeLook):
		}
	}
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = f.SetWriteDeadline(time.Unix(1, 0)) }) // not every device has deadlines
	defer stop()
	err = write(f)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}
