package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

const renditionColumns = ownedColumns + ", announcement, language, state, voice, spoken_text, recording, length_ns, fault"

func scanRendition(r row) (scheduler.Rendition, error) {
	var n scheduler.Rendition
	err := r.Scan(append(owned(&n.Owned), &n.Announcement, &n.Language, &n.State, &n.Voice, &n.SpokenText, &n.Recording, &n.Length, &n.Fault)...)
	return n, err
}

// SaveRendition inserts a rendition (Revision 0) or updates the one of the
// revision that was read; scheduler.ErrRevision when it has changed since, or
// when the announcement has another one in that language.
func (s *Store) SaveRendition(ctx context.Context, r scheduler.Rendition) error {
	return s.write(ctx, "save rendition", func(tx *sql.Tx) error { return s.saveRendition(ctx, tx, r) })
}

func (s *Store) saveRendition(ctx context.Context, tx *sql.Tx, r scheduler.Rendition) error {
	return s.save(ctx, tx, record{table: "renditions", what: "rendition", owned: r.Owned, rest: []column{
		{"announcement", r.Announcement},
		{"language", r.Language},
		{"state", r.State},
		{"voice", r.Voice},
		{"spoken_text", r.SpokenText},
		{"recording", r.Recording},
		{"length_ns", r.Length},
		{"fault", r.Fault},
	}})
}

// Waiting lists the living renditions of a village in state Spoken or Recorded
// whose announcement may still air at now, those that air soonest first. Those that
// no schedule names come last, the newest first: somebody waits for them at the
// panel.
func (s *Store) Waiting(ctx context.Context, key string, now time.Time) (list []scheduler.Rendition, err error) {
	err = s.read(ctx, "list waiting renditions", func(tx *sql.Tx) error {
		list, err = waiting(ctx, tx, key, now)
		if err != nil || len(list) < 2 {
			return err
		}
		soonest, err := soonestAir(ctx, tx, key, now)
		if err != nil {
			return err
		}
		slices.SortStableFunc(list, func(a, b scheduler.Rendition) int {
			x, y := soonest[a.Announcement], soonest[b.Announcement]
			if x.IsZero() != y.IsZero() {
				return cmp.Compare(y.UnixMicro(), x.UnixMicro()) // the zero time lies far back
			}
			return x.Compare(y)
		})
		return nil
	})
	return list, err
}

func waiting(ctx context.Context, tx *sql.Tx, village string, now time.Time) ([]scheduler.Rendition, error) {
	return query(ctx, tx, scanRendition, "SELECT "+renditionColumns+` FROM renditions AS r
		WHERE village = ? AND deleted_at IS NULL AND state IN (?, ?) AND EXISTS (
			SELECT 1 FROM announcements AS a WHERE a.id = r.announcement
			AND a.deleted_at IS NULL AND a.withdrawn_at IS NULL AND (a.valid_until_at IS NULL OR a.valid_until_at > ?))
		ORDER BY created_at DESC, id DESC`, village, scheduler.Spoken, scheduler.Recorded, micros(now))
}

// soonestAir is when each announcement of a village airs next, as far as its
// schedules say; conflicts are the plan's business.
func soonestAir(ctx context.Context, tx *sql.Tx, key string, now time.Time) (map[string]time.Time, error) {
	v, err := village(ctx, tx, key)
	if err != nil {
		return nil, err
	}
	zone, err := v.Location()
	if err != nil {
		return nil, err
	}
	slots, err := slotsOf(ctx, tx, key)
	if err != nil {
		return nil, err
	}
	schedules, err := livingSchedules(ctx, tx, key, now)
	if err != nil {
		return nil, err
	}
	soonest := make(map[string]time.Time, len(schedules))
	for _, sc := range schedules {
		at := nextAir(sc, slots, now.In(zone))
		if known := soonest[sc.Announcement]; !at.IsZero() && (known.IsZero() || at.Before(known)) {
			soonest[sc.Announcement] = at
		}
	}
	return soonest, nil
}

// nextAir is the next instant of sc, zero when it has none within two weeks.
// now is in the village's zone.
func nextAir(sc scheduler.Schedule, slots []scheduler.Slot, now time.Time) (next time.Time) {
	if sc.Kind != scheduler.Slots {
		return sc.At
	}
	for _, sl := range slots {
		if !slices.Contains(sc.Slots, sl.ID) {
			continue
		}
		for ahead := range 15 {
			start := time.Date(now.Year(), now.Month(), now.Day()+ahead, 0, int(sl.Start), 0, 0, now.Location())
			if !airsOn(sc, sl, start) || start.Add(sl.Length).Before(now) {
				continue
			}
			if next.IsZero() || start.Before(next) {
				next = start
			}
			break
		}
	}
	return next
}

func airsOn(sc scheduler.Schedule, sl scheduler.Slot, start time.Time) bool {
	civil := start.Format(dayLayout)
	from, bounded := dayOf(sc.From).(string)
	if bounded && civil < from {
		return false
	}
	until, bounded := dayOf(sc.Until).(string)
	if bounded && civil > until {
		return false
	}
	return sc.Days.Has(start.Weekday()) && sl.Days.Has(start.Weekday())
}

var _ playout.Drafts = (*Store)(nil)
