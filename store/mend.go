package store

import (
	"context"
	"database/sql"
	"fmt"

	"loalang/recordings"
	"loalang/scheduler"
)

// Substitute puts another recording wherever one is used whose sound is damaged, and
// leaves a tombstone of that. The announcements stay as they were approved: it is the
// same sound, made again.
func (s *Store) Substitute(ctx context.Context, old string, by recordings.Recording) error {
	return s.write(ctx, "put another recording in the place of a damaged one", func(tx *sql.Tx) error {
		now := micros(s.cfg.Now())
		for _, change := range []struct {
			statement string
			args      []any
		}{
			{"UPDATE renditions SET recording = ?, length_ns = ?, updated_at = ?, revision = revision + 1 WHERE recording = ? AND deleted_at IS NULL", []any{by.ID, by.Length, now, old}},
			{"UPDATE announcements SET bed = ?, updated_at = ?, revision = revision + 1 WHERE bed = ? AND deleted_at IS NULL", []any{by.ID, now, old}},
			{"UPDATE slots SET opening = ?, updated_at = ?, revision = revision + 1 WHERE opening = ? AND deleted_at IS NULL", []any{by.ID, now, old}},
			{"UPDATE slots SET closing = ?, updated_at = ?, revision = revision + 1 WHERE closing = ? AND deleted_at IS NULL", []any{by.ID, now, old}},
			{"UPDATE slots SET relays = replace(relays, ?, ?), updated_at = ?, revision = revision + 1 WHERE instr(relays, ?) AND deleted_at IS NULL", []any{old, by.ID, now, old}},
			{"UPDATE templates SET messages = replace(messages, ?, ?), updated_at = ?, revision = revision + 1 WHERE instr(messages, ?) AND deleted_at IS NULL", []any{old, by.ID, now, old}},
			{"UPDATE frames SET chime = ?, chime_ns = ? WHERE chime = ?", []any{by.ID, by.Length, old}},
			{"UPDATE frames SET tail = ?, tail_ns = ? WHERE tail = ?", []any{by.ID, by.Length, old}},
			{"UPDATE OR IGNORE spoken SET recording = ? WHERE recording = ?", []any{by.ID, old}},
		} {
			if _, err := tx.ExecContext(ctx, change.statement, change.args...); err != nil {
				return fmt.Errorf("%.24s…: %w", change.statement, err)
			}
		}
		return bury(ctx, tx, old, now)
	})
}

// bury leaves a tombstone of a recording.
func bury(ctx context.Context, tx *sql.Tx, id string, now any) error {
	_, err := tx.ExecContext(ctx, "UPDATE recordings SET deleted_at = ?, updated_at = ?, revision = revision + 1 WHERE id = ? AND deleted_at IS NULL", now, now, id)
	return err
}

// SpeakAnew has a voice read again what it read into a recording whose sound is lost, where
// its text is kept. It returns how many renditions that are; with 0 nothing is changed. A
// tombstone of the recording is left only when nothing else uses it.
func (s *Store) SpeakAnew(ctx context.Context, id string) (n int64, err error) {
	err = s.write(ctx, "speak a lost recording anew", func(tx *sql.Tx) error {
		now := micros(s.cfg.Now())
		res, err := tx.ExecContext(ctx, `UPDATE renditions SET recording = '', length_ns = 0, fault = '', state = ?, updated_at = ?, revision = revision + 1
			WHERE recording = ? AND spoken_text <> '' AND deleted_at IS NULL`, scheduler.Spoken, now, id)
		if err != nil {
			return err
		}
		if n, err = res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM spoken WHERE recording = ?", id); err != nil {
			return err
		}
		var others int
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM "+usedBy+" WHERE recording = ?", id).Scan(&others); err != nil || others > 0 {
			return err
		}
		return bury(ctx, tx, id, now)
	})
	return n, err
}

// Lose takes a recording whose sound nobody has any more away from what uses it, and
// leaves a tombstone: its renditions wait for a person, who is told, as after a removal.
// It returns how many renditions that are.
func (s *Store) Lose(ctx context.Context, id string) (n int64, err error) {
	err = s.write(ctx, "take a lost recording away", func(tx *sql.Tx) error {
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM renditions WHERE recording = ? AND deleted_at IS NULL", id).Scan(&n); err != nil {
			return err
		}
		if err := s.forget(ctx, tx, id); err != nil {
			return err
		}
		return bury(ctx, tx, id, micros(s.cfg.Now()))
	})
	return n, err
}
