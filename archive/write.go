package archive

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"time"
)

// piece is how much is copied between two looks at the context and the pace.
const piece = 1 << 20

// Pace is asked before each piece of a copy, a MiB; it may wait, and an error ends the
// copy. Nil: as fast as it goes.
type Pace func(ctx context.Context) error

// ask waits for p, and says that ctx has ended.
func (p Pace) ask(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if p == nil {
		return nil
	}
	return p(ctx)
}

// Writer writes one archive. One goroutine uses it at a time.
type Writer struct {
	tar  *tar.Writer
	m    Manifest
	pace Pace
	buf  []byte
}

// NewWriter begins an archive that says of itself what m says; its files are added.
func NewWriter(w io.Writer, m Manifest, pace Pace) (*Writer, error) {
	m.Format, m.Files, m.Missing = Format, nil, nil
	a := &Writer{tar: tar.NewWriter(w), m: m, pace: pace, buf: make([]byte, piece)}
	return a, a.raw(readmeName, []byte(readme))
}

func (w *Writer) raw(name string, raw []byte) error {
	if err := w.head(name, int64(len(raw))); err != nil {
		return err
	}
	if _, err := w.tar.Write(raw); err != nil {
		return fmt.Errorf("write %s into the backup: %w", name, err)
	}
	return nil
}

func (w *Writer) head(name string, size int64) error {
	err := w.tar.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: w.m.Made.Truncate(time.Second), Format: tar.FormatPAX})
	if err != nil {
		return fmt.Errorf("write %s into the backup: %w", name, err)
	}
	return nil
}

// Add copies the file from into the archive under name. want is the SHA-256 that it
// must have, in hex; empty: any. One that has another, or cannot be read to its end, is
// there as Damaged, with what could be read of it; one that cannot even be opened is
// listed as missing, and returned as Damaged: an ill card must not cost the other files.
// The errors are fs.ErrNotExist when there is no such file, then nothing is added, and
// those of writing and of ctx.
func (w *Writer) Add(ctx context.Context, name, from, want string) (File, error) {
	f, err := os.Open(from)
	if errors.Is(err, fs.ErrNotExist) {
		return File{}, fmt.Errorf("back up %s: %w", name, err)
	}
	if err != nil {
		w.Miss(name)
		return File{Name: name, SHA256: want, Damaged: true}, nil
	}
	defer func() { _ = f.Close() }() // only read
	info, err := f.Stat()
	if err != nil {
		w.Miss(name)
		return File{Name: name, SHA256: want, Damaged: true}, nil //nolint:nilerr // it is listed
	}
	if err := w.head(name, info.Size()); err != nil {
		return File{}, err
	}
	h := sha256.New()
	torn, err := w.copy(ctx, h, f, info.Size())
	if err != nil {
		return File{}, fmt.Errorf("back up %s: %w", name, err)
	}
	file := File{Name: name, Bytes: info.Size(), SHA256: hex.EncodeToString(h.Sum(nil))}
	file.Damaged = torn || want != "" && file.SHA256 != want
	w.m.Files = append(w.m.Files, file)
	return file, nil
}

// copy writes size bytes of r; what r does not give is written as zeros and told as
// torn: a bad sector of one file must not cost the others.
func (w *Writer) copy(ctx context.Context, h hash.Hash, r io.Reader, size int64) (torn bool, err error) {
	for left := size; left > 0; {
		if err := w.pace.ask(ctx); err != nil {
			return torn, err
		}
		part := w.buf[:min(left, piece)]
		if torn {
			clear(part)
		} else if n, err := io.ReadFull(r, part); err != nil {
			torn = true
			clear(part[n:])
		}
		_, _ = h.Write(part) // never fails
		if _, err := w.tar.Write(part); err != nil {
			return torn, err
		}
		left -= int64(len(part))
	}
	return torn, nil
}

// AddText puts a text into the archive as the file name.
func (w *Writer) AddText(name, text string) error {
	if err := w.raw(name, []byte(text)); err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(text))
	w.m.Files = append(w.m.Files, File{Name: name, Bytes: int64(len(text)), SHA256: hex.EncodeToString(sum[:])})
	return nil
}

// Mention lists a file whose bytes lie elsewhere.
func (w *Writer) Mention(f File) {
	f.Outside = true
	w.m.Outside = true
	w.m.Files = append(w.m.Files, f)
}

// Miss lists a file that should have been there.
func (w *Writer) Miss(name string) { w.m.Missing = append(w.m.Missing, name) }

// Close writes the list and ends the archive; the writer below stays open.
func (w *Writer) Close() (Manifest, error) {
	name, raw, err := w.m.encode()
	if err != nil {
		return Manifest{}, err
	}
	if err := w.raw(name, raw); err != nil {
		return Manifest{}, err
	}
	if err := w.tar.Close(); err != nil {
		return Manifest{}, fmt.Errorf("end the backup: %w", err)
	}
	return w.m, nil
}

// Durable makes the file path from what fill writes, so that a power cut leaves all of it
// or nothing: a temporary file beside it, fsync, rename, fsync of the folder. Only its
// owner may read it. Nothing stays behind when fill fails.
func Durable(path string, fill func(io.Writer) error) (err error) {
	dir, err := os.OpenRoot(parent(path))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dir.Close()) }()
	temporary := base(path) + ".part"
	f, err := dir.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	steady := &syncing{f: f}
	err = fill(steady)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, dir.Remove(temporary))
	}
	if err := dir.Rename(temporary, base(path)); err != nil {
		return errors.Join(err, dir.Remove(temporary))
	}
	return SyncFolder(parent(path))
}
