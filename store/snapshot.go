package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"

	"github.com/mattn/go-sqlite3"

	"loalang/recordings"
)

// Snapshot writes the database as it is at one instant into the file path, which must
// not be there. Reads and writes go on meanwhile. Sign-ins and links for a first account
// are not in it: a copy must let nobody in whom the original has sent away. The file is
// not durable before the caller makes it so, and is removed on an error. ErrCorrupt when
// a page of the database cannot be read, which then is noticed as by any reading;
// ErrCopyUnread when the database is whole and the copy is not; ErrFull when there is no room.
func (s *Store) Snapshot(ctx context.Context, path string) error {
	if err := s.intact("copy database"); err != nil {
		return err
	}
	// SQLite takes an empty file. Made so it is nobody else's from its first byte, also where
	// a stick knows no owners and refuses to change a mode.
	made, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		err = made.Close()
	}
	if err != nil {
		return fmt.Errorf("copy database: %w", err)
	}
	err = s.copyInto(ctx, path)
	if err == nil {
		err = finishCopy(ctx, path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("copy database: %w", s.blame(ctx, err)), remove(path))
	}
	return nil
}

// copyInto reads the database and writes path.
func (s *Store) copyInto(ctx context.Context, path string) (err error) {
	// A connection of its own: the others may only read, or belong to the writer.
	from := s.connect(1, "_txlock=deferred", nil)
	defer func() { err = errors.Join(err, from.Close()) }()
	_, err = from.ExecContext(ctx, "VACUUM INTO ?", path)
	return err
}

// finishCopy takes out of a copy what must not be in it, and looks it through. What cannot be
// read or written meanwhile is the copy's, and ErrCopyUnread.
func finishCopy(ctx context.Context, path string) (err error) {
	defer func() {
		var lite sqlite3.Error
		if err = explain(err); errors.As(err, &lite) && lite.Code == sqlite3.ErrIoErr && !errors.Is(err, ErrFull) {
			err = copyUnread(err)
		}
	}()
	to, err := sql.Open(driver, fileURI(path, "_secure_delete=true&_journal_mode=DELETE"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	to.SetMaxOpenConns(1)
	for _, table := range []string{"sessions", "setups"} {
		if _, err := to.ExecContext(ctx, "DELETE FROM "+table); err != nil {
			return err
		}
	}
	var verdict string
	if err := to.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&verdict); err != nil {
		return err
	}
	if verdict != "ok" {
		return damagedBy(errors.New(verdict))
	}
	return nil
}

// blame explains an error of copying. Damage may be of either file, and SQLite does not say of
// which: the database is looked through, and only what is wrong there is noticed. A stick that
// is worn must not end what the board writes.
func (s *Store) blame(ctx context.Context, err error) error {
	err = explain(err)
	if !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrNotDatabase) {
		return err
	}
	if own := s.lookThrough(ctx, "PRAGMA integrity_check(1)"); own != nil {
		return own
	}
	return copyUnread(err)
}

// copyUnread is ErrCopyUnread with what was found, which is no damage of the database.
func copyUnread(why error) error { return fmt.Errorf("%w (%v)", ErrCopyUnread, why) } //nolint:errorlint // not wrapped: why is ErrCorrupt, and the database is not

// Schema is the version of the tables of this database.
func (s *Store) Schema() int64 { return s.schema }

// Oldest is the version of the tables that a program must at least know to use this
// database; see fallbackMark.
func (s *Store) Oldest() int64 { return s.oldest }

// EndSignIns ends every sign-in and every link for a first account.
func (s *Store) EndSignIns(ctx context.Context) error {
	return s.write(ctx, "end sign-ins", func(tx *sql.Tx) error {
		for _, table := range []string{"sessions", "setups"} {
			if _, err := tx.ExecContext(ctx, "DELETE FROM "+table); err != nil {
				return err
			}
		}
		return nil
	})
}

// DropPushes forgets where browsers take in what is pushed: under other keys of the
// board nothing arrives there.
func (s *Store) DropPushes(ctx context.Context) error {
	return s.write(ctx, "forget where news is pushed", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM pushes")
		return err
	})
}

// Everything lists every living recording of the library with its variants, by ID.
func (s *Store) Everything(ctx context.Context) (list []recordings.Recording, err error) {
	err = s.read(ctx, "list the whole library", func(tx *sql.Tx) error {
		list, err = recordingsBy(ctx, tx, "deleted_at IS NULL ORDER BY id")
		return err
	})
	return list, err
}

// Blob is a file of the library that a copy of the database names.
type Blob struct {
	Recording string
	Form      recordings.Form // Original or Master
	SHA256    string          // hex
	Bytes     int64
}

// BlobsOf lists the files that the living recordings of a copy, as Snapshot wrote it,
// are made of. Built-in sounds and play copies have none. ErrCopyUnread when it is damaged.
func BlobsOf(ctx context.Context, path string) (list []Blob, err error) {
	defer func() {
		if err = explain(err); errors.Is(err, ErrCorrupt) || errors.Is(err, ErrNotDatabase) {
			err = copyUnread(err)
		}
	}()
	db, err := sql.Open(driver, fileURI(path, "mode=ro"))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	rows, err := db.QueryContext(ctx, `SELECT v.recording, v.form, v.sha256, v.bytes FROM variants AS v JOIN recordings AS r ON r.id = v.recording
		WHERE r.deleted_at IS NULL AND r.kind <> 'builtin' AND v.form IN ('original', 'master') ORDER BY v.recording, v.form`)
	if err != nil {
		return nil, fmt.Errorf("list the files of the library: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var b Blob
		if err := rows.Scan(&b.Recording, &b.Form, &b.SHA256, &b.Bytes); err != nil {
			return nil, fmt.Errorf("list the files of the library: %w", err)
		}
		list = append(list, b)
	}
	return list, rows.Err()
}
