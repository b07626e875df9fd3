package main_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"loalang/archive/disktest"
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

// Where there was no room for the copies nobody looked for damage, and the version that mends it was refused.
func TestADamagedDatabaseWithoutRoomRefusesNoUpdate(t *testing.T) {
	t.Parallel()
	data, err := disktest.Tmpfs(t, "size=40m") // 64 MB are to be free beside the copies
	if err != nil {
		missing(t, err.Error()+": run the tests as root")
	}
	if err := os.CopyFS(data, os.DirFS(aBoard(t))); err != nil {
		t.Fatal(err)
	}
	database := filepath.Join(data, "loalang.db")
	whole, err := os.ReadFile(database)
	if err != nil {
		t.Fatal(err)
	}
	page, head := slices.Clone(whole), slices.Clone(whole)
	copy(page[len(page)-len(page)/3:], bytes.Repeat([]byte{0xa5}, len(page)/3))
	copy(head, "\x00\x00\x00\x00")
	for _, c := range []struct {
		name string
		raw  []byte
		want int
	}{{"whole", whole, 1}, {"a page", page, 4}, {"its head", head, 4}} {
		write(t, database, c.raw)
		if out, errs, code := loalang(t, "", "migrate", "--dry-run", "--data", data); code != c.want {
			t.Errorf("%s: migrate --dry-run = %d, not %d: %s%s", c.name, code, c.want, out, errs)
		}
		if after, err := os.ReadFile(database); err != nil || !bytes.Equal(after, c.raw) {
			t.Errorf("%s: the file was changed: %v", c.name, err)
		}
	}
}
