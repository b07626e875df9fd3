package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loalang/audio"
	"loalang/audio/speaker/ruler"
)

func TestSpread(t *testing.T) {
	s := newSpread([]float64{4, 1, 3, 2, 100}, 1)
	if got, want := s.String(), "3.000 / 100 / 100, 1 lost"; got != want {
		t.Errorf("String = %q, want %q", got, want)
	}
	if got, want := newSpread(nil, 3).String(), "none of 3"; got != want {
		t.Errorf("String = %q, want %q", got, want)
	}
}

func TestMatchTakesTheFirstOnsetAfterItsInstant(t *testing.T) {
	const second = audio.Instant(time.Second)
	asked := []audio.Instant{second, 2 * second, 3 * second}
	onsets := []audio.Instant{second.Add(3 * time.Millisecond), second.Add(40 * time.Millisecond), (3 * second).Add(-time.Millisecond)}
	got := match(asked, onsets, 500*time.Millisecond)
	if want := "1.000 / 3.000 / 3.000, 1 lost"; got.String() != want {
		t.Errorf("match = %s, want %s", got, want)
	}
}

func TestInsertWritesBetweenTheMarksOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "table.md")
	if err := os.WriteFile(path, []byte("# Before\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"one", "two"} {
		if err := insert(path, text); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(raw); strings.Contains(got, "one") || !strings.Contains(got, "two") || !strings.HasPrefix(got, "# Before\n") {
		t.Errorf("the document is now %q", got)
	}
}

// Two cards that are a known distance apart must be measured as that.
func TestLikestFindsAPieceInNoise(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	long := make([]int16, 3000)
	for i := range long {
		long[i] = int16(random.IntN(20000) - 10000)
	}
	if at, ok := likest(long[1234:1234+512], long); !ok || at != 1234 {
		t.Errorf("likest = %d, %v, want 1234, true", at, ok)
	}
	other := make([]int16, 512)
	for i := range other {
		other[i] = int16(random.IntN(20000) - 10000)
	}
	if at, ok := likest(other, long); ok {
		t.Errorf("likest found what is not there, at %d", at)
	}
}

func TestOnsetsOfADriftingCard(t *testing.T) {
	card, err := ruler.Build(t.TempDir(), ruler.Options{Drift: 100})
	if err != nil {
		t.Skipf("%v", err)
	}
	frames := "start 1000000000 0 480 960 100\n"
	pcm := make([]byte, 4*48000*10)
	at := 48000 * 9
	pcm[4*at+1] = 0x40 // a loud frame
	for name, raw := range map[string][]byte{"1-000.log": []byte(frames), "1-000.s16": pcm} {
		if err := os.WriteFile(filepath.Join(card.Dir, name), raw, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	runs, dry, err := card.Runs()
	if err != nil || dry != 0 {
		t.Fatalf("Runs: %d dry, %v", dry, err)
	}
	got := ruler.Onsets(runs, 8000, 50*time.Millisecond)
	want := audio.Instant(10*time.Second) - audio.Instant(9*time.Second*100/1000000)
	if len(got) != 1 || got[0].Sub(want).Abs() > time.Microsecond {
		t.Errorf("Onsets = %v, want %v", got, want)
	}
}
