package recordings

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// blob is where a stored form lies.
func (l *Library) blob(form Form, hash string) string {
	return filepath.Join(l.dir, filepath.FromSlash(BlobName(form, hash)))
}

// BlobName is where a stored form lies within the library's folder, with slashes; hash
// is its SHA-256 in hex, of a play copy the recording's ID.
func BlobName(form Form, hash string) string {
	ending := map[Form]string{Original: ".bin", Master: ".flac", PlayCopy: ".wav"}[form]
	return path.Join(string(form), hash[:2], hash+ending)
}

// work is the folder of one import on its way. It is locked as long as the
// import runs, so that another process that opens the library leaves it alone.
type work struct {
	dir     string
	lock    *os.File
	reserve int64         // bytes of its disk that are left alone
	longest time.Duration // that its sound may last
	urgent  bool          // an emergency waits for it
	idle    bool          // nobody waits for it
	from    string        // what is opened instead of the upload; empty: that
	pace    func() error  // called while it is measured; nil: it goes as fast as it can
}

// tmp is the folder of the work folders.
func (l *Library) tmp() string { return filepath.Join(l.dir, "tmp") }

// begin makes a work folder on the library's disk.
func (l *Library) begin() (*work, error) {
	w, err := beginIn(l.tmp())
	if err != nil {
		return nil, err
	}
	w.reserve, w.longest = l.limits.Reserve, l.limits.Length
	return w, nil
}

// beginIn makes a work folder in a folder, which is made when missing.
func beginIn(tmp string) (*work, error) {
	gate, err := gate(tmp)
	if err != nil {
		return nil, err
	}
	defer func() { _ = gate.Close() }()
	dir, err := os.MkdirTemp(tmp, "import-")
	if err != nil {
		return nil, fmt.Errorf("make a work folder: %w", err)
	}
	lock, err := os.Open(dir)
	if err == nil {
		err = unix.Flock(int(lock.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	}
	if err != nil {
		return nil, fmt.Errorf("lock a work folder: %w", errors.Join(err, os.RemoveAll(dir)))
	}
	return &work{dir: dir, lock: lock}, nil
}

// gate is held while what lies in dir changes; closing it lets others in.
func gate(dir string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("make a folder of the library: %w", err)
	}
	f, err := os.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("open a folder of the library: %w", err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("lock a folder of the library: %w", err)
	}
	return f, nil
}

// sweep removes from tmp the work folders whose process is gone. One that cannot be removed
// keeps none of the others.
func sweep(tmp string) error {
	gate, err := gate(tmp)
	if err != nil {
		return err
	}
	defer func() { _ = gate.Close() }()
	left, err := os.ReadDir(gate.Name())
	if err != nil {
		return fmt.Errorf("look for interrupted imports: %w", err)
	}
	var faults []error
	for _, e := range left {
		faults = append(faults, clearWork(filepath.Join(gate.Name(), e.Name())))
	}
	return errors.Join(faults...)
}

// clearWork removes a work folder, unless its process lives.
func clearWork(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("look at an interrupted import: %w", err)
	}
	defer func() { _ = f.Close() }()
	if unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) != nil {
		return nil
	}
	if err := os.RemoveAll(path); err != nil {
		return fmt.Errorf("remove an interrupted import: %w", err)
	}
	return nil
}

func (w *work) upload() string { return w.path("upload") }

// source is what is opened.
func (w *work) source() string { return cmp.Or(w.from, w.upload()) }

func (w *work) path(name string) string { return filepath.Join(w.dir, name) }

// folder makes a folder that one locked-in step alone may write to.
func (w *work) folder(name string) (string, error) {
	if err := os.Mkdir(w.path(name), 0o700); err != nil {
		return "", fmt.Errorf("make a folder for ffmpeg: %w", err)
	}
	return w.path(name), nil
}

// end removes the folder and lets go of the lock.
func (w *work) end() error {
	return errors.Join(os.RemoveAll(w.dir), w.lock.Close())
}

// stored is a file with its hash.
type stored struct {
	hash string
	size int64
}

// hashFile reads a whole file.
func hashFile(path string) (stored, error) {
	f, err := openOutput(path)
	if err != nil {
		return stored{}, err
	}
	defer func() { _ = f.Close() }()
	return hashOf(f)
}

// hashAnew reads a whole file from the disk, and not from memory, where what was written
// or misread may lie; pace is asked before each MiB, nil: it goes as fast as it can.
func hashAnew(path string, pace func() error) (stored, error) {
	f, err := openOutput(path)
	if err != nil {
		return stored{}, err
	}
	defer func() { _ = f.Close() }()
	_ = unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED) // only a hint
	return hashOf(paced{f, pace})
}

func hashOf(r io.Reader) (stored, error) {
	h := sha256.New()
	n, err := io.CopyBuffer(h, struct{ io.Reader }{r}, make([]byte, 1<<20))
	if err != nil {
		return stored{}, fmt.Errorf("hash: %w", err)
	}
	return stored{hash: hex.EncodeToString(h.Sum(nil)), size: n}, nil
}

// publish moves a finished file to its place so that a power cut leaves either
// all of it or nothing: sync the file, rename it, sync the folder.
func publish(from, to string) error {
	if err := syncPath(from); err != nil {
		return err
	}
	dir := filepath.Dir(to)
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		if err := os.MkdirAll(dir, 0o750); err != nil {
			return fmt.Errorf("make folder: %w", err)
		}
		if err := syncPath(filepath.Dir(dir)); err != nil {
			return err
		}
	}
	if err := os.Rename(from, to); err != nil {
		return fmt.Errorf("move into the library: %w", err)
	}
	return syncPath(dir)
}

// publishPlay moves a play copy into the cache, used now.
func (l *Library) publishPlay(from, id string) error {
	now := l.now()
	if err := os.Chtimes(from, now, now); err != nil {
		return fmt.Errorf("date a play copy: %w", err)
	}
	return publish(from, l.blob(PlayCopy, id))
}

func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("sync: %w", err)
	}
	defer func() { _ = f.Close() }()
	if err := f.Sync(); err != nil {
		return fmt.Errorf("sync %s: %w", filepath.Base(path), err)
	}
	return nil
}

// allowance is how many bytes may still be written before the reserve is
// touched, at most want; ErrDiskFull when that is next to nothing.
func (w *work) allowance(want int64) (int64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(w.dir, &s); err != nil {
		return 0, fmt.Errorf("ask for free space: %w", err)
	}
	free := int64(s.Bavail)*int64(s.Bsize) - w.reserve
	if free < 1<<20 {
		return 0, ErrDiskFull
	}
	return min(free, want), nil
}

// room asks for want bytes before they are written.
func (w *work) room(want int64) error {
	got, err := w.allowance(want)
	if err != nil {
		return err
	}
	if got < want {
		return ErrDiskFull
	}
	return nil
}

// copyAge is a play copy with the time of its last use.
type copyAge struct {
	path string
	used time.Time
	size int64
}

// tidy keeps the cache within its size. That it cannot is no reason to keep back
// the sound that has just been stored.
func (l *Library) tidy(ctx context.Context, keep string) {
	if err := l.evict(keep); err != nil {
		l.log.LogAttrs(ctx, slog.LevelWarn, "old play copies cannot be removed: have the card or disk looked at", slog.Any("err", err))
	}
}

// evict removes the play copies that were not used for longest, until the
// cache is within its size; keep stays. Files that are open play on.
func (l *Library) evict(keep string) error {
	var all []copyAge
	var sum int64
	err := filepath.WalkDir(filepath.Join(l.dir, string(PlayCopy)), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil // another import was quicker
		}
		if err != nil {
			return err
		}
		all = append(all, copyAge{path, info.ModTime(), info.Size()})
		sum += info.Size()
		return nil
	})
	if err != nil {
		return fmt.Errorf("look through the play copies: %w", err)
	}
	slices.SortFunc(all, func(a, b copyAge) int { return a.used.Compare(b.used) })
	for _, c := range all {
		if sum <= l.limits.Cache {
			break
		}
		if keep != "" && strings.HasPrefix(filepath.Base(c.path), keep) {
			continue
		}
		if err := os.Remove(c.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove a play copy: %w", err)
		}
		sum -= c.size
	}
	return nil
}
