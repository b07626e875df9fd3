package speech_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loalang/speech"
	"loalang/speech/enginetest"
	"loalang/speech/enginetest/standin"
)

// declared is an engine outside with one Vietnamese voice of espeak-ng.
func declared(t *testing.T) speech.Declared {
	t.Helper()
	return speech.Declared{
		Name: "piper", Version: "7", TempDir: t.TempDir(), Timeout: 20 * time.Second,
		Voices: []speech.DeclaredVoice{{Voice: speech.Voice{ID: "piper:vi", Language: "vi", Name: "Giọng thử"}, Model: "vi", Pace: 190}},
	}
}

func newExec(t *testing.T, c speech.ExecConfig) *speech.Exec {
	t.Helper()
	e, err := speech.NewExec(c)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func newHTTP(t *testing.T, d speech.Declared, address string) *speech.HTTP {
	t.Helper()
	e, err := speech.NewHTTP(speech.HTTPConfig{Declared: d, URL: "http://" + address + "/synthesize"})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func newWyoming(t *testing.T, d speech.Declared, address string) *speech.Wyoming {
	t.Helper()
	e, err := speech.NewWyoming(speech.WyomingConfig{Declared: d, URL: "tcp://" + address})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func conforms(t *testing.T, e speech.Engine) {
	t.Helper()
	enginetest.Run(t, enginetest.Subject{
		Engine: e, Language: "vi", Short: "xin chào",
		Long: "Kính mời bà con đến nhà văn hóa thôn họp lúc mười chín giờ ngày mai. Đề nghị bà con đến đông đủ và đúng giờ.",
	})
}

func TestHTTPConformance(t *testing.T) {
	needEspeak(t)
	conforms(t, newHTTP(t, declared(t), standin.Start(t, "http", "well")))
}

func TestWyomingConformance(t *testing.T) {
	needEspeak(t)
	for _, way := range []string{"well", "inline", "split"} {
		t.Run(way, func(t *testing.T) { conforms(t, newWyoming(t, declared(t), standin.Start(t, "wyoming", way))) })
	}
}

// Whatever form an engine gives, the sound is the same.
// Rate and pitch reach the engines that take them; the others say that they do not.
func TestSettingsReachTheEngine(t *testing.T) {
	needEspeak(t)
	length := func(e speech.Engine, rate int) int {
		var b bytes.Buffer
		r := speech.Request{Text: "Kính mời bà con đến nhà văn hóa.", Language: "vi", Rate: rate}
		if err := e.Synthesize(t.Context(), r, &b); err != nil {
			t.Fatal(err)
		}
		return b.Len()
	}
	for name, e := range map[string]speech.Engine{
		"exec": newExec(t, speech.ExecConfig{Declared: declared(t), Command: standin.Command("wav")}),
		"http": newHTTP(t, declared(t), standin.Start(t, "http", "well")),
	} {
		voices, err := e.Voices(t.Context())
		if err != nil || !voices[0].TakesRate {
			t.Errorf("%s: %+v, %v", name, voices, err)
		}
		if slow, fast := length(e, 100), length(e, 250); slow <= fast {
			t.Errorf("%s: %d bytes at 100 words a minute, %d at 250", name, slow, fast)
		}
	}
	voices, err := newWyoming(t, declared(t), "127.0.0.1:1").Voices(t.Context())
	if err != nil || voices[0].TakesRate || voices[0].TakesPitch {
		t.Errorf("wyoming: %+v, %v", voices, err)
	}
}

// fault is what an engine that misbehaves leaves: a Fault, no byte of sound, no
// file, and that within its time.
func fault(t *testing.T, e speech.Engine, dir string) speech.Fault {
	t.Helper()
	var b bytes.Buffer
	err := e.Synthesize(t.Context(), speech.Request{Text: "Kính mời bà con.", Language: "vi"}, &b)
	f, ok := speech.FaultOf(err)
	if !ok || b.Len() > 0 {
		t.Errorf("synthesize = %v with %d bytes, want a Fault and none", err, b.Len())
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	return f
}

// A program that wants the text as an argument and writes a file, as sherpa-onnx does,
// is bounded and its text is no option, as with any other.
// A daemon with the pipe in its hand does not keep the sound back.
// What a command leaves behind ends with it, and does not keep its sound back.
// A text is no argument, no shell reads the command, and nothing of our secrets
// is seen.
// Another model under the same name is another engine.
// Also when the model stands behind an equals sign, is named by its voice, or is what
// Piper reads beside it.
// What may be a secret in an address is neither in the log nor in the panel.
func TestHTTPSaysNoSecret(t *testing.T) {
	needEspeak(t)
	for _, way := range []string{"breaks-head", "redirects", "refuses", "page"} {
		d := declared(t)
		e, err := speech.NewHTTP(speech.HTTPConfig{Declared: d, URL: "http://" + standin.Start(t, "http", way) + "/synthesize?token=GEHEIM"})
		if err != nil {
			t.Fatal(err)
		}
		err = e.Synthesize(t.Context(), speech.Request{Text: "chào", Language: "vi"}, io.Discard)
		if err == nil || strings.Contains(err.Error(), "GEHEIM") {
			t.Errorf("%s: %v", way, err)
		}
	}
}

// A server's voice that is listed far down in the old form of the protocol is found.
func TestWyomingNameOfAnOldServer(t *testing.T) {
	needEspeak(t)
	for _, way := range []string{"inline", "split"} {
		if name, err := newWyoming(t, declared(t), standin.Start(t, "wyoming", way)).Name(t.Context()); err != nil || name != "piper 7 stand-in 2.0.1" {
			t.Errorf("%s: %q, %v", way, name, err)
		}
	}
}

func TestHTTPFaults(t *testing.T) {
	needEspeak(t)
	for _, c := range []struct {
		way  string
		want speech.FaultCode
		says string
	}{
		{"refuses", speech.Refused, "500: CUDA out of memory"},
		{"never", speech.Slow, "300ms"},
		{"slowly", speech.Slow, "300ms"},
		{"breaks", speech.BrokenOff, "unexpected EOF"},
		{"redirects", speech.Redirected, "192.0.2.1"},
		{"page", speech.Soundless, "bytes"},
		{"endless", speech.Endless, "16 characters"},
	} {
		t.Run(c.way, func(t *testing.T) {
			d := declared(t)
			if c.want == speech.Slow {
				d.Timeout = 300 * time.Millisecond
			}
			f := fault(t, newHTTP(t, d, standin.Start(t, "http", c.way)), d.TempDir)
			if f.Code != c.want || !strings.Contains(f.Error(), c.says) {
				t.Errorf("%s: %v, want %s %q", f.Code, f, c.want, c.says)
			}
		})
	}
	d := declared(t)
	address, end := standin.StartProcess(t, "http", "well", "127.0.0.1:0")
	end()
	if f := fault(t, newHTTP(t, d, address), d.TempDir); f.Code != speech.Unreachable || !errors.Is(f, speech.ErrNoEngine) {
		t.Errorf("nobody there: %v", f)
	}
}

func TestWyomingFaults(t *testing.T) {
	needEspeak(t)
	for _, c := range []struct {
		way  string
		want speech.FaultCode
		says string
	}{
		{"huge", speech.Garbled, "payload_length is 9223372036854775808"},
		{"negative", speech.Garbled, "payload_length is -5"},
		{"breaks", speech.BrokenOff, ""},
		{"errs", speech.Refused, "voice vi is not downloaded VoiceNotFoundError"},
		{"never", speech.Slow, "300ms"},
		{"slowly", speech.Slow, "300ms"},
		{"garbage", speech.Garbled, "HTTP/1.1 400"},
		{"endless", speech.Endless, "16 characters"},
		{"line", speech.Garbled, "a line is longer"},
		{"changes", speech.Garbled, "changes its form"},
		{"nothing", speech.Soundless, ""},
	} {
		t.Run(c.way, func(t *testing.T) {
			d := declared(t)
			if c.want == speech.Slow {
				d.Timeout = 300 * time.Millisecond
			}
			f := fault(t, newWyoming(t, d, standin.Start(t, "wyoming", c.way)), d.TempDir)
			if f.Code != c.want || !strings.Contains(f.Error(), c.says) {
				t.Errorf("%s: %v, want %s %q", f.Code, f, c.want, c.says)
			}
		})
	}
}

// A server that goes away is still the engine whose sounds are kept.
func TestWyomingKeepsItsName(t *testing.T) {
	needEspeak(t)
	address, end := standin.StartProcess(t, "wyoming", "well", "127.0.0.1:0")
	e := newWyoming(t, declared(t), address)
	first, err := e.Name(t.Context())
	if err != nil || first != "piper 7 stand-in 2.0.1" {
		t.Fatalf("name = %q, %v", first, err)
	}
	end()
	if again, err := e.Name(t.Context()); again != first || err != nil {
		t.Errorf("name = %q, %v once the server is gone", again, err)
	}
	if _, err := newWyoming(t, declared(t), address).Name(t.Context()); !errors.Is(err, speech.ErrNoEngine) {
		t.Errorf("one that never answered: %v", err)
	}
}

// Only this machine and private networks are dialled, whatever a name says.
func TestServersOutsideAreNotAsked(t *testing.T) {
	for _, address := range []string{"192.0.2.1:80", "169.254.169.254:80", "[2001:db8::1]:80", "0.0.0.0:80"} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		for name, e := range map[string]speech.Engine{"http": newHTTP(t, declared(t), address), "wyoming": newWyoming(t, declared(t), address)} {
			err := e.Synthesize(ctx, speech.Request{Text: "chào", Language: "vi"}, io.Discard)
			if f, _ := speech.FaultOf(err); f.Code != speech.Outside {
				t.Errorf("%s of %s: %v", name, address, err)
			}
		}
		cancel()
	}
}

func TestEnginesThatCannotBe(t *testing.T) {
	refused := func(says string, err error) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want %q", err, says)
		}
	}
	for says, c := range map[string]speech.ExecConfig{
		"must be a list":       {},
		"{model}, which stand": {Command: []string{"piper", "{model}"}},
		"4000 Hz":              {Command: []string{"piper"}, RawRate: 4000},
		"9 channels":           {Command: []string{"piper"}, RawRate: 16000, RawChannels: 9},
		"NUL":                  {Command: []string{"piper", "a\x00b"}},
		"begins with {voice}":  {Command: []string{"{voice}"}},
		"the whole path":       {Command: []string{"piper/piper"}},
	} {
		_, err := speech.NewExec(c)
		refused(says, err)
	}
	for _, u := range []string{"", "127.0.0.1:5000", "ftp://127.0.0.1/", "http://user:secret@127.0.0.1/", "http://", "::"} {
		_, err := speech.NewHTTP(speech.HTTPConfig{URL: u})
		refused("url must be", err)
		_, err = speech.NewWyoming(speech.WyomingConfig{URL: u})
		refused("url must be", err)
	}
	d := speech.Declared{Voices: []speech.DeclaredVoice{{Speaker: "3"}}}
	_, err := speech.NewWyoming(speech.WyomingConfig{Declared: d, URL: "tcp://127.0.0.1:10200"})
	refused("speaker is not heard without voice", err)
	_, err = speech.NewHTTP(speech.HTTPConfig{URL: "http://tts.example/", Public: true})
	refused("https", err)
}
