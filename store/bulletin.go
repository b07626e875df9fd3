package store

import (
	"context"
	"database/sql"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

// Bulletin reads, as they are at one instant, the rows of a village with Due in
// [from, to), the announcements that they and also are of, the emergencies raised in
// that time, and how long the recordings that aired are. What was deleted since is
// not among them.
func (s *Store) Bulletin(ctx context.Context, village string, from, to time.Time, also []string) (b playout.Bulletin, err error) {
	err = s.read(ctx, "read the bulletin", func(tx *sql.Tx) error {
		b = playout.Bulletin{Announcements: map[string]scheduler.Announcement{}, Lengths: map[string]time.Duration{}}
		if b.Runs, err = asruns(ctx, tx, "village = ? AND due_at >= ? AND due_at < ? AND deleted_at IS NULL", village, micros(from), micros(to)); err != nil {
			return err
		}
		ids, sounds := append([]string{}, also...), []string{}
		for _, run := range b.Runs {
			if run.Announcement != "" {
				ids = append(ids, run.Announcement)
			}
			for _, g := range run.Airings {
				sounds = append(sounds, g.Recording)
			}
		}
		told, err := query(ctx, tx, scanAnnouncement, "SELECT "+announcementColumns+
			" FROM announcements WHERE village = ? AND deleted_at IS NULL AND id IN (SELECT value FROM json_each(?))", village, listOf(ids))
		if err != nil {
			return err
		}
		for _, a := range told {
			b.Announcements[a.ID] = a
		}
		if b.Emergencies, err = query(ctx, tx, scanEmergency, "SELECT "+emergencyColumns+
			" FROM emergencies WHERE village = ? AND deleted_at IS NULL AND raised_at >= ? AND raised_at < ? ORDER BY raised_at, id", village, micros(from), micros(to)); err != nil {
			return err
		}
		return lengths(ctx, tx, sounds, b.Lengths)
	})
	return b, err
}

// lengths notes how long each of the living recordings with these IDs is.
func lengths(ctx context.Context, tx *sql.Tx, ids []string, into map[string]time.Duration) error {
	type long struct {
		id     string
		length time.Duration
	}
	list, err := query(ctx, tx, func(r row) (l long, err error) { return l, r.Scan(&l.id, &l.length) },
		"SELECT id, length_ns FROM recordings WHERE deleted_at IS NULL AND id IN (SELECT value FROM json_each(?))", listOf(ids))
	for _, l := range list {
		into[l.id] = l.length
	}
	return err
}
