package playout

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

// spool is where rows and emergencies go that the database cannot take, and
// what must be readable without it: fsynced files in the first of dirs that
// takes them. Its methods may be called from any goroutine, but for one name
// from one at a time.
type spool struct {
	dirs []string
}

// write keeps raw under name. It never leaves an older copy that could be read
// later: not in the folders behind the one that took it, and not in those
// before, which may have room again after a restart.
func (s spool) write(name string, raw []byte) error {
	var errs []error
	for i, dir := range s.dirs {
		if err := writeInto(dir, name, raw); err != nil {
			errs = append(errs, err)
			continue
		}
		for _, before := range s.dirs[:i] {
			if err := renew(before, name, raw); err != nil {
				return fmt.Errorf("an older copy stays behind: %w", err)
			}
		}
		for _, behind := range s.dirs[i+1:] {
			if err := discard(behind, name); err != nil {
				return fmt.Errorf("an older copy stays behind: %w", err)
			}
		}
		return nil
	}
	return errors.Join(errs...)
}

// read returns every copy of name that can be read. The error is of those that
// cannot; there may be both.
func (s spool) read(name string) (copies [][]byte, err error) {
	for _, dir := range s.dirs {
		raw, failed := os.ReadFile(filepath.Join(dir, name))
		switch {
		case failed == nil:
			copies = append(copies, raw)
		case !missing(failed):
			err = errors.Join(err, failed)
		}
	}
	return copies, err
}

// names says whether one of the folders lists name, whatever becomes of what lies there:
// the files themselves are not asked.
func (s spool) names(name string) bool {
	for _, dir := range s.dirs {
		if listed(dir, name) {
			return true
		}
	}
	return false
}

func listed(dir, name string) bool {
	d, err := os.Open(dir)
	if err != nil {
		return false
	}
	defer func() { _ = d.Close() }() // only read
	inside, _ := d.Readdirnames(-1)  // as much of it as there is
	return slices.Contains(inside, name)
}

// remove takes name out of every folder.
func (s spool) remove(name string) error {
	var errs []error
	for _, dir := range s.dirs {
		errs = append(errs, discard(dir, name))
	}
	return errors.Join(errs...)
}

// list returns the names that match pattern, each once.
func (s spool) list(pattern string) []string {
	var names []string
	seen := map[string]bool{}
	for _, dir := range s.dirs {
		paths, _ := filepath.Glob(filepath.Join(dir, pattern)) // fails only for a pattern that is none
		for _, path := range paths {
			if name := filepath.Base(path); !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
		}
	}
	return names
}

// setAside renames every copy of a file that nobody can read.
func (s spool) setAside(name, as string) error {
	var errs []error
	for _, dir := range s.dirs {
		if err := os.Rename(filepath.Join(dir, name), filepath.Join(dir, as)); err != nil && !missing(err) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// missing also takes a folder that is none for one without the file.
func missing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// renew brings an older copy up to date in a folder that took no new file: the
// blocks that a file has can be written on a full disk. Where that fails too the
// copy is removed.
func renew(dir, name string, raw []byte) error {
	path := filepath.Join(dir, name)
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if missing(err) {
		return nil
	}
	if err == nil {
		_, err = f.Write(raw)
		if err == nil {
			err = f.Truncate(int64(len(raw)))
		}
		if err == nil {
			err = f.Sync()
		}
		err = errors.Join(err, f.Close())
	}
	if err == nil {
		return nil
	}
	return discard(dir, name)
}

// discard removes a file durably; it does nothing when there is none.
func discard(dir, name string) error {
	err := os.Remove(filepath.Join(dir, name))
	if missing(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return syncFolder(dir)
}

// writeInto writes name into dir: temporary file, fsync, rename, fsync of the
// folder.
func writeInto(dir, name string, raw []byte) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone after the rename; left over only on failure
	_, err = f.Write(raw)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), filepath.Join(dir, name)); err != nil {
		return err
	}
	return syncFolder(dir)
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
