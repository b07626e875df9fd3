package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"loalang/recordings"
)

// One recording that could not be set aside ended the look of each night where it lay, and
// with it all mending: the next night began and ended there.
func TestARecordingThatCannotBeSetAsideEndsNoNight(t *testing.T) {
	t.Parallel()
	data, from, log := t.TempDir(), t.TempDir(), program{err: t.Output()}.quietLog()
	s := settings{Data: data, Village: "un-ta"}
	db, err := openStore(t.Context(), s, time.Now, log)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	library, err := openLibrary(s, db, "", time.Now, log)
	if err != nil {
		t.Fatal(err)
	}
	var recs []recordings.Recording
	for _, sound := range []string{"bản tin", "thông báo", "lịch họp"} {
		sum := sha256.Sum256([]byte(sound))
		id := hex.EncodeToString(sum[:])
		recs = append(recs, recordings.Recording{
			ID: id, Title: sound, Kind: recordings.Take, Bytes: int64(len(sound)), Length: time.Second, Origin: db.Node(), Created: time.Now(),
			Variants: []recordings.Variant{{Form: recordings.Master, SHA256: id, Bytes: int64(len(sound))}},
		})
	}
	slices.SortFunc(recs, func(a, b recordings.Recording) int { return strings.Compare(a.ID, b.ID) })
	ill, changed, lost := recs[0], recs[1], recs[2]
	blob := func(dir string, r recordings.Recording) string {
		return filepath.Join(dir, "recordings", filepath.FromSlash(recordings.BlobName(recordings.Master, r.ID)))
	}
	put := func(path, content string) error {
		return errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(content), 0o600))
	}
	aside := filepath.Join(data, "recordings", "damaged", filepath.Base(blob(data, ill)))
	err = errors.Join(put(blob(data, ill), "khác"), put(filepath.Join(aside, "x"), ""), put(blob(data, changed), "khác"), put(blob(from, lost), lost.Title))
	for _, r := range recs {
		err = errors.Join(err, db.SaveRecording(t.Context(), r))
	}
	if _, noted := library.NoteMissing(lost); errors.Join(err, noted) != nil {
		t.Fatal(err, noted)
	}
	c := checking{data: s, db: db, library: library, tonight: true, from: []string{from}, now: time.Now, log: log}
	said, err := c.run(t.Context())
	if err == nil || !strings.Contains(err.Error(), ill.ID[:8]) {
		t.Errorf("of the one that could not be set aside it said %v", err)
	}
	if said.Checked != len(recs) || len(said.Damaged) != len(recs) {
		t.Errorf("said is %+v", said)
	}
	if exists(blob(data, changed)) {
		t.Error("the one behind it was not found")
	}
	if raw, err := os.ReadFile(blob(data, lost)); err != nil || string(raw) != lost.Title {
		t.Errorf("the lost one was not mended: %q %v", raw, err)
	}
	if raw, err := os.ReadFile(c.cursorFile()); err != nil || strings.TrimSpace(string(raw)) < changed.ID {
		t.Errorf("the next night begins behind %q: %v", raw, err)
	}
}
