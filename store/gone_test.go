package store_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"loalang/archive/disktest"
	"loalang/store"
)

// SQLite calls a page that the disk does not give back a damaged one, and whoever pulled the disk of
// the data out was told to restore the last backup. The board goes on as without its database, and
// says that the disk is to be plugged in.
func TestADiskThatWasPulledOutIsNoDamage(t *testing.T) {
	dir, err := disktest.Ext4(t, 64<<20)
	if err != nil {
		t.Skipf("SKIPPED: a disk cannot be mounted here (%v): run the tests as root, with mkfs.ext4", err)
	}
	ctx := context.Background()
	c := config(filepath.Join(dir, "loalang.db"))
	s, err := store.Open(ctx, c)
	check(t, err, nil)
	seed(t, s)
	for range 200 {
		check(t, s.Record(ctx, played(newID(), day0)), nil)
	}
	check(t, s.Close(), nil)
	s, err = store.OpenAnyway(ctx, c)
	check(t, err, nil)
	if s.Damaged() || s.Gone() {
		t.Fatal("while it is there it is damaged or gone")
	}
	check(t, disktest.Gone(dir), nil)
	_, err = s.AsRuns(ctx, unTa, day0.AddDate(-1, 0, 0), day0.AddDate(1, 0, 0))
	if !errors.Is(err, store.ErrGone) || !errors.Is(err, syscall.EUCLEAN) || strings.Contains(err.Error(), "data repair") || !s.Damaged() || !s.Gone() {
		t.Errorf("damaged %v, gone %v: %v", s.Damaged(), s.Gone(), err)
	}
	if err := s.SaveToken(ctx, siren()); !errors.Is(err, store.ErrGone) {
		t.Errorf("a write: %v", err)
	}
	_ = s.Close() // it cannot be written any more
}

// Where such a disk is still mounted at the start nothing of the database or of its standby could be
// opened, and the start ended, again and again, without a siren.
func TestADiskThatGivesNothingBackEndsNoStart(t *testing.T) {
	dir, err := disktest.Ext4(t, 64<<20)
	if err != nil {
		t.Skipf("SKIPPED: a disk cannot be mounted here (%v): run the tests as root, with mkfs.ext4", err)
	}
	ctx := context.Background()
	c := config(filepath.Join(dir, "loalang.db"))
	s, err := store.Open(ctx, c)
	check(t, err, nil)
	seed(t, s)
	check(t, s.Close(), nil)
	check(t, disktest.Gone(dir), nil)
	s, err = store.OpenAnyway(ctx, c)
	check(t, err, nil)
	if !s.Gone() || s.Node() == "" {
		t.Errorf("gone %v, node %q", s.Gone(), s.Node())
	}
	if _, err := s.AllTokens(ctx); !errors.Is(err, store.ErrGone) {
		t.Errorf("a reading: %v", err)
	}
	_ = s.Close() // it cannot be written any more
}
