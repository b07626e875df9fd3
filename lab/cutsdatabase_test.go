package lab_test

import (
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"loalang/lab"
	"loalang/store"
)

// TestADatabaseThatVanishedIsNotWhole: after a power cut that took the whole file a new one was
// made in its place, looked through, and counted as whole.
func TestADatabaseThatVanishedIsNotWhole(t *testing.T) {
	for _, name := range []string{"/usr/sbin/mkfs.ext4", "/usr/sbin/debugfs"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("no %s: apt-get install e2fsprogs", name)
		}
	}
	cases := []struct {
		name  string
		cut   func(path string) error
		whole bool
	}{
		{"OK", func(string) error { return nil }, true},
		{"Vanished", os.Remove, false},
		{"Empty", func(path string) error { return os.Truncate(path, 0) }, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir, image := t.TempDir(), filepath.Join(t.TempDir(), "data.ext4")
			path := filepath.Join(dir, "loalang.db")
			s, err := store.Open(t.Context(), store.Config{Path: path, Now: time.Now, NewID: func() string { return "node" }, Log: slog.New(slog.DiscardHandler)})
			check(t, err)
			check(t, errors.Join(s.Close(), c.cut(path)))
			im := &lab.Image{Dir: dir}
			check(t, im.Disk(t.Context(), image, "32M"))
			err = wholeDatabase(t.Context(), image, filepath.Join(t.TempDir(), "out"))
			if (err == nil) != c.whole {
				t.Errorf("looked through: %v", err)
			}
		})
	}
}
