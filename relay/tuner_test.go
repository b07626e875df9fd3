package relay_test

import (
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"loalang/audio/speaker/ruler"
	"loalang/relay"
)

// A tuner on the virtual card, heard by the real arecord.
func TestTunerIsHeard(t *testing.T) {
	t.Parallel()
	needs(t, "arecord")
	line := make([]byte, 2*48000)
	for i := range 48000 {
		binary.LittleEndian.PutUint16(line[2*i:], uint16(int16(8000*math.Sin(2*math.Pi*500*float64(i)/48000))))
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "line.s16")
	if err := os.WriteFile(path, line, 0o600); err != nil {
		t.Fatal(err)
	}
	card, err := ruler.Build(dir, ruler.Options{Capture: path})
	if errors.Is(err, ruler.ErrTools) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	r := &relay.Receiver{Env: []string{"PATH=" + os.Getenv("PATH"), "ALSA_CONFIG_PATH=" + card.Config}, Stall: 2 * time.Second}
	tuner := relay.Station{Input: "default"}
	for range 2 { // the second time shows that the first let the card go
		found, err := r.Probe(t.Context(), tuner)
		if err != nil || found.Format != "line" || math.Abs(found.Loudness-(-15.2)) > 1 {
			t.Errorf("%+v, %v", found, err)
		}
	}
	for _, wrong := range []ruler.State{ruler.Unplugged, ruler.Busy} {
		if err := card.Set(wrong, true); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Probe(t.Context(), tuner); codeOf(t, err) != relay.NoInput {
			t.Errorf("%s: %v", wrong, err)
		}
		if err := card.Set(wrong, false); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.Probe(t.Context(), relay.Station{Input: "plughw:CARD=Nothing"}); codeOf(t, err) != relay.NoInput {
		t.Errorf("a card that is not there: %v", err)
	}
}
