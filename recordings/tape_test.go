package recordings_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"loalang/recordings"
)

// spoken is some seconds of speech as frames.
func spoken(t *testing.T, seconds int) []int16 {
	t.Helper()
	raw, err := os.ReadFile(say(t, t.TempDir(), seconds))
	if err != nil {
		t.Fatal(err)
	}
	raw = raw[len(raw)-seconds*96000+4800:]
	frames := make([]int16, len(raw)/2)
	if err := binary.Read(bytes.NewReader(raw), binary.LittleEndian, frames); err != nil {
		t.Fatal(err)
	}
	return frames
}

func tapeNote() recordings.TapeNote {
	return recordings.TapeNote{
		ID: "0193a000-0000-7000-8000-000000000001", Occurrence: "live/1", Began: time.Date(2026, 11, 25, 10, 5, 0, 0, time.UTC),
		About: recordings.About{Title: "Trực tiếp 25/11/2026 17:05, Hoa", Kind: recordings.Take, Village: "un-ta", By: "Hoa"},
	}
}

func TestTapeBecomesARecording(t *testing.T) {
	t.Parallel()
	needs(t, "ffmpeg", "espeak-ng")
	l, _, dir := library(t)
	tape, err := l.NewTape(tapeNote())
	if err != nil {
		t.Fatal(err)
	}
	frames := spoken(t, 4)
	for rest := frames; len(rest) > 0; rest = rest[min(len(rest), 960):] {
		if err := tape.Write(rest[:min(len(rest), 960)]); err != nil {
			t.Fatal(err)
		}
	}
	if err := tape.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := l.NewTape(tapeNote()); err == nil {
		t.Error("a second tape of the same ID was begun over the first")
	}
	sick := errors.New("the database is locked")
	if err := l.KeepTape(t.Context(), tapeNote(), func(recordings.Recording) error { return sick }); !errors.Is(err, sick) {
		t.Fatalf("got %v", err)
	}
	notes, err := l.Tapes()
	if err != nil || len(notes) != 1 || !reflect.DeepEqual(notes[0], tapeNote()) {
		t.Fatalf("nobody took it, yet there wait %v, %v", notes, err)
	}
	var rec recordings.Recording
	if err := l.KeepTape(t.Context(), notes[0], func(r recordings.Recording) error { rec = r; return nil }); err != nil {
		t.Fatal(err)
	}
	if rec.Title != tapeNote().About.Title || rec.By != "Hoa" || !near(rec.Loudness, -18, 0.5) || !near(rec.Length.Seconds(), 4, 1) {
		t.Errorf("it became %+v", rec)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "aired", "*")); err != nil || len(left) > 0 {
		t.Errorf("there is left %v, %v", left, err)
	}
}

// After a power cut the head tells of no frame, and the last one may be half.
func TestTapeOfAPowerCut(t *testing.T) {
	t.Parallel()
	needs(t, "ffmpeg", "espeak-ng")
	l, _, dir := library(t)
	tape, err := l.NewTape(tapeNote())
	if err != nil {
		t.Fatal(err)
	}
	if err := tape.Write(spoken(t, 3)); err != nil {
		t.Fatal(err)
	}
	sound := filepath.Join(dir, "aired", tapeNote().ID+".wav")
	f, err := os.OpenFile(sound, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte{7}); err != nil {
		t.Fatal(err)
	}
	_ = f.Close()
	var length time.Duration
	if err := l.KeepTape(t.Context(), tapeNote(), func(r recordings.Recording) error { length = r.Length; return nil }); err != nil {
		t.Fatal(err)
	}
	if !near(length.Seconds(), 3, 1) {
		t.Errorf("%v are left of 3 s", length)
	}
	_ = tape.Close()
}

func TestTapeWithoutSound(t *testing.T) {
	needs(t, "ffmpeg")
	l, _, _ := library(t)
	tape, err := l.NewTape(tapeNote())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(tape.Write(make([]int16, 48000)), tape.Close()); err != nil {
		t.Fatal(err)
	}
	err = l.KeepTape(context.Background(), tapeNote(), func(recordings.Recording) error { t.Error("silence became a recording"); return nil })
	var refused recordings.Refused
	if !errors.As(err, &refused) {
		t.Errorf("got %v, want it refused", err)
	}
	if notes, err := l.Tapes(); err != nil || len(notes) > 0 {
		t.Errorf("it would be tried for ever: %v, %v", notes, err)
	}
}

func TestTapeOnAFullDisk(t *testing.T) {
	l, _, dir := library(t, func(c *recordings.Config) { c.Limits.Reserve = 1 << 60 })
	if _, err := l.NewTape(tapeNote()); !errors.Is(err, recordings.ErrDiskFull) {
		t.Errorf("got %v, want ErrDiskFull", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "aired", "*")); len(left) > 0 {
		t.Errorf("there is left %v", left)
	}
	if _, err := l.NewTape(recordings.TapeNote{ID: "../x"}); err == nil {
		t.Error("an ID that leaves the folder was taken")
	}
}

// What cannot be read is told, and does not hide the others.
func TestTapesWithABadNote(t *testing.T) {
	l, _, dir := library(t)
	tape, err := l.NewTape(tapeNote())
	if err != nil {
		t.Fatal(err)
	}
	defer tape.Close()
	if err := os.WriteFile(filepath.Join(dir, "aired", "bad.json"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	notes, err := l.Tapes()
	if err == nil || len(notes) != 1 {
		t.Errorf("got %v, %v", notes, err)
	}
}

// What aired is kept whole, though people may not send as many bytes: a tape has four
// times those of the same sound as an MP3. Half an hour of it was erased as too large.
func TestTapeIsNotBoundByWhatPeopleMaySend(t *testing.T) {
	t.Parallel()
	needs(t, "ffmpeg", "espeak-ng")
	l, _, _ := library(t, func(c *recordings.Config) { c.Limits.Bytes = 64 << 10 })
	tape, err := l.NewTape(tapeNote())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(tape.Write(spoken(t, 4)), tape.Close()); err != nil {
		t.Fatal(err)
	}
	named := false
	if err := l.KeepTape(t.Context(), tapeNote(), func(recordings.Recording) error { named = true; return nil }); err != nil || !named {
		t.Errorf("a tape of more bytes than people may send is %v, kept %v", err, named)
	}
}
