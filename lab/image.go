package lab

import (
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Image gathers the root file system of a machine in a folder: read-only where it is
// used, as the installation guide advises.
type Image struct {
	Dir string
	// Sysroot is the folder under which the libraries of another architecture lie, as in
	// its root; empty: this machine's own are meant.
	Sysroot string
}

// NewImage makes the folders that everything is mounted on.
func NewImage(dir string) (*Image, error) {
	for _, name := range []string{"proc", "sys", "dev", "tmp", "run", "data", "etc", "root", "var", "usr/bin", "usr/sbin", "usr/lib", "usr/lib64"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
			return nil, fmt.Errorf("make a machine's root: %w", err)
		}
	}
	for _, name := range []string{"bin", "sbin", "lib", "lib64"} { // as Debian has it
		if err := os.Symlink("usr/"+name, filepath.Join(dir, name)); err != nil {
			return nil, fmt.Errorf("make a machine's root: %w", err)
		}
	}
	for name, text := range map[string]string{
		"etc/passwd": "root:x:0:0:root:/tmp:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n",
		"etc/group":  "root:x:0:\naudio:x:29:\nnogroup:x:65534:\n",
		"etc/hosts":  "127.0.0.1 localhost\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return nil, fmt.Errorf("make a machine's root: %w", err)
		}
	}
	return &Image{Dir: dir}, nil
}

// Copy copies a file or folder of this machine to the same or another place.
func (im *Image) Copy(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("copy into a machine: %w", err)
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return fmt.Errorf("copy into a machine: %w", err)
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(im.Dir, to, rel), 0o755)
		}
		return im.copyFile(path, filepath.Join(im.Dir, to, rel))
	})
}

// copyFile copies what a path leads to; a link that leads nowhere is left out.
func (im *Image) copyFile(from, to string) error {
	in, err := os.Open(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("copy into a machine: %w", err)
	}
	defer func() { _ = in.Close() }()
	info, err := in.Stat()
	if err != nil || info.IsDir() {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return fmt.Errorf("copy into a machine: %w", err)
	}
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, info.Mode().Perm())
	if err != nil {
		return fmt.Errorf("copy into a machine: %w", err)
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// Program puts a program into a folder, with every library that it needs. It is an error if
// this machine does not have it.
func (im *Image) Program(from, to string) error {
	if _, err := os.Stat(from); err != nil {
		return fmt.Errorf("put a program into a machine: %w", err)
	}
	if err := im.copyFile(from, filepath.Join(im.Dir, to)); err != nil {
		return err
	}
	if im.Sysroot != "" {
		return im.foreign(from, map[string]bool{})
	}
	out, err := exec.Command("ldd", from).CombinedOutput()
	if err != nil {
		return nil //nolint:nilerr // a static program has no libraries, which ldd calls a fault
	}
	for line := range strings.Lines(string(out)) {
		for _, word := range strings.Fields(line) {
			if strings.HasPrefix(word, "/") {
				if err := im.Copy(word, word); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// foreign puts the libraries of another architecture's program into the image, which
// ldd of this machine does not know.
func (im *Image) foreign(file string, seen map[string]bool) error {
	f, err := elf.Open(file)
	if err != nil {
		return fmt.Errorf("read a program: %w", err)
	}
	defer func() { _ = f.Close() }()
	names, err := f.ImportedLibraries()
	if err != nil {
		return fmt.Errorf("read a program: %w", err)
	}
	if s := f.Section(".interp"); s != nil {
		raw, err := s.Data()
		if err != nil {
			return fmt.Errorf("read a program: %w", err)
		}
		if err := im.library(strings.TrimRight(string(raw), "\x00"), seen); err != nil {
			return err
		}
	}
	for _, name := range names {
		if err := im.library(name, seen); err != nil {
			return err
		}
	}
	return nil
}

// library finds a library in the sysroot and puts it, and what it needs, where the
// loader looks.
func (im *Image) library(name string, seen map[string]bool) error {
	if seen[name] {
		return nil
	}
	seen[name] = true
	for _, dir := range []string{"lib", "usr/lib", "lib/*", "usr/lib/*"} {
		found, err := filepath.Glob(filepath.Join(im.Sysroot, dir, filepath.Base(name)))
		if err != nil || len(found) == 0 {
			continue
		}
		to := "/lib/" + filepath.Base(name)
		if strings.HasPrefix(name, "/") {
			to = name
		}
		real, err := filepath.EvalSymlinks(found[0])
		if err != nil {
			return fmt.Errorf("find a library: %w", err)
		}
		if err := im.copyFile(real, filepath.Join(im.Dir, to)); err != nil {
			return err
		}
		return im.foreign(real, seen)
	}
	return fmt.Errorf("no library %s in %s", name, im.Sysroot)
}

// Disk writes the folder into a file as an ext4 file system, with some room more. It is
// sparse: what is not used takes no room.
func (im *Image) Disk(ctx context.Context, file, size string, options ...string) error {
	_ = os.Remove(file) // mkfs makes it
	args := append([]string{"-q", "-F", "-m", "0", "-E", "lazy_itable_init=0,lazy_journal_init=0,nodiscard,root_owner=0:0"}, options...)
	cmd := exec.CommandContext(ctx, "mkfs.ext4", append(args, "-d", im.Dir, file, size)...)
	cmd.Env = append(os.Environ(), "PATH="+os.Getenv("PATH")+":/usr/sbin:/sbin")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("make a disk: %w: %s", err, out)
	}
	return nil
}
