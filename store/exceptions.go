package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"loalang/scheduler"
)

// lifted is how long an exception that is over is still handed out with its
// village: what it let sound is in the plan for a day.
const lifted = history

const exceptionColumns = ownedColumns + ", announcement, slot, from_at, to_at, rules, reason, requested_by, decided_by, decided_at, approved, answer, withdrawn_by, withdrawn_at"

func scanException(r row) (scheduler.Exception, error) {
	var e scheduler.Exception
	var lifts words
	err := r.Scan(append(owned(&e.Owned), &e.Announcement, &e.Slot, (*instant)(&e.From), (*instant)(&e.To), &lifts, &e.Reason, &e.RequestedBy,
		&e.DecidedBy, (*instant)(&e.Decided), &e.Approved, &e.Answer, &e.WithdrawnBy, (*instant)(&e.Withdrawn))...)
	e.Rules = each(lifts, func(l string) scheduler.Lift { return scheduler.Lift(l) })
	return e, err
}

// Exceptions lists the exceptions of a village, those that were asked for last
// first, before the given ID ("" for the first page), at most limit.
func (s *Store) Exceptions(ctx context.Context, village, before string, limit int) (list []scheduler.Exception, err error) {
	err = s.read(ctx, "list exceptions", func(tx *sql.Tx) error {
		list, err = query(ctx, tx, scanException, "SELECT "+exceptionColumns+` FROM exceptions WHERE village = ?1 AND deleted_at IS NULL
			AND (?2 = '' OR (created_at, id) < (SELECT created_at, id FROM exceptions WHERE id = ?2)) ORDER BY created_at DESC, id DESC LIMIT ?3`, village, before, limit)
		return err
	})
	return list, err
}

// Exception reads a living exception; fs.ErrNotExist when there is none.
func (s *Store) Exception(ctx context.Context, id string) (e scheduler.Exception, err error) {
	err = s.read(ctx, "read exception", func(tx *sql.Tx) error {
		row := tx.QueryRowContext(ctx, "SELECT "+exceptionColumns+" FROM exceptions WHERE id = ? AND deleted_at IS NULL", id)
		e, err = one(row, scanException, missing{what: "exception", id: id})
		return err
	})
	return e, err
}

// SaveException inserts an exception (Revision 0) or updates the one of the
// revision that was read; scheduler.ErrRevision when it has changed since.
func (s *Store) SaveException(ctx context.Context, e scheduler.Exception) error {
	return s.followed(ctx, s.write(ctx, "save exception", func(tx *sql.Tx) error {
		return s.save(ctx, tx, record{table: "exceptions", what: "exception", owned: e.Owned, rest: []column{
			{"announcement", e.Announcement},
			{"slot", e.Slot},
			{"from_at", micros(e.From)},
			{"to_at", micros(e.To)},
			{"rules", listOf(each(e.Rules, func(l scheduler.Lift) string { return string(l) }))},
			{"reason", e.Reason},
			{"requested_by", e.RequestedBy},
			{"decided_by", e.DecidedBy},
			{"decided_at", micros(e.Decided)},
			{"approved", e.Approved},
			{"answer", e.Answer},
			{"withdrawn_by", e.WithdrawnBy},
			{"withdrawn_at", micros(e.Withdrawn)},
		}})
	}))
}

// standing reads the exceptions of a village that lift something, now or later.
func standing(ctx context.Context, tx *sql.Tx, village string, now time.Time) ([]scheduler.Exception, error) {
	return query(ctx, tx, scanException, "SELECT "+exceptionColumns+` FROM exceptions
		WHERE village = ? AND deleted_at IS NULL AND approved = 1 AND withdrawn_at IS NULL AND to_at >= ? ORDER BY from_at, id`, village, micros(now.Add(-lifted)))
}

// placeRulesOf is the rules of a village as they are kept.
func placeRulesOf(r scheduler.Rules) (string, error) {
	raw, err := json.Marshal(scheduler.FormOf(nil, r))
	if err != nil {
		return "", fmt.Errorf("encode rules: %w", err)
	}
	return string(raw), nil
}

// rules reads the column rules of a village.
type rules scheduler.Rules

// Scan implements sql.Scanner.
func (r *rules) Scan(src any) error {
	v, ok := src.(string)
	if !ok {
		return fmt.Errorf("rules are kept as %T", src)
	}
	var f scheduler.RulesForm
	if err := json.Unmarshal([]byte(v), &f); err != nil {
		return fmt.Errorf("read rules: %w", err)
	}
	_, read, err := f.Read()
	if err != nil {
		return fmt.Errorf("read rules: %w", err)
	}
	*r = rules(read)
	return nil
}

// reasonsOf are reasons as they are kept.
func reasonsOf(all []scheduler.Reason) (string, error) {
	forms := each(all, formReason)
	if forms == nil {
		forms = []reasonForm{}
	}
	raw, err := json.Marshal(forms)
	if err != nil {
		return "", fmt.Errorf("encode reasons: %w", err)
	}
	return string(raw), nil
}

// reasons reads a column of reasons.
type reasons []scheduler.Reason

// Scan implements sql.Scanner.
func (l *reasons) Scan(src any) error {
	v, ok := src.(string)
	if !ok {
		return fmt.Errorf("reasons are kept as %T", src)
	}
	var forms []reasonForm
	if err := json.Unmarshal([]byte(v), &forms); err != nil {
		return fmt.Errorf("read reasons: %w", err)
	}
	*l = each(forms, readReason)
	return nil
}
