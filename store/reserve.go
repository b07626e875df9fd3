package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// reserveBytes is the margin from which playing and logging go on when the
// disk is full: some thousand as-run rows.
const reserveBytes = 8 << 20

func (s *Store) reservePath() string { return filepath.Join(filepath.Dir(s.cfg.Path), "reserve") }

// KeepReserve sets the margin aside: the file "reserve" beside the database,
// whose blocks are allocated. It does nothing when it is there. Open calls it;
// call it again once there is room.
func (s *Store) KeepReserve() error {
	f, err := os.OpenFile(s.reservePath(), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("keep reserve: %w", err)
	}
	err = unix.Fallocate(int(f.Fd()), 0, 0, reserveBytes)
	if err = errors.Join(err, f.Close()); err == nil {
		return nil
	}
	// A part of the margin would take room and promise what it cannot hold.
	return fmt.Errorf("keep reserve: %w", errors.Join(err, os.Remove(s.reservePath())))
}

// ReleaseReserve gives the margin back to the disk. It does nothing when it
// was given back before.
func (s *Store) ReleaseReserve() error {
	if err := os.Remove(s.reservePath()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("release reserve: %w", err)
	}
	return nil
}

// writeSurely is write for what must be kept though the disk is full: it
// releases the margin and tries once more.
func (s *Store) writeSurely(ctx context.Context, verb string, f func(tx *sql.Tx) error) error {
	err := s.write(ctx, verb, f)
	if !errors.Is(err, ErrFull) {
		return err
	}
	if _, there := os.Stat(s.reservePath()); there != nil {
		return err // the margin is used up
	}
	s.cfg.Log.Error("the disk is full, the reserved margin is released", "err", err)
	if released := s.ReleaseReserve(); released != nil {
		return errors.Join(err, released)
	}
	return s.write(ctx, verb, f)
}
