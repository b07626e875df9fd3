package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"loalang/playout"
	"loalang/proof"
	"loalang/scheduler"
)

// calibrationForm is the calibration that holds as it stands in the standby; without an ID
// the village has none.
type calibrationForm struct {
	ID       string     `json:"id,omitempty"`
	Revision int64      `json:"revision,omitempty"`
	Created  stamp      `json:"created,omitzero"`
	By       string     `json:"by,omitempty"`
	Ended    stamp      `json:"ended,omitzero"`
	Gate     proof.Gate `json:"gate,omitzero"`
	Score    float64    `json:"score,omitempty"`
	Device   string     `json:"device,omitempty"`
	Capture  string     `json:"capture,omitempty"`
	Control  string     `json:"control,omitempty"`
}

func formCalibration(c playout.Calibration) calibrationForm {
	return calibrationForm{
		ID: c.ID, Revision: c.Revision, Created: stamp{c.Created}, By: c.By, Ended: stamp{c.Ended}, Gate: c.Gate, Score: c.Score,
		Device: c.Setup.Device, Capture: c.Setup.Capture, Control: c.Setup.Control,
	}
}

func readCalibration(f calibrationForm, village string) playout.Calibration {
	if f.ID == "" {
		return playout.Calibration{}
	}
	return playout.Calibration{
		Owned: scheduler.Owned{ID: f.ID, Village: village, Revision: f.Revision, Created: f.Created.Time}, By: f.By, Ended: f.Ended.Time, Gate: f.Gate, Score: f.Score,
		Setup: playout.MonitorSetup{Device: f.Device, Capture: f.Capture, Control: f.Control},
	}
}

func (s *Store) calibrationFile(village string) string {
	return filepath.Join(standbyFolder(s.cfg.Path), "calibration-"+url.PathEscape(village)+".json")
}

// followCalibration keeps a village's calibration for a board without its database: what airs
// there is proved too, and its loss told. What cannot be written is logged.
func (s *Store) followCalibration(ctx context.Context, village string) {
	if err := s.copyCalibration(ctx, village); err != nil {
		s.cfg.Log.Error("the calibration of the monitor input is not kept for a board without its database", "village", village, "err", err)
	}
}

func (s *Store) copyCalibration(ctx context.Context, village string) error {
	return s.copyStandby(s.calibrationFile(village), func() (any, error) {
		c, err := s.lastCalibration(ctx, village)
		return formCalibration(c), err
	})
}

// followAllCalibrations keeps those of every village, after a start.
func (s *Store) followAllCalibrations(ctx context.Context) error {
	villages, err := s.Villages(ctx)
	for _, v := range villages {
		s.followCalibration(ctx, v.Key)
	}
	return err
}

// calibrationInstead is instead for the calibration that holds. That there is none is an answer
// too; where the file is missing nobody knows.
func (s *Store) calibrationInstead(village string, err error) (playout.Calibration, error) {
	if !unreadable(err) {
		return playout.Calibration{}, err
	}
	raw, missing := os.ReadFile(s.calibrationFile(village))
	if missing != nil {
		return playout.Calibration{}, err
	}
	var f calibrationForm
	if bad := json.Unmarshal(raw, &f); bad != nil {
		return playout.Calibration{}, errors.Join(err, fmt.Errorf("read the calibration of the standby: %w", bad))
	}
	return readCalibration(f, village), nil
}
