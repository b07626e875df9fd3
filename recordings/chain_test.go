package recordings_test

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loalang/recordings"
)

// bad makes the recordings that villages send: each a filter over clean
// speech, and what must be said of it.
func badRecordings() []struct {
	name, filter string
	warn, not    []string
} {
	mix := func(noise string) string {
		return "[0:a]volume=-6dB[v];" + noise + ",aformat=channel_layouts=mono[n];[v][n]amix=inputs=2:duration=first:normalize=0"
	}
	return []struct {
		name, filter string
		warn, not    []string
	}{
		{"OK clean", "[0:a]anull", nil, []string{"noisy", "quiet", "clipped", "off-level", "truncated", "long-silence"}},
		{"far from the microphone", "[0:a]volume=-26dB", []string{"quiet"}, []string{"clipped", "off-level"}},
		{"overdriven", "[0:a]volume=22dB,aformat=s16", []string{"clipped"}, []string{"quiet", "off-level"}},
		{"overdriven AAC", "[0:a]volume=22dB,aformat=s16", []string{"clipped"}, []string{"off-level"}},
		{"50 Hz hum", mix("sine=f=50:d=12,volume=-10dB"), nil, []string{"noisy", "off-level"}},
		{"market noise", mix("anoisesrc=c=pink:a=0.25:d=12:seed=7"), []string{"noisy"}, []string{"off-level"}},
		{"a motor that runs", mix("aevalsrc='0.05*(sin(2*PI*87*t)+sin(2*PI*174*t)+sin(2*PI*261*t)+sin(2*PI*435*t)+sin(2*PI*609*t))+0.03*(random(0)-0.5)':d=12:s=48000"), []string{"noisy"}, []string{"off-level"}},
		{"level step", "[0:a]volume='if(lt(t,6),1,0.16)':eval=frame", nil, []string{"off-level", "clipped"}},
		{"one channel of two", "[0:a]pan=stereo|c0=c0|c1=0*c0", nil, []string{"off-level", "quiet"}},
		{"a pause of 6 s", "[0:a]volume='if(between(t,3,9),0,1)':eval=frame", []string{"long-silence"}, []string{"off-level"}},
	}
}

func TestBadRecordingsAreLevelledAndTold(t *testing.T) {
	t.Parallel()
	needs(t, "ffmpeg", "espeak-ng")
	dir := t.TempDir()
	wav := say(t, dir, 12)
	l, _, _ := library(t)
	for i, c := range badRecordings() {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(dir, fmt.Sprintf("bad%d.wav", i))
			if strings.HasSuffix(c.name, "AAC") {
				path = strings.TrimSuffix(path, "wav") + "m4a"
			}
			ffmpeg(t, "-v", "error", "-i", wav, "-filter_complex", c.filter, "-t", "12", path)
			rec, err := importFile(l, path)
			if err != nil {
				t.Fatal(err)
			}
			f, err := l.PlayCopy(context.Background(), rec.ID)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if h := measure(t, f.Name()); !near(h.integrated, -18, 0.3) || h.truePeak > -1.5 {
				t.Errorf("ffmpeg hears %+v", h)
			}
			for _, code := range c.warn {
				if !has(rec.Warnings, code) {
					t.Errorf("not told: %s (got %v, %+v)", code, rec.Warnings, figures(rec))
				}
			}
			for _, code := range c.not {
				if has(rec.Warnings, code) {
					t.Errorf("told without need: %s", code)
				}
			}
		})
	}
}

// lead and tail are the seconds under −45 dBFS at both ends.
func silences(t *testing.T, l *recordings.Library, id string) (lead, tail float64) {
	t.Helper()
	f, err := l.PlayCopy(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	x := samples(mustRead(t, f.Name()))
	quiet := func(from int) bool {
		var sum float64
		for _, v := range x[from:min(len(x), from+480)] {
			sum += v * v
		}
		return math.Sqrt(sum/480)/32768 < math.Pow(10, -45.0/20)
	}
	for lead = 0; int(lead*48000) < len(x) && quiet(int(lead*48000)); lead += 0.01 {
	}
	for at := len(x) - 480; at >= 0 && quiet(at); at -= 480 {
		tail += 0.01
	}
	return lead, tail
}

func TestEndsAreTrimmedAndNothingInside(t *testing.T) {
	t.Parallel()
	needs(t, "ffmpeg", "espeak-ng")
	dir := t.TempDir()
	wav := say(t, dir, 7)
	l, _, _ := library(t)
	cases := []struct {
		name, filter string
		length       time.Duration
	}{
		{"OK long silence at both ends", "adelay=4000,apad=pad_dur=5", 7 * time.Second},
		{"speech from the first frame", "atrim=start=1,asetpts=PTS-STARTPTS", 6 * time.Second},
		{"a pause inside stays", "volume='if(between(t,3,5),0,1)':eval=frame,adelay=2000", 7 * time.Second},
	}
	for i, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(dir, fmt.Sprintf("trim%d.wav", i))
			ffmpeg(t, "-v", "error", "-i", wav, "-af", c.filter, path)
			rec, err := importFile(l, path)
			if err != nil {
				t.Fatal(err)
			}
			lead, tail := silences(t, l, rec.ID)
			if lead < 0.2 || lead > 0.5 {
				t.Errorf("%.2f s of silence before the first word, want 0.2 to 0.5", lead)
			}
			if tail < 0.2 || tail > 0.6 {
				t.Errorf("%.2f s of silence after the last word, want 0.2 to 0.6", tail)
			}
			if d := rec.Length - c.length; d < -1200*time.Millisecond || d > 700*time.Millisecond {
				t.Errorf("it lasts %v, the speech %v", rec.Length, c.length)
			}
		})
	}
}

func TestShortSoundsAreLevelledByTheirLoudestPart(t *testing.T) {
	t.Parallel()
	needs(t, "ffmpeg")
	dir := t.TempDir()
	l, _, _ := library(t)
	for _, seconds := range []string{"0.25", "0.6", "1.5", "2.4"} {
		t.Run(seconds, func(t *testing.T) {
			path := filepath.Join(dir, seconds+".wav")
			ffmpeg(t, "-v", "error", "-f", "lavfi", "-i", "sine=f=880:d="+seconds+":r=48000,volume=-30dB", path)
			rec, err := importFile(l, path)
			if err != nil {
				t.Fatal(err)
			}
			if !near(rec.Loudness, -18, 0.3) || rec.TruePeak > -1.5 {
				t.Errorf("%.2f LUFS, %.2f dBTP", rec.Loudness, rec.TruePeak)
			}
			f, err := l.PlayCopy(context.Background(), rec.ID)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if h := measure(t, f.Name()); !near(h.momentary, -18, 0.4) {
				t.Errorf("ffmpeg hears %+v", h)
			}
		})
	}
}

// A word is short and has peaks: the limiter takes back most of every turn, and
// several are needed.
func TestShortWordsAreLevelled(t *testing.T) {
	t.Parallel()
	needs(t, "ffmpeg", "espeak-ng")
	dir := t.TempDir()
	wav := say(t, dir, 4)
	l, _, _ := library(t)
	for _, from := range []string{"0.1", "0.5", "0.8"} {
		for _, length := range []string{"0.2", "0.3"} {
			path := filepath.Join(dir, from+"-"+length+".wav")
			ffmpeg(t, "-v", "error", "-ss", from, "-t", length, "-i", wav, path)
			rec, err := importFile(l, path)
			if err != nil {
				t.Fatal(err)
			}
			if !near(rec.Loudness, -18, 0.3) || rec.TruePeak > -1.5 || has(rec.Warnings, recordings.OffLevel) {
				t.Errorf("%s s from %s: %.2f LUFS, %.2f dBTP, %v", length, from, rec.Loudness, rec.TruePeak, rec.Warnings)
			}
		}
	}
}

// A microphone with two opposite wires on a stereo socket gives one channel that
// is the other upside down: the mean of both is silence, or nothing but the noise
// by which they differ. What a phone plays well must not be called silent.
func TestChannelsThatCancelEachOther(t *testing.T) {
	t.Parallel()
	needs(t, "ffmpeg", "espeak-ng")
	dir := t.TempDir()
	wav := say(t, dir, 4)
	l, _, _ := library(t)
	want, err := importFile(l, wav)
	if err != nil {
		t.Fatal(err)
	}
	for name, right := range map[string]string{"wholly": "-1*c0", "nearly": "-0.98*c0"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(dir, name+".wav")
			ffmpeg(t, "-v", "error", "-i", wav, "-af", "pan=stereo|c0=c0|c1="+right, path)
			rec, err := importFile(l, path)
			if err != nil {
				t.Fatal(err)
			}
			if rec.ID != want.ID {
				t.Errorf("%v %.1f LUFS %v, want the same sound as of one channel", rec.Length, rec.Loudness, rec.Warnings)
			}
		})
	}
}

func TestSirenIsLevelledHigher(t *testing.T) {
	t.Parallel()
	needs(t, "ffmpeg")
	path := filepath.Join(t.TempDir(), "siren.wav")
	ffmpeg(t, "-v", "error", "-f", "lavfi", "-i", "sine=f=700:d=5:r=48000", path)
	l, _, _ := library(t)
	levels := map[bool]float64{}
	ids := map[string]bool{}
	for _, siren := range []bool{false, true} {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		rec, err := l.Import(context.Background(), f, recordings.About{Title: "còi", Kind: recordings.Take, Siren: siren})
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		levels[siren] = rec.Loudness
		ids[rec.ID] = true
	}
	if !near(levels[false], -18, 0.3) || !near(levels[true], -12, 0.3) || len(ids) != 2 {
		t.Errorf("levels %v, %d recordings", levels, len(ids))
	}
}

// What a horn cannot give is taken out: energy under 150 Hz lies at least
// 20 dB below the speech band.
func TestRumbleIsTakenOut(t *testing.T) {
	t.Parallel()
	needs(t, "ffmpeg", "espeak-ng")
	dir := t.TempDir()
	path := filepath.Join(dir, "rumble.wav")
	ffmpeg(t, "-v", "error", "-i", say(t, dir, 8), "-filter_complex",
		"[0:a]volume=-6dB[v];anoisesrc=c=brown:a=0.6:d=8:seed=3,lowpass=f=100:p=2,aformat=channel_layouts=mono[n];[v][n]amix=inputs=2:duration=first:normalize=0", path)
	l, _, _ := library(t)
	rec, err := importFile(l, path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := l.PlayCopy(context.Background(), rec.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	band := func(filter string) float64 {
		out := ffmpeg(t, "-i", f.Name(), "-af", filter+",astats=measure_perchannel=none:measure_overall=RMS_level", "-f", "null", "-")
		var db float64
		at := strings.Index(out, "RMS level dB:")
		if _, err := fmt.Sscanf(out[at:], "RMS level dB: %f", &db); err != nil {
			t.Fatal(err)
		}
		return db
	}
	low, speech := band("lowpass=f=150:p=2,lowpass=f=150:p=2,lowpass=f=150:p=2"), band("highpass=f=300:p=2,lowpass=f=4000:p=2")
	if speech-low < 20 {
		t.Errorf("%.1f dB under 150 Hz, %.1f dB of speech", low, speech)
	}
}
