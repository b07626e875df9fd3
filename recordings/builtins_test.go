package recordings_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"loalang/recordings"
)

func TestBuiltInLevels(t *testing.T) {
	want := map[string]struct {
		length time.Duration
		lufs   float64
	}{
		recordings.ChimeSound:   {2500 * time.Millisecond, -18},
		recordings.OpeningSound: {6 * time.Second, -18},
		recordings.ClosingSound: {4 * time.Second, -18},
		recordings.SirenSound:   {10 * time.Second, -12},
	}
	all := recordings.BuiltIns()
	if len(all) != len(want) {
		t.Fatalf("%d sounds", len(all))
	}
	total := 0
	for _, b := range all {
		total += len(b.WAV())
		t.Run(b.Name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.wav")
			if err := os.WriteFile(path, b.WAV(), 0o600); err != nil {
				t.Fatal(err)
			}
			h := measure(t, path)
			got := h.integrated
			if want[b.Name].length < 3*time.Second {
				got = h.momentary
			}
			if !near(got, want[b.Name].lufs, 0.15) || h.truePeak > -1.5 {
				t.Errorf("ffmpeg hears %+v", h)
			}
			frames := (len(b.WAV()) - 44) / 2
			if length := time.Duration(frames) * time.Second / 48000; length != want[b.Name].length {
				t.Errorf("it lasts %v", length)
			}
			if b.Title == "" || len(b.ID) != 64 {
				t.Errorf("title %q, ID %q", b.Title, b.ID)
			}
		})
	}
	if total > 2_500_000 {
		t.Errorf("they make the program %d bytes larger", total)
	}
}

// The last frame and the first differ by no more than neighbours do anywhere
// else: the siren can go round without a click.
func TestSirenGoesRoundWithoutASeam(t *testing.T) {
	f, err := recordings.SirenFile()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	wav, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	x := samples(wav)
	steepest, bend := 0.0, 0.0
	for i := 2; i < len(x); i++ {
		steepest = max(steepest, math.Abs(x[i]-x[i-1]))
		bend = max(bend, math.Abs(x[i]-2*x[i-1]+x[i-2]))
	}
	n := len(x)
	if d := math.Abs(x[0] - x[n-1]); d > steepest {
		t.Errorf("the seam is a step of %.0f, the steepest slope is %.0f", d, steepest)
	}
	for _, d := range []float64{x[0] - 2*x[n-1] + x[n-2], x[1] - 2*x[0] + x[n-1]} {
		if math.Abs(d) > bend {
			t.Errorf("the seam bends by %.0f, the siren by %.0f at most", d, bend)
		}
	}
}

func samples(wav []byte) []float64 {
	var x []float64
	for b := wav[44:]; len(b) >= 2; b = b[2:] {
		x = append(x, float64(int16(binary.LittleEndian.Uint16(b))))
	}
	return x
}

// go generate must leave the files as they are. Another processor may round
// the last bit of a sine differently.
func TestGeneratingAgainChangesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cmd := exec.Command("go", "run", "./builtin/generate", dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go run: %v\n%s", err, out)
	}
	for _, b := range recordings.BuiltIns() {
		again := mustRead(t, filepath.Join(dir, b.Name+".wav"))
		if bytes.Equal(again, b.WAV()) {
			continue
		}
		if runtime.GOARCH == "amd64" || len(again) != len(b.WAV()) {
			t.Errorf("%s is made differently: run go generate ./recordings/builtin", b.Name)
			continue
		}
		was, is := samples(b.WAV()), samples(again)
		for i := range is {
			if math.Abs(is[i]-was[i]) > 1 {
				t.Fatalf("%s differs at frame %d: %v, was %v", b.Name, i, is[i], was[i])
			}
		}
	}
}

func TestSeedBuiltIns(t *testing.T) {
	// None of it may need ffmpeg: a board without it still has its chime.
	l, x, root := library(t, func(c *recordings.Config) {
		c.Sandbox = recordings.NewSandbox(recordings.SandboxConfig{FFmpeg: "ffmpeg-that-is-not-there"})
	})
	for range 2 {
		if err := l.SeedBuiltIns(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	for _, b := range recordings.BuiltIns() {
		rec := x.known[b.ID]
		want := -18.0
		if b.Name == recordings.SirenSound {
			want = -12
		}
		if rec.Kind != recordings.BuiltIn || rec.Title != b.Title || !near(rec.Loudness, want, 0.1) || rec.TruePeak > -1.5 || rec.Village != "" || rec.Length == 0 {
			t.Errorf("%s: %+v", b.Name, rec)
		}
		if err := os.Remove(filepath.Join(root, "play", b.ID[:2], b.ID+".wav")); err != nil {
			t.Error(err)
		}
		f, err := l.PlayCopy(context.Background(), b.ID) // the cache may drop these too
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(f)
		f.Close()
		if err != nil || !bytes.Equal(got, b.WAV()) {
			t.Errorf("%s: the play copy has %d bytes, %v", b.Name, len(got), err)
		}
	}
	if created := x.known[recordings.BuiltIns()[0].ID].Created; created.IsZero() {
		t.Error("not dated")
	}
}
