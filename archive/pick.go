package archive

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// fromDisk has what is read of a file come from its disk, and not from memory, where what
// was written lies as it should be.
func fromDisk(f *os.File) {
	_ = unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED) // only a hint
}

// Pick hands the entries of an archive that take wants to it, and passes over the others
// without reading them; nothing is held against the list, which stands at the end. An
// entry that is no file or leaves the folder is passed over too. So a damaged archive gives what is
// whole in it, and who takes it must know the hash. An error of take ends the reading.
func Pick(ctx context.Context, path string, take Take, pace Pace) (err error) {
	f, _, err := openPlain(path)
	if err != nil {
		return fmt.Errorf("open the backup: %w", err)
	}
	defer func() { _ = f.Close() }() // only read
	r, buf := tar.NewReader(f), make([]byte, piece)
	for first := true; ; first = false {
		if err := ctx.Err(); err != nil {
			return err
		}
		h, err := r.Next()
		switch {
		case first && (err != nil || h.Name != readmeName):
			return ErrNotArchive
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return cutShort(err)
		}
		if h.Typeflag != tar.TypeReg || !localName(h.Name) || h.Size < 0 {
			continue
		}
		w, err := take(h.Name, h.Size)
		if err != nil {
			return fmt.Errorf("take %s out of the backup: %w", h.Name, err)
		}
		if w == nil {
			continue
		}
		if err := errors.Join(copyEntry(ctx, w, r, buf, pace), w.Close()); err != nil {
			return fmt.Errorf("take %s out of the backup: %w", h.Name, err)
		}
	}
}

// copyEntry copies what is left of an entry, piece by piece.
func copyEntry(ctx context.Context, w io.Writer, r io.Reader, buf []byte, pace Pace) error {
	for {
		if err := pace.ask(ctx); err != nil {
			return err
		}
		n, err := io.ReadFull(r, buf)
		if _, failed := w.Write(buf[:n]); failed != nil {
			return failed
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil // the end of the entry; that one is cut short shows at the next
		}
		if err != nil {
			return err
		}
	}
}

// List reads what an archive says of itself, and passes over its files without reading
// them. The errors are ErrNotArchive, ErrCutShort, ErrChanged, ErrNewer, those of the disk
// and of ctx.
func List(ctx context.Context, path string) (m Manifest, err error) {
	f, _, err := openPlain(path)
	if err != nil {
		return m, fmt.Errorf("open the backup: %w", err)
	}
	defer func() { _ = f.Close() }() // only read
	r := &reading{tar: tar.NewReader(f)}
	for first := true; ; first = false {
		if err := ctx.Err(); err != nil {
			return m, err
		}
		h, err := r.tar.Next()
		switch {
		case first && (err != nil || h.Name != readmeName):
			return m, ErrNotArchive
		case errors.Is(err, io.EOF):
			return m, ErrCutShort
		case errors.Is(err, tar.ErrHeader):
			return m, fmt.Errorf("%w (%w)", ErrChanged, err)
		case err != nil:
			return m, cutShort(err)
		case isManifest(h.Name):
			err := r.list(h)
			return r.m, err
		}
	}
}
