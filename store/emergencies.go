package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

const emergencyColumns = ownedColumns + ", title, reason, source, text, languages, zones, repeat, raised_at, expires_at, ended_at, ended_by, supersedes, raised_by, all_clear, messages, no_siren"

func scanEmergency(r row) (scheduler.Emergency, error) {
	var e scheduler.Emergency
	err := r.Scan(append(owned(&e.Owned), &e.Title, &e.Reason, &e.Source, &e.Text, (*words)(&e.Languages), (*words)(&e.Zones), &e.Repeat,
		(*instant)(&e.Raised), (*instant)(&e.Expires), (*instant)(&e.Ended), &e.EndedBy, &e.Supersedes, &e.RaisedBy, &e.AllClear, (*messages)(&e.Messages), &e.NoSiren)...)
	return e, err
}

// SaveEmergency inserts an emergency or replaces the one with its ID, whatever
// the revision: what sounds is the truth. One that has ended is never made alive
// again. On a full disk it uses the margin.
func (s *Store) SaveEmergency(ctx context.Context, e scheduler.Emergency) error {
	said, err := messagesOf(e.Messages)
	if err != nil {
		return err
	}
	names, values := split(append(s.birth(e.Owned), []column{
		{"title", e.Title},
		{"reason", e.Reason},
		{"source", e.Source},
		{"text", e.Text},
		{"languages", listOf(e.Languages)},
		{"zones", listOf(e.Zones)},
		{"repeat", e.Repeat},
		{"raised_at", micros(e.Raised)},
		{"expires_at", micros(e.Expires)},
		{"ended_at", micros(e.Ended)},
		{"ended_by", e.EndedBy},
		{"supersedes", e.Supersedes},
		{"raised_by", e.RaisedBy},
		{"all_clear", e.AllClear},
		{"messages", said},
		{"no_siren", e.NoSiren},
	}...))
	return s.writeSurely(ctx, "save emergency", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, insertSQL("emergencies", names)+overwrite("id", names)+" WHERE emergencies.ended_at IS NULL OR excluded.ended_at IS NOT NULL", values...)
		return err
	})
}

// UnexpiredEmergencies reads those of a village that have not expired at now,
// the oldest first; those that were ended before are among them.
func (s *Store) UnexpiredEmergencies(ctx context.Context, village string, now time.Time) (list []scheduler.Emergency, err error) {
	err = s.read(ctx, "list emergencies", func(tx *sql.Tx) error {
		list, err = query(ctx, tx, scanEmergency, "SELECT "+emergencyColumns+` FROM emergencies
			WHERE village = ? AND deleted_at IS NULL AND expires_at > ? ORDER BY raised_at, id`, village, micros(now))
		return err
	})
	return list, err
}

// EndEmergencies ends every emergency that nobody has ended, but for those with the given IDs: at
// now in the name of by, or when it expired before. It returns those that it ended by.
func (s *Store) EndEmergencies(ctx context.Context, but []string, by string, now time.Time) (ended []scheduler.Emergency, err error) {
	var open []scheduler.Emergency
	err = s.read(ctx, "list emergencies", func(tx *sql.Tx) error {
		open, err = query(ctx, tx, scanEmergency, "SELECT "+emergencyColumns+" FROM emergencies WHERE ended_at IS NULL ORDER BY raised_at, id")
		return err
	})
	for _, e := range open {
		if slices.Contains(but, e.ID) {
			continue
		}
		e.Ended, e.EndedBy, e.Updated = now.UTC(), by, now.UTC()
		if !e.Expires.After(now) {
			e.Ended, e.EndedBy = e.Expires, scheduler.ReasonExpired
		}
		if err := s.SaveEmergency(ctx, e); err != nil {
			return ended, err
		}
		if e.EndedBy == by {
			ended = append(ended, e)
		}
	}
	return ended, err
}

var _ playout.Emergencies = (*Store)(nil)
