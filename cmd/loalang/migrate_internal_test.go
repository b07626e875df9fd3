package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"loalang/archive/disktest"
)

// TestAnUpdateIsTriedWhereThereIsRoom: the copies filled the disk before anybody was told.
func TestAnUpdateIsTriedWhereThereIsRoom(t *testing.T) {
	t.Parallel()
	dir, err := disktest.Tmpfs(t, "size=25m") // 5 MB of database leave 20, a copy leaves less than 16 free
	if err != nil {
		t.Skipf("SKIPPED: %v: run the tests as root", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "loalang.db"), make([]byte, 5<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := roomForTrial(settings{Data: dir}); !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "two copies of the database beside it, 10 MB: free room on the disk of "+dir) {
		t.Errorf("on a small disk: %v", err)
	}
	if _, err := (&hoard{dir: folder(dir), scratch: dir}).write(t.Context(), nil); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("a backup by way of a small disk: %v", err)
	}
	if err := roomForTrial(settings{Data: t.TempDir()}); err != nil {
		t.Errorf("on a large disk: %v", err)
	}
}
