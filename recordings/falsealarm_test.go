package recordings_test

import (
	"bytes"
	"context"
	"os/exec"
	"path/filepath"
	"testing"

	"loalang/recordings"
	"loalang/recordings/yardstick"
)

// Nothing is wrong with these: whoever speaks fast, slowly or softly, and what rings
// by itself, is told of nothing that must be recorded again.
func TestCleanSoundsRaiseNoAlarm(t *testing.T) {
	t.Parallel()
	needs(t, "ffmpeg", "espeak-ng")
	dir := t.TempDir()
	sounds := map[string][]byte{}
	for name, args := range map[string][]string{
		"fast": {"-v", "vi", "-s", "260"}, "slow": {"-v", "vi-vn-x-central+f3", "-s", "90"}, "high": {"-v", "vi+f4", "-p", "80"},
		"deep": {"-v", "vi-vn-x-south+m7", "-p", "10"}, "croaking": {"-v", "vi+croak"},
	} {
		path := filepath.Join(dir, name+".wav")
		if out, err := exec.Command("espeak-ng", append(args, "-a", "60", "-w", path, yardstick.Readings()[0].Text[:230])...).CombinedOutput(); err != nil {
			t.Fatalf("espeak-ng: %v: %s", err, out)
		}
		sounds[name] = mustRead(t, path)
	}
	soft := filepath.Join(dir, "soft.m4a") // as from the far end of a table, −38 LUFS
	ffmpeg(t, "-v", "error", "-i", filepath.Join(dir, "slow.wav"), "-af", "volume=-12dB", soft)
	sounds["soft"] = mustRead(t, soft)
	for _, b := range recordings.BuiltIns() {
		sounds[b.Name] = b.WAV()
	}
	music := filepath.Join(dir, "music.mp3")
	ffmpeg(t, "-v", "error", "-f", "lavfi", "-i",
		"aevalsrc='st(0,220*pow(2,mod(5*floor(t/0.5),12)/12));0.3*exp(-3*mod(t,0.5))*(sin(2*PI*ld(0)*t)+sin(2*PI*1.25*ld(0)*t)+sin(2*PI*1.5*ld(0)*t))+0.1*exp(-2*mod(t+0.25,1))*sin(2*PI*3*ld(0)*t)':d=10:s=44100", music)
	sounds["music"] = mustRead(t, music)
	l, _, _ := library(t)
	for name, raw := range sounds {
		rec, err := l.Import(context.Background(), bytes.NewReader(raw), recordings.About{Title: name, Kind: recordings.Take})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(rec.Warnings) > 0 {
			t.Errorf("%s: told %v (%+v)", name, rec.Warnings, figures(rec))
		}
	}
}
