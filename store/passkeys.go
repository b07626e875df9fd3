package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"loalang/people"
)

const passkeyColumns = "id, account, name, credential, created_at, used_at"

func scanPasskey(r row) (people.Passkey, error) {
	var k people.Passkey
	err := r.Scan(&k.ID, &k.Account, &k.Name, &k.Record, (*instant)(&k.Created), (*instant)(&k.Used))
	return k, err
}

// Passkeys lists the keys of an account, the oldest first; of everyone when account is
// empty.
func (s *Store) Passkeys(ctx context.Context, account string) (list []people.Passkey, err error) {
	err = s.read(ctx, "list passkeys", func(tx *sql.Tx) error {
		list, err = query(ctx, tx, scanPasskey, "SELECT "+passkeyColumns+" FROM passkeys WHERE ? IN ('', account) ORDER BY created_at, id", account)
		return err
	})
	return list, err
}

// Passkey reads one by its ID; fs.ErrNotExist when there is none.
func (s *Store) Passkey(ctx context.Context, id string) (k people.Passkey, err error) {
	err = s.read(ctx, "read passkey", func(tx *sql.Tx) error {
		r := tx.QueryRowContext(ctx, "SELECT "+passkeyColumns+" FROM passkeys WHERE id = ?", id)
		k, err = one(r, scanPasskey, missing{what: "passkey", id: abbreviated(id)})
		return err
	})
	return k, err
}

// PasskeysOf lists everyone's keys in the database file path, without changing it; the error
// says that it cannot be read.
func PasskeysOf(ctx context.Context, path string) (list []people.Passkey, err error) {
	if path, err = filepath.Abs(path); err != nil {
		return nil, fmt.Errorf("list passkeys: %w", err)
	}
	db, err := sql.Open(driver, fileURI(path, "mode=ro"))
	if err != nil {
		return nil, fmt.Errorf("list passkeys: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("list passkeys: %w", explain(err))
	}
	defer func() { _ = tx.Rollback() }() // it only reads
	list, err = query(ctx, tx, scanPasskey, "SELECT "+passkeyColumns+" FROM passkeys ORDER BY created_at, id")
	if err != nil {
		return nil, fmt.Errorf("list passkeys: %w", explain(err))
	}
	return list, nil
}

// AddPasskey keeps a new one; fs.ErrExist when its ID is taken.
func (s *Store) AddPasskey(ctx context.Context, k people.Passkey) error {
	return s.write(ctx, "add passkey", func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, "INSERT INTO passkeys ("+passkeyColumns+") VALUES (?, ?, ?, ?, ?, NULL) ON CONFLICT (id) DO NOTHING",
			k.ID, k.Account, k.Name, k.Record, micros(k.Created))
		return touchedOne(res, err, fmt.Errorf("passkey %s: %w", abbreviated(k.ID), fs.ErrExist))
	})
}

// UsePasskey keeps what a use made of the record of one, unless that is not as it was any
// more: of two uses that count to the same, one succeeds. fs.ErrNotExist when it has
// changed or is gone.
func (s *Store) UsePasskey(ctx context.Context, before people.Passkey, record string, at time.Time) error {
	return s.write(ctx, "use passkey", func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, "UPDATE passkeys SET credential = ?, used_at = ? WHERE id = ? AND credential = ?", record, micros(at), before.ID, before.Record)
		return touchedOne(res, err, missing{what: "unused passkey", id: abbreviated(before.ID)})
	})
}

// DropPasskey forgets one of an account; fs.ErrNotExist when it has none with this ID.
func (s *Store) DropPasskey(ctx context.Context, account, id string) error {
	return s.write(ctx, "drop passkey", func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, "DELETE FROM passkeys WHERE id = ? AND account = ?", id, account)
		return touchedOne(res, err, missing{what: "passkey", id: abbreviated(id)})
	})
}

// touchedOne is otherwise when a statement changed nothing.
func touchedOne(res sql.Result, err, otherwise error) error {
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n > 0 {
		return err
	}
	return otherwise
}
