package recordings_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"loalang/recordings"
)

// board is a library with a take and the built-in sounds, and a clock that is moved.
type board struct {
	*recordings.Library
	take  recordings.Recording
	root  string
	clock time.Time
}

func boardWithTake(t *testing.T) *board {
	t.Helper()
	needs(t, "ffmpeg", "espeak-ng")
	b := &board{clock: time.Date(2026, 11, 26, 5, 0, 0, 0, time.UTC)}
	b.Library, _, b.root = library(t, func(c *recordings.Config) { c.Now = func() time.Time { return b.clock } })
	var err error
	if b.take, err = importFile(b.Library, say(t, t.TempDir(), 4)); err != nil {
		t.Fatal(err)
	}
	if err := b.SeedBuiltIns(context.Background()); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *board) play(id string) string { return filepath.Join(b.root, "play", id[:2], id+".wav") }

func (b *board) master() string {
	return filepath.Join(b.root, "master", b.take.ID[:2], b.take.ID+".flac")
}

// alter changes one byte in the middle: head and length stay.
func alter(t *testing.T, path string) {
	t.Helper()
	raw := mustRead(t, path)
	raw[len(raw)/2] ^= 0x55
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
}

// ready makes a play copy ready, and says how often it was read from.
func (b *board) ready(t *testing.T, id string, want error) (reads int) {
	t.Helper()
	err := b.Ready(context.Background(), id, func() error { reads++; return nil })
	if want == nil && err != nil || !errors.Is(err, want) {
		t.Errorf("ready: %v instead of %v", err, want)
	}
	return reads
}

// A byte of a play copy that the card has changed is noise on air: it is found and made
// good while there is time, of a built-in sound as well, of which there is no master.
func TestAChangedPlayCopyIsMadeAgainBeforeItAirs(t *testing.T) {
	t.Parallel()
	b := boardWithTake(t)
	for name, id := range map[string]string{"take": b.take.ID, "built-in": recordings.BuiltIns()[0].ID} {
		whole := mustRead(t, b.play(id))
		alter(t, b.play(id))
		b.ready(t, id, nil)
		if !bytes.Equal(mustRead(t, b.play(id)), whole) {
			t.Errorf("%s: it is not what it was", name)
		}
	}
}

// Reading is dear on a small board: once for each airing of a day, and when there is
// another file.
func TestAPlayCopyIsReadOnceADay(t *testing.T) {
	t.Parallel()
	b := boardWithTake(t)
	for _, step := range []struct {
		name   string
		before func()
		reads  bool
	}{
		{"first", func() {}, true},
		{"again", func() { b.clock = b.clock.Add(5 * time.Minute) }, false},
		{"in the evening", func() { b.clock = b.clock.Add(12 * time.Hour) }, false},
		{"the next day", func() { b.clock = b.clock.Add(12 * time.Hour) }, true},
		{"the clock went back", func() { b.clock = b.clock.Add(-time.Hour) }, true},
		{"another file", func() {
			raw := mustRead(t, b.play(b.take.ID))
			other := filepath.Join(t.TempDir(), "other")
			if err := errors.Join(os.WriteFile(other, raw, 0o600), os.Rename(other, b.play(b.take.ID))); err != nil {
				t.Fatal(err)
			}
		}, true},
	} {
		step.before()
		if reads := b.ready(t, b.take.ID, nil); (reads > 0) != step.reads {
			t.Errorf("%s: read %d times", step.name, reads)
		}
	}
}

// Where the master is damaged as well, the copy stays and airs as it is; that is told, and
// noted so that a whole master is looked for, and not read for at every look.
func TestAChangedPlayCopyOfADamagedMasterIsTold(t *testing.T) {
	t.Parallel()
	b := boardWithTake(t)
	alter(t, b.play(b.take.ID))
	alter(t, b.master())
	b.ready(t, b.take.ID, recordings.ErrDamaged)
	if list, err := b.Blemishes(); err != nil || len(list) != 1 || list[0].Form != recordings.Master {
		t.Errorf("noted: %+v %v", list, err)
	}
	if reads := b.ready(t, b.take.ID, recordings.ErrDamaged); reads > 0 {
		t.Errorf("read %d times", reads)
	}
	f, err := b.PlayCopy(context.Background(), b.take.ID)
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
}

// A play copy that the card does not give back is made again from the master, which is
// whole: the notice airs.
func TestAPlayCopyThatCannotBeReadIsMadeAgain(t *testing.T) {
	t.Parallel()
	b := boardWithTake(t)
	path := b.play(b.take.ID)
	whole := mustRead(t, path)
	if err := errors.Join(os.Remove(path), os.Symlink("/proc/self/mem", path)); err != nil { // reading its beginning is EIO
		t.Fatal(err)
	}
	f, err := b.PlayCopy(context.Background(), b.take.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, err := io.ReadAll(f); err != nil || !bytes.Equal(got, whole) {
		t.Errorf("%d bytes came back of %d, %v", len(got), len(whole), err)
	}
}

// The chime of every notice has no master: it is held against its ID.
func TestACheckReadsBuiltInSounds(t *testing.T) {
	t.Parallel()
	b := boardWithTake(t)
	chime := recordings.BuiltIns()[0]
	alter(t, b.play(chime.ID))
	rec, err := b.Recording(context.Background(), chime.ID)
	if err != nil {
		t.Fatal(err)
	}
	old := rec // of an earlier version of the program, which this one cannot make
	old.ID = b.take.ID[:63] + "0"
	for _, one := range []recordings.Recording{rec, old} {
		if found, err := b.Check(context.Background(), one, nil); err != nil || len(found) > 0 {
			t.Errorf("found %+v, %v", found, err)
		}
	}
	if !bytes.Equal(mustRead(t, b.play(chime.ID)), chime.WAV()) {
		t.Error("it is not what it was")
	}
}

// A card that is short of power misreads a file once: it is no damage, and nothing is put
// aside.
func TestAFileIsReadTwiceBeforeItIsPutAside(t *testing.T) {
	t.Parallel()
	b := boardWithTake(t)
	for _, v := range b.take.Variants {
		if v.Form == recordings.PlayCopy {
			continue
		}
		path := filepath.Join(b.root, recordings.BlobName(v.Form, v.SHA256))
		whole, reads := mustRead(t, path), 0
		alter(t, path)
		one := b.take
		one.Variants = []recordings.Variant{v}
		found, err := b.Check(context.Background(), one, func() error {
			if reads++; reads == 2 {
				return os.WriteFile(path, whole, 0o600)
			}
			return nil
		})
		if err != nil || len(found) > 0 || reads < 2 {
			t.Errorf("%s: found %+v in %d reads, %v", v.Form, found, reads, err)
		}
	}
}

// What was misread twice and put aside is whole: it is taken back.
func TestWhatWasMisreadIsTakenBack(t *testing.T) {
	t.Parallel()
	b := boardWithTake(t)
	whole := mustRead(t, b.master())
	alter(t, b.master())
	found, err := b.Check(context.Background(), b.take, nil)
	if err != nil || len(found) != 1 {
		t.Fatalf("found %+v, %v", found, err)
	}
	if done, err := b.MendAside(found[0]); done || err != nil {
		t.Fatalf("what is damaged is taken back: %v", err)
	}
	aside := filepath.Join(b.root, "damaged", filepath.Base(b.master()))
	if err := os.WriteFile(aside, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	if done, err := b.MendAside(found[0]); !done || err != nil {
		t.Fatalf("it is not taken back: %v", err)
	}
	if !bytes.Equal(mustRead(t, b.master()), whole) {
		t.Error("it is not what it was")
	}
	if list, err := b.Blemishes(); err != nil || len(list) != 1 || !list[0].Settled() {
		t.Errorf("noted: %+v %v", list, err)
	}
	if _, err := os.Stat(aside); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it still lies aside: %v", err)
	}
}
