package store_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// TestSnapshotIsNobodyElsesFromItsFirstByte: it was made for everybody and then changed, which a
// stick refuses that belongs to another user; and what stood in its place was removed.
func TestSnapshotIsNobodyElsesFromItsFirstByte(t *testing.T) {
	s := fresh(t)
	path := filepath.Join(t.TempDir(), "copy.db")
	if err := s.Snapshot(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 || info.Size() == 0 {
		t.Errorf("the copy: %v, %v", info, err)
	}
	taken := filepath.Join(t.TempDir(), "taken.db")
	if err := os.WriteFile(taken, []byte("somebody's"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Snapshot(t.Context(), taken); !errors.Is(err, fs.ErrExist) {
		t.Errorf("in the place of another file: %v, want that it is there", err)
	}
	if raw, err := os.ReadFile(taken); err != nil || string(raw) != "somebody's" {
		t.Errorf("what stood there: %q, %v", raw, err)
	}
}
