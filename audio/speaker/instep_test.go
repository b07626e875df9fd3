package speaker_test

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loalang/audio"
	"loalang/audio/speaker"
)

// hiss is frame k of a noise that never repeats, so that a piece of it tells which
// piece it is.
func hiss(k int) int16 {
	var sum int64
	for i := range 4 {
		x := uint64(k+i) * 0x9e3779b97f4a7c15 // splitmix64
		x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
		x = (x ^ x>>27) * 0x94d049bb133111eb
		sum += int64(x>>49) - 16384
	}
	return int16(sum / 4)
}

// hissing is a WAV file of it.
func hissing(t testing.TB, length audio.Frames) *os.File {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "hiss.wav"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	w := bufio.NewWriter(f)
	size := uint32(2 * length)
	head := []any{
		[]byte("RIFF"), size + 36, []byte("WAVEfmt "), uint32(16), uint16(1), uint16(1), uint32(audio.Rate), uint32(2 * audio.Rate),
		uint16(2), uint16(16), []byte("data"), size,
	}
	for _, field := range head {
		if err := binary.Write(w, binary.LittleEndian, field); err != nil {
			t.Fatal(err)
		}
	}
	for k := range int(length) {
		v := uint16(hiss(k))
		if _, err := w.Write([]byte{byte(v), byte(v >> 8)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return f
}

// newNeighbours are two cards whose crystals drift apart, by the names of west and
// east.
func newNeighbours(t testing.TB, west, east int) (w, e *ruler) {
	t.Helper()
	cards := [2]*ruler{}
	conf := ""
	for i, ppm := range []int{west, east} {
		cards[i] = newRuler(t, 32)
		if i == 0 {
			conf = fmt.Sprintf("pcm_type.ruler { lib %q }\n", filepath.Join(cards[0].dir, "libasound_module_pcm_ruler.so"))
		}
		conf += fmt.Sprintf("pcm.%s { type ruler dir %q drift_ppm %d }\n", []string{"west", "east"}[i], cards[i].dir, ppm)
	}
	path := filepath.Join(cards[0].dir, "neighbours.conf")
	if err := os.WriteFile(path, []byte(conf), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("ALSA_CONFIG_PATH", path)
	return cards[0], cards[1]
}

// reel is the longest run of a card, still on the disk.
type reel struct {
	run
	file  *os.File
	first int64 // of the file's frames
}

// longest finds what a card played for longest without a break.
func (r *ruler) longest(t testing.TB) reel {
	t.Helper()
	logs, err := filepath.Glob(filepath.Join(r.dir, "*.log"))
	if err != nil {
		t.Fatal(err)
	}
	var best reel
	var most int64
	for _, name := range logs {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(strings.TrimSuffix(name, ".log") + ".s16")
		if err != nil {
			t.Fatal(err)
		}
		end := info.Size() / 4
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		for i := len(lines) - 1; i >= 0; i-- {
			one := reel{}
			if n, _ := fmt.Sscanf(lines[i], "start %d %d %d %d %d", &one.at, &one.first, &one.period, &one.buffer, &one.drift); n < 4 {
				continue
			}
			if end-one.first > most {
				if best.file != nil {
					best.file.Close()
				}
				if one.file, err = os.Open(strings.TrimSuffix(name, ".log") + ".s16"); err != nil {
					t.Fatal(err)
				}
				best, most = one, end-one.first
			}
			end = one.first
		}
	}
	if best.file == nil {
		t.Fatal("the card has played nothing")
	}
	return best
}

// off is how much later than should the frame k of the hiss left, found by
// comparing pieces within 20 ms; found is false when it is not there.
func (r reel) off(t testing.TB, k int, should audio.Instant) (off time.Duration, found bool) {
	t.Helper()
	const piece, reach = 2400, 960
	i := int(float64(should.Sub(r.at)) / 1e9 * float64(audio.Rate) * (1 + float64(r.drift)*1e-6))
	raw := make([]byte, 4*(piece+2*reach))
	if _, err := r.file.ReadAt(raw, 4*(r.first+int64(i-reach))); err != nil {
		t.Fatalf("read what left at %v: %v", should, err)
	}
	heard := make([]float64, len(raw)/4)
	for j := range heard {
		heard[j] = float64(int16(binary.LittleEndian.Uint16(raw[4*j:])))
	}
	sums := make([]float64, 2*reach)
	best, power := 0, 0.0
	for j := range piece {
		v := float64(hiss(k + j))
		power += v * v
		for lag := range sums {
			sums[lag] += v * heard[lag+j]
		}
	}
	for lag, sum := range sums {
		if sum > sums[best] {
			best = lag
		}
	}
	if best == 0 || best == len(sums)-1 || sums[best] < power/2 {
		return 0, false
	}
	a, b, c := sums[best-1], sums[best], sums[best+1]
	peak := float64(i-reach+best) + (a-c)/(a-2*b+c)/2
	left := r.at.Add(time.Duration(peak / float64(audio.Rate) / (1 + float64(r.drift)*1e-6) * 1e9))
	return left.Sub(should), true
}

// TestNeighboursInStep: two outputs on cards whose crystals are 200 parts per
// million apart, told to play the same at the same instant, start within a
// millisecond and stay within five. LOALANG_SOAK=1h makes it an hour long (and
// leaves 1.5 GB in the temporary folder until it ends).
func TestNeighboursInStep(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute of real time: run without -short")
	}
	onCard(t, neighboursInStep)
}

func neighboursInStep(t *trial) {
	span := 25 * time.Second
	if words := os.Getenv("LOALANG_SOAK"); words != "" {
		long, err := time.ParseDuration(words)
		if err != nil {
			t.Fatalf("LOALANG_SOAK: %v", err)
		}
		span = max(span, long)
	}
	west, east := newNeighbours(t, 100, -100)
	file := hissing(t, audio.Rate.N(span))
	buffered := func(c *speaker.Config) { c.Buffer = 40 * time.Millisecond }
	outputs := []*rig{start(t, "west", buffered), start(t, "east", buffered)}
	for _, o := range outputs {
		o.waitFor(audio.DeviceUp, "")
	}
	at := in(3 * time.Second)
	for _, o := range outputs {
		if err := o.Cue(audio.Cue{ID: "a", File: file, At: at}); err != nil {
			t.Fatal(err)
		}
	}
	for end := at.Add(span); audio.Monotonic() < end; time.Sleep(time.Second) {
		for _, o := range outputs {
			if st := o.State(); st.Restarts > 0 { // nothing but a machine that stands still loses a virtual card
				t.hindered = append(t.hindered, "a card was lost")
				t.Fatalf("a card was lost: %+v", st)
			}
		}
	}
	for _, o := range outputs {
		over := o.waitFor(audio.Ended, "a")
		if over.Cause != audio.Completed || over.Frames != audio.Rate.N(span) {
			t.Errorf("it ended %+v, want completed with %d frames", over, audio.Rate.N(span))
		}
	}
	for _, o := range outputs {
		o.stop()
	}
	compare(t, west, east, at, span)
}

// compare finds the same pieces in what both cards played.
func compare(t *trial, west, east *ruler, at audio.Instant, span time.Duration) {
	t.Helper()
	w, e := west.longest(t), east.longest(t)
	defer w.file.Close()
	defer e.file.Close()
	every := max(time.Second, span/360)
	var began, worst, alone time.Duration
	for from := 10 * time.Millisecond; from < span-100*time.Millisecond; from += every {
		k := int(audio.Rate.N(from))
		inWest, one := w.off(t, k, at.Add(from))
		inEast, two := e.off(t, k, at.Add(from))
		if !one || !two {
			t.Fatalf("%v from its beginning the file is not to be found within 20 ms", from)
		}
		apart := (inWest - inEast).Abs()
		if from == 10*time.Millisecond {
			began = apart
		}
		worst = max(worst, apart)
		alone = max(alone, time.Duration(math.Max(float64(inWest.Abs()), float64(inEast.Abs()))))
	}
	t.Logf("over %v: apart at the start %v, at worst %v; from the instant at worst %v", span, began, worst, alone)
	if began > time.Millisecond || worst > 5*time.Millisecond {
		t.Errorf("the neighbours started %v apart and were %v apart at worst; want at most 1 ms and 5 ms", began, worst)
	}
}
