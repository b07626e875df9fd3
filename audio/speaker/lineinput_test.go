package speaker_test

import (
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestRulerHasALineInput: what a program records from the virtual card is the
// file in its line, in a loop, without a frame lost or told twice.
func TestRulerHasALineInput(t *testing.T) {
	arecord := needProgram(t, "arecord", "alsa-utils")
	const length = 20000
	line := make([]byte, 2*length)
	for i := range length {
		binary.LittleEndian.PutUint16(line[2*i:], uint16(i))
	}
	path := filepath.Join(t.TempDir(), "line.s16")
	if err := os.WriteFile(path, line, 0o644); err != nil {
		t.Fatal(err)
	}
	newRuler(t, 32, "capture", `"`+path+`"`, "drift_ppm -100")
	cmd := exec.Command(arecord, "-q", "-f", "S16_LE", "-r", "48000", "-c", "1", "-t", "raw", "-d", "1")
	cmd.Stderr = logWriter{t}
	raw, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if len(raw) != 2*48000 {
		t.Fatalf("%d frames in a second, want 48000", len(raw)/2)
	}
	frame := func(i int) int { return int(binary.LittleEndian.Uint16(raw[2*i:])) }
	for i := 1; i < len(raw)/2; i++ {
		if want := (frame(i-1) + 1) % length; frame(i) != want {
			t.Fatalf("frame %d is number %d of the line, want %d", i, frame(i), want)
		}
	}
}
