package main

import (
	"context"
	"log/slog"
	"time"

	"loalang/recordings"
	"loalang/scheduler"
)

const (
	// readyAhead is how long before it airs a recording lies ready to be played: of an
	// hour of sound that the cache has dropped, a small board needs minutes to make it
	// anew, far more than wakeMargin.
	readyAhead = 12 * time.Hour
	// readyEvery is how often that is looked after.
	readyEvery = 5 * time.Minute
)

// playCopies makes ready what is to be played: there, and what it was.
type playCopies interface {
	Ready(ctx context.Context, recording string, pace func() error) error
}

// beating are playCopies whose work is told piece by piece: an hour of sound takes long.
type beating struct {
	of   playCopies
	beat func()
}

// Ready implements playCopies.
func (t beating) Ready(ctx context.Context, recording string, pace func() error) error {
	t.beat()
	return t.of.Ready(ctx, recording, func() error {
		t.beat()
		return pace()
	})
}

// keepReady sees to it, until ctx ends, that what airs soon, the program's own sounds and
// what is prepared for an emergency lie ready to be played: it makes anew what the cache has
// dropped or the card has changed, and counts as a use, so that the cache drops others first.
// Each is read whole once a day at most, gently: an hour of sound is 346 MB, on a slow board some
// ten seconds of one core and of the card, stretched to twice that. beat is called as it goes round, and with each piece of its work.
func (b *board) keepReady(beat func()) func(context.Context) error {
	return func(ctx context.Context) error { return b.tendReady(ctx, beating{b.library, beat}) }
}

// tendReady is keepReady of the library.
func (b *board) tendReady(ctx context.Context, library beating) error {
	tick := time.NewTicker(readyEvery)
	defer tick.Stop()
	told := map[string]bool{}
	var own []string
	for _, sound := range recordings.BuiltIns() {
		own = append(own, sound.ID)
	}
	for {
		library.beat()
		tell := func(recording string, err error) {
			if !told[recording] {
				b.log.LogAttrs(ctx, slog.LevelWarn, "a recording that airs soon, or is prepared for an emergency, cannot be played as it was stored: listen to it, or send it again",
					slog.String("recording", recording), slog.Any("err", err))
			}
			told[recording] = true
		}
		// First what an emergency may ask for at any moment.
		if prepared, err := b.db.Templates(ctx, b.settings.Village); err == nil {
			readyOnce(ctx, preparedRecordings(prepared), library, tell)
		}
		readyOnce(ctx, own, library, tell)
		if plan, err := b.db.Published(ctx, b.settings.Village); err == nil { // else the next look
			makeReady(ctx, plan, b.clock.Now(), library, tell)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// makeReady makes ready once each recording that airs within readyAhead of now, the next one
// first, and tells of those that cannot be.
func makeReady(ctx context.Context, plan scheduler.Plan, now time.Time, from playCopies, tell func(recording string, err error)) {
	var ids []string
	for _, o := range plan.Occurrences {
		if o.Due.After(now.Add(readyAhead)) || !o.End().After(now) {
			continue
		}
		parts := o.Parts
		if o.Bed != nil {
			parts = append(parts[:len(parts):len(parts)], *o.Bed)
		}
		for _, part := range parts {
			ids = append(ids, part.Recording)
		}
	}
	readyOnce(ctx, ids, from, tell)
}

// readyOnce makes each recording ready once, and tells of those that cannot be.
func readyOnce(ctx context.Context, ids []string, from playCopies, tell func(recording string, err error)) {
	seen := map[string]bool{"": true}
	for _, id := range ids {
		if seen[id] || ctx.Err() != nil {
			continue
		}
		seen[id] = true
		rest := gently()
		if err := from.Ready(ctx, id, func() error { return rest(ctx) }); err != nil && ctx.Err() == nil {
			tell(id, err)
		}
	}
}

// preparedRecordings are the recordings of the messages that are prepared for an
// emergency: they may be needed at any moment, with no time to make them anew.
func preparedRecordings(templates scheduler.Templates) (ids []string) {
	for _, t := range templates {
		for _, m := range t.Prepared.Messages {
			ids = append(ids, m.Recording)
		}
	}
	return ids
}
