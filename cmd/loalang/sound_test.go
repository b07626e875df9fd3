package main_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"mime/multipart"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"loalang/recordings"
)

// upload is a multipart body with one file.
type upload struct {
	name string
	raw  []byte
}

func (u upload) form(t testing.TB) (io.Reader, string) {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile("file", u.name)
	if err == nil {
		_, err = part.Write(u.raw)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return &body, w.FormDataContentType()
}

// pcm reads the samples of a 48 kHz s16 mono WAV with a plain header.
func pcm(t testing.TB, raw []byte) []int16 {
	t.Helper()
	if len(raw) < 44 || string(raw[:4]) != "RIFF" || binary.LittleEndian.Uint32(raw[24:]) != 48000 || binary.LittleEndian.Uint16(raw[22:]) != 1 {
		t.Fatalf("not a 48 kHz mono WAV: % x", raw[:min(44, len(raw))])
	}
	raw = raw[44:]
	frames := make([]int16, len(raw)/2)
	for i := range frames {
		frames[i] = int16(binary.LittleEndian.Uint16(raw[2*i:]))
	}
	return frames
}

// builtIn is one of the sounds of the program.
func builtIn(t testing.TB, name string) []int16 {
	t.Helper()
	for _, b := range recordings.BuiltIns() {
		if b.Name == name {
			return pcm(t, b.WAV())
		}
	}
	t.Fatalf("no built-in sound %q", name)
	return nil
}

// find looks for a clip in played sound: the frame at which it begins, -1 when
// it is not there. A sample may differ by one step of rounding.
func find(played, clip []int16) int {
	probe := loudest(clip)
	for at := 0; at+len(clip) <= len(played); at++ {
		if near(played[at+probe], clip[probe]) && same(played[at:], clip) {
			return at
		}
	}
	return -1
}

// loudest is where a clip is least like silence.
func loudest(clip []int16) int {
	best := 0
	for i, v := range clip {
		if abs(v) > abs(clip[best]) {
			best = i
		}
	}
	return best
}

func same(played, clip []int16) bool {
	for i, v := range clip {
		if !near(played[i], v) {
			return false
		}
	}
	return true
}

func near(a, b int16) bool { return int(a)-int(b) <= 1 && int(b)-int(a) <= 1 }

func abs(v int16) int { return int(math.Abs(float64(v))) }

// tape is what the file device wrote.
type tape struct {
	frames  []int16
	started time.Time // when its first frame left, by the wall clock
}

func readTape(t testing.TB, path string) tape {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	side, err := os.ReadFile(path + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var anchor struct {
		Realtime int64 `json:"started_realtime_ns"`
		Rate     int   `json:"rate"`
	}
	if err := json.Unmarshal(side, &anchor); err != nil || anchor.Rate != 48000 {
		t.Fatalf("%s.json: %v, rate %d", path, err, anchor.Rate)
	}
	return tape{pcm(t, raw), time.Unix(0, anchor.Realtime)}
}

// when is the instant at which frame i left.
func (tp tape) when(i int) time.Time {
	return tp.started.Add(time.Duration(i) * time.Second / 48000)
}

// between is what was played in [from, to).
func (tp tape) between(from, to time.Time) []int16 {
	at := func(x time.Time) int {
		return max(0, min(len(tp.frames), int(math.Round(x.Sub(tp.started).Seconds()*48000))))
	}
	return tp.frames[at(from):at(to)]
}

var summary = regexp.MustCompile(`(?s)I:\s+(-?[\d.]+) LUFS.*Peak:\s+(-?[\d.]+|-inf) dBFS`)

// loudness measures with ffmpeg's ebur128: LUFS integrated and dBTP.
func loudness(t testing.TB, frames []int16) (lufs, peak float64) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "measure.s16")
	var raw bytes.Buffer
	if err := binary.Write(&raw, binary.LittleEndian, frames); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, raw.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("ffmpeg", "-hide_banner", "-nostats", "-f", "s16le", "-ar", "48000", "-ac", "1", "-i", name,
		"-af", "ebur128=peak=true", "-f", "null", "-").CombinedOutput()
	if err != nil {
		t.Fatalf("ffmpeg: %v\n%s", err, out)
	}
	m := summary.FindSubmatch(out[bytes.LastIndex(out, []byte("Summary:")):])
	if m == nil {
		t.Fatalf("ebur128 says nothing:\n%s", out)
	}
	lufs, _ = strconv.ParseFloat(string(m[1]), 64)
	peak, _ = strconv.ParseFloat(string(m[2]), 64)
	return lufs, peak
}

// phone makes a recording as phones send it, of spoken words.
func phone(t testing.TB, ext string, codec ...string) upload {
	t.Helper()
	dir := t.TempDir()
	wav, out := filepath.Join(dir, "say.wav"), filepath.Join(dir, "ghi-am."+ext)
	words := "Kính mời bà con thôn Ún Tà ra nhà văn hóa họp bàn việc làm đường ngõ xóm vào tối nay."
	if _, errs, code := loalang(t, "", "say", "-o", wav, words); code != 0 {
		t.Fatalf("say: %s", errs)
	}
	args := append([]string{"-v", "error", "-i", wav, "-ar", "48000"}, codec...)
	if msg, err := exec.Command("ffmpeg", append(args, out)...).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v\n%s", err, msg)
	}
	raw, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return upload{name: fmt.Sprintf("ghi âm.%s", ext), raw: raw}
}
