package main_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"loalang/store"
)

// Which board made a backup is listed and told at a restore, under the names that older versions
// gave as well; the panel hands out both.
func TestABackupSaysWhichBoardMadeIt(t *testing.T) {
	t.Parallel()
	data := aBoard(t)
	var board string
	alone(t, data, func(_ context.Context, db *store.Store) error {
		board = db.Node()[28:]
		return nil
	})
	night(t, data, "")
	dir := filepath.Join(data, "backups")
	list := succeed(t, "backup", "list", "--data", data)
	fields := strings.Fields(list)
	if len(fields) != 5 || fields[3] != board || !strings.HasPrefix(filepath.Base(fields[4]), "loalang-un-ta-"+board+"-") {
		t.Fatalf("listed: %s", list)
	}
	old := filepath.Join(dir, strings.Replace(filepath.Base(fields[4]), board+"-", "", 1))
	raw, err := os.ReadFile(fields[4])
	if err != nil {
		t.Fatal(err)
	}
	write(t, old, raw)
	if list = succeed(t, "backup", "list", "--data", data); strings.Count(list, "  "+board+"  ") != 2 {
		t.Errorf("with an older name: %s", list)
	}
	for _, file := range []string{fields[4], old} {
		if out := succeed(t, "restore", file, "--data", filepath.Join(t.TempDir(), "data")); !strings.Contains(out, "by the board "+board) {
			t.Errorf("restore said %s", out)
		}
	}
	d := serve(t, data, "null", quick...).admit()
	said := d.call(http.MethodGet, "/backups", nil, http.StatusOK)
	for _, file := range []string{fields[4], old} {
		if name := filepath.Base(file); !strings.Contains(fmt.Sprint(said), name) {
			t.Errorf("the panel does not list %s: %v", name, said)
		} else if status, _ := d.signedPage("/api/v1/backups/" + name); status != http.StatusOK {
			t.Errorf("%s: %d", name, status)
		}
	}
}

// TestBackupsOfEveryVillageAreListed: on a card that was set up anew the village of the board is not set yet. What
// lay on the stick was not listed, and nothing said that it looked for another village's.
func TestBackupsOfEveryVillageAreListed(t *testing.T) {
	t.Parallel()
	data, stick := aBoard(t), t.TempDir()
	out := succeed(t, "backup", "list", stick, "--data", data)
	if out != "" {
		t.Errorf("an empty folder has %s", out)
	}
	made := succeed(t, "backup", stick, "--data", data)
	for _, name := range []string{"loalang-thon-2-0a1b2c3d-20261126-021000Z.loalang.tar", "loalang-lang-20261126-20261126-021000Z-by-hand.loalang.tar", "loalang-thon-2-20261125-021000Z.loalang.tar", "loalang-thon-2.loalang.tar", "phim.mkv"} {
		if err := os.WriteFile(filepath.Join(stick, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out = succeed(t, "backup", "list", stick, "--data", data)
	if n := strings.Count(out, "\n"); n != 4 || !strings.Contains(out, "0a1b2c3d") || strings.Contains(out, "phim") {
		t.Errorf("%d are listed of what %s made and lies there: %s", n, made, out)
	}
}
