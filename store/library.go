package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"loalang/recordings"
	"loalang/scheduler"
)

// usedBy is every use of a recording: what uses it, its ID, its title.
const usedBy = `(SELECT n.recording AS recording, 'notice' AS what, a.id AS id, a.title AS title
		FROM renditions AS n JOIN announcements AS a ON a.id = n.announcement
		WHERE n.recording <> '' AND n.deleted_at IS NULL AND a.deleted_at IS NULL
	UNION SELECT bed, 'bed', id, title FROM announcements WHERE bed <> '' AND deleted_at IS NULL
	UNION SELECT opening, 'slot', id, name FROM slots WHERE opening <> '' AND deleted_at IS NULL
	UNION SELECT closing, 'slot', id, name FROM slots WHERE closing <> '' AND deleted_at IS NULL
	UNION SELECT r.value ->> 'recording', 'slot', slots.id, slots.name FROM slots, json_each(slots.relays) AS r WHERE deleted_at IS NULL AND coalesce(r.value ->> 'recording', '') <> ''
	UNION SELECT r.value ->> 'fallback', 'slot', slots.id, slots.name FROM slots, json_each(slots.relays) AS r WHERE deleted_at IS NULL AND coalesce(r.value ->> 'fallback', '') <> ''
	UNION SELECT chime, 'frame', village, village FROM frames WHERE chime <> ''
	UNION SELECT tail, 'frame', village, village FROM frames WHERE tail <> ''
	UNION SELECT m.value ->> 'recording', 'prepared', templates.id, templates.name FROM templates, json_each(templates.messages) AS m
		WHERE templates.deleted_at IS NULL AND coalesce(m.value ->> 'recording', '') <> '')`

// seenOf changes whenever what a recording is found by does: when that was last
// written, and how often.
const seenOf = `(SELECT max(r.updated_at, coalesce(max(max(n.updated_at, a.updated_at)), 0)) || '/' || (r.revision + coalesce(sum(n.revision + a.revision), 0))
	FROM renditions AS n JOIN announcements AS a ON a.id = n.announcement WHERE n.recording = r.id AND n.recording <> '' AND n.deleted_at IS NULL)`

// SearchRecordings finds recordings in the library, a page of them with how many uses
// each has, and how many there are in all. Words are compared without capitals and
// marks. What changed since the last search is read first, so that the first one after
// an update takes longer; where that cannot be written, on a full disk, what was known
// before is searched.
func (s *Store) SearchRecordings(ctx context.Context, q recordings.Search) (found []recordings.Found, total int, err error) {
	if q.Words != "" {
		if err := s.readAgain(ctx); err != nil {
			s.cfg.Log.Warn("the library's words could not be read again", "err", err)
		}
	}
	err = s.read(ctx, "search recordings", func(tx *sql.Tx) error {
		conditions, args := conditionsOf(q)
		with := "WITH used AS MATERIALIZED " + usedBy + " "
		where := " FROM recordings AS r WHERE " + strings.Join(conditions, " AND ")
		if err := tx.QueryRowContext(ctx, with+"SELECT count(*)"+where, args...).Scan(&total); err != nil || q.Limit <= 0 {
			return err
		}
		ids, err := query(ctx, tx, scanUses, with+"SELECT r.id, (SELECT count(*) FROM used WHERE used.recording = r.id)"+where+orderOf(q)+" LIMIT ? OFFSET ?", append(args, q.Limit, max(0, q.Skip))...)
		if err != nil {
			return err
		}
		found, err = filled(ctx, tx, ids)
		return err
	})
	return found, total, err
}

// conditionsOf are the conditions of a search with their arguments.
func conditionsOf(q recordings.Search) (conditions []string, args []any) {
	add := func(condition string, values ...any) {
		conditions, args = append(conditions, condition), append(args, values...)
	}
	purposeOf(q.Purpose, add)
	if q.ID != "" {
		add("r.id = ?", q.ID)
	}
	if q.Village != "" {
		add("r.village IN (?, '')", q.Village)
	}
	if q.By != "" {
		add("r.brought_by = ?", q.By)
	}
	if q.Unused {
		add(unused + " AND r.kind <> 'builtin'")
	}
	const notices = `EXISTS (SELECT 1 FROM renditions AS n JOIN announcements AS a ON a.id = n.announcement
		WHERE n.recording = r.id AND n.recording <> '' AND n.deleted_at IS NULL AND a.deleted_at IS NULL AND `
	if q.Language != "" {
		add(notices+"n.language = ?)", q.Language)
	}
	if q.Class != "" {
		add(notices+"a.class = ?)", q.Class)
	}
	if len(q.Topics) > 0 {
		add(notices+"a.topic IN (SELECT value FROM json_each(?)))", listOf(q.Topics))
	}
	for word := range strings.FieldsSeq(string(scheduler.SkeletonOf(q.Words))) {
		add("EXISTS (SELECT 1 FROM sought WHERE sought.recording = r.id AND instr(sought.words, ?) > 0)", " "+word)
	}
	return conditions, args
}

// unused holds of a recording that nothing uses.
const unused = "NOT EXISTS (SELECT 1 FROM used WHERE used.recording = r.id)"

// purposeOf adds what holds of recordings of a purpose. Those that were removed are none.
func purposeOf(p recordings.Purpose, add func(condition string, values ...any)) {
	removed := "r.deleted_at IS NULL"
	switch p {
	case recordings.OfRemoved:
		removed = "r.deleted_at IS NOT NULL AND EXISTS (SELECT 1 FROM variants WHERE variants.recording = r.id)"
	case recordings.OfPeople:
		add("r.kind = 'take'")
	case recordings.OfVoice:
		add("r.kind = 'speech' AND NOT " + unused)
	case recordings.OfPreview:
		add("r.kind = 'speech' AND " + unused)
	case recordings.OfJingle:
		add("(r.id IN (SELECT recording FROM used WHERE what IN ('slot', 'frame')) OR r.kind = 'builtin' AND r.id <> ?)", sirenID())
	case recordings.OfBed:
		add("r.id IN (SELECT recording FROM used WHERE what = 'bed')")
	case recordings.OfSiren:
		add("r.id = ?", sirenID())
	case recordings.AnyPurpose:
	default:
		add("FALSE") // nothing is for what nobody knows
	}
	add(removed)
}

// sirenID is the recording of the siren.
func sirenID() string {
	for _, b := range recordings.BuiltIns() {
		if b.Name == recordings.SirenSound {
			return b.ID
		}
	}
	return ""
}

// orderOf is the order of what is found.
func orderOf(q recordings.Search) string {
	switch {
	case q.Sort == recordings.OldestFirst:
		return " ORDER BY r.created_at, r.id"
	case q.Sort == recordings.ByTitle:
		return " ORDER BY lower(r.title), r.id"
	case q.Sort == recordings.LongestFirst:
		return " ORDER BY r.length_ns DESC, r.id"
	case q.Purpose == recordings.OfRemoved:
		return " ORDER BY r.deleted_at DESC, r.id DESC"
	}
	return " ORDER BY r.created_at DESC, r.id DESC"
}

// usesOf is a recording with how many uses it has.
type usesOf struct {
	id   string
	uses int
}

func scanUses(r row) (usesOf, error) {
	var u usesOf
	err := r.Scan(&u.id, &u.uses)
	return u, err
}

// filled reads the recordings of a page, in its order.
func filled(ctx context.Context, tx *sql.Tx, page []usesOf) ([]recordings.Found, error) {
	ids := make([]string, len(page))
	for i, u := range page {
		ids[i] = u.id
	}
	list, err := recordingsBy(ctx, tx, "id IN (SELECT value FROM json_each(?))", listOf(ids))
	if err != nil {
		return nil, err
	}
	by := make(map[string]recordings.Recording, len(list))
	for _, r := range list {
		by[r.ID] = r
	}
	found := make([]recordings.Found, len(page))
	for i, u := range page {
		found[i] = recordings.Found{Recording: by[u.id], Uses: u.uses}
	}
	return found, nil
}

// soughtRow is what a recording is found by.
type soughtRow struct{ id, words, seen string }

// readAgain makes the words of every recording whose title, or what was said with it,
// has changed.
func (s *Store) readAgain(ctx context.Context) error {
	const stale = "NOT EXISTS (SELECT 1 FROM sought WHERE sought.recording = r.id AND sought.seen = " + seenOf + ")"
	var changed []soughtRow
	err := s.read(ctx, "look for changed recordings", func(tx *sql.Tx) (err error) {
		changed, err = query(ctx, tx, scanSought, "SELECT r.id, r.title || ' ' || r.brought_by || coalesce((SELECT group_concat(' ' || a.title || ' ' || a.text || ' ' || n.spoken_text, '') FROM renditions AS n JOIN announcements AS a ON a.id = n.announcement WHERE n.recording = r.id AND n.recording <> '' AND n.deleted_at IS NULL), ''), "+seenOf+" FROM recordings AS r WHERE "+stale)
		return err
	})
	if err != nil || len(changed) == 0 {
		return err
	}
	for i := range changed {
		changed[i].words = string(scheduler.SkeletonOf(changed[i].words))
	}
	return s.write(ctx, "keep the words of recordings", func(tx *sql.Tx) error {
		for _, c := range changed {
			_, err := tx.ExecContext(ctx, `INSERT INTO sought (recording, words, seen) VALUES (?, ?, ?)
				ON CONFLICT (recording) DO UPDATE SET words = excluded.words, seen = excluded.seen`, c.id, c.words, c.seen)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func scanSought(r row) (soughtRow, error) {
	var w soughtRow
	err := r.Scan(&w.id, &w.words, &w.seen)
	return w, err
}

// RecordingUses lists where a recording is used, what may still sound first.
func (s *Store) RecordingUses(ctx context.Context, id string) (uses []recordings.Use, err error) {
	now := s.cfg.Now()
	err = s.read(ctx, "look where a recording is used", func(tx *sql.Tx) error {
		if uses, err = query(ctx, tx, scanUse, "SELECT what, id, title FROM "+usedBy+" WHERE recording = ? ORDER BY title, id", id); err != nil {
			return err
		}
		var notices []string
		for _, u := range uses {
			notices = append(notices, u.ID)
		}
		airs, err := mayAir(ctx, tx, notices, now)
		if err != nil {
			return err
		}
		living := map[string]bool{}
		for _, a := range airs {
			living[a.ID] = true
		}
		var first, later []recordings.Use
		for _, u := range uses {
			if u.Airs = u.What == recordings.UsedBySlot || u.What == recordings.UsedAsFrame || u.What == recordings.UsedPrepared || living[u.ID]; u.Airs {
				first = append(first, u)
			} else {
				later = append(later, u)
			}
		}
		uses = append(first, later...)
		return nil
	})
	return uses, err
}

func scanUse(r row) (recordings.Use, error) {
	var u recordings.Use
	err := r.Scan(&u.What, &u.ID, &u.Title)
	return u, err
}

// RecordingReaders lists who brought what a village has in its library, by name.
func (s *Store) RecordingReaders(ctx context.Context, village string) (names []string, err error) {
	err = s.read(ctx, "list who brought recordings", func(tx *sql.Tx) error {
		names, err = query(ctx, tx, scanText, `SELECT DISTINCT brought_by FROM recordings
			WHERE brought_by <> '' AND deleted_at IS NULL AND (? = '' OR village IN (?, '')) ORDER BY brought_by`, village, village)
		return err
	})
	return names, err
}

// RenameRecording gives a living recording another title; recordings.ErrNotFound when
// there is none.
func (s *Store) RenameRecording(ctx context.Context, id, title string) error {
	return s.write(ctx, "rename recording", func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, "UPDATE recordings SET title = ?, updated_at = ?, revision = revision + 1 WHERE id = ? AND kind <> ? AND deleted_at IS NULL",
			title, micros(s.cfg.Now()), id, recordings.BuiltIn)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n > 0 {
			return err
		}
		return fmt.Errorf("rename: %w", noRecording(id))
	})
}
