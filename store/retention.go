package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"loalang/recordings"
)

// Retention reads how long this board keeps what nothing uses.
func (s *Store) Retention(ctx context.Context) (r recordings.Retention, err error) {
	err = s.read(ctx, "read retention", func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, "SELECT preview_days, take_days, log_years FROM retention").Scan(&r.PreviewDays, &r.TakeDays, &r.LogYears)
		if errors.Is(err, sql.ErrNoRows) {
			r, err = recordings.UsualRetention(), nil
		}
		return err
	})
	return r, err
}

// SaveRetention keeps that, and who decided it; recordings.ErrRetention when it is
// outside of its bounds.
func (s *Store) SaveRetention(ctx context.Context, r recordings.Retention, by string) error {
	if err := r.Check(); err != nil {
		return err
	}
	return s.write(ctx, "save retention", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO retention (board, preview_days, take_days, log_years, updated_at, updated_by) VALUES (1, ?, ?, ?, ?, ?)
			ON CONFLICT (board) DO UPDATE SET preview_days = excluded.preview_days, take_days = excluded.take_days, log_years = excluded.log_years,
			updated_at = excluded.updated_at, updated_by = excluded.updated_by`,
			r.PreviewDays, r.TakeDays, r.LogYears, micros(s.cfg.Now()), by)
		return err
	})
}

// Expendable lists what can be removed of the library: previews and takes that nothing
// uses, older than x says, that did not air within recordings.ReplayTime before now and
// stand in no plan; the oldest first.
func (s *Store) Expendable(ctx context.Context, x recordings.Surplus, now time.Time) (list []recordings.Recording, err error) {
	err = s.read(ctx, "look for what nothing uses", func(tx *sql.Tx) error {
		ids, err := query(ctx, tx, scanText, "WITH used AS MATERIALIZED "+usedBy+` SELECT r.id FROM recordings AS r
			WHERE r.deleted_at IS NULL AND (r.kind = 'speech' AND r.created_at < ? OR r.kind = 'take' AND r.created_at < ?) AND `+unused+`
			AND NOT EXISTS (SELECT 1 FROM airings WHERE airings.recording = r.id AND (airings.started_at IS NULL OR airings.started_at >= ?))`,
			micros(x.Previews), micros(x.Takes), micros(now.Add(-recordings.ReplayTime)))
		if err != nil || len(ids) == 0 {
			return err
		}
		if ids, err = unplanned(ctx, tx, ids); err != nil {
			return err
		}
		list, err = recordingsBy(ctx, tx, "id IN (SELECT value FROM json_each(?)) ORDER BY created_at, id", listOf(ids))
		return err
	})
	return list, err
}

// pruneAtOnce is how many rows of the as-run one transaction removes.
const pruneAtOnce = 500

// PruneLog removes the finished as-run of before an instant with its airings, and
// returns how many rows there were. What never ended stays.
func (s *Store) PruneLog(ctx context.Context, before time.Time) (rows int, err error) {
	for {
		var n int64
		err := s.write(ctx, "prune the as-run", func(tx *sql.Tx) error {
			res, err := tx.ExecContext(ctx, `DELETE FROM asrun WHERE id IN (SELECT id FROM asrun
				WHERE coalesce(due_at, nominal_at, created_at) < ? AND outcome <> '' LIMIT ?)`, micros(before), pruneAtOnce)
			if err != nil {
				return err
			}
			n, err = res.RowsAffected()
			return err
		})
		if err != nil {
			return rows, err
		}
		rows += int(n)
		if n < pruneAtOnce {
			return rows, nil
		}
	}
}

// PrunePictures removes the pictures that are older than envelopesFor at now.
func (s *Store) PrunePictures(ctx context.Context, now time.Time) error {
	return s.write(ctx, "prune pictures", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM envelopes WHERE made_at < ?", micros(now.Add(-envelopesFor)))
		return err
	})
}

var _ recordings.Stock = (*Store)(nil)
