package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"loalang/people"
	"loalang/scheduler"
)

// write runs f in the one write transaction at a time. What f did is durable
// when write returns nil, and undone otherwise.
func (s *Store) write(ctx context.Context, verb string, f func(tx *sql.Tx) error) error {
	if err := s.intact(verb); err != nil {
		return err
	}
	return s.within(ctx, s.writer, verb, f)
}

// read runs f in a transaction that sees the database as it was at one instant.
func (s *Store) read(ctx context.Context, verb string, f func(tx *sql.Tx) error) error {
	return s.within(ctx, s.reader, verb, f)
}

func (s *Store) within(ctx context.Context, db *sql.DB, verb string, f func(tx *sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("%s: %w", verb, s.notice(err))
	}
	if db == s.writer { // its one connection is ours until the transaction ends
		by := people.ActorOf(ctx)
		s.author.actor.Store(&by)
	}
	if err = f(tx); err == nil {
		err = tx.Commit()
	}
	if err == nil {
		return nil
	}
	// SQLite has undone the transaction by itself after a full disk, and
	// database/sql after the end of ctx: then there is nothing to roll back.
	_ = tx.Rollback()
	if ctx.Err() != nil && !errors.Is(err, ctx.Err()) {
		err = ctx.Err() // "interrupted" is how SQLite puts it
	}
	return fmt.Errorf("%s: %w", verb, s.notice(err))
}

// column is one value to be written.
type column struct {
	name  string
	value any
}

// record is an owned row to be written.
type record struct {
	table string
	what  string // "announcement", for people
	owned scheduler.Owned
	rest  []column
}

// save inserts a record of revision 0, and otherwise updates the one of the
// revision that was read: scheduler.ErrRevision when it has changed since. Of
// an update, village, origin and created_at stay.
func (s *Store) save(ctx context.Context, tx *sql.Tx, r record) error {
	if r.owned.ID == "" {
		return fmt.Errorf("%s has no ID", r.what)
	}
	if r.owned.Revision == 0 {
		return insert(ctx, tx, r.table, append(s.birth(r.owned), r.rest...))
	}
	set := append([]column{{"deleted_at", micros(r.owned.Deleted)}, {"updated_at", micros(s.cfg.Now())}}, r.rest...)
	names, values := split(set)
	values = append(values, r.owned.ID, r.owned.Revision)
	res, err := tx.ExecContext(ctx, "UPDATE "+r.table+" SET revision = revision + 1, "+strings.Join(names, " = ?, ")+" = ? WHERE id = ? AND revision = ?", values...)
	if err != nil {
		return err
	}
	return touched(ctx, tx, res, r)
}

// touched tells a lost race from a record that never was.
func touched(ctx context.Context, tx *sql.Tx, res sql.Result, r record) error {
	n, err := res.RowsAffected()
	if err != nil || n > 0 {
		return err
	}
	var there int
	if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM "+r.table+" WHERE id = ?", r.owned.ID).Scan(&there); err != nil {
		return err
	}
	if there == 0 {
		return missing{what: r.what, id: r.owned.ID}
	}
	return fmt.Errorf("%s %q: %w", r.what, r.owned.ID, scheduler.ErrRevision)
}

// birth is the first state of the owned columns: the caller's, and our own
// where it left them open.
func (s *Store) birth(o scheduler.Owned) []column {
	now := s.cfg.Now()
	if o.Origin == "" {
		o.Origin = s.node
	}
	if o.Created.IsZero() {
		o.Created = now
	}
	if o.Updated.IsZero() {
		o.Updated = o.Created
	}
	return []column{
		{"id", o.ID},
		{"village", o.Village},
		{"origin", o.Origin},
		{"revision", 1},
		{"deleted_at", micros(o.Deleted)},
		{"created_at", micros(o.Created)},
		{"updated_at", micros(o.Updated)},
	}
}

func insert(ctx context.Context, tx *sql.Tx, table string, columns []column) error {
	names, values := split(columns)
	_, err := tx.ExecContext(ctx, insertSQL(table, names), values...)
	return err
}

func insertSQL(table string, names []string) string {
	return "INSERT INTO " + table + " (" + strings.Join(names, ", ") + ") VALUES (?" + strings.Repeat(", ?", len(names)-1) + ")"
}

func split(columns []column) (names []string, values []any) {
	for _, c := range columns {
		names, values = append(names, c.name), append(values, c.value)
	}
	return names, values
}

// overwrite is the "ON CONFLICT … DO UPDATE" that replaces all columns but key,
// identity and birth, and counts the revision.
func overwrite(key string, names []string) string {
	var set []string
	for _, name := range names {
		switch name {
		case "id", "village", "origin", "created_at", "revision", "occurrence", "claimed_at":
		default:
			set = append(set, name+" = excluded."+name)
		}
	}
	return " ON CONFLICT (" + key + ") DO UPDATE SET revision = revision + 1, " + strings.Join(set, ", ")
}
