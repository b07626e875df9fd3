package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
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
		torn, err := copyFile(c.Path+side, work+side)
		if err != nil {
			return nil, fmt.Errorf("salvage database: %w", err)
		}
		if torn > 0 {
			c.Log.Warn("the disk does not give back parts of the database: put in another card", "file", c.Path+side, "bytes", torn)
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

// copyFile copies a file that may not be there; torn is how many bytes of it the disk does
// not give back.
func copyFile(from, to string) (torn int64, err error) {
	f, err := os.Open(from)
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }() // only read
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	t, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return 0, err
	}
	torn, err = copyTorn(t, f, info.Size())
	return torn, errors.Join(err, t.Close())
}

// sector is how much of a file is left out at once where the disk does not give it back: a
// page of the database.
const sector = 4096

// copyTorn copies size bytes. What from does not give is written as zeros, a sector at a
// time, so that one bad place costs no more than what lies in it; torn is how many bytes
// those are. The errors are those of to.
func copyTorn(to io.Writer, from io.ReaderAt, size int64) (torn int64, err error) {
	buf := make([]byte, 1<<20)
	for at := int64(0); at < size; at += int64(len(buf)) {
		part := buf[:min(size-at, int64(len(buf)))]
		if n, _ := from.ReadAt(part, at); n < len(part) {
			torn += readTorn(part, from, at)
		}
		if _, err := to.Write(part); err != nil {
			return torn, err
		}
	}
	return torn, nil
}

// readTorn reads sector by sector what could not be read at once.
func readTorn(part []byte, from io.ReaderAt, at int64) (torn int64) {
	for i := 0; i < len(part); i += sector {
		one := part[i:min(i+sector, len(part))]
		if n, _ := from.ReadAt(one, at+int64(i)); n < len(one) {
			clear(one[n:])
			torn += int64(len(one) - n)
		}
	}
	return torn
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
				if list[i].Lost >= 0 { // else nobody knows
					list[i].Lost += n
				}
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
