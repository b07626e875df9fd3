package store

import (
	"context"
	"database/sql"
	"time"

	"loalang/playout"
	"loalang/recordings"
	"loalang/scheduler"
)

// RemoveRecording leaves a tombstone and returns the recording with the variants
// that no living one needs: their files are the library's to remove. What was
// made of it for announcements that will not air any more is missing from then on; a
// text that a voice read is read again when it is scheduled anew. The errors are recordings.ErrNotFound
// when there is no such living recording and recordings.InUse while a slot, a message
// that is prepared for an emergency or an announcement that may still air needs it. On a full disk it uses the margin: it
// is a way out.
func (s *Store) RemoveRecording(ctx context.Context, id string, at time.Time) (gone recordings.Recording, err error) {
	err = s.writeSurely(ctx, "remove recording", func(tx *sql.Tx) error {
		list, err := recordingsBy(ctx, tx, "id = ? AND deleted_at IS NULL", id)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return noRecording(id)
		}
		if gone, err = list[0], s.needed(ctx, tx, id, at); err != nil {
			return err
		}
		if err := s.forget(ctx, tx, id); err != nil {
			return err
		}
		if err := s.bury(ctx, tx, "recordings", noRecording(id), at); err != nil {
			return err
		}
		gone.Deleted = at
		gone.Variants, err = unneeded(ctx, tx, gone, at.Add(-recordings.TakeBackTime))
		return err
	})
	return gone, err
}

// needed is recordings.InUse while something that may sound needs a recording.
func (s *Store) needed(ctx context.Context, tx *sql.Tx, id string, now time.Time) error {
	users, err := query(ctx, tx, scanText, `SELECT name FROM slots WHERE deleted_at IS NULL AND (?1 IN (opening, closing)
			OR EXISTS (SELECT 1 FROM json_each(slots.relays) AS r WHERE ?1 IN (r.value ->> 'fallback', r.value ->> 'recording')))
		UNION SELECT village FROM frames WHERE ?1 IN (chime, tail)
		UNION SELECT templates.name FROM templates, json_each(templates.messages) AS m WHERE templates.deleted_at IS NULL AND m.value ->> 'recording' = ?1`, id)
	if err != nil {
		return err
	}
	by, err := query(ctx, tx, scanText, `SELECT announcement FROM renditions WHERE recording = ?1 AND deleted_at IS NULL
		UNION SELECT id FROM announcements WHERE bed = ?1 AND deleted_at IS NULL`, id)
	if err != nil {
		return err
	}
	airs, err := mayAir(ctx, tx, by, now)
	if err != nil {
		return err
	}
	for _, a := range airs {
		users = append(users, a.Title)
	}
	if len(users) > 0 {
		return recordings.InUse{By: users}
	}
	return nil
}

// forget takes a recording away from the renditions that hold it, and from what
// was spoken before. What they held is kept for when it is taken back.
func (s *Store) forget(ctx context.Context, tx *sql.Tx, id string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO forgotten (rendition, recording, length_ns, state, fault)
		SELECT id, recording, length_ns, state, fault FROM renditions WHERE recording = ? AND deleted_at IS NULL
		ON CONFLICT (rendition) DO UPDATE SET recording = excluded.recording, length_ns = excluded.length_ns, state = excluded.state, fault = excluded.fault`, id)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE renditions SET recording = '', length_ns = 0, fault = ?, updated_at = ?, revision = revision + 1, state = ?
		WHERE recording = ? AND deleted_at IS NULL`, playout.FaultGone, micros(s.cfg.Now()), scheduler.Missing, id)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "DELETE FROM spoken WHERE recording = ?", id)
	return err
}

// revive has the texts of an announcement read again whose sound was removed.
func (s *Store) revive(ctx context.Context, tx *sql.Tx, announcement string) error {
	_, err := tx.ExecContext(ctx, `UPDATE renditions SET state = ?, fault = '', updated_at = ?, revision = revision + 1
		WHERE announcement = ? AND state = ? AND spoken_text <> '' AND deleted_at IS NULL`, scheduler.Spoken, micros(s.cfg.Now()), announcement, scheduler.Missing)
	return err
}

// mayAir picks the announcements that may still air, the oldest first.
func mayAir(ctx context.Context, tx *sql.Tx, announcements []string, now time.Time) (list []scheduler.Announcement, err error) {
	all, err := dossiers(ctx, tx, "SELECT "+announcementColumns+` FROM announcements
		WHERE id IN (SELECT value FROM json_each(?)) AND deleted_at IS NULL ORDER BY created_at, id`, listOf(announcements))
	if err != nil {
		return nil, err
	}
	done, err := hadTheirTurn(ctx, tx, now)
	if err != nil {
		return nil, err
	}
	zones := map[string]*time.Location{}
	for _, d := range all {
		key := d.Announcement.Village
		if zones[key] == nil {
			v, err := village(ctx, tx, key)
			if err != nil {
				return nil, err
			}
			if zones[key], err = v.Location(); err != nil {
				return nil, err
			}
		}
		if d.MayAir(now, zones[key], done) {
			list = append(list, d.Announcement)
		}
	}
	return list, nil
}

// hadTheirTurn names the schedules of which an occurrence of late had its outcome.
func hadTheirTurn(ctx context.Context, tx *sql.Tx, now time.Time) (map[string]bool, error) {
	ids, err := query(ctx, tx, scanText, "SELECT DISTINCT schedule FROM asrun WHERE due_at >= ? AND outcome <> '' AND deleted_at IS NULL", micros(now.Add(-history)))
	if err != nil {
		return nil, err
	}
	done := make(map[string]bool, len(ids))
	for _, id := range ids {
		done[id] = true
	}
	return done, nil
}

// unneeded are the variants of a recording with a tombstone that no living one has,
// nor one that was removed since and may be taken back.
func unneeded(ctx context.Context, tx *sql.Tx, of recordings.Recording, since time.Time) ([]recordings.Variant, error) {
	found, err := query(ctx, tx, scanVariant, `SELECT recording, form, sha256, bytes FROM variants AS v WHERE recording = ?1 AND NOT EXISTS (
			SELECT 1 FROM variants AS w JOIN recordings AS r ON r.id = w.recording
			WHERE w.form = v.form AND w.sha256 = v.sha256 AND r.id <> ?1 AND (r.deleted_at IS NULL OR r.deleted_at >= ?2))
		ORDER BY form`, of.ID, micros(since))
	if err != nil {
		return nil, err
	}
	var variants []recordings.Variant
	for _, v := range found {
		variants = append(variants, v.Variant)
	}
	return variants, nil
}
