package store

import (
	"context"
	"database/sql"
	"iter"
	"math"
	"slices"
	"strings"
)

// pouring is a table on its way from a damaged database into a new one.
type pouring struct {
	old    *sql.DB
	insert *sql.Stmt
	// key are the columns in whose order the table lies on the disk, quoted: for most, the
	// row's number alone.
	key    []string
	choose string // SELECT of the key and of what insert takes
	width  int    // of both together
}

// edge is a place in the order of a table: what the first columns of its key hold there.
type edge []any

// salvageTable copies what can be read of a table.
func salvageTable(ctx context.Context, old, db *sql.DB, table string) (s Salvaged, err error) {
	s.Table = table
	columns, err := shared(ctx, old, db, table)
	if err != nil || len(columns) == 0 {
		return Salvaged{table, 0, -1}, nil //nolint:nilerr // nothing of it can be read
	}
	key, err := keyOf(ctx, db, table)
	if err != nil {
		return s, err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return s, err
	}
	defer func() { _ = tx.Rollback() }() // after the commit there is nothing
	names := `"` + strings.Join(columns, `", "`) + `"`
	insert, err := tx.PrepareContext(ctx, `INSERT OR IGNORE INTO "`+table+`" (`+names+") VALUES (?"+strings.Repeat(", ?", len(columns)-1)+")")
	if err != nil {
		return s, err
	}
	defer func() { _ = insert.Close() }()
	p := pouring{old, insert, key, "SELECT " + strings.Join(key, ", ") + ", " + names + ` FROM "` + table + `"`, len(key) + len(columns)}
	had, whole, err := p.all(ctx)
	if err != nil {
		return s, err
	}
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM "`+table+`"`).Scan(&s.Saved); err != nil {
		return s, err
	}
	if err := tx.Commit(); err != nil {
		return s, err
	}
	if !whole && old.QueryRowContext(ctx, `SELECT count(*) FROM "`+table+`"`).Scan(&had) != nil {
		s.Lost = -1 // no index is whole either
		return s, ctx.Err()
	}
	s.Lost = max(0, had-s.Saved) // also what was read, and the new table refused
	return s, nil
}

// all pours what can be read: up to damage, on behind it, and from there back to it. read is
// how many rows were read while whole, which says that all were.
func (p pouring) all(ctx context.Context) (read int64, whole bool, err error) {
	last, read, whole, err := p.pour(ctx, nil, "", "")
	for done := whole; err == nil && !done; {
		var next edge
		if next, done, err = p.pass(ctx, last); next == nil {
			break
		}
		last = next
	}
	if err == nil && !whole { // what a page that is not what it was has hidden
		_, _, _, err = p.pour(ctx, nil, "", " DESC")
	}
	return read, whole, err
}

// pass pours from the first place behind last at which the table can be read again, and then
// what lies between that and the damage. next is the last row that it came to, nil when there
// is none; done says that it came to the end.
func (p pouring) pass(ctx context.Context, last edge) (next edge, done bool, err error) {
	for bound := range p.beyond(last) {
		next, n, done, err := p.pour(ctx, last, p.compare(">=", bound), "", bound...)
		if err != nil {
			return nil, false, err
		}
		if n == 0 && !done {
			continue
		}
		if last != nil {
			_, _, _, err = p.pour(ctx, nil, p.compare(">", last)+" AND "+p.compare("<", bound), " DESC", append(slices.Clone(last), bound...)...)
		}
		return next, done, err
	}
	return nil, false, nil
}

// compare is the condition that a row lies so from an edge, whose values are its arguments.
func (p pouring) compare(how string, e edge) string {
	return "(" + strings.Join(p.key[:len(e)], ", ") + ") " + how + " (?" + strings.Repeat(", ?", len(e)-1) + ")"
}

// pour copies rows until the reading fails; whole says that it did not. last is the row it
// came to, nil when there was none, and n how many there were. A row that does not lie behind
// the one before, after to begin with, is on a page that is not what it was. Rows that the new
// table refuses are passed over. The errors are those of ctx and of the disk of the new one.
func (p pouring) pour(ctx context.Context, after edge, where, order string, args ...any) (last edge, n int64, whole bool, err error) {
	query := p.choose
	if where != "" {
		query += " WHERE " + where
	}
	rows, failed := p.old.QueryContext(ctx, query+" ORDER BY "+strings.Join(p.key, order+", ")+order, args...)
	if failed != nil {
		return nil, 0, false, ctx.Err()
	}
	defer func() { _ = rows.Close() }()
	values, into := make([]any, p.width), make([]any, p.width)
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if rows.Scan(into...) != nil {
			return last, n, false, ctx.Err()
		}
		at := edge(slices.Clone(values[:len(p.key)]))
		if order == "" && !after.before(at) {
			return last, n, false, nil
		}
		if _, failed := p.insert.ExecContext(ctx, values[len(p.key):]...); failed != nil && (ctx.Err() != nil || diskFault(failed)) {
			return last, n, false, failed
		}
		after, last = at, at
		n++
	}
	return last, n, rows.Err() == nil, ctx.Err()
}

// before says whether e lies before o; what cannot be compared does.
func (e edge) before(o edge) bool {
	for i := range e {
		switch a := e[i].(type) {
		case int64:
			if b, ok := o[i].(int64); !ok || a != b {
				return !ok || a < b
			}
		case string:
			if b, ok := o[i].(string); !ok || a != b {
				return !ok || a < b
			}
		default:
			return true
		}
	}
	return len(e) == 0
}

// beyond are places ever farther behind last, the nearest first: of its last column first.
func (p pouring) beyond(last edge) iter.Seq[edge] {
	return func(yield func(edge) bool) {
		if last == nil { // not even the beginning can be read: rows are numbered from 1
			last = edge{int64(0)}
			for c := ' '; c <= '~' && p.key[0] != "rowid"; c++ {
				if !yield(edge{string(c)}) {
					return
				}
			}
		}
		for i := len(last) - 1; i >= 0; i-- {
			for v := range farther(last[i]) {
				if !yield(append(slices.Clone(last[:i]), v)) {
					return
				}
			}
		}
	}
}

// oneByOne is how many numbers are tried one after the other: more than there are rows on
// any page, or on all that one page points to.
const oneByOne = 1 << 14

// farther are values ever farther behind one: numbers by one for as long as a few pages may
// last, then by steps that double; of texts what no text begins with that is as near.
func farther(v any) iter.Seq[any] {
	return func(yield func(any) bool) {
		switch v := v.(type) {
		case int64:
			for tries, step := 0, int64(1); v <= math.MaxInt64-step; tries++ {
				if v += step; !yield(v) {
					return
				}
				if tries >= oneByOne {
					step *= 2
				}
			}
		case string:
			for i := len(v); i > 0; i-- {
				if !yield(v[:i] + "\xff") {
					return
				}
			}
		}
	}
}

// keyOf are the columns in whose order a table lies on the disk, quoted.
func keyOf(ctx context.Context, db *sql.DB, table string) ([]string, error) {
	var without bool
	err := db.QueryRowContext(ctx, "SELECT wr FROM pragma_table_list WHERE name = ? AND schema = 'main'", table).Scan(&without)
	if err != nil || !without {
		return []string{"rowid"}, err
	}
	var key string
	err = db.QueryRowContext(ctx, `SELECT group_concat('"' || name || '"', ',') FROM (SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk)`, table).Scan(&key)
	return strings.Split(key, ","), err
}
