package store

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"loalang/playout"
)

// Pools shows the tests the connections: what they promise cannot be seen from
// outside without cutting the power.
func Pools(s *Store) map[string]*sql.DB {
	return map[string]*sql.DB{"writer": s.writer, "reader": s.reader}
}

// ReleaseReserve uses the margin up, as a write that meets a full disk does.
func (s *Store) ReleaseReserve() error {
	s.margin.mu.Lock()
	defer s.margin.mu.Unlock()
	s.margin.releases++
	return remove(reserveOf(s.cfg.Path))
}

// MigrateTo makes a database as a program left it that knew the migrations up to
// version. Whoever calls it closes it.
func MigrateTo(ctx context.Context, c Config, version int64) (*sql.DB, error) {
	p, db, err := (&Store{cfg: c}).provider()
	if err != nil {
		return nil, err
	}
	_, err = p.UpTo(ctx, version)
	return db, err
}

// BringUp runs the migrations that are missing, without a rehearsal, on tables of the version oldest and newer.
func BringUp(ctx context.Context, c Config, oldest int64) error {
	s := &Store{cfg: c}
	var err error
	if s.schema, err = newestSchema(); err != nil {
		return err
	}
	return s.bringUp(ctx, schemaState{oldest: oldest})
}

// RecordAll writes rows in one transaction.
func RecordAll(ctx context.Context, s *Store, rows []playout.AsRun) error {
	return s.write(ctx, "record rows", func(tx *sql.Tx) error {
		for _, a := range rows {
			if err := s.putAsRun(ctx, tx, a); err != nil {
				return err
			}
		}
		return nil
	})
}

// DiskFault shows which errors of a rehearsal are the disk's.
func DiskFault(err error) bool { return diskFault(err) }

// LookFor has a start look so long for damage before an update without a copy, until the test ends.
func LookFor(t *testing.T, d time.Duration) {
	was := lookPatience
	lookPatience = func(int64) time.Duration { return d }
	t.Cleanup(func() { lookPatience = was })
}

// LookPatience is how long it would look.
func LookPatience(bytes int64) time.Duration { return lookPatience(bytes) }

// CopyTorn copies what a disk gives back, as Salvage does.
var CopyTorn = copyTorn
