package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"loalang/scheduler"
)

const announcementColumns = ownedColumns + ", title, topic, class, issuer, text, bed, valid_from_at, valid_until_at, withdrawn_at, created_by, approval, approval_form, speaker_only"

func scanAnnouncement(r row) (scheduler.Announcement, error) {
	var a scheduler.Announcement
	err := r.Scan(append(owned(&a.Owned), &a.Title, &a.Topic, &a.Class, &a.Issuer, &a.Text, &a.Bed,
		(*instant)(&a.ValidFrom), (*instant)(&a.ValidUntil), (*instant)(&a.Withdrawn), &a.CreatedBy, &a.Approval.State, (*approval)(&a.Approval), &a.SpeakerOnly)...)
	return a, err
}

// SaveAnnouncement inserts an announcement (Revision 0) or updates the one of
// the revision that was read, with its renditions and schedules, in one
// transaction. A slice that is not nil is the whole of them: those with
// Revision 0 are inserted, the others updated, and living ones that it does not
// hold get a tombstone. A nil slice leaves what is there. Renditions and
// schedules get an ID when they have none, and the announcement's village.
// scheduler.ErrRevision when any of the records has changed since it was read;
// fs.ErrNotExist when the village is unknown.
func (s *Store) SaveAnnouncement(ctx context.Context, a scheduler.Announcement, rs []scheduler.Rendition, ss []scheduler.Schedule) error {
	return s.write(ctx, "save announcement", func(tx *sql.Tx) error {
		zone, err := s.saveAlone(ctx, tx, a)
		if err != nil {
			return err
		}
		if rs != nil {
			if err := s.saveRenditions(ctx, tx, a, rs); err != nil {
				return err
			}
		}
		if ss != nil {
			return s.saveSchedules(ctx, tx, a, ss, zone)
		}
		return nil
	})
}

// saveAlone saves an announcement without what belongs to it, and returns the zone of its
// village.
func (s *Store) saveAlone(ctx context.Context, tx *sql.Tx, a scheduler.Announcement) (zone string, err error) {
	v, err := village(ctx, tx, a.Village)
	if err != nil {
		return "", err
	}
	if err := s.keepWording(ctx, tx, a); err != nil {
		return "", err
	}
	return v.Zone, s.saveAnnouncement(ctx, tx, a, v.Zone)
}

func (s *Store) saveAnnouncement(ctx context.Context, tx *sql.Tx, a scheduler.Announcement, zone string) error {
	form, err := approvalOf(a.Approval)
	if err != nil {
		return err
	}
	return s.save(ctx, tx, record{table: "announcements", what: "announcement", owned: a.Owned, rest: []column{
		{"title", a.Title},
		{"topic", a.Topic},
		{"class", a.Class},
		{"issuer", a.Issuer},
		{"text", a.Text},
		{"bed", a.Bed},
		{"zone", zone},
		{"valid_from_at", micros(a.ValidFrom)},
		{"valid_until_at", micros(a.ValidUntil)},
		{"withdrawn_at", micros(a.Withdrawn)},
		{"created_by", a.CreatedBy},
		{"approval", a.Approval.State},
		{"approval_form", form},
		{"speaker_only", a.SpeakerOnly},
	}})
}

func (s *Store) saveRenditions(ctx context.Context, tx *sql.Tx, a scheduler.Announcement, rs []scheduler.Rendition) error {
	kept := make([]string, 0, len(rs))
	for i := range rs {
		if rs[i].ID != "" {
			kept = append(kept, rs[i].ID)
		}
	}
	// First: a language may go over to a new rendition.
	if err := s.buryOthers(ctx, tx, "renditions", a.ID, kept); err != nil {
		return err
	}
	for _, r := range rs {
		r.Owned, r.Announcement = s.adopt(r.Owned, a), a.ID
		if err := s.saveRendition(ctx, tx, r); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) saveSchedules(ctx context.Context, tx *sql.Tx, a scheduler.Announcement, ss []scheduler.Schedule, zone string) error {
	kept := make([]string, 0, len(ss))
	for i := range ss {
		if ss[i].ID != "" {
			kept = append(kept, ss[i].ID)
		}
	}
	if err := s.buryOthers(ctx, tx, "schedules", a.ID, kept); err != nil {
		return err
	}
	for _, sc := range ss {
		sc.Owned, sc.Announcement = s.adopt(sc.Owned, a), a.ID
		if err := s.saveSchedule(ctx, tx, sc, zone); err != nil {
			return err
		}
	}
	return nil
}

// adopt gives what belongs to a its village, and an ID when it has none.
func (s *Store) adopt(o scheduler.Owned, a scheduler.Announcement) scheduler.Owned {
	o.Village = a.Village
	if o.ID == "" {
		o.ID = s.cfg.NewID()
	}
	return o
}

// buryOthers leaves a tombstone on what belongs to an announcement and is not
// kept.
func (s *Store) buryOthers(ctx context.Context, tx *sql.Tx, table, announcement string, kept []string) error {
	now := micros(s.cfg.Now())
	_, err := tx.ExecContext(ctx, "UPDATE "+table+` SET deleted_at = ?, updated_at = ?, revision = revision + 1
		WHERE announcement = ? AND deleted_at IS NULL AND id NOT IN (SELECT value FROM json_each(?))`, now, now, announcement, listOf(kept))
	return err
}

// Announcement reads one with its renditions, in the village's order of
// languages, and its living schedules, the oldest first; fs.ErrNotExist when
// there is none.
func (s *Store) Announcement(ctx context.Context, id string) (d scheduler.Dossier, err error) {
	err = s.read(ctx, "read announcement", func(tx *sql.Tx) error {
		list, err := dossiers(ctx, tx, "SELECT "+announcementColumns+" FROM announcements WHERE id = ? AND deleted_at IS NULL", id)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return missing{what: "announcement", id: id}
		}
		d = list[0]
		return nil
	})
	return d, err
}

// Announcements lists living announcements of a village ("": of all), the
// newest first, those before the announcement with the ID before ("": from the
// newest on), at most limit. fs.ErrNotExist when there is no before.
func (s *Store) Announcements(ctx context.Context, village, before string, limit int) (list []scheduler.Dossier, err error) {
	err = s.read(ctx, "list announcements", func(tx *sql.Tx) error {
		older, args, err := olderThan(ctx, tx, "announcements", before)
		if err != nil {
			return err
		}
		args = append(args, village, village, limit)
		list, err = dossiers(ctx, tx, "SELECT "+announcementColumns+" FROM announcements WHERE "+older+
			" AND (? = '' OR village = ?) AND deleted_at IS NULL ORDER BY created_at DESC, id DESC LIMIT ?", args...)
		return err
	})
	return list, err
}

// olderThan is the condition that continues a list behind the row before,
// which may have been deleted meanwhile.
func olderThan(ctx context.Context, tx *sql.Tx, table, before string) (condition string, args []any, err error) {
	if before == "" {
		return "TRUE", nil, nil
	}
	var created int64
	err = tx.QueryRowContext(ctx, "SELECT created_at FROM "+table+" WHERE id = ?", before).Scan(&created)
	if errors.Is(err, sql.ErrNoRows) {
		err = missing{what: "entry to go on from (load the list anew)", id: before}
	}
	return "(created_at, id) < (?, ?)", []any{created, before}, err
}

// dossiers reads the announcements of a statement with what belongs to them.
func dossiers(ctx context.Context, tx *sql.Tx, statement string, args ...any) ([]scheduler.Dossier, error) {
	announcements, err := query(ctx, tx, scanAnnouncement, statement, args...)
	if err != nil {
		return nil, err
	}
	list := make([]scheduler.Dossier, len(announcements))
	index, ids := make(map[string]int, len(list)), make([]string, len(list))
	for i, a := range announcements {
		list[i].Announcement, index[a.ID], ids[i] = a, i, a.ID
	}
	renditions, err := query(ctx, tx, scanRendition, "SELECT "+renditionColumns+
		" FROM renditions WHERE announcement IN (SELECT value FROM json_each(?)) AND deleted_at IS NULL ORDER BY language", listOf(ids))
	if err != nil {
		return nil, err
	}
	for _, r := range renditions {
		d := &list[index[r.Announcement]]
		d.Renditions = append(d.Renditions, r)
	}
	schedules, err := query(ctx, tx, scanSchedule, "SELECT "+scheduleColumns+
		" FROM schedules WHERE announcement IN (SELECT value FROM json_each(?)) AND deleted_at IS NULL ORDER BY created_at, id", listOf(ids))
	if err != nil {
		return nil, err
	}
	for _, sc := range schedules {
		d := &list[index[sc.Announcement]]
		d.Schedules = append(d.Schedules, sc)
	}
	return list, orderLanguages(ctx, tx, list)
}

// orderLanguages puts the renditions into the order of their village.
func orderLanguages(ctx context.Context, tx *sql.Tx, list []scheduler.Dossier) error {
	languages := map[string][]string{}
	for _, d := range list {
		key := d.Announcement.Village
		if _, known := languages[key]; !known {
			v, err := village(ctx, tx, key)
			if err != nil {
				return fmt.Errorf("order languages: %w", err)
			}
			languages[key] = v.Languages
		}
		byLanguage(d.Renditions, languages[key])
	}
	return nil
}
