package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"loalang/store"
)

// alter runs a statement on a database file behind the store's back.
func alter(t *testing.T, path, statement string, args ...any) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	check(t, err, nil)
	defer db.Close()
	_, err = db.Exec(statement, args...)
	check(t, err, nil)
}

func TestOpenFreshAndAgain(t *testing.T) {
	dir, ctx := t.TempDir(), context.Background()
	c := config(filepath.Join(dir, "new", "loalang.db"))
	s, err := store.Open(ctx, c)
	check(t, err, nil)
	seed(t, s)
	node := s.Node()
	if node == "" {
		t.Error("the node has no name")
	}
	check(t, s.Close(), nil)
	info, err := os.Stat(c.Path)
	check(t, err, nil)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("others may read the file: %v", info.Mode())
	}
	if _, err := os.Stat(c.Path + "-wal"); !os.IsNotExist(err) {
		t.Errorf("close left a write-ahead log: %v", err)
	}
	again := open(t, c)
	v, err := again.Village(ctx, unTa)
	check(t, err, nil)
	if again.Node() != node || v.Name != "Ún Tà" {
		t.Errorf("after opening again: node %q, village %+v", again.Node(), v)
	}
}

// Durability is a property of every connection, and it is lost without a sign:
// each of them must have the settings.
func TestEveryConnectionIsDurable(t *testing.T) {
	s := fresh(t)
	want := map[string]map[string]string{
		"writer": {"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "1500", "query_only": "0"},
		"reader": {"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "1500", "query_only": "1"},
	}
	for name, db := range store.Pools(s) {
		size := db.Stats().MaxOpenConnections
		if only := name == "writer"; only != (size == 1) {
			t.Errorf("the %s has %d connections", name, size)
		}
		for range size {
			conn, err := db.Conn(context.Background()) // held, so that the next one is another
			check(t, err, nil)
			defer conn.Close()
			for pragma, value := range want[name] {
				var got string
				check(t, conn.QueryRowContext(context.Background(), "PRAGMA "+pragma).Scan(&got), nil)
				if got != value {
					t.Errorf("%s: %s is %s, want %s", name, pragma, got, value)
				}
			}
		}
	}
}

func TestOpenOddPaths(t *testing.T) {
	for _, name := range []string{"a b.db", "q?mode=memory.db", "50%25.db", "tệp#1.db", "-rf.db"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), name)
			seed(t, open(t, config(path)))
			if info, err := os.Stat(path); err != nil || info.Size() == 0 {
				t.Errorf("the database is elsewhere: %v", err)
			}
		})
	}
	t.Run("relative", func(t *testing.T) {
		t.Chdir(t.TempDir())
		seed(t, open(t, config("loalang.db")))
		if _, err := os.Stat("loalang.db"); err != nil {
			t.Error(err)
		}
	})
}

func TestOpenRefusesAndChangesNothing(t *testing.T) {
	cases := []struct {
		name    string
		prepare func(t *testing.T, path string)
		want    error
	}{
		{"a text file", func(t *testing.T, path string) {
			check(t, os.WriteFile(path, bytes.Repeat([]byte("bản tin "), 1000), 0o600), nil)
		}, store.ErrNotDatabase},
		{"another program's database", func(t *testing.T, path string) {
			alter(t, path, "CREATE TABLE songs (id INTEGER)")
		}, store.ErrNotDatabase},
		{"another program's mark", func(t *testing.T, path string) {
			alter(t, path, "PRAGMA application_id = 252006")
		}, store.ErrNotDatabase},
		{"a newer version", func(t *testing.T, path string) {
			s, err := store.Open(context.Background(), config(path))
			check(t, err, nil)
			check(t, s.Close(), nil)
			alter(t, path, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1); PRAGMA user_version = 99999")
		}, store.ErrNewer},
		{"a newer version that says nothing of older ones", func(t *testing.T, path string) {
			s, err := store.Open(context.Background(), config(path))
			check(t, err, nil)
			check(t, s.Close(), nil)
			alter(t, path, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1); PRAGMA user_version = 0")
		}, store.ErrNewer},
		{"torn in the middle", func(t *testing.T, path string) {
			s, err := store.Open(context.Background(), config(path))
			check(t, err, nil)
			check(t, s.Close(), nil)
			check(t, os.Truncate(path, 5000), nil)
		}, store.ErrCorrupt},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "loalang.db")
			c.prepare(t, path)
			before, err := os.ReadFile(path)
			check(t, err, nil)
			s, err := store.Open(context.Background(), config(path))
			if err == nil {
				s.Close()
			}
			check(t, err, c.want)
			if !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), ": ") {
				t.Errorf("does not name the file: %v", err)
			}
			after, err := os.ReadFile(path)
			check(t, err, nil)
			if !bytes.Equal(before, after) {
				t.Error("the file was changed")
			}
		})
	}
}

func TestOpenWhereNoFolderCanBe(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	check(t, os.WriteFile(file, nil, 0o600), nil)
	if _, err := store.Open(context.Background(), config(filepath.Join(file, "loalang.db"))); err == nil || !strings.Contains(err.Error(), "not a directory") {
		t.Errorf("got %v", err)
	}
}

// A power cut at the very first start leaves a file that is empty, or holds
// nothing but the list of migrations.
func TestOpenAfterAnInterruptedFirstStart(t *testing.T) {
	cases := map[string]func(path string){
		"empty file": func(path string) { check(t, os.WriteFile(path, nil, 0o600), nil) },
		"only the list of migrations": func(path string) {
			alter(t, path, "CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL, tstamp TIMESTAMP DEFAULT (datetime('now')))")
			alter(t, path, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, 1)")
		},
	}
	for name, prepare := range cases {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "loalang.db")
			prepare(path)
			seed(t, open(t, config(path)))
		})
	}
}

func TestOpenFromManyProcessesAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "loalang.db")
	var wg sync.WaitGroup
	nodes := make([]string, 6)
	for i := range nodes {
		wg.Go(func() {
			s, err := store.Open(context.Background(), config(path))
			if err != nil {
				t.Error(err)
				return
			}
			nodes[i] = s.Node()
			if err := s.Seed(context.Background(), village(), slots()); err != nil {
				t.Error(err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, node := range nodes {
		if node == "" || node != nodes[0] {
			t.Fatalf("the node has several names: %q", nodes)
		}
	}
}

func TestIntegrityFindsDamage(t *testing.T) {
	c := config(filepath.Join(t.TempDir(), "loalang.db"))
	s, err := store.Open(context.Background(), c)
	check(t, err, nil)
	seed(t, s)
	for i := range 400 { // what is read at the start lies in the first two thirds
		check(t, s.Record(context.Background(), played(string(rune('a'+i%26))+newID(), day0)), nil)
	}
	check(t, s.Close(), nil)
	raw, err := os.ReadFile(c.Path)
	check(t, err, nil)
	for i := len(raw) * 2 / 3; i < len(raw); i++ {
		raw[i] = 0xa5
	}
	check(t, os.WriteFile(c.Path, raw, 0o600), nil)
	damaged := open(t, c)
	check(t, damaged.Integrity(context.Background()), store.ErrCorrupt)
	after, err := os.Stat(c.Path)
	check(t, err, nil)
	if after.Size() < int64(len(raw)) {
		t.Error("the damaged file was cut")
	}
}

func TestAHeldDatabaseIsReportedInTime(t *testing.T) {
	c := config(filepath.Join(t.TempDir(), "loalang.db"))
	s := open(t, c)
	seed(t, s)
	other, err := sql.Open("sqlite3", c.Path+"?_txlock=exclusive")
	check(t, err, nil)
	defer other.Close()
	tx, err := other.Begin()
	check(t, err, nil)
	check(t, s.Record(context.Background(), played("o", day0)), store.ErrBusy)
	if _, err := s.Village(context.Background(), unTa); err != nil {
		t.Errorf("readers wait for a writer: %v", err)
	}
	check(t, tx.Rollback(), nil)
	check(t, s.Record(context.Background(), played("o", day0)), nil)
}

// Each connection kept 2 MB of the file, and a board grew for days until all five had them.
func TestAConnectionKeepsHalfAMegabyteOfTheFile(t *testing.T) {
	s := open(t, config(filepath.Join(t.TempDir(), "loalang.db")))
	for name, pool := range store.Pools(s) {
		var kept int
		if err := pool.QueryRowContext(t.Context(), "PRAGMA cache_size").Scan(&kept); err != nil || kept != -512 {
			t.Errorf("%s: %d, %v", name, kept, err)
		}
	}
}
