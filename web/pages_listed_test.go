package web_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"loalang/people"
	"loalang/web"
)

// The browser suite of cmd/loalang looks at every page. testdata/pages.txt tells it where
// each is; a route without a line there is one that nobody looks at.
func TestEveryPageIsListedForTheBrowser(t *testing.T) {
	raw, err := os.ReadFile("testdata/pages.txt")
	if err != nil {
		t.Fatal(err)
	}
	var listed []string
	for line := range strings.Lines(string(raw)) {
		if fields := strings.Fields(line); len(fields) > 1 && !strings.HasPrefix(line, "#") {
			listed = append(listed, fields[0])
		}
	}
	there := web.Pages(newSite(t, newWorld(t), people.Admin, "vi").server)
	for _, route := range there {
		if !slices.Contains(listed, route) {
			t.Errorf("nobody looks at %s: give it a line in web/testdata/pages.txt, and what it needs to cmd/loalang/suite_seed_test.go", route)
		}
	}
	for _, route := range listed {
		if !slices.Contains(there, route) {
			t.Errorf("testdata/pages.txt has %s, which is no page any more", route)
		}
	}
}
