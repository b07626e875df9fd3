package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// Salvaged is what became of one table of a damaged database.
type Salvaged struct {
	Table string
	Saved int64
	// Lost is how many rows are missing, as far as an index of the table tells; −1: nobody
	// knows.
	Lost int64
}

// Salvage reads what can be read of the damaged database at path and writes it into a new
// one at to, which must not be there. The damaged file is not touched. Rows whose owner is
// lost are left out and counted. Nobody else may use either. The errors are ErrNotDatabase
// and ErrCorrupt when not even its list of tables can be read, and those of the disk.
func Salvage(ctx context.Context, c Config, to string) (list []Salvaged, err error) {
	path, work := c.Path, to+".old"
	defer func() {
		for _, side := range []string{"", "-wal", "-shm"} {
			err = errors.Join(err, remove(work+side))
		}
	}()
	for _, side := range []string{"", "-wal"} { // what is in the log counts, and reading it writes
		if err := copyFile(c.Path+side, work+side); err != nil {
			return nil, fmt.Errorf("salvage database: %w", err)
		}
	}
	old, err := sql.Open(driver, fileURI(work, ""))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, old.Close()) }()
	old.SetMaxOpenConns(1)
	if _, err := tablesOf(ctx, old); err != nil {
		return nil, fmt.Errorf("salvage database: %w", explain(err))
	}
	c.Path = to
	fresh := &Store{cfg: c}
	if err := ensureFile(to); err != nil {
		return nil, err
	}
	if err := fresh.migrate(ctx); err != nil {
		return nil, fmt.Errorf("salvage database: %w", err)
	}
	db, err := sql.Open(driver, fileURI(to, "_foreign_keys=false&_synchronous=FULL"))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	if list, err = salvageAll(ctx, old, db); err != nil {
		return nil, err
	}
	if err := fromStandby(ctx, c, path); err != nil {
		return nil, fmt.Errorf("salvage people from beside the database: %w", err)
	}
	return list, leaveOut(ctx, db, list)
}

// copyFile copies a file that may not be there.
func copyFile(from, to string) (err error) {
	f, err := os.Open(from)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // only read
	t, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(t, f)
	return errors.Join(err, t.Close())
}

// salvageAll copies table by table, then leaves out what belongs to nothing.
func salvageAll(ctx context.Context, old, db *sql.DB) (list []Salvaged, err error) {
	names, err := tablesOf(ctx, db)
	if err != nil {
		return nil, err
	}
	there, err := tablesOf(ctx, old)
	if err != nil {
		return nil, explain(err)
	}
	for _, table := range names {
		if table == "goose_db_version" || !slices.Contains(there, table) {
			continue
		}
		one, err := salvageTable(ctx, old, db, table)
		if err != nil {
			return nil, fmt.Errorf("salvage %s: %w", table, err)
		}
		list = append(list, one)
	}
	return list, nil
}

// leaveOut removes the rows that belong to nothing any more, and counts them.
func leaveOut(ctx context.Context, db *sql.DB, list []Salvaged) error {
	for range 4 { // what belongs to what is left out goes with it
		found := false
		for i := range list {
			gone, err := db.ExecContext(ctx, `DELETE FROM "`+list[i].Table+`" WHERE rowid IN (SELECT rowid FROM pragma_foreign_key_check(?))`, list[i].Table)
			if err != nil {
				continue // a table without row numbers: its rows go with their owner's
			}
			if n, err := gone.RowsAffected(); err == nil && n > 0 {
				found = true
				list[i].Saved -= n
				list[i].Lost = max(0, list[i].Lost) + n
			}
		}
		if !found {
			break
		}
	}
	return sound(ctx, db)
}

// fromStandby puts in what the files beside the database know of villages and people and
// the new one has not.
func fromStandby(ctx context.Context, c Config, from string) (err error) {
	sb, err := (&Store{cfg: Config{Path: from}}).standIn()
	if err != nil {
		return nil //nolint:nilerr // there is none: what was read must do
	}
	s := &Store{cfg: c}
	if s.schema, err = newestSchema(); err != nil {
		return err
	}
	s.connectAll()
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.nameNode(ctx); err != nil {
		return err
	}
	for _, v := range sb.villages {
		if _, err := s.Village(ctx, v.Key); errors.Is(err, os.ErrNotExist) {
			v.Revision = 0
			if err := s.SaveVillage(ctx, v); err != nil {
				return err
			}
		}
	}
	for _, a := range sb.accounts {
		if _, err := s.AccountByID(ctx, a.ID); errors.Is(err, os.ErrNotExist) {
			a.Revision = 0
			if err := s.SaveAccount(ctx, a); err != nil {
				return err
			}
		}
	}
	return nil
}

// salvageTable copies what can be read of a table: from its beginning up to the damage,
// then from its end down to it.
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
	names := `"` + strings.Join(columns, `", "`) + `"`
	put := "INSERT OR IGNORE INTO \"" + table + "\" (" + names + ") VALUES (?" + strings.Repeat(", ?", len(columns)-1) + ")"
	whole := true
	for _, order := range []string{"", " DESC"} {
		query := "SELECT " + names + ` FROM "` + table + `" ORDER BY ` + strings.ReplaceAll(key, ",", order+",") + order
		read, err := pour(ctx, old, db, query, put, len(columns))
		if err != nil {
			return s, err
		}
		if whole = read; whole {
			break
		}
	}
	if err := db.QueryRowContext(ctx, `SELECT count(*) FROM "`+table+`"`).Scan(&s.Saved); err != nil {
		return s, err
	}
	if whole {
		return s, nil
	}
	var had int64
	if err := old.QueryRowContext(ctx, `SELECT count(*) FROM "`+table+`"`).Scan(&had); err != nil {
		s.Lost = -1
		return s, nil //nolint:nilerr // no index is whole either
	}
	s.Lost = max(0, had-s.Saved)
	return s, nil
}

// pour copies rows until the reading fails; whole says that it did not.
func pour(ctx context.Context, old, db *sql.DB, query, put string, width int) (whole bool, err error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return false, err
	}
	defer func() { _ = tx.Rollback() }() // after the commit there is nothing
	insert, err := tx.PrepareContext(ctx, put)
	if err != nil {
		return false, err
	}
	defer func() { _ = insert.Close() }()
	whole = func() bool {
		rows, failed := old.QueryContext(ctx, query)
		if failed != nil {
			return false
		}
		defer func() { _ = rows.Close() }()
		values, into := make([]any, width), make([]any, width)
		for i := range values {
			into[i] = &values[i]
		}
		for rows.Next() {
			if rows.Scan(into...) != nil {
				return false
			}
			if _, failed := insert.ExecContext(ctx, values...); failed != nil && ctx.Err() != nil {
				return false
			}
		}
		return rows.Err() == nil
	}()
	if err := ctx.Err(); err != nil {
		return false, err
	}
	return whole, tx.Commit()
}

// shared are the columns that a table has in both.
func shared(ctx context.Context, old, db *sql.DB, table string) (columns []string, err error) {
	before, err := columnsOf(ctx, old, table)
	if err != nil {
		return nil, err
	}
	now, err := columnsOf(ctx, db, table)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(now, func(c string) bool { return !slices.Contains(before, c) }), nil
}

func columnsOf(ctx context.Context, db *sql.DB, table string) (names []string, err error) {
	rows, err := db.QueryContext(ctx, "SELECT name FROM pragma_table_info(?) ORDER BY cid", table)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

// keyOf is the order in which a table lies on the disk.
func keyOf(ctx context.Context, db *sql.DB, table string) (string, error) {
	var without bool
	err := db.QueryRowContext(ctx, "SELECT wr FROM pragma_table_list WHERE name = ? AND schema = 'main'", table).Scan(&without)
	if err != nil || !without {
		return "rowid", err
	}
	var key string
	err = db.QueryRowContext(ctx, `SELECT group_concat('"' || name || '"', ',') FROM (SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk)`, table).Scan(&key)
	return key, err
}
