package web_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// button is a control that somebody presses, in a template.
var button = regexp.MustCompile(`(?s)<(?:a|button)\b[^>]*class="(?:[^"]* )?(?:btn|line)\b[^"]*"[^>]*>(.*?)</(?:a|button)>`)

// TestButtonsSayWhatTheyDo: an icon and a word on each; the sign of a warning only where
// pressing is a risk, and the headphones only where something is heard.
func TestButtonsSayWhatTheyDo(t *testing.T) {
	files, err := filepath.Glob("templates/*.html")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	// Days, zooms and sizes of letters: rows of short choices, where the word is the sign.
	bare := []string{"{{.Name}}", "record.zoom", "record.slower", "record.faster", "record.smaller", "record.larger"}
	for _, file := range files {
		raw, err := os.ReadFile(file) //nolint:gosec // of this package
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range button.FindAllSubmatch(raw, -1) {
			inside := string(m[1])
			small := slices.ContainsFunc(bare, func(code string) bool { return strings.Contains(inside, code) })
			switch {
			case !strings.Contains(inside, `{{icon `) && !small:
				t.Errorf("%s: a button without an icon: %s", file, inside)
			case strings.Contains(inside, `{{icon "nhac"}}`) && !strings.Contains(inside, "approval.urge"):
				t.Errorf("%s: a harmless button with the sign of a warning: %s", file, inside)
			case strings.Contains(inside, `{{icon "tai"}}`) && !strings.Contains(inside, "listen"):
				t.Errorf("%s: headphones where nothing is heard: %s", file, inside)
			}
		}
	}
}
