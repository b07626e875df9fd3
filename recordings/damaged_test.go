package recordings_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"loalang/recordings"
)

// A card that fails leaves files shorter than they were. A notice must not air
// cut short while its master is well.
func TestDamagedPlayCopyIsMadeAgain(t *testing.T) {
	t.Parallel()
	needs(t, "ffmpeg", "espeak-ng")
	l, _, root := library(t)
	rec, err := importFile(l, say(t, t.TempDir(), 4))
	if err != nil {
		t.Fatal(err)
	}
	if err := l.SeedBuiltIns(context.Background()); err != nil {
		t.Fatal(err)
	}
	for name, id := range map[string]string{"take": rec.ID, "built-in": recordings.BuiltIns()[0].ID} {
		path := filepath.Join(root, "play", id[:2], id+".wav")
		whole := mustRead(t, path)
		for how, damaged := range map[string][]byte{
			"cut": whole[:len(whole)/2], "odd": whole[:len(whole)-1], "empty": nil, "head only": whole[:44],
			"zeros": make([]byte, len(whole)), "longer": append(bytes.Clone(whole), 0, 0),
		} {
			t.Run(name+" "+how, func(t *testing.T) {
				if err := os.WriteFile(path, damaged, 0o600); err != nil {
					t.Fatal(err)
				}
				f, err := l.PlayCopy(context.Background(), id)
				if err != nil {
					t.Fatal(err)
				}
				defer f.Close()
				if got, err := io.ReadAll(f); err != nil || !bytes.Equal(got, whole) {
					t.Errorf("%d bytes came back of %d, %v", len(got), len(whole), err)
				}
			})
		}
	}
}

// A damaged master must not become a play copy that is shorter and passes for
// good; its file, sent again, puts all in order.
func TestDamagedMasterIsToldAndSentAgain(t *testing.T) {
	t.Parallel()
	needs(t, "ffmpeg", "espeak-ng")
	take := say(t, t.TempDir(), 4)
	l, _, root := library(t)
	rec, err := importFile(l, take)
	if err != nil {
		t.Fatal(err)
	}
	master := filepath.Join(root, "master", rec.ID[:2], rec.ID+".flac")
	play := filepath.Join(root, "play", rec.ID[:2], rec.ID+".wav")
	whole, copied := mustRead(t, master), mustRead(t, play)
	if err := errors.Join(os.WriteFile(master, whole[:len(whole)/2], 0o600), os.Remove(play)); err != nil {
		t.Fatal(err)
	}
	if _, err := l.PlayCopy(context.Background(), rec.ID); !errors.Is(err, recordings.ErrDamaged) {
		t.Errorf("a play copy of half a master: %v", err)
	}
	if again, err := importFile(l, take); err != nil || again.ID != rec.ID {
		t.Fatalf("sent again: %v %v", again.ID, err)
	}
	if got := mustRead(t, master); !bytes.Equal(got, whole) {
		t.Errorf("the master has %d bytes, it had %d", len(got), len(whole))
	}
	if got := mustRead(t, play); !bytes.Equal(got, copied) {
		t.Errorf("the play copy has %d bytes, it had %d", len(got), len(copied))
	}
}

// An old play copy that the disk does not let go keeps no new sound from the air.
func TestCopyThatCannotBeRemoved(t *testing.T) {
	needs(t, "ffmpeg", "espeak-ng")
	dir := t.TempDir()
	wav, other := say(t, dir, 4), filepath.Join(dir, "other.wav")
	ffmpeg(t, "-v", "error", "-i", wav, "-t", "3", other)
	l, _, root := library(t, func(c *recordings.Config) { c.Limits.Cache = 1 })
	old, err := importFile(l, wav)
	if err != nil {
		t.Fatal(err)
	}
	stuck := filepath.Join(root, "play", old.ID[:2], old.ID+".wav")
	if err := unix.Mount(wav, stuck, "", unix.MS_BIND, ""); err != nil {
		t.Skipf("a file cannot be held here (%v): run the tests as root", err)
	}
	defer func() { _ = unix.Unmount(stuck, unix.MNT_DETACH) }()
	rec, err := importFile(l, other)
	if err != nil {
		t.Fatalf("import: %v", err)
	}
	if err := os.Remove(filepath.Join(root, "play", rec.ID[:2], rec.ID+".wav")); err != nil {
		t.Fatal(err)
	}
	f, err := l.PlayCopy(context.Background(), rec.ID)
	if err != nil {
		t.Fatalf("play copy: %v", err)
	}
	f.Close()
}
