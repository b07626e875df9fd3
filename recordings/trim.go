package recordings

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"loalang/audio"
)

// Trim is the piece of a sound that a person wants kept, counted from the
// sound's beginning. The zero value keeps all of it. The bytes as they came stay
// whole, so that the same sound can be trimmed differently later.
type Trim struct {
	From time.Duration // where the piece begins; 0 or more
	To   time.Duration // where it ends; 0: with the sound. Beyond the sound's end is its end.
}

// IsZero says whether all of the sound is kept.
func (t Trim) IsZero() bool { return t == Trim{} }

// leastLength is the shortest sound that is taken in, and the shortest piece.
const leastLength = 200 * time.Millisecond

// Validate says whether a piece of at least 0.2 s can be meant at all; the error
// is Refused with the code BadTrim.
func (t Trim) Validate() error {
	if t.From < 0 || t.To < 0 || t.To != 0 && t.To-t.From < leastLength {
		return refuse(BadTrim, "from %s to %s", t.From, t.To)
	}
	return nil
}

// span is the piece in frames of a sound of so many at masterRate, or Refused
// when less than 0.2 s of it is there.
func (t Trim) span(frames int64) (from, to int64, err error) {
	rate := audio.SampleRate(masterRate)
	from, to = int64(rate.N(t.From)), frames
	if t.To != 0 {
		to = min(to, int64(rate.N(t.To)))
	}
	if to-from < int64(rate.N(leastLength)) {
		return 0, 0, refuse(BadTrim, "from %s to %s of %s", t.From, t.To, rate.D(audio.Frames(frames)))
	}
	return from, to, nil
}

// keep makes of d the piece that t keeps, in a file of its own.
func (w *work) keep(d *decoded, t Trim) (err error) {
	if t.IsZero() {
		return nil
	}
	from, to, err := t.span(d.frames)
	if err != nil {
		return err
	}
	if err := w.room(2 * (to - from)); err != nil {
		return err
	}
	whole, err := openOutput(d.path)
	if err != nil {
		return err
	}
	defer func() { _ = whole.Close() }()
	path := w.path("kept-" + filepath.Base(filepath.Dir(d.path)) + ".raw")
	piece, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("keep a piece: %w", err)
	}
	_, err = io.Copy(piece, io.NewSectionReader(whole, 2*from, 2*(to-from)))
	if err = errors.Join(err, piece.Close()); err != nil {
		return fmt.Errorf("keep a piece: %w", err)
	}
	if err := os.Remove(d.path); err != nil {
		return fmt.Errorf("keep a piece: %w", err)
	}
	d.path, d.frames = path, to-from
	return nil
}

// mark is what tells a trimmed sound from the whole one in the name of a note.
func (t Trim) mark() string {
	if t.IsZero() {
		return ""
	}
	rate := audio.SampleRate(masterRate)
	return fmt.Sprintf(".%d-%d", rate.N(t.From), rate.N(t.To))
}

// Retrim takes the sound of a recording in once more, as it came, and keeps
// another piece of it: a new recording, for recordings never change. about is as
// for Import; an empty Title, Kind or Village is that of the old one. The errors
// are those of Import, ErrNotFound when there is no such recording, and ErrBuiltIn
// when it came with the program.
func (l *Library) Retrim(ctx context.Context, id string, about About) (Recording, error) {
	old, err := l.Recording(ctx, id)
	if err != nil {
		return Recording{}, err
	}
	if old.Kind == BuiltIn {
		return Recording{}, ErrBuiltIn
	}
	original, err := l.Original(ctx, id)
	if err != nil {
		return Recording{}, err
	}
	defer func() { _ = original.Close() }()
	about.Title = cmp.Or(about.Title, old.Title)
	about.Kind = cmp.Or(about.Kind, old.Kind)
	about.Village = cmp.Or(about.Village, old.Village)
	return l.Import(ctx, original, about)
}
