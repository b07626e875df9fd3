package recordings_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loalang/recordings"
)

// A note that the disk does not give back hid all the others, and with them what health
// tells of damage.
func TestAnIllNoteHidesNoOther(t *testing.T) {
	t.Parallel()
	l, _, root := library(t)
	id := strings.Repeat("ab", 32)
	rec := recordings.Recording{ID: id, Kind: recordings.Take, Variants: []recordings.Variant{{Form: recordings.Master, SHA256: id}}}
	ill := filepath.Join(root, "damaged", strings.Repeat("01", 32)+".json") // a folder is read no more than an ill file is
	if _, err := l.NoteMissing(rec); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(ill, 0o700); err != nil {
		t.Fatal(err)
	}
	if list, err := recordings.BlemishesIn(root, slog.New(slog.DiscardHandler)); err != nil || len(list) != 1 || list[0].SHA256 != id {
		t.Errorf("noted is %+v: %v", list, err)
	}
	if n, err := l.Lost(); err != nil || n.Missing != 1 {
		t.Errorf("lost are %+v: %v", n, err)
	}
}

// A form of a recording that could not be set aside kept the other from being looked at.
func TestAFormThatCannotBeSetAsideHidesNoOther(t *testing.T) {
	t.Parallel()
	l, _, root := library(t)
	rec := recordings.Recording{Title: "Tin", Kind: recordings.Take, Length: time.Second}
	var files []string
	for _, form := range []recordings.Form{recordings.Original, recordings.Master} {
		sum := sha256.Sum256([]byte(form))
		id := hex.EncodeToString(sum[:])
		file := filepath.Join(root, filepath.FromSlash(recordings.BlobName(form, id)))
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, []byte("khác"), 0o600)); err != nil {
			t.Fatal(err)
		}
		rec.ID, files = id, append(files, file)
		rec.Variants = append(rec.Variants, recordings.Variant{Form: form, SHA256: id, Bytes: 4})
	}
	stuck := filepath.Join(root, "damaged", filepath.Base(files[0]), "x") // the first has no place to go
	if err := os.MkdirAll(stuck, 0o700); err != nil {
		t.Fatal(err)
	}
	found, err := l.Check(t.Context(), rec, nil)
	if err == nil || len(found) != 2 {
		t.Errorf("found %+v: %v", found, err)
	}
	if _, err := os.Stat(files[1]); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the other lies where it lay: %v", err)
	}
}
