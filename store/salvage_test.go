package store_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"loalang/people"
	"loalang/store"
)

// written is a closed database in which fill has written.
func written(t *testing.T, fill func(tx *sql.Tx) error) store.Config {
	t.Helper()
	c := config(filepath.Join(t.TempDir(), "loalang.db"))
	s, err := store.Open(context.Background(), c)
	check(t, err, nil)
	check(t, s.Close(), nil)
	db, err := sql.Open("sqlite3", c.Path)
	check(t, err, nil)
	db.SetMaxOpenConns(1)
	tx, err := db.Begin()
	check(t, err, nil)
	check(t, fill(tx), nil)
	check(t, tx.Commit(), nil)
	_, err = db.Exec("PRAGMA wal_checkpoint(TRUNCATE)")
	check(t, err, nil)
	check(t, db.Close(), nil)
	return c
}

// destroy writes zeros over some of the leaves that hold a word, counted from the first in
// the file, and says how many leaves there are and how many rows lay on those.
func destroy(t *testing.T, path string, kind byte, word string, which ...int) (leaves int, rows int64) {
	t.Helper()
	raw, err := os.ReadFile(path)
	check(t, err, nil)
	for at := 4096; at+4096 <= len(raw); at += 4096 {
		page := raw[at : at+4096]
		if page[0] != kind || !bytes.Contains(page, []byte(word)) {
			continue
		}
		if slices.Contains(which, leaves) {
			rows += int64(binary.BigEndian.Uint16(page[3:]))
			clear(page)
		}
		leaves++
	}
	check(t, os.WriteFile(path, raw, 0o600), nil)
	return leaves, rows
}

// Of a table with several destroyed pages everything is saved that does not lie on one of
// them, between two of them as well: tables of numbered rows, of texts and of two columns.
func TestSalvageSavesWhatLiesBetweenDestroyedPages(t *testing.T) {
	t.Parallel()
	const n = 3000
	word := func(table string) string { return strings.Repeat(table, 8) }
	c := written(t, func(tx *sql.Tx) error {
		for i := range n {
			sum := sha256.Sum256([]byte(fmt.Sprint(i)))
			_, err := tx.Exec("INSERT INTO health_changes (at, part, level, code) VALUES (?, ?, '', '')", i, word("changes"))
			if err == nil {
				_, err = tx.Exec("INSERT INTO history_texts (digest, text) VALUES (?, ?)", hex.EncodeToString(sum[:]), word("texts"))
			}
			if err == nil {
				_, err = tx.Exec("INSERT INTO health_samples (step, at, level) VALUES (?, ?, ?)", 300+i/1000, i*300_000_000, word("samples"))
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	const numbered, keyed = 13, 10 // leaves, as the file format calls them
	lost := map[string]int64{}
	var leaves int
	for _, table := range []struct {
		name, word string
		kind       byte
		which      []int
	}{
		{"health_changes", "changes", numbered, []int{0, 3, 4, 9}},
		{"history_texts", "texts", keyed, []int{2, 7, 30}},
		{"health_samples", "samples", keyed, []int{3, 8}},
	} {
		leaves, lost[table.name] = destroy(t, c.Path, table.kind, word(table.word), table.which...)
		if leaves < 12 || lost[table.name] == 0 {
			t.Fatalf("%s: %d leaves, %d rows destroyed", table.name, leaves, lost[table.name])
		}
	}
	list, err := store.Salvage(context.Background(), c, c.Path+".new")
	check(t, err, nil)
	for _, one := range list {
		gone, sought := lost[one.Table]
		if !sought {
			continue
		}
		if one.Saved != n-gone || one.Lost != gone && one.Lost != -1 {
			t.Errorf("%s: saved %d of %d, %d lay on destroyed pages; told lost %d", one.Table, one.Saved, n, gone, one.Lost)
		}
	}
}

// A lost page of recordings or of announcements made the whole salvage fail: what belongs to
// them lies in tables without row numbers, of which no row was left out.
func TestSalvageLeavesOutWhatBelongsToALostPage(t *testing.T) {
	t.Parallel()
	const n = 3000
	word := func(table string) string { return strings.Repeat(table, 8) }
	c := written(t, func(tx *sql.Tx) error {
		if _, err := tx.Exec("INSERT INTO villages (id, village, origin, revision, created_at, updated_at, name, commune, zone, languages, allowed) VALUES ('v', 'un-ta', '', 1, 1, 1, 'Un Tà', '', '', '[]', '[]')"); err != nil {
			return err
		}
		for i := range n {
			for _, row := range []string{
				"INSERT INTO recordings (id, village, origin, revision, created_at, updated_at, title, kind, length_ns, loudness, true_peak, warnings, bytes, brought_by) VALUES (?1, 'un-ta', '', 1, 1, 1, ?2, '', 1, 1, 1, '', 1, '')",
				"INSERT INTO variants (recording, form, sha256, bytes) VALUES (?1, 'play', ?1, 1)",
				"INSERT INTO spoken (key, recording, created_at) VALUES (?1, ?1, 1)",
				"INSERT INTO announcements (id, village, origin, revision, created_at, updated_at, title, topic, class, issuer, text, zone, created_by) VALUES (?1, 'un-ta', '', 1, 1, 1, ?3, '', '', '', '', '', '')",
				"INSERT INTO wordings (announcement, wording, text, created_at) VALUES (?1, '', '', 1)",
			} {
				if _, err := tx.Exec(row, fmt.Sprintf("%05d", i), word("sounds"), word("notices")); err != nil {
					return fmt.Errorf("%s: %w", row, err)
				}
			}
		}
		return nil
	})
	lost := map[string]int64{}
	for of, owner := range map[string]string{"sounds": "recordings", "notices": "announcements"} {
		leaves, gone := destroy(t, c.Path, 13, word(of), 2, 5)
		if leaves < 12 || gone == 0 {
			t.Fatalf("%s: %d leaves, %d rows destroyed", owner, leaves, gone)
		}
		lost[owner] = gone
	}
	list, err := store.Salvage(context.Background(), c, c.Path+".new")
	check(t, err, nil)
	for table, owner := range map[string]string{"recordings": "recordings", "variants": "recordings", "spoken": "recordings", "announcements": "announcements", "wordings": "announcements"} {
		i := slices.IndexFunc(list, func(s store.Salvaged) bool { return s.Table == table })
		if one := list[i]; one.Saved != n-lost[owner] || one.Lost != lost[owner] {
			t.Errorf("%s: saved %d and lost %d of %d; %d lay on destroyed pages of %s", table, one.Saved, one.Lost, n, lost[owner], owner)
		}
	}
}

// A repair that lost the board's own name made another board of it, whose backups on the
// stick were a stranger's; a lost token is one that lies beside the database.
func TestSalvageKeepsTheNameOfTheBoard(t *testing.T) {
	t.Parallel()
	c := config(filepath.Join(t.TempDir(), "loalang.db"))
	s, err := store.Open(context.Background(), c)
	check(t, err, nil)
	node := s.Node()
	token := people.Token{ID: "t1", Name: "phone", Role: people.Cadre, Village: "un-ta", Hash: strings.Repeat("a", 64), Created: c.Now()}
	check(t, s.SaveToken(context.Background(), token), nil)
	check(t, s.Close(), nil)
	db, err := sql.Open("sqlite3", c.Path)
	check(t, err, nil)
	_, err = db.Exec("DELETE FROM node; DELETE FROM tokens; PRAGMA wal_checkpoint(TRUNCATE)")
	check(t, err, nil)
	check(t, db.Close(), nil)
	to := c.Path + ".new"
	_, err = store.Salvage(context.Background(), c, to)
	check(t, err, nil)
	c.Path = to
	again, err := store.Open(context.Background(), c)
	check(t, err, nil)
	defer func() { check(t, again.Close(), nil) }()
	same(t, "name of the board", again.Node(), node)
	all, err := again.AllTokens(context.Background())
	check(t, err, nil)
	if len(all) != 1 || all[0].ID != token.ID || all[0].Hash != token.Hash {
		t.Errorf("tokens: %v", all)
	}
}

// A row that the new database refuses is lost, and told so.
func TestSalvageCountsWhatTheNewDatabaseRefuses(t *testing.T) {
	t.Parallel()
	c := written(t, func(tx *sql.Tx) error {
		_, err := tx.Exec(`DROP TABLE health_changes;
			CREATE TABLE health_changes (id INTEGER PRIMARY KEY, at, part, level, code, said DEFAULT '[]');
			INSERT INTO health_changes (at, part, level, code) VALUES (1, 'disk', '', ''), (2, NULL, '', ''), ('when', 'disk', '', ''), (4, 'disk', '', '')`)
		return err
	})
	list, err := store.Salvage(context.Background(), c, c.Path+".new")
	check(t, err, nil)
	i := slices.IndexFunc(list, func(s store.Salvaged) bool { return s.Table == "health_changes" })
	same(t, "salvaged", list[i], store.Salvaged{Table: "health_changes", Saved: 2, Lost: 2})
}

// sick is a file of which the disk does not give back some bytes.
type sick struct {
	io.ReaderAt
	from, to int64
}

func (s sick) ReadAt(p []byte, at int64) (int, error) {
	if at < s.to && at+int64(len(p)) > s.from {
		n, _ := s.ReaderAt.ReadAt(p[:max(0, s.from-at)], at)
		return n, syscall.EIO
	}
	return s.ReaderAt.ReadAt(p, at)
}

// A bad place on the card costs what lies in it, and not what lies behind it.
func TestSalvageCopiesAroundABadPlace(t *testing.T) {
	t.Parallel()
	whole := bytes.Repeat([]byte("Kính thưa bà con. "), 200_000)
	var to bytes.Buffer
	torn, err := store.CopyTorn(&to, sick{bytes.NewReader(whole), 1<<20 + 5000, 1<<20 + 9000}, int64(len(whole)))
	check(t, err, nil)
	got := to.Bytes()
	if torn == 0 || torn > 2*4096 || len(got) != len(whole) {
		t.Fatalf("%d bytes are torn, %d copied of %d", torn, len(got), len(whole))
	}
	if from, to := 1<<20+5000, 1<<20+3*4096; !bytes.Equal(got[:from], whole[:from]) || !bytes.Equal(got[to:], whole[to:]) {
		t.Error("what could be read was not copied")
	}
}
