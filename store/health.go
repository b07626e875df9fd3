package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"loalang/health"
)

// NoteHealth adds to the history of the board's health and forgets what is older than it
// is kept, by now.
func (s *Store) NoteHealth(ctx context.Context, more health.History, now time.Time) error {
	return s.write(ctx, "note health", func(tx *sql.Tx) error {
		for _, c := range more.Changes {
			said, err := json.Marshal(c.Values)
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, "INSERT INTO health_changes (at, part, level, code, said) VALUES (?, ?, ?, ?, ?)", c.At.UnixMicro(), c.Part, c.Level, c.Code, string(said)); err != nil {
				return err
			}
		}
		for _, list := range [][]health.Sample{more.Fine, more.Coarse} {
			for _, one := range list {
				if err := saveSample(ctx, tx, one); err != nil {
					return err
				}
			}
		}
		return forgetHealth(ctx, tx, now)
	})
}

func saveSample(ctx context.Context, tx *sql.Tx, h health.Sample) error {
	measured := func(n int64) any {
		if n < 0 {
			return nil
		}
		return n
	}
	var temperature any
	if h.Temperature > health.NoTemperature {
		temperature = h.Temperature
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO health_samples (step, at, level, temperature, disk_free, memory_free, memory, descriptors) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
		ON CONFLICT (step, at) DO UPDATE SET level = ?3, temperature = ?4, disk_free = ?5, memory_free = ?6, memory = ?7, descriptors = ?8`,
		int64(h.Step/time.Second), h.At.UnixMicro(), h.Level, temperature, measured(h.DiskFree), measured(h.MemoryFree), measured(h.Memory), measured(int64(h.Descriptors)))
	return err
}

// forgetHealth keeps the tables as large as they may be. What lies in the future, for the
// clock was wrong, goes by number.
func forgetHealth(ctx context.Context, tx *sql.Tx, now time.Time) error {
	if _, err := tx.ExecContext(ctx, "DELETE FROM health_changes WHERE at < ? OR id <= (SELECT max(id) FROM health_changes) - ?", now.Add(-health.CoarseKept).UnixMicro(), health.ChangesKept); err != nil {
		return err
	}
	for step, kept := range map[time.Duration]time.Duration{health.FineStep: health.FineKept, health.CoarseStep: health.CoarseKept} {
		seconds := int64(step / time.Second)
		if _, err := tx.ExecContext(ctx, `DELETE FROM health_samples WHERE step = ?1 AND (at < ?2
			OR at <= (SELECT at FROM health_samples WHERE step = ?1 ORDER BY at DESC LIMIT 1 OFFSET ?3))`, seconds, now.Add(-kept).UnixMicro(), int(kept/step)+1); err != nil {
			return err
		}
	}
	return nil
}

// HealthHistory reads what is kept of the board's health, the oldest first.
func (s *Store) HealthHistory(ctx context.Context) (h health.History, err error) {
	err = s.read(ctx, "read the history of health", func(tx *sql.Tx) error {
		h.Changes, err = query(ctx, tx, func(r row) (c health.Change, err error) {
			var said string
			if err := r.Scan((*instant)(&c.At), &c.Part, &c.Level, &c.Code, &said); err != nil {
				return c, err
			}
			if err := json.Unmarshal([]byte(said), &c.Values); err != nil {
				return c, fmt.Errorf("values of %s: %w", c.Code, err)
			}
			return c, nil
		}, "SELECT at, part, level, code, said FROM health_changes ORDER BY id")
		if err != nil {
			return err
		}
		for step, list := range map[time.Duration]*[]health.Sample{health.FineStep: &h.Fine, health.CoarseStep: &h.Coarse} {
			*list, err = query(ctx, tx, func(r row) (health.Sample, error) {
				one := health.Sample{Step: step}
				err := r.Scan((*instant)(&one.At), &one.Level, &one.Temperature, &one.DiskFree, &one.MemoryFree, &one.Memory, &one.Descriptors)
				return one, err
			}, `SELECT at, level, coalesce(temperature, ?), coalesce(disk_free, -1), coalesce(memory_free, -1), coalesce(memory, -1), coalesce(descriptors, -1)
				FROM health_samples WHERE step = ? ORDER BY at`, health.NoTemperature, int64(step/time.Second))
			if err != nil {
				return err
			}
		}
		return nil
	})
	return h, err
}

// Beat asks the one connection that writes for its turn and gives it back: it changes
// nothing. An error is an answer; only a database that hangs does not come back.
func (s *Store) Beat(ctx context.Context) error {
	return s.write(ctx, "ask the database", func(*sql.Tx) error { return nil })
}

var _ health.Book = (*Store)(nil)
