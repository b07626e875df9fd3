package store

import (
	"context"
	"database/sql"

	"loalang/scheduler"
)

const templateColumns = ownedColumns + ", key, topic, class, name, title, text, changed_by, messages, zones, repeat, no_siren"

func scanTemplate(r row) (scheduler.Template, error) {
	var t scheduler.Template
	err := r.Scan(append(owned(&t.Owned), &t.Key, &t.Topic, &t.Class, &t.Name, &t.Title, &t.Text, &t.By,
		(*messages)(&t.Prepared.Messages), (*words)(&t.Prepared.Zones), &t.Prepared.Repeat, &t.Prepared.NoSiren)...)
	return t, err
}

// Templates lists the living templates that a village has written or changed, the
// oldest first; those that come with the program are not among them. Of a damaged
// database they are what the standby has: an emergency needs its messages then too.
func (s *Store) Templates(ctx context.Context, village string) (list scheduler.Templates, err error) {
	err = s.read(ctx, "list templates", func(tx *sql.Tx) error {
		list, err = templatesOf(ctx, tx, village)
		return err
	})
	if err == nil {
		return list, nil
	}
	return s.templatesInstead(village, err)
}

func templatesOf(ctx context.Context, tx *sql.Tx, village string) (scheduler.Templates, error) {
	return query(ctx, tx, scanTemplate, "SELECT "+templateColumns+" FROM templates WHERE village = ? AND deleted_at IS NULL ORDER BY created_at, id", village)
}

// SaveTemplate inserts a template (Revision 0) or updates the one of the revision
// that was read, Deleted leaving a tombstone. scheduler.ErrRevision when it has
// changed since, or when the village has another copy of the same Key; a
// scheduler.Invalid when a recording that it names is gone.
func (s *Store) SaveTemplate(ctx context.Context, t scheduler.Template) error {
	err := s.write(ctx, "save template", func(tx *sql.Tx) error {
		if err := recorded(ctx, tx, t); err != nil {
			return err
		}
		said, err := messagesOf(t.Prepared.Messages)
		if err != nil {
			return err
		}
		return s.save(ctx, tx, record{table: "templates", what: "template", owned: t.Owned, rest: []column{
			{"key", t.Key},
			{"topic", t.Topic},
			{"class", t.Class},
			{"name", t.Name},
			{"title", t.Title},
			{"text", t.Text},
			{"changed_by", t.By},
			{"messages", said},
			{"zones", listOf(t.Prepared.Zones)},
			{"repeat", t.Prepared.Repeat},
			{"no_siren", t.Prepared.NoSiren},
		}})
	})
	if err == nil {
		s.followTemplates(context.WithoutCancel(ctx), t.Village) // the caller may be gone, what it wrote is not
	}
	return err
}

// TemplateUses counts the announcements of a village by their Topic.
func (s *Store) TemplateUses(ctx context.Context, village string) (map[string]int, error) {
	uses := map[string]int{}
	err := s.read(ctx, "count uses of templates", func(tx *sql.Tx) error {
		type use struct {
			topic string
			n     int
		}
		list, err := query(ctx, tx, func(r row) (u use, err error) { return u, r.Scan(&u.topic, &u.n) },
			"SELECT topic, count(*) FROM announcements WHERE village = ? AND deleted_at IS NULL GROUP BY topic", village)
		for _, u := range list {
			uses[u.topic] = u.n
		}
		return err
	})
	return uses, err
}
