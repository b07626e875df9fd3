package main_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// An update that is tried on a database which is damaged already ends with a code of its own: it was one that
// does not take the data, and no board with a damaged database could take any in.
func TestAnUpdateTriedOnADamagedDatabaseSaysSoByItsCode(t *testing.T) {
	t.Parallel()
	data := aBoard(t)
	database := filepath.Join(data, "loalang.db")
	whole, err := os.ReadFile(database)
	if err != nil {
		t.Fatal(err)
	}
	try := func(name string, raw []byte, want int) {
		t.Helper()
		write(t, database, raw)
		if out, errs, code := loalang(t, "", "migrate", "--dry-run", "--data", data); code != want {
			t.Errorf("%s: migrate --dry-run = %d, not %d: %s%s", name, code, want, out, errs)
		}
		if after, err := os.ReadFile(database); err != nil || !bytes.Equal(after, raw) {
			t.Errorf("%s: the file was changed: %v", name, err)
		}
	}
	page, head := slices.Clone(whole), slices.Clone(whole)
	copy(page[len(page)-len(page)/3:], bytes.Repeat([]byte{0xa5}, len(page)/3))
	copy(head, "\x00\x00\x00\x00")
	try("whole", whole, 0)
	try("a page", page, 4)
	if _, errs, code := loalang(t, "", "migrate", "--data", data); code != 1 {
		t.Errorf("migrate = %d: %s", code, errs)
	}
	try("its head", head, 4)
	if err := os.RemoveAll(filepath.Join(data, "standby")); err != nil {
		t.Fatal(err)
	}
	try("what was never ours", head, 1)
}
