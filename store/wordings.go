package store

import (
	"context"
	"database/sql"
	"errors"

	"loalang/scheduler"
)

// wordingsKept is how many wordings of an announcement are kept that no
// recording was made for: somebody may be recording one of them just now.
const wordingsKept = 20

// keepWording keeps the text that an announcement had before it is saved, when
// its words change: recordings may have been made for it. Announcements that are
// new, or are gone, had none.
func (s *Store) keepWording(ctx context.Context, tx *sql.Tx, a scheduler.Announcement) error {
	var text string
	err := tx.QueryRowContext(ctx, "SELECT text FROM announcements WHERE id = ?", a.ID).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	wording := scheduler.Wording(text)
	if err != nil || wording == scheduler.Wording(a.Text) {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO wordings (announcement, wording, text, created_at) VALUES (?, ?, ?, ?)
		ON CONFLICT (announcement, wording) DO UPDATE SET created_at = excluded.created_at`, a.ID, wording, text, micros(s.cfg.Now()))
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM wordings WHERE announcement = ?1
		AND wording NOT IN (SELECT told FROM renditions WHERE announcement = ?1 AND deleted_at IS NULL)
		AND wording NOT IN (SELECT wording FROM wordings WHERE announcement = ?1 ORDER BY created_at DESC LIMIT ?2)`, a.ID, wordingsKept)
	return err
}
