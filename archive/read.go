package archive

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
)

// Fault is one thing that is wrong with an archive.
type Fault struct {
	Name string // of the file
	What string // ChangedFile, MissingFile or UnlistedFile
}

// What can be wrong with a file of an archive.
const (
	ChangedFile  = "changed"  // its bytes are not those that were written
	MissingFile  = "missing"  // the list names it and it is not there
	UnlistedFile = "unlisted" // it is there and the list does not name it
)

// Take says where a file of the archive goes while it is read; nil: nowhere. The archive
// closes it. What is written may turn out wrong at the end: only a reading without faults
// says that it is right.
type Take func(name string, bytes int64) (io.WriteCloser, error)

// Read reads an archive to its end, hands its files to take (nil: to nobody), and holds
// every one against the list. The errors are ErrNotArchive, ErrCutShort, ErrChanged,
// ErrNewer, those of the disk, of take and of ctx; faults of single files are in the
// answer. pace may be nil.
func Read(ctx context.Context, path string, take Take, pace Pace) (m Manifest, faults []Fault, err error) {
	f, size, err := openPlain(path)
	if errors.Is(err, ErrNoFile) {
		return m, nil, fmt.Errorf("%w (%w)", ErrNotArchive, err)
	}
	if err != nil {
		return m, nil, fmt.Errorf("open the backup: %w", err)
	}
	defer func() { _ = f.Close() }() // only read
	fromDisk(f)
	r := &reading{tar: tar.NewReader(f), left: size, take: take, pace: pace, buf: make([]byte, piece), seen: map[string]File{}}
	if err := r.all(ctx); err != nil {
		return m, nil, err
	}
	return r.m, r.compare(), nil
}

// reading is one archive as it is read.
type reading struct {
	tar  *tar.Reader
	left int64 // bytes that its files can still have together, by its own length
	take Take
	pace Pace
	buf  []byte
	seen map[string]File
	m    Manifest
}

func (r *reading) all(ctx context.Context) error {
	for first := true; ; first = false {
		h, err := r.tar.Next()
		if first && (err != nil || h.Name != readmeName) {
			return ErrNotArchive
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return ErrCutShort
		case err != nil && errors.Is(err, tar.ErrHeader):
			return fmt.Errorf("%w (%w)", ErrChanged, err)
		case err != nil:
			return fmt.Errorf("read the backup: %w", err)
		}
		if isManifest(h.Name) {
			return r.list(h)
		}
		if err := r.file(ctx, h, first); err != nil {
			return err
		}
	}
}

// list reads the last entry, and what ends the archive behind it.
func (r *reading) list(h *tar.Header) error {
	if h.Size > manifestMost {
		return fmt.Errorf("%w (its list is too long)", ErrChanged)
	}
	raw, err := io.ReadAll(r.tar)
	if err != nil {
		return cutShort(err)
	}
	if r.m, err = decode(h.Name, raw); err != nil {
		return err
	}
	_, err = r.tar.Next()
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case err == nil:
		return fmt.Errorf("%w (something stands behind its list)", ErrChanged)
	}
	return cutShort(err)
}

func cutShort(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return ErrCutShort
	}
	return fmt.Errorf("read the backup: %w", err)
}

// file reads one entry.
func (r *reading) file(ctx context.Context, h *tar.Header, readme bool) (err error) {
	if readme {
		if err := drained(r.tar, r.buf); err != nil {
			return cutShort(err)
		}
		return nil
	}
	if _, twice := r.seen[h.Name]; twice || h.Typeflag != tar.TypeReg || !localName(h.Name) {
		return fmt.Errorf("%w (it holds %q)", ErrChanged, h.Name)
	}
	// A sparse file in a tar has any length for a few bytes: none of ours is one.
	if r.left -= h.Size; r.left < 0 {
		return fmt.Errorf("%w (%q would be longer than all of it)", ErrCutShort, h.Name)
	}
	sum := sha256.New()
	to := io.Writer(sum)
	if r.take != nil {
		w, err := r.take(h.Name, h.Size)
		if err != nil {
			return fmt.Errorf("take %s out of the backup: %w", h.Name, err)
		}
		if w != nil {
			defer func() { err = errors.Join(err, w.Close()) }()
			to = io.MultiWriter(sum, w)
		}
	}
	for left := h.Size; left > 0; {
		if err := r.pace.ask(ctx); err != nil {
			return err
		}
		part := r.buf[:min(left, piece)]
		if _, err := io.ReadFull(r.tar, part); err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return cutShort(err)
		}
		if _, err := to.Write(part); err != nil {
			return fmt.Errorf("take %s out of the backup: %w", h.Name, err)
		}
		left -= int64(len(part))
	}
	r.seen[h.Name] = File{Name: h.Name, Bytes: h.Size, SHA256: hex.EncodeToString(sum.Sum(nil))}
	return nil
}

// compare holds what was read against the list.
func (r *reading) compare() (faults []Fault) {
	for _, f := range r.m.Files {
		if f.Outside {
			continue
		}
		got, there := r.seen[f.Name]
		delete(r.seen, f.Name)
		switch {
		case !there:
			faults = append(faults, Fault{f.Name, MissingFile})
		case got.SHA256 != f.SHA256 || got.Bytes != f.Bytes:
			faults = append(faults, Fault{f.Name, ChangedFile})
		}
	}
	for name := range r.seen {
		faults = append(faults, Fault{name, UnlistedFile})
	}
	return faults
}

// Hash is the SHA-256 of a file in hex. pace may be nil.
func Hash(ctx context.Context, path string, pace Pace) (string, error) {
	f, _, err := openPlain(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }() // only read
	return hashInto(ctx, io.Discard, f, pace)
}

// hashInto copies r to w piece by piece and returns the SHA-256 of it.
func hashInto(ctx context.Context, w io.Writer, r io.Reader, pace Pace) (string, error) {
	h, buf := sha256.New(), make([]byte, piece)
	for {
		if err := pace.ask(ctx); err != nil {
			return "", err
		}
		n, err := io.ReadFull(r, buf)
		_, _ = h.Write(buf[:n]) // never fails
		if _, failed := w.Write(buf[:n]); failed != nil {
			return "", failed
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return hex.EncodeToString(h.Sum(nil)), nil
		}
		if err != nil {
			return "", err
		}
	}
}
