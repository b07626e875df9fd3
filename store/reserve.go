package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// reserveBytes is the margin from which playing and logging go on when the
	// disk is full: some thousand as-run rows.
	reserveBytes = 8 << 20
	// spareBytes must be free beside the margin before it is set aside: while the
	// disk is nearly full, what was given back is needed.
	spareBytes = 8 << 20
	// reserveLook is how often TendReserve looks for room.
	reserveLook = time.Minute
)

// margin is the state of the reserved margin in this process.
type margin struct {
	mu       sync.Mutex
	releases int // how often it was given back
}

func (m *margin) count() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.releases
}

func reserveOf(database string) string { return filepath.Join(filepath.Dir(database), "reserve") }

// KeepReserve sets the margin aside: the file "reserve" beside the database,
// whose blocks are allocated. It does nothing when it is there, and nothing
// while the room is needed: ErrFull when less than the margin would be left
// free beside it.
func (s *Store) KeepReserve() error {
	s.margin.mu.Lock()
	defer s.margin.mu.Unlock()
	if err := keepReserve(reserveOf(s.cfg.Path)); err != nil {
		return fmt.Errorf("keep reserve: %w", err)
	}
	return nil
}

func keepReserve(path string) error {
	var there unix.Stat_t
	if err := unix.Stat(path, &there); err == nil && there.Blocks*512 >= reserveBytes {
		return nil
	}
	var disk unix.Statfs_t
	if err := unix.Statfs(filepath.Dir(path), &disk); err != nil {
		return err
	}
	if int64(disk.Bavail)*int64(disk.Bsize) < reserveBytes+spareBytes {
		// A part of the margin would take room and promise what it cannot hold.
		return errors.Join(ErrFull, remove(path))
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	err = unix.Fallocate(int(f.Fd()), 0, 0, reserveBytes)
	if err = errors.Join(err, f.Close()); err == nil {
		return nil
	}
	return errors.Join(err, remove(path))
}

// remove deletes a file that may be gone already.
func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// TendReserve sets the margin aside again whenever there is room, until ctx
// ends; it then returns nil.
func (s *Store) TendReserve(ctx context.Context) error {
	tick := time.NewTicker(reserveLook)
	defer tick.Stop()
	told := "" // a disk that takes no writes does so for days, and is told of once
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		_, before := os.Stat(reserveOf(s.cfg.Path))
		err := s.KeepReserve()
		switch {
		case err == nil:
			if told = ""; before != nil {
				s.cfg.Log.Info("the margin for a full disk is set aside again")
			}
		case !errors.Is(err, ErrFull) && err.Error() != told:
			told = err.Error()
			s.cfg.Log.Warn("no margin could be set aside for a full disk", "err", err)
		}
	}
}

// makeRoom gives the margin back for a write that met a full disk. It says
// whether there is room that was not there when the write began: before is the
// count of releases then.
func (s *Store) makeRoom(before int, why error) bool {
	s.margin.mu.Lock()
	defer s.margin.mu.Unlock()
	if s.margin.releases != before {
		return true // another write gave it back
	}
	path := reserveOf(s.cfg.Path)
	if _, there := os.Stat(path); there != nil {
		return false // the margin is used up
	}
	s.cfg.Log.Error("the disk is full, the reserved margin is released", "err", why)
	if err := remove(path); err != nil {
		s.cfg.Log.Error("the reserved margin could not be released", "err", err)
		return false
	}
	s.margin.releases++
	return true
}

// writeSurely is write for what must be kept though the disk is full: it
// releases the margin and tries once more.
func (s *Store) writeSurely(ctx context.Context, verb string, f func(tx *sql.Tx) error) error {
	before := s.margin.count()
	err := s.write(ctx, verb, f)
	if !errors.Is(err, ErrFull) || !s.makeRoom(before, err) {
		return err
	}
	return s.write(ctx, verb, f)
}
