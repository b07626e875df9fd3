package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"loalang/audio"
	"loalang/scheduler"
)

// ownedColumns are read in this order by owned.
const ownedColumns = "id, village, origin, revision, deleted_at, created_at, updated_at"

// owned is where the owned columns of a row are scanned to.
func owned(o *scheduler.Owned) []any {
	return []any{&o.ID, &o.Village, &o.Origin, &o.Revision, (*instant)(&o.Deleted), (*instant)(&o.Created), (*instant)(&o.Updated)}
}

// micros is an instant as it is kept; the zero time is NULL.
func micros(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

// instant reads a column *_at.
type instant time.Time

// Scan implements sql.Scanner.
func (i *instant) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*i = instant{}
	case int64:
		*i = instant(time.UnixMicro(v).UTC())
	default:
		return fmt.Errorf("an instant is kept as %T", src)
	}
	return nil
}

// levelOf is a level as it is kept; one that is not known, and what is no number,
// is NULL.
func levelOf(d audio.Decibels) any {
	if v := float64(d); v != 0 && !math.IsNaN(v) && !math.IsInf(v, 0) {
		return v
	}
	return nil
}

// level reads a column *_db.
type level audio.Decibels

// Scan implements sql.Scanner.
func (l *level) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*l = 0
	case float64:
		*l = level(v)
	default:
		return fmt.Errorf("a level is kept as %T", src)
	}
	return nil
}

// day reads a column *_day.
type day scheduler.Date

const dayLayout = "2006-01-02"

// Scan implements sql.Scanner.
func (d *day) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = day{}
	case string:
		t, err := time.Parse(dayLayout, v)
		if err != nil {
			return fmt.Errorf("read day: %w", err)
		}
		*d = day{Year: t.Year(), Month: t.Month(), Day: t.Day()}
	default:
		return fmt.Errorf("a day is kept as %T", src)
	}
	return nil
}

// dayOf is a civil day as it is kept; the zero day is NULL.
func dayOf(d scheduler.Date) any {
	if d == (scheduler.Date{}) {
		return nil
	}
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Format(dayLayout)
}

// words reads and writes a list kept as a JSON array. A nil list is kept as an
// empty one and comes back as nil.
type words []string

// listOf is a list as it is kept.
func listOf(w []string) string {
	if len(w) == 0 {
		return "[]"
	}
	raw, err := json.Marshal(w)
	if err != nil {
		panic(fmt.Sprintf("encode a list of strings: %v", err)) // cannot happen
	}
	return string(raw)
}

// Scan implements sql.Scanner.
func (w *words) Scan(src any) error {
	v, ok := src.(string)
	if !ok {
		return fmt.Errorf("a list is kept as %T", src)
	}
	*w = nil
	if v == "[]" {
		return nil
	}
	if err := json.Unmarshal([]byte(v), (*[]string)(w)); err != nil {
		return fmt.Errorf("read list: %w", err)
	}
	return nil
}

// row is what *sql.Row and *sql.Rows have in common.
type row interface {
	Scan(dest ...any) error
}

// query reads a list. What is read is ordered by the statement.
func query[T any](ctx context.Context, tx *sql.Tx, scan func(row) (T, error), statement string, args ...any) (list []T, err error) {
	rows, err := tx.QueryContext(ctx, statement, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, rows.Err()
}

// one reads a single record and reports gone when there is none.
func one[T any](r *sql.Row, scan func(row) (T, error), gone error) (T, error) {
	v, err := scan(r)
	if errors.Is(err, sql.ErrNoRows) {
		return v, gone
	}
	return v, err
}
