package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"loalang/scheduler"
)

// MayAir lists the announcements of a village that may still air at now, with
// everything that belongs to them and those of its occurrences that had their turn,
// the newest first. fs.ErrNotExist when there is
// no such village.
func (s *Store) MayAir(ctx context.Context, key string, now time.Time) (list []scheduler.Dossier, err error) {
	err = s.read(ctx, "list what may air", func(tx *sql.Tx) error {
		list, err = mayAirIn(ctx, tx, key, now)
		return err
	})
	return list, err
}

func mayAirIn(ctx context.Context, tx *sql.Tx, key string, now time.Time) ([]scheduler.Dossier, error) {
	v, err := village(ctx, tx, key)
	if err != nil {
		return nil, err
	}
	loc, err := v.Location()
	if err != nil {
		return nil, err
	}
	done, err := hadTheirTurn(ctx, tx, now)
	if err != nil {
		return nil, err
	}
	all, err := dossiers(ctx, tx, "SELECT "+announcementColumns+` FROM announcements WHERE village = ? AND deleted_at IS NULL
		AND withdrawn_at IS NULL AND (valid_until_at IS NULL OR valid_until_at > ?) ORDER BY created_at DESC, id DESC`, key, micros(now))
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(d scheduler.Dossier) bool { return !d.MayAir(now, loc, done) })
	return all, turnsOf(ctx, tx, all, now)
}

// turnsOf fills in the occurrences of late that had their turn.
func turnsOf(ctx context.Context, tx *sql.Tx, all []scheduler.Dossier, now time.Time) error {
	rows, err := query(ctx, tx, func(r row) (turn [2]string, err error) { return turn, r.Scan(&turn[0], &turn[1]) },
		"SELECT announcement, occurrence FROM asrun WHERE due_at >= ? AND outcome <> '' AND deleted_at IS NULL", micros(now.Add(-history)))
	if err != nil {
		return err
	}
	turns := map[string][]string{}
	for _, turn := range rows {
		turns[turn[0]] = append(turns[turn[0]], turn[1])
	}
	for i := range all {
		all[i].Turns = turns[all[i].Announcement.ID]
	}
	return nil
}

// cover gives every announcement of v that may still air a rendition in each of
// the village's Tongues: those that have none yet are Missing.
func (s *Store) cover(ctx context.Context, tx *sql.Tx, v scheduler.Village) error {
	ds, err := mayAirIn(ctx, tx, v.Key, s.cfg.Now())
	if err != nil {
		return err
	}
	for _, d := range ds {
		for _, language := range v.Tongues() {
			if slices.ContainsFunc(d.Renditions, func(r scheduler.Rendition) bool { return r.Language == language }) {
				continue
			}
			r := scheduler.Rendition{
				Owned:        scheduler.Owned{ID: s.cfg.NewID(), Village: v.Key},
				Announcement: d.Announcement.ID, Language: language, State: scheduler.Missing,
			}
			if err := s.saveRendition(ctx, tx, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// Cover gives every announcement of a village that may still air a rendition in
// each of the languages in which it is to be told, as SaveVillage does. It is for
// a database of a version that did not. fs.ErrNotExist when there is no such
// village.
func (s *Store) Cover(ctx context.Context, key string) error {
	return s.write(ctx, "complete the renditions of "+key, func(tx *sql.Tx) error {
		v, err := village(ctx, tx, key)
		if err != nil {
			return err
		}
		return s.cover(ctx, tx, v)
	})
}
