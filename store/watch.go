package store

import (
	"context"
	"time"
)

// watchEvery is how often Watch looks. One look takes some 20 µs.
const watchEvery = 250 * time.Millisecond

// Watch calls changed after another process has written to the database, at
// most a quarter of a second later; now and then also when nothing was changed.
// What this Store writes itself does not count. It blocks until ctx ends and
// then returns nil; while the database does not answer it goes on trying.
func (s *Store) Watch(ctx context.Context, changed func(ctx context.Context)) error {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	var seen int64
	known, failing := false, false
	for {
		version, err := s.version(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil && !failing:
			s.cfg.Log.Warn("changes by other processes are not seen for now", "err", s.notice(err))
		case err == nil && known && (version != seen || failing): // failing: the connection may be another one
			changed(ctx)
		}
		if failing = err != nil; !failing {
			seen, known = version, true
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// version is a number that changes with every write that does not come over
// the writer's connection.
func (s *Store) version(ctx context.Context) (version int64, err error) {
	err = s.writer.QueryRowContext(ctx, "PRAGMA data_version").Scan(&version)
	return version, err
}
