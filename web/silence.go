package web

import (
	"context"
	"errors"

	"loalang/playout"
	"loalang/scheduler"
)

// silence ends what sounds, or is about to, of an announcement that was
// withdrawn.
func (s *Server) silence(ctx context.Context, announcement, by string) error {
	if s.cfg.Withdraw != nil {
		return quiet(s.cfg.Withdraw.Withdraw(ctx, announcement, by))
	}
	return s.stopWhat(ctx, by, func(o scheduler.Occurrence) bool { return o.Announcement == announcement })
}

// unschedule ends what sounds, or is about to, of a schedule that was removed.
func (s *Server) unschedule(ctx context.Context, schedule, by string) error {
	if s.cfg.Withdraw != nil {
		return quiet(s.cfg.Withdraw.Unschedule(ctx, schedule, by))
	}
	return s.stopWhat(ctx, by, func(o scheduler.Occurrence) bool { return o.Schedule == schedule })
}

// stopWhat stops what sounds when it fits.
func (s *Server) stopWhat(ctx context.Context, by string, fits func(scheduler.Occurrence) bool) error {
	on := s.cfg.Air.Air().OnAir
	if on == nil || !fits(on.Occurrence) {
		return nil
	}
	return quiet(s.cfg.Air.Stop(ctx, on.Occurrence.ID, by))
}

// quiet is err, but nil when there was nothing to end.
func quiet(err error) error {
	if errors.Is(err, playout.ErrNotOnAir) {
		return nil
	}
	return err
}
