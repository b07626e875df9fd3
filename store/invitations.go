package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"loalang/people"
	"loalang/scheduler"
)

const invitationColumns = "id, name, role, village, account, hash, invited_by, became, created_at, expires_at, used_at, revoked_at, revision"

func scanInvitation(r row) (people.Invitation, error) {
	var i people.Invitation
	err := r.Scan(&i.ID, &i.For, &i.Role, &i.Village, &i.Account, &i.Hash, &i.By, &i.Became,
		(*instant)(&i.Created), (*instant)(&i.Expires), (*instant)(&i.Used), (*instant)(&i.Revoked), &i.Revision)
	return i, err
}

// Invitations lists every invitation, the newest first; those that were used, taken
// back or are over included.
func (s *Store) Invitations(ctx context.Context) (list []people.Invitation, err error) {
	err = s.read(ctx, "list invitations", func(tx *sql.Tx) error {
		list, err = query(ctx, tx, scanInvitation, "SELECT "+invitationColumns+" FROM invitations WHERE deleted_at IS NULL ORDER BY created_at DESC, id DESC")
		return err
	})
	return list, err
}

// SaveInvitation inserts an invitation (Revision 0) or updates the one of the revision
// that was read; scheduler.ErrRevision when it has changed since, by being used for
// instance.
func (s *Store) SaveInvitation(ctx context.Context, i people.Invitation) error {
	return s.write(ctx, "save invitation", func(tx *sql.Tx) error { return s.saveInvitation(ctx, tx, i) })
}

func (s *Store) saveInvitation(ctx context.Context, tx *sql.Tx, i people.Invitation) error {
	return s.save(ctx, tx, record{
		table: "invitations", what: "invitation",
		owned: scheduler.Owned{ID: i.ID, Village: i.Village, Revision: i.Revision, Created: i.Created},
		rest: []column{
			{"name", i.For},
			{"role", i.Role},
			{"account", i.Account},
			{"hash", i.Hash},
			{"invited_by", i.By},
			{"became", i.Became},
			{"expires_at", micros(i.Expires)},
			{"used_at", micros(i.Used)},
			{"revoked_at", micros(i.Revoked)},
		},
	})
}

// Invitation reads the one whose secret hashes to hash; fs.ErrNotExist when there is
// none, alive or not.
func (s *Store) Invitation(ctx context.Context, hash string) (i people.Invitation, err error) {
	err = s.read(ctx, "read invitation", func(tx *sql.Tx) error {
		i, err = invitationOf(ctx, tx, hash)
		return err
	})
	return i, err
}

func invitationOf(ctx context.Context, tx *sql.Tx, hash string) (people.Invitation, error) {
	r := tx.QueryRowContext(ctx, "SELECT "+invitationColumns+" FROM invitations WHERE hash = ? AND deleted_at IS NULL", hash)
	return one(r, scanInvitation, missing{what: "invitation", id: abbreviated(hash)})
}

// Accept uses up the invitation whose secret hashes to hash and saves the account that
// it makes or changes, in one transaction: of two who use it at once, one succeeds. The
// passkeys of an account that gets another password this way are forgotten.
// fs.ErrNotExist when no such invitation is alive at now; the other errors are those of
// SaveAccount.
func (s *Store) Accept(ctx context.Context, hash string, now time.Time, a people.Account) error {
	err := s.write(ctx, "accept invitation", func(tx *sql.Tx) error {
		i, err := invitationOf(ctx, tx, hash)
		if err != nil {
			return err
		}
		if !i.AliveAt(now) || i.Account != "" && i.Account != a.ID {
			return missing{what: "living invitation", id: abbreviated(hash)}
		}
		if err := s.saveAccount(ctx, tx, a); err != nil {
			return err
		}
		if i.Account != "" { // whoever had the password may have added a key of their own
			if _, err := tx.ExecContext(ctx, "DELETE FROM passkeys WHERE account = ?", i.Account); err != nil {
				return fmt.Errorf("drop its passkeys: %w", err)
			}
		}
		i.Used, i.Became = now, a.Name
		if err := s.saveInvitation(ctx, tx, i); err != nil {
			return fmt.Errorf("use it up: %w", err)
		}
		return nil
	})
	return s.followed(ctx, err)
}
