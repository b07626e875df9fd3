package store

import (
	"context"
	"database/sql"

	"loalang/recordings"
)

// Unmeasured lists the living recordings that were sent or spoken and have no
// measures, the newest first.
func (s *Store) Unmeasured(ctx context.Context) (list []recordings.Recording, err error) {
	err = s.read(ctx, "list recordings without measures", func(tx *sql.Tx) error {
		list, err = recordingsBy(ctx, tx, "measures = '' AND kind <> ? AND deleted_at IS NULL ORDER BY created_at DESC, id DESC", recordings.BuiltIn)
		return err
	})
	return list, err
}

// SaveMeasures keeps the measures of a living recording that has none; any other
// stays as it is.
func (s *Store) SaveMeasures(ctx context.Context, id string, m recordings.Measures) error {
	return s.write(ctx, "save measures", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE recordings SET measures = ?, updated_at = ?, revision = revision + 1 WHERE id = ? AND measures = '' AND deleted_at IS NULL",
			measuresOf(m), micros(s.cfg.Now()), id)
		return err
	})
}

var _ recordings.Backlog = (*Store)(nil)
