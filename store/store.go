package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/mattn/go-sqlite3" // the driver "sqlite3"
)

// Config says where the database lies and what the store works with; every
// field is required where nothing else is said.
type Config struct {
	Path  string           // the file; its folder is made when it is not there
	Now   func() time.Time // the board's clock, for created_at and updated_at; a person may have told it
	NewID func() string    // a UUIDv7
	Log   *slog.Logger
	// SignIns is the clock by which package scs dates when a sign-in ends: the system's. By
	// another that lies days ahead every sign-in has ended as it is made; nil: Now is that one.
	SignIns func() time.Time
	// Hurry says that something waits to sound again: OpenAnyway leaves the search for
	// damage to LookForDamage, for on a slow disk that takes seconds, and begins with
	// the standby where the database is not open within half a second.
	Hurry bool
	// Update is asked before the tables are brought up to date, while nobody else opens the database: its
	// error leaves them as they are, and is that of Open; nil: they may be.
	Update func() error
}

const (
	// driver is the name under which go-sqlite3 registers itself.
	driver = "sqlite3"
	// readers is how many reads may go on at once, beside the one writer.
	readers = 4
	// patience is how long SQLite waits for another process's write. It is
	// shorter than what playout waits for a row before it spools it.
	patience = 1500 * time.Millisecond
	// keptStatements is how many statements a connection keeps prepared: to prepare
	// the same insert a thousand times cost half of what saving a plan did.
	keptStatements = 64
	// keptPages is how many KB of the file a connection keeps. SQLite's 2,000 for each of
	// five connections fill within days and are a tenth of what all processes may take; the
	// kernel keeps the same pages once, and drops them where memory is short.
	keptPages = 512
)

// Store is the database. Open makes one.
type Store struct {
	cfg    Config
	node   string
	schema int64 // version of the tables
	oldest int64 // version that a program must know to use them
	damage damage
	writer *sql.DB // one connection: writers queue here, not inside SQLite
	reader *sql.DB
	margin margin
	author author
	frugal bool // see lane.go
	// opening is closed when the database was opened behind a start in a hurry; nil:
	// it was before.
	opening <-chan struct{}
}

// Open opens the database of c.Path, makes it when there is none, and brings
// its tables up to date. It blocks on the disk. On a full disk it uses the
// margin. The errors are ErrNewer, ErrNotDatabase, ErrCorrupt, ErrBusy and
// ErrFull, that of c.Update, and those of the file system; the file is never deleted or replaced.
func Open(ctx context.Context, c Config) (*Store, error) {
	path, err := filepath.Abs(c.Path)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	c.Path = path
	s := &Store{cfg: c}
	if err := s.openSurely(ctx); err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	if err := s.KeepReserve(); err != nil {
		c.Log.Warn("no margin could be set aside for a full disk", "err", err)
	}
	return s, nil
}

// openSurely is open that uses the margin; on an error nothing stays open.
func (s *Store) openSurely(ctx context.Context) error {
	before := s.margin.count()
	err := explain(s.open(ctx))
	if errors.Is(err, syscall.ENOSPC) {
		if s.frugal = !s.makeRoom(before, err); s.frugal {
			s.cfg.Log.Error("the disk is full and the margin is used up: nobody else can open the database until there is room", "err", err)
		}
		if closing := s.close(); closing != nil {
			return errors.Join(err, closing)
		}
		s.reader, s.writer = nil, nil
		err = explain(s.open(ctx))
	}
	if err != nil {
		return errors.Join(err, s.close())
	}
	return nil
}

func (s *Store) open(ctx context.Context) error {
	if err := s.lost(); err != nil {
		return err
	}
	if err := ensureFile(s.cfg.Path); err != nil {
		return err
	}
	if err := s.migrate(ctx); err != nil {
		return err
	}
	s.connectAll()
	return s.nameNode(ctx)
}

func (s *Store) connectAll() {
	s.author.now = s.cfg.Now
	s.writer = s.connect(1, "_txlock=immediate", s.author.lay)
	s.reader = s.writer
	if !s.frugal {
		s.reader = s.connect(readers, "_query_only=true", nil)
	}
}

// connect prepares a pool; nothing is opened before its first use.
func (s *Store) connect(size int, more string, prepare func(*sqlite3.SQLiteConn) error) *sql.DB {
	options := fmt.Sprintf("_synchronous=FULL&_foreign_keys=true&_stmt_cache_size=%d&_cache_size=-%d&_busy_timeout=%d&%s", keptStatements, keptPages, patience.Milliseconds(), more)
	db := sql.OpenDB(lane{path: s.cfg.Path, options: options, frugal: s.frugal, opening: s.opening, prepare: prepare})
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	if s.frugal {
		db.SetConnMaxLifetime(frugalLife)
	}
	return db
}

// fileURI names a file to SQLite so that no character of its path means
// something else.
func fileURI(path, options string) string {
	return (&url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: options}).String()
}

// ensureFile makes an empty database file that only its owner may read: it
// holds hashes of passwords and sign-ins. SQLite gives its side files the same
// rights.
func ensureFile(path string) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return syncFolder(dir)
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// nameNode reads the name of this node, and gives it one at the first start.
func (s *Store) nameNode(ctx context.Context) error {
	return s.write(ctx, "name node", func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, "SELECT id FROM node").Scan(&s.node)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		s.node = s.cfg.NewID()
		_, err = tx.ExecContext(ctx, "INSERT INTO node (id, created_at) VALUES (?, ?)", s.node, micros(s.cfg.Now()))
		return err
	})
}

// Node is the UUIDv7 of the node that this database belongs to: the Origin of
// what is made here. It never changes.
func (s *Store) Node() string { return s.node }

// Ping reads one row, to say that the database answers; ErrCorrupt when damage
// was found.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.intact("ping database"); err != nil {
		return err
	}
	var node string
	if err := s.reader.QueryRowContext(ctx, "SELECT id FROM node").Scan(&node); err != nil {
		return fmt.Errorf("ping database: %w", s.notice(err))
	}
	return nil
}

// Integrity reads the whole file and checks its structure; ErrCorrupt says
// that it is damaged. It takes a second for each 100 MB or so; nothing waits
// for it meanwhile.
func (s *Store) Integrity(ctx context.Context) error {
	return s.lookThrough(ctx, "PRAGMA quick_check(1)")
}

// lookThrough asks a pragma for the first damage of the database; ErrCorrupt when it finds some.
func (s *Store) lookThrough(ctx context.Context, pragma string) error {
	var verdict string
	if err := s.reader.QueryRowContext(ctx, pragma).Scan(&verdict); err != nil {
		return fmt.Errorf("check database: %w", s.notice(err))
	}
	if verdict != "ok" {
		return fmt.Errorf("check database: %w", s.notice(damagedBy(errors.New(verdict))))
	}
	return nil
}

// Close writes everything into the one file and closes it. Calls after it
// fail.
func (s *Store) Close() error {
	// Only a tidy-up: what is in the WAL is as durable as what is in the file.
	if s.Damaged() {
		return s.close()
	}
	if _, err := s.writer.Exec("PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		s.cfg.Log.Warn("the database could not be tidied up", "err", err)
	}
	if err := s.close(); err != nil {
		return fmt.Errorf("close database: %w", err)
	}
	return nil
}

func (s *Store) close() error {
	var errs []error
	// The writer last: the last connection to close removes the WAL, which a
	// query_only connection may not.
	for _, db := range []*sql.DB{s.reader, s.writer} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}
