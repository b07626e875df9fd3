package store

import (
	"context"
	"database/sql"
	"time"

	"loalang/scheduler"
)

// toldFor is how long after its slot what was told is kept.
const toldFor = 30 * 24 * time.Hour

const tellingColumns = "occurrence, announcement, title, author, slot, from_at, to_at, reason, told_at, seen_at, seen_by"

func scanTelling(r row) (scheduler.Telling, error) {
	var x scheduler.Telling
	err := r.Scan(&x.Occurrence, &x.Announcement, &x.Title, &x.Author, &x.Slot, (*instant)(&x.From), (*instant)(&x.To), &x.Reason,
		(*instant)(&x.Told), (*instant)(&x.Seen), &x.SeenBy)
	return x, err
}

// tell keeps what a plan moves or leaves out. Who has seen it is asked again only
// when something else becomes of it; one who was told is also told when it airs as
// promised after all.
func (s *Store) tell(ctx context.Context, tx *sql.Tx, p scheduler.Plan) error {
	told := p.Tellings()
	ids := make([]string, len(told))
	for i, x := range told {
		ids[i] = x.Occurrence
		_, err := tx.ExecContext(ctx, `INSERT INTO tellings (village, occurrence, announcement, title, author, slot, from_at, to_at, reason, told_at, seen_at, seen_by)
			SELECT ?, ?, ?, ?, coalesce((SELECT created_by FROM announcements WHERE id = ?3), ''), ?, ?, ?, ?, ?, NULL, ''
			WHERE TRUE ON CONFLICT (village, occurrence) DO UPDATE SET title = excluded.title, author = excluded.author, slot = excluded.slot,
				from_at = excluded.from_at, to_at = excluded.to_at, reason = excluded.reason,
				told_at = iif(to_at IS excluded.to_at AND reason = excluded.reason, told_at, excluded.told_at),
				seen_at = iif(to_at IS excluded.to_at AND reason = excluded.reason, seen_at, NULL),
				seen_by = iif(to_at IS excluded.to_at AND reason = excluded.reason, seen_by, '')
				WHERE (title, author, slot, from_at, reason) <> (excluded.title, excluded.author, excluded.slot, excluded.from_at, excluded.reason)
					OR to_at IS NOT excluded.to_at`,
			p.Village, x.Occurrence, x.Announcement, x.Title, x.Slot, micros(x.From), micros(x.To), x.Reason, micros(x.Told))
		if err != nil {
			return err
		}
	}
	now := micros(p.Made)
	for _, statement := range []string{
		`DELETE FROM tellings WHERE village = ?1 AND from_at > ?2 AND from_at < ?4 AND seen_at IS NULL AND reason <> '' AND occurrence NOT IN (SELECT value FROM json_each(?3))`,
		`UPDATE tellings SET reason = '', to_at = from_at, told_at = ?2, seen_at = NULL, seen_by = '' WHERE village = ?1 AND from_at > ?2 AND from_at < ?4
			AND reason <> '' AND occurrence NOT IN (SELECT value FROM json_each(?3))`,
		`DELETE FROM tellings WHERE village = ?1 AND from_at < ?2 - ?5`,
	} {
		if _, err := tx.ExecContext(ctx, statement, p.Village, now, listOf(ids), micros(p.To), toldFor.Microseconds()); err != nil {
			return err
		}
	}
	return nil
}

// Tellings lists what authors were told of slots of a village that begin at an
// instant or later, in order of time.
func (s *Store) Tellings(ctx context.Context, village string, from time.Time) (list []scheduler.Telling, err error) {
	err = s.read(ctx, "list tellings", func(tx *sql.Tx) error {
		list, err = query(ctx, tx, scanTelling, "SELECT "+tellingColumns+" FROM tellings WHERE village = ? AND from_at >= ? ORDER BY from_at, occurrence", village, micros(from))
		return err
	})
	return list, err
}

// SeeTelling writes down that somebody has seen what was told of an occurrence;
// fs.ErrNotExist when nothing was.
func (s *Store) SeeTelling(ctx context.Context, village, occurrence, by string, at time.Time) error {
	return s.write(ctx, "see telling", func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, "UPDATE tellings SET seen_by = iif(seen_at IS NULL, ?, seen_by), seen_at = coalesce(seen_at, ?) WHERE village = ? AND occurrence = ?",
			by, micros(at), village, occurrence)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if err == nil && n == 0 {
			return missing{what: "telling of", id: occurrence}
		}
		return err
	})
}
