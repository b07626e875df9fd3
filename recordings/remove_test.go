package recordings_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"loalang/recordings"
)

// files lists what lies in a library, without the folders of imports.
func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			names = append(names, strings.TrimPrefix(path, dir+"/"))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// A recording that is removed leaves no file, sounds on where it is open, and
// comes back whole when the same file is sent again.
func TestRemove(t *testing.T) {
	t.Parallel()
	l, _, dir := library(t)
	ctx := context.Background()
	take := say(t, t.TempDir(), 2)
	rec, err := importFile(l, take)
	if err != nil {
		t.Fatal(err)
	}
	sounding, err := l.PlayCopy(ctx, rec.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer sounding.Close()
	if err := l.Remove(ctx, rec.ID); err != nil {
		t.Fatal(err)
	}
	if left := files(t, dir); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	if n, err := io.Copy(io.Discard, sounding); err != nil || n < 2*48000*2 {
		t.Errorf("what sounds ended after %d bytes: %v", n, err)
	}
	if _, err := l.PlayCopy(ctx, rec.ID); !errors.Is(err, recordings.ErrNotFound) {
		t.Errorf("play copy of what was removed: %v", err)
	}
	if err := l.Remove(ctx, rec.ID); !errors.Is(err, recordings.ErrNotFound) {
		t.Errorf("removed twice: %v", err)
	}
	again, err := importFile(l, take)
	if err != nil || again.ID != rec.ID {
		t.Fatalf("sent again: %.8s, %v", again.ID, err)
	}
	f, err := l.Master(ctx, rec.ID)
	if err != nil {
		t.Fatal(err)
	}
	_ = f.Close()
}

func TestRemoveRefuses(t *testing.T) {
	l, x, dir := library(t)
	ctx := context.Background()
	if err := l.SeedBuiltIns(ctx); err != nil {
		t.Fatal(err)
	}
	if err := l.Remove(ctx, recordings.BuiltIns()[0].ID); !errors.Is(err, recordings.ErrBuiltIn) {
		t.Errorf("a built-in sound: %v", err)
	}
	if err := l.Remove(ctx, "../x"); !errors.Is(err, recordings.ErrNotFound) {
		t.Errorf("no ID: %v", err)
	}
	rec, err := importFile(l, say(t, t.TempDir(), 2))
	if err != nil {
		t.Fatal(err)
	}
	before := len(files(t, dir))
	x.used = recordings.InUse{By: []string{"Họp thôn"}}
	var used recordings.InUse
	if err := l.Remove(ctx, rec.ID); !errors.As(err, &used) || !strings.Contains(err.Error(), `"Họp thôn"`) {
		t.Errorf("in use: %v", err)
	}
	if after := len(files(t, dir)); after != before {
		t.Errorf("%d files, were %d", after, before)
	}
}

// What another recording needs stays.
func TestRemoveLeavesWhatIsNeeded(t *testing.T) {
	t.Parallel()
	l, x, dir := library(t)
	x.needs = []recordings.Form{recordings.Original}
	rec, err := importFile(l, say(t, t.TempDir(), 2))
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Remove(context.Background(), rec.ID); err != nil {
		t.Fatal(err)
	}
	for _, name := range files(t, dir) {
		if !strings.HasPrefix(name, "original/") {
			t.Errorf("left: %s", name)
		}
	}
	if len(files(t, dir)) == 0 {
		t.Error("the original is gone")
	}
}

// A power cut between tombstone and files costs room only until the next start;
// what lives again stays.
func TestClear(t *testing.T) {
	t.Parallel()
	l, x, dir := library(t)
	ctx := context.Background()
	rec, err := importFile(l, say(t, t.TempDir(), 2))
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Clear(ctx, []recordings.Recording{rec}); err != nil {
		t.Fatal(err)
	}
	if len(files(t, dir)) == 0 {
		t.Fatal("the files of a living recording are gone")
	}
	gone, err := x.RemoveRecording(ctx, rec.ID, rec.Created)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(l.Clear(ctx, []recordings.Recording{gone}), l.Clear(ctx, []recordings.Recording{gone, {ID: "short"}})); err != nil {
		t.Fatal(err)
	}
	if left := files(t, dir); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	if _, err := os.Stat(dir); err != nil {
		t.Error(err)
	}
}
