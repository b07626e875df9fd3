package archive

import (
	"archive/tar"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// BundleEnding is how the name of a bundle in one file ends.
const BundleEnding = ".loabundle.tar"

// StreamBundle writes a bundle as one tar to w, as it comes: the pieces, then the list
// and its signature. Like WriteBundle otherwise.
func StreamBundle(ctx context.Context, w io.Writer, b Bundle, key ed25519.PrivateKey, fill func(io.Writer) error) (Bundle, error) {
	t := tar.NewWriter(w)
	b, _, err := writeBundle(ctx, b, key, fill, func(name, _ string, content []byte) (bool, error) {
		if err := t.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: int64(len(content)), Mode: 0o600}); err != nil {
			return false, err
		}
		_, err := t.Write(content)
		return true, err
	})
	if err != nil {
		return b, err
	}
	if err := t.Close(); err != nil {
		return b, fmt.Errorf("end the bundle: %w", err)
	}
	return b, nil
}

// source reads a file of a bundle; ErrNoFile, errTooLong when it has more than most bytes.
type source func(name string, most int64) ([]byte, error)

// sourceOf is the source of a bundle in a folder or in one file, and what closes it. A link
// is neither: ErrNotArchive.
func sourceOf(path string) (source, func() error, error) {
	info, err := os.Lstat(path)
	if err != nil || info.IsDir() {
		return func(name string, most int64) ([]byte, error) { return readRegular(filepath.Join(path, name), most) }, func() error { return nil }, nil
	}
	f, size, err := openRegular(path)
	if errors.Is(err, ErrNoFile) {
		return nil, nil, fmt.Errorf("%w (%w)", ErrNotArchive, err)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read the bundle: %w", err)
	}
	places, err := placesIn(f, size)
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return func(name string, most int64) ([]byte, error) {
		at, there := places[name]
		if !there {
			return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
		}
		return io.ReadAll(io.NewSectionReader(f, at.from, min(at.bytes, most)))
	}, f.Close, nil
}

// span is where a file lies within another.
type span struct{ from, bytes int64 }

// placesIn finds the files in a tar of so many bytes. What is cut short ends there; what is
// no tar, or holds anything that a bundle does not, is ErrNotArchive.
func placesIn(f *os.File, size int64) (map[string]span, error) {
	places := map[string]span{}
	for t := tar.NewReader(f); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return places, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w (%w)", ErrNotArchive, err)
		}
		most, known := mostOf(h.Name)
		if _, twice := places[h.Name]; twice || !known || h.Typeflag != tar.TypeReg || h.Size > min(most, size) {
			return nil, fmt.Errorf("%w (it holds %q, %d bytes)", ErrNotArchive, h.Name, h.Size)
		}
		at, err := f.Seek(0, io.SeekCurrent)
		if err != nil {
			return nil, fmt.Errorf("read the bundle: %w", err)
		}
		places[h.Name] = span{at, h.Size}
	}
}
