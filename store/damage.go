package store

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/mattn/go-sqlite3"

	"loalang/health"
)

// integrityPatience is how long a start may look for damage: the board must not
// be silent meanwhile.
const integrityPatience = 5 * time.Second

// damage is what was found to be wrong with the database.
type damage struct {
	mu  sync.Mutex
	err error
}

// OpenAnyway is Open for a board that must go on without its database. When that
// is damaged, gone or empty, or a newer version has written it, the Store touches
// the file no more: what is written fails with ErrCorrupt, and accounts, tokens,
// villages with their words, templates and calibration, and the published plan are read from
// the standby files. When it is only held by another program or on
// a disk without room, the Store does the same until the database can be read; where its
// tables would have to be brought up to date for that, until the next start. Where nothing of the
// standby can be read either it goes on with nothing. The errors are those of Open where no standby
// was ever written, but ErrCorrupt, ErrGone and ErrNewer, and ErrBusy where the tables are those of an
// older version, or of which nobody knows.
func OpenAnyway(ctx context.Context, c Config) (*Store, error) {
	s, opening, err := openSoon(ctx, c)
	if err == nil && !c.Hurry {
		err = s.lookForDamage(ctx)
	}
	if err == nil {
		s.follow(ctx) // never from a damaged database
		return s, nil
	}
	if errors.Is(err, ErrNewer) {
		err = untouched{err}
	}
	path, absent := filepath.Abs(c.Path)
	if absent != nil {
		return nil, errors.Join(err, absent)
	}
	c.Path = path
	late := &Store{cfg: c, opening: opening}
	sb, missing := late.standIn()
	ran := !errors.Is(missing, fs.ErrNotExist)
	switch {
	case errors.Is(err, ErrCorrupt):
	case missing != nil && (health.IllDisk(err) || isGone(c.Path)):
		err = gone{err}
	case ran && (errors.Is(err, ErrNotDatabase) || missing != nil && unreadable(err) && !errors.Is(err, ErrBusy) && !errors.Is(err, ErrFull)):
		err = damagedBy(err) // it was ours
	case !ran:
		return nil, err
	}
	if late.node = sb.node; missing != nil {
		c.Log.Error("nothing is known of people and plan without the database", "err", missing)
		late.node = c.NewID()
	}
	if err := late.standBy(err, sb); err != nil {
		return nil, err
	}
	return late, nil
}

// lookForDamage closes the store when it finds some. A check that cannot be
// brought to its end finds nothing: what is read later says so itself.
func (s *Store) lookForDamage(ctx context.Context) error {
	quick, cancel := context.WithTimeout(ctx, integrityPatience)
	defer cancel()
	err := s.Integrity(quick)
	if errors.Is(err, ErrCorrupt) {
		return errors.Join(err, s.close())
	}
	if err != nil {
		s.cfg.Log.Warn("the database was not checked for damage", "err", err)
	}
	return nil
}

// LookForDamage does behind a start in a hurry what other starts do first, and
// returns nil. What it finds is as if a read had found it: Damaged says so.
func (s *Store) LookForDamage(ctx context.Context) error {
	if !s.cfg.Hurry || s.damaged() != nil {
		return nil
	}
	if s.opening != nil {
		select {
		case <-ctx.Done():
			return nil
		case <-s.opening:
		}
	}
	if err := s.Integrity(ctx); err != nil && !errors.Is(err, ErrCorrupt) && ctx.Err() == nil {
		s.cfg.Log.Warn("the database was not checked for damage", "err", err)
	}
	return nil
}

// standBy makes a store that could not be opened because of why.
func (s *Store) standBy(why error, sb standby) error {
	if errors.Is(why, ErrCorrupt) {
		s.cfg.Log.Error("the board goes on without its database", "err", why)
		s.damage.err = why
		s.writer, s.reader = sql.OpenDB(refusing{why}), sql.OpenDB(refusing{why})
		return nil
	}
	known, err := newestSchema()
	if err != nil {
		return errors.Join(why, err)
	}
	if newer := sb.tables.readableBy(known); newer != nil {
		return s.standBy(untouched{newer}, sb)
	}
	if sb.tables.version < known { // its tables would have to be changed first
		if errors.Is(why, ErrBusy) {
			return why // soon nobody holds it
		}
		return s.standBy(behind{why}, sb)
	}
	s.schema, s.oldest = sb.tables.version, sb.tables.oldest
	s.cfg.Log.Error("the database cannot be opened yet, the board begins without it", "err", why)
	s.connectAll() // nothing is opened before its first use
	return nil
}

// refusing is a database that is not touched: every connection fails with why.
type refusing struct{ why error }

// Connect implements driver.Connector.
func (r refusing) Connect(context.Context) (sqldriver.Conn, error) { return nil, r.why }

// Driver implements driver.Connector.
func (refusing) Driver() sqldriver.Driver { return &sqlite3.SQLiteDriver{} }

// Damaged says whether the database was found to be damaged since it was opened.
// Only a restart on a whole database ends that. It returns at once.
func (s *Store) Damaged() bool { return s.damaged() != nil }

// Newer says whether it is Damaged only because a newer version of loalang has written it:
// then it is whole, and for that version alone. It returns at once.
func (s *Store) Newer() bool { return errors.Is(s.damaged(), ErrNewer) }

// Behind says whether it is Damaged only because the tables are as an older version of
// loalang left them, and could not be brought up to date. It returns at once.
func (s *Store) Behind() bool { return errors.Is(s.damaged(), ErrBehind) }

// Gone says whether it is Damaged only because its disk gives nothing back any more, as one that
// was pulled out: then it is mostly whole. It returns at once.
func (s *Store) Gone() bool { return errors.Is(s.damaged(), ErrGone) }

// isGone says whether the disk of a file gives nothing back. SQLite calls a page that it cannot
// read a damaged one.
func isGone(path string) bool {
	f, err := os.Open(path)
	if err == nil {
		err = f.Close()
	}
	return health.IllDisk(err)
}

func (s *Store) damaged() error {
	s.damage.mu.Lock()
	defer s.damage.mu.Unlock()
	return s.damage.err
}

// notice explains an error of the database. The first that tells of damage ends
// all writing: it could make more of it.
func (s *Store) notice(err error) error {
	met := err
	err = explain(err)
	if errors.Is(err, ErrNotDatabase) && !errors.Is(err, ErrCorrupt) {
		err = damagedBy(err)
	}
	if !errors.Is(err, ErrCorrupt) {
		return err
	}
	if !errors.Is(err, ErrGone) && isGone(s.cfg.Path) {
		err = gone{met}
	}
	s.damage.mu.Lock()
	defer s.damage.mu.Unlock()
	if s.damage.err == nil {
		s.damage.err = err
		s.cfg.Log.Error("damage was found, nothing is written to the database any more", "err", err)
	}
	return err
}

// intact refuses a write to a damaged database.
func (s *Store) intact(verb string) error {
	if err := s.damaged(); err != nil {
		return fmt.Errorf("%s: %w", verb, err)
	}
	return nil
}
