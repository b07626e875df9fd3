package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"loalang/archive"
	"loalang/archive/disktest"
	"loalang/recordings"
)

// smallStick is a stick of 64 MB, of which Room leaves 16.
func smallStick(t *testing.T) string {
	t.Helper()
	dir, err := disktest.Tmpfs(t, "size=64m")
	if err != nil {
		t.Skipf("SKIPPED: a small disk cannot be mounted here (%v): run the tests as root", err)
	}
	return dir
}

// TestAStickFullOfSoundTakesTheBackup: the sound of the library filled a stick up, and from then on each night failed
// there for want of room: the database was kept nowhere but on the card.
func TestAStickFullOfSoundTakesTheBackup(t *testing.T) {
	const mb = 1 << 20
	data, dir := t.TempDir(), smallStick(t)
	h := hoardOf(t, data, dir)
	day := time.Date(2026, 11, 1, 2, 0, 0, 0, time.UTC)
	beside := func(text string, size, age int) (sum string) { // copied there age days before
		t.Helper()
		raw := bytes.Repeat([]byte(text), size/len(text))
		sum = sumOf(string(raw))
		path := h.mirror.Path(sum)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, raw, 0o600), os.Chtimes(path, day, day.AddDate(0, 0, -age))); err != nil {
			t.Fatal(err)
		}
		return sum
	}
	library := func(text string, size int) { aSound(t, data, string(bytes.Repeat([]byte(text), size/len(text)))) }
	library("one", 9*mb)
	library("two", 9*mb)
	library("six", 12*mb)
	removed := beside("removed", 9*mb, 90) // nobody has it but the stick
	spoiled := beside("spoiled", 9*mb, 80)
	older, newer := beside("one", 9*mb, 70), beside("two", 9*mb, 60)
	bad := filepath.Join(folder(data).recordings(), filepath.FromSlash(recordings.BlobName(recordings.Master, spoiled)))
	if err := errors.Join(os.MkdirAll(filepath.Dir(bad), 0o700), os.WriteFile(bad, make([]byte, 9*mb/7*7), 0o600)); err != nil {
		t.Fatal(err)
	}
	fill := filepath.Join(dir, "phim.mkv")
	if err := os.WriteFile(fill, make([]byte, 11*mb), 0o600); err != nil {
		t.Fatal(err)
	}
	var full archive.NoRoom
	if need, err := h.size(); err != nil || !errors.As(archive.Room(dir, need), &full) {
		t.Fatalf("there is room: this test tests nothing (%v)", err)
	}
	for night := range 3 {
		h.put, h.left, h.now = nil, 0, func() time.Time { return day.AddDate(0, 0, night) }
		if _, err := h.proven(t.Context(), dir); err != nil {
			t.Fatalf("night %d: %v", night, err)
		}
		if h.left != 2 { // what gave way, and what never came
			t.Errorf("night %d: %d files of sound had no room", night, h.left)
		}
	}
	for name, c := range map[string]struct {
		sum  string
		left bool
	}{"removed from the library": {removed, true}, "spoiled in the library": {spoiled, true}, "older": {older, false}, "newer": {newer, true}} {
		if exists(h.mirror.Path(c.sum)) != c.left {
			t.Errorf("%s is left: %v", name, !c.left)
		}
	}
	if err := os.Remove(fill); err != nil { // somebody looked
		t.Fatal(err)
	}
	h.put, h.left, h.now = nil, 0, func() time.Time { return day.AddDate(0, 0, 4) }
	if _, err := h.proven(t.Context(), dir); err != nil || h.left != 1 { // one of the two
		t.Errorf("with room again: %v; %d have none", err, h.left)
	}
}

// TestNoSoundGivesWayInVain: where all of it would not make room, it stays.
func TestNoSoundGivesWayInVain(t *testing.T) {
	const mb = 1 << 20
	data, dir := t.TempDir(), smallStick(t)
	h := hoardOf(t, data, dir)
	sum := aSound(t, data, "ngắn")
	if err := h.mirror.Put(t.Context(), sum, filepath.Join(folder(data).recordings(), filepath.FromSlash(recordings.BlobName(recordings.Master, sum))), nil); err != nil {
		t.Skipf("the stick takes nothing: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "phim.mkv"), make([]byte, 60*mb), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := h.proven(t.Context(), dir); backupFault(err) != "no-room" || !exists(h.mirror.Path(sum)) {
		t.Errorf("it says %v; the sound is there: %v", err, exists(h.mirror.Path(sum)))
	}
}

// TestALargerStickIsPreferred: one that has not room for all of the sound takes the backup, and the next is tried.
func TestALargerStickIsPreferred(t *testing.T) {
	const mb = 1 << 20
	data, small, large := t.TempDir(), smallStick(t), t.TempDir()
	h := hoardOf(t, data, small)
	aSound(t, data, string(bytes.Repeat([]byte("dài "), 15*mb)))
	s := settings{Data: data, Village: h.village, BackupKeep: 2, BackupSticks: small}
	state, said, err := nightly(t.Context(), s, h.db, backupState{}, time.Now, nil)
	if err != nil || !state.Stick || state.Left != 1 || filepath.Dir(said.File) != small {
		t.Errorf("the small one alone: %+v, %+v, %v", state, said, err)
	}
	if same, err := archive.SameDisk(large, data); err != nil || same {
		large, err = disktest.Tmpfs(t, "size=128m")
		if err != nil {
			t.Skip(err)
		}
	}
	s.BackupSticks += "," + large
	state, said, err = nightly(t.Context(), s, h.db, backupState{}, time.Now, nil)
	if err != nil || state.Left != 0 || filepath.Dir(said.File) != large || state.BadStick != "" {
		t.Errorf("with a larger one: %+v, %+v, %v", state, said, err)
	}
}
