package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/pressly/goose/v3"
	"golang.org/x/sys/unix"
)

//go:embed migrations/*.sql
var migrations embed.FS

// applicationID marks our databases in their header: "loaL".
const applicationID = 0x6c6f614c

// migrate looks at the file without changing it, then brings its tables up to
// date. Other processes that open the folder at the same time wait.
func (s *Store) migrate(ctx context.Context) (err error) {
	unlock, err := lockFile(s.cfg.Path + ".lock")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	known, err := newestSchema()
	if err != nil {
		return err
	}
	was, err := s.probe(ctx)
	if err != nil {
		return err
	}
	if was.version > known {
		if err := was.readableBy(known); err != nil {
			return err
		}
		s.schema, s.oldest = was.version, was.oldest
		s.cfg.Log.Warn("a newer version of loalang has written these data; this one can work with them", "tables", was.version, "known", known)
		return nil
	}
	if s.schema = known; was.version > 0 && was.version < known {
		if s.cfg.Update != nil {
			if err := s.cfg.Update(); err != nil {
				return err
			}
		}
		err := s.rehearseUpdate(ctx, was.version)
		switch {
		case errors.Is(err, ErrCorrupt), ctx.Err() != nil:
			return err
		case err != nil: // a disk that takes no copy must not keep the board from its start
			s.cfg.Log.Warn("the database is brought up to date without having tried it on a copy", "from", was.version, "err", err)
		}
	}
	return s.bringUp(ctx, was)
}

// bringUp runs the migrations that are missing, and writes down which versions may use
// the tables from then on.
func (s *Store) bringUp(ctx context.Context, was schemaState) (err error) {
	provider, db, err := s.provider()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if s.oldest, err = oldestFor(s.schema); err != nil {
		return err
	}
	if was.oldest > 0 && was.oldest < s.oldest {
		// Before the first step: where the power goes behind one that cannot be taken back, a version
		// that knows it not must not take the tables for its own.
		if err := s.admit(ctx, db); err != nil {
			return fmt.Errorf("bring tables up to date: %w", err)
		}
		was.oldest = s.oldest
	}
	results, err := provider.Up(ctx)
	if err != nil {
		return fmt.Errorf("bring tables up to date: %w", err)
	}
	for _, r := range results {
		s.cfg.Log.Info("database brought up to date", "migration", r.Source.Path, "took", r.Duration)
	}
	if was.oldest == s.oldest {
		return nil
	}
	if err = s.admit(ctx, db); errors.Is(err, ErrFull) {
		s.cfg.Log.Warn("the version before this one cannot open these data until there is room", "err", err)
		return nil
	}
	return err
}

// admit writes into the file which version a program must know to use its tables.
func (s *Store) admit(ctx context.Context, db *sql.DB) error {
	_, err := db.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", s.oldest))
	return explain(err)
}

func (s *Store) provider() (*goose.Provider, *sql.DB, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, nil, err
	}
	db := s.connect(1, "_txlock=immediate", nil)
	p, err := goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return p, db, nil
}

// newestSchema is the version of the tables that this program knows.
func newestSchema() (version int64, err error) {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return 0, fmt.Errorf("list migrations: %w", err)
	}
	for _, name := range files {
		n, err := goose.NumericComponent(name)
		if err != nil {
			return 0, fmt.Errorf("number of migration %s: %w", name, err)
		}
		version = max(version, n)
	}
	return version, nil
}

// schemaState is what a file says of its tables.
type schemaState struct {
	version int64 // the newest migration that was applied; 0: none
	oldest  int64 // the version that a program must at least know to use them; 0: the file does not say
}

// readableBy refuses tables that a program of the version known must not touch.
func (s schemaState) readableBy(known int64) error {
	if s.version <= known || s.oldest > 0 && s.oldest <= known {
		return nil
	}
	return fmt.Errorf("%w (its tables are of version %d, this program knows %d)", ErrNewer, s.version, known)
}

// peek opens the file without our settings, which would change it.
func (s *Store) peek() (*sql.DB, error) {
	options := fmt.Sprintf("_query_only=true&_busy_timeout=%d", patience.Milliseconds())
	if s.frugal {
		options += "&_locking_mode=EXCLUSIVE"
	}
	return sql.Open(driver, fileURI(s.cfg.Path, options))
}

// probe refuses a file that is no database, or someone else's.
func (s *Store) probe(ctx context.Context) (was schemaState, err error) {
	db, err := s.peek()
	if err != nil {
		return was, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var id, tables, versioned int
	err = db.QueryRowContext(ctx, `SELECT (SELECT application_id FROM pragma_application_id()), (SELECT user_version FROM pragma_user_version()),
		count(*), count(*) FILTER (WHERE name = 'goose_db_version') FROM sqlite_master`).Scan(&id, &was.oldest, &tables, &versioned)
	if err != nil {
		return was, err
	}
	// A start cut short before the first migration leaves goose's table and the
	// sequence behind it.
	if id != applicationID && (id != 0 || tables > 2*versioned) {
		return was, ErrNotDatabase
	}
	if versioned == 0 {
		return was, nil
	}
	err = db.QueryRowContext(ctx, "SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied").Scan(&was.version)
	return was, err
}

// lockFile waits for an advisory lock, which ends with the process at the
// latest.
func lockFile(path string) (unlock func() error, err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err = unix.Flock(int(f.Fd()), unix.LOCK_EX)
		if !errors.Is(err, unix.EINTR) {
			break
		}
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", path, err), f.Close())
	}
	return f.Close, nil
}
