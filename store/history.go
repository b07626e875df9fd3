package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"loalang/people"
)

// historyWindow bounds one page of the history.
const historyWindow = 500

// History lists what was changed, the newest first: what q picks, at most
// q.Limit entries and never more than 500.
func (s *Store) History(ctx context.Context, q people.HistoryQuery) (list []people.Change, err error) {
	if q.Limit <= 0 || q.Limit > historyWindow {
		q.Limit = historyWindow
	}
	where, args := "TRUE", []any{}
	and := func(condition string, values ...any) { where, args = where+" AND "+condition, append(args, values...) }
	if q.Village != "" && q.Common {
		and("village IN (?, '')", q.Village)
	} else if q.Village != "" {
		and("village = ? AND kind NOT IN ('accounts', 'tokens', 'invitations', 'sign-ins')", q.Village)
	}
	if q.About != "" {
		and("(about = ? OR record = ?)", q.About, q.About)
	}
	if q.Kind != "" {
		and("kind = ?", q.Kind)
	}
	if q.Kind == "" && len(q.Kinds) == 0 { // who came in is looked for by its name
		and("kind <> 'sign-ins'")
	}
	if len(q.Kinds) > 0 {
		and("kind IN (SELECT value FROM json_each(?))", listOf(q.Kinds))
	}
	if q.Actor != "" {
		and("name = ?", q.Actor)
	}
	if q.Before > 0 {
		and("id < ?", q.Before)
	}
	err = s.read(ctx, "read history", func(tx *sql.Tx) error {
		list, err = query(ctx, tx, scanChange, "SELECT id, at, actor, name, actor_kind, way, village, kind, record, about, deed, revision, fields FROM history WHERE "+
			where+" ORDER BY id DESC LIMIT ?", append(args, q.Limit)...)
		if err != nil {
			return err
		}
		if err := spellOut(ctx, tx, list); err != nil {
			return err
		}
		return nameChanged(ctx, tx, list)
	})
	return list, err
}

// nameChanged gives each the title of its announcement as it is now.
func nameChanged(ctx context.Context, tx *sql.Tx, list []people.Change) error {
	of := make([]string, len(list))
	for i, c := range list {
		if of[i] = c.About; c.Kind == "announcements" {
			of[i] = c.Record
		}
	}
	titles, err := titlesOf(ctx, tx, of)
	if err != nil {
		return err
	}
	for i := range list {
		list[i].Title = titles[of[i]]
	}
	return nil
}

// titlesOf reads the titles of announcements, by ID; of one that is not known there is none.
func titlesOf(ctx context.Context, tx *sql.Tx, ids []string) (map[string]string, error) {
	named, err := query(ctx, tx, func(r row) (t [2]string, err error) { return t, r.Scan(&t[0], &t[1]) },
		"SELECT id, title FROM announcements WHERE id IN (SELECT value FROM json_each(?))", listOf(ids))
	if err != nil {
		return nil, err
	}
	titles := map[string]string{}
	for _, t := range named {
		titles[t[0]] = t[1]
	}
	return titles, nil
}

func scanChange(r row) (people.Change, error) {
	var c people.Change
	var fields string
	err := r.Scan(&c.ID, (*instant)(&c.At), &c.Actor.ID, &c.Actor.Name, &c.Actor.Kind, &c.Actor.Way, &c.Village, &c.Kind, &c.Record, &c.About, &c.Deed, &c.Revision, &fields)
	if err != nil {
		return c, err
	}
	var pairs map[string][2]any
	decoder := json.NewDecoder(bytes.NewBufferString(fields))
	decoder.UseNumber() // an instant in micros is more than a float holds surely
	if err := decoder.Decode(&pairs); err != nil {
		return c, fmt.Errorf("read entry %d of the history: %w", c.ID, err)
	}
	for _, name := range slices.Sorted(maps.Keys(pairs)) {
		c.Fields = append(c.Fields, people.FieldChange{Name: name, Before: pairs[name][0], After: pairs[name][1]})
	}
	return c, nil
}

// spellOut puts the long texts into the place of their digests.
func spellOut(ctx context.Context, tx *sql.Tx, list []people.Change) error {
	var wanted []string
	each := func(do func(v *any, digest string)) {
		for i := range list {
			for j := range list[i].Fields {
				for _, v := range []*any{&list[i].Fields[j].Before, &list[i].Fields[j].After} {
					if named, ok := (*v).(map[string]any); ok {
						do(v, fmt.Sprint(named["digest"]))
					}
				}
			}
		}
	}
	each(func(_ *any, digest string) { wanted = append(wanted, digest) })
	if len(wanted) == 0 {
		return nil
	}
	kept, err := query(ctx, tx, func(r row) (t [2]string, err error) { return t, r.Scan(&t[0], &t[1]) },
		"SELECT digest, text FROM history_texts WHERE digest IN (SELECT value FROM json_each(?))", listOf(wanted))
	if err != nil {
		return err
	}
	text := make(map[string]string, len(kept))
	for _, t := range kept {
		text[t[0]] = t[1]
	}
	each(func(v *any, digest string) { *v = text[digest] })
	return nil
}

// Writers lists the IDs and names of those who changed what is heard of an
// announcement after an instant: its words, its music, what a person recorded.
func (s *Store) Writers(ctx context.Context, announcement string, after time.Time) (list []people.Actor, err error) {
	err = s.read(ctx, "read who wrote", func(tx *sql.Tx) error {
		list, err = query(ctx, tx, func(r row) (a people.Actor, err error) {
			return a, r.Scan(&a.ID, &a.Name, &a.Kind, &a.Way)
		}, `SELECT DISTINCT actor, name, actor_kind, way FROM history AS h WHERE (record = ?1 OR about = ?1) AND at > ?2 AND way <> 'board'
			AND EXISTS (SELECT 1 FROM json_each(h.fields) AS f WHERE h.kind = 'announcements' AND f.key IN ('title', 'text', 'bed')
				OR h.kind = 'renditions' AND f.key IN ('recording', 'spoken_text'))`, announcement, after.UnixMicro())
		return err
	})
	return list, err
}
