package store

import (
	"context"
	"database/sql"

	"loalang/playout"
)

// SpokenBefore reads the living recording of what was spoken under a key;
// fs.ErrNotExist when there is none.
func (s *Store) SpokenBefore(ctx context.Context, key string) (recording string, err error) {
	err = s.read(ctx, "read what was spoken", func(tx *sql.Tx) error {
		r := tx.QueryRowContext(ctx, `SELECT recording FROM spoken JOIN recordings ON recordings.id = spoken.recording
			WHERE key = ? AND recordings.deleted_at IS NULL`, key)
		recording, err = one(r, scanText, missing{what: "speech kept under", id: key})
		return err
	})
	return recording, err
}

// RememberSpoken keeps the recording of a key, in place of the one before;
// fs.ErrNotExist when the library has no such recording.
func (s *Store) RememberSpoken(ctx context.Context, key, recording string) error {
	return s.write(ctx, "remember what was spoken", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO spoken (key, recording, created_at) VALUES (?, ?, ?)
			ON CONFLICT (key) DO UPDATE SET recording = excluded.recording, created_at = excluded.created_at`, key, recording, micros(s.cfg.Now()))
		return err
	})
}

func scanText(r row) (string, error) {
	var text string
	err := r.Scan(&text)
	return text, err
}

var _ playout.SpeechCache = (*Store)(nil)
