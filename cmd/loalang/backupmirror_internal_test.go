package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"loalang/archive"
	"loalang/recordings"
)

// aSound puts a file into the library of a data folder, and returns its SHA-256.
func aSound(t *testing.T, data, bytes string) string {
	t.Helper()
	h := sha256.Sum256([]byte(bytes))
	sum := hex.EncodeToString(h[:])
	path := filepath.Join(folder(data).recordings(), filepath.FromSlash(recordings.BlobName(recordings.Master, sum)))
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(bytes), 0o600)); err != nil {
		t.Fatal(err)
	}
	return sum
}

// TestAStickThatIsPulledOutIsNotWorn: what was not there any more counted as worn and lost, and
// was copied onto the disk of the board below the empty mount point.
func TestAStickThatIsPulledOutIsNotWorn(t *testing.T) {
	data, dir := t.TempDir(), filepath.Join(t.TempDir(), mirrorName)
	sum := aSound(t, data, "tiếng")
	m := archive.Mirror{Dir: dir}
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	disk, err := diskOf(dir)
	if err != nil {
		t.Fatal(err)
	}
	part := []archive.MirrorFile{{SHA256: sum, Bytes: 8}}
	var look mirrorLook
	look.reread(t.Context(), m, folder(data), part, disk, time.Now())
	if look != (mirrorLook{}) || m.Has(sum, 8) {
		t.Errorf("pulled out: %+v", look)
	}
	if err := errors.Join(os.MkdirAll(filepath.Dir(m.Path(sum)), 0o700), os.WriteFile(m.Path(sum), []byte("khác"), 0o600)); err != nil {
		t.Fatal(err)
	}
	look.reread(t.Context(), m, folder(data), part, disk+1, time.Now()) // another disk lies there now
	if look != (mirrorLook{}) || putAgain(t.Context(), m, folder(data), sum, disk+1) || m.Whole(t.Context(), sum, nil) == nil {
		t.Errorf("on another disk: %+v", look)
	}
	look.reread(t.Context(), m, folder(data), part, disk, time.Now())
	if look.Wrong != 1 || look.Lost != 0 || m.Whole(t.Context(), sum, nil) != nil {
		t.Errorf("worn: %+v", look)
	}
}

// TestABackupWhoseSoundIsWrongLeavesNothing: the archives of failed nights once stayed, where
// nothing rotates, and only the first wrong file was put out of the way.
func TestABackupWhoseSoundIsWrongLeavesNothing(t *testing.T) {
	s := settings{Data: t.TempDir(), Village: "un-ta"}
	db, err := openStore(t.Context(), s, program{err: t.Output()}.quietLog())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	dir := t.TempDir()
	m := archive.Mirror{Dir: filepath.Join(dir, mirrorName)}
	h := &hoard{dir: folder(s.Data), db: db, village: s.Village, now: time.Now, bare: true, mirror: &m}
	for _, bytes := range []string{"một", "hai"} {
		h.put = append(h.put, aSound(t, t.TempDir(), bytes))
	}
	for _, sum := range h.put { // other bytes than they were
		if err := errors.Join(os.MkdirAll(filepath.Dir(m.Path(sum)), 0o700), os.WriteFile(m.Path(sum), []byte("khác"), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.proven(t.Context(), dir); backupFault(err) != "unreadable" {
		t.Errorf("it ended with %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*"+backupEnding)); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	for _, sum := range h.put {
		if m.Has(sum, 5) {
			t.Errorf("%s is in its place", sum)
		}
	}
}
