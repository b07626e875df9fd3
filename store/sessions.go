package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// The methods in this file are those of a store of package scs, for sign-ins
// that survive a restart. Those without a context exist because that package
// asks for them. When a sign-in ends is dated by that package, by the system's clock.

// signIns is the time by which sign-ins end.
func (s *Store) signIns() time.Time {
	if s.cfg.SignIns != nil {
		return s.cfg.SignIns()
	}
	return s.cfg.Now()
}

// FindCtx reads a session that has not expired; found is false when there is
// none.
func (s *Store) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	err = s.reader.QueryRowContext(ctx, "SELECT data FROM sessions WHERE token = ? AND expires_at > ?", token, micros(s.signIns())).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("read session: %w", s.notice(err))
	}
	return data, true, nil
}

// CommitCtx keeps a session until expiry, in place of the one before, and
// clears away those that have expired. On a full disk it uses the margin: who
// cannot sign in cannot make room either.
func (s *Store) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	if data == nil {
		data = []byte{}
	}
	return s.writeSurely(ctx, "save session", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM sessions WHERE expires_at <= ?", micros(s.signIns())); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO sessions (token, data, expires_at) VALUES (?, ?, ?)
			ON CONFLICT (token) DO UPDATE SET data = excluded.data, expires_at = excluded.expires_at`, token, data, micros(expiry))
		return err
	})
}

// DeleteCtx ends a session; it does nothing when there is none.
func (s *Store) DeleteCtx(ctx context.Context, token string) error {
	return s.write(ctx, "delete session", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM sessions WHERE token = ?", token)
		return err
	})
}

// AllCtx reads every session that has not expired, by token.
func (s *Store) AllCtx(ctx context.Context) (map[string][]byte, error) {
	type session struct {
		token string
		data  []byte
	}
	all := map[string][]byte{}
	err := s.read(ctx, "list sessions", func(tx *sql.Tx) error {
		list, err := query(ctx, tx, func(r row) (session, error) {
			var one session
			err := r.Scan(&one.token, &one.data)
			return one, err
		}, "SELECT token, data FROM sessions WHERE expires_at > ?", micros(s.signIns()))
		for _, one := range list {
			all[one.token] = one.data
		}
		return err
	})
	return all, err
}

// Find is FindCtx without a context.
func (s *Store) Find(token string) (data []byte, found bool, err error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a context.
func (s *Store) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

// Delete is DeleteCtx without a context.
func (s *Store) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

// All is AllCtx without a context.
func (s *Store) All() (map[string][]byte, error) { return s.AllCtx(context.Background()) }
