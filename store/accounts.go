package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"loalang/people"
	"loalang/scheduler"
)

const accountColumns = "id, name, role, village, password, created_at, disabled_at, revision, pin, signouts"

func scanAccount(r row) (people.Account, error) {
	var a people.Account
	err := r.Scan(&a.ID, &a.Name, &a.Role, &a.Village, &a.Password, (*instant)(&a.Created), (*instant)(&a.Disabled), &a.Revision, &a.PIN, &a.Signouts)
	return a, err
}

// AccountByName reads the account that signs in by name, compared as
// people.FoldName does, disabled ones included; fs.ErrNotExist when there is
// none.
func (s *Store) AccountByName(ctx context.Context, name string) (people.Account, error) {
	key, gone := people.FoldName(name), missing{what: "account", id: name}
	a, err := s.account(ctx, "name_key = ?", key, gone)
	if err == nil {
		return a, nil
	}
	return instead(s, err, func(sb standby) (people.Account, error) {
		return pick(sb.accounts, func(a people.Account) bool { return people.FoldName(a.Name) == key }, gone)
	})
}

// AccountByID reads one account, disabled ones included; fs.ErrNotExist when
// there is none.
func (s *Store) AccountByID(ctx context.Context, id string) (people.Account, error) {
	gone := missing{what: "account", id: id}
	a, err := s.account(ctx, "id = ?", id, gone)
	if err == nil {
		return a, nil
	}
	return instead(s, err, func(sb standby) (people.Account, error) {
		return pick(sb.accounts, func(a people.Account) bool { return a.ID == id }, gone)
	})
}

func (s *Store) account(ctx context.Context, condition, value string, gone error) (a people.Account, err error) {
	err = s.read(ctx, "read account", func(tx *sql.Tx) error {
		r := tx.QueryRowContext(ctx, "SELECT "+accountColumns+" FROM accounts WHERE "+condition+" AND deleted_at IS NULL", value)
		a, err = one(r, scanAccount, gone)
		return err
	})
	return a, err
}

// SaveAccount inserts an account (Revision 0) or updates the one of the
// revision that was read; scheduler.ErrRevision when it has changed since,
// people.ErrNameTaken when another account has the name, people.ErrLastAdmin when
// nobody would be left who may administer the board.
func (s *Store) SaveAccount(ctx context.Context, a people.Account) error {
	return s.followed(ctx, s.write(ctx, "save account", func(tx *sql.Tx) error { return s.saveAccount(ctx, tx, a) }))
}

func (s *Store) saveAccount(ctx context.Context, tx *sql.Tx, a people.Account) error {
	o := scheduler.Owned{ID: a.ID, Village: a.Village, Revision: a.Revision, Created: a.Created}
	rest := []column{
		{"name", a.Name},
		{"name_key", people.FoldName(a.Name)},
		{"role", a.Role},
		{"password", a.Password},
		{"disabled_at", micros(a.Disabled)},
		{"pin", a.PIN},
		{"signouts", a.Signouts},
	}
	if a.Revision > 0 {
		all, err := query(ctx, tx, scanAccount, "SELECT "+accountColumns+" FROM accounts WHERE deleted_at IS NULL")
		if err != nil {
			return err
		}
		if people.LastAdmin(all, a) {
			return people.ErrLastAdmin
		}
		rest = append(rest, column{"village", a.Village}) // a person may move
	}
	err := s.save(ctx, tx, record{table: "accounts", what: "account", owned: o, rest: rest})
	if clash(err) {
		return fmt.Errorf("account %q: %w", a.Name, people.ErrNameTaken)
	}
	return err
}

// AllAccounts lists every account by name, disabled ones included.
func (s *Store) AllAccounts(ctx context.Context) (list []people.Account, err error) {
	err = s.read(ctx, "list accounts", func(tx *sql.Tx) error {
		list, err = query(ctx, tx, scanAccount, "SELECT "+accountColumns+" FROM accounts WHERE deleted_at IS NULL ORDER BY name_key")
		return err
	})
	if err == nil {
		return list, nil
	}
	return instead(s, err, func(sb standby) ([]people.Account, error) { return sb.accounts, nil })
}

// CreateSetup keeps the hash of a one-time link that creates the first account
// and lives until expires. It takes the place of every link before it.
func (s *Store) CreateSetup(ctx context.Context, hash string, expires time.Time) error {
	return s.write(ctx, "create setup link", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM setups WHERE used_at IS NULL"); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO setups (hash, created_at, expires_at) VALUES (?, ?, ?)", hash, micros(s.cfg.Now()), micros(expires))
		return err
	})
}

// UseSetup consumes the link whose secret hashes to hash and saves the account,
// in one transaction: a link is used up only when the account is there.
// fs.ErrNotExist when no such link is alive at now.
func (s *Store) UseSetup(ctx context.Context, hash string, now time.Time, a people.Account) error {
	err := s.write(ctx, "use setup link", func(tx *sql.Tx) error {
		// The link makes the first account: once there is one, it is dead.
		res, err := tx.ExecContext(ctx, `UPDATE setups SET used_at = ?1 WHERE hash = ?2 AND used_at IS NULL AND expires_at > ?1
			AND NOT EXISTS (SELECT 1 FROM accounts)`, micros(now), hash)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil {
			return err
		} else if n == 0 {
			return missing{what: "living setup link", id: abbreviated(hash)}
		}
		return s.saveAccount(ctx, tx, a)
	})
	return s.followed(ctx, err)
}

// abbreviated is as much of a hash as an error may show.
func abbreviated(hash string) string { return hash[:min(8, len(hash))] + "…" }

// SetupAlive says whether the link may still be used at now, without using it.
func (s *Store) SetupAlive(ctx context.Context, hash string, now time.Time) (alive bool, err error) {
	err = s.read(ctx, "read setup link", func(tx *sql.Tx) error {
		var one int
		err := tx.QueryRowContext(ctx, "SELECT 1 FROM setups WHERE hash = ? AND used_at IS NULL AND expires_at > ?", hash, micros(now)).Scan(&one)
		alive = err == nil
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return alive, err
}
