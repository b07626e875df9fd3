package web_test

import (
	"context"
	"fmt"
	"io/fs"
	"slices"

	"loalang/playout"
	"loalang/proof"
)

// Calibrations lists what was kept, the newest first.
func (w *world) Calibrations(_ context.Context, _ string, limit int) ([]playout.Calibration, error) {
	list := slices.Clone(w.calibrations)
	slices.Reverse(list)
	return list[:min(limit, len(list))], w.down()
}

// SaveCalibration keeps one that was asked for.
func (w *world) SaveCalibration(_ context.Context, c playout.Calibration) error {
	if err := w.down(); err != nil {
		return err
	}
	c.Revision++
	w.calibrations = append(w.calibrations, c)
	return nil
}

// Proved reads a row with its picture.
func (w *world) Proved(_ context.Context, village, occurrence string) (playout.AsRun, error) {
	if err := w.down(); err != nil {
		return playout.AsRun{}, err
	}
	for _, r := range w.runs {
		if r.Occurrence == occurrence {
			return r, nil
		}
	}
	return playout.AsRun{}, fmt.Errorf("as-run row of %s: %w", occurrence, fs.ErrNotExist)
}

// earpiece is the monitor input of a world.
type earpiece struct{ w *world }

// State is that of the world; nil: there is none.
func (e earpiece) State() *playout.MonitorState { return e.w.monitor }

// Asked counts.
func (e earpiece) Asked() { e.w.asked++ }

// proven is a verdict with a picture.
func proven(v proof.Verdict) *proof.Result {
	return &proof.Result{
		Verdict: v, Score: 0.91, Share: 0.975, Windows: 40, Level: -38.2, Sent: -18.1, Lag: 340e6,
		Envelopes: &proof.Envelopes{Step: 100e6, Sent: []byte{200, 210, 180, 190}, Heard: []byte{160, 170, 255, 150}},
	}
}
