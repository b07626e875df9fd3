package recordings_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"loalang/recordings"
)

// The words of an emergency are made with the disk in its reserve, the index
// out of order, and an import holding the one place for ffmpeg.
func TestFleetingNeedsNeitherDiskNorIndex(t *testing.T) {
	memory := filepath.Join(t.TempDir(), "memory")
	l, x, root := library(t, func(c *recordings.Config) {
		c.Limits.Reserve = 1 << 60
		c.Memory = memory
	})
	x.err = errors.New("database is locked")
	path := say(t, t.TempDir(), 6)
	if _, err := importFile(l, path); !errors.Is(err, recordings.ErrDiskFull) {
		t.Fatalf("import = %v, want ErrDiskFull", err)
	}
	release := l.HoldSandbox()
	defer release()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	play, err := l.Fleeting(context.Background(), f)
	if err != nil {
		t.Fatal(err)
	}
	defer play.Close()
	if h := measure(t, fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), play.Fd())); !near(h.integrated, -18, 0.3) || h.truePeak > -1.5 {
		t.Errorf("ffmpeg hears %+v, want the level of everything that airs", h)
	}
	if len(x.known) > 0 {
		t.Errorf("the index knows of it: %v", x.known)
	}
	for _, dir := range []string{memory, filepath.Join(root, "tmp"), filepath.Join(root, "play")} {
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("left in %s: %v, %v", dir, left, err)
		}
	}
}

// What a killed process left in memory goes with the next message.
func TestFleetingSweepsMemory(t *testing.T) {
	memory := t.TempDir()
	l, _, _ := library(t, func(c *recordings.Config) { c.Memory = memory })
	if err := os.Mkdir(filepath.Join(memory, "import-left"), 0o700); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(say(t, t.TempDir(), 2))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	play, err := l.Fleeting(context.Background(), f)
	if err != nil {
		t.Fatal(err)
	}
	play.Close()
	if left, _ := os.ReadDir(memory); len(left) > 0 {
		t.Errorf("left in memory: %v", left)
	}
}
