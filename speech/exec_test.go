package speech_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"loalang/speech"
	"loalang/speech/enginetest"
	"loalang/speech/enginetest/standin"
)

func TestExecConformance(t *testing.T) {
	needEspeak(t)
	for _, way := range []string{"wav", "float", "stereo", "deep", "chunks"} {
		t.Run(way, func(t *testing.T) {
			conforms(t, newExec(t, speech.ExecConfig{Declared: declared(t), Command: standin.Command(way)}))
		})
	}
	t.Run("raw", func(t *testing.T) {
		conforms(t, newExec(t, speech.ExecConfig{Declared: declared(t), Command: standin.Command("raw"), RawRate: 22050}))
	})
	t.Run("file", func(t *testing.T) {
		conforms(t, newExec(t, speech.ExecConfig{Declared: declared(t), Command: standin.Sherpa("well")}))
	})
}

func TestExecConvertsWhatItReads(t *testing.T) {
	needEspeak(t)
	sound := func(c speech.ExecConfig) []byte {
		c.Declared = declared(t)
		var b bytes.Buffer
		if err := newExec(t, c).Synthesize(t.Context(), speech.Request{Text: "xin chào", Language: "vi"}, &b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	want := sound(speech.ExecConfig{Command: standin.Command("wav")})
	for _, way := range []string{"float", "stereo", "deep", "chunks"} {
		if !bytes.Equal(sound(speech.ExecConfig{Command: standin.Command(way)}), want) {
			t.Errorf("%s: another sound", way)
		}
	}
	if !bytes.Equal(sound(speech.ExecConfig{Command: standin.Command("raw"), RawRate: 22050}), want) {
		t.Error("raw: another sound")
	}
}

func TestExecFaults(t *testing.T) {
	needEspeak(t)
	for _, c := range []struct {
		way  string
		want speech.FaultCode
		says string
	}{
		{"hangs", speech.Slow, "took longer"},
		{"nothing", speech.Soundless, "0 bytes"},
		{"garbage", speech.Soundless, "bytes"},
		{"exits", speech.Failed, "exit status 1: stand-in: the model vi.onnx is damaged"},
		{"endless", speech.Endless, "16 characters"},
		{"odd", speech.Unreadable, "96000 Hz"},
		{"short", speech.Garbled, "says 1000 bytes"},
		{"long", speech.BrokenOff, "bytes of sound"},
	} {
		t.Run(c.way, func(t *testing.T) {
			d := declared(t)
			if c.way == "hangs" {
				d.Timeout = 300 * time.Millisecond
			}
			f := fault(t, newExec(t, speech.ExecConfig{Declared: d, Command: standin.Command(c.way)}), d.TempDir)
			if f.Code != c.want || !strings.Contains(f.Error(), c.says) {
				t.Errorf("%s: %v, want %s %q", f.Code, f, c.want, c.says)
			}
		})
	}
	f := fault(t, newExec(t, speech.ExecConfig{Declared: declared(t), Command: []string{"/nowhere/piper"}}), t.TempDir())
	if f.Code != speech.Absent || !errors.Is(f, speech.ErrNoEngine) {
		t.Errorf("no program: %v", f)
	}
	d := declared(t)
	d.TempDir = "/nowhere"
	err := newExec(t, speech.ExecConfig{Declared: d, Command: standin.Command("wav")}).Synthesize(t.Context(), speech.Request{Text: "chào", Language: "vi"}, io.Discard)
	if _, ok := speech.FaultOf(err); ok || err == nil {
		t.Errorf("no folder for the sound: %v is told as the engine's fault", err)
	}
}

func TestExecOfAFile(t *testing.T) {
	needEspeak(t)
	d := declared(t)
	if f := fault(t, newExec(t, speech.ExecConfig{Declared: d, Command: standin.Sherpa("endless")}), d.TempDir); f.Code != speech.Endless {
		t.Errorf("a file without end: %v", f)
	}
	if f := fault(t, newExec(t, speech.ExecConfig{Declared: d, Command: []string{"/bin/true", "{output}"}}), d.TempDir); f.Code != speech.Soundless {
		t.Errorf("nothing in the file: %v", f)
	}
	sound := func(command []string, text string) []byte {
		var b bytes.Buffer
		if err := newExec(t, speech.ExecConfig{Declared: d, Command: command}).Synthesize(t.Context(), speech.Request{Text: text, Language: "vi", Rate: 190}, &b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	if !bytes.Equal(sound(standin.Sherpa("well"), "--help xin chào"), sound(standin.Command("wav"), "help xin chào")) {
		t.Error("another sound than by standard output")
	}
}

func TestExecDoesNotWaitForADaemon(t *testing.T) {
	needEspeak(t)
	file := filepath.Join(t.TempDir(), "pid")
	d := declared(t)
	d.Timeout = 5 * time.Minute
	start := time.Now()
	var b bytes.Buffer
	err := newExec(t, speech.ExecConfig{Declared: d, Command: standin.Command("daemon", file)}).Synthesize(t.Context(), speech.Request{Text: "xin chào", Language: "vi"}, &b)
	if raw, readErr := os.ReadFile(file); readErr == nil {
		if pid, convErr := strconv.Atoi(string(raw)); convErr == nil {
			_ = syscall.Kill(pid, syscall.SIGKILL) // the daemon of this test
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	enginetest.Parse(t, b.Bytes())
	if took := time.Since(start); took > time.Minute {
		t.Errorf("it waited %v", took)
	}
}

func TestExecEndsWhatTheCommandLeft(t *testing.T) {
	needEspeak(t)
	file := filepath.Join(t.TempDir(), "pid")
	e := newExec(t, speech.ExecConfig{Declared: declared(t), Command: standin.Command("forks", file)})
	var b bytes.Buffer
	if err := e.Synthesize(t.Context(), speech.Request{Text: "xin chào", Language: "vi"}, &b); err != nil {
		t.Fatal(err)
	}
	enginetest.Parse(t, b.Bytes())
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(string(raw))
	if err != nil {
		t.Fatal(err)
	}
	if !ends(pid) {
		t.Errorf("process %d goes on", pid)
	}
}

func TestExecRunsAlone(t *testing.T) {
	t.Setenv("LOALANG_SECRET", "token")
	dir := t.TempDir()
	script := filepath.Join(dir, "engine")
	body := "#!/bin/sh\nenv > " + dir + "/env; for a; do echo \"<$a>\"; done > " + dir + "/args; cat > " + dir + "/text; " + wavStart + "head -c 100 /dev/zero\n"
	if err := os.WriteFile(script, []byte(body), 0o700); err != nil {
		t.Fatal(err)
	}
	d := declared(t)
	e := newExec(t, speech.ExecConfig{Declared: d, Command: []string{script, "-m", "{voice}", "$(id); {rate}", "--length-scale={length-scale}", "{pitch}", "{speaker}"}})
	r := speech.Request{Text: "-w /etc/passwd [[a]]\n\n hai\tba\x00\x1b!", Language: "vi", Rate: 95, Pitch: 60}
	if err := e.Synthesize(t.Context(), r, io.Discard); err != nil {
		t.Fatal(err)
	}
	read := func(name string) string {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	if env := read("env"); strings.Contains(env, "SECRET") {
		t.Errorf("the program sees %s", env)
	}
	if args := read("args"); args != "<-m>\n<vi>\n<$(id); 95>\n<--length-scale=2.000>\n<60>\n<>\n" {
		t.Errorf("arguments = %q", args)
	}
	if text := read("text"); text != "-w /etc/passwd a. hai ba !\n" {
		t.Errorf("text = %q", text)
	}
}

func TestExecNameFollowsTheModel(t *testing.T) {
	model := filepath.Join(t.TempDir(), "vi.onnx")
	name := func(content string) string {
		t.Helper()
		if err := os.WriteFile(model, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := newExec(t, speech.ExecConfig{Declared: declared(t), Command: []string{"/bin/true", "-m", model}}).Name(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	first := name("one")
	if second := name("another"); first == second || !strings.HasPrefix(first, "piper 7 ") {
		t.Errorf("%q, then %q", first, second)
	}
}

func TestExecNameFollowsEveryFile(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct{ argument, file string }{
		{"--vits-model=" + dir + "/a.onnx", "a.onnx"},
		{dir + "/{voice}.onnx", "vi.onnx"},
		{dir + "/b.onnx", "b.onnx.json"},
	} {
		e := newExec(t, speech.ExecConfig{Declared: declared(t), Command: []string{"/bin/true", c.argument}})
		before, err := e.Name(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, c.file), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if after, err := e.Name(t.Context()); err != nil || after == before {
			t.Errorf("%s: %q though %s is another now, %v", c.argument, after, c.file, err)
		}
	}
}
