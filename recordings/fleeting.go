package recordings

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// Fleeting makes sound fit for the air as Import does, but only for once and in
// memory: it needs neither the library's disk nor its Index, leaves no reserve
// alone and waits for no import. What it returns is the play copy, a 48 kHz s16
// mono WAV without a name, at its start; the caller closes it. It may last half
// an hour. The errors are those of Import, ErrDiskFull when the memory is full.
func (l *Library) Fleeting(ctx context.Context, r io.Reader) (_ *os.File, err error) {
	f, err := l.fleeting(ctx, r)
	if err != nil {
		if errors.Is(err, syscall.ENOSPC) {
			err = ErrDiskFull
		}
		return nil, fmt.Errorf("level in memory: %w", err)
	}
	return f, nil
}

func (l *Library) fleeting(ctx context.Context, r io.Reader) (_ *os.File, err error) {
	if err := sweep(l.memory); err != nil {
		return nil, err
	}
	w, err := beginIn(l.memory)
	if err != nil {
		return nil, err
	}
	w.urgent, w.longest = true, min(l.limits.Length, longestFleeting)
	defer func() { err = errors.Join(err, w.end()) }()
	if _, err := l.receive(ctx, w, r, l.limits.Bytes); err != nil {
		return nil, err
	}
	v, _, err := l.prepare(ctx, w, About{}, speechTarget)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(v.play)
	if err != nil {
		return nil, fmt.Errorf("open play copy: %w", err)
	}
	defer func() { _ = f.Close() }()
	return inMemory("fleeting", f)
}

// inMemory is a file in memory, without a name on any disk, that holds what r
// does; it is at its start, and the caller closes it.
func inMemory(name string, r io.Reader) (*os.File, error) {
	fd, err := unix.MemfdCreate(name, unix.MFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("make a file in memory: %w", err)
	}
	f := os.NewFile(uintptr(fd), name)
	_, err = io.Copy(f, r)
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("write a file in memory: %w", err)
	}
	return f, nil
}
