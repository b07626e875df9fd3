package store_test

import (
	"bytes"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"loalang/store"
)

// TestAWornStickIsNoDamageOfTheDatabase: a copy that did not read back from its stick was taken for
// damage of the board's own database: nothing more was written to it, and no other disk got a copy.
func TestAWornStickIsNoDamageOfTheDatabase(t *testing.T) {
	c := config(filepath.Join(t.TempDir(), "loalang.db"))
	s := open(t, c)
	db, err := sql.Open("sqlite3", c.Path)
	check(t, err, nil)
	defer db.Close()
	// Taking the sign-ins out of the copy takes a while in which the stick can go bad.
	_, err = db.Exec(`INSERT INTO sessions (token, data, expires_at) VALUES ('a', x'00', 1);
		CREATE TRIGGER slowly AFTER DELETE ON sessions BEGIN
			SELECT count(*) FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 5000000) SELECT i FROM n);
		END`)
	check(t, err, nil)
	path := filepath.Join(t.TempDir(), "copy.db")
	_, err = db.Exec("VACUUM INTO ?", path+".whole")
	check(t, err, nil)
	info, err := os.Stat(path + ".whole")
	check(t, err, nil)
	worn := make(chan error, 1)
	go func() { worn <- wearOut(path, info.Size()) }()
	err = s.Snapshot(t.Context(), path)
	check(t, <-worn, nil)
	if !errors.Is(err, store.ErrCopyUnread) || errors.Is(err, store.ErrCorrupt) || s.Damaged() {
		t.Errorf("copied with %v; damaged: %v", err, s.Damaged())
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the copy is there: %v", err)
	}
	_, err = db.Exec("DROP TRIGGER slowly")
	check(t, err, nil)
	check(t, s.Snapshot(t.Context(), path), nil) // as onto the next disk
}

// wearOut writes over the second half of a copy of a database, of so many bytes, as soon as it
// is whole and being changed.
func wearOut(path string, bytesOf int64) error {
	for begin := time.Now(); ; time.Sleep(time.Millisecond) {
		_, err := os.Stat(path + "-journal")
		if info, failed := os.Stat(path); err == nil && failed == nil && info.Size() == bytesOf {
			break
		}
		if time.Since(begin) > time.Minute {
			return errors.New("the copy is never changed")
		}
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(bytes.Repeat([]byte{0xa5}, int(bytesOf/2)), bytesOf/2)
	return errors.Join(err, f.Close())
}

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
