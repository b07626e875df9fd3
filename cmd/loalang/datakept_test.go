package main_test

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"loalang/recordings"
	"loalang/scheduler"
	"loalang/store"
)

// aTake is a board that has one notice which a person recorded, and one which a voice reads;
// it is ended.
type aTake struct {
	data, notice, spoken, recording, master string
}

func takeOf(t *testing.T) aTake {
	t.Helper()
	need(t, sound)
	b := aTake{data: t.TempDir()}
	d := serve(t, b.data, "null", quick...).admit()
	rec := d.call(http.MethodPost, "/recordings", phone(t, "m4a", "-c:a", "aac"), http.StatusCreated)
	b.recording = rec["id"].(string)
	b.notice = d.announce(object{"title": "Bản tiếng Giáy", "renditions": []object{{"language": "pcc", "recording": rec["id"]}}})
	b.spoken = d.announce(object{"title": "Mời họp thôn", "text": "Kính mời bà con đi họp.", "renditions": []object{{"language": "vi"}}})
	d.stop()
	b.master = filepath.Join(b.data, "recordings", "master", b.recording[:2], b.recording+".flac")
	return b
}

// holds says whether the notice still has its recording.
func (b aTake) holds(t *testing.T, data string) (held bool) {
	t.Helper()
	alone(t, data, func(ctx context.Context, db *store.Store) error {
		uses, err := db.RecordingUses(ctx, b.recording)
		_, gone := db.Recording(ctx, b.recording)
		held = len(uses) == 1 && gone == nil
		return err
	})
	return held
}

// lose removes every file of the library in a data folder.
func lose(t *testing.T, data string) {
	t.Helper()
	for _, form := range []string{"original", "master", "play", "damaged"} {
		if err := os.RemoveAll(filepath.Join(data, "recordings", form)); err != nil {
			t.Fatal(err)
		}
	}
}

// doctored is what `doctor` says of a part.
func doctored(t *testing.T, data, name string) (said string) {
	t.Helper()
	raw, _ := exec.Command(exe, "doctor", "--json", "--device", "null", "--data", data).Output() // 1: something is wrong
	var findings []struct{ Name, Code, Found, Advice string }
	if err := json.Unmarshal(raw, &findings); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	for _, f := range findings {
		if f.Name == name {
			said = f.Code + " " + f.Found + " " + f.Advice
		}
	}
	return said
}

// A backup without sound, restored on a new disk, has none of the recordings. The nights
// that follow give none of a person's up: the sound lies on a stick in a drawer, and comes
// back from it.
func TestNightsAfterABareRestoreGiveNothingUp(t *testing.T) {
	t.Parallel()
	b := takeOf(t)
	whole, err := os.ReadFile(b.master)
	if err != nil {
		t.Fatal(err)
	}
	stick := filepath.Join(t.TempDir(), "whole.loalang.tar")
	bare := filepath.Join(t.TempDir(), "bare.loalang.tar")
	succeed(t, "backup", stick, "--data", b.data)
	succeed(t, "backup", bare, "--without-recordings", "--data", b.data)
	fresh := filepath.Join(t.TempDir(), "data")
	out := succeed(t, "restore", bare, "--data", fresh)
	for _, want := range []string{"2 of 2 recordings have no sound here, 1 of them people's", "plug in the stick", "nothing of them is removed", "the 1 that a voice read"} {
		if !strings.Contains(out, want) {
			t.Errorf("restore did not say %q:\n%s", want, out)
		}
	}
	if said := doctored(t, fresh, "recordings"); !strings.Contains(said, "recordings-missing files of 2 recordings") || !strings.Contains(said, "Plug in the stick") {
		t.Errorf("doctor says %q", said)
	}
	for night := range 3 {
		said := checked(t, 3, "--tonight", "--data", fresh)
		if len(said.Damaged) == 0 || !b.holds(t, fresh) {
			t.Fatalf("night %d: %+v, holds %v", night, said.Damaged, b.holds(t, fresh))
		}
		for _, d := range said.Damaged {
			if d.Recording == b.recording && d.Mended != "" {
				t.Errorf("night %d: %+v", night, d)
			}
		}
	}
	if said := doctored(t, fresh, "recordings"); !strings.Contains(said, "files of 1 recordings") {
		t.Errorf("once the voice reads anew doctor says %q", said)
	}
	checked(t, 0, "--from", stick, "--data", fresh)
	now, err := os.ReadFile(strings.Replace(b.master, b.data, fresh, 1))
	if err != nil || !bytes.Equal(now, whole) {
		t.Errorf("the take is not what it was: %v", err)
	}
	if said := doctored(t, fresh, "recordings"); !strings.Contains(said, "recordings-good") {
		t.Errorf("at last doctor says %q", said)
	}
}

// Only a person who says so has a recording given up; then whoever reads it is told, and a
// stick that turns up within the week gives it back.
func TestAPersonGivesARecordingUp(t *testing.T) {
	t.Parallel()
	b := takeOf(t)
	stick := filepath.Join(t.TempDir(), "whole.loalang.tar")
	succeed(t, "backup", stick, "--data", b.data)
	lose(t, b.data)
	refused(t, "give-up", "data", "check", "--tonight", "--give-up", "--data", b.data)
	if checked(t, 3, "--data", b.data); !b.holds(t, b.data) {
		t.Fatal("a hand-run look gave it up unasked")
	}
	said := checked(t, 0, "--give-up", "--data", b.data)
	if !strings.Contains(mends(said.Damaged), "master:"+recordings.MendedAsked) || b.holds(t, b.data) {
		t.Errorf("given up: %s, still held %v", mends(said.Damaged), b.holds(t, b.data))
	}
	if said := checked(t, 0, "--data", b.data); len(said.Damaged) > 0 {
		t.Errorf("what was given up is open again: %+v", said.Damaged)
	}
	checked(t, 0, "--from", stick, "--data", b.data)
	if _, err := os.Stat(b.master); err != nil {
		t.Errorf("the stick did not give it back: %v", err)
	}
}

// What a person recorded anew, and what was removed, is damaged no longer; nothing of it is
// removed for that.
func TestABlemishOfWhatIsReplacedCloses(t *testing.T) {
	t.Parallel()
	b := takeOf(t)
	lose(t, b.data)
	checked(t, 3, "--data", b.data)
	put := func(recording string) {
		t.Helper()
		alone(t, b.data, func(ctx context.Context, db *store.Store) error {
			d, err := db.Announcement(ctx, b.notice)
			if err != nil {
				return err
			}
			i := slices.IndexFunc(d.Renditions, func(r scheduler.Rendition) bool { return r.Language == "pcc" })
			d.Renditions[i].Recording = recording
			return db.SaveRendition(ctx, d.Renditions[i])
		})
	}
	put(recordings.BuiltIns()[0].ID)
	said := checked(t, 0, "--data", b.data)
	if !strings.Contains(mends(said.Damaged), "master:"+recordings.MendedUnused) {
		t.Errorf("closed: %s", mends(said.Damaged))
	}
	if said := doctored(t, b.data, "recordings"); !strings.Contains(said, "recordings-good") {
		t.Errorf("doctor says %q", said)
	}
	put(b.recording) // it is in the library still, and somebody takes it after all
	checked(t, 3, "--tonight", "--data", b.data)
	if said := doctored(t, b.data, "recordings"); strings.Contains(said, "recordings-good") || said == "" {
		t.Errorf("taken again, doctor says %q", said)
	}
	put(recordings.BuiltIns()[0].ID)
	alone(t, b.data, func(ctx context.Context, db *store.Store) error {
		_, err := db.RemoveRecording(ctx, b.recording, time.Now()) // as when its time is over
		return err
	})
	if said := checked(t, 0, "--data", b.data); !strings.Contains(mends(said.Damaged), "master:"+recordings.MendedUnused) {
		t.Errorf("after the removal: %s", mends(said.Damaged))
	}
}

// Nothing that a stick holds is taken at its word: pipes, links, other lengths, other bytes
// and halves of backups are passed over, and the whole copy behind them is found.
func TestCopiesAreSoughtBehindBrokenBackups(t *testing.T) {
	t.Parallel()
	b := takeOf(t)
	stick := t.TempDir()
	good := filepath.Join(stick, "z.loalang.tar")
	succeed(t, "backup", good, "--data", b.data)
	raw, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(b.master)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.Mkfifo(filepath.Join(stick, "a.loalang.tar"), 0o600); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(stick, "b.loalang.tar"), raw[:len(raw)/3])
	name := "recordings/master/" + b.recording[:2] + "/" + b.recording + ".flac"
	forged(t, filepath.Join(stick, "c.loalang.tar"), tar.Header{Typeflag: tar.TypeReg, Name: name, Size: int64(len(whole))}) // zeros
	forged(t, filepath.Join(stick, "d.loalang.tar"), tar.Header{Typeflag: tar.TypeReg, Name: name, Size: 64 << 30})
	forged(t, filepath.Join(stick, "e.loalang.tar"), tar.Header{Typeflag: tar.TypeSymlink, Name: name, Linkname: "/dev/zero"})
	at := filepath.Join(stick, "recordings", b.recording[:2], b.recording)
	if err := os.MkdirAll(filepath.Dir(at), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/dev/zero", at); err != nil {
		t.Fatal(err)
	}
	lose(t, b.data)
	checked(t, 0, "--from", stick, "--data", b.data)
	if now, err := os.ReadFile(b.master); err != nil || !bytes.Equal(now, whole) {
		t.Errorf("the take is not what it was: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(b.data, "recordings", "found-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// forged is an archive with one entry, whose bytes are holes.
func forged(t *testing.T, path string, h tar.Header) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := tar.NewWriter(f)
	readme := []byte("x")
	err = w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "READ-ME.txt", Size: int64(len(readme)), Mode: 0o600})
	if _, failed := w.Write(readme); failed != nil {
		err = failed
	}
	h.Mode = 0o600
	err = errors.Join(err, w.WriteHeader(&h))
	info, failed := f.Stat()
	if err = errors.Join(err, failed); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Truncate(info.Size()+(h.Size+511)/512*512+1024), f.Close()); err != nil {
		t.Fatal(err)
	}
}
