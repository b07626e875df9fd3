package store

import (
	"context"
	"database/sql"
	"time"

	"loalang/scheduler"
)

const slotColumns = ownedColumns + ", name, start, length_ns, days, opening, closing, relays, seasons, days_off, limit_ns"

func scanSlot(r row) (scheduler.Slot, error) {
	var sl scheduler.Slot
	err := r.Scan(append(owned(&sl.Owned), &sl.Name, &sl.Start, &sl.Length, &sl.Days, &sl.Opening, &sl.Closing, (*relays)(&sl.Relays),
		(*seasons)(&sl.Seasons), (*daysOff)(&sl.DaysOff), &sl.Limit)...)
	return sl, err
}

// Slots lists the living slots of a village, the earliest of the day first.
func (s *Store) Slots(ctx context.Context, village string) (list []scheduler.Slot, err error) {
	err = s.read(ctx, "list slots", func(tx *sql.Tx) error {
		list, err = slotsOf(ctx, tx, village)
		return err
	})
	return list, err
}

func slotsOf(ctx context.Context, tx *sql.Tx, village string) ([]scheduler.Slot, error) {
	return query(ctx, tx, scanSlot, "SELECT "+slotColumns+" FROM slots WHERE village = ? AND deleted_at IS NULL ORDER BY start, id", village)
}

// SaveSlot inserts a slot (Revision 0) or updates the one of the revision that
// was read; scheduler.ErrRevision when it has changed since.
func (s *Store) SaveSlot(ctx context.Context, sl scheduler.Slot) error {
	return s.write(ctx, "save slot", func(tx *sql.Tx) error { return s.saveSlot(ctx, tx, sl) })
}

func (s *Store) saveSlot(ctx context.Context, tx *sql.Tx, sl scheduler.Slot) error {
	relays, err := relaysOf(sl.Relays)
	if err != nil {
		return err
	}
	seasons, err := seasonsOf(sl.Seasons)
	if err != nil {
		return err
	}
	off, err := daysOffOf(sl.DaysOff)
	if err != nil {
		return err
	}
	return s.save(ctx, tx, record{table: "slots", what: "slot", owned: sl.Owned, rest: []column{
		{"name", sl.Name},
		{"start", sl.Start},
		{"length_ns", sl.Length},
		{"days", sl.Days},
		{"opening", sl.Opening},
		{"closing", sl.Closing},
		{"relays", relays},
		{"seasons", seasons},
		{"days_off", off},
		{"limit_ns", sl.Limit},
	}})
}

// RemoveSlot leaves a tombstone; fs.ErrNotExist when there is no such living
// slot.
func (s *Store) RemoveSlot(ctx context.Context, id string, at time.Time) error {
	return s.write(ctx, "remove slot", func(tx *sql.Tx) error { return s.bury(ctx, tx, "slots", missing{what: "slot", id: id}, at) })
}

// bury leaves a tombstone on the living row that gone names.
func (s *Store) bury(ctx context.Context, tx *sql.Tx, table string, gone missing, at time.Time) error {
	res, err := tx.ExecContext(ctx, "UPDATE "+table+" SET deleted_at = ?, updated_at = ?, revision = revision + 1 WHERE id = ? AND deleted_at IS NULL",
		micros(at), micros(s.cfg.Now()), gone.id)
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	if err == nil && n == 0 {
		return gone
	}
	return err
}
