package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestLinesOfWhichNothingComesAreTold: a setting with a letter too few in loalang.env, or one as the
// sheets show it for loalang.toml, was passed by without a word: the relay stayed simulated.
func TestLinesOfWhichNothingComesAreTold(t *testing.T) {
	for name, c := range map[string]struct{ line, want string }{
		"OK":         {`LOALANG_ZONES='Chợ=gpiochip0:17 low'`, ""},
		"Blanks":     {"  LOALANG_LISTEN = :8080 ", ""},
		"Commented":  {"#LOALANG_AMP_LNIE=17", ""},
		"Semicolon":  {"; amp-line=17", ""},
		"Empty":      {"", ""},
		"Anybodys":   {"TZ=Asia/Ho_Chi_Minh", ""},
		"Misspelt":   {"LOALANG_AMP_LNIE=17", "line 2, LOALANG_AMP_LNIE: there is no such setting"},
		"AsInTOML":   {`zones = "Chợ=gpiochip0:17"`, "line 2, zones: nothing reads it so. Write LOALANG_ZONES=…"},
		"Hyphens":    {"amp-line=17", "Write LOALANG_AMP_LINE=…"},
		"Lower":      {"loalang_device=null", "Write LOALANG_DEVICE=…"},
		"Export":     {"export LOALANG_DEVICE=null", "line 2, LOALANG_DEVICE: nothing reads it so. Write LOALANG_DEVICE=…"},
		"NoEquals":   {"LOALANG_METRICS_TOKEN s3cret", "line 2, LOALANG_METRICS_TOKEN: nothing reads it so."},
		"BlankInIt":  {"LOALANG_DEVICE null=1", "Write LOALANG_DEVICE=…"},
		"OfNoTable":  {"export LOALANG_NOTHING=1", "LOALANG_NOTHING: there is no such setting"},
		"EqualsOnly": {"=", ""},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "loalang.env")
			if err := os.WriteFile(file, []byte("# settings\n"+c.line+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			told := examineStray(file, english)
			if c.want == "" && len(told) > 0 || c.want != "" && (len(told) != 1 || !strings.Contains(told[0].Found, c.want) || told[0].OK || told[0].Advice == "") {
				t.Errorf("%+v", told)
			}
			if len(told) > 0 && strings.Contains(told[0].Found, "s3cret") {
				t.Errorf("a secret is told: %s", told[0].Found)
			}
		})
	}
	if told := strayLines(filepath.Join(t.TempDir(), "none")); told != nil {
		t.Errorf("no file: %+v", told)
	}
	if told := strayLines(filepath.Join("..", "..", "packaging", "loalang.env")); told != nil {
		t.Errorf("the file of the package: %+v", told)
	}
}
