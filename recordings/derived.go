package recordings

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// derived is a form of a recording that is made when it is first asked for, and lies
// in the cache of the play copies.
type derived struct {
	name string                          // of it in an error
	path string                          // where it lies
	file string                          // what make writes, within its folder
	step func(w *work, out string) error // writes file into out
	left func(ctx context.Context) error // says, once it is made, that its recording was removed meanwhile
}

// openDerived opens d of a recording at its start, and makes it when it is not there.
func (l *Library) openDerived(ctx context.Context, id string, d derived) (*os.File, error) {
	f, err := os.Open(d.path)
	if errors.Is(err, os.ErrNotExist) {
		if err = l.makeDerived(ctx, id, d); err == nil {
			f, err = os.Open(d.path)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("open %s of %.8s: %w", d.name, id, err)
	}
	now := l.now()
	_ = os.Chtimes(d.path, now, now) // only orders the cache
	return f, nil
}

func (l *Library) makeDerived(ctx context.Context, id string, d derived) (err error) {
	w, err := l.begin()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.end()) }()
	out, err := w.folder("derived")
	if err != nil {
		return err
	}
	if err := d.step(w, out); err != nil {
		return err
	}
	made := filepath.Join(out, d.file)
	f, err := openOutput(made)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("close what ffmpeg wrote: %w", err)
	}
	order, err := l.oneByOne() // it may be removed just now
	if err != nil {
		return err
	}
	defer func() { _ = order.Close() }()
	if err := d.left(ctx); err != nil {
		return err
	}
	if err := publish(made, d.path); err != nil {
		return err
	}
	l.tidy(ctx, id)
	return nil
}
