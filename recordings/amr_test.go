package recordings_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"loalang/recordings"
)

// amrFrame is how many bytes follow the head of a frame, by its type.
var amrFrame = []int{12, 13, 15, 17, 19, 20, 26, 31, 5, 0, 0, 0, 0, 0, 0, 0}

// withoutSilence replaces frames by such that hold nothing, and every eighth by one
// that describes the noise of the room, as an old phone sends them while nobody speaks.
func withoutSilence(t *testing.T, amr []byte, from, to int) []byte {
	t.Helper()
	const magic = 6
	out := append([]byte(nil), amr[:magic]...)
	for at, n := magic, 0; at < len(amr); n++ {
		size := 1 + amrFrame[amr[at]>>3&15]
		if at+size > len(amr) {
			t.Fatalf("frame %d is cut", n)
		}
		if n >= from && n < to && n%8 == 0 {
			out = append(out, 0x44, 0, 0, 0, 0, 0) // SID
		} else if n >= from && n < to {
			out = append(out, 0x7c)
		} else {
			out = append(out, amr[at:at+size]...)
		}
		at += size
	}
	return out
}

// What an old phone left out as silence is silence and not missing, and however
// often ffmpeg complains of it, the file comes in.
func TestSilenceThatAPhoneLeftOutStays(t *testing.T) {
	t.Parallel()
	needs(t, "ffmpeg", "espeak-ng")
	dir := t.TempDir()
	wav, path := say(t, dir, 60), filepath.Join(dir, "old.amr")
	narrow(t, wav, path)
	if err := os.WriteFile(path, withoutSilence(t, mustRead(t, path), 500, 2500), 0o600); err != nil {
		t.Fatal(err)
	}
	in3gp := filepath.Join(dir, "old.3gp")
	ffmpeg(t, "-v", "error", "-i", path, "-c:a", "copy", in3gp)
	l, _, _ := library(t)
	for _, path := range []string{path, in3gp} {
		rec, err := importFile(l, path)
		if err != nil {
			t.Fatalf("%s: %v", filepath.Ext(path), err)
		}
		if d := rec.Measures.Before.Length - time.Minute; d < -200*time.Millisecond || d > 200*time.Millisecond {
			t.Errorf("%s: of a minute came %v", filepath.Ext(path), rec.Measures.Before.Length)
		}
		if !has(rec.Warnings, recordings.LongSilence) || has(rec.Warnings, recordings.EndMissing) || !near(rec.Loudness, -18, 0.3) {
			t.Errorf("%s: %v, %.1f LUFS", filepath.Ext(path), rec.Warnings, rec.Loudness)
		}
		f, err := l.Before(context.Background(), rec.ID)
		if err != nil {
			t.Fatalf("%s: %v", filepath.Ext(path), err)
		}
		_ = f.Close()
	}
}
