package lab

import (
	"bytes"
	"fmt"
	"os"
	"path"
)

// Archive is the first file system of a machine, in the format that the kernel unpacks
// (cpio, "newc": Documentation/driver-api/early-userspace/buffer-format.rst). The zero
// value is empty.
type Archive struct {
	buf   bytes.Buffer
	made  map[string]bool
	inode int
}

// Put adds a file with what it holds, and the folders above it.
func (a *Archive) Put(name string, mode os.FileMode, raw []byte) {
	a.folders(path.Dir(path.Clean("/" + name)))
	a.entry(path.Clean("/" + name)[1:], 0o100000|uint32(mode.Perm()), raw)
}

// PutFile adds a file of this machine.
func (a *Archive) PutFile(name, from string, mode os.FileMode) error {
	raw, err := os.ReadFile(from)
	if err != nil {
		return fmt.Errorf("put %s into the machine: %w", name, err)
	}
	a.Put(name, mode, raw)
	return nil
}

// Node adds the device file of a character device.
func (a *Archive) Node(name string, major, minor uint32) {
	a.folders(path.Dir(path.Clean("/" + name)))
	a.head(path.Clean("/" + name)[1:], 0o020600, 0, major, minor)
}

func (a *Archive) folders(name string) {
	if name == "/" || a.made[name] {
		return
	}
	a.folders(path.Dir(name))
	if a.made == nil {
		a.made = map[string]bool{}
	}
	a.made[name] = true
	a.entry(name[1:], 0o040755, nil)
}

func (a *Archive) entry(name string, mode uint32, raw []byte) {
	a.head(name, mode, len(raw), 0, 0)
	a.buf.Write(raw)
	a.align()
}

func (a *Archive) head(name string, mode uint32, size int, major, minor uint32) {
	a.inode++
	fmt.Fprintf(&a.buf, "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%s\x00",
		a.inode, mode, 0, 0, 1, 0, size, 0, 0, major, minor, len(name)+1, 0, name)
	a.align()
}

func (a *Archive) align() {
	for a.buf.Len()%4 != 0 {
		a.buf.WriteByte(0)
	}
}

// Write writes the whole archive into a file.
func (a *Archive) Write(file string) error {
	a.head("TRAILER!!!", 0, 0, 0, 0)
	if err := os.WriteFile(file, a.buf.Bytes(), 0o600); err != nil {
		return fmt.Errorf("write the machine's first file system: %w", err)
	}
	return nil
}
