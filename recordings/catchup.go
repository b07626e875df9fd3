package recordings

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"loalang/audio"
)

// Backlog knows the recordings that were never measured, because they came before
// there were measures. The store implements it.
type Backlog interface {
	// Unmeasured lists the living ones that were sent or spoken, the newest first.
	Unmeasured(ctx context.Context) ([]Recording, error)
	// SaveMeasures keeps the measures of one that has none; any other stays as it is.
	SaveMeasures(ctx context.Context, id string, m Measures) error
}

// How CatchUp holds back.
const (
	catchUpLook = 15 * time.Second // when the board is busy, until it looks again
	catchUpRest = 5 * time.Second  // after each recording
	paceBlocks  = 8                // blocks of 8,192 frames, 2 s of sound, between two looks
)

// CatchUp measures what was never measured, one recording after the other, and takes
// its fingerprint, so that its page shows it before and after and the same sound is
// found again. It works only while idle says that nothing else goes on, looks again
// every two seconds of sound, and leaves half of one core alone; imports go before it.
// It blocks until all is done or ctx ends. What cannot be measured is told in the log
// once and left until the next start. The error is of the Backlog.
func (l *Library) CatchUp(ctx context.Context, b Backlog, idle func(context.Context) bool) error {
	if err := l.untilIdle(ctx, idle); err != nil {
		return nil //nolint:nilerr // the end of ctx is how it ends
	}
	list, err := b.Unmeasured(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return fmt.Errorf("look for recordings without measures: %w", err)
	}
	for _, rec := range list {
		if l.untilIdle(ctx, idle) != nil {
			return nil
		}
		m, err := l.catchUp(ctx, rec, idle)
		if err == nil {
			err = b.SaveMeasures(ctx, rec.ID, m)
		}
		if ctx.Err() != nil {
			return nil
		}
		if err != nil && !errors.Is(err, ErrNotFound) { // somebody removed it meanwhile
			l.log.LogAttrs(ctx, slog.LevelWarn, "an old recording could not be measured; the next start tries again",
				slog.String("recording", rec.ID), slog.String("title", rec.Title), slog.Any("err", err))
		}
		if rest(ctx, catchUpRest) != nil {
			return nil
		}
	}
	return nil
}

// untilIdle waits until nothing else goes on.
func (l *Library) untilIdle(ctx context.Context, idle func(context.Context) bool) error {
	for l.line.busy() || !idle(ctx) {
		if err := rest(ctx, catchUpLook); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// rest waits, or gives the error of ctx.
func rest(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// catchUp measures one recording: what came by its original, what is aired by its
// play copy. What an import of today would have done to it, it does not claim.
func (l *Library) catchUp(ctx context.Context, rec Recording, idle func(context.Context) bool) (_ Measures, err error) {
	if !isID(rec.original()) {
		return Measures{}, ErrNotFound
	}
	w, err := l.begin()
	if err != nil {
		return Measures{}, err
	}
	defer func() { err = errors.Join(err, w.end()) }()
	w.idle, w.from = true, l.blob(Original, rec.original())
	w.pace = l.pace(ctx, idle)
	c, _, err := look(w.from)
	if err != nil {
		return Measures{}, err
	}
	_, before, err := l.hear(ctx, w, c, rec.Trim)
	if err != nil {
		return Measures{}, err
	}
	after, err := l.review(ctx, rec.ID, w.pace)
	if err != nil {
		return Measures{}, err
	}
	master, err := l.unpack(ctx, w, rec.ID)
	if err != nil {
		return Measures{}, err
	}
	words, err := fingerprintOf(master, 0, w.pace)
	if err != nil {
		return Measures{}, err
	}
	if err := os.WriteFile(w.path("print"), words.bytes(), 0o600); err != nil {
		return Measures{}, fmt.Errorf("write a fingerprint: %w", err)
	}
	order, err := l.oneByOne() // it may be removed just now
	if err != nil {
		return Measures{}, err
	}
	defer func() { _ = order.Close() }()
	if _, err := l.index.Recording(ctx, rec.ID); err != nil {
		return Measures{}, err
	}
	return Measures{Before: before.heard, After: after, Decay: before.decay}, publish(w.path("print"), l.printFile(rec.ID))
}

// pace looks now and then whether something else goes on, and rests for as long as
// it has worked.
func (l *Library) pace(ctx context.Context, idle func(context.Context) bool) func() error {
	blocks, began := 0, audio.Monotonic()
	return func() error {
		if blocks++; blocks%paceBlocks != 0 {
			return ctx.Err()
		}
		worked := min(time.Second, audio.Monotonic().Sub(began))
		err := errors.Join(rest(ctx, worked), l.untilIdle(ctx, idle))
		began = audio.Monotonic()
		return err
	}
}

// review measures a play copy as it is.
func (l *Library) review(ctx context.Context, id string, pace func() error) (Heard, error) {
	f, err := l.PlayCopy(ctx, id)
	if err != nil {
		return Heard{}, err
	}
	defer func() { _ = f.Close() }()
	if _, err := f.Seek(wavHead, io.SeekStart); err != nil {
		return Heard{}, fmt.Errorf("seek in a play copy: %w", err)
	}
	g := newGauge(playRate)
	err = eachS16(paced{f, pace}, g.write)
	return g.read(), err
}

// paced is a reader that is held back.
type paced struct {
	r    io.Reader
	pace func() error
}

// Read asks whether it may go on first.
func (p paced) Read(b []byte) (int, error) {
	if p.pace != nil {
		if err := p.pace(); err != nil {
			return 0, err
		}
	}
	return p.r.Read(b)
}
