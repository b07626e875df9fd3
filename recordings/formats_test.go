package recordings_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"loalang/recordings"
)

// goodFiles makes 4 s of speech in every form that people send.
func goodFiles(t *testing.T, dir string) map[string]string {
	t.Helper()
	wav := say(t, dir, 4)
	files := map[string]string{}
	add := func(name string, args ...string) {
		path := filepath.Join(dir, name)
		ffmpeg(t, append(append([]string{"-v", "error", "-i", wav}, args...), path)...)
		files[name] = path
	}
	add("m4a.m4a", "-c:a", "aac")
	add("faststart.m4a", "-c:a", "aac", "-movflags", "+faststart")
	add("fragments.mp4", "-c:a", "aac", "-movflags", "frag_keyframe+empty_moov")
	add("mp3.mp3", "-c:a", "libmp3lame")
	add("22050.mp3", "-c:a", "libmp3lame", "-ar", "22050", "-id3v2_version", "0", "-write_xing", "0")
	add("opus.ogg", "-c:a", "libopus", "-b:a", "24k")
	add("vorbis.ogg", "-c:a", "libvorbis")
	add("webm.webm", "-c:a", "libopus")
	add("u8.wav", "-c:a", "pcm_u8")
	add("s16.wav", "-c:a", "pcm_s16le")
	add("s24.wav", "-c:a", "pcm_s24le")
	add("f32.wav", "-c:a", "pcm_f32le")
	add("alaw.wav", "-c:a", "pcm_alaw", "-ar", "8000")
	add("rf64.wav", "-rf64", "always")
	add("flac.flac", "-c:a", "flac")
	add("adts.aac", "-c:a", "aac", "-f", "adts")
	add("stereo.m4a", "-c:a", "aac", "-ac", "2")
	add("mislabelled.txt", "-c:a", "aac", "-f", "mp4")
	add("-i", "-c:a", "libmp3lame", "-f", "mp3")
	ffmpeg(t, "-v", "error", "-i", wav, "-f", "lavfi", "-i", "testsrc=d=4:s=320x240", "-c:v", "libx264", "-c:a", "aac", "-shortest", filepath.Join(dir, "video.mp4"))
	files["video.mp4"] = filepath.Join(dir, "video.mp4")
	files["nb.amr"] = filepath.Join(dir, "nb.amr")
	narrow(t, wav, files["nb.amr"])
	// Debian's sox writes no AMR of 16 kHz.
	wide := filepath.Join(dir, "wb.awb")
	if err := exec.Command("sox", wav, "-r", "16000", "-c", "1", "-t", "amr-wb", wide).Run(); err == nil {
		files["wb.awb"] = wide
	}
	return files
}

func TestEveryGoodFormatDecodes(t *testing.T) {
	t.Parallel()
	needs(t, "ffmpeg", "espeak-ng")
	files := goodFiles(t, t.TempDir())
	eachLock(t, func(t *testing.T, behind recordings.SandboxConfig) {
		t.Parallel()
		l, _, _ := library(t, func(c *recordings.Config) {
			c.Sandbox = recordings.NewSandbox(behind)
		})
		for name, path := range files {
			t.Run(name, func(t *testing.T) {
				rec, err := importFile(l, path)
				if err != nil {
					t.Fatal(err)
				}
				if !near(rec.Loudness, -18, 0.3) || rec.TruePeak > -1.5 {
					t.Errorf("%.2f LUFS, %.2f dBTP", rec.Loudness, rec.TruePeak)
				}
				if rec.Length < 3500*time.Millisecond || rec.Length > 4600*time.Millisecond {
					t.Errorf("4 s became %v", rec.Length)
				}
				if has(rec.Warnings, recordings.EndMissing) || has(rec.Warnings, recordings.Clipped) || has(rec.Warnings, recordings.OffLevel) {
					t.Errorf("warnings: %v", rec.Warnings)
				}
			})
		}
	})
}

// A file whose end is missing still comes in when something can be opened, and
// says so.
func TestMissingEndIsTold(t *testing.T) {
	t.Parallel()
	needs(t, "ffmpeg", "espeak-ng")
	dir := t.TempDir()
	wav := say(t, dir, 8)
	l, _, _ := library(t)
	for _, c := range []struct {
		name string
		args []string
	}{
		{"x.mp3", []string{"-c:a", "libmp3lame"}},
		{"x.m4a", []string{"-c:a", "aac", "-movflags", "+faststart"}},
		{"x.ogg", []string{"-c:a", "libopus"}},
		{"x.wav", nil},
		{"rf64.wav", []string{"-rf64", "always"}},
		{"x.flac", nil},
		{"x.webm", []string{"-c:a", "libopus"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			whole, cut := filepath.Join(dir, c.name), filepath.Join(dir, "cut-"+c.name)
			ffmpeg(t, append(append([]string{"-v", "error", "-i", wav}, c.args...), whole)...)
			b := mustRead(t, whole)
			if err := os.WriteFile(cut, b[:len(b)*6/10], 0o600); err != nil {
				t.Fatal(err)
			}
			rec, err := importFile(l, whole)
			if err != nil || has(rec.Warnings, recordings.EndMissing) {
				t.Errorf("whole: %v %v", rec.Warnings, err)
			}
			rec, err = importFile(l, cut)
			if err != nil || !has(rec.Warnings, recordings.EndMissing) {
				t.Errorf("cut: %v %v", rec.Warnings, err)
			}
		})
	}
}

// A recorder that lost power leaves no length in the head of its WAV.
func TestWAVOfACrashedRecorder(t *testing.T) {
	t.Parallel()
	needs(t, "ffmpeg", "espeak-ng")
	dir := t.TempDir()
	good := mustRead(t, say(t, dir, 6))
	at := -1
	for i := 12; i+8 < len(good); i++ {
		if string(good[i:i+4]) == "data" {
			at = i + 4
			break
		}
	}
	l, _, _ := library(t)
	for name, size := range map[string]string{"streamed": "\xff\xff\xff\xff", "zero": "\x00\x00\x00\x00"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(dir, name+".wav")
			b := append([]byte(nil), good...)
			copy(b[at:], size)
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
			rec, err := importFile(l, path)
			if err != nil || rec.Length < 5*time.Second || has(rec.Warnings, recordings.EndMissing) {
				t.Errorf("%v %v %v", rec.Length, rec.Warnings, err)
			}
		})
	}
}
