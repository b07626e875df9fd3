package audio_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"loalang/audio"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestGoldenMixes compares every transition, frame by frame and event by event,
// with what it was when somebody last listened to it. The frames are compared as
// s16, so that the last bit of a float, which may be another on another
// processor, does not matter; of the many, every 240th is written out, to see
// what has changed.
func TestGoldenMixes(t *testing.T) {
	for _, tr := range transitions() {
		t.Run(tr.name, func(t *testing.T) {
			onTransition(t, tr, tonal, period, 0, func(t *testing.T, r *rig) {
				got := r.describe()
				file := filepath.Join("testdata", "mixes", strings.NewReplacer(" ", "-", ",", "").Replace(tr.name)+".golden")
				if *update {
					if err := os.WriteFile(file, got, 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(file)
				if err != nil {
					t.Fatalf("%v; write it with: go test ./audio -run GoldenMixes -update", err)
				}
				if !bytes.Equal(got, want) {
					t.Errorf("the mix is another; where it is meant to be, write it anew with -update\n%s", firstDifference(want, got))
				}
			})
		})
	}
}

// describe is what came out and what was told.
func (r *rig) describe() []byte {
	var b bytes.Buffer
	for _, e := range r.events {
		fmt.Fprintf(&b, "%s %s at %d", e.Kind, e.ID, audio.Rate.N(e.At.Sub(frameAt(0))))
		switch e.Kind {
		case audio.Ended, audio.AlarmOff:
			fmt.Fprintf(&b, ", %d frames, %s", e.Frames, e.Cause)
		}
		if e.Level != 0 {
			fmt.Fprintf(&b, ", %.1f dBFS", e.Level)
		}
		b.WriteByte('\n')
	}
	frames := r.s16()
	h := sha256.New()
	_ = binary.Write(h, binary.LittleEndian, frames) // a hash takes anything
	fmt.Fprintf(&b, "sha256 %x of %d frames", h.Sum(nil), len(frames))
	for i := 0; i < len(frames); i += 240 {
		if i%2400 == 0 {
			fmt.Fprintf(&b, "\n%5d:", i)
		}
		fmt.Fprintf(&b, " %6d", frames[i])
	}
	b.WriteByte('\n')
	return b.Bytes()
}

// s16 is the output as it would be written to a file.
func (r *rig) s16() []int16 {
	frames := make([]int16, len(r.out))
	for i, v := range r.out {
		v *= 32768
		frames[i] = int16(v + 0.5)
		if v < 0 {
			frames[i] = int16(v - 0.5)
		}
	}
	return frames
}

func firstDifference(want, got []byte) string {
	w, g := strings.Split(string(want), "\n"), strings.Split(string(got), "\n")
	for i := range min(len(w), len(g)) {
		if w[i] != g[i] {
			return "want " + w[i] + "\ngot  " + g[i]
		}
	}
	return fmt.Sprintf("want %d lines, got %d", len(w), len(g))
}

// paced are the transitions in which it does matter how much is pulled at a time:
// when a source is waited for, and whether the end of an alarm is known early
// enough to mix what comes behind it. So it does for all streams.
var paced = []string{"source that is late", "source that breaks", "alarm that is lowered", "alarm that expires"}

// TestMixesDoNotDependOnTheDevice: whatever a device pulls at a time, the same
// comes out, and the tap hears it.
func TestMixesDoNotDependOnTheDevice(t *testing.T) {
	for _, tr := range transitions() {
		if slices.Contains(paced, tr.name) || slices.ContainsFunc(streamTransitions(), func(s transition) bool { return s.name == tr.name }) {
			continue
		}
		t.Run(tr.name, func(t *testing.T) {
			var want []int16
			onTransition(t, tr, tonal, period, 0, func(t *testing.T, r *rig) {
				want = r.s16()
				if n := len(r.tap); n < 43000 || !slices.Equal(r.tap, want[:n]) {
					t.Errorf("the tap heard %d frames, or others than came out", n)
				}
			})
			for _, size := range []audio.Frames{96, 240, 960, 1920} {
				onTransition(t, tr, tonal, size, 0, func(t *testing.T, r *rig) {
					if got := r.s16(); !slices.Equal(got, want) {
						t.Errorf("in pulls of %d frames: %s", size, firstFrames(want, got))
					}
				})
			}
		})
	}
}

func firstFrames(want, got []int16) string {
	for i := range want {
		if got[i] != want[i] {
			return fmt.Sprintf("frame %d is %d, want %d", i, got[i], want[i])
		}
	}
	return "the same"
}
