package playout

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

const (
	// calibrationsRead is how many calibrations are looked at for one that waits.
	calibrationsRead = 8
	// calibrationStale is how long one may have waited: the person has gone.
	calibrationStale = time.Minute
	// keepPatience bounds a look into the book.
	keepPatience = 10 * time.Second
)

// CalibrationBook keeps calibrations. The store implements it.
type CalibrationBook interface {
	// Calibrations lists those of a village, the newest first.
	Calibrations(ctx context.Context, village string, limit int) ([]Calibration, error)
	// SaveCalibration inserts (Revision 0) or updates the one of the revision that was
	// read.
	SaveCalibration(ctx context.Context, c Calibration) error
}

// CalibratorConfig is what a Calibrator works with. Every field is required unless it
// says otherwise.
type CalibratorConfig struct {
	Village string
	Book    CalibrationBook
	Player  *Player
	Monitor *Monitor // nil: there is no monitor input
	Sound   CalibrationSound
	// Allowed says whether the place allows sound of a length now.
	Allowed func(ctx context.Context, length time.Duration) bool
	// Trusted says whether the hour is known.
	Trusted func() bool
	Now     func() time.Time
	Log     *slog.Logger
}

// Calibrator carries out the calibrations that people ask for. Its methods may be
// called from any goroutine.
type Calibrator struct {
	cfg  CalibratorConfig
	kick chan struct{}
}

// NewCalibrator prepares one; nothing happens before Run.
func NewCalibrator(cfg CalibratorConfig) *Calibrator {
	return &Calibrator{cfg: cfg, kick: make(chan struct{}, 1)}
}

// Changed says that somebody may have asked for a calibration. It returns at once.
func (c *Calibrator) Changed() {
	select {
	case c.kick <- struct{}{}:
	default:
	}
}

// Run carries out what is asked for until ctx ends; it returns nil then.
func (c *Calibrator) Run(ctx context.Context) error {
	for {
		if err := c.serve(ctx); err != nil && ctx.Err() == nil {
			c.cfg.Log.ErrorContext(ctx, "calibrations cannot be read or kept", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-c.kick:
		}
	}
}

// serve carries out what waits, the oldest first.
func (c *Calibrator) serve(ctx context.Context) error {
	patient, cancel := context.WithTimeout(ctx, keepPatience)
	defer cancel()
	all, err := c.cfg.Book.Calibrations(patient, c.cfg.Village, calibrationsRead)
	if err != nil {
		return err
	}
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].Ended.IsZero() {
			if err := c.carryOut(ctx, all[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// carryOut does one, and keeps what it found. A gate counts once it is kept.
func (c *Calibrator) carryOut(ctx context.Context, one Calibration) error {
	err := c.measure(ctx, &one)
	one.Cause = ""
	var refused Refused
	switch {
	case errors.As(err, &refused):
		one.Cause = refused.Cause
	case err != nil:
		one.Cause = CalibrateBroken
	}
	one.Ended = c.cfg.Now().UTC()
	c.cfg.Log.InfoContext(ctx, "the monitor input was calibrated", "by", one.By, "refused", one.Cause, "off", one.Gate.Off, "on", one.Gate.On, "sent", one.Gate.Sent, "score", one.Score, "err", err)
	patient, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepPatience)
	defer cancel()
	if err := c.cfg.Book.SaveCalibration(patient, one); err != nil {
		return err
	}
	if one.Cause == "" {
		c.cfg.Monitor.Calibrated(one)
	}
	return nil
}

// measure fills in what a calibration found, and with what.
func (c *Calibrator) measure(ctx context.Context, one *Calibration) (err error) {
	const around = 15 * time.Second // settling, and the verdicts
	switch {
	case c.cfg.Now().Sub(one.Created).Abs() > calibrationStale: // behind a power cut the clock may be behind, too
		return Refused{Cause: CalibrateBroken}
	case !c.cfg.Allowed(ctx, 2*c.cfg.Sound.Length+around):
		if !c.cfg.Trusted() {
			return Refused{Cause: CalibrateClock}
		}
		return Refused{Cause: CalibrateHours}
	case c.cfg.Monitor == nil || !c.cfg.Monitor.State().Up:
		return Refused{Cause: CalibrateMonitor}
	case !c.cfg.Player.Air().Output.Up:
		return Refused{Cause: CalibrateDevice}
	}
	setup, known := c.cfg.Monitor.Setup(ctx)
	if !known {
		return Refused{Cause: CalibrateControl}
	}
	one.Setup = setup
	one.Gate, one.Score, err = c.cfg.Player.Calibrate(ctx, c.cfg.Sound)
	return err
}
