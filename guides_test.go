package loalang_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var linked = regexp.MustCompile(`\]\(([^)#]+)\)`)

// What the guides show and lead to is there, and README leads to each of them.
func TestGuidesLeadSomewhere(t *testing.T) {
	guides, err := filepath.Glob("docs/guides/*.md")
	if err != nil || len(guides) < 4 {
		t.Fatalf("%d guides: %v", len(guides), err)
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, guide := range guides {
		if !strings.Contains(string(readme), "("+filepath.ToSlash(guide)+")") {
			t.Errorf("README.md does not lead to %s", guide)
		}
		raw, err := os.ReadFile(guide)
		if err != nil {
			t.Fatal(err)
		}
		for _, to := range linked.FindAllStringSubmatch(string(raw), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(guide), to[1])); err != nil {
				t.Errorf("%s leads to %s, which is not there", guide, to[1])
			}
		}
	}
}
