package store

import (
	"context"
	"database/sql"
	"errors"

	"loalang/scheduler"
)

// Publish replaces the published plan of p.Village, and keeps what its authors are
// to be told of it.
func (s *Store) Publish(ctx context.Context, p scheduler.Plan) error {
	body, err := encodePlan(p)
	if err != nil {
		return err
	}
	err = s.write(ctx, "publish plan", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO plans (village, zone, made_at, from_at, to_at, body) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (village) DO UPDATE SET zone = excluded.zone, made_at = excluded.made_at, from_at = excluded.from_at,
				to_at = excluded.to_at, body = excluded.body`,
			p.Village, p.Zone, p.Made.UnixMicro(), p.From.UnixMicro(), p.To.UnixMicro(), body)
		if err != nil {
			return err
		}
		return s.tell(ctx, tx, p)
	})
	if err == nil {
		s.followPlan(p.Village, body)
	}
	return err
}

// Published reads the plan last published for a village; the zero Plan when
// there is none.
func (s *Store) Published(ctx context.Context, village string) (p scheduler.Plan, err error) {
	err = s.read(ctx, "read published plan", func(tx *sql.Tx) error {
		var body string
		err := tx.QueryRowContext(ctx, "SELECT body FROM plans WHERE village = ?", village).Scan(&body)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		p, err = decodePlan([]byte(body))
		return err
	})
	if err == nil {
		return p, nil
	}
	return s.publishedInstead(village, err)
}
