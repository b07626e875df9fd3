package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"loalang/playout"
)

// turn is the instant by which a row counts: of what never got a place, when it
// was promised. The index asrun_by_turn is made of it.
const turn = "coalesce(due_at, nominal_at)"

// eachPage is how many rows EachAsRun holds at a time.
const eachPage = 500

// EachAsRun gives f the living rows of a village with Due, or Nominal of what has
// none, in [from, to), one by one, the earliest first, as they are at one instant;
// a zero from or to is no bound. It holds no more than a few hundred at a time, and
// ends with the first error of f.
func (s *Store) EachAsRun(ctx context.Context, village string, from, to time.Time, f func(playout.AsRun) error) error {
	return s.read(ctx, "read as-run", func(tx *sql.Tx) error {
		// A row that counts by no instant is in no report.
		at, id := any(int64(-1<<63)), ""
		if !from.IsZero() {
			at = micros(from)
		}
		for {
			page, err := asrunPage(ctx, tx, village, at, id, micros(to))
			if err != nil {
				return err
			}
			for _, a := range page {
				if err := f(a); err != nil {
					return err
				}
			}
			if len(page) < eachPage {
				return nil
			}
			last := page[len(page)-1]
			at, id = micros(last.Due), last.ID
			if last.Due.IsZero() {
				at = micros(last.Nominal)
			}
		}
	})
}

// asrunPage reads the rows behind (at, id) and before to, with their airings.
func asrunPage(ctx context.Context, tx *sql.Tx, village string, at any, id string, to any) ([]playout.AsRun, error) {
	list, err := query(ctx, tx, scanAsRun, "SELECT "+asrunColumns+" FROM asrun WHERE village = ?1 AND ("+turn+", id) > (?2, ?3) AND "+turn+" < coalesce(?4, 9223372036854775807)"+
		" AND deleted_at IS NULL ORDER BY "+turn+", id LIMIT ?5", village, at, id, to, eachPage)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	index := make(map[string]int, len(list))
	ids := make([]string, len(list))
	for i := range list {
		ids[i], index[list[i].ID] = list[i].ID, i
	}
	keys, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	airings, err := query(ctx, tx, scanAiring, "SELECT asrun, "+airingColumns+" FROM airings WHERE asrun IN (SELECT value FROM json_each(?)) ORDER BY asrun, ordinal", string(keys))
	if err != nil {
		return nil, err
	}
	for _, g := range airings {
		a := &list[index[g.asrun]]
		a.Airings = append(a.Airings, g.Airing)
	}
	return list, nil
}
