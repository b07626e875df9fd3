package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"loalang/people"
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
			n, err := orphans(ctx, db, list[i].Table)
			if err != nil {
				return fmt.Errorf("leave out of %s what belongs to nothing: %w", list[i].Table, err)
			}
			found = found || n > 0
			list[i].Saved -= n
			if list[i].Lost >= 0 { // else nobody knows
				list[i].Lost += n
			}
		}
		if !found {
			break
		}
	}
	return sound(ctx, db)
}

// orphans removes the rows of a table whose owner is not there. It asks for the owners
// themselves: the pragma that checks foreign keys names a row by its number, and not every
// table has one.
func orphans(ctx context.Context, db *sql.DB, table string) (n int64, err error) {
	keys, err := ownersOf(ctx, db, table)
	if err != nil {
		return 0, err
	}
	for _, k := range keys {
		gone, err := db.ExecContext(ctx, fmt.Sprintf(`DELETE FROM %q WHERE %q IS NOT NULL AND NOT EXISTS (SELECT 1 FROM %q AS owner WHERE owner.%q = %q.%q)`,
			table, k.from, k.owner, k.to, table, k.from))
		if err != nil {
			return n, err
		}
		of, err := gone.RowsAffected()
		if err != nil {
			return n, err
		}
		n += of
	}
	return n, nil
}

// ownership is a column by which a row names its owner, and the owner's.
type ownership struct{ owner, from, to string }

func ownersOf(ctx context.Context, db *sql.DB, table string) (keys []ownership, err error) {
	rows, err := db.QueryContext(ctx, `SELECT "table", "from", "to" FROM pragma_foreign_key_list(?)`, table)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var k ownership
		if err := rows.Scan(&k.owner, &k.from, &k.to); err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	return keys, rows.Err()
}

// fromStandby puts in what the files beside the database know of the board itself, of
// villages and people, and the new one has not. A board that got another name would take its
// own backups for those of another.
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
	if err := s.nameAgain(ctx, sb.node); err != nil {
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
	known, err := s.AllTokens(ctx)
	if err != nil {
		return err
	}
	for _, t := range sb.tokens {
		if !slices.ContainsFunc(known, func(k people.Token) bool { return k.ID == t.ID }) {
			if err := s.SaveToken(ctx, t); err != nil {
				return err
			}
		}
	}
	return nil
}

// nameAgain gives a database that has no name the one that it had; with none, a new one.
func (s *Store) nameAgain(ctx context.Context, node string) error {
	if node != "" {
		if err := s.write(ctx, "name node again", func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, "INSERT INTO node (id, created_at) SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM node)", node, micros(s.cfg.Now()))
			return err
		}); err != nil {
			return err
		}
	}
	return s.nameNode(ctx)
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
