package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

const (
	asrunColumns = ownedColumns + `, occurrence, kind, announcement, schedule, slot, title, class, nominal_at, due_at,
		planned_ns, claimed_at, keyed_at, latest_at, outcome, cause, person, heard, lateness_ns, missing,
		languages, topic, issuer, rules, drill, proof`
	airingColumns = "id, part, recording, language, stood_for, zones, started_at, ended_at, frames, underruns, cause, level_db"
)

func scanAsRun(r row) (playout.AsRun, error) {
	var a playout.AsRun
	err := r.Scan(append(owned(&a.Owned), &a.Occurrence, &a.Kind, &a.Announcement, &a.Schedule, &a.Slot, &a.Title, &a.Class,
		(*instant)(&a.Nominal), (*instant)(&a.Due), &a.Planned, (*instant)(&a.Claimed), (*instant)(&a.Keyed), (*instant)(&a.Latest),
		&a.Outcome, &a.Cause, &a.By, &a.Heard, &a.Lateness, (*words)(&a.Missing),
		(*words)(&a.Languages), &a.Topic, &a.Issuer, (*reasons)(&a.Rules), drillOf{&a.Drill}, proofOf{&a.Proof})...)
	return a, err
}

// airingOf is an airing with the ID of the row that it belongs to.
type airingOf struct {
	asrun string
	playout.Airing
}

func scanAiring(r row) (airingOf, error) {
	var g airingOf
	err := r.Scan(&g.asrun, &g.ID, &g.Part, &g.Recording, &g.Language, (*words)(&g.For), (*words)(&g.Zones),
		(*instant)(&g.Started), (*instant)(&g.Ended), &g.Frames, &g.Underruns, &g.Cause, (*level)(&g.Level))
	return g, err
}

// Claim writes a new row before the amplifier is keyed; playout.ErrClaimed when
// the occurrence has a living one: it must not play again. The tombstone of a
// claim that was released is taken over, and so is a row that says that it was given
// up by a clock that was ahead of a's. On a full disk it uses the margin.
func (s *Store) Claim(ctx context.Context, a playout.AsRun) error {
	return s.writeSurely(ctx, "claim "+a.Occurrence, func(tx *sql.Tx) error {
		var there playout.AsRun
		var airings int
		err := tx.QueryRowContext(ctx, `SELECT outcome, created_at, (SELECT count(*) FROM airings WHERE asrun = asrun.id) FROM asrun
			WHERE village = ? AND occurrence = ? AND deleted_at IS NULL`, a.Village, a.Occurrence).Scan(&there.Outcome, (*instant)(&there.Created), &airings)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return s.putAsRun(ctx, tx, a)
		case err != nil:
			return err
		case airings > 0 || !there.Ahead(a.Created):
			return playout.ErrClaimed
		}
		// It is born anew: of what was written ahead nothing was true.
		if _, err := tx.ExecContext(ctx, "UPDATE asrun SET created_at = ? WHERE village = ? AND occurrence = ?", micros(a.Created), a.Village, a.Occurrence); err != nil {
			return err
		}
		return s.putAsRun(ctx, tx, a)
	})
}

// Record replaces the row of a.Occurrence, its airings included, or writes it
// when there is none. A row keeps its ID, its origin, its birth and, once it is
// claimed, its claim. A row that was updated later than a stays as it is. On a
// full disk it uses the margin.
func (s *Store) Record(ctx context.Context, a playout.AsRun) error {
	return s.writeSurely(ctx, "record "+a.Occurrence, func(tx *sql.Tx) error {
		var newer int
		err := tx.QueryRowContext(ctx, "SELECT count(*) FROM asrun WHERE village = ? AND occurrence = ? AND updated_at > ?",
			a.Village, a.Occurrence, micros(a.Updated)).Scan(&newer)
		if err != nil || newer > 0 {
			return err
		}
		return s.putAsRun(ctx, tx, a)
	})
}

func (s *Store) putAsRun(ctx context.Context, tx *sql.Tx, a playout.AsRun) error {
	if a.ID == "" {
		a.ID = s.cfg.NewID()
	}
	var zone string // empty when the village is unknown: the row matters more
	if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(zone), '') FROM villages WHERE village = ?", a.Village).Scan(&zone); err != nil {
		return err
	}
	if err := tell(ctx, tx, &a); err != nil {
		return err
	}
	ruled, err := reasonsOf(a.Rules)
	if err != nil {
		return err
	}
	drilled, err := formDrillResult(a.Drill)
	if err != nil {
		return err
	}
	proved, err := formProof(a.Proof)
	if err != nil {
		return err
	}
	names, values := split(append(s.birth(a.Owned), []column{
		{"occurrence", a.Occurrence},
		{"kind", a.Kind},
		{"announcement", a.Announcement},
		{"schedule", a.Schedule},
		{"slot", a.Slot},
		{"title", a.Title},
		{"class", a.Class},
		{"zone", zone},
		{"nominal_at", micros(a.Nominal)},
		{"due_at", micros(a.Due)},
		{"planned_ns", a.Planned},
		{"claimed_at", micros(a.Claimed)},
		{"keyed_at", micros(a.Keyed)},
		{"latest_at", micros(a.Latest)},
		{"outcome", a.Outcome},
		{"cause", a.Cause},
		{"person", a.By},
		{"heard", a.Heard},
		{"lateness_ns", a.Lateness},
		{"missing", listOf(a.Missing)},
		{"languages", listOf(a.Languages)},
		{"topic", a.Topic},
		{"issuer", a.Issuer},
		{"rules", ruled},
		{"drill", drilled},
		{"proof", proved},
	}...))
	var id string
	statement := insertSQL("asrun", names) + overwrite("village, occurrence", names) + ", claimed_at = coalesce(excluded.claimed_at, claimed_at) RETURNING id"
	if err := tx.QueryRowContext(ctx, statement, values...).Scan(&id); err != nil {
		return err
	}
	if err := putEnvelopes(ctx, tx, id, a); err != nil {
		return err
	}
	return s.putAirings(ctx, tx, id, a.Airings)
}

// tell fills in of what topic a row is and who answers for it: as the row has it
// already, else as its announcement says now, which may be deleted.
func tell(ctx context.Context, tx *sql.Tx, a *playout.AsRun) error {
	if a.Announcement == "" {
		return nil
	}
	err := tx.QueryRowContext(ctx, "SELECT topic, issuer FROM asrun WHERE village = ? AND occurrence = ? AND deleted_at IS NULL", a.Village, a.Occurrence).Scan(&a.Topic, &a.Issuer)
	if errors.Is(err, sql.ErrNoRows) {
		err = tx.QueryRowContext(ctx, "SELECT topic, issuer FROM announcements WHERE id = ?", a.Announcement).Scan(&a.Topic, &a.Issuer)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return nil // the row matters more
	}
	return err
}

func (s *Store) putAirings(ctx context.Context, tx *sql.Tx, asrun string, airings []playout.Airing) error {
	// What was made of a live voice afterwards no later state of the row knows of.
	named, err := query(ctx, tx, scanAiring, "SELECT asrun, "+airingColumns+" FROM airings WHERE asrun = ? AND recording <> ''", asrun)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM airings WHERE asrun = ?", asrun); err != nil {
		return err
	}
	for i, g := range airings {
		if g.ID == "" {
			g.ID = s.cfg.NewID()
		}
		if at := slices.IndexFunc(named, func(was airingOf) bool { return was.ID == g.ID }); at >= 0 && g.Recording == "" {
			g.Recording = named[at].Recording
		}
		err := insert(ctx, tx, "airings", []column{
			{"id", g.ID},
			{"asrun", asrun},
			{"ordinal", i},
			{"part", g.Part},
			{"recording", g.Recording},
			{"language", g.Language},
			{"stood_for", listOf(g.For)},
			{"zones", listOf(g.Zones)},
			{"started_at", micros(g.Started)},
			{"ended_at", micros(g.Ended)},
			{"frames", g.Frames},
			{"underruns", g.Underruns},
			{"cause", g.Cause},
			{"level_db", levelOf(g.Level)},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Unfinished reads the rows of a village without an outcome, the earliest due
// first: after a restart, what the power cut left.
func (s *Store) Unfinished(ctx context.Context, village string) (list []playout.AsRun, err error) {
	err = s.read(ctx, "list unfinished as-run", func(tx *sql.Tx) error {
		list, err = asruns(ctx, tx, "village = ? AND outcome = '' AND deleted_at IS NULL", village)
		return err
	})
	return list, err
}

// AsRuns lists the rows with Due in [from, to), the earliest first; village ""
// is all of them. A zero from or to is no bound.
func (s *Store) AsRuns(ctx context.Context, village string, from, to time.Time) (list []playout.AsRun, err error) {
	err = s.read(ctx, "list as-run", func(tx *sql.Tx) error {
		list, err = asruns(ctx, tx, "(?1 = '' OR village = ?1) AND (?2 IS NULL OR due_at >= ?2) AND (?3 IS NULL OR due_at < ?3) AND deleted_at IS NULL",
			village, micros(from), micros(to))
		return err
	})
	return list, err
}

// AsRun reads the row of an occurrence; fs.ErrNotExist when there is none.
func (s *Store) AsRun(ctx context.Context, occurrence string) (a playout.AsRun, err error) {
	err = s.read(ctx, "read as-run", func(tx *sql.Tx) error {
		list, err := asruns(ctx, tx, "occurrence = ? AND deleted_at IS NULL", occurrence)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return missing{what: "as-run row of", id: occurrence}
		}
		a = list[0]
		return nil
	})
	return a, err
}

// NameRecording says what recording was made of the part of an occurrence as it
// aired. fs.ErrNotExist while there is no row of it with an outcome: a later
// state would not know of the recording.
func (s *Store) NameRecording(ctx context.Context, occurrence string, part scheduler.PartKind, recording string) error {
	return s.write(ctx, "name the recording of "+occurrence, func(tx *sql.Tx) error {
		var id string
		err := tx.QueryRowContext(ctx, "UPDATE asrun SET updated_at = max(updated_at + 1, ?), revision = revision + 1 WHERE occurrence = ? AND outcome <> '' AND deleted_at IS NULL RETURNING id",
			micros(s.cfg.Now()), occurrence).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			return missing{what: "as-run row with an outcome of", id: occurrence}
		}
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE airings SET recording = ? WHERE asrun = ? AND part = ?", recording, id, part)
		return err
	})
}

// asruns reads the rows of a condition with their airings.
func asruns(ctx context.Context, tx *sql.Tx, condition string, args ...any) ([]playout.AsRun, error) {
	list, err := query(ctx, tx, scanAsRun, "SELECT "+asrunColumns+" FROM asrun WHERE "+condition+" ORDER BY due_at, id", args...)
	if err != nil {
		return nil, err
	}
	index := make(map[string]int, len(list))
	for i := range list {
		index[list[i].ID] = i
	}
	airings, err := query(ctx, tx, scanAiring, "SELECT asrun, "+airingColumns+" FROM airings WHERE asrun IN (SELECT id FROM asrun WHERE "+condition+") ORDER BY asrun, ordinal", args...)
	if err != nil {
		return nil, err
	}
	for _, g := range airings {
		a := &list[index[g.asrun]]
		a.Airings = append(a.Airings, g.Airing)
	}
	return list, nil
}

var _ playout.Journal = (*Store)(nil)
