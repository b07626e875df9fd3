package speech_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"loalang/speech"
	"loalang/speech/enginetest"
	"loalang/speech/enginetest/standin"
)

// TestMain lets the processes of package standin be.
func TestMain(m *testing.M) {
	standin.Main()
	goleak.VerifyTestMain(m)
}

func needEspeak(t *testing.T) *speech.Espeak {
	t.Helper()
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		t.Skip("espeak-ng is not installed: apt-get install espeak-ng")
	}
	return speech.NewEspeak(speech.EspeakConfig{TempDir: t.TempDir()})
}

func TestEspeakConformance(t *testing.T) {
	enginetest.Run(t, enginetest.Subject{
		Engine: needEspeak(t), Language: "vi", Short: "xin chào",
		Long: "Kính mời bà con đến nhà văn hóa thôn họp lúc mười chín giờ ngày mai. Đề nghị bà con đến đông đủ và đúng giờ.",
	})
}

func TestEspeakName(t *testing.T) {
	name, err := needEspeak(t).Name(t.Context())
	if err != nil || !strings.HasPrefix(name, "espeak-ng 1.") {
		t.Errorf("name = %q, %v; want espeak-ng and its version", name, err)
	}
}

func TestEspeakVoicesCoverTheLanguagesThatHaveOne(t *testing.T) {
	voices, err := needEspeak(t).Voices(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if voices[0].ID != "espeak:vi" {
		t.Errorf("the first voice is %q, want espeak:vi", voices[0].ID)
	}
	count := map[string]int{}
	for _, v := range voices {
		count[v.Language]++
	}
	for _, l := range speech.Languages() {
		if (count[l.Code] > 0) != l.HasVoice {
			t.Errorf("%s has %d voices, HasVoice says %v", l.Code, count[l.Code], l.HasVoice)
		}
	}
	if count["vi"] != 3 {
		t.Errorf("%d Vietnamese voices, want North, Centre and South", count["vi"])
	}
}

// Giáy, Hmông, Tày and Dao are told by recordings: an engine must not guess.
func TestLanguagesWithoutVoiceAreRefused(t *testing.T) {
	e := needEspeak(t)
	for _, l := range speech.Languages() {
		if l.HasVoice {
			continue
		}
		err := e.Synthesize(t.Context(), speech.Request{Text: "a", Language: l.Code}, io.Discard)
		if !errors.Is(err, speech.ErrNoVoice) {
			t.Errorf("%s: synthesize = %v, want ErrNoVoice", l.Code, err)
		}
	}
}

func TestEspeakSlowerIsLonger(t *testing.T) {
	e := needEspeak(t)
	length := func(rate int) int {
		var b bytes.Buffer
		if err := e.Synthesize(t.Context(), speech.Request{Text: "Kính mời bà con đến nhà văn hóa.", Language: "vi", Rate: rate}, &b); err != nil {
			t.Fatal(err)
		}
		return b.Len()
	}
	if slow, usual, fast := length(100), length(0), length(220); slow <= usual || usual <= fast {
		t.Errorf("bytes at 100, the default, 220 words a minute: %d, %d, %d", slow, usual, fast)
	}
	if low, lowest := length(1), length(80); low != lowest {
		t.Errorf("a rate below the range gives %d bytes, the lowest %d", low, lowest)
	}
}

// The mean distance between changes of sign falls as the voice rises.
func TestEspeakHigherIsHigher(t *testing.T) {
	e := needEspeak(t)
	sound := func(pitch int) []byte {
		var b bytes.Buffer
		if err := e.Synthesize(t.Context(), speech.Request{Text: "a a a a a a", Language: "vi", Pitch: pitch}, &b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	period := func(pitch int) float64 {
		frames := enginetest.Parse(t, sound(pitch)).Frames
		peaks, loudest := 0, int16(0)
		for _, f := range frames {
			loudest = max(loudest, f)
		}
		for i, up := 1, false; i < len(frames); i++ { // one for each pulse of the throat
			if f := frames[i]; !up && f > loudest/2 {
				up, peaks = true, peaks+1
			} else if f < 0 {
				up = false
			}
		}
		return float64(len(frames)) / float64(peaks)
	}
	if low, high := period(10), period(90); low < high*1.2 {
		t.Errorf("frames from peak to peak: %.0f at 10, %.0f at 90", low, high)
	}
	if !bytes.Equal(sound(0), sound(speech.NeutralPitch)) {
		t.Error("pitch 50 is not the voice as it is")
	}
	if !bytes.Equal(sound(200), sound(speech.MaxPitch)) {
		t.Error("a pitch above the range is not the highest")
	}
}

// A title on a line of its own is followed by a pause.
func TestEspeakPausesBetweenLines(t *testing.T) {
	e := needEspeak(t)
	length := func(text string) int {
		var b bytes.Buffer
		if err := e.Synthesize(t.Context(), speech.Request{Text: text, Language: "vi"}, &b); err != nil {
			t.Fatal(err)
		}
		return b.Len()
	}
	if one, two := length("thông báo họp thôn"), length("thông báo\nhọp thôn"); two < one+22050*2/5 {
		t.Errorf("two lines have %d bytes, one has %d: no pause of a fifth of a second", two, one)
	}
}

// fakeEspeak is a program in place of espeak-ng.
func fakeEspeak(t *testing.T, script string) speech.EspeakConfig {
	t.Helper()
	path := filepath.Join(t.TempDir(), "espeak-ng")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return speech.EspeakConfig{Program: path, TempDir: t.TempDir()}
}

// wavStart is a header of espeak-ng: 22 050 Hz, sizes that it cannot know.
const wavStart = `printf 'RIFF\044\360\377\177WAVEfmt \020\000\000\000\001\000\001\000\042\126\000\000\104\254\000\000\002\000\020\000data\000\360\377\177'; `

func TestEspeakFaults(t *testing.T) {
	tests := map[string]struct {
		script string
		change func(*speech.EspeakConfig)
		is     error
		says   string
	}{
		"OK":           {script: wavStart + "head -c 8820 /dev/zero"},
		"Missing":      {change: func(c *speech.EspeakConfig) { c.Program = "/nowhere/espeak-ng" }, is: speech.ErrNoEngine},
		"NotAProgram":  {change: func(c *speech.EspeakConfig) { _ = os.Chmod(c.Program, 0o600) }, is: speech.ErrNoEngine},
		"Fails":        {script: "echo 'no such voice' >&2; exit 2", says: "no such voice"},
		"Nothing":      {script: "exit 0", says: "no sound"},
		"OnlyHeader":   {script: wavStart, says: "no sound"},
		"NoWAV":        {script: "echo this is surely no sound at all", says: "no sound"},
		"Stereo":       {script: strings.Replace(wavStart, `\001\000\001\000`, `\001\000\002\000`, 1) + "head -c 17640 /dev/zero"},
		"NotPCM":       {script: strings.Replace(wavStart, `\001\000\001\000`, `\125\000\001\000`, 1) + "head -c 8820 /dev/zero", says: "codec 85"},
		"EndsInHeader": {script: "printf 'RIFF\\044\\000\\000\\000WAVEfmt '", says: "no sound"},
		"TooLong": {
			script: wavStart + "head -c 2000000 /dev/zero",
			change: func(c *speech.EspeakConfig) { c.Longest = 10 * time.Second },
			is:     speech.ErrTooLong,
		},
		"LongerThanAllowedButShorterThanTheCap": {
			script: wavStart + "head -c 500000 /dev/zero",
			change: func(c *speech.EspeakConfig) { c.Longest = 10 * time.Second },
			is:     speech.ErrTooLong,
		},
		"Endless": {
			script: wavStart + "exec cat /dev/zero",
			change: func(c *speech.EspeakConfig) { c.Longest = time.Minute },
			is:     speech.ErrTooLong,
		},
		"Hangs": {
			script: "exec sleep 1000",
			change: func(c *speech.EspeakConfig) { c.Timeout = 50 * time.Millisecond },
			is:     context.DeadlineExceeded,
		},
		"NoFolder": {change: func(c *speech.EspeakConfig) { c.TempDir = "/nowhere" }, says: "no such file"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := fakeEspeak(t, tt.script)
			if tt.change != nil {
				tt.change(&c)
			}
			var b bytes.Buffer
			err := speech.NewEspeak(c).Synthesize(t.Context(), speech.Request{Text: "chào", Language: "vi"}, &b)
			switch {
			case tt.is == nil && tt.says == "":
				if err != nil {
					t.Fatal(err)
				}
				if got := len(enginetest.Parse(t, b.Bytes()).Frames); got != 4410 {
					t.Errorf("%d frames, want 4410", got)
				}
				return
			case tt.is != nil && !errors.Is(err, tt.is), tt.is == nil && (err == nil || !strings.Contains(err.Error(), tt.says)):
				t.Errorf("synthesize = %v, want %v %s", err, tt.is, tt.says)
			}
			if b.Len() > 0 {
				t.Errorf("%d bytes were written in spite of the error", b.Len())
			}
		})
	}
}

// A cadre's text is no option, and the program sees nothing of our environment.
func TestEspeakRunsAlone(t *testing.T) {
	t.Setenv("LOALANG_SECRET", "token")
	dir := t.TempDir()
	c := fakeEspeak(t, `env > `+dir+`/env; echo "$@" > `+dir+`/args; cat > `+dir+`/text; `+wavStart+"head -c 100 /dev/zero")
	err := speech.NewEspeak(c).Synthesize(t.Context(), speech.Request{Text: "-w /etc/passwd [[a]]\nhai", Language: "vi"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	read := func(name string) string {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	if env := read("env"); strings.Contains(env, "SECRET") || strings.Contains(env, "HOME=") {
		t.Errorf("the program sees %s", env)
	}
	if args := read("args"); args != "--stdin --stdout -b 1 -v vi -s 145\n" {
		t.Errorf("arguments = %q", args)
	}
	if text := read("text"); text != "-w /etc/passwd a\n\nhai\n" {
		t.Errorf("text = %q", text)
	}
}

func TestEspeakEndsWithItsContext(t *testing.T) {
	c := fakeEspeak(t, "exec sleep 1000")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := speech.NewEspeak(c).Name(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("name = %v, want the context's end", err)
	}
}

// A disk that is full while a text is spoken is no fault of the program, which
// only finds its pipe closed.
func TestEspeakOnAFullDisk(t *testing.T) {
	c := fakeEspeak(t, wavStart+"exec head -c 8000000 /dev/zero")
	if err := unix.Mount("tmpfs", c.TempDir, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("a small disk cannot be mounted here (%v): run the tests as root", err)
	}
	defer func() { _ = unix.Unmount(c.TempDir, unix.MNT_DETACH) }()
	err := speech.NewEspeak(c).Synthesize(t.Context(), speech.Request{Text: "chào", Language: "vi"}, io.Discard)
	if !errors.Is(err, unix.ENOSPC) {
		t.Errorf("synthesize = %v, want no space left", err)
	}
}

// A wrapper script is ended with everything it started.
func TestEspeakEndsWhatAScriptStarted(t *testing.T) {
	left := filepath.Join(t.TempDir(), "pid")
	c := fakeEspeak(t, "sleep 1000 & echo $! > "+left+"; wait")
	var raw []byte
	for c.Timeout = 300 * time.Millisecond; len(raw) == 0; c.Timeout *= 3 { // the script must come to begin something
		err := speech.NewEspeak(c).Synthesize(t.Context(), speech.Request{Text: "chào", Language: "vi"}, io.Discard)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("synthesize = %v, want the end of its time", err)
		}
		if raw, err = os.ReadFile(left); err != nil && c.Timeout > 20*time.Second {
			t.Fatal(err)
		}
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(raw)))
	if err != nil {
		t.Fatal(err)
	}
	if !ends(pid) {
		_ = unix.Kill(pid, unix.SIGKILL)
		t.Errorf("process %d goes on", pid)
	}
}

// ends waits until a process is over; a killed orphan is there until somebody reaps it.
func ends(pid int) bool {
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil || strings.Contains(string(stat), ") Z ") {
			return true
		}
	}
	return false
}

func TestEspeakAnswersThatAreNone(t *testing.T) {
	e := speech.NewEspeak(fakeEspeak(t, "echo gibberish"))
	if name, err := e.Name(t.Context()); err == nil {
		t.Errorf("name = %q, want an error", name)
	}
	if voices, err := e.Voices(t.Context()); err != nil || len(voices) != 0 {
		t.Errorf("voices = %v, %v; want none", voices, err)
	}
	endless := speech.NewEspeak(fakeEspeak(t, "exec cat /dev/zero"))
	if _, err := endless.Voices(t.Context()); err == nil {
		t.Error("an endless list of voices gave no error")
	}
}

func BenchmarkEspeakOneMinute(b *testing.B) {
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		b.Skip("espeak-ng is not installed: apt-get install espeak-ng")
	}
	e := speech.NewEspeak(speech.EspeakConfig{})
	text := strings.Repeat("Kính mời bà con đến nhà văn hóa thôn họp lúc mười chín giờ ngày mai. ", 10)
	for b.Loop() {
		if err := e.Synthesize(b.Context(), speech.Request{Text: text, Language: "vi"}, io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
