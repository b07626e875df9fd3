package main_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// boardWith is a data folder with a loalang.toml.
func boardWith(t *testing.T, toml string) string {
	t.Helper()
	data := t.TempDir()
	if err := os.WriteFile(filepath.Join(data, "loalang.toml"), []byte(toml), 0o600); err != nil {
		t.Fatal(err)
	}
	return data
}

// engineWith is an [[engine]] of kind exec with one voice, and lines of one's own.
func engineWith(lines string) string {
	return "[[engine]]\nname = \"piper\"\n" + lines + "\n[[engine.voice]]\nid = \"a\"\nlanguage = \"vi\"\nname = \"Giọng A\"\n"
}

// Every fault of an engine's table is one sentence that names the table; the other
// settings stay plain values.
func TestEnginesOfTheFile(t *testing.T) {
	exec := "kind = \"exec\"\ncommand = [\"/bin/true\"]\n"
	for says, toml := range map[string]string{
		`engine must be written as tables that begin with [[engine]]`:               "[engine]\nname = \"piper\"\n",
		`[[engine]] "piper": "shell" is no setting of it`:                           engineWith(exec + "shell = true"),
		`[[engine]] "piper": kind is "grpc": use "exec", "http" or "wyoming"`:       engineWith("kind = \"grpc\""),
		`[[engine]] "piper": command must be a list of texts`:                       engineWith("kind = \"exec\"\ncommand = \"piper -m x\""),
		`[[engine]] "piper": command must be a list that begins with a program`:     engineWith("kind = \"exec\""),
		`[[engine]] "piper": command holds {model}, which stands for nothing`:       engineWith("kind = \"exec\"\ncommand = [\"piper\", \"{model}\"]"),
		`[[engine]] "piper": url must be an address such as "http://`:               engineWith("kind = \"http\"\nurl = \"127.0.0.1:5000\""),
		`[[engine]] "piper": url must be an address such as "tcp://`:                engineWith("kind = \"wyoming\"\nurl = \"http://127.0.0.1/\""),
		`[[engine]] "piper": url must begin with https:// where public is true`:     engineWith("kind = \"http\"\npublic = true\nurl = \"http://tts.example/\""),
		`[[engine]] "piper": command does not go with kind "http"`:                  engineWith("kind = \"http\"\nurl = \"http://127.0.0.1/\"\ncommand = [\"x\"]"),
		`[[engine]] "piper": timeout is "soon": use a span from 1s to 10m`:          engineWith(exec + "timeout = \"soon\""),
		`[[engine]] "piper": raw_rate must be from 8000 to 48000`:                   engineWith(exec + "raw_rate = 96000"),
		`[[engine]] "piper": raw_rate must be a whole number`:                       engineWith(exec + "raw_rate = \"22050\""),
		`[[engine]] "piper": it has 0 voices`:                                       "[[engine]]\nname = \"piper\"\n" + exec,
		`[[engine]] "piper", the first voice: language is "fr": use one of vi, pcc`: strings.Replace(engineWith(exec), `"vi"`, `"fr"`, 1),
		`[[engine]] "piper", the first voice: id is "A B"`:                          strings.Replace(engineWith(exec), `"a"`, `"A B"`, 1),
		`[[engine]] "piper", the first voice: name is missing`:                      strings.Replace(engineWith(exec), "name = \"Giọng A\"", "", 1),
		`[[engine]] "piper", the first voice: rate must be from 80 to 450`:          engineWith(exec) + "rate = 9\n",
		`[[engine]] "piper", the second voice: another voice has the id "a"`:        engineWith(exec) + "[[engine.voice]]\nid = \"a\"\nlanguage = \"vi\"\nname = \"B\"\n",
		`[[engine]] "piper": another has this name`:                                 engineWith(exec) + engineWith(exec),
		`the first [[engine]]: name is missing`:                                     strings.Replace(engineWith(exec), "name = \"piper\"", "", 1),
		`the first [[engine]]: name is "espeak"`:                                    strings.Replace(engineWith(exec), "\"piper\"", "\"espeak\"", 1),
		`"command" is no setting: correct it or take it out`:                        "command = \"rm\"\n",
	} {
		out, errs, code := loalang(t, "", "speech", "voices", "--data", boardWith(t, toml))
		if code != 2 || out != "" || !strings.Contains(errs, says) || strings.Count(strings.TrimSpace(errs), "\n") != 0 {
			t.Errorf("exit %d, %q, want %q", code, errs, says)
		}
	}
}

// What this machine runs, and to whom it sends texts, is said by a file that nobody
// else may change or replace.
func TestEnginesOfAFileThatOthersMayChange(t *testing.T) {
	for kind, lines := range map[string]string{"exec": "kind = \"exec\"\ncommand = [\"/bin/true\"]", "http": "kind = \"http\"\nurl = \"http://127.0.0.1:5000/\""} {
		refused := func(says string, change func(data, file string) error) {
			t.Helper()
			data := boardWith(t, engineWith(lines))
			if err := change(data, filepath.Join(data, "loalang.toml")); err != nil {
				t.Fatal(err)
			}
			if _, errs, code := loalang(t, "", "speech", "voices", "--data", data); code != 2 || !strings.Contains(errs, says) {
				t.Errorf("%s: exit %d, %q, want %q", kind, code, errs, says)
			}
		}
		refused("chmod go-w", func(_, file string) error { return os.Chmod(file, 0o666) })
		refused("chmod o-w", func(data, _ string) error { return os.Chmod(data, 0o777) })
		if os.Geteuid() == 0 { // only root gives files away
			refused("chown root", func(_, file string) error { return os.Chown(file, 65534, 65534) })
		}
	}
}

// An engine is declared in the file and nowhere else: no variable, no flag, no call of
// the API and no form of the panel takes one.
func TestEnginesOnlyOfTheFile(t *testing.T) {
	data := t.TempDir()
	for _, name := range []string{"LOALANG_ENGINE", "LOALANG_ENGINES", "LOALANG_COMMAND", "LOALANG_ENGINE_COMMAND", "LOALANG_VOICE"} {
		t.Setenv(name, "[[engine]]\nname = \"piper\"\nkind = \"exec\"\ncommand = [\"/bin/true\"]")
	}
	if out, errs, code := loalang(t, "", "speech", "voices", "--data", data); code != 0 || strings.Contains(out, "piper") {
		t.Errorf("variables: exit %d, %s, %s", code, out, errs)
	}
	for _, flag := range []string{"--engine", "--command", "--engine-command", "--url"} {
		for _, of := range [][]string{{"serve"}, {"speech", "voices"}, {"say"}, {"doctor"}} {
			want := 2
			if of[0] == "serve" {
				want = 78
			}
			if _, errs, code := loalang(t, "", append(of, "--data", data, flag, "/bin/true")...); code != want || !strings.Contains(errs, "unknown flag") {
				t.Errorf("%v %s: exit %d, %s", of, flag, code, errs)
			}
		}
	}
	d := serve(t, data, "null", quick...).admit()
	schema, _ := json.Marshal(d.call(http.MethodGet, "/openapi.json", nil, http.StatusOK))
	var api struct {
		Components struct {
			Schemas map[string]struct{ Properties map[string]any }
		}
	}
	if err := json.Unmarshal(schema, &api); err != nil || len(api.Components.Schemas) == 0 {
		t.Fatalf("the API does not describe itself: %v", err)
	}
	for name, s := range api.Components.Schemas {
		if strings.HasPrefix(name, "Station") || strings.HasPrefix(name, "Public") {
			continue // a station that is relayed, and what the public board tells where to read: neither speaks texts
		}
		for property := range s.Properties {
			if slices.Contains([]string{"command", "engine", "url", "program", "exec", "argv"}, property) {
				t.Errorf("%s of the API takes %q", name, property)
			}
		}
	}
	for field, value := range map[string]any{"command": []string{"/bin/true"}, "engine": "piper", "url": "http://127.0.0.1/"} {
		if status, _ := d.try(http.MethodPut, "/speech/choices/vi", object{"voice": "espeak:vi", field: value}); status != http.StatusUnprocessableEntity {
			t.Errorf("a choice with %q answers %d", field, status)
		}
	}
}

// A declared engine is listed first, speaks, is tried by doctor, and is stood in for
// when it fails.
func TestDeclaredEngineSpeaks(t *testing.T) {
	need(t, map[string]string{"espeak-ng": "espeak-ng"})
	data := boardWith(t, engineWith("kind = \"exec\"\ncommand = [\"espeak-ng\", \"--stdin\", \"--stdout\", \"-b\", \"1\", \"-v\", \"vi\", \"-s\", \"{rate}\"]")+
		"[[engine]]\nname = \"away\"\nkind = \"http\"\nurl = \"http://127.0.0.1:1/synthesize\"\n[[engine.voice]]\nid = \"b\"\nlanguage = \"en\"\nname = \"B\"\n")
	out, errs, code := loalang(t, "", "speech", "voices", "--data", data)
	if code != 0 || !strings.HasPrefix(out, "piper:a") || !strings.Contains(out, "away:b") || !strings.Contains(out, "espeak:vi ") {
		t.Fatalf("exit %d, %s, %s", code, out, errs)
	}
	file := filepath.Join(data, "x.wav")
	say := func(args ...string) (errs string, code int) {
		t.Helper()
		_, errs, code = loalang(t, "", append([]string{"say", "--data", data, "-o", file}, args...)...)
		return errs, code
	}
	if errs, code := say("--voice", "piper:a", "xin chào"); code != 0 {
		t.Errorf("exit %d, %s", code, errs)
	}
	if raw, err := os.ReadFile(file); err != nil || !bytes.HasPrefix(raw, []byte("RIFF")) {
		t.Errorf("%.12q, %v", raw, err)
	}
	if errs, code := say("--voice", "away:b", "--lang", "en", "hello"); code != 1 || !strings.Contains(errs, "the server does not answer") || strings.Contains(errs, "apt-get") {
		t.Errorf("a server that is away: exit %d, %s", code, errs)
	}
	if errs, code := say("--lang", "en", "hello"); code != 0 || !strings.Contains(errs, "a voice does not speak") {
		t.Errorf("its stand-in: exit %d, %s", code, errs)
	}
	if errs, code := say("--voice", "nobody:x", "xin chào"); code != 2 || !strings.Contains(errs, "piper:a") {
		t.Errorf("no such voice: exit %d, %s", code, errs)
	}
	out, _, _ = loalang(t, "", "doctor", "--lang", "en", "--data", data, "--device", "null")
	for _, want := range []string{"ok   voice piper:a: Giọng A speaks (piper ", "WARN voice away:b: B does not speak", "Start its server"} {
		if !strings.Contains(out, want) {
			t.Errorf("doctor does not say %q: %s", want, out)
		}
	}
}
