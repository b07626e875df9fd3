package main

import (
	"context"
	"log/slog"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

// airsSoon is how long before anything airs the board does nothing else on the side.
const airsSoon = 3 * time.Minute

// catchUp measures the recordings of before there were measures, while nothing airs.
func (b *board) catchUp(ctx context.Context) error {
	if err := b.library.CatchUp(ctx, b.db, b.idle); err != nil {
		b.log.LogAttrs(ctx, slog.LevelWarn, "old recordings are not measured yet; the next start tries again", slog.Any("err", err))
	}
	return nil
}

// idle says that nothing airs, is about to, or could be told to by the plan. Whoever
// speaks live or calls an emergency is on air at once.
func (b *board) idle(ctx context.Context) bool {
	plan, err := b.db.Published(ctx, b.settings.Village)
	return err == nil && quiet(b.player.Air(), plan, b.clock.Now())
}

// quiet says that nothing airs at now nor within airsSoon.
func quiet(air playout.Air, plan scheduler.Plan, now time.Time) bool {
	if air.OnAir != nil || len(air.Emergencies) > 0 {
		return false
	}
	for _, o := range plan.Occurrences {
		if o.Due.Before(now.Add(airsSoon)) && o.End().After(now) {
			return false
		}
	}
	return true
}
