package recordings

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"loalang/recordings/yardstick"
)

// printsOf takes the fingerprints of a sound as it is and after what phones and
// messengers do to it.
func printsOf(t *testing.T, dir, name string, x []float64) map[string]fingerprint {
	t.Helper()
	wav := filepath.Join(dir, name+".wav")
	if err := os.WriteFile(wav, yardstick.WAV([][]float64{x}, yardstick.Rate), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) {
		if out, err := exec.Command("ffmpeg", append([]string{"-v", "error", "-nostdin", "-y"}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("ffmpeg %v: %v\n%s", args, err, out)
		}
	}
	prints := map[string]fingerprint{}
	for how, args := range map[string][]string{
		"as it is":        {"x.wav"},
		"mp3 32k":         {"-c:a", "libmp3lame", "-b:a", "32k", "x.mp3"},
		"opus 12k":        {"-c:a", "libopus", "-b:a", "12k", "x.ogg"},
		"telephone 8 kHz": {"-ar", "8000", "-c:a", "pcm_alaw", "x2.wav"},
		"quiet and noisy": {"-af", "volume=-6dB,aeval=val(0)+0.002*(random(0)-0.5)", "x3.wav"},
		"trimmed":         {"-ss", "0.777", "x4.wav"},
	} {
		made := filepath.Join(dir, args[len(args)-1])
		run(append(append([]string{"-i", wav}, args[:len(args)-1]...), made)...)
		raw := filepath.Join(dir, "out.wav")
		run("-i", made, "-ac", "1", "-ar", fmt.Sprint(masterRate), "-c:a", "pcm_s16le", "-fflags", "+bitexact", raw)
		f, err := fingerprintOf(raw, wavHead, nil)
		if err != nil {
			t.Fatal(err)
		}
		prints[how] = f
	}
	return prints
}

// Of ten texts of one voice, some of which differ in one word, each is found again
// in whatever form it comes, and none is taken for another: 45 pairs.
func TestFingerprintsTellTheSameFromTheAlike(t *testing.T) {
	t.Parallel()
	for _, p := range []string{"ffmpeg", "espeak-ng"} {
		if _, err := exec.LookPath(p); err != nil {
			t.Skipf("%s is missing: apt install ffmpeg espeak-ng", p)
		}
	}
	var texts []string
	for _, day := range []string{"hai", "ba", "bốn", "năm", "sáu", "bảy"} {
		texts = append(texts, "Kính thưa bà con. Sáng thứ "+day+", tám giờ, mời bà con đến nhà văn hóa thôn họp bàn việc làm đường.")
	}
	for _, r := range yardstick.Readings() {
		texts = append(texts, r.Text)
	}
	texts = append(texts, "Kính thưa bà con. Chiều nay có mưa to, đề nghị bà con không qua suối khi nước lên.")
	dir := t.TempDir()
	var all []map[string]fingerprint
	for i, text := range texts {
		x, err := yardstick.Speech(context.Background(), yardstick.Reading{Voice: "vi", Text: text})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, printsOf(t, dir, fmt.Sprint(i), x))
	}
	pairs := 0
	for i, one := range all {
		for how, f := range one {
			if l := one["as it is"].like(f); !l.twin() {
				t.Errorf("text %d, %s: not found again: %+v", i, how, l)
			}
		}
		for j, other := range all[:i] {
			pairs++
			for how, f := range other {
				if l := one["as it is"].like(f); l.twin() {
					t.Errorf("text %d is taken for %d, %s: %+v", j, i, how, l)
				} else if testing.Verbose() && l.errors < 0.3 {
					t.Logf("%d %d %s %+v", i, j, how, l)
				}
			}
		}
		if testing.Verbose() {
			for how, f := range one {
				t.Logf("%d %s %+v", i, how, one["as it is"].like(f))
			}
		}
	}
	if pairs != 45 {
		t.Errorf("%d pairs", pairs)
	}
}
