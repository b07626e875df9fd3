package store

import (
	"context"
	"database/sql"
	"time"

	"loalang/scheduler"
)

// Unapproved lists the announcements of an author in a village that nobody approved
// and whose validity ended at since or later, or has not ended: drafts, what waits,
// and what was returned. The one that ends first comes first, what has no end last.
func (s *Store) Unapproved(ctx context.Context, village, author string, since time.Time) (list []scheduler.Announcement, err error) {
	err = s.read(ctx, "list what nobody approved", func(tx *sql.Tx) error {
		list, err = query(ctx, tx, scanAnnouncement, "SELECT "+announcementColumns+` FROM announcements
			WHERE village = ? AND created_by = ? AND deleted_at IS NULL AND withdrawn_at IS NULL AND approval IN (?, ?, ?)
			AND (valid_until_at IS NULL OR valid_until_at >= ?) ORDER BY valid_until_at IS NULL, valid_until_at, id`,
			village, author, scheduler.Draft, scheduler.Submitted, scheduler.Returned, micros(since))
		return err
	})
	return list, err
}
