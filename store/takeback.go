package store

import (
	"context"
	"database/sql"
	"time"

	"loalang/playout"
	"loalang/recordings"
)

// RemovedRecordings lists the recordings that were removed before an instant and have
// files still, with the variants that nothing needs any more.
func (s *Store) RemovedRecordings(ctx context.Context, before time.Time) (list []recordings.Recording, err error) {
	err = s.read(ctx, "list removed recordings", func(tx *sql.Tx) error {
		list, err = recordingsBy(ctx, tx, `deleted_at < ? AND EXISTS (SELECT 1 FROM variants WHERE variants.recording = recordings.id)
			ORDER BY created_at, id`, micros(before))
		if err != nil {
			return err
		}
		for i := range list {
			if list[i].Variants, err = unneeded(ctx, tx, list[i], before); err != nil {
				return err
			}
		}
		return nil
	})
	return list, err
}

// ClearedRecordings remembers that the files of removed recordings are gone, so that
// nobody looks for them again. On a full disk it uses the margin: it is a way out.
func (s *Store) ClearedRecordings(ctx context.Context, ids []string) error {
	return s.writeSurely(ctx, "note cleared recordings", func(tx *sql.Tx) error {
		for _, statement := range []string{
			"DELETE FROM variants WHERE recording IN (SELECT id FROM recordings WHERE id IN (SELECT value FROM json_each(?)) AND deleted_at IS NOT NULL)",
			"DELETE FROM forgotten WHERE recording IN (SELECT id FROM recordings WHERE id IN (SELECT value FROM json_each(?)) AND deleted_at IS NOT NULL)",
		} {
			if _, err := tx.ExecContext(ctx, statement, listOf(ids)); err != nil {
				return err
			}
		}
		return nil
	})
}

// RestoreRecording takes the removal of a recording back: it lives again, and what
// was made of it is what it was, where nothing else was put there since.
// recordings.ErrNotFound when it was not removed or its files are gone.
func (s *Store) RestoreRecording(ctx context.Context, id string) error {
	return s.write(ctx, "take a removal back", func(tx *sql.Tx) error {
		now := micros(s.cfg.Now())
		res, err := tx.ExecContext(ctx, `UPDATE recordings SET deleted_at = NULL, updated_at = ?, revision = revision + 1
			WHERE id = ? AND deleted_at IS NOT NULL AND EXISTS (SELECT 1 FROM variants WHERE variants.recording = recordings.id)`, now, id)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			if err == nil {
				err = noRecording(id)
			}
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE renditions SET recording = f.recording, length_ns = f.length_ns, state = f.state, fault = f.fault, updated_at = ?, revision = revision + 1
			FROM forgotten AS f WHERE f.rendition = renditions.id AND f.recording = ? AND renditions.recording = '' AND renditions.fault = ? AND renditions.deleted_at IS NULL`, now, id, playout.FaultGone)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "DELETE FROM forgotten WHERE recording = ?", id)
		return err
	})
}

var _ recordings.Bin = (*Store)(nil)
