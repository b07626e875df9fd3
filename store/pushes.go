package store

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"time"

	"loalang/people"
)

// pushToldFor is how long it is remembered what was pushed.
const pushToldFor = 7 * 24 * time.Hour

// Pushes lists the browsers in which people want to be told something, the oldest first.
func (s *Store) Pushes(ctx context.Context) (list []people.Push, err error) {
	err = s.read(ctx, "list pushes", func(tx *sql.Tx) error {
		list, err = query(ctx, tx, func(r row) (people.Push, error) {
			var p people.Push
			err := r.Scan(&p.ID, &p.Account, &p.Endpoint, &p.Key, &p.Auth, &p.Lang, &p.Device, &p.Mark, (*instant)(&p.Created))
			return p, err
		}, "SELECT id, account, endpoint, key, auth, lang, device, mark, created_at FROM pushes ORDER BY created_at, id")
		return err
	})
	return list, err
}

// SavePush inserts a browser, or replaces the one with its ID: who signs in there now is
// told.
func (s *Store) SavePush(ctx context.Context, p people.Push) error {
	return s.write(ctx, "save push", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO pushes (id, account, endpoint, key, auth, lang, device, mark, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET account = excluded.account, key = excluded.key, auth = excluded.auth, lang = excluded.lang, device = excluded.device, mark = excluded.mark`,
			p.ID, p.Account, p.Endpoint, p.Key, p.Auth, p.Lang, p.Device, p.Mark, micros(p.Created))
		return err
	})
}

// DropPush forgets a browser; fs.ErrNotExist when there is none.
func (s *Store) DropPush(ctx context.Context, id string) error {
	return s.write(ctx, "drop push", func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, "DELETE FROM pushes WHERE id = ?", id)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil {
			return err
		} else if n == 0 {
			return fmt.Errorf("push %s: %w", id, fs.ErrNotExist)
		}
		return nil
	})
}

// PushTold lists what was told.
func (s *Store) PushTold(ctx context.Context) (list []people.PushTold, err error) {
	err = s.read(ctx, "list what was pushed", func(tx *sql.Tx) error {
		list, err = query(ctx, tx, func(r row) (people.PushTold, error) {
			var t people.PushTold
			err := r.Scan(&t.News, &t.Push)
			return t, err
		}, "SELECT news, push FROM push_told")
		return err
	})
	return list, err
}

// TellPush remembers that something was told, and forgets what was told a week ago.
func (s *Store) TellPush(ctx context.Context, t people.PushTold, at time.Time) error {
	return s.write(ctx, "note what was pushed", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM push_told WHERE told_at < ?", micros(at.Add(-pushToldFor))); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO push_told (news, push, told_at) VALUES (?, ?, ?)", t.News, t.Push, micros(at))
		return err
	})
}
