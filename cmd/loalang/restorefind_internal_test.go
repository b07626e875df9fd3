package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"loalang/archive"
	"loalang/archive/disktest"
)

// A library that takes more than half of the card could not be restored over itself: all of its sound
// was copied from the stick though it lay on the card already, until the card was full.
func TestSoundThatIsOnTheCardTakesNoRoomInARestore(t *testing.T) {
	t.Parallel()
	card, err := disktest.Tmpfs(t, "size=2m")
	if err != nil {
		t.Skipf("SKIPPED: %v: run the tests as root", err)
	}
	sound := bytes.Repeat([]byte("âm thanh"), 200_000) // 1.6 MB and more: twice is more than the card holds
	sum := sha256.Sum256(sound)
	f := archive.File{Name: "recordings/ab/sound", Bytes: int64(len(sound)), SHA256: hex.EncodeToString(sum[:]), Outside: true}
	data, elsewhere, stick := filepath.Join(card, "data"), filepath.Join(card, "elsewhere"), t.TempDir()
	r := restoring{from: filepath.Join(stick, "a.loalang.tar"), data: data, log: t.Logf}
	source := filepath.Join(t.TempDir(), "sound")
	if err := errors.Join(os.WriteFile(source, sound, 0o600), mirrorBeside(r.from).Put(t.Context(), f.SHA256, source, nil)); err != nil {
		t.Fatal(err)
	}
	for n, dir := range []string{data, elsewhere} {
		at, to := filepath.Join(dir, "recordings/ab/sound"), filepath.Join(data, fmt.Sprintf("%s-%d", stageName, n), "recordings/ab/sound")
		if err := errors.Join(os.MkdirAll(filepath.Dir(at), 0o700), os.WriteFile(at, sound, 0o600)); err != nil {
			t.Fatal(err)
		}
		r.recordings = []string{elsewhere}
		if err := r.find(t.Context(), f, to); err != nil {
			t.Fatalf("from %s: %v", dir, err)
		}
		was, err := os.Stat(at)
		is, found := os.Stat(to)
		if err := errors.Join(err, found); err != nil || !os.SameFile(was, is) {
			t.Errorf("from %s: it is another file (%v)", dir, err)
		}
		if err := errors.Join(os.Remove(at), os.Remove(to)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(card, "filler"), sound, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := r.find(t.Context(), f, filepath.Join(data, stageName, "recordings/ab/sound")); err == nil {
		t.Error("there is no room for it, and it is not told")
	}
}

// A restore onto a folder whose disk is not mounted said that it went well, and the village lay beneath the
// disk from the next mount on.
func TestRestoreRefusesAFolderWhoseDiskIsNotMounted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data, fstab := filepath.Join(dir, "data"), filepath.Join(dir, "fstab")
	if err := os.WriteFile(fstab, []byte("LABEL=loalang "+data+" ext4 nofail 0 2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := restoring{data: data}
	if err := r.stays(fstab); err == nil || !strings.Contains(err.Error(), "findmnt "+data) {
		t.Errorf("its disk is not mounted: %v", err)
	}
	if err := r.stays(filepath.Join(dir, "none")); err != nil {
		t.Errorf("no disk is named for it: %v", err)
	}
}
