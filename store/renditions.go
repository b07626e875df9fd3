package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

// renditionColumns end with the text that a recording was made for, of those
// where that is another than now.
const renditionColumns = ownedColumns + `, announcement, language, state, voice, spoken_text, recording, length_ns, fault, spoken_by, instead_of,
	reader, reader_account, reading_due_at, asked_by, asked_at, told, waived,
	CASE WHEN state IN ('outdated', 'assigned') THEN coalesce((SELECT w.text FROM wordings AS w
		WHERE w.announcement = renditions.announcement AND w.wording = renditions.told), '') ELSE '' END`

func scanRendition(r row) (scheduler.Rendition, error) {
	var n scheduler.Rendition
	err := r.Scan(append(owned(&n.Owned), &n.Announcement, &n.Language, &n.State, &n.Voice, &n.SpokenText, &n.Recording, &n.Length, &n.Fault, &n.SpokenBy, &n.InsteadOf,
		&n.Assignment.Reader, &n.Assignment.Account, (*instant)(&n.Assignment.Due), &n.Assignment.By, (*instant)(&n.Assignment.At), &n.Told, &n.Waived, &n.ToldText)...)
	return n, err
}

// SaveRendition inserts a rendition (Revision 0) or updates the one of the
// revision that was read; scheduler.ErrRevision when it has changed since, or
// when the announcement has another one in that language, scheduler.ErrTransition
// when it cannot go over to r.State.
func (s *Store) SaveRendition(ctx context.Context, r scheduler.Rendition) error {
	return s.write(ctx, "save rendition", func(tx *sql.Tx) error { return s.saveRendition(ctx, tx, r) })
}

func (s *Store) saveRendition(ctx context.Context, tx *sql.Tx, r scheduler.Rendition) error {
	if r.Revision > 0 {
		if err := mayBecome(ctx, tx, r); err != nil {
			return err
		}
	}
	return s.save(ctx, tx, record{table: "renditions", what: "rendition", owned: r.Owned, rest: []column{
		{"announcement", r.Announcement},
		{"language", r.Language},
		{"state", r.State},
		{"voice", r.Voice},
		{"spoken_text", r.SpokenText},
		{"recording", r.Recording},
		{"length_ns", r.Length},
		{"fault", r.Fault},
		{"reader", r.Assignment.Reader},
		{"reader_account", r.Assignment.Account},
		{"reading_due_at", micros(r.Assignment.Due)},
		{"asked_by", r.Assignment.By},
		{"asked_at", micros(r.Assignment.At)},
		{"told", r.Told},
		{"waived", r.Waived},
		{"spoken_by", r.SpokenBy},
		{"instead_of", r.InsteadOf},
	}})
}

// mayBecome is scheduler.ErrTransition when the living rendition of that ID and
// revision cannot go over to r.State; whether it is there is found by the save.
func mayBecome(ctx context.Context, tx *sql.Tx, r scheduler.Rendition) error {
	var state scheduler.RenditionState
	err := tx.QueryRowContext(ctx, "SELECT state FROM renditions WHERE id = ? AND revision = ?", r.ID, r.Revision).Scan(&state)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil && !state.May(r.State) {
		err = fmt.Errorf("rendition in %q from %s to %s: %w", r.Language, state, r.State, scheduler.ErrTransition)
	}
	return err
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
	return query(ctx, tx, scanRendition, "SELECT "+renditionColumns+` FROM renditions
		WHERE village = ? AND deleted_at IS NULL AND state IN (?, ?) AND EXISTS (
			SELECT 1 FROM announcements AS a WHERE a.id = renditions.announcement
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
	return scheduler.NextAir(schedules, slots, zone, now), nil
}

var _ playout.Drafts = (*Store)(nil)
