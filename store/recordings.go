package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"loalang/recordings"
	"loalang/scheduler"
)

const recordingColumns = "id, village, origin, deleted_at, created_at, title, kind, length_ns, loudness, true_peak, warnings, bytes, brought_by, trim_from_ns, trim_to_ns, measures"

func scanRecording(r row) (recordings.Recording, error) {
	var v recordings.Recording
	err := r.Scan(&v.ID, &v.Village, &v.Origin, (*instant)(&v.Deleted), (*instant)(&v.Created), &v.Title, &v.Kind, &v.Length,
		&v.Loudness, &v.TruePeak, (*words)(&v.Warnings), &v.Bytes, &v.By, &v.Trim.From, &v.Trim.To, (*measures)(&v.Measures))
	return v, err
}

// SaveRecording adds a recording with its variants; one that is known and alive
// stays as it is, one with a tombstone is written anew and lives again.
func (s *Store) SaveRecording(ctx context.Context, v recordings.Recording) error {
	return s.write(ctx, "save recording", func(tx *sql.Tx) error {
		var alive int
		err := tx.QueryRowContext(ctx, "SELECT count(*) FROM recordings WHERE id = ? AND deleted_at IS NULL", v.ID).Scan(&alive)
		if err != nil || alive > 0 {
			return err
		}
		return s.putRecording(ctx, tx, v)
	})
}

func (s *Store) putRecording(ctx context.Context, tx *sql.Tx, v recordings.Recording) error {
	o := scheduler.Owned{ID: v.ID, Village: v.Village, Origin: v.Origin, Created: v.Created, Updated: s.cfg.Now()}
	names, values := split(append(s.birth(o), []column{
		{"title", v.Title},
		{"kind", v.Kind},
		{"length_ns", v.Length},
		{"loudness", v.Loudness},
		{"true_peak", v.TruePeak},
		{"warnings", listOf(v.Warnings)},
		{"bytes", v.Bytes},
		{"brought_by", v.By},
		{"trim_from_ns", v.Trim.From},
		{"trim_to_ns", v.Trim.To},
		{"measures", measuresOf(v.Measures)},
	}...))
	// Whoever brings it again owns it, and it is as new as that.
	renewed := ", village = excluded.village, origin = excluded.origin, created_at = excluded.created_at"
	if _, err := tx.ExecContext(ctx, insertSQL("recordings", names)+overwrite("id", names)+renewed, values...); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM variants WHERE recording = ?", v.ID); err != nil {
		return err
	}
	for _, variant := range v.Variants {
		err := insert(ctx, tx, "variants", []column{
			{"recording", v.ID},
			{"form", variant.Form},
			{"sha256", variant.SHA256},
			{"bytes", variant.Bytes},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// measuresOf are measures as they are kept; those that were not taken are empty.
func measuresOf(m recordings.Measures) string {
	if m.Before.Wave == nil && m.After.Wave == nil {
		return ""
	}
	raw, err := json.Marshal(m)
	if err != nil {
		panic("encode measures: " + err.Error()) // made of finite numbers and bytes
	}
	return string(raw)
}

// measures reads the column of that name.
type measures recordings.Measures

// Scan implements sql.Scanner.
func (m *measures) Scan(src any) error {
	*m = measures{}
	text, ok := src.(string)
	switch {
	case !ok:
		return fmt.Errorf("measures are kept as %T", src)
	case text == "":
		return nil
	}
	if err := json.Unmarshal([]byte(text), (*recordings.Measures)(m)); err != nil {
		return fmt.Errorf("read measures: %w", err)
	}
	return nil
}

func noRecording(id string) missing {
	return missing{what: "recording", id: id, also: recordings.ErrNotFound}
}

// Recording reads a living one with its variants; recordings.ErrNotFound, which
// is fs.ErrNotExist too, when there is none.
func (s *Store) Recording(ctx context.Context, id string) (v recordings.Recording, err error) {
	err = s.read(ctx, "read recording", func(tx *sql.Tx) error {
		list, err := recordingsBy(ctx, tx, "id = ? AND deleted_at IS NULL", id)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return noRecording(id)
		}
		v = list[0]
		return nil
	})
	return v, err
}

// Recordings lists what a village has in the library, the built-in sounds
// included ("": of all villages), the newest first, those before the recording
// with the ID before ("": from the newest on), at most limit. fs.ErrNotExist
// when there is no before.
func (s *Store) Recordings(ctx context.Context, village, before string, limit int) (list []recordings.Recording, err error) {
	err = s.read(ctx, "list recordings", func(tx *sql.Tx) error {
		older, args, err := olderThan(ctx, tx, "recordings", before)
		if err != nil {
			return err
		}
		args = append(args, village, village, limit)
		list, err = recordingsBy(ctx, tx, older+" AND (? = '' OR village IN (?, '')) AND deleted_at IS NULL ORDER BY created_at DESC, id DESC LIMIT ?", args...)
		return err
	})
	return list, err
}

// recordingsBy reads the recordings of a condition with their variants.
func recordingsBy(ctx context.Context, tx *sql.Tx, condition string, args ...any) ([]recordings.Recording, error) {
	list, err := query(ctx, tx, scanRecording, "SELECT "+recordingColumns+" FROM recordings WHERE "+condition, args...)
	if err != nil {
		return nil, err
	}
	index, ids := make(map[string]int, len(list)), make([]string, len(list))
	for i, v := range list {
		index[v.ID], ids[i] = i, v.ID
	}
	variants, err := query(ctx, tx, scanVariant,
		"SELECT recording, form, sha256, bytes FROM variants WHERE recording IN (SELECT value FROM json_each(?)) ORDER BY recording, form", listOf(ids))
	if err != nil {
		return nil, err
	}
	for _, of := range variants {
		v := &list[index[of.recording]]
		v.Variants = append(v.Variants, of.Variant)
	}
	return list, nil
}

// variantOf is a variant with the ID of its recording.
type variantOf struct {
	recording string
	recordings.Variant
}

func scanVariant(r row) (variantOf, error) {
	var v variantOf
	err := r.Scan(&v.recording, &v.Form, &v.SHA256, &v.Bytes)
	return v, err
}

var _ recordings.Index = (*Store)(nil)
