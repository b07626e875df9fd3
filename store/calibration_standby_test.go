package store_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"loalang/playout"
	"loalang/proof"
	"loalang/scheduler"
	"loalang/store"
)

// gauged saves a calibration as a board does: it is asked for, and ends.
func gauged(t *testing.T, s *store.Store, cause string, gate proof.Gate) playout.Calibration {
	t.Helper()
	c := playout.Calibration{Owned: scheduler.Owned{ID: newID(), Village: unTa, Created: day0}, By: "Hoa"}
	check(t, s.SaveCalibration(t.Context(), c), nil)
	c.Revision, c.Ended, c.Cause, c.Gate, c.Score = 1, day0.Add(time.Minute), cause, gate, 0.9
	check(t, s.SaveCalibration(t.Context(), c), nil)
	c.Revision = 2
	return c
}

// A calibrated board that started behind a power cut with a damaged database said that it was
// never calibrated, measured nothing for days, and told of no loss.
func TestACalibrationOutlivesTheDatabase(t *testing.T) {
	for name, damage := range damages {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			c := inhabited(t)
			s := open(t, config(c.Path))
			gauged(t, s, "", proof.Gate{Off: -60, On: -20, Sent: -18})
			want := gauged(t, s, "", proof.Gate{Off: -70, On: -40, Sent: -18, Fader: -6.5, Alone: true})
			gauged(t, s, playout.CalibrateNear, proof.Gate{Off: -41, On: -40, Sent: -18})
			want.Setup = playout.MonitorSetup{Device: "plughw:CARD=Monitor", Capture: "Mic 60%", Control: "Device:Speaker"}
			check(t, s.SaveCalibration(ctx, want), nil) // as one of an older version that is adopted
			check(t, s.Close(), nil)
			damage(t, c.Path)
			s, err := store.OpenAnyway(ctx, c)
			check(t, err, nil)
			got, err := s.Calibrated(ctx, unTa)
			check(t, err, nil)
			want.Revision = 3
			same(t, "the calibration", got, want)
			check(t, s.SaveCalibration(ctx, want), store.ErrCorrupt)
			check(t, s.Close(), nil)
		})
	}
}

// A board that an older version wrote has no such file until it starts with its database once:
// until then nobody knows, which is another thing than that it was never calibrated.
func TestWhetherABoardWasCalibratedIsNotGuessed(t *testing.T) {
	for name, calibrated := range map[string]bool{"calibrated": true, "never calibrated": false} {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			c := inhabited(t)
			s := open(t, config(c.Path))
			want := playout.Calibration{}
			if calibrated {
				want = gauged(t, s, "", proof.Gate{Off: -70, On: -40, Sent: -18})
			}
			check(t, s.Close(), nil)
			file := filepath.Join(filepath.Dir(c.Path), "standby", "calibration-un-ta.json")
			whole := bytesOf(t, c.Path)
			if err := os.Remove(file); err != nil && calibrated {
				t.Fatal(err)
			}
			damages["header"](t, c.Path)
			s, err := store.OpenAnyway(ctx, c)
			check(t, err, nil)
			_, err = s.Calibrated(ctx, unTa)
			check(t, err, store.ErrCorrupt)
			check(t, s.Close(), nil)

			check(t, os.WriteFile(c.Path, whole, 0o600), nil)
			s, err = store.OpenAnyway(ctx, c)
			check(t, err, nil)
			check(t, s.Close(), nil)
			damages["header"](t, c.Path)
			s, err = store.OpenAnyway(ctx, c)
			check(t, err, nil)
			got, err := s.Calibrated(ctx, unTa)
			check(t, err, nil)
			same(t, "the calibration", got, want)
			check(t, s.Close(), nil)
		})
	}
}

// What stands in its place and cannot be read is no answer either.
func TestACalibrationOfAStandbyThatIsTorn(t *testing.T) {
	ctx := context.Background()
	c := inhabited(t)
	s := open(t, config(c.Path))
	gauged(t, s, "", proof.Gate{Off: -70, On: -40, Sent: -18})
	check(t, s.Close(), nil)
	damages["header"](t, c.Path)
	check(t, os.WriteFile(filepath.Join(filepath.Dir(c.Path), "standby", "calibration-un-ta.json"), []byte(`{"id":"`), 0o600), nil)
	s, err := store.OpenAnyway(ctx, c)
	check(t, err, nil)
	_, err = s.Calibrated(ctx, unTa)
	check(t, err, store.ErrCorrupt)
	check(t, s.Close(), nil)
}
