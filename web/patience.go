package web

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// systemTime is the system clock's reading d from now. Deadlines of connections
// and cookies follow that clock, not what the board believes the time to be:
// a told time is only an offset. A context knows it without this package having
// to read the clock.
func systemTime(d time.Duration) time.Time {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	t, _ := ctx.Deadline()
	return t
}

// bounded runs a call to the database and waits for it only so long: a driver
// that waits for a lock does not hear of a cancelled context. What the call
// found is taken over by the function it returns (which may be nil) only while
// somebody still waits; a call that comes too late is let run out.
func bounded(ctx context.Context, patience time.Duration, call func(context.Context) (take func(), err error)) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	type answer struct {
		take func()
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		defer cancel()
		take, err := call(ctx)
		done <- answer{take, err}
	}()
	select {
	case a := <-done:
		if a.err == nil && a.take != nil {
			a.take()
		}
		return a.err
	case <-ctx.Done():
		select {
		case a := <-done: // both were ready
			if a.err == nil && a.take != nil {
				a.take()
			}
			return a.err
		default:
		}
		return fmt.Errorf("the database does not answer: %w", ctx.Err())
	}
}

// worry logs a trouble once when it begins and once when it is over.
type worry struct {
	log       *slog.Logger
	bad, good string

	mu       sync.Mutex
	troubled bool
}

// about takes in how it went this time.
func (w *worry) about(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case err != nil && !w.troubled:
		w.troubled = true
		w.log.Error("trouble begins", "trouble", w.bad, "err", err)
	case err == nil && w.troubled:
		w.troubled = false
		w.log.Info("trouble is over", "now", w.good)
	}
}
