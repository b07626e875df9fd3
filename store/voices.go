package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

const voiceColumns = ownedColumns + ", language, voice, rate, pitch"

func scanVoice(r row) (scheduler.VoiceChoice, error) {
	var c scheduler.VoiceChoice
	err := r.Scan(append(owned(&c.Owned), &c.Language, &c.Voice, &c.Rate, &c.Pitch)...)
	return c, err
}

// unheard holds for renditions whose sound never aired with its announcement.
const unheard = `NOT EXISTS (SELECT 1 FROM airings AS g JOIN asrun AS a ON a.id = g.asrun
	WHERE g.recording = renditions.recording AND a.announcement = renditions.announcement)`

// VoiceChoices lists the living choices of a village by language.
func (s *Store) VoiceChoices(ctx context.Context, village string) (list []scheduler.VoiceChoice, err error) {
	err = s.read(ctx, "list voices", func(tx *sql.Tx) error {
		list, err = query(ctx, tx, scanVoice, "SELECT "+voiceColumns+" FROM voices WHERE village = ? AND deleted_at IS NULL ORDER BY language", village)
		return err
	})
	return list, err
}

// SaveVoiceChoice inserts a choice (Revision 0) or updates the one of the revision
// that was read; scheduler.ErrRevision when it has changed since, or when the
// language has another. What was spoken without a voice of its own and has not
// aired is to be spoken anew, see Revoiced.
func (s *Store) SaveVoiceChoice(ctx context.Context, c scheduler.VoiceChoice) error {
	return s.write(ctx, "save voice", func(tx *sql.Tx) error {
		if c.Revision == 0 {
			var there int
			err := tx.QueryRowContext(ctx, "SELECT count(*) FROM voices WHERE village = ? AND language = ? AND deleted_at IS NULL", c.Village, c.Language).Scan(&there)
			if err != nil {
				return err
			}
			if there > 0 {
				return scheduler.ErrRevision
			}
		}
		err := s.save(ctx, tx, record{table: "voices", what: "voice", owned: c.Owned, rest: []column{
			{"language", c.Language},
			{"voice", c.Voice},
			{"rate", c.Rate},
			{"pitch", c.Pitch},
		}})
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE renditions SET instead_of = CASE WHEN ?1 = '' THEN spoken_by ELSE ?1 END, revision = revision + 1, updated_at = ?2
			WHERE village = ?3 AND language = ?4 AND voice = '' AND state = ?5 AND spoken_by <> '' AND deleted_at IS NULL AND `+unheard,
			c.Voice, micros(s.cfg.Now()), c.Village, c.Language, scheduler.Ready)
		return err
	})
}

// Revoiced lists the living Ready renditions of a village that another voice is to
// speak anew: whose announcement may still air after until, but not between now and
// then, and whose sound never aired. What a village has heard, or is about to hear,
// stays as it is.
func (s *Store) Revoiced(ctx context.Context, village string, now, until time.Time) (list []scheduler.Rendition, err error) {
	err = s.read(ctx, "list renditions to be spoken anew", func(tx *sql.Tx) error {
		list, err = query(ctx, tx, scanRendition, "SELECT "+renditionColumns+` FROM renditions
			WHERE village = ? AND instead_of <> '' AND deleted_at IS NULL AND state = ? AND EXISTS (
				SELECT 1 FROM announcements AS a WHERE a.id = renditions.announcement
				AND a.deleted_at IS NULL AND a.withdrawn_at IS NULL AND (a.valid_until_at IS NULL OR a.valid_until_at > ?))
			AND `+unheard+`
			ORDER BY created_at, id`, village, scheduler.Ready, micros(now))
		if err != nil || len(list) == 0 {
			return err
		}
		soonest, err := soonestAir(ctx, tx, village, now)
		list = slices.DeleteFunc(list, func(r scheduler.Rendition) bool {
			at, planned := soonest[r.Announcement]
			return planned && at.Before(until)
		})
		return err
	})
	return list, err
}

var _ playout.VoiceChoices = (*Store)(nil)
