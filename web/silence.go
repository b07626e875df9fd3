package web

import (
	"context"
	"errors"

	"loalang/playout"
)

// silence ends what sounds, or is about to, of an announcement that was
// withdrawn.
func (s *Server) silence(ctx context.Context, announcement, by string) error {
	return quiet(s.cfg.Withdraw.Withdraw(ctx, announcement, by))
}

// unschedule ends what sounds, or is about to, of a schedule that was removed.
func (s *Server) unschedule(ctx context.Context, schedule, by string) error {
	return quiet(s.cfg.Withdraw.Unschedule(ctx, schedule, by))
}

// quiet is err, but nil when there was nothing to end.
func quiet(err error) error {
	if errors.Is(err, playout.ErrNotOnAir) {
		return nil
	}
	return err
}
