package relay_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"os/exec"
	"regexp"
	"strconv"
	"testing"

	"loalang/audio/level"
	"loalang/relay"
)

const rate = 48000

// speech is noise in syllables of 0.25 s with a pause of 1.5 s after each fourth of
// them, at about that many LUFS while it speaks.
func speech(lufs, seconds float64) []float32 {
	random := rand.New(rand.NewPCG(1, 2))
	out := make([]float32, int(seconds*rate))
	scale := math.Pow(10, (lufs-0.7)/20) * math.Sqrt(3) // the weighting and the envelope make up for 0.7
	for i := range out {
		at := math.Mod(float64(i)/rate, 4)
		if at > 2.5 {
			continue
		}
		out[i] = float32(scale * (2*random.Float64() - 1) * (0.7 + 0.5*math.Sin(2*math.Pi*at*4)))
	}
	return out
}

func loudness(x []float32) float64 {
	m := level.NewMeter(rate)
	m.Write(x)
	return m.Loudness().Integrated
}

// levelled is what a Leveller makes of x, in uneven blocks.
func levelled(l *relay.Leveller, x []float32) []float32 {
	out := append([]float32(nil), x...)
	for at := 0; at < len(out); at += 960 {
		l.Process(out[at:min(at+960, len(out))])
	}
	return out
}

func TestProgrammeComesToItsLevel(t *testing.T) {
	for _, c := range []struct {
		name string
		lufs float64
	}{{"OK as it should be", -18}, {"too loud", -7}, {"too quiet", -29}, {"a tuner that is turned down", -34}, {"a little quiet", -23}} {
		t.Run(c.name, func(t *testing.T) {
			x := speech(c.lufs, 60)
			if before := loudness(x); math.Abs(before-c.lufs) > 1 {
				t.Fatalf("the test itself speaks at %.1f LUFS", before)
			}
			y := levelled(relay.NewLeveller(), x)
			if got := loudness(y[8*rate:]); math.Abs(got-relay.Target) > 1.5 {
				t.Errorf("after 8 s it is at %.1f LUFS", got)
			}
			if got, ok := ebur128(t, y[8*rate:]); ok && math.Abs(got-relay.Target) > 1.5 {
				t.Errorf("ffmpeg reads %.1f LUFS", got)
			}
			for i, v := range y {
				if v > 0.795 || v < -0.795 {
					t.Fatalf("frame %d peaks at %.3f", i, v)
				}
			}
		})
	}
}

// A hall's noise between the words must stay as far below them as it was.
func TestPausesAreNotLifted(t *testing.T) {
	x := speech(-28, 40)
	hum := rand.New(rand.NewPCG(3, 4))
	for i := range x {
		x[i] += float32(0.0005 * (2*hum.Float64() - 1)) // −71 dBFS
	}
	l := relay.NewLeveller()
	levelled(l, x[:20*rate])
	before := l.Gain()
	for at := 20 * rate; at < len(x); at += 4800 {
		levelled(l, x[at:at+4800])
		if moved := math.Abs(float64(l.Gain() - before)); moved > 1 {
			t.Fatalf("%.1f s in, the gain has moved by %.1f dB", float64(at)/rate, moved)
		}
	}
	levelled(l, make([]float32, 30*rate))
	if moved := math.Abs(float64(l.Gain() - before)); moved > 1 {
		t.Errorf("half a minute of silence moved the gain by %.1f dB", moved)
	}
}

// A programme that becomes 20 LU quieter for good is no endless pause.
func TestQuietProgrammeAfterALoudOne(t *testing.T) {
	l := relay.NewLeveller()
	levelled(l, speech(-10, 20))
	y := levelled(l, speech(-29, 40))
	if got := loudness(y[15*rate:]); math.Abs(got-relay.Target) > 1.5 {
		t.Errorf("it stays at %.1f LUFS", got)
	}
}

func TestLevellerAllocatesNothing(t *testing.T) {
	l, x := relay.NewLeveller(), speech(-20, 1)
	if n := testing.AllocsPerRun(10, func() { l.Process(x) }); n != 0 {
		t.Errorf("%.0f allocations", n)
	}
}

// ebur128 is what ffmpeg's meter reads of mono sound, as one of two equal channels
// of which it measures one.
func ebur128(t *testing.T, x []float32) (lufs float64, ok bool) {
	t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Log("ffmpeg is missing: its meter is not asked")
		return 0, false
	}
	raw := new(bytes.Buffer)
	if err := binary.Write(raw, binary.LittleEndian, x); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("ffmpeg", "-hide_banner", "-nostats", "-f", "f32le", "-ar", "48000", "-ac", "1", "-i", "pipe:0", "-af", "ebur128", "-f", "null", "-")
	cmd.Stdin = raw
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("ffmpeg: %v\n%s", err, out)
	}
	all := regexp.MustCompile(`I: +(-[0-9.]+) LUFS`).FindAllSubmatch(out, -1)
	if len(all) == 0 {
		t.Fatalf("ffmpeg says nothing of loudness:\n%s", out)
	}
	lufs, err = strconv.ParseFloat(string(all[len(all)-1][1]), 64)
	if err != nil {
		t.Fatal(err)
	}
	return lufs, true
}
