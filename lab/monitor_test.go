package lab_test

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"loalang/playout"
	"loalang/proof"
	"loalang/scheduler"
	"loalang/store"
)

// calibrated gives a data folder that nobody uses the gate of a monitor input, by its ALSA
// name, on a line that changes no level, as `loalang monitor calibrate` finds it behind an
// amplifier: a loopback has none that could be off.
func calibrated(t testing.TB, data, device string) {
	t.Helper()
	now := time.Now().UTC()
	s, err := store.Open(t.Context(), store.Config{
		Path: filepath.Join(data, "loalang.db"), Now: time.Now, NewID: func() string { return "lab-calibrated" }, Log: slog.New(slog.DiscardHandler),
	})
	check(t, err)
	defer func() { check(t, s.Close()) }()
	c := playout.Calibration{Owned: scheduler.Owned{ID: "lab-calibration", Village: "un-ta", Created: now}, By: "lab", Setup: playout.MonitorSetup{Device: device}}
	check(t, s.SaveCalibration(t.Context(), c))
	c.Revision, c.Ended, c.Gate, c.Score = 1, now, proof.Gate{Off: -80, On: -20, Sent: -20}, 1
	check(t, s.SaveCalibration(t.Context(), c))
}
