package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// What is kept while the disk is full once lay in /tmp for everybody but root: on
// that disk, and where anybody could have put an emergency.
func TestMemoryIsInMemoryAndOurs(t *testing.T) {
	var disk unix.Statfs_t
	dir := folder(t.TempDir())
	for _, folderOf := range []func() (string, error){dir.memorySpool, dir.memorySound} {
		name, err := folderOf()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.Remove(name) })
		if err := unix.Statfs(name, &disk); err != nil || disk.Type != unix.TMPFS_MAGIC {
			t.Errorf("%s is of type %x, %v; want it in memory", name, disk.Type, err)
		}
		if err := os.Chmod(name, 0o777); err != nil { // somebody else's might be so
			t.Fatal(err)
		}
		if _, err := folderOf(); err == nil || !strings.Contains(err.Error(), "remove it") {
			t.Errorf("a folder for everybody: %v", err)
		}
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(t.TempDir(), link); err != nil {
		t.Fatal(err)
	}
	if err := ownFolder(link); err == nil {
		t.Error("a link to another folder is taken")
	}
}

// An empty spool goes with the process, what is kept stays.
func TestSpoolInMemoryStaysWithWhatIsKept(t *testing.T) {
	name := filepath.Join(t.TempDir(), "spool")
	row := filepath.Join(name, "asrun-1.json")
	for _, kept := range []bool{true, false} {
		if err := ownFolder(name); err != nil {
			t.Fatal(err)
		}
		if kept {
			if err := os.WriteFile(row, []byte("{}"), 0o600); err != nil {
				t.Fatal(err)
			}
		} else if err := os.Remove(row); err != nil {
			t.Fatal(err)
		}
		if err := emptied(name).Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(name); (err == nil) != kept {
			t.Errorf("kept %v: %v", kept, err)
		}
	}
}
