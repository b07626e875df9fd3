package store

import (
	"context"
	"database/sql"

	"loalang/scheduler"
)

// Removed reads a slot, schedule, station, drill, template or word that has a tombstone;
// kind is the name of its table, as the history has it. fs.ErrNotExist when there is none,
// or when it lives. Whoever saves it without its Deleted brings it back.
func (s *Store) Removed(ctx context.Context, kind, id string) (r scheduler.Remains, err error) {
	err = s.read(ctx, "read what was removed", func(tx *sql.Tx) error {
		switch kind {
		case "slots":
			r.Slot, err = buried(ctx, tx, kind, slotColumns, id, scanSlot)
		case "schedules":
			r.Schedule, err = buried(ctx, tx, kind, scheduleColumns, id, scanSchedule)
		case "stations":
			r.Station, err = buried(ctx, tx, kind, stationColumns, id, scanStation)
		case "drills":
			r.Drill, err = buried(ctx, tx, kind, drillColumns, id, scanDrill)
		case "templates":
			r.Template, err = buried(ctx, tx, kind, templateColumns, id, scanTemplate)
		case "words":
			r.Word, err = buried(ctx, tx, kind, wordColumns, id, scanWord)
		default:
			err = missing{what: "removed record among " + kind, id: id}
		}
		return err
	})
	return r, err
}

// buried reads the row with a tombstone.
func buried[T any](ctx context.Context, tx *sql.Tx, table, columns, id string, scan func(row) (T, error)) (*T, error) {
	row := tx.QueryRowContext(ctx, "SELECT "+columns+" FROM "+table+" WHERE id = ? AND deleted_at IS NOT NULL", id)
	v, err := one(row, scan, missing{what: "removed record among " + table, id: id})
	if err != nil {
		return nil, err
	}
	return &v, nil
}
