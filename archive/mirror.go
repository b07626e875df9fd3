package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Mirror is a folder of files by their SHA-256, beside the archives that only mention
// them: what never changes is copied once. Its methods are used by one goroutine at a
// time.
type Mirror struct{ Dir string }

// Path is where the file of a hash lies, or would.
func (m Mirror) Path(sum string) string {
	if len(sum) != 64 || strings.Trim(sum, "0123456789abcdef") != "" {
		return filepath.Join(m.Dir, "none")
	}
	return filepath.Join(m.Dir, sum[:2], sum)
}

// Has says whether a file of that hash and length lies there; its bytes are not read.
func (m Mirror) Has(sum string, bytes int64) bool {
	info, err := os.Stat(m.Path(sum))
	return err == nil && info.Mode().IsRegular() && info.Size() == bytes
}

// Put copies the file from, which must have the SHA-256 sum: ErrChanged when it has not,
// and then nothing is kept. It does nothing when the file is there. The folder in which the
// mirror lies is not made: below the mount point of a stick that was pulled out there is
// none, and the files would go to another disk. That is syscall.ENODEV. Errors of from are OfSource.
func (m Mirror) Put(ctx context.Context, sum, from string, pace Pace) error {
	if info, err := os.Stat(from); err != nil {
		return sourceError{err}
	} else if m.Has(sum, info.Size()) {
		return nil
	}
	if err := m.Make(); err != nil {
		return err
	}
	to := m.Path(sum)
	if err := m.mkdir(filepath.Dir(to)); err != nil {
		return err
	}
	return Copy(ctx, from, to, sum, pace)
}

// Make makes the folder of the mirror where there is none, as Put does: syscall.ENODEV where
// that in which it lies is not there.
func (m Mirror) Make() error { return m.mkdir(m.Dir) }

func (m Mirror) mkdir(dir string) error {
	err := os.Mkdir(dir, 0o700)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: %w", parent(m.Dir), syscall.ENODEV)
	}
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}

// Copy makes the file to from the file from, durably, when that has the SHA-256 sum:
// ErrChanged when it has not, and then there is none. Errors of from are OfSource, all
// others are of where it goes, or of ctx.
func Copy(ctx context.Context, from, to, sum string, pace Pace) error {
	f, _, err := openPlain(from)
	if err != nil {
		return sourceError{err}
	}
	defer func() { _ = f.Close() }() // only read
	return Durable(to, func(w io.Writer) error {
		got, err := hashInto(ctx, w, sourceReader{f}, pace)
		if err == nil && got != sum {
			err = sourceError{fmt.Errorf("%w (%s)", ErrChanged, base(from))}
		}
		return err
	})
}

// OfSource says whether an error of a copy is of the file that was to be copied, and not of
// the disk to which it goes.
func OfSource(err error) bool {
	var of sourceError
	return errors.As(err, &of)
}

// sourceError is an error of a file that was to be copied.
type sourceError struct{ error }

// Unwrap gives the error of the disk.
func (s sourceError) Unwrap() error { return s.error }

// sourceReader makes the errors of a reading sourceErrors; its end stays io.EOF.
type sourceReader struct{ r io.Reader }

// Read implements io.Reader.
func (s sourceReader) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = sourceError{err}
	}
	return n, err
}

// damagedEnding ends the name of what lay in the place of a file and was another.
const damagedEnding = ".damaged"

// Whole reads the file of a hash from its disk to its end: ErrChanged when it is another.
// The errors are also fs.ErrNotExist, those of the disk and of ctx. pace may be nil.
func (m Mirror) Whole(ctx context.Context, sum string, pace Pace) error {
	f, _, err := openRegular(m.Path(sum))
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // only read
	fromDisk(f)
	got, err := hashInto(ctx, io.Discard, f, pace)
	if err == nil && got != sum {
		err = fmt.Errorf("%w (%s)", ErrChanged, base(m.Path(sum)))
	}
	return err
}

// Drop puts what lies in the place of a hash out of the way, so that Put copies it anew;
// somebody may hear it yet, and Prune removes it in its time.
func (m Mirror) Drop(sum string) error {
	path := m.Path(sum)
	err := os.Rename(path, path+damagedEnding)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return fmt.Errorf("put a damaged file out of the way: %w", err)
}

// MirrorFile is a file of a Mirror.
type MirrorFile struct {
	SHA256 string // hex
	Bytes  int64
}

// List lists the files by their hashes, in the order of these, with the errors of folders
// that the disk does not give back.
func (m Mirror) List() (list []MirrorFile, err error) {
	var errs []error
	_ = filepath.WalkDir(m.Dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() && m.Path(e.Name()) == path {
			var info fs.FileInfo
			if info, err = e.Info(); err == nil {
				list = append(list, MirrorFile{e.Name(), info.Size()})
			}
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
		return nil
	})
	if err := errors.Join(errs...); err != nil {
		return list, fmt.Errorf("list the recordings beside the backups: %w", err)
	}
	return list, nil
}

// Prune removes the files that keep does not name, what lay in the place of one, and what
// interrupted copies left; it returns how many.
func (m Mirror) Prune(keep map[string]bool) (removed int, err error) {
	err = filepath.WalkDir(m.Dir, func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || e.IsDir() {
			return err
		}
		sum := strings.TrimSuffix(strings.TrimSuffix(e.Name(), ".part"), damagedEnding)
		if m.Path(sum) != filepath.Join(filepath.Dir(path), sum) || keep[sum] && !strings.HasSuffix(e.Name(), ".part") {
			return nil // what is not ours stays
		}
		removed++
		return os.Remove(path)
	})
	if err != nil {
		return removed, fmt.Errorf("clear old recordings from the backups: %w", err)
	}
	return removed, nil
}
