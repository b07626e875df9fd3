package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"loalang/recordings"
	"loalang/scheduler"
)

// finishedAtOnce is how many recordings Finished looks at.
const finishedAtOnce = 500

// Finished lists recordings of announcements that may air no more, none that anything else
// uses, that aired, was brought or whose announcement was changed since before, or that a plan
// names; the longest unheard first, and what never aired by when it was brought.
func (s *Store) Finished(ctx context.Context, before, now time.Time) (list []recordings.Recording, err error) {
	err = s.read(ctx, "look for what airs no more", func(tx *sql.Tx) error {
		ids, err := query(ctx, tx, scanText, "WITH used AS MATERIALIZED "+usedBy+` SELECT r.id FROM recordings AS r
			WHERE r.deleted_at IS NULL AND r.kind IN ('speech', 'take') AND r.created_at < ?1 AND NOT `+unused+`
			AND NOT EXISTS (SELECT 1 FROM used WHERE used.recording = r.id AND used.what NOT IN ('notice', 'bed'))
			AND NOT EXISTS (SELECT 1 FROM airings WHERE airings.recording = r.id AND (airings.started_at IS NULL OR airings.started_at >= ?1))
			ORDER BY coalesce((SELECT max(airings.started_at) FROM airings WHERE airings.recording = r.id), r.created_at), r.id LIMIT ?2`,
			micros(before), finishedAtOnce)
		if err != nil {
			return err
		}
		if ids, err = outlived(ctx, tx, ids, before, now); err != nil {
			return err
		}
		if ids, err = unplanned(ctx, tx, ids); err != nil || len(ids) == 0 {
			return err
		}
		if list, err = recordingsBy(ctx, tx, "id IN (SELECT value FROM json_each(?))", listOf(ids)); err != nil {
			return err
		}
		slices.SortFunc(list, func(a, b recordings.Recording) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
		return nil
	})
	return list, err
}

// outlived are those recordings of which every announcement may air no more, and was not
// changed since before.
func outlived(ctx context.Context, tx *sql.Tx, ids []string, before, now time.Time) ([]string, error) {
	type use struct {
		recording, announcement string
		changed                 time.Time
	}
	uses, err := query(ctx, tx, func(r row) (u use, err error) {
		return u, r.Scan(&u.recording, &u.announcement, (*instant)(&u.changed))
	}, `SELECT n.recording, a.id, a.updated_at FROM renditions AS n JOIN announcements AS a ON a.id = n.announcement
			WHERE n.recording IN (SELECT value FROM json_each(?1)) AND n.deleted_at IS NULL AND a.deleted_at IS NULL
		UNION SELECT bed, id, updated_at FROM announcements WHERE bed IN (SELECT value FROM json_each(?1)) AND deleted_at IS NULL`, listOf(ids))
	if err != nil {
		return nil, err
	}
	var by []string
	for _, u := range uses {
		by = append(by, u.announcement)
	}
	airs, err := mayAir(ctx, tx, by, now)
	if err != nil {
		return nil, err
	}
	alive := map[string]bool{}
	for _, u := range uses {
		airing := slices.ContainsFunc(airs, func(a scheduler.Announcement) bool { return a.ID == u.announcement })
		alive[u.recording] = alive[u.recording] || airing || !u.changed.Before(before)
	}
	return slices.DeleteFunc(ids, func(id string) bool { return alive[id] }), nil
}

// unplanned are those recordings that no published plan names.
func unplanned(ctx context.Context, tx *sql.Tx, ids []string) ([]string, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	plans, err := query(ctx, tx, scanText, "SELECT body FROM plans")
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(ids, func(id string) bool {
		return slices.ContainsFunc(plans, func(plan string) bool { return strings.Contains(plan, `"`+id+`"`) })
	}), nil
}
