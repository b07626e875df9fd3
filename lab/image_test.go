package lab_test

import (
	"errors"
	"io/fs"
	"path/filepath"
	"testing"

	"loalang/lab"
)

// TestAProgramThatIsNotThereIsTold: a machine without busybox was built and started, and
// its tests failed of a shell that nobody had put into it.
func TestAProgramThatIsNotThereIsTold(t *testing.T) {
	im, err := lab.NewImage(filepath.Join(t.TempDir(), "root"))
	check(t, err)
	if err := im.Program(filepath.Join(t.TempDir(), "busybox"), "/usr/bin/busybox"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a program that is not there was put into a machine: %v", err)
	}
}
