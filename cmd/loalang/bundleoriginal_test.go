package main_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"loalang/recordings"
	"loalang/store"
)

// An original that was damaged, or given up for good, kept every bundle from being exported
// and had every backup end with a complaint, though what airs was whole.
func TestAGivenUpOriginalStopsNothing(t *testing.T) {
	t.Parallel()
	b := takeOf(t)
	original := ""
	alone(t, b.data, func(ctx context.Context, db *store.Store) error {
		rec, err := db.Recording(ctx, b.recording)
		for _, v := range rec.Variants {
			if v.Form == recordings.Original {
				original = filepath.Join(b.data, "recordings", filepath.FromSlash(recordings.BlobName(v.Form, v.SHA256)))
			}
		}
		d, unread := db.Announcement(ctx, b.notice)
		d.Announcement.Text = "Kính mời bà con đi họp."
		return errors.Join(err, unread, db.SaveAnnouncement(ctx, d.Announcement, nil, nil))
	})
	spoil(t, original)
	there := aBoard(t)
	export := func(when string) {
		t.Helper()
		stick := filepath.Join(t.TempDir(), "bundle")
		succeed(t, "bundle", "trust", fingerprint.FindString(succeed(t, "bundle", "export", stick, "--data", b.data)), "--name", "xã", "--data", there)
		succeed(t, "bundle", "import", stick, "--data", there)
		masters := blobsOf(t, there, "master", ".flac")
		if !slices.ContainsFunc(masters, func(path string) bool { return filepath.Base(path) == filepath.Base(b.master) }) {
			t.Errorf("%s the sound did not come: %v", when, masters)
		}
	}
	export("before anybody knows,")
	checked(t, 3, "--data", b.data)
	there = aBoard(t)
	export("while it is open,")
	if said := checked(t, 0, "--give-up", "--data", b.data); !strings.Contains(mends(said.Damaged), "original:"+recordings.MendedWithout) {
		t.Fatalf("given up: %s", mends(said.Damaged))
	}
	there = aBoard(t)
	export("once it is given up,")

	file, fresh := filepath.Join(t.TempDir(), "a.loalang.tar"), filepath.Join(t.TempDir(), "data")
	succeed(t, "backup", file, "--data", b.data)
	if n := night(t, b.data, ""); n.Damaged != 0 {
		t.Errorf("the night misses %d files", n.Damaged)
	}
	if out := succeed(t, "restore", file, "--data", fresh); strings.Contains(out, "not every file of them") {
		t.Errorf("restore said %s", out)
	}
	if said := checked(t, 0, "--data", fresh); len(said.Damaged) > 0 {
		t.Errorf("restored, it asks anew: %+v", said.Damaged)
	}
}
