package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"loalang/playout"
	"loalang/proof"
)

// envelopesFor is how long the pictures of what was sent and heard are kept: as long
// as the as-run page shows at once. The figures stay as long as the as-run.
const envelopesFor = 92 * 24 * time.Hour

func formProof(r *proof.Result) (string, error) {
	if r == nil {
		return "", nil
	}
	raw, err := json.Marshal(r)
	if err != nil {
		return "", fmt.Errorf("encode proof: %w", err)
	}
	return string(raw), nil
}

// proofOf reads the column proof of the as-run.
type proofOf struct{ into **proof.Result }

// Scan implements sql.Scanner.
func (p proofOf) Scan(src any) error {
	text, ok := src.(string)
	if !ok {
		return fmt.Errorf("a proof is kept as %T", src)
	}
	*p.into = nil
	if text == "" {
		return nil
	}
	var r proof.Result
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return fmt.Errorf("read proof: %w", err)
	}
	*p.into = &r
	return nil
}

// putEnvelopes keeps the picture of a row. One that comes without keeps what it has.
func putEnvelopes(ctx context.Context, tx *sql.Tx, asrun string, a playout.AsRun) error {
	if a.Proof == nil || a.Proof.Envelopes == nil {
		return nil
	}
	e := a.Proof.Envelopes
	_, err := tx.ExecContext(ctx, "INSERT INTO envelopes (asrun, made_at, step_ns, sent, heard) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (asrun) DO UPDATE SET made_at = ?2, step_ns = ?3, sent = ?4, heard = ?5",
		asrun, micros(a.Updated), e.Step, blob(e.Sent), blob(e.Heard))
	return err
}

// blob is never NULL.
func blob(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// Proved reads the row of an occurrence of a village, with its picture as long as that is
// kept; fs.ErrNotExist when there is no row.
func (s *Store) Proved(ctx context.Context, village, occurrence string) (a playout.AsRun, err error) {
	err = s.read(ctx, "read what was heard", func(tx *sql.Tx) error {
		list, err := asruns(ctx, tx, "village = ? AND occurrence = ? AND deleted_at IS NULL", village, occurrence)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return missing{what: "as-run row of", id: occurrence}
		}
		if a = list[0]; a.Proof == nil {
			return nil
		}
		var e proof.Envelopes
		err = tx.QueryRowContext(ctx, "SELECT step_ns, sent, heard FROM envelopes WHERE asrun = ?", a.ID).Scan(&e.Step, &e.Sent, &e.Heard)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return nil
		case err != nil:
			return err
		}
		a.Proof.Envelopes = &e
		return nil
	})
	return a, err
}

const calibrationColumns = ownedColumns + ", person, ended_at, cause, off_db, on_db, sent_db, score, device, capture, control, fader_db, alone"

func scanCalibration(r row) (playout.Calibration, error) {
	var c playout.Calibration
	var off, on, sent sql.NullFloat64
	var fader float64
	var alone bool
	err := r.Scan(append(owned(&c.Owned), &c.By, (*instant)(&c.Ended), &c.Cause, &off, &on, &sent, &c.Score,
		&c.Setup.Device, &c.Setup.Capture, &c.Setup.Control, &fader, &alone)...)
	if on.Valid {
		c.Gate = proof.Gate{Off: off.Float64, On: on.Float64, Sent: sent.Float64, Fader: fader, Alone: alone}
	}
	return c, err
}

// SaveCalibration inserts a calibration (Revision 0) or updates the one of the revision
// that was read; scheduler.ErrRevision when it has changed since.
func (s *Store) SaveCalibration(ctx context.Context, c playout.Calibration) error {
	level := func(v float64) any {
		if c.Gate == (proof.Gate{}) {
			return nil
		}
		return v
	}
	err := s.write(ctx, "save calibration", func(tx *sql.Tx) error {
		return s.save(ctx, tx, record{table: "calibrations", what: "calibration", owned: c.Owned, rest: []column{
			{"person", c.By},
			{"ended_at", micros(c.Ended)},
			{"cause", c.Cause},
			{"off_db", level(c.Gate.Off)},
			{"on_db", level(c.Gate.On)},
			{"sent_db", level(c.Gate.Sent)},
			{"score", c.Score},
			{"device", c.Setup.Device},
			{"capture", c.Setup.Capture},
			{"control", c.Setup.Control},
			{"fader_db", c.Gate.Fader},
			{"alone", c.Gate.Alone},
		}})
	})
	if err == nil {
		s.followCalibration(context.WithoutCancel(ctx), c.Village) // the caller may be gone, what it wrote is not
	}
	return err
}

// calibrationsNewest orders calibrations by when they were asked for, the newest first: not by
// what the clock said then, which may have been ahead.
const calibrationsNewest = " ORDER BY rowid DESC"

// Calibrations lists those of a village, the newest first, at most limit.
func (s *Store) Calibrations(ctx context.Context, village string, limit int) (list []playout.Calibration, err error) {
	err = s.read(ctx, "list calibrations", func(tx *sql.Tx) error {
		list, err = query(ctx, tx, scanCalibration, "SELECT "+calibrationColumns+" FROM calibrations WHERE village = ? AND deleted_at IS NULL"+calibrationsNewest+" LIMIT ?", village, limit)
		return err
	})
	return list, err
}

// Calibrated is the newest calibration of a village that was not refused; without a Gate
// there is none. When the database cannot be read, it gives it as it was last.
func (s *Store) Calibrated(ctx context.Context, village string) (playout.Calibration, error) {
	c, err := s.lastCalibration(ctx, village)
	if err == nil {
		return c, nil
	}
	return s.calibrationInstead(village, err)
}

// lastCalibration is Calibrated of the database alone.
func (s *Store) lastCalibration(ctx context.Context, village string) (c playout.Calibration, err error) {
	err = s.read(ctx, "read the last calibration", func(tx *sql.Tx) error {
		list, err := query(ctx, tx, scanCalibration, "SELECT "+calibrationColumns+` FROM calibrations
			WHERE village = ? AND deleted_at IS NULL AND ended_at IS NOT NULL AND cause = ''`+calibrationsNewest+" LIMIT 1", village)
		if len(list) > 0 {
			c = list[0]
		}
		return err
	})
	return c, err
}
