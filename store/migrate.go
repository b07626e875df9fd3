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
	provider, db, err := s.provider()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	sources := provider.ListSources()
	s.schema = sources[len(sources)-1].Version
	if err := s.probe(ctx, s.schema); err != nil {
		return err
	}
	results, err := provider.Up(ctx)
	if err != nil {
		return fmt.Errorf("bring tables up to date: %w", err)
	}
	for _, r := range results {
		s.cfg.Log.Info("database brought up to date", "migration", r.Source.Path, "took", r.Duration)
	}
	return nil
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

// probe refuses a file that is no database, someone else's, or newer than
// known. It opens the file without our settings: those would change it.
func (s *Store) probe(ctx context.Context, known int64) (err error) {
	options := fmt.Sprintf("_query_only=true&_busy_timeout=%d", patience.Milliseconds())
	if s.frugal {
		options += "&_locking_mode=EXCLUSIVE"
	}
	db, err := sql.Open(driver, fileURI(s.cfg.Path, options))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var id, tables, versioned int
	err = db.QueryRowContext(ctx, `SELECT (SELECT application_id FROM pragma_application_id()),
		count(*), count(*) FILTER (WHERE name = 'goose_db_version') FROM sqlite_master`).Scan(&id, &tables, &versioned)
	if err != nil {
		return err
	}
	// A start cut short before the first migration leaves goose's table and the
	// sequence behind it.
	if id != applicationID && (id != 0 || tables > 2*versioned) {
		return ErrNotDatabase
	}
	if versioned == 0 {
		return nil
	}
	var version int64
	err = db.QueryRowContext(ctx, "SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied").Scan(&version)
	if err != nil {
		return err
	}
	if version > known {
		return fmt.Errorf("%w (its tables are of version %d, this program knows %d)", ErrNewer, version, known)
	}
	return nil
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
