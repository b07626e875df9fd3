package store

import (
	"context"
	"database/sql"
	"time"

	"loalang/scheduler"
)

// TakenBack lists the announcements of a village that were withdrawn or returned to their
// author at since or later, and who did it last.
func (s *Store) TakenBack(ctx context.Context, village string, since time.Time) (by map[string]string, err error) {
	by = map[string]string{}
	err = s.read(ctx, "list what was taken back", func(tx *sql.Tx) error {
		list, err := query(ctx, tx, func(r row) (t [2]string, err error) { return t, r.Scan(&t[0], &t[1]) },
			`SELECT a.id, coalesce((SELECT name FROM history WHERE record = a.id ORDER BY id DESC LIMIT 1), '') FROM announcements AS a
			WHERE a.village = ? AND a.updated_at >= ? AND (a.withdrawn_at IS NOT NULL OR a.approval = ?)`, village, micros(since), scheduler.Returned)
		for _, t := range list {
			by[t[0]] = t[1]
		}
		return err
	})
	return by, err
}

// Unscheduled lists the schedules of a village that were removed at since or later,
// and who did it.
func (s *Store) Unscheduled(ctx context.Context, village string, since time.Time) (by map[string]string, err error) {
	by = map[string]string{}
	err = s.read(ctx, "list what is scheduled no more", func(tx *sql.Tx) error {
		list, err := query(ctx, tx, func(r row) (t [2]string, err error) { return t, r.Scan(&t[0], &t[1]) },
			`SELECT s.id, coalesce((SELECT name FROM history WHERE record = s.id ORDER BY id DESC LIMIT 1), '') FROM schedules AS s
			WHERE s.village = ? AND s.deleted_at >= ?`, village, micros(since))
		for _, t := range list {
			by[t[0]] = t[1]
		}
		return err
	})
	return by, err
}
