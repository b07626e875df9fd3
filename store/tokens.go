package store

import (
	"context"
	"database/sql"

	"loalang/people"
	"loalang/scheduler"
)

const tokenColumns = "id, name, role, village, expires_at, emergency, hash, created_at, revoked_at, feed, owner"

func scanToken(r row) (people.Token, error) {
	var t people.Token
	err := r.Scan(&t.ID, &t.Name, &t.Role, &t.Village, (*instant)(&t.Expires), &t.Emergency, &t.Hash, (*instant)(&t.Created), (*instant)(&t.Revoked), &t.Feed, &t.Owner)
	return t, err
}

// SaveToken inserts a token, or replaces the one with its ID, to revoke it for
// instance.
func (s *Store) SaveToken(ctx context.Context, t people.Token) error {
	o := scheduler.Owned{ID: t.ID, Village: t.Village, Created: t.Created, Updated: s.cfg.Now()}
	names, values := split(append(s.birth(o), []column{
		{"name", t.Name},
		{"role", t.Role},
		{"emergency", t.Emergency},
		{"hash", t.Hash},
		{"feed", t.Feed},
		{"owner", t.Owner},
		{"expires_at", micros(t.Expires)},
		{"revoked_at", micros(t.Revoked)},
	}...))
	err := s.write(ctx, "save token", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, insertSQL("tokens", names)+overwrite("id", names)+", village = excluded.village", values...)
		return err
	})
	return s.followed(ctx, err)
}

// AllTokens lists every token, the oldest first; those that expired or were
// revoked included.
func (s *Store) AllTokens(ctx context.Context) (list []people.Token, err error) {
	err = s.read(ctx, "list tokens", func(tx *sql.Tx) error {
		list, err = query(ctx, tx, scanToken, "SELECT "+tokenColumns+" FROM tokens WHERE deleted_at IS NULL ORDER BY created_at, id")
		return err
	})
	if err == nil {
		return list, nil
	}
	return instead(s, err, func(sb standby) ([]people.Token, error) { return sb.tokens, nil })
}
