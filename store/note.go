package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"loalang/people"
)

// Note adds an entry to the history for what is no row of a table, such as that
// somebody set the clock. Who did it is read from ctx and when from the wall clock;
// of c count the village, what it is about, the deed and the fields.
func (s *Store) Note(ctx context.Context, c people.Change) error {
	pairs := make(map[string][2]any, len(c.Fields))
	for _, f := range c.Fields {
		pairs[f.Name] = [2]any{f.Before, f.After}
	}
	fields, err := json.Marshal(pairs)
	if err != nil {
		return fmt.Errorf("note in the history: %w", err)
	}
	return s.write(ctx, "note in the history", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO history (at, actor, name, actor_kind, way, village, kind, record, about, deed, revision, fields)
			SELECT history_author('at'), history_author('actor'), history_author('name'), history_author('kind'), history_author('way'), ?, ?, ?, ?, ?, 0, ?`,
			c.Village, c.Kind, c.Record, c.About, c.Deed, string(fields))
		return err
	})
}
