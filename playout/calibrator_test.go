package playout_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

// asked is one calibration that somebody asks for.
type asked struct{ one playout.Calibration }

func (a *asked) Calibrations(context.Context, string, int) ([]playout.Calibration, error) {
	return []playout.Calibration{a.one}, nil
}

func (a *asked) SaveCalibration(_ context.Context, c playout.Calibration) error {
	a.one = c
	return nil
}

// Where nobody knows the hour, it is not the place that forbids sound: who waited for its hours
// waited in vain.
func TestACalibrationIsRefusedForWhatIsWrong(t *testing.T) {
	for want, c := range map[string]struct{ allowed, trusted bool }{
		playout.CalibrateClock:   {false, false},
		playout.CalibrateHours:   {false, true},
		playout.CalibrateMonitor: {true, true},
	} {
		t.Run(want, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				book := &asked{playout.Calibration{Owned: scheduler.Owned{Created: time.Now()}}}
				calibrator := playout.NewCalibrator(playout.CalibratorConfig{
					Village: "un-ta", Book: book, Sound: playout.CalibrationSound{Length: 6 * time.Second},
					Allowed: func(context.Context, time.Duration) bool { return c.allowed },
					Trusted: func() bool { return c.trusted },
					Now:     time.Now, Log: slog.New(slog.DiscardHandler),
				})
				ctx, end := context.WithTimeout(t.Context(), time.Second)
				defer end()
				calibrator.Changed()
				if err := calibrator.Run(ctx); err != nil {
					t.Fatal(err)
				}
				if book.one.Cause != want || book.one.Ended.IsZero() {
					t.Errorf("refused with %q at %s", book.one.Cause, book.one.Ended)
				}
			})
		})
	}
}

// Who asked for a calibration and lost the power is gone when the board is back, be its clock
// behind what it was then: nothing sounds that nobody waits for.
func TestACalibrationOfBeforeAPowerCutIsNotCarriedOut(t *testing.T) {
	for name, c := range map[string]struct {
		asked time.Duration // before now
		want  string
	}{
		"now":                       {time.Second, playout.CalibrateMonitor}, // there is no input, which is looked for
		"long ago":                  {10 * time.Minute, playout.CalibrateBroken},
		"by a clock that was ahead": {-10 * time.Minute, playout.CalibrateBroken},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				book := &asked{playout.Calibration{Owned: scheduler.Owned{Created: time.Now().Add(-c.asked)}}}
				ctx, end := context.WithTimeout(t.Context(), time.Second)
				defer end()
				err := playout.NewCalibrator(playout.CalibratorConfig{
					Book: book, Allowed: func(context.Context, time.Duration) bool { return true }, Now: time.Now, Log: slog.New(slog.DiscardHandler),
				}).Run(ctx)
				if err != nil {
					t.Fatal(err)
				}
				if book.one.Cause != c.want || book.one.Ended.IsZero() {
					t.Errorf("%+v, want %s", book.one, c.want)
				}
			})
		})
	}
}
