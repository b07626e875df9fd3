package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"loalang/scheduler"
)

// windows are the allowed hours as they are kept.
type windows []scheduler.Window

type windowForm struct {
	From int `json:"from"` // minutes after midnight
	To   int `json:"to"`
	Days int `json:"days"` // bit 1<<0 is Sunday; 0: every day
}

func windowsOf(all []scheduler.Window) (string, error) {
	forms := make([]windowForm, 0, len(all))
	for _, w := range all {
		forms = append(forms, windowForm{From: int(w.From), To: int(w.To), Days: int(w.Days)})
	}
	raw, err := json.Marshal(forms)
	return string(raw), err
}

// Scan implements sql.Scanner.
func (w *windows) Scan(src any) error {
	v, ok := src.(string)
	if !ok {
		return fmt.Errorf("hours are kept as %T", src)
	}
	var forms []windowForm
	if err := json.Unmarshal([]byte(v), &forms); err != nil {
		return fmt.Errorf("read hours: %w", err)
	}
	*w = nil
	for _, f := range forms {
		*w = append(*w, scheduler.Window{From: scheduler.TimeOfDay(f.From), To: scheduler.TimeOfDay(f.To), Days: scheduler.Weekdays(f.Days)})
	}
	return nil
}

const villageColumns = "village, name, commune, zone, languages, allowed, rules, missing, pause_ns, revision, approvals, board, board_indexed, board_address, volume"

func scanVillage(r row) (scheduler.Village, error) {
	var v scheduler.Village
	err := r.Scan(&v.Key, &v.Name, &v.Commune, &v.Zone, (*words)(&v.Languages), (*windows)(&v.Allowed), (*rules)(&v.Rules), &v.Missing, &v.Pause, &v.Revision, (*approvalRules)(&v.Approvals), &v.Publicity.Board, &v.Publicity.Indexed, &v.Publicity.Address, &v.Volume)
	return v, err
}

// Village reads one village; fs.ErrNotExist when there is none.
func (s *Store) Village(ctx context.Context, key string) (v scheduler.Village, err error) {
	err = s.read(ctx, "read village", func(tx *sql.Tx) error {
		if v, err = village(ctx, tx, key); err != nil {
			return err
		}
		v.Exceptions, err = standing(ctx, tx, key, s.cfg.Now())
		return err
	})
	if err == nil {
		return v, nil
	}
	return instead(s, err, func(sb standby) (scheduler.Village, error) {
		return pick(sb.villages, func(v scheduler.Village) bool { return v.Key == key }, missing{what: "village", id: key})
	})
}

func village(ctx context.Context, tx *sql.Tx, key string) (scheduler.Village, error) {
	r := tx.QueryRowContext(ctx, "SELECT "+villageColumns+" FROM villages WHERE village = ? AND deleted_at IS NULL", key)
	return one(r, scanVillage, missing{what: "village", id: key})
}

// Villages lists every village by name.
func (s *Store) Villages(ctx context.Context) (list []scheduler.Village, err error) {
	err = s.read(ctx, "list villages", func(tx *sql.Tx) error {
		list, err = query(ctx, tx, scanVillage, "SELECT "+villageColumns+" FROM villages WHERE deleted_at IS NULL ORDER BY name, village")
		for i := 0; err == nil && i < len(list); i++ {
			list[i].Exceptions, err = standing(ctx, tx, list[i].Key, s.cfg.Now())
		}
		return err
	})
	if err == nil {
		return list, nil
	}
	return instead(s, err, func(sb standby) ([]scheduler.Village, error) { return sb.villages, nil })
}

// SaveVillage inserts a village (Revision 0) or updates the one of the revision
// that was read; scheduler.ErrRevision when it has changed since, or when
// another has its key. What may still air there gets a rendition in every language
// that is new; what airs there without approval is approved when the village begins to
// ask for one.
func (s *Store) SaveVillage(ctx context.Context, v scheduler.Village) error {
	return s.followed(ctx, s.write(ctx, "save village", func(tx *sql.Tx) error {
		before, err := village(ctx, tx, v.Key)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := s.saveVillage(ctx, tx, v); err != nil {
			return err
		}
		if err := s.cover(ctx, tx, v); err != nil {
			return err
		}
		return s.pinAll(ctx, tx, before, v)
	}))
}

func (s *Store) saveVillage(ctx context.Context, tx *sql.Tx, v scheduler.Village) error {
	allowed, err := windowsOf(v.Allowed)
	if err != nil {
		return err
	}
	ruled, err := placeRulesOf(v.Rules)
	if err != nil {
		return err
	}
	if v.Key == "" {
		return errors.New("village has no key")
	}
	approvals, err := rulesOf(v.Approvals)
	if err != nil {
		return err
	}
	o := scheduler.Owned{Village: v.Key, Revision: v.Revision}
	if o.ID, err = s.villageID(ctx, tx, v); err != nil {
		return err
	}
	return s.save(ctx, tx, record{table: "villages", what: "village", owned: o, rest: []column{
		{"name", v.Name},
		{"commune", v.Commune},
		{"zone", v.Zone},
		{"languages", listOf(v.Languages)},
		{"allowed", allowed},
		{"rules", ruled},
		{"missing", v.Missing},
		{"pause_ns", v.Pause},
		{"approvals", approvals},
		{"board", v.Publicity.Board},
		{"board_indexed", v.Publicity.Indexed},
		{"board_address", v.Publicity.Address},
		{"volume", v.Volume},
	}})
}

// villageID is the row's own ID, which the domain does not carry: a key may
// change hands, an ID may not.
func (s *Store) villageID(ctx context.Context, tx *sql.Tx, v scheduler.Village) (id string, err error) {
	if v.Revision == 0 {
		return s.cfg.NewID(), nil
	}
	err = tx.QueryRowContext(ctx, "SELECT id FROM villages WHERE village = ?", v.Key).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return "", missing{what: "village", id: v.Key}
	}
	return id, err
}

// Seed makes the village with its slots, unless there is a village of that key
// already: then it changes nothing. Slots get an ID and the village when they
// have none.
func (s *Store) Seed(ctx context.Context, v scheduler.Village, slots []scheduler.Slot) error {
	err := s.write(ctx, "seed village", func(tx *sql.Tx) error {
		var there int
		err := tx.QueryRowContext(ctx, "SELECT count(*) FROM villages WHERE village = ?", v.Key).Scan(&there)
		if err != nil || there > 0 {
			return err
		}
		v.Revision = 0
		if err := s.saveVillage(ctx, tx, v); err != nil {
			return err
		}
		for _, sl := range slots {
			if sl.ID == "" {
				sl.ID = s.cfg.NewID()
			}
			sl.Village, sl.Revision = v.Key, 0
			if err := s.saveSlot(ctx, tx, sl); err != nil {
				return err
			}
		}
		return nil
	})
	return s.followed(ctx, err)
}

// SaveFrame keeps the sound around every notice of a village and the silences,
// which Book hands out; Sounds is not kept, Book reads it from the library.
func (s *Store) SaveFrame(ctx context.Context, village string, f scheduler.Frame) error {
	return s.write(ctx, "save frame", func(tx *sql.Tx) error {
		columns := []column{
			{"village", village},
			{"chime", f.Chime.Recording},
			{"chime_ns", f.Chime.Length},
			{"tail", f.Tail.Recording},
			{"tail_ns", f.Tail.Length},
			{"pause_ns", f.Pause},
			{"gap_ns", f.Gap},
			{"lead_ns", f.Lead},
		}
		names, values := split(columns)
		set := make([]string, 0, len(names))
		for _, name := range names[1:] {
			set = append(set, name+" = excluded."+name)
		}
		_, err := tx.ExecContext(ctx, insertSQL("frames", names)+" ON CONFLICT (village) DO UPDATE SET "+strings.Join(set, ", "), values...)
		return err
	})
}

func frame(ctx context.Context, tx *sql.Tx, village string) (f scheduler.Frame, err error) {
	err = tx.QueryRowContext(ctx, "SELECT chime, chime_ns, tail, tail_ns, pause_ns, gap_ns, lead_ns FROM frames WHERE village = ?", village).
		Scan(&f.Chime.Recording, &f.Chime.Length, &f.Tail.Recording, &f.Tail.Length, &f.Pause, &f.Gap, &f.Lead)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil // nothing around the notices
	}
	return f, err
}

// byLanguage orders renditions as the village airs them; languages that it
// does not name come last, by their code.
func byLanguage(rs []scheduler.Rendition, languages []string) {
	rank := func(r scheduler.Rendition) int {
		if i := slices.Index(languages, r.Language); i >= 0 {
			return i
		}
		return len(languages)
	}
	slices.SortStableFunc(rs, func(a, b scheduler.Rendition) int { return rank(a) - rank(b) })
}
