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
