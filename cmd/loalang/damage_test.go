package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// A damaged database keeps the board neither from starting nor from its last
// plan and its emergencies; nobody touches the file, and once a backup of before is
// restored over it everything that happened meanwhile is in the log.
func TestDamagedDatabaseDoesNotSilenceTheBoard(t *testing.T) {
	t.Parallel()
	need(t, sound)
	data := t.TempDir()
	d := serve(t, data, "null", quick...).admit()
	token := d.token
	if _, errs, code := loalang(t, "trạm y tế xã\n", "user", "add", "Hoa", "--role", "cadre", "--password-stdin", "--data", data); code != 0 {
		t.Fatal(errs)
	}
	id := d.announce(object{"title": "Mời họp thôn", "text": "Kính mời bà con đi họp.", "renditions": []object{{"language": "vi"}}})
	due := time.Now().Add(time.Minute) // what follows must be over before
	d.airAt(id, due)
	d.until("the plan is published", func() bool {
		raw, _ := os.ReadFile(filepath.Join(data, "standby", "plan-un-ta.json"))
		return bytes.Contains(raw, []byte(id))
	})
	kept := filepath.Join(t.TempDir(), "before.loalang.tar")
	succeed(t, "backup", kept, "--data", data)
	d.stop()
	database := filepath.Join(data, "loalang.db")
	whole, err := os.ReadFile(database)
	if err != nil {
		t.Fatal(err)
	}
	damaged := slices.Clone(whole)
	for i := 100; i < len(damaged); i += 7 {
		damaged[i] ^= 0xa5
	}
	write(t, database, damaged)

	d = start(t, data, "null", quick...)
	d.token = token
	if status, text := d.page("/readyz"); status != http.StatusServiceUnavailable || !strings.Contains(text, "database-damaged") {
		t.Errorf("/readyz = %d %s", status, text)
	}
	if _, text := d.page("/sign-in"); !strings.Contains(text, "Kho dữ liệu bị hỏng") {
		t.Error("the panel does not say that the database is damaged")
	}
	if got, answer := d.try(http.MethodGet, "/asrun", nil); got != http.StatusServiceUnavailable || answer["code"] != "database-damaged" {
		t.Errorf("GET /asrun = %d %v", got, answer)
	}
	if plan := d.call(http.MethodGet, "/plan", nil, http.StatusOK); !strings.Contains(fmt.Sprint(plan["occurrences"]), id) {
		t.Errorf("GET /plan = %v, want the last plan", plan)
	}
	d.call(http.MethodPost, "/emergency", object{"title": "Lũ quét", "reason": "Nước dâng nhanh"}, http.StatusCreated)
	d.until("the emergency sounds", func() bool { return spooled(t, data, "emergency", "") })
	d.call(http.MethodDelete, "/emergency", nil, http.StatusNoContent)
	d.until("what was planned has aired", func() bool { return spooled(t, data, "notice", "played") })
	d.kill()
	d = start(t, data, "null", quick...) // and once more, without airing it again
	if out, errs, code := loalang(t, "", "doctor", "--lang", "en", "--data", data); code != 2 || !strings.Contains(out, "FAIL database: the database is damaged") || !strings.Contains(out, "restore") {
		t.Errorf("loalang doctor = %d: %s%s", code, out, errs)
	}
	for _, command := range [][]string{{"plan"}, {"token", "add", "x", "--role", "viewer"}} {
		if out, errs, code := loalang(t, "", append(command, "--data", data)...); code != 1 || !strings.Contains(out+errs, "the database is damaged: stop loalang") {
			t.Errorf("loalang %v = %d: %s", command, code, errs)
		}
	}
	time.Sleep(3 * time.Second)
	d.stop()
	after, err := os.ReadFile(database)
	if err != nil || !bytes.Equal(damaged, after) {
		t.Errorf("the damaged file was changed: %v", err)
	}

	if out := succeed(t, "restore", kept, "--data", data, "--over", "--keep-tokens"); !strings.Contains(out, "rows of what aired") {
		t.Errorf("restore said %s", out)
	}
	d = serve(t, data, "null", quick...)
	d.token = token
	row := d.row(id)
	if row["outcome"] != "played" || len(airings(row)) != 2 {
		t.Errorf("as-run = %v, want what aired without the database", row)
	}
	d.until("the emergency is in the log", func() bool {
		return slices.ContainsFunc(d.rows(), func(r object) bool { return r["kind"] == "emergency" && r["outcome"] == "stopped" })
	})
	d.until("nothing is spooled any more", func() bool {
		files, err := filepath.Glob(filepath.Join(data, "spool", "asrun-*.json"))
		return err == nil && len(files) == 0
	})
}

func write(t *testing.T, name string, raw []byte) {
	t.Helper()
	for _, side := range []string{name + "-wal", name + "-shm"} {
		if err := os.Remove(side); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(name, raw, 0o600); err != nil {
		t.Fatal(err)
	}
}

// page reads a page of the panel as a stranger.
func (d *daemon) page(path string) (status int, text string) {
	d.t.Helper()
	resp, err := http.Get(d.url + path)
	if err != nil {
		d.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	return resp.StatusCode, string(raw)
}

// spooled says whether the spool has a row of a kind that sounded, with an
// outcome.
func spooled(t *testing.T, data, kind, outcome string) bool {
	t.Helper()
	files, err := fs.Glob(os.DirFS(data), "spool/asrun-*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		var row struct {
			Kind, Outcome string
			Airings       []any
		}
		raw, err := os.ReadFile(filepath.Join(data, name))
		if err == nil && json.Unmarshal(raw, &row) == nil && row.Kind == kind && row.Outcome == outcome && len(row.Airings) > 0 {
			return true
		}
	}
	return false
}
