package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/mattn/go-sqlite3"
	"github.com/pressly/goose/v3"
	"golang.org/x/sys/unix"
)

// fallbackMark stands in a migration after which the program of the version before may
// still use the database: it only adds tables, indices that forbid nothing, and columns
// that have a default. A migration without it is a step that cannot be taken back. Where
// a file comes from is written into it as user_version: the newest such step.
var fallbackMark = regexp.MustCompile(`(?m)^-- fallback: safe$`)

// ErrUpdate says that the tables could not be brought up to date on a copy. Nothing was
// changed. It is ErrBehind and ErrCorrupt too: the board goes on as with a database that is
// damaged.
var ErrUpdate error = updateFailed{}

type updateFailed struct{}

// Error says what to do.
func (updateFailed) Error() string {
	return "the database could not be brought up to date, as was tried on a copy; the data are as they were: install the version of loalang from before"
}

// Is makes it a database that must not be touched.
func (u updateFailed) Is(target error) bool {
	return target == error(u) || target == ErrCorrupt || target == ErrBehind
}

// oldestFor is the version that a program must know to use tables of a version: that of
// the last migration up to it which is no safe fallback.
func oldestFor(version int64) (oldest int64, err error) {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return 0, fmt.Errorf("list migrations: %w", err)
	}
	for _, name := range files {
		n, err := goose.NumericComponent(name)
		if err != nil {
			return 0, fmt.Errorf("number of migration %s: %w", name, err)
		}
		raw, err := fs.ReadFile(migrations, name)
		if err != nil {
			return 0, fmt.Errorf("read migration %s: %w", name, err)
		}
		if n <= version && !fallbackMark.Match(raw) {
			oldest = max(oldest, n)
		}
	}
	return oldest, nil
}

// keptUpdates is how many copies from before an update are kept.
const keptUpdates = 2

// rehearseUpdate keeps a copy of the database as it is, and brings another one up to date
// first. ErrUpdate when that fails. Where the disk takes no copies the update goes ahead without, for a board with a
// full disk must start: but on a database that was looked through and found whole, else it is ErrCorrupt or
// ErrBehind. Any other error is of the disk, and says nothing of the update.
func (s *Store) rehearseUpdate(ctx context.Context, from int64) error {
	err := s.rehearseOnCopies(ctx, from)
	if err == nil || errors.Is(err, ErrCorrupt) || ctx.Err() != nil {
		return err
	}
	if found := s.lookBeforeUpdate(ctx); found != nil {
		return found
	}
	return err
}

// errNoCopyRoom says that the disk has no room for the copies of a rehearsal.
var errNoCopyRoom = errors.New("there is no room for a copy from before")

func (s *Store) rehearseOnCopies(ctx context.Context, from int64) error {
	size, err := os.Stat(s.cfg.Path)
	if err != nil {
		return err
	}
	dir := filepath.Join(filepath.Dir(s.cfg.Path), "backups")
	var disk unix.Statfs_t
	if err := unix.Statfs(filepath.Dir(s.cfg.Path), &disk); err != nil {
		return err
	}
	if int64(disk.Bavail)*int64(disk.Bsize) < 3*size.Size()+2*reserveBytes {
		return errNoCopyRoom
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	kept := filepath.Join(dir, fmt.Sprintf("before-update-%d.db", from))
	if err := copyInto(ctx, s.cfg.Path, kept); err != nil {
		return err
	}
	s.cfg.Log.Info("a copy of the database from before the update is kept", "file", kept)
	r, err := rehearse(ctx, s.cfg, kept)
	if err != nil {
		return err
	}
	s.cfg.Log.Info("the update was tried on a copy", "from", r.From, "to", r.To)
	return forgetUpdates(dir)
}

// lookPatience is how long a start may look for damage before an update of which there is no copy, for a database of so
// many bytes: a slow card gives 2 MB of it in a second. The limit lies well below what systemd leaves a start; a database
// that needs longer waits for room, and the board goes on without it.
var lookPatience = func(bytes int64) time.Duration {
	const slowCard, limit = 2 << 20, 5 * time.Minute
	return min(integrityPatience+time.Duration(bytes/slowCard)*time.Second, limit)
}

// lookBeforeUpdate is ErrCorrupt for a database that is damaged, and ErrBehind for one of which that is not known.
func (s *Store) lookBeforeUpdate(ctx context.Context) error {
	info, err := os.Stat(s.cfg.Path)
	if err != nil {
		return err
	}
	patient, cancel := context.WithTimeout(ctx, lookPatience(info.Size()))
	defer cancel()
	err = s.peekForDamage(patient)
	switch {
	case err == nil, errors.Is(err, ErrCorrupt), ctx.Err() != nil, errors.Is(err, ErrBusy): // nobody changes what another holds
		return err
	}
	return behind{fmt.Errorf("no copy of it could be made, and it could not be looked through for damage: %w", err)}
}

// PeekForDamage is what TryUpdate says of a database as it is, and needs no room. It changes nothing. Nil says that it is
// whole; ErrCorrupt, ErrNewer and ErrNotDatabase are what it may be else, any other error is the disk's.
func PeekForDamage(ctx context.Context, c Config) error {
	if _, err := os.Stat(c.Path); err != nil { // SQLite would make one
		return fmt.Errorf("look for damage: %w", err)
	}
	s := &Store{cfg: c}
	err := s.peekForDamage(ctx)
	if errors.Is(err, ErrCorrupt) && s.newer(ctx) {
		err = ErrNewer
	}
	if err != nil {
		return fmt.Errorf("look for damage: %w", err)
	}
	return nil
}

// peekForDamage reads the whole file, and changes nothing of it.
func (s *Store) peekForDamage(ctx context.Context) (err error) {
	db, err := s.peek()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var verdict string
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict); err != nil {
		return explain(err)
	}
	if verdict != "ok" {
		return damagedBy(errors.New(verdict))
	}
	return nil
}

// forgetUpdates removes the oldest copies from before updates.
func forgetUpdates(dir string) error {
	all, err := filepath.Glob(filepath.Join(dir, "before-update-*.db"))
	if err != nil {
		return err
	}
	slices.SortFunc(all, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	for _, old := range all[:max(0, len(all)-keptUpdates)] {
		if err := remove(old); err != nil {
			return err
		}
	}
	return nil
}

// copyInto copies a database that others may be using to the file to, durably.
func copyInto(ctx context.Context, path, to string) (err error) {
	db, err := sql.Open(driver, fileURI(path, fmt.Sprintf("_busy_timeout=%d", patience.Milliseconds())))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	part := to + ".part"
	if err := remove(part); err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, "VACUUM INTO ?", part); err != nil {
		return errors.Join(explain(err), remove(part))
	}
	if err := errors.Join(os.Chmod(part, 0o600), syncFile(part)); err != nil {
		return errors.Join(err, remove(part))
	}
	if err := os.Rename(part, to); err != nil {
		return errors.Join(err, remove(part))
	}
	return syncFolder(filepath.Dir(to))
}

func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Update is what bringing a database up to date does.
type Update struct {
	From, To int64            // versions of the tables
	Oldest   int64            // version that a program must know to use them afterwards
	Steps    []string         // migrations, in their order
	Rows     map[string]int64 // of each table afterwards
}

// TryUpdate brings a copy of a database up to date, which lies beside it meanwhile, and
// says what became of it; others may use the database. The errors are ErrNewer, ErrUpdate,
// ErrNotDatabase, ErrCorrupt and those of the disk.
func TryUpdate(ctx context.Context, c Config) (u Update, err error) {
	path, err := filepath.Abs(c.Path)
	if err != nil {
		return u, fmt.Errorf("try update: %w", err)
	}
	c.Path = path
	part := path + ".update"
	if err := copyInto(ctx, path, part); err != nil {
		if errors.Is(err, ErrCorrupt) && (&Store{cfg: c}).newer(ctx) {
			return u, fmt.Errorf("try update: %w", ErrNewer) // whole or not, this program does not know its tables
		}
		return u, fmt.Errorf("try update: copy %s: %w", path, err)
	}
	defer func() { err = errors.Join(err, remove(part)) }()
	return rehearse(ctx, c, part)
}

// newer says whether a database, which may be damaged elsewhere, says of itself that this program must not
// touch its tables.
func (s *Store) newer(ctx context.Context) bool {
	known, err := newestSchema()
	if err != nil {
		return false
	}
	was, err := s.probe(ctx)
	return err == nil && was.readableBy(known) != nil
}

// rehearse brings a copy of a copy up to date and looks it through.
func rehearse(ctx context.Context, c Config, copied string) (u Update, err error) {
	trial := copied + ".trial"
	if err := copyInto(ctx, copied, trial); err != nil {
		return u, err
	}
	defer func() {
		for _, side := range []string{"", "-wal", "-shm"} {
			err = errors.Join(err, remove(trial+side))
		}
	}()
	c.Path = trial
	s := &Store{cfg: c}
	known, err := newestSchema()
	if err != nil {
		return u, err
	}
	was, err := s.probe(ctx)
	if err != nil {
		return u, explain(err)
	}
	u.From, u.To = was.version, max(known, was.version)
	if was.version > known {
		u.Oldest = was.oldest
		return u, was.readableBy(known)
	}
	err = s.try(ctx, &u)
	switch {
	case err == nil:
		return u, nil
	case ctx.Err() != nil, diskFault(err):
		return u, explain(err)
	}
	return u, fmt.Errorf("%w (%w)", ErrUpdate, err)
}

// diskFault says whether an error is that of a disk which takes or gives nothing, and not
// that of what was to be done there.
func diskFault(err error) bool {
	var lite sqlite3.Error
	if !errors.As(err, &lite) {
		return errors.Is(err, ErrFull) || errors.Is(err, syscall.EROFS) || errors.Is(err, syscall.EIO)
	}
	return slices.Contains([]sqlite3.ErrNo{sqlite3.ErrFull, sqlite3.ErrReadonly, sqlite3.ErrIoErr, sqlite3.ErrCantOpen}, lite.Code)
}

// try brings the copy up to date and compares it with what it was.
func (s *Store) try(ctx context.Context, u *Update) (err error) {
	provider, db, err := s.provider()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	before, err := rowsOf(ctx, db)
	if err != nil {
		return err
	}
	results, err := provider.Up(ctx)
	if err != nil {
		return err
	}
	for _, r := range results {
		u.Steps = append(u.Steps, filepath.Base(r.Source.Path))
	}
	if err := sound(ctx, db); err != nil {
		return err
	}
	if u.Rows, err = rowsOf(ctx, db); err != nil {
		return err
	}
	for table, n := range before {
		if now, there := u.Rows[table]; there && now < n && table != "goose_db_version" {
			return fmt.Errorf("%d rows of %s would be lost", n-now, table)
		}
	}
	u.Oldest, err = oldestFor(u.To)
	return err
}

// sound looks a whole database through.
func sound(ctx context.Context, db *sql.DB) error {
	var verdict string
	if err := db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&verdict); err != nil {
		return err
	}
	if verdict != "ok" {
		return errors.New(verdict)
	}
	var table string
	err := db.QueryRowContext(ctx, `SELECT "table" FROM pragma_foreign_key_check LIMIT 1`).Scan(&table)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil {
		err = fmt.Errorf("a row of %s belongs to nothing", table)
	}
	return err
}

// tablesOf lists the tables of a database.
func tablesOf(ctx context.Context, db *sql.DB) (names []string, err error) {
	rows, err := db.QueryContext(ctx, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name")
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

// rowsOf counts the rows of every table.
func rowsOf(ctx context.Context, db *sql.DB) (map[string]int64, error) {
	names, err := tablesOf(ctx, db)
	if err != nil {
		return nil, err
	}
	counts := make(map[string]int64, len(names))
	for _, name := range names {
		var n int64
		if err := db.QueryRowContext(ctx, `SELECT count(*) FROM "`+name+`"`).Scan(&n); err != nil {
			return nil, err
		}
		counts[name] = n
	}
	return counts, nil
}
