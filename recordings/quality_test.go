package recordings_test

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"loalang/recordings"
	"loalang/recordings/yardstick"
)

// told is what must be said of each of yardstick.Bads, and no other.
var told = map[string]string{
	"−42 LUFS, pink noise": "[quiet]", "−50 LUFS, white noise": "[quiet]", "clipped": "[clipped]", "reverb": "[echo]",
}

// Ten bad recordings come out at one level, told of rightly, and as intelligible
// as they came. ffmpeg's meter and STOI are the judges, not ours.
func TestTenBadRecordings(t *testing.T) {
	t.Parallel()
	needs(t, "ffmpeg", "espeak-ng")
	clean, err := yardstick.Speech(context.Background(), yardstick.Readings()[:1]...)
	if err != nil {
		t.Fatal(err)
	}
	l, _, _ := library(t)
	lowest, highest, sum := 0.0, -100.0, 0.0
	level := func(name string, loudness float64, h heard) {
		if !near(loudness, -18, 0.3) || h.truePeak > -1.5 {
			t.Errorf("%s: ffmpeg hears %+v", name, h)
		}
		lowest, highest = min(lowest, loudness), max(highest, loudness)
	}
	for _, bad := range yardstick.Bads() {
		wav := yardstick.WAV(bad.Spoil(clean, yardstick.Rate), yardstick.Rate)
		rec, play, master := imported(t, l, wav, recordings.About{Title: bad.Name, Kind: recordings.Take})
		for _, path := range []string{play, master} {
			h := measure(t, path)
			level(bad.Name+filepath.Ext(path), h.integrated, h)
		}
		if got := fmt.Sprint(rec.Warnings); got != told[bad.Name] && (len(rec.Warnings) > 0 || told[bad.Name] != "") {
			t.Errorf("%s: told %s, want %s (%+v)", bad.Name, got, told[bad.Name], figures(rec))
		}
		heard, rate, err := yardstick.ReadWAV(mustRead(t, play))
		if err != nil {
			t.Fatal(err)
		}
		came, _, _ := yardstick.ReadWAV(wav)
		raw, ours := yardstick.STOI(clean, yardstick.Rate, came[0], yardstick.Rate), yardstick.STOI(clean, yardstick.Rate, heard[0], rate)
		if ours < raw-0.05 {
			t.Errorf("%s: STOI %.3f, it came with %.3f", bad.Name, ours, raw)
		}
		sum += ours / float64(len(yardstick.Bads()))
	}
	spoken := yardstick.WAV([][]float64{clean}, yardstick.Rate)
	_, play, master := imported(t, l, append(spoken, 0, 0), recordings.About{Title: "a voice", Kind: recordings.Speech})
	for _, path := range []string{play, master} {
		h := measure(t, path)
		level("a voice"+filepath.Ext(path), h.integrated, h)
	}
	chime := filepath.Join(t.TempDir(), "chime.wav")
	if err := os.WriteFile(chime, recordings.BuiltIns()[0].WAV(), 0o600); err != nil {
		t.Fatal(err)
	}
	h := measure(t, chime)
	level("chime", h.momentary, h) // it lasts under 3 s
	if highest-lowest > 0.5 {
		t.Errorf("from %.1f to %.1f LUFS", lowest, highest)
	}
	if sum < 0.93 {
		t.Errorf("mean STOI %.4f, want 0.93", sum)
	}
}

// imported takes a sound in and gives the paths of its play copy and its master.
func imported(t *testing.T, l *recordings.Library, wav []byte, about recordings.About) (rec recordings.Recording, play, master string) {
	t.Helper()
	rec, err := l.Import(context.Background(), bytes.NewReader(wav), about)
	if err != nil {
		t.Fatalf("%s: %v", about.Title, err)
	}
	f, err := l.PlayCopy(context.Background(), rec.ID)
	if err != nil {
		t.Fatal(err)
	}
	_ = f.Close()
	m, err := l.Master(context.Background(), rec.ID)
	if err != nil {
		t.Fatal(err)
	}
	_ = m.Close()
	return rec, f.Name(), m.Name()
}

// figures are the measures without what is drawn.
func figures(r recordings.Recording) recordings.Measures {
	m := r.Measures
	m.Before.Wave, m.After.Wave = nil, nil
	return m
}

func TestMeasuresTellBeforeAndAfter(t *testing.T) {
	t.Parallel()
	needs(t, "ffmpeg", "espeak-ng")
	dir := t.TempDir()
	path := filepath.Join(dir, "x.wav")
	ffmpeg(t, "-v", "error", "-i", say(t, dir, 8), "-af", "volume=-20dB,adelay=3000,apad=pad_dur=2", path)
	l, x, _ := library(t)
	rec, err := importFile(l, path)
	if err != nil {
		t.Fatal(err)
	}
	m, before := rec.Measures, measure(t, path)
	if !near(m.Before.Loudness, before.integrated, 0.3) || !near(m.Before.TruePeak, before.truePeak, 0.3) || m.Before.Length < 12900*time.Millisecond {
		t.Errorf("before: %+v, ffmpeg hears %+v", figures(rec), before)
	}
	if m.After.Loudness != rec.Loudness || m.After.TruePeak != rec.TruePeak || m.After.Length != rec.Length {
		t.Errorf("after: %+v of %+v", figures(rec), rec.Loudness)
	}
	if d := m.Before.Length - m.Lead - m.Tail - rec.Length; d < -200*time.Millisecond || d > 200*time.Millisecond || m.Lead < 2500*time.Millisecond || m.Tail < time.Second {
		t.Errorf("cut %v and %v of %v, left %v", m.Lead, m.Tail, m.Before.Length, rec.Length)
	}
	loudest := func(w recordings.Wave) (top byte) {
		for _, v := range w {
			top = max(top, v)
		}
		return top
	}
	for name, h := range map[string]recordings.Heard{"before": m.Before, "after": m.After} {
		if n := len(h.Wave); n < recordings.WavePoints/2 || n > recordings.WavePoints {
			t.Errorf("%s: %d points", name, n)
		}
		if got, want := float64(loudest(h.Wave))/255, math.Pow(10, h.TruePeak/20); math.Abs(got-want) > 0.15*want+0.01 {
			t.Errorf("%s: the wave reaches %.2f, the sound %.2f", name, got, want)
		}
	}
	if m.Before.Wave[len(m.Before.Wave)/10] > 1 {
		t.Error("the silence before the first word is not seen")
	}
	if len(x.known[rec.ID].Measures.After.Wave) == 0 {
		t.Error("the index has not got them")
	}
}

// The lines of a hum are taken out, above the high-pass too; a tone that is no
// hum stays.
func TestHumIsTakenOut(t *testing.T) {
	t.Parallel()
	needs(t, "ffmpeg", "espeak-ng")
	dir := t.TempDir()
	wav := say(t, dir, 8)
	hum := filepath.Join(dir, "hum.wav")
	ffmpeg(t, "-v", "error", "-i", wav, "-filter_complex",
		"[0:a]volume=-6dB[v];aevalsrc='0.05*(sin(2*PI*50*t)+sin(2*PI*100*t)+0.6*sin(2*PI*250*t)+0.5*sin(2*PI*350*t)+0.3*sin(2*PI*550*t))':d=8:s=48000[n];[v][n]amix=inputs=2:duration=first:normalize=0", hum)
	tone := filepath.Join(dir, "tone.wav")
	ffmpeg(t, "-v", "error", "-f", "lavfi", "-i", "sine=f=700:d=5:r=48000", tone)
	l, _, _ := library(t)
	rec, err := importFile(l, hum)
	if err != nil {
		t.Fatal(err)
	}
	if m := rec.Measures; !near(m.Hum, 50, 1) || m.After.Margin < m.Before.Margin+10 || m.After.Floor > -50 {
		t.Errorf("hum: %+v", figures(rec))
	}
	if rec, err = importFile(l, tone); err != nil || rec.Measures.Hum != 0 || !near(rec.Loudness, -18, 0.3) {
		t.Errorf("tone: %v %+v", err, figures(rec))
	}
}

// Whichever channel holds the speech is taken alone, without the noise of the
// other; two people at two microphones both stay.
func TestOneChannelOfTwo(t *testing.T) {
	t.Parallel()
	needs(t, "ffmpeg", "espeak-ng")
	dir := t.TempDir()
	wav := say(t, dir, 6)
	l, _, _ := library(t)
	for _, c := range []struct {
		name, filter string
		want         recordings.Channel
	}{
		{"left", "[0:a]anull[a];anoisesrc=a=0.002:d=6:r=48000:seed=1[b];[a][b]join=inputs=2:channel_layout=stereo", recordings.Left},
		{"right", "[0:a]anull[b];anoisesrc=a=0.002:d=6:r=48000:seed=1[a];[a][b]join=inputs=2:channel_layout=stereo", recordings.Right},
		{"opposite", "pan=stereo|c0=0.7*c0|c1=-0.7*c0", recordings.Left},
		{"both", "pan=stereo|c0=c0|c1=c0", ""},
		{"two people", "[0:a]asplit[p][q];[p]volume='if(lt(t,3),1,0)':eval=frame[a];[q]volume='if(lt(t,3),0,0.4)':eval=frame[b];[a][b]join=inputs=2:channel_layout=stereo", ""},
	} {
		path := filepath.Join(dir, c.name+".m4a")
		ffmpeg(t, "-v", "error", "-i", wav, "-filter_complex", c.filter, "-t", "6", path)
		rec, err := importFile(l, path)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if rec.Measures.Channel != c.want || rec.Length < 5*time.Second {
			t.Errorf("%s: %q of %v was taken, want %q", c.name, rec.Measures.Channel, rec.Length, c.want)
		}
	}
}

// A room is told from none by how its sound dies away, whoever speaks.
func TestEchoIsTold(t *testing.T) {
	t.Parallel()
	needs(t, "ffmpeg", "espeak-ng")
	l, _, _ := library(t)
	for _, reading := range yardstick.Readings() {
		clean, err := yardstick.Speech(context.Background(), reading)
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range yardstick.Bads() {
			if bad.Name != "clean" && bad.Name != "reverb" && bad.Name != "−42 LUFS, pink noise" {
				continue
			}
			rec, err := l.Import(context.Background(), bytes.NewReader(yardstick.WAV(bad.Spoil(clean, yardstick.Rate), yardstick.Rate)), recordings.About{Title: bad.Name, Kind: recordings.Take})
			if err != nil {
				t.Fatal(err)
			}
			if got := has(rec.Warnings, recordings.Echo); got != (bad.Name == "reverb") {
				t.Errorf("%s, %s: echo is %v, decay %.2f s", reading.Voice, bad.Name, got, rec.Measures.Decay)
			}
		}
	}
}

func TestOutlineIsBounded(t *testing.T) {
	for _, frames := range []int{0, 1, 31, 32, 1000, 32000, 10_000_000} {
		var o recordings.Outline
		block := make([]float32, 1000)
		for left := frames; left > 0; left -= len(block) {
			block = block[:min(len(block), left)]
			block[0] = -0.5
			o.Write(block)
		}
		w := o.Wave()
		if len(w) > recordings.WavePoints || frames > 0 && len(w) == 0 || frames >= 32000 && len(w) < recordings.WavePoints/2 {
			t.Errorf("%d frames: %d points", frames, len(w))
		}
		if frames > 0 && w[0] != 128 {
			t.Errorf("%d frames: it begins with %d", frames, w[0])
		}
	}
}
