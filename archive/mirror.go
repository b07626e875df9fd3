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
// and then nothing is kept. It does nothing when the file is there.
func (m Mirror) Put(ctx context.Context, sum, from string, pace Pace) error {
	if info, err := os.Stat(from); err != nil {
		return err
	} else if m.Has(sum, info.Size()) {
		return nil
	}
	to := m.Path(sum)
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	return Copy(ctx, from, to, sum, pace)
}

// Copy makes the file to from the file from, durably, when that has the SHA-256 sum:
// ErrChanged when it has not, and then there is none.
func Copy(ctx context.Context, from, to, sum string, pace Pace) error {
	f, err := openPlain(from)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // only read
	return Durable(to, func(w io.Writer) error {
		got, err := hashInto(ctx, w, f, pace)
		if err == nil && got != sum {
			err = fmt.Errorf("%w (%s)", ErrChanged, base(from))
		}
		return err
	})
}

// Prune removes the files that keep does not name, and what interrupted copies left; it
// returns how many.
func (m Mirror) Prune(keep map[string]bool) (removed int, err error) {
	err = filepath.WalkDir(m.Dir, func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || e.IsDir() || keep[e.Name()] || m.Path(strings.TrimSuffix(e.Name(), ".part")) != strings.TrimSuffix(path, ".part") {
			return err // what is not ours stays
		}
		removed++
		return os.Remove(path)
	})
	if err != nil {
		return removed, fmt.Errorf("clear old recordings from the backups: %w", err)
	}
	return removed, nil
}
