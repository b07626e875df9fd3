package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"loalang/archive"
	"loalang/archive/disktest"
	"loalang/recordings"
	"loalang/store"
)

// sumOf is the SHA-256 of bytes in hex.
func sumOf(bytes string) string {
	h := sha256.Sum256([]byte(bytes))
	return hex.EncodeToString(h[:])
}

// aSound puts a file into the library of a data folder, and returns its SHA-256.
func aSound(t *testing.T, data, bytes string) string {
	t.Helper()
	sum := sumOf(bytes)
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
	db, err := openStore(t.Context(), s, time.Now, program{err: t.Output()}.quietLog())
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

// hoardOf is a hoard of a data folder with a database, whose sound goes to the folder dir.
func hoardOf(t *testing.T, data, dir string) *hoard {
	t.Helper()
	s := settings{Data: data, Village: "un-ta"}
	db, err := openStore(t.Context(), s, time.Now, program{err: t.Output()}.quietLog())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return &hoard{dir: folder(data), db: db, village: s.Village, now: time.Now, bare: true, mirror: &archive.Mirror{Dir: filepath.Join(dir, mirrorName)}}
}

// TestAFailingStickIsNoDamageOfTheLibrary: a stick that failed while a file was written to it
// had that file counted as damaged on the board, and the backup without it as a good one.
func TestAFailingStickIsNoDamageOfTheLibrary(t *testing.T) {
	data, dir := t.TempDir(), t.TempDir()
	h := hoardOf(t, data, dir)
	sum := aSound(t, data, "tiếng")
	target := h.mirror.Path(sum)
	err := os.MkdirAll(filepath.Dir(target), 0o700)
	if err == nil {
		err = disktest.Broken(t, target+".part")
	}
	if err != nil {
		t.Skipf("a file cannot be broken here (%v): run the tests as root", err)
	}
	said, err := h.proven(t.Context(), dir)
	if backupFault(err) != "unreadable" || len(said.Damaged) > 0 {
		t.Errorf("it ended with %v, %v", err, said.Damaged)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*"+backupEnding)); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	// What the card of the board does not give is its damage, and the night goes on.
	other := hoardOf(t, t.TempDir(), t.TempDir())
	ill, whole := aSound(t, string(other.dir), "một"), aSound(t, string(other.dir), "hai")
	name := filepath.ToSlash(filepath.Join("recordings", recordings.BlobName(recordings.Master, ill)))
	if err := disktest.Broken(t, filepath.Join(string(other.dir), filepath.FromSlash(name))); err != nil {
		t.Fatal(err)
	}
	said, err = other.proven(t.Context(), filepath.Dir(other.mirror.Dir))
	if err != nil || !slices.Equal(said.Damaged, []string{name}) || other.mirror.Whole(t.Context(), whole, nil) != nil {
		t.Errorf("of the card: %v, %v", err, said.Damaged)
	}
}

// TestOneSickInodeEndsNoBackup: what the card did not give back to a mere look ended every
// backup, and people were told to replace the stick.
func TestOneSickInodeEndsNoBackup(t *testing.T) {
	name := "recordings/" + recordings.BlobName(recordings.Master, sumOf("một"))
	data, err := disktest.Sick(t, 64<<20, name, func(dir string) error {
		aSound(t, dir, "một")
		aSound(t, dir, "hai")
		return nil
	})
	if err != nil {
		t.Skipf("a card cannot be mounted here (%v): run the tests as root, with mkfs.ext4 and debugfs", err)
	}
	if _, err := os.Lstat(filepath.Join(data, name)); err == nil {
		t.Fatal("the inode is well")
	}
	dir := t.TempDir()
	h := hoardOf(t, data, dir)
	said, err := h.proven(t.Context(), dir)
	if err != nil || !slices.Equal(said.Damaged, []string{name}) || h.mirror.Whole(t.Context(), sumOf("hai"), nil) != nil {
		t.Errorf("beside the sound: %v, %+v", err, said)
	}
	h.bare, h.mirror = false, nil
	m, err := h.file(t.Context(), filepath.Join(dir, "all.tar"))
	if err != nil || !slices.Equal(m.Missing, []string{name}) || len(m.Files) < 2 {
		t.Errorf("with the sound: %v, %+v", err, m)
	}
}

// TestTheCardIsNotTheFaultOfAStick: the board's own card has words of its own.
func TestTheCardIsNotTheFaultOfAStick(t *testing.T) {
	for want, err := range map[string]error{
		"card":       ofCard{syscall.EIO},
		"unreadable": syscall.EBADMSG,
		"gone":       ofTarget(fs.ErrNotExist),
	} {
		if got := backupFault(fmt.Errorf("back up: %w", err)); got != want {
			t.Errorf("%v is %q", err, got)
		}
	}
	if got := backupFault(fmt.Errorf("copy database: %w", store.ErrCopyUnread)); got != "unreadable" {
		t.Errorf("a copy of the database that does not read back is %q", got)
	}
}
