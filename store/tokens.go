package store

import (
	"context"
	"database/sql"
	"time"

	"loalang/people"
	"loalang/scheduler"
)

const tokenColumns = "id, name, role, village, expires_at, emergency, hash, created_at, revoked_at, feed, owner, issuer, (SELECT used_at FROM token_uses WHERE token = tokens.id)"

func scanToken(r row) (people.Token, error) {
	var t people.Token
	err := r.Scan(&t.ID, &t.Name, &t.Role, &t.Village, (*instant)(&t.Expires), &t.Emergency, &t.Hash, (*instant)(&t.Created), (*instant)(&t.Revoked), &t.Feed, &t.Owner, &t.Issuer, (*instant)(&t.Used))
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
		{"issuer", t.Issuer},
		{"expires_at", micros(t.Expires)},
		{"revoked_at", micros(t.Revoked)},
	}...))
	err := s.write(ctx, "save token", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, insertSQL("tokens", names)+overwrite("id", names)+", village = excluded.village", values...)
		return err
	})
	return s.followed(ctx, err)
}

// TokenUsed remembers that a token was used at an instant. It is nothing that the history
// tells, and no other process is told of it.
func (s *Store) TokenUsed(ctx context.Context, id string, at time.Time) error {
	return s.write(ctx, "note use of token", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO token_uses (token, used_at) VALUES (?, ?)
			ON CONFLICT (token) DO UPDATE SET used_at = max(used_at, excluded.used_at)`, id, micros(at))
		return err
	})
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
