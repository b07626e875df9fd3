package recordings_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"loalang/recordings"
)

// What goes out to phones is made of the master, is small, says nothing of anybody,
// and goes with its recording.
func TestSlimIsForPhones(t *testing.T) {
	t.Parallel()
	needs(t, "ffmpeg", "espeak-ng")
	l, _, root := library(t)
	rec, err := importFile(l, say(t, t.TempDir(), 6))
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	var first []byte
	for range 2 { // made, and from the cache
		f, err := l.Slim(ctx, rec.ID)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = raw
		}
		if !bytes.Equal(raw, first) {
			t.Error("the second copy is another")
		}
		// 40 kbit/s are 5,000 bytes a second; frames and the decoder's run-up add a little.
		if want := 5000 * rec.Length.Seconds(); float64(len(raw)) < want || float64(len(raw)) > want+2000 {
			t.Errorf("%d bytes for %s, want some %.0f", len(raw), rec.Length, want)
		}
		if raw[0] != 0xFF || raw[1]&0xE0 != 0xE0 || bytes.Contains(raw, []byte("ID3")) || bytes.Contains(raw, []byte(rec.Title)) {
			t.Errorf("it begins with % x", raw[:16])
		}
		if got := measure(t, f.Name()); !near(got.integrated, rec.Loudness, 0.5) {
			t.Errorf("%.1f LUFS, the play copy has %.1f", got.integrated, rec.Loudness)
		}
	}
	path := filepath.Join(root, "play", rec.ID[:2], rec.ID+".slim.mp3")
	if _, err := os.Stat(path); err != nil {
		t.Fatal(err)
	}
	if err := l.Remove(ctx, rec.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it stays when its recording has gone: %v", err)
	}
	for _, id := range []string{rec.ID, "../../etc/passwd", ""} {
		if _, err := l.Slim(ctx, id); !errors.Is(err, recordings.ErrNotFound) {
			t.Errorf("%q: %v", id, err)
		}
	}
}

func TestSlimOfADamagedMaster(t *testing.T) {
	t.Parallel()
	needs(t, "ffmpeg", "espeak-ng")
	l, _, root := library(t)
	rec, err := importFile(l, say(t, t.TempDir(), 3))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(filepath.Join(root, "master", rec.ID[:2], rec.ID+".flac"), 3000); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Slim(context.Background(), rec.ID); !errors.Is(err, recordings.ErrDamaged) {
		t.Errorf("%v", err)
	}
}
