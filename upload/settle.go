package upload

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"time"
)

// Content opens a whole upload for reading. ErrMissing: there is none, it is not
// whole, or it was settled.
func (s *Shelf) Content(id string) (*os.File, error) {
	f, err := os.Open(s.path(id, wholeFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrMissing
	}
	if err != nil {
		return nil, fmt.Errorf("open an upload: %w", err)
	}
	return f, nil
}

// Settle writes down what became of a whole upload, which must not be nil, and lets go
// of its content. Its owner can ask until it expires. What was written down first stands:
// whoever comes behind, from a list of a moment ago, changes nothing. ErrMissing: there is
// none.
func (s *Shelf) Settle(id string, outcome []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.all[id]
	if !ok || !e.Whole {
		return ErrMissing
	}
	if e.Outcome != nil {
		return nil
	}
	if err := s.put(id, outcomeFile, outcome); err != nil {
		return err
	}
	e.Outcome, e.left = slices.Clone(outcome), s.cfg.Life
	if err := os.Remove(s.path(id, wholeFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("let go of an upload: %w", err)
	}
	return nil
}

// Tend removes what nobody goes on with, until ctx ends. It blocks; one goroutine calls
// it. The time that passes is counted, not read: a clock that is set forward by years
// when the board finds a time server must not expire everything.
func (s *Shelf) Tend(ctx context.Context) error {
	tick := time.NewTicker(tendEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			s.age(tendEvery)
		}
	}
}

// age lets time pass for every upload, and removes those whose time is over. One that
// is whole waits for what becomes of it however long that takes.
func (s *Shelf) age(by time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, e := range s.all {
		if e.held != nil || e.Whole && e.Outcome == nil {
			continue
		}
		if e.left -= by; e.left > 0 {
			continue
		}
		delete(s.all, id)
		if err := s.clear(id); err != nil {
			s.cfg.Log.Warn("an upload that expired could not be removed; the next start tries again", slog.String("upload", id), slog.Any("err", err))
		}
	}
}

// clear removes the files of an upload; first the one without which the others are
// nothing.
func (s *Shelf) clear(id string) error {
	for _, kind := range []string{aboutFile, partFile, wholeFile, outcomeFile} {
		if err := os.Remove(s.path(id, kind)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove an upload: %w", err)
		}
	}
	return s.syncFolder()
}
