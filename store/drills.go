package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"loalang/audio"
	"loalang/playout"
	"loalang/scheduler"
)

const drillColumns = ownedColumns + ", title, silent, keyed, rule, at_at, since_at, immediate, before_text, after_text, siren_ns, languages, person"

func scanDrill(r row) (scheduler.Drill, error) {
	var d scheduler.Drill
	err := r.Scan(append(owned(&d.Owned), &d.Title, &d.Silent, &d.Key, &d.Rule, (*instant)(&d.At), (*instant)(&d.Since), &d.Immediate,
		&d.Before, &d.After, &d.Siren, (*words)(&d.Languages), &d.By)...)
	return d, err
}

// Drills lists the living drills of a village, in the order they were made; one
// that was asked for now is among them for two days.
func (s *Store) Drills(ctx context.Context, village string) (list []scheduler.Drill, err error) {
	err = s.read(ctx, "list drills", func(tx *sql.Tx) error {
		list, err = drillsOf(ctx, tx, village, s.cfg.Now())
		return err
	})
	return list, err
}

// drillsOf leaves out what came once, and long ago.
func drillsOf(ctx context.Context, tx *sql.Tx, village string, now time.Time) ([]scheduler.Drill, error) {
	return query(ctx, tx, scanDrill, "SELECT "+drillColumns+` FROM drills WHERE village = ? AND deleted_at IS NULL
		AND (at_at IS NULL OR at_at >= ?) ORDER BY created_at, id`, village, micros(now.Add(-history)))
}

// Drill reads a living drill; fs.ErrNotExist when there is none.
func (s *Store) Drill(ctx context.Context, id string) (d scheduler.Drill, err error) {
	err = s.read(ctx, "read drill", func(tx *sql.Tx) error {
		row := tx.QueryRowContext(ctx, "SELECT "+drillColumns+" FROM drills WHERE id = ? AND deleted_at IS NULL", id)
		d, err = one(row, scanDrill, missing{what: "drill", id: id})
		return err
	})
	return d, err
}

// SaveDrill inserts a drill (Revision 0) or updates the one of the revision that
// was read, a tombstone included; scheduler.ErrRevision when it has changed since.
func (s *Store) SaveDrill(ctx context.Context, d scheduler.Drill) error {
	return s.write(ctx, "save drill", func(tx *sql.Tx) error {
		return s.save(ctx, tx, record{table: "drills", what: "drill", owned: d.Owned, rest: []column{
			{"title", d.Title},
			{"silent", d.Silent},
			{"keyed", d.Key},
			{"rule", d.Rule},
			{"at_at", micros(d.At)},
			{"since_at", micros(d.Since)},
			{"immediate", d.Immediate},
			{"before_text", d.Before},
			{"after_text", d.After},
			{"siren_ns", d.Siren},
			{"languages", listOf(d.Languages)},
			{"person", d.By},
		}})
	})
}

// DrillRuns lists the as-run rows of drills of a village that were due before an
// instant, the latest first, at most limit.
func (s *Store) DrillRuns(ctx context.Context, village string, before time.Time, limit int) (list []playout.AsRun, err error) {
	err = s.read(ctx, "list drills that ran", func(tx *sql.Tx) error {
		list, err = asruns(ctx, tx, `id IN (SELECT id FROM asrun WHERE village = ? AND kind = 'drill' AND deleted_at IS NULL AND due_at < ? ORDER BY due_at DESC, id DESC LIMIT ?)`,
			village, micros(before), limit)
		return err
	})
	slices.Reverse(list)
	return list, err
}

// drillResultForm is what a drill found as it is kept; lengths are nanoseconds.
type drillResultForm struct {
	Silent bool            `json:"silent,omitempty"`
	Steps  []drillStepForm `json:"steps"`
}

type drillStepForm struct {
	Code     string  `json:"code"`
	Language string  `json:"language,omitempty"`
	Zone     string  `json:"zone,omitempty"`
	OK       bool    `json:"ok"`
	Took     int64   `json:"took_ns,omitempty"`
	Fault    string  `json:"fault,omitempty"`
	Level    float64 `json:"level_db,omitempty"`
}

func formDrillResult(r *playout.DrillResult) (string, error) {
	if r == nil {
		return "", nil
	}
	f := drillResultForm{Silent: r.Silent, Steps: each(r.Steps, func(s playout.DrillStep) drillStepForm {
		level, _ := levelOf(s.Level).(float64)
		return drillStepForm{Code: s.Code, Language: s.Language, Zone: s.Zone, OK: s.OK, Took: int64(s.Took), Fault: s.Fault, Level: level}
	})}
	raw, err := json.Marshal(f)
	if err != nil {
		return "", fmt.Errorf("encode drill: %w", err)
	}
	return string(raw), nil
}

// drillOf reads the column drill of the as-run.
type drillOf struct{ into **playout.DrillResult }

// Scan implements sql.Scanner.
func (d drillOf) Scan(src any) error {
	text, ok := src.(string)
	if !ok {
		return fmt.Errorf("a drill is kept as %T", src)
	}
	*d.into = nil
	if text == "" {
		return nil
	}
	var f drillResultForm
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		return fmt.Errorf("read drill: %w", err)
	}
	*d.into = &playout.DrillResult{Silent: f.Silent, Steps: each(f.Steps, func(s drillStepForm) playout.DrillStep {
		step := playout.DrillStep{Code: s.Code, Language: s.Language, Zone: s.Zone, OK: s.OK, Took: time.Duration(s.Took), Fault: s.Fault}
		step.Level = audio.Decibels(s.Level)
		return step
	})}
	return nil
}
