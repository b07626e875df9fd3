package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// wrong has a value for each setting that can be wrong.
var wrong = map[string]string{
	"listen": "localhost", "listen-tls": "8443", "device": "a b", "village": "Ún Tà", "log": "loud", "clock-trust": "sun",
	"amp-active-low": "perhaps", "settle": "5h", "tail": "soon", "buffer": "1ms", "espeak": "", "amp-chip": "gpiochip0",
	"amp-optional": "perhaps", "amp-max-on": "1s", "amp-min-off": "1h", "zones": "Chợ", "bypass": "17", "amp-serial-baud": "fast", "amp-serial-protocol": "morse",
	"amp-serial-address": "1024/0", "amp-serial-reply": "(", "amp-serial-wait": "0s", "amp-serial-repeat": "0", "amp-serial-every": "1h", "push-contact": "the commune",
}

// Each setting is read from each layer, flags over the environment over the
// file, and all faults are reported at once.
func TestEverySettingInEveryLayer(t *testing.T) {
	data := t.TempDir()
	var file strings.Builder
	flags := []string{"serve", "--data", data}
	for name, value := range wrong {
		file.WriteString(strings.ReplaceAll(name, "-", "_") + " = \"" + value + "\"\n")
		flags = append(flags, "--"+name, value)
	}
	file.WriteString("volume = 11\ndata = \"elsewhere\"\n[nested]\na = 1\n")
	if err := os.WriteFile(filepath.Join(data, "loalang.toml"), []byte(file.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	faults := func(source func(name string) string, args ...string) {
		t.Helper()
		out, errs, code := loalang(t, "", args...)
		if code != 78 || out != "" || strings.Count(strings.TrimSpace(errs), "\n") != 0 {
			t.Errorf("exit %d, %q, %q", code, out, errs)
		}
		want := []string{"amp-chip and amp-line go together", `"volume" is no setting`, `"nested" must be a plain value`, `give it as --data or LOALANG_DATA`}
		for name, value := range wrong {
			if name != "amp-chip" {
				want = append(want, name+" from "+source(name)+` is "`+value+`"`)
			}
		}
		for _, w := range want {
			if !strings.Contains(errs, w) {
				t.Errorf("%q does not say %q", errs, w)
			}
		}
	}
	faults(func(string) string { return "loalang.toml" }, "serve", "--data", data)
	variable := func(name string) string { return "LOALANG_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_")) }
	for name, value := range wrong {
		t.Setenv(variable(name), value)
	}
	faults(variable, "serve", "--data", data)
	faults(func(name string) string { return "--" + name }, flags...)
}

// What is right in a higher layer hides what is wrong below it.
func TestLayersOfSettings(t *testing.T) {
	data := t.TempDir()
	if err := os.WriteFile(filepath.Join(data, "loalang.toml"), []byte("espeak = \"from-the-file\"\nsettle = \"9h\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("LOALANG_DATA", data)
	t.Setenv("LOALANG_SETTLE", "3s")
	says := func(want string, args ...string) {
		t.Helper()
		_, errs, code := loalang(t, "", append([]string{"say", "-o", filepath.Join(data, "x.wav")}, append(args, "xin chào")...)...)
		if code != 1 || !strings.Contains(errs, want) {
			t.Errorf("exit %d, %q, want %q", code, errs, want)
		}
	}
	says("from-the-file")
	t.Setenv("LOALANG_ESPEAK", "from-the-environment")
	says("from-the-environment")
	says("from-a-flag", "--espeak", "from-a-flag")
}

func TestSettingsThatAreNoTOML(t *testing.T) {
	for content, says := range map[string]string{
		"tail = \"1s\"\nlisten = :8080\n":      "loalang.toml, line 2 is not TOML",
		"amp_chip = \"a\"\namp-chip = \"b\"\n": `"amp-chip" is there twice`,
	} {
		data := t.TempDir()
		if err := os.WriteFile(filepath.Join(data, "loalang.toml"), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, errs, code := loalang(t, "", "serve", "--data", data); code != 78 || !strings.Contains(errs, says) {
			t.Errorf("%q: exit %d, %q, want %q", content, code, errs, says)
		}
	}
}
