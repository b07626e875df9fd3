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
