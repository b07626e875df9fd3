package web

import (
	"context"

	"loalang/playout"
)

// MonitorBook keeps what the monitor input heard and how it was calibrated. *store.Store
// is one.
type MonitorBook interface {
	// Calibrations lists those of a village, the newest first, at most limit.
	Calibrations(ctx context.Context, village string, limit int) ([]playout.Calibration, error)
	// SaveCalibration inserts one (Revision 0): the board carries it out.
	SaveCalibration(ctx context.Context, c playout.Calibration) error
	// Proved reads the row of an occurrence of a village, with its picture as long as that
	// is kept; fs.ErrNotExist when there is no row.
	Proved(ctx context.Context, village, occurrence string) (playout.AsRun, error)
}

// Monitor listens to the loudspeakers.
type Monitor interface {
	// State is the monitor input as it is now; nil: there is none.
	State() *playout.MonitorState
	// Asked says that a calibration was asked for. It returns at once.
	Asked()
}
