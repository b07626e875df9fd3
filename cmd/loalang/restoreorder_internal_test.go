package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loalang/archive/disktest"
)

// A start that met a half-swapped restore made a new village, and the next put that in the place of the old one which was
// kept: nobody was told, and the old one was lost.
func TestAHalfSwappedRestoreWritesOverNothing(t *testing.T) {
	t.Parallel()
	data, p, _ := swapped(t)
	aside := filepath.Join(data, p.Aside)
	var err error
	for _, name := range p.Old {
		err = errors.Join(err, os.Rename(filepath.Join(data, name), filepath.Join(aside, name)))
	}
	err = errors.Join(err, os.Mkdir(filepath.Join(data, standbyName), 0o700), os.Mkdir(filepath.Join(data, "tls"), 0o700))
	fresh := []string{"loalang.db", "loalang.db-wal", "loalang.db-shm", "standby/inside", "tls/inside"}
	for _, name := range fresh {
		err = errors.Join(err, os.WriteFile(filepath.Join(data, name), []byte("fresh"), 0o600))
	}
	if err = errors.Join(err, finishRestore(data)); err != nil {
		t.Fatal(err)
	}
	for where, want := range map[string]string{
		filepath.Join(aside, "loalang.db"): "old", filepath.Join(aside, "loalang.db-wal"): "old", filepath.Join(aside, "standby/inside"): "old",
		filepath.Join(data, "loalang.db"): "new", filepath.Join(data, "standby/inside"): "new", filepath.Join(data, "tls/inside"): "new",
	} {
		if raw, err := os.ReadFile(where); string(raw) != want {
			t.Errorf("%s holds %q, not %q: %v", where, raw, want, err)
		}
	}
	for _, name := range fresh {
		if raw, err := os.ReadFile(filepath.Join(aside, "meanwhile-1", name)); string(raw) != "fresh" {
			t.Errorf("%s of meanwhile is not kept: %q, %v", name, raw, err)
		}
	}
	if exists(filepath.Join(data, "loalang.db-wal")) {
		t.Error("the log of another database lies beside the restored one")
	}
}

// A restore half of which was done, the rest refused by an ill card, had put the standby aside with the database: the
// start took the folder for a fresh one.
func TestAHalfSwappedRestoreIsNoFreshFolder(t *testing.T) {
	t.Parallel()
	for _, used := range []bool{true, false} {
		data, p, _ := swapped(t)
		if !used {
			for _, name := range p.Old {
				if err := os.RemoveAll(filepath.Join(data, name)); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := disktest.Broken(t, filepath.Join(data, stageName, "loalang.db")); err != nil { // nobody moves it
			t.Skipf("SKIPPED: %v: run the tests as root", err)
		}
		if err := finishRestore(data); err == nil || exists(filepath.Join(data, "loalang.db")) {
			t.Fatalf("it is not half done, which tests nothing: %v", err)
		}
		if !folder(data).inhabited() || !exists(filepath.Join(data, standbyName, "inside")) {
			t.Errorf("used %v: the next start makes a new village", used)
		}
	}
}

// What is in the place of the new database belongs to it: the next try to finish takes nothing of it away.
func TestAnUnfinishedRestoreLeavesTheLogOfTheNewDatabase(t *testing.T) {
	t.Parallel()
	data, _, renames := swapped(t)
	for _, r := range renames[:len(renames)-2] { // the database is in its place
		if err := os.Rename(r[0], r[1]); err != nil {
			t.Fatal(err)
		}
	}
	log := filepath.Join(data, "loalang.db-wal")
	if err := errors.Join(os.WriteFile(log, []byte("acknowledged"), 0o600), finishRestore(data)); err != nil {
		t.Fatal(err)
	}
	if raw, err := os.ReadFile(log); string(raw) != "acknowledged" {
		t.Errorf("the log of the new database is gone: %q, %v", raw, err)
	}
}

// An entry that an ill card gives no more kept a restore half done for ever. It stays where it is, and is told; where the
// database could not be put in its place nothing is touched.
func TestARestoreOntoAnIllEntry(t *testing.T) {
	t.Parallel()
	for name, refused := range map[string]bool{"buffers.json": false, "loalang.db": true} {
		data, err := disktest.Sick(t, 16<<20, name, func(dir string) error {
			return errors.Join(os.WriteFile(filepath.Join(dir, "loalang.db"), []byte("old"), 0o600), os.WriteFile(filepath.Join(dir, "buffers.json"), []byte("old"), 0o600))
		})
		if err != nil {
			t.Skipf("SKIPPED: a card cannot be mounted here (%v): run the tests as root, with mkfs.ext4 and debugfs", err)
		}
		stage := filepath.Join(data, stageName)
		err = os.Mkdir(stage, 0o700)
		for _, name := range []string{"loalang.db", "buffers.json"} {
			err = errors.Join(err, os.WriteFile(filepath.Join(stage, name), []byte("new"), 0o600))
		}
		if err != nil {
			t.Fatal(err)
		}
		var said strings.Builder
		r := restoring{data: data, now: time.Now, log: func(format string, args ...any) { fmt.Fprintf(&said, format+"\n", args...) }}
		_, err = r.swap(stage)
		if (err != nil) != refused || refused == strings.Contains(said.String(), "does not give back "+name) {
			t.Errorf("%s: %v, told %q", name, err, said.String())
		}
		if raw, _ := os.ReadFile(filepath.Join(data, "loalang.db")); !refused && string(raw) != "new" {
			t.Errorf("%s: the database is %q", name, raw)
		}
		if exists(filepath.Join(data, pendingName)) {
			t.Errorf("%s: the restore is left half done", name)
		}
	}
}
