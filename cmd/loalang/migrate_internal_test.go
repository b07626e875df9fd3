package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"loalang/archive/disktest"
	"loalang/store"
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

// What the new version makes wrong is no damage of the database, though the board goes on as with one.
func TestAnUpdateThatFailsIsNoDamageOfBefore(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		want bool
	}{
		{nil, false},
		{store.ErrUpdate, false},
		{store.ErrNewer, false},
		{store.ErrFull, false},
		{syscall.EIO, false},
		{fmt.Errorf("try update: copy: %w", store.ErrCorrupt), true},
		{store.ErrNotDatabase, false},
	} {
		if got := damagedAlready(folder(t.TempDir()), c.err); got != c.want {
			t.Errorf("%v: %v", c.err, got)
		}
	}
}
