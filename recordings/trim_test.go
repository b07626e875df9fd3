package recordings_test

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loalang/recordings"
)

// tones writes a WAV of s16 mono at 32 kHz: a second each of a tone of so many
// hertz.
func tones(t *testing.T, hertz ...float64) string {
	t.Helper()
	const rate = 32000
	var pcm []byte
	for _, f := range hertz {
		for i := range rate {
			pcm = binary.LittleEndian.AppendUint16(pcm, uint16(int16(8000*math.Sin(2*math.Pi*f*float64(i)/rate))))
		}
	}
	head := []byte("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x00\x7d\x00\x00\x00\xfa\x00\x00\x02\x00\x10\x00data\x00\x00\x00\x00")
	binary.LittleEndian.PutUint32(head[4:], uint32(36+len(pcm)))
	binary.LittleEndian.PutUint32(head[40:], uint32(len(pcm)))
	path := filepath.Join(t.TempDir(), "tones.wav")
	if err := os.WriteFile(path, append(head, pcm...), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func importPiece(l *recordings.Library, path string, piece recordings.Trim) (recordings.Recording, error) {
	f, err := os.Open(path)
	if err != nil {
		return recordings.Recording{}, err
	}
	defer func() { _ = f.Close() }()
	return l.Import(context.Background(), f, recordings.About{Title: "lần ghi", Kind: recordings.Take, Village: "un-ta", By: "Hoa", Trim: piece})
}

// A piece begins and ends at the very frame that was asked for, and the bytes as
// they came stay whole.
func TestTrimKeepsExactlyThePiece(t *testing.T) {
	t.Parallel()
	needs(t, "ffmpeg")
	l, _, _ := library(t)
	path := tones(t, 500, 1000, 2000)
	piece := recordings.Trim{From: time.Second, To: 2 * time.Second}
	rec, err := importPiece(l, path, piece)
	if err != nil {
		t.Fatal(err)
	}
	if rec.Trim != piece {
		t.Errorf("of it %+v is said to be kept", rec.Trim)
	}
	cut, err := importPiece(l, tones(t, 1000), recordings.Trim{}) // cut by hand
	if err != nil {
		t.Fatal(err)
	}
	if rec.ID != cut.ID {
		t.Errorf("the piece lasts %s and is not, frame for frame, the file of the same frames, which lasts %s", rec.Length, cut.Length)
	}
	if has(rec.Warnings, recordings.EndMissing) {
		t.Error("what was cut off on purpose is warned of as missing")
	}
	original, err := l.Original(context.Background(), rec.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = original.Close() }()
	kept, _ := io.ReadAll(original)
	if came, _ := os.ReadFile(path); string(kept) != string(came) {
		t.Error("the bytes as they came were changed")
	}
}

func TestTrimBeyondTheEndIsTheEnd(t *testing.T) {
	t.Parallel()
	needs(t, "ffmpeg")
	l, _, _ := library(t)
	path := tones(t, 500, 1000)
	rec, err := importPiece(l, path, recordings.Trim{From: 500 * time.Millisecond, To: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	if open, err := importPiece(l, path, recordings.Trim{From: 500 * time.Millisecond}); err != nil || open.ID != rec.ID {
		t.Errorf("to its end it is %.8s, %v; want %.8s", open.ID, err, rec.ID)
	}
}

func TestTrimThatLeavesNothing(t *testing.T) {
	t.Parallel()
	needs(t, "ffmpeg")
	l, x, _ := library(t)
	path := tones(t, 500)
	for name, piece := range map[string]recordings.Trim{
		"backwards":      {From: 800 * time.Millisecond, To: 300 * time.Millisecond},
		"too short":      {From: 300 * time.Millisecond, To: 400 * time.Millisecond},
		"behind the end": {From: 900 * time.Millisecond},
		"beyond it":      {From: time.Minute, To: time.Hour},
		"before it":      {From: -time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := importPiece(l, path, piece)
			var refused recordings.Refused
			if !errors.As(err, &refused) || refused.Code != recordings.BadTrim || !strings.Contains(err.Error(), "keep a longer piece") {
				t.Errorf("it is taken in as %v", err)
			}
		})
	}
	if len(x.known) != 0 {
		t.Error("something was kept")
	}
}

// The same bytes with another trim are another recording, made from the original
// that was kept, also much later; with the same trim they are the same.
func TestRetrimMakesANewRecordingOfTheSameOriginal(t *testing.T) {
	t.Parallel()
	needs(t, "ffmpeg")
	l, x, root := library(t)
	path := tones(t, 500, 1000, 2000)
	whole, err := importPiece(l, path, recordings.Trim{})
	if err != nil {
		t.Fatal(err)
	}
	piece := recordings.Trim{From: time.Second}
	cut, err := l.Retrim(context.Background(), whole.ID, recordings.About{By: "Mỷ", Trim: piece})
	if err != nil {
		t.Fatal(err)
	}
	if cut.ID == whole.ID || whole.Length-cut.Length != time.Second || cut.Title != whole.Title || cut.Village != "un-ta" || cut.By != "Mỷ" {
		t.Errorf("it became %+v", cut)
	}
	again, err := importPiece(l, path, piece)
	if err != nil || again.ID != cut.ID {
		t.Errorf("the same piece became %.8s, %v; want %.8s", again.ID, err, cut.ID)
	}
	back, err := l.Retrim(context.Background(), cut.ID, recordings.About{By: "Mỷ"})
	if err != nil || back.ID != whole.ID {
		t.Errorf("all of it again is %.8s, %v; want %.8s", back.ID, err, whole.ID)
	}
	x.mu.Lock()
	x.needs = nil
	x.mu.Unlock()
	if err := l.Remove(context.Background(), whole.ID); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(root, "original", "*", "*")); len(left) != 0 {
		t.Errorf("the original is gone, and there is left %q", left)
	}
}

func TestRetrimOfABuiltInSound(t *testing.T) {
	t.Parallel()
	l, x, _ := library(t)
	b := recordings.BuiltIns()[0]
	x.known = map[string]recordings.Recording{b.ID: {ID: b.ID, Kind: recordings.BuiltIn}}
	if _, err := l.Retrim(context.Background(), b.ID, recordings.About{}); !errors.Is(err, recordings.ErrBuiltIn) {
		t.Errorf("it is %v", err)
	}
	if _, err := l.Retrim(context.Background(), strings.Repeat("0", 64), recordings.About{}); !errors.Is(err, recordings.ErrNotFound) {
		t.Errorf("of nothing it is %v", err)
	}
}
