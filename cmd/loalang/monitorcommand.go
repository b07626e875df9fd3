package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"loalang/playout"
	"loalang/scheduler"
	"loalang/store"
	"loalang/web"
)

const (
	// calibratePatience is how long calibrate waits for the running board.
	calibratePatience = 3 * time.Minute
	// calibrateLook is how often it looks for the result.
	calibrateLook = 500 * time.Millisecond
	// calibrationsListed is how many calibrations are printed.
	calibrationsListed = 12
)

func (p program) monitorCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "monitor",
		Short: "Print how the monitor input was calibrated, or calibrate it",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withStore(cmd, func(ctx context.Context, s settings, db *store.Store) error {
				v, loc, err := place(ctx, db, s.Village)
				if err != nil {
					return err
				}
				all, err := db.Calibrations(ctx, v.Key, calibrationsListed)
				if err != nil {
					return err
				}
				if len(all) == 0 {
					_, err := fmt.Fprintln(cmd.OutOrStdout(), "it was never calibrated: nothing is measured until `sudo loalang-board monitor calibrate` has found a level")
					return err
				}
				for _, c := range all {
					if err := printCalibration(cmd.OutOrStdout(), c, loc); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
	addFlags(cmd.Flags(), "data", "village")
	cmd.AddCommand(p.monitorCalibrateCommand())
	return cmd
}

// printCalibration writes one line.
func printCalibration(out io.Writer, c playout.Calibration, loc *time.Location) error {
	said := "under way"
	if !c.Ended.IsZero() {
		said = web.CalibrationWords("en", c)
	}
	_, err := fmt.Fprintf(out, "%s\t%s\t%s\n", c.Created.In(loc).Format("2006-01-02 15:04"), c.By, said)
	return err
}

func (p program) monitorCalibrateCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "calibrate",
		Short: "Have the running board find out how loud its amplifier is at the monitor input",
		Long: "Have the running board play its opening twice, with the amplifier off and on, and keep the level\n" +
			"between what the monitor input hears of both. The second time it is heard in the village: it needs an\n" +
			"allowed hour and a free output. Do it once when the board is installed, and again after anything was rewired.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withStore(cmd, func(ctx context.Context, s settings, db *store.Store) error {
				return p.calibrateNow(ctx, cmd.OutOrStdout(), s, db)
			})
		},
	}
	addFlags(cmd.Flags(), "data", "village")
	return cmd
}

// calibrateNow asks for a calibration and waits for what becomes of it.
func (p program) calibrateNow(ctx context.Context, out io.Writer, s settings, db *store.Store) error {
	v, loc, err := place(ctx, db, s.Village)
	if err != nil {
		return err
	}
	asked := playout.Calibration{
		Owned: scheduler.Owned{ID: newID(), Village: v.Key, Created: p.clock(s).Now().UTC()}, By: p.user().Name,
	}
	if err := db.SaveCalibration(ctx, asked); err != nil {
		return err
	}
	look := time.NewTicker(calibrateLook)
	defer look.Stop()
	over := time.NewTimer(calibratePatience)
	defer over.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-over.C:
			return errors.New("nothing was calibrated: see that `loalang serve` runs on this data folder")
		case <-look.C:
		}
		all, err := db.Calibrations(ctx, v.Key, calibrationsListed)
		if err != nil {
			return err
		}
		for _, c := range all {
			if c.ID != asked.ID || c.Ended.IsZero() {
				continue
			}
			if err := printCalibration(out, c, loc); err != nil {
				return err
			}
			if c.Cause != "" {
				return errors.New("the monitor input was not calibrated")
			}
			return nil
		}
	}
}
