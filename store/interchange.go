package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"loalang/scheduler"
)

// feedKept is how long after its occurrence is remembered what the feed told of
// it; the feed itself looks back less far.
const feedKept = 60 * 24 * time.Hour

const importedColumns = ownedColumns + ", uid, announcement, schedule, sequence, modified_at, digest"

func scanImported(r row) (scheduler.Imported, error) {
	var m scheduler.Imported
	err := r.Scan(append(owned(&m.Owned), &m.UID, &m.Announcement, &m.Schedule, &m.Sequence, (*instant)(&m.Modified), &m.Digest)...)
	return m, err
}

// Imported lists what is remembered of events that were taken into a village, of
// those of the UIDs that were.
func (s *Store) Imported(ctx context.Context, village string, uids []string) (list []scheduler.Imported, err error) {
	err = s.read(ctx, "look for imported events", func(tx *sql.Tx) error {
		list, err = query(ctx, tx, scanImported, "SELECT "+importedColumns+` FROM imported
			WHERE village = ? AND deleted_at IS NULL AND uid IN (SELECT value FROM json_each(?)) ORDER BY uid`, village, listOf(uids))
		return err
	})
	return list, err
}

// SaveImported saves what an event became and remembers the event, in one
// transaction. Revision 0 inserts, another updates what was read: of d, nil
// renditions leave what is there, and the schedules are saved one by one, with the
// others of the announcement left as they are. scheduler.ErrRevision when any of it
// has changed since, or the event was taken in meanwhile.
func (s *Store) SaveImported(ctx context.Context, m scheduler.Imported, d scheduler.Dossier) error {
	return s.SaveBundled(ctx, m, d, nil)
}

// SaveBundled is SaveImported, and leaves a tombstone of each schedule whose ID is in gone;
// fs.ErrNotExist when there is no such living one.
func (s *Store) SaveBundled(ctx context.Context, m scheduler.Imported, d scheduler.Dossier, gone []string) error {
	a := d.Announcement
	return s.write(ctx, "import event", func(tx *sql.Tx) error {
		v, err := village(ctx, tx, a.Village)
		if err != nil {
			return err
		}
		if err := s.saveMark(ctx, tx, m); err != nil {
			return err
		}
		if err := s.keepWording(ctx, tx, a); err != nil {
			return err
		}
		if err := s.saveAnnouncement(ctx, tx, a, v.Zone); err != nil {
			return err
		}
		if d.Renditions != nil {
			if err := s.saveRenditions(ctx, tx, a, d.Renditions); err != nil {
				return err
			}
		}
		for _, sc := range d.Schedules {
			sc.Owned, sc.Announcement = s.adopt(sc.Owned, a), a.ID
			if err := s.saveSchedule(ctx, tx, sc, v.Zone); err != nil {
				return err
			}
		}
		for _, id := range gone {
			if err := s.bury(ctx, tx, "schedules", missing{what: "schedule", id: id}, s.cfg.Now()); err != nil {
				return err
			}
		}
		if a.Revision > 0 && len(d.Schedules) > 0 {
			return s.revive(ctx, tx, a.ID)
		}
		return nil
	})
}

// RememberImported remembers an event alone, as SaveImported does with what it became.
func (s *Store) RememberImported(ctx context.Context, m scheduler.Imported) error {
	return s.write(ctx, "remember imported event", func(tx *sql.Tx) error { return s.saveMark(ctx, tx, m) })
}

func (s *Store) saveMark(ctx context.Context, tx *sql.Tx, m scheduler.Imported) error {
	if m.Revision == 0 {
		var there int
		err := tx.QueryRowContext(ctx, "SELECT count(*) FROM imported WHERE village = ? AND uid = ? AND deleted_at IS NULL", m.Village, m.UID).Scan(&there)
		if err != nil {
			return err
		}
		if there > 0 {
			return fmt.Errorf("event %q was taken in meanwhile: %w", m.UID, scheduler.ErrRevision)
		}
	}
	return s.save(ctx, tx, record{table: "imported", what: "imported event", owned: m.Owned, rest: []column{
		{"uid", m.UID},
		{"announcement", m.Announcement},
		{"schedule", m.Schedule},
		{"sequence", m.Sequence},
		{"modified_at", micros(m.Modified)},
		{"digest", m.Digest},
	}})
}

// FeedTold remembers what the feed of a village tells, and gives the events their
// Sequence and Changed: as they were told before, or one more and now where one is
// another since. Sequence and Changed as they come are of an event that was never
// told, and the least that one which changed gets. It writes only when something
// changed.
func (s *Store) FeedTold(ctx context.Context, village string, now time.Time, events []scheduler.FeedEvent) ([]scheduler.FeedEvent, error) {
	var changed bool
	told := make([]scheduler.FeedEvent, len(events))
	compare := func(tx *sql.Tx) error {
		known, err := feedEvents(ctx, tx, village)
		if err != nil {
			return err
		}
		changed = false
		for i, e := range events {
			old, there := known[e.Occurrence]
			switch {
			case there && old.Digest == e.Digest:
				e.Sequence, e.Changed = old.Sequence, old.Changed
			case there:
				e.Sequence, e.Changed, changed = max(old.Sequence+1, e.Sequence), now, true
			default:
				changed = true
				if e.Changed.IsZero() {
					e.Changed = now
				}
			}
			told[i] = e
		}
		return nil
	}
	if err := s.read(ctx, "read what the feed told", compare); err != nil || !changed {
		return told, err
	}
	err := s.write(ctx, "remember what the feed told", func(tx *sql.Tx) error {
		if err := compare(tx); err != nil {
			return err
		}
		for _, e := range told {
			_, err := tx.ExecContext(ctx, `INSERT INTO feed_events (village, occurrence, digest, sequence, changed_at, begins_at) VALUES (?, ?, ?, ?, ?, ?)
				ON CONFLICT (village, occurrence) DO UPDATE SET digest = excluded.digest, sequence = excluded.sequence, changed_at = excluded.changed_at, begins_at = excluded.begins_at
				WHERE digest <> excluded.digest`, village, e.Occurrence, e.Digest, e.Sequence, micros(e.Changed), micros(e.Begins))
			if err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, "DELETE FROM feed_events WHERE village = ? AND begins_at < ?", village, micros(now.Add(-feedKept)))
		return err
	})
	return told, err
}

func feedEvents(ctx context.Context, tx *sql.Tx, village string) (map[string]scheduler.FeedEvent, error) {
	list, err := query(ctx, tx, func(r row) (e scheduler.FeedEvent, err error) {
		err = r.Scan(&e.Occurrence, &e.Digest, &e.Sequence, (*instant)(&e.Changed), (*instant)(&e.Begins))
		return e, err
	}, "SELECT occurrence, digest, sequence, changed_at, begins_at FROM feed_events WHERE village = ?", village)
	if err != nil {
		return nil, err
	}
	known := make(map[string]scheduler.FeedEvent, len(list))
	for _, e := range list {
		known[e.Occurrence] = e
	}
	return known, nil
}
