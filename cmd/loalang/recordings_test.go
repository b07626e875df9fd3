package main_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What the library holds is listed and can be deleted beside a running serve;
// what is built in, used or unknown is refused with a sentence.
func TestDeleteRecordings(t *testing.T) {
	t.Parallel()
	need(t, sound)
	data := t.TempDir()
	board := serve(t, data, "null")
	run := func(args ...string) (out, errs string, code int) {
		t.Helper()
		return loalang(t, "", append(append([]string{"recordings"}, args...), "--data", data)...)
	}
	take := filepath.Join(t.TempDir(), "hop.m4a")
	if err := os.WriteFile(take, phone(t, "m4a", "-c:a", "aac").raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, errs, code := run("import", take); code != 0 {
		t.Fatalf("import: exit %d, %s", code, errs)
	}
	out, _, _ := run("list", "--json")
	var first, second struct {
		ID, Kind string
		Duration float64
	}
	lines := strings.Split(out, "\n")
	if json.Unmarshal([]byte(lines[0]), &first) != nil || json.Unmarshal([]byte(lines[1]), &second) != nil || len(first.ID) != 64 || first.Kind != "take" || first.Duration < 1 || second.Kind != "builtin" {
		t.Fatalf("list prints %s", out)
	}
	if out, _, code := run("list"); code != 0 || !strings.Contains(out, first.ID) || !strings.Contains(out, "hop") {
		t.Errorf("list prints %s", out)
	}
	_, errs, code := run("delete", "atlantis", second.ID, first.ID)
	if code != 1 || !strings.Contains(errs, "no such recording") || !strings.Contains(errs, "part of the program") || strings.Contains(errs, first.ID[:12]) {
		t.Errorf("delete: exit %d, %s", code, errs)
	}
	if out, _, _ := run("list"); strings.Contains(out, first.ID) || !strings.Contains(out, second.ID) {
		t.Errorf("afterwards the list is %s", out)
	}
	for _, folder := range []string{"original", "master"} {
		err := filepath.WalkDir(filepath.Join(data, "recordings", folder), func(path string, e fs.DirEntry, err error) error {
			if err == nil && !e.IsDir() {
				t.Errorf("left behind: %s", path)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	board.stop()
}
