package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"
)

// TestTheSecretOfTheSettingsIsInNoBackup: what loalang.env said of it stayed out of a backup, and what loalang.toml
// said went along to every stick.
func TestTheSecretOfTheSettingsIsInNoBackup(t *testing.T) {
	const secret = "khong-ai-biet"
	for name, c := range map[string]struct{ before, after string }{
		"None":       {"# làng\nvillage = \"khe-luoc\"\n", "# làng\nvillage = \"khe-luoc\"\n"},
		"Plain":      {"# làng\nmetrics-token = \"" + secret + "\"\nvillage = \"khe-luoc\"", "# làng\n" + secretLeft + "village = \"khe-luoc\""},
		"Underscore": {"  'metrics_token'='" + secret + "' # giữ kín\r\nvillage = \"khe-luoc\"\n", secretLeft + "village = \"khe-luoc\"\n"},
		"Lines":      {"village = \"khe-luoc\"\nmetrics-token = \"\"\"\n" + secret + "\"\"\"\n", ""},
		"Escaped":    {"village = \"khe-luoc\"\n\"metrics\\u002dtoken\" = \"" + secret + "\"\n", ""},
		"Engine":     {"village = \"khe-luoc\"\n[[engine]]\nname = \"piper\"\nkind = \"exec\"\ncommand = [\"/usr/bin/piper\"]\n", "village = \"khe-luoc\"\n[[engine]]\nname = \"piper\"\nkind = \"exec\"\ncommand = [\"/usr/bin/piper\"]\n"},
	} {
		t.Run(name, func(t *testing.T) {
			got := tomlKept([]byte(c.before))
			var tree map[string]any
			if err := toml.Unmarshal([]byte(got), &tree); err != nil || tree["village"] != "khe-luoc" || strings.Contains(got, secret) {
				t.Errorf("it is %q, %v", got, err)
			}
			if c.after != "" && got != c.after || strings.Contains(c.before, secret) != strings.Contains(got, secretWhy) {
				t.Errorf("it is %q", got)
			}
		})
	}

	data := t.TempDir()
	h := hoardOf(t, data, t.TempDir())
	h.mirror, h.scratch = nil, t.TempDir()
	if err := os.WriteFile(filepath.Join(data, "loalang.toml"), []byte("metrics-token = \""+secret+"\"\nvillage = \"un-ta\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var kept bytes.Buffer
	if _, err := h.write(t.Context(), &kept); err != nil || bytes.Contains(kept.Bytes(), []byte(secret)) || !bytes.Contains(kept.Bytes(), []byte(secretLeft)) {
		t.Errorf("the backup has it: %v, %v", bytes.Contains(kept.Bytes(), []byte(secret)), err)
	}
}

// TestARestoreTellsOfTheSecret: nobody read /metrics behind a restore any more, and nothing said why.
func TestARestoreTellsOfTheSecret(t *testing.T) {
	for file, text := range map[string]string{
		"loalang.toml": tomlKept([]byte("metrics-token = \"x\"\n")),
		keptSettings:   settingsFile([]given{{"LOALANG_METRICS_TOKEN", "x"}}),
		"board.json":   "{}",
	} {
		for token, want := range map[string]bool{"": file != "board.json", "set anew": false} {
			data, said := t.TempDir(), ""
			if err := os.WriteFile(filepath.Join(data, file), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			r := restoring{data: data, log: func(format string, args ...any) { said += fmt.Sprintf(format, args...) }}
			if r.saySecret(settings{MetricsToken: token}); strings.Contains(said, "LOALANG_METRICS_TOKEN") != want {
				t.Errorf("%s, with the token %q: %q", file, token, said)
			}
		}
	}
}
