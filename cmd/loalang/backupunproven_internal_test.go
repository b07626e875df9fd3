package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestWhatANightCopiedThatEndedEarlyIsReadBack: sound that was copied before the power was cut
// counted by its length the next night, and older backups went for one that nobody had read.
func TestWhatANightCopiedThatEndedEarlyIsReadBack(t *testing.T) {
	data, dir := t.TempDir(), t.TempDir()
	h := hoardOf(t, data, dir)
	wrong, whole := aSound(t, data, "một"), aSound(t, data, "hai")
	path := filepath.Join(dir, h.name(""))
	if _, err := h.file(t.Context(), path); err != nil { // the night ends behind the copying
		t.Fatal(err)
	}
	if err := errors.Join(os.Remove(path), os.WriteFile(h.mirror.Path(wrong), []byte("khác"[:len("một")]), 0o600)); err != nil {
		t.Fatal(err)
	}
	if !h.mirror.Has(wrong, int64(len("một"))) || !h.mirror.Has(whole, int64(len("hai"))) {
		t.Fatal("they are not beside the backup")
	}
	night := func() error {
		again := &hoard{dir: h.dir, db: h.db, village: h.village, now: time.Now, bare: true, mirror: h.mirror}
		_, err := again.proven(t.Context(), dir)
		return err
	}
	if err := night(); backupFault(err) != "unreadable" {
		t.Errorf("the next night ended with %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*"+backupEnding)); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	if err := night(); err != nil || h.mirror.Whole(t.Context(), wrong, nil) != nil {
		t.Errorf("the night after: %v", err)
	}
	note := filepath.Join(h.mirror.Dir, "unproven.json")
	if exists(note) {
		t.Error("something is still not read back")
	}
	// Where nobody can tell what was read, all is.
	if err := errors.Join(os.WriteFile(note, []byte(`["`), 0o600), os.WriteFile(h.mirror.Path(whole), []byte("ba!"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if err := night(); backupFault(err) != "unreadable" || exists(note) {
		t.Errorf("with half a note: %v", err)
	}
}
