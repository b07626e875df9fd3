package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"loalang/scheduler"
)

const scheduleColumns = ownedColumns + ", announcement, kind, instant_at, slots, days, from_day, until_day, misfire, grace_ns, interrupted, created_by, rule, since_at, per_slot, per_day"

func scanSchedule(r row) (scheduler.Schedule, error) {
	var sc scheduler.Schedule
	err := r.Scan(append(owned(&sc.Owned), &sc.Announcement, &sc.Kind, (*instant)(&sc.At), (*words)(&sc.Slots), &sc.Days,
		(*day)(&sc.From), (*day)(&sc.Until), &sc.Misfire.Policy, &sc.Misfire.Grace, &sc.Interrupted, &sc.CreatedBy,
		&sc.Rule, (*instant)(&sc.Since), &sc.PerSlot, &sc.PerDay)...)
	return sc, err
}

// SaveSchedule inserts a schedule (Revision 0) or updates the one of the
// revision that was read, and gives it its announcement's village. A text whose
// sound was removed meanwhile is to be spoken again. The errors are
// scheduler.ErrRevision when it has changed since, and fs.ErrNotExist when there
// is no such announcement.
func (s *Store) SaveSchedule(ctx context.Context, sc scheduler.Schedule) error {
	return s.write(ctx, "save schedule", func(tx *sql.Tx) error { return s.saveOne(ctx, tx, sc) })
}

// SaveSchedules saves each of kept as SaveSchedule does, leaves a tombstone of each ID in
// gone, and saves the announcement, without its renditions, when a is not nil: all in one
// transaction, so that of a turn that is moved nobody finds half. The errors are those of
// SaveAnnouncement, SaveSchedule and RemoveSchedule.
func (s *Store) SaveSchedules(ctx context.Context, a *scheduler.Announcement, kept []scheduler.Schedule, gone []string) error {
	return s.write(ctx, "save schedules", func(tx *sql.Tx) error {
		if a != nil {
			if _, err := s.saveAlone(ctx, tx, *a); err != nil {
				return err
			}
		}
		for _, sc := range kept {
			if err := s.saveOne(ctx, tx, sc); err != nil {
				return err
			}
		}
		for _, id := range gone {
			if err := s.bury(ctx, tx, "schedules", missing{what: "schedule", id: id}, s.cfg.Now()); err != nil {
				return err
			}
		}
		return nil
	})
}

// saveOne saves a schedule in the village and the zone of its announcement.
func (s *Store) saveOne(ctx context.Context, tx *sql.Tx, sc scheduler.Schedule) error {
	var zone string
	err := tx.QueryRowContext(ctx, "SELECT village, zone FROM announcements WHERE id = ? AND deleted_at IS NULL", sc.Announcement).Scan(&sc.Village, &zone)
	if errors.Is(err, sql.ErrNoRows) {
		return missing{what: "announcement", id: sc.Announcement}
	}
	if err != nil {
		return err
	}
	if err := s.saveSchedule(ctx, tx, sc, zone); err != nil {
		return err
	}
	return s.revive(ctx, tx, sc.Announcement)
}

func (s *Store) saveSchedule(ctx context.Context, tx *sql.Tx, sc scheduler.Schedule, zone string) error {
	return s.save(ctx, tx, record{table: "schedules", what: "schedule", owned: sc.Owned, rest: []column{
		{"announcement", sc.Announcement},
		{"kind", sc.Kind},
		{"zone", zone},
		{"instant_at", micros(sc.At)},
		{"slots", listOf(sc.Slots)},
		{"days", sc.Days},
		{"from_day", dayOf(sc.From)},
		{"until_day", dayOf(sc.Until)},
		{"misfire", sc.Misfire.Policy},
		{"grace_ns", sc.Misfire.Grace},
		{"interrupted", sc.Interrupted},
		{"per_slot", sc.PerSlot},
		{"per_day", sc.PerDay},
		{"created_by", sc.CreatedBy},
		{"rule", sc.Rule},
		{"since_at", micros(sc.Since)},
	}})
}

// RemoveSchedule leaves a tombstone; fs.ErrNotExist when there is no such
// living schedule.
func (s *Store) RemoveSchedule(ctx context.Context, id string, at time.Time) error {
	return s.write(ctx, "remove schedule", func(tx *sql.Tx) error {
		return s.bury(ctx, tx, "schedules", missing{what: "schedule", id: id}, at)
	})
}

// livingSchedules reads the schedules of a village that can still matter: those
// whose instant or last day lies no further back than history.
func livingSchedules(ctx context.Context, tx *sql.Tx, village string, now time.Time) ([]scheduler.Schedule, error) {
	since := now.Add(-history)
	return query(ctx, tx, scanSchedule, "SELECT "+scheduleColumns+` FROM schedules WHERE village = ? AND deleted_at IS NULL
		AND (instant_at IS NULL OR instant_at >= ?) AND (until_day IS NULL OR until_day >= ?) ORDER BY created_at, id`,
		village, micros(since), since.UTC().AddDate(0, 0, -1).Format(dayLayout))
}
